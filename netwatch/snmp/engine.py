"""What we hold true of one agent's SNMP engine: its id, and its boots and time as last proven (RFC 3414 section 2.3).

Time is an argument (time.monotonic()). Only what was authenticated gets in here. Each device has its own, even where
two of them say the same engine id: a factory's clones do not boot together.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from netwatch.snmp.keys import Keys
from netwatch.snmp.usm import Glance

WINDOW_S = 150  # RFC 3414 section 2.2.3
LATCHED_BOOTS = 0x7FFFFFFF  # an engine that has run out of boots is never in time again
LARGEST_TIME = 0x7FFFFFFF


class EngineChange(StrEnum):
    """What a proven message showed that differs from what was held true."""

    REPLACED = "replaced"  # another engine id at this address
    REBOOTED = "rebooted"  # boots went up
    RESET = "reset"  # boots went down: a factory reset, or another box with the same id
    CLOCK_STEPPED = "clock_stepped"  # the same boots, and a time out of our window


class EngineNews(NamedTuple):
    """One change, with what was held true and what is now."""

    change: EngineChange
    engine_id: bytes
    boots: int
    time_s: int
    before_id: bytes
    before_boots: int
    before_time_s: int  # as it should be by now


class RemoteEngine:
    """One agent's engine. `id` is empty and `synchronized` False until they have been learned."""

    __slots__ = ("_at_s", "_latest_s", "boots", "context", "glance", "id", "keys", "news", "synchronized", "time_s")

    def __init__(self, engine_id: bytes = b"") -> None:
        self.id = engine_id
        self.keys: Keys | None = None  # of the user it is asked by; made when first needed
        self.context = b""  # encoded, of those keys' user
        self.glance: Glance | None = None  # at its messages
        self.boots = 0
        self.time_s = 0  # engine time at `_at_s`
        self.synchronized = False
        self._at_s = 0.0
        self._latest_s = 0  # latestReceivedEngineTime
        self.news: EngineNews | None = None  # the last change; whoever tells of it takes it away

    @property
    def proven(self) -> bool:
        """Whether it has shown that it is what it says. At noAuthNoPriv nothing does."""
        return self.synchronized

    def now(self, now_s: float) -> tuple[int, int]:
        """Boots and engine time at `now_s`; 0 and 0 before they are known, as RFC 3414 section 4 asks for them."""
        if not self.synchronized:
            return 0, 0
        time_s = int(self.time_s + now_s - self._at_s)
        return self.boots, time_s if 0 <= time_s <= LARGEST_TIME else min(LARGEST_TIME, max(0, time_s))

    def take(self, boots: int, time_s: int, now_s: float) -> bool:
        """Whether an authenticated message is in the time window; move on with it (RFC 3414 section 3.2, 7b)."""
        if boots == LATCHED_BOOTS:
            return False
        if not self.synchronized or boots > self.boots or (boots == self.boots and time_s > self._latest_s):
            if self.synchronized and boots > self.boots:
                self._note(EngineChange.REBOOTED, boots, time_s, now_s)
            self._set(boots, time_s, now_s)
            return True
        return boots == self.boots and time_s >= self.now(now_s)[1] - WINDOW_S

    def resynchronize(self, boots: int, time_s: int, now_s: float) -> None:
        """Believe an authenticated Report that answers a request of ours, backwards too.

        It bears the random msgID of that request, so it is no replay. RFC 3414 would only let time go forward: then
        an agent that forgot its boots would be lost until somebody restarts the manager.
        """
        if self.synchronized:
            before_boots, before_time_s = self.now(now_s)
            if boots != before_boots:
                change = EngineChange.REBOOTED if boots > before_boots else EngineChange.RESET
                self._note(change, boots, time_s, now_s)
            elif abs(time_s - before_time_s) > WINDOW_S:
                self._note(EngineChange.CLOCK_STEPPED, boots, time_s, now_s)
        self._set(boots, time_s, now_s)

    def adopt(self, proven: "RemoteEngine", now_s: float) -> None:
        """Take another engine's place: that one has proven to stand at this address."""
        if self.id and self.id != proven.id:
            before = self.now(now_s)
            self.news = EngineNews(EngineChange.REPLACED, proven.id, proven.boots, proven.time_s, self.id, *before)
        self.id, self.keys, self.context, self.glance = proven.id, proven.keys, proven.context, proven.glance
        self.boots, self.time_s, self.synchronized = proven.boots, proven.time_s, proven.synchronized
        self._at_s, self._latest_s = proven._at_s, proven._latest_s  # noqa: SLF001 - its own class

    def _set(self, boots: int, time_s: int, now_s: float) -> None:
        self.boots, self.time_s, self._latest_s, self._at_s = boots, time_s, time_s, now_s
        self.synchronized = True

    def _note(self, change: EngineChange, boots: int, time_s: int, now_s: float) -> None:
        self.news = EngineNews(change, self.id, boots, time_s, self.id, *self.now(now_s))

    def as_dict(self, wall_s: float) -> dict[str, str | int | float]:
        """What is worth keeping over a restart. `wall_s` is wall clock minus monotonic clock."""
        if not self.synchronized:
            return {"id": self.id.hex()} if self.id else {}
        return {"id": self.id.hex(), "boots": self.boots, "time": self.time_s, "at_wall": self._at_s + wall_s}

    def restore(self, kept: Mapping[str, object], wall_s: float) -> bool:
        """Read `as_dict`'s output back; False, and nothing taken, when it is not such a thing."""
        match kept:
            case {"id": str(text), "boots": int(boots), "time": int(time_s), "at_wall": float(at_wall)} if (
                _is_id(text) and 0 <= boots < LATCHED_BOOTS and 0 <= time_s <= LARGEST_TIME and abs(at_wall) < 1e11
            ):
                self.id = bytes.fromhex(text)
                self._set(boots, time_s, at_wall - wall_s)
            case {"id": str(text)} if len(kept) == 1 and _is_id(text):
                self.id = bytes.fromhex(text)
            case _:
                return False
        return True


def _is_id(text: str) -> bool:
    try:
        return 5 <= len(bytes.fromhex(text)) <= 32  # RFC 3411, SnmpEngineID
    except ValueError:
        return False

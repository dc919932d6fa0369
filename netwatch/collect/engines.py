"""The SNMP engines behind the devices: what changed about them, and which two devices claim to be one.

In: agents, each after a poll. Out: events, beside those that the values of the poll itself give (`core.boots`). Each is
told once an hour at most: an engine may change its mind every minute.
"""

from collections.abc import Iterator

from netwatch.core.events import Event, EventKind
from netwatch.snmp.engine import EngineChange, EngineNews, RemoteEngine

AGAIN_S = 3600.0
SHARED = "shared"  # beside the changes of one engine


class Engines:
    """Who has which engine."""

    def __init__(self) -> None:
        self._ids: dict[str, bytes] = {}  # device -> its engine's id
        self._devices: dict[bytes, set[str]] = {}
        self._told: dict[tuple[str, str], float] = {}  # device and what -> when, monotonic
        self.changes = dict.fromkeys([*map(str, EngineChange), SHARED], 0)  # how often each was told

    def look(self, device: str, engine: RemoteEngine, *, now_s: float, wall_s: float) -> Iterator[Event]:
        """What there is to tell of an engine after a poll. `wall_s` is wall clock minus monotonic clock."""
        news, engine.news = engine.news, None
        if news is not None and self._is_due(device, news.change, now_s):
            self.changes[news.change] += 1
            yield _changed(device, news, now_s + wall_s)
        if engine.id != self._ids.get(device, b"") and engine.proven:
            self._note(device, engine.id)
            others = self._devices[engine.id] - {device}
            if others and self._is_due(device, EventKind.ENGINE_SHARED, now_s):
                self.changes[SHARED] += 1
                detail = {"engine_id": engine.id.hex(), "with": ", ".join(sorted(others))}
                yield Event(
                    kind=EventKind.ENGINE_SHARED, subject=f"device:{device}", at_wall_s=now_s + wall_s, detail=detail
                )

    def forget(self, device: str) -> None:
        """It is watched no more."""
        known = self._ids.pop(device, None)
        if known is not None:
            self._devices[known].discard(device)
            if not self._devices[known]:
                del self._devices[known]
        for told in [told for told in self._told if told[0] == device]:
            del self._told[told]

    def _note(self, device: str, engine_id: bytes) -> None:
        known = self._ids.get(device)
        if known is not None:
            self._devices[known].discard(device)
            if not self._devices[known]:
                del self._devices[known]
        self._ids[device] = engine_id
        self._devices.setdefault(engine_id, set()).add(device)

    def _is_due(self, device: str, what: str, now_s: float) -> bool:
        last_s = self._told.get((device, what))
        if last_s is not None and now_s - last_s < AGAIN_S:
            return False
        self._told[device, what] = now_s
        return True


def is_other_box(news: EngineNews | None) -> bool:
    """Whether the rows of the device are to be looked at before anything else."""
    return news is not None and news.change in (EngineChange.REPLACED, EngineChange.RESET)


def _changed(device: str, news: EngineNews, at_wall_s: float) -> Event:
    detail = {
        "change": news.change.value,
        "engine_id": news.engine_id.hex(),
        "boots": news.boots,
        "time": news.time_s,
        "before_engine_id": news.before_id.hex(),
        "before_boots": news.before_boots,
        "before_time": news.before_time_s,
    }
    return Event(kind=EventKind.ENGINE_CHANGED, subject=f"device:{device}", at_wall_s=at_wall_s, detail=detail)

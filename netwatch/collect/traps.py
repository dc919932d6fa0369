"""Traps in: sockets and an inventory in, looks and counts out. Off until a port is named or systemd passes one.

    received = the sum over all outcomes

holds at any moment: each datagram that was read is counted once on arrival and once by its outcome, and what the
kernel dropped counts as both. An inform is answered after it was counted.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from netwatch.collect.trap_gate import Known, TrapGate, TrapOutcome, plain
from netwatch.collect.trap_looks import Doors, TrapLooks
from netwatch.collect.trap_socket import TrapSocket, open_port, passed_sockets
from netwatch.core.model import Inventory
from netwatch.core.notices import Notices
from netwatch.profiles.traps import load_notices
from netwatch.snmp.engine import RemoteEngine
from netwatch.snmp.trap_v3 import OwnEngine, SignedTraps, own_name

log = logging.getLogger(__name__)

REFRESHED_EVERY_S = 60.0  # a device known by name may have moved; and strangers make one log line at most


class Traps:
    """Everything that hears of traps. `run` keeps the sources current; the sockets work by themselves."""

    def __init__(
        self,
        doors: Doors,
        *,
        address_of: Callable[[str], str | None],
        engine_of: Callable[[str], RemoteEngine],
    ) -> None:
        own = OwnEngine(own_name(), started_s=time.monotonic(), started_wall_s=time.time())
        self._known = Known(notices=Notices(), signed=SignedTraps(own), address_of=address_of, engine_of=engine_of)
        self._looks = TrapLooks(doors)
        self._gate: TrapGate | None = None
        self._inventory: Inventory | None = None
        self._sockets: list[TrapSocket] = []
        self._read = 0
        self._outcomes: Counter[TrapOutcome] = Counter(dict.fromkeys(TrapOutcome, 0))
        self._strangers_told = 0

    def open(self, listen: tuple[str, int] | None, environ: Mapping[str, str]) -> None:
        """Hear traps where told, and on what systemd passed; nowhere, where neither. NetwatchError: it cannot be."""
        sockets = passed_sockets(environ)
        if listen is not None:
            sockets.append(open_port(*listen))
        if sockets:
            self._known = replace(self._known, notices=load_notices())
        for opened in sockets:
            one = TrapSocket(opened, self._received)
            self._sockets.append(one)
            log.info("hearing traps at %s port %d", *one.address)
        self._know()

    def use(self, inventory: Inventory) -> None:
        """Believe that these devices may send traps."""
        self._inventory = inventory
        self._know()

    async def run(self) -> None:
        """For ever: names looked up anew, strangers told of."""
        while True:
            await asyncio.sleep(REFRESHED_EVERY_S)
            self._know()
            self._tell_strangers()

    def close(self) -> None:
        for one in self._sockets:
            one.close()
        self._sockets.clear()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where traps are heard."""
        return [one.address for one in self._sockets]

    @property
    def received(self) -> int:
        """Datagrams that came, read or not."""
        return self._read + self._dropped

    @property
    def outcomes(self) -> Mapping[TrapOutcome, int]:
        """What became of them."""
        return {**self._outcomes, TrapOutcome.KERNEL_DROPPED: self._dropped}

    @property
    def _dropped(self) -> int:
        return sum(one.dropped for one in self._sockets)

    def _know(self) -> None:
        """Who may send, and who is at their far ends; nothing of it where nobody listens."""
        inventory = self._inventory
        if not self._sockets or inventory is None:
            return
        now_s = time.monotonic()
        if self._gate is None:
            self._gate = TrapGate(self._known, inventory.settings, now_s=now_s)
        self._gate.use(inventory, now_s=now_s)
        self._looks.use(inventory)

    def _received(self, datagram: bytes, host: str) -> bytes | None:
        self._read += 1
        gate = self._gate
        assert gate is not None, "use() comes before open()"
        heard = gate.judge(datagram, plain(host), time.monotonic())
        self._outcomes[heard.outcome] += 1
        self._looks.follow(heard)
        return heard.answer

    def _tell_strangers(self) -> None:
        number = self._outcomes[TrapOutcome.UNKNOWN_SOURCE]
        if number > self._strangers_told and self._gate is not None:
            log.warning(
                "%d traps came from addresses of no device, the last from %s; see accept_from in the inventory",
                number - self._strangers_told,
                self._gate.stranger,
            )
            self._strangers_told = number

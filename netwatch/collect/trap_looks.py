"""What a trap leads to: one that passed the gate in, looks at the device, the far end and what hangs on the port out.

A trap is a hint. All who may know of the same thing are asked at once, so that the cause is settled by their answers
and not by waiting; and the device itself again, for one read is no proof, and agents remember their ports for seconds.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from netwatch.collect.trap_gate import MOMENT_S, Heard, TrapOutcome
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.events import Event, EventKind
from netwatch.core.model import Inventory, Lane
from netwatch.core.neighbours.beside import Beside, FarSide
from netwatch.core.notices import Meaning
from netwatch.core.observation import DEVICE

SECOND_S = 0.4  # a camera's port is believed from the second read in a row on, a silent agent after two answers
SETTLED_S = 6.0  # net-snmp reads its ports anew only every few seconds
ECHOES_AT_S = (0.0, 0.3)  # two answers bring a device back
REFUSALS_APART_S = 600.0  # between two events on one device, however often somebody tries

_LANES = {
    Meaning.PORT: (Lane.STATUS,),
    Meaning.STARTED: (Lane.STATUS,),
    Meaning.DEVICE: (Lane.STATUS,),
    Meaning.POWER: (Lane.STATUS, Lane.HEALTH),
    Meaning.REFUSED: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where looks and events go, and what is known of a device's ports."""

    look: Callable[[str, Lane], None]
    echo: Callable[[str, float], None]  # device, in so many seconds
    check: Callable[[str], None]  # all checks of a field device
    interfaces: Callable[[str], InterfaceMap]
    record: Callable[[Event], None]
    asked: Callable[[str], None]  # a device at a far end is being asked


@dataclass(slots=True)
class _Refusals:
    """How often somebody has lately been refused by one agent."""

    told_s: float
    untold: int = 0


class TrapLooks:
    """`follow` what was heard. Runs on the event loop's clock."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._beside: Beside | None = None
        self._later: set[tuple[str, float]] = set()  # device and delay of the looks that are to come
        self._refusals: dict[str, _Refusals] = {}

    def use(self, inventory: Inventory) -> None:
        """Know who is at the far end of each port."""
        self._beside = Beside(inventory)
        self._refusals = {name: one for name, one in self._refusals.items() if name in inventory.devices}

    def follow(self, heard: Heard) -> None:
        """Ask whoever may know. Of what was told a moment ago, only that its end is not missed."""
        notice = heard.notice
        if notice is None:
            return
        for device in heard.devices:
            if notice.meaning is Meaning.REFUSED:
                self._note_refusal(device, is_new=heard.outcome is TrapOutcome.ACTED_ON)
            elif heard.outcome is TrapOutcome.DUPLICATE:
                self._look_later(device, MOMENT_S)
            else:
                self._look(device, notice.meaning, heard.index)

    def _look(self, device: str, meaning: Meaning, index: int | None) -> None:
        for lane in _LANES[meaning]:
            self._doors.look(device, lane)
        if meaning is Meaning.STARTED:
            self._echo(device)
        elif meaning is Meaning.PORT and index is not None:
            self._look_beside(self._far_side(device, index))
        if meaning in (Meaning.PORT, Meaning.STARTED):
            self._look_later(device, SECOND_S)
        self._look_later(device, SETTLED_S)

    def _echo(self, device: str) -> None:
        for in_s in ECHOES_AT_S:
            self._doors.echo(device, in_s)

    def _far_side(self, device: str, index: int) -> FarSide:
        return FarSide() if self._beside is None else self._beside.at(device, index, self._doors.interfaces(device))

    def _look_beside(self, there: FarSide) -> None:
        for device in there.devices:
            self._doors.asked(device)
            self._echo(device)
            self._doors.look(device, Lane.STATUS)
            self._look_later(device, SECOND_S)
        for name in there.field_devices:
            self._doors.check(name)

    def _look_later(self, device: str, in_s: float) -> None:
        if (device, in_s) not in self._later:
            self._later.add((device, in_s))
            asyncio.get_running_loop().call_later(in_s, self._look_again, device, in_s)

    def _look_again(self, device: str, after_s: float) -> None:
        self._later.discard((device, after_s))
        self._doors.look(device, Lane.STATUS)

    def _note_refusal(self, device: str, *, is_new: bool) -> None:
        """Somebody asked this agent with wrong credentials, or so it says: an event, seldom, with how often."""
        now_s = asyncio.get_running_loop().time()
        known = self._refusals.get(device)
        if known is not None and (not is_new or now_s - known.told_s < REFUSALS_APART_S):
            known.untold += 1
            return
        times = 1 + (known.untold if known is not None else 0)
        self._refusals[device] = _Refusals(now_s)
        self._doors.record(
            Event(
                kind=EventKind.AUTHENTICATION_FAILURE,
                subject=DEVICE + device,
                at_wall_s=time.time(),
                detail={"times": times, "told_by": "trap"},
            )
        )

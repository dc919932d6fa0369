"""What a device tells when it is back: it restarted, so its power was gone; or it ran through, so the fibre was.

In: faults that cleared, and the states of the devices they were about. Out: one sentence for each such fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from netwatch.core.device.record import DeviceState
from netwatch.core.events import Event
from netwatch.core.faults.book import Fault, FaultBook
from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.model import Inventory

MOST = 1000  # faults waited for; one whose device never tells its uptime is forgotten in the end
TICKS_A_SECOND = 100
SLACK_S = 5.0  # clocks and the time an agent needs to start
_OF_INTEREST = (
    FaultKind.CABLE_CUT,
    FaultKind.LINK_CUT,
    FaultKind.DEVICE_POWER,
    FaultKind.DEVICE_HANG,
    FaultKind.UPSTREAM,
)


@dataclass(frozen=True, slots=True)
class _Awaited:
    fault: str
    since_wall_s: float
    had_hung: bool  # it had power and light all the time


class Homecoming:
    """The devices whose uptime is waited for."""

    def __init__(self) -> None:
        self._awaited: dict[str, _Awaited] = {}
        self._told: list[tuple[str, str]] = []

    def expect(self, fault: Fault, inventory: Inventory) -> None:
        """The fault has cleared: its first suspected device will tell."""
        cause = fault.found.cause
        if cause.kind not in _OF_INTEREST or fault.cleared_wall_s is None:
            return
        for subject in (cause.subject, *cause.ambiguous_with):
            prefix, _, name = subject.partition(":")
            if prefix == "device" and name in inventory.devices and name in cause.devices:
                if len(self._awaited) >= MOST:
                    del self._awaited[next(iter(self._awaited))]
                self._awaited[name] = _Awaited(fault.id, fault.since_wall_s, cause.kind is FaultKind.DEVICE_HANG)
                return

    def waits_for(self, device: str) -> bool:
        return device in self._awaited

    def see(self, device: str, state: DeviceState, *, wall_s: float) -> None:
        """A state of a device waited for; it tells once its uptime was read after its return."""
        awaited, identity = self._awaited[device], state.identity
        read_wall_s = identity.at_s + wall_s
        if identity.uptime_ticks is None or read_wall_s < awaited.since_wall_s + SLACK_S:
            return
        up_s = identity.uptime_ticks / TICKS_A_SECOND
        match read_wall_s - up_s > awaited.since_wall_s - SLACK_S, awaited.had_hung:
            case True, False:
                said = f"{device} restarted {up_s:.0f} s before it was read: its power was gone"
            case False, False:
                said = f"{device} ran through: its power was not gone, the way to it was"
            case True, True:
                said = f"{device} restarted {up_s:.0f} s before it was read: that ended its hanging"
            case _:
                said = f"{device} ran through: it answers again by itself"
        del self._awaited[device]
        self._told.append((awaited.fault, said))

    def settle(self, book: FaultBook) -> Iterator[Event]:
        """The events of what was told since."""
        told, self._told = self._told, []
        for fault, said in told:
            event = book.settle(fault, said)
            if event is not None:
                yield event

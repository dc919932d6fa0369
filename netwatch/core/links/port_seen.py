"""(DeviceState, port text of the inventory) -> what is seen of that port, since when, and whether that holds.

A silent agent leaves its ports' last states behind. They are given here with their age and `is_fresh` False: they are
what was, not what is.
"""

from collections.abc import Collection, Sequence
from itertools import compress
from operator import ne
from typing import NamedTuple, TypeVar

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState
from netwatch.core.health.measures import Measure
from netwatch.core.names import match

Cell = TypeVar("Cell")

UP, DOWN, UNKNOWN = 1, 2, 4  # ifAdminStatus has the first two, ifOperStatus all (RFC 2863)
HALF_DUPLEX, FULL_DUPLEX = 2, 3  # dot3StatsDuplexStatus (RFC 3635)


class PortSeen(NamedTuple):
    """One port as its device last told. Numbers are those of IF-MIB. A tuple, for every look at a port makes one."""

    admin: int | None = None  # 1 up, 2 down, 3 testing
    oper: int | None = None  # 1 up .. 7 lowerLayerDown
    speed_bps: int | None = None  # what the port itself says; the inventory's capacity has no part in it
    since_wall_s: float | None = None  # oper so since then, by the device's own clock where it tells
    read_wall_s: float | None = None  # when last read; None: not by the last poll that brought anything
    is_fresh: bool = False  # its agent answers now, and which row it is is in no doubt
    duplex: int | None = None  # dot3StatsDuplexStatus: 1 unknown, 2 half, 3 full

    @property
    def is_up(self) -> bool | None:
        """Whether frames may pass, now; None: that is not known. Dormant and testing are not up."""
        return None if not self.is_fresh or self.oper in (None, UNKNOWN) else self.oper == UP

    @property
    def is_shut(self) -> bool:
        """Whether somebody has switched it off."""
        return self.is_fresh and self.admin == DOWN


class PortRows:
    """Which row each port text of one device is: worked out once per index map, for 60,000 ports are asked for."""

    __slots__ = ("_interfaces", "_rows")

    def __init__(self) -> None:
        self._interfaces: InterfaceMap | None = None
        self._rows: dict[str, int | None] = {}

    def at(self, interfaces: InterfaceMap, port: str) -> int | None:
        """The position of the row; None where the text is none of them, or several."""
        if interfaces is not self._interfaces:
            self._interfaces, self._rows = interfaces, {}
        if port not in self._rows:
            self._rows[port] = row_of(interfaces, port)
        return self._rows[port]


def row_of(interfaces: InterfaceMap, port: str) -> int | None:
    """The position of the one row that the port text names."""
    row = match(port, interfaces)
    return row if isinstance(row, int) else None


def port_at(state: DeviceState, row: int) -> PortSeen:
    """What is seen of the port at that position of the index map."""
    status = state.status
    is_read = cell(status.oper, row) is not None
    return PortSeen(
        admin=cell(status.admin, row),
        oper=cell(status.last_oper, row),
        speed_bps=cell(status.own_bps, row),
        since_wall_s=cell(status.changed_wall_s, row),
        read_wall_s=status.read_wall_s if is_read else None,
        is_fresh=is_read and is_current(state),
        duplex=_duplex(state, row),
    )


def _duplex(state: DeviceState, row: int) -> int | None:
    """dot3StatsDuplexStatus as of the last discovery."""
    told = state.equipment.fixed.get(Measure.FULL_DUPLEX)
    full = told.get(state.interfaces.names[row]) if told else None
    return None if full is None else FULL_DUPLEX if full else HALF_DUPLEX


def is_current(state: DeviceState) -> bool:
    """Whether the states of the ports are of now: the agent answers, and they were read since it does."""
    answering, status = state.snmp, state.status
    return (
        answering.answer is Answer.ANSWERS
        and not state.interfaces.in_doubt
        and status.read_s is not None
        and (answering.since_s is None or status.read_s >= answering.since_s)
    )


def turned_rows(before: DeviceState, after: DeviceState) -> Collection[int] | None:
    """The rows of whose ports, or of what is on them, something else is told than before; None: it may be all."""
    if before.sightings.poe is not after.sightings.poe or before.sightings.macs is not after.sightings.macs:
        return None
    return turned_ports(before, after)


def turned_ports(before: DeviceState, after: DeviceState) -> Collection[int] | None:
    """The rows of whose ports something else is told than before, but for their counters; None: it may be all."""
    if before.interfaces is not after.interfaces or is_current(before) is not is_current(after):
        return None
    was, now = before.status, after.status
    turned: set[int] = set()
    if was is now or was == now:
        return turned
    for one, other in (
        (was.admin, now.admin),
        (was.oper, now.oper),
        (was.last_oper, now.last_oper),
        (was.own_bps, now.own_bps),
        (was.changed_wall_s, now.changed_wall_s),
    ):
        if len(one) != len(other):
            return None
        if one is not other:
            turned.update(compress(range(len(one)), map(ne, one, other)))
    return turned


def cell(cells: Sequence[Cell | None], row: int) -> Cell | None:
    """One cell of a column; None where the column is not there."""
    return cells[row] if cells else None

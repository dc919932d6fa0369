"""Each poll's totals of the ports that the inventory names -> what each carried in each five minutes. Pure.

Between two readings of a counter its rate is taken to be even: bytes go to the five minutes that they fell into, by
time, and the poll's rate counts among the peaks of all that it touched. What lies between two readings that are not to
be compared, for a gap or because they are too far apart, was not seen. Packets and errors are read with the first poll
of each five minutes, and are those since the first poll of the five minutes before, to which they are counted. Light is
summed by the hour: it drifts over weeks, and every five minutes would say the same at twelve times the size.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from netwatch.core.audit.usage_code import NOTHING, codes, empty, light_code
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState
from netwatch.core.health.measures import Measure
from netwatch.core.links.ends import PortTotals, totals_at
from netwatch.core.links.port_seen import row_of
from netwatch.core.model import Inventory, Lane, PortRef

TRAFFIC_MS = 300_000
LIGHT_MS = 3_600_000
FAR_APART = 3  # intervals of the traffic lane between two readings that are compared
WAYS = ("in", "out")
COLUMNS = ("seen_s", "bytes", "peak", "packets", "errors")  # of each way; rates in bytes/s
LIGHT_COLUMNS = ("samples", "mean_dbm", "least_dbm", "low_alarm_dbm")
_WHOLE = {"in": ("receive_packets", "receive_errors"), "out": ("transmit_packets", "transmit_errors")}
_NEVER = 1e9
_Last = tuple[int, int | None, int | None]  # stamp in ms of wall clock, bytes received, bytes sent; None: not told
_NOT_READ: _Last = (0, None, None)


@dataclass(slots=True)
class Carried:
    """Five minutes: a column for each way and figure, a cell for each port."""

    ports: int
    cells: dict[str, "array[float]"] = field(init=False)
    received: Sequence["array[float]"] = field(init=False)  # of the cells, those that every poll adds to
    sent: Sequence["array[float]"] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = {f"{way}_{name}": empty(self.ports) for way in WAYS for name in COLUMNS}
        self.received, self.sent = ([self.cells[f"{way}_{name}"] for name in COLUMNS[:3]] for way in WAYS)

    def coded(self) -> dict[str, "array[int]"]:
        """As it is kept: whole seconds, and the rest to 0.03 %."""
        return {
            name: array("H", map(round, cells)) if name.endswith("seen_s") else codes(cells)
            for name, cells in self.cells.items()
        }


@dataclass(slots=True)
class Lit:
    """An hour of light."""

    ports: int
    samples: "array[float]" = field(init=False)
    sums: "array[float]" = field(init=False)
    least: "array[float]" = field(init=False)
    alarms: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.samples, self.sums = empty(self.ports), empty(self.ports)
        self.least = array("d", [_NEVER]) * self.ports

    def coded(self) -> dict[str, "array[int]"]:
        samples = array("H", [min(int(one), NOTHING) for one in self.samples])
        lit = [bool(one) for one in samples]
        means = [total / count if count else None for total, count in zip(self.sums, self.samples, strict=True)]
        least = [one if is_lit else None for one, is_lit in zip(self.least, lit, strict=True)]
        return {
            "samples": samples,
            "mean_dbm": array("H", map(light_code, means)),
            "least_dbm": array("H", map(light_code, least)),
            "low_alarm_dbm": array("H", [light_code(self.alarms.get(port)) for port in range(self.ports)]),
        }


@dataclass(slots=True)
class _Watched:
    """The ports of one device, and their places in the columns."""

    longest_ms: float
    ports: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    interfaces: InterfaceMap | None = None
    rows: tuple[int | None, ...] = ()  # of the ports, in that map

    def rows_in(self, interfaces: InterfaceMap) -> Sequence[int | None]:
        """Worked out once for each map, for thousands of ports are asked for each second."""
        if interfaces is not self.interfaces:
            self.interfaces, self.rows = interfaces, tuple(row_of(interfaces, port) for port in self.ports)
        return self.rows


class UsageCount:
    """`use` an inventory, `see` states, `take` what is over."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()  # of the columns' places: `acc-17 Gi1/0/3`
        self._watched: dict[str, _Watched] = {}
        self._last: list[_Last] = []
        self._whole: list[PortTotals | None] = []  # with packets and errors: read once in five minutes
        self._carried: dict[int, Carried] = {}  # by the beginning, ms
        self._lit: dict[int, Lit] = {}
        self._taken_until_ms = 0

    @property
    def devices(self) -> Iterable[str]:
        return self._watched

    def use(self, inventory: Inventory) -> None:
        """Count these ports from now on. What was counted of others is to be taken first, or is lost."""
        ports = monitored(inventory)
        names = tuple(map(str, ports))
        last = dict(zip(self.names, zip(self._last, self._whole, strict=True), strict=True))
        kept = [last.get(name, (_NOT_READ, None)) for name in names]
        watched: dict[str, _Watched] = {}
        for place, port in enumerate(ports):
            longest_ms = FAR_APART * inventory.devices[port.device].every_s[Lane.TRAFFIC] * 1000
            own = watched.setdefault(port.device, _Watched(longest_ms))
            own.ports.append(port.interface)
            own.places.append(place)
        if names != self.names:
            self._carried, self._lit = {}, {}
        self.names, self._watched = names, watched
        self._last, self._whole = [one for one, _ in kept], [whole for _, whole in kept]

    def see_traffic(self, device: str, state: DeviceState) -> None:
        """The device's counters were read, or are told no more."""
        watched, told, stamps = self._watched[device], state.traffic.totals, state.traffic.stamp_ms
        untold: Sequence[int | None] = (None,) * len(stamps)
        received, sent = told.get("receive_bytes", untold), told.get("transmit_bytes", untold)
        is_told = bool(stamps) and not state.interfaces.in_doubt
        last, longest_ms = self._last, watched.longest_ms
        pair, within = (0, 0), None  # ports of a device mostly have their two stamps in common
        for place, row in zip(watched.places, watched.rows_in(state.interfaces), strict=True):
            if not is_told or row is None or not stamps[row]:
                last[place] = _NOT_READ
                continue
            before, stamp_ms = last[place], stamps[row]
            if stamp_ms == before[0]:
                continue
            now = last[place] = (stamp_ms, received[row], sent[row])
            if pair != (before[0], stamp_ms):
                pair = (before[0], stamp_ms)
                is_compared = before[0] and 0 < stamp_ms - before[0] <= longest_ms
                is_one = before[0] // TRAFFIC_MS == stamp_ms // TRAFFIC_MS
                within = self._within(stamp_ms - stamp_ms % TRAFFIC_MS) if is_compared and is_one else None
            if within is not None:
                _add(within, place, before, now, stamp_ms - before[0])
                continue
            if is_compared:
                self._count(place, before, now)
            if not is_one:
                self._read_whole(place, state, row)

    def see_light(self, device: str, state: DeviceState, now_ms: int) -> None:
        """The device's sensors were read."""
        readings = state.equipment.readings
        powers = readings.get(Measure.RECEIVE_POWER)
        if not powers:
            return
        alarms = readings.get(Measure.RECEIVE_LOW_ALARM) or state.equipment.fixed.get(Measure.RECEIVE_LOW_ALARM) or {}
        watched, begin_ms = self._watched[device], now_ms - now_ms % LIGHT_MS
        for place, row in zip(watched.places, watched.rows_in(state.interfaces), strict=True):
            name = state.interfaces.names[row] if row is not None else None
            if name is None or name not in powers:
                continue
            lit = self._lit.get(begin_ms)
            if lit is None:
                lit = self._lit[begin_ms] = Lit(len(self.names))
            lit.samples[place] += 1
            lit.sums[place] += powers[name]
            lit.least[place] = min(lit.least[place], powers[name])
            if name in alarms:
                lit.alarms[place] = alarms[name]

    def take_carried(self, until_ms: float) -> Iterator[tuple[int, Carried]]:
        """The five minutes that ended by then, with their beginnings; what comes of them later is not counted."""
        for begin_ms in _over(self._carried, TRAFFIC_MS, until_ms):
            self._taken_until_ms = max(self._taken_until_ms, begin_ms + TRAFFIC_MS)
            yield begin_ms, self._carried.pop(begin_ms)

    def take_lit(self, until_ms: float) -> Iterator[tuple[int, Lit]]:
        """The same of the hours of light."""
        for begin_ms in _over(self._lit, LIGHT_MS, until_ms):
            yield begin_ms, self._lit.pop(begin_ms)

    def take_parts(self) -> tuple[dict[int, Carried], dict[int, Lit]]:
        """All that was counted, ended or not; what comes later is counted on, and both are to be added up."""
        taken, self._carried, self._lit = (self._carried, self._lit), {}, {}
        return taken

    def _count(self, place: int, before: _Last, now: _Last) -> None:
        """What the bytes grew by, to the five minutes that they fell into."""
        at_ms = before[0]
        while at_ms < now[0]:
            begin_ms = at_ms - at_ms % TRAFFIC_MS
            end_ms = min(begin_ms + TRAFFIC_MS, now[0])
            carried = self._within(begin_ms)
            if carried is not None:
                _add(carried, place, before, now, end_ms - at_ms)
            at_ms = end_ms

    def _read_whole(self, place: int, state: DeviceState, row: int) -> None:
        """The first poll of five minutes tells what packets and errors came since the first of those before."""
        before, now = self._whole[place], totals_at(state, row)
        self._whole[place] = now
        if before is None or now is None:
            return
        carried = self._within(before.stamp_ms - before.stamp_ms % TRAFFIC_MS)
        if carried is not None:
            for way, counters in _WHOLE.items():
                packets, errors = (_grown(before, now, name) for name in counters)
                if packets is not None and errors is not None:
                    carried.cells[f"{way}_packets"][place] += packets
                    carried.cells[f"{way}_errors"][place] += errors

    def _within(self, begin_ms: int) -> Carried | None:
        """The five minutes that begin then; None where they were taken."""
        if begin_ms < self._taken_until_ms:
            return None
        carried = self._carried.get(begin_ms)
        if carried is None:
            carried = self._carried[begin_ms] = Carried(len(self.names))
        return carried


def monitored(inventory: Inventory) -> tuple[PortRef, ...]:
    """The ports that links and field devices name, of devices that are asked over SNMP, each once.

    What reports read stands first, and the rest need not be unpacked for them: one end of each link, then the other
    ends. Members of aggregates and ports of field devices come last.
    """
    links = inventory.links.values()
    plugged = (one.port for one in inventory.field_devices.values() if one.port is not None)
    members = chain.from_iterable(chain.from_iterable(link.members) for link in links)
    wanted = ((link.a for link in links), (link.b for link in links), chain(members, plugged))
    ordered = chain.from_iterable(sorted(ports, key=str) for ports in wanted)
    return tuple(dict.fromkeys(port for port in ordered if inventory.devices[port.device].snmp is not None))


def _add(carried: Carried, place: int, before: _Last, now: _Last, ms: int) -> None:
    """What falls into so many ms of those between two readings: seconds seen, bytes, peak."""
    over_ms, was, told = now[0] - before[0], before[1], now[1]
    if was is not None and told is not None and told >= was:
        _put(carried.received, place, told - was, ms, over_ms)
    was, told = before[2], now[2]
    if was is not None and told is not None and told >= was:
        _put(carried.sent, place, told - was, ms, over_ms)


def _put(cells: Sequence["array[float]"], place: int, grown: int, ms: int, over_ms: int) -> None:
    seen_s, octets, peak = cells
    seen_s[place] += ms / 1000
    octets[place] += grown * ms / over_ms
    rate = grown * 1000 / over_ms
    if rate > peak[place]:  # noqa: PLR1730 - a call of max() costs a tenth of all this
        peak[place] = rate


def _grown(before: PortTotals, now: PortTotals, counter: str) -> int | None:
    """None where it is not told, or began anew."""
    earlier, later = getattr(before, counter), getattr(now, counter)
    return later - earlier if earlier is not None and later is not None and later >= earlier else None


def _over(parts: Iterable[int], length_ms: int, until_ms: float) -> list[int]:
    return sorted(begin_ms for begin_ms in parts if begin_ms + length_ms <= until_ms)

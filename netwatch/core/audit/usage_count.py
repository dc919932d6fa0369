"""Each poll's totals of the ports that the inventory names -> what each carried in each five minutes. Pure.

Between two readings of a counter its rate is taken to be even: bytes go to the five minutes that they fell into, by
time, and the poll's rate counts among the peaks of all that it touched. What lies between two readings that are not to
be compared, for a gap or because they are too far apart, was not seen. Light is summed by the hour: it drifts over
weeks, and every five minutes would say the same at twelve times the size.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from netwatch.core.audit.usage_code import NOTHING, codes, empty, light_code
from netwatch.core.device.record import DeviceState
from netwatch.core.health.measures import Measure
from netwatch.core.links.ends import PortTotals, totals_at
from netwatch.core.links.port_seen import PortRows
from netwatch.core.model import Inventory, Lane

TRAFFIC_MS = 300_000
LIGHT_MS = 3_600_000
FAR_APART = 3  # intervals of the traffic lane between two readings that are compared
WAYS = ("in", "out")
COLUMNS = ("seen_s", "bytes", "peak", "packets", "errors")  # of each way; rates in bytes/s
LIGHT_COLUMNS = ("samples", "mean_dbm", "least_dbm", "low_alarm_dbm")
_NEVER = 1e9


@dataclass(slots=True)
class Carried:
    """Five minutes: a column for each way and figure, a cell for each port."""

    ports: int
    cells: dict[str, "array[float]"] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = {f"{way}_{name}": empty(self.ports) for way in WAYS for name in COLUMNS}

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


@dataclass(frozen=True, slots=True)
class _Watched:
    """The ports of one device: their places in the columns follow each other."""

    first: int
    ports: tuple[str, ...]
    rows: PortRows
    longest_ms: float


class UsageCount:
    """`use` an inventory, `see` states, `take` what is over."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()  # of the columns' places: `acc-17 Gi1/0/3`
        self._watched: dict[str, _Watched] = {}
        self._last: list[PortTotals | None] = []
        self._carried: dict[int, Carried] = {}  # by the beginning, ms
        self._lit: dict[int, Lit] = {}
        self._taken_until_ms = 0

    @property
    def devices(self) -> Iterable[str]:
        return self._watched

    def use(self, inventory: Inventory) -> None:
        """Count these ports from now on. What was counted of others is to be taken first, or is lost."""
        ports = monitored(inventory)
        names = port_names(ports)
        last = dict(zip(self.names, self._last, strict=True))
        first, watched = 0, {}
        for device, own in ports.items():
            known = self._watched.get(device)
            rows = known.rows if known is not None else PortRows()
            longest_ms = FAR_APART * inventory.devices[device].every_s[Lane.TRAFFIC] * 1000
            watched[device] = _Watched(first, own, rows, longest_ms)
            first += len(own)
        if names != self.names:
            self._carried, self._lit = {}, {}
        self.names, self._watched, self._last = names, watched, [last.get(name) for name in names]

    def see_traffic(self, device: str, state: DeviceState) -> None:
        """The device's counters were read, or are told no more."""
        watched, is_told = self._watched[device], bool(state.traffic.totals)
        for place, port in enumerate(watched.ports, watched.first):
            row = watched.rows.at(state.interfaces, port) if is_told else None
            now = totals_at(state, row) if row is not None else None
            before, self._last[place] = self._last[place], now
            if before is not None and now is not None and 0 < now.stamp_ms - before.stamp_ms <= watched.longest_ms:
                self._count(place, before, now)

    def see_light(self, device: str, state: DeviceState, now_ms: int) -> None:
        """The device's sensors were read."""
        readings = state.equipment.readings
        powers = readings.get(Measure.RECEIVE_POWER)
        if not powers:
            return
        alarms = readings.get(Measure.RECEIVE_LOW_ALARM) or state.equipment.fixed.get(Measure.RECEIVE_LOW_ALARM) or {}
        watched, begin_ms = self._watched[device], now_ms - now_ms % LIGHT_MS
        for place, port in enumerate(watched.ports, watched.first):
            row = watched.rows.at(state.interfaces, port)
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

    def _count(self, place: int, before: PortTotals, now: PortTotals) -> None:
        over_ms, at_ms = now.stamp_ms - before.stamp_ms, before.stamp_ms
        grown = [
            later - earlier if earlier is not None and later is not None else -1
            for earlier, later in zip(before[1:7], now[1:7], strict=True)
        ]
        while at_ms < now.stamp_ms:
            begin_ms = at_ms - at_ms % TRAFFIC_MS
            end_ms = min(begin_ms + TRAFFIC_MS, now.stamp_ms)
            if begin_ms >= self._taken_until_ms:
                carried = self._carried.get(begin_ms)
                if carried is None:
                    carried = self._carried[begin_ms] = Carried(len(self.names))
                _add(carried.cells, place, grown, (end_ms - at_ms, over_ms))
                if end_ms == now.stamp_ms:
                    _add_errors(carried.cells, place, grown)
            at_ms = end_ms


def monitored(inventory: Inventory) -> Mapping[str, tuple[str, ...]]:
    """Device -> the texts of its ports that links and field devices name, of devices that are asked over SNMP."""
    found: dict[str, set[str]] = {}
    ends = chain.from_iterable(
        ((link.a, link.b), *link.members) if link.members else ((link.a, link.b),) for link in inventory.links.values()
    )
    plugged = (one.port for one in inventory.field_devices.values() if one.port is not None)
    for port in chain(chain.from_iterable(ends), plugged):
        if inventory.devices[port.device].snmp is not None:
            found.setdefault(port.device, set()).add(port.interface)
    return {device: tuple(sorted(found[device])) for device in sorted(found)}


def port_names(ports: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """As the inventory writes them, in the order of the columns."""
    return tuple(f"{device} {port}" for device, own in ports.items() for port in own)


def _add(cells: Mapping[str, "array[float]"], place: int, grown: Sequence[int], part: tuple[int, int]) -> None:
    """A part, (ms, of so many), of what six counters grew by; -1: not comparable."""
    ms, over_ms = part
    share = ms / over_ms
    received, sent, packets_in, packets_out, errors_in, errors_out = grown
    if received >= 0:
        cells["in_seen_s"][place] += ms / 1000
        cells["in_bytes"][place] += received * share
        cells["in_peak"][place] = max(cells["in_peak"][place], received * 1000 / over_ms)
    if sent >= 0:
        cells["out_seen_s"][place] += ms / 1000
        cells["out_bytes"][place] += sent * share
        cells["out_peak"][place] = max(cells["out_peak"][place], sent * 1000 / over_ms)
    if packets_in >= 0 and errors_in >= 0:
        cells["in_packets"][place] += packets_in * share
    if packets_out >= 0 and errors_out >= 0:
        cells["out_packets"][place] += packets_out * share


def _add_errors(cells: Mapping[str, "array[float]"], place: int, grown: Sequence[int]) -> None:
    """Whole, where the poll ends that told them: a part of an error would be none."""
    _, _, packets_in, packets_out, errors_in, errors_out = grown
    if errors_in > 0 and packets_in >= 0:
        cells["in_errors"][place] += errors_in
    if errors_out > 0 and packets_out >= 0:
        cells["out_errors"][place] += errors_out


def _over(parts: Iterable[int], length_ms: int, until_ms: float) -> list[int]:
    return sorted(begin_ms for begin_ms in parts if begin_ms + length_ms <= until_ms)

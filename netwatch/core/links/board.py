"""All links and rings of the city: each device's new state in, link and ring states out, and their sights for `faults`.

A poll touches only the links of its device, and of those that are well only the ones whose ports turned; the links
touched since are folded once, however often that was. Where only counters moved, a link is brought forward once in a
traffic interval: with the polls of its a end.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.events import Event
from netwatch.core.faults.scene import End, LinkSight
from netwatch.core.links.count import counted_on, is_well
from netwatch.core.links.ends import EndSeen, LinkSeen, end_seen, totals_at
from netwatch.core.links.port_seen import PortRows, PortSeen, turned_ports
from netwatch.core.links.ring_reports import RingReport, health_read_s, ring_report, rings_of, words_of
from netwatch.core.links.rings import UNPROTECTED, RingState, fold_ring, ring_event
from netwatch.core.links.spans import PortLight, is_worth_storing, read_spans
from netwatch.core.links.state import LinkCondition, LinkState, fold_link, link_event
from netwatch.core.model import Inventory, Link, PortRef
from netwatch.core.topology.graph import Topology
from netwatch.core.topology.ring_sides import RingWay, ring_ways

KEPT_EVERY_S = 60.0
_LIT = (LinkCondition.UP, LinkCondition.DEGRADED)
_BROKEN = (LinkCondition.DOWN, LinkCondition.ONE_END)


class LinkBoard:
    """What is held true of every link and ring.

    `changed_links`, `changed_conditions`, `changed_rings` and `changed_spans` gather ids until whoever uses them takes
    them away.
    """

    def __init__(self) -> None:
        self._inventory: Inventory | None = None
        self._links_of: Mapping[str, Iterable[str]] = {}
        self._rows: dict[str, PortRows] = {}
        self._ways: Mapping[str, RingWay] = {}
        self._rings_of: Mapping[str, frozenset[str]] = {}
        self._seen_as: dict[str, DeviceState] = {}  # what its links were last looked at with
        # links that only their counters can change while their ports are as they are -> the rows of these
        self._well: dict[str, tuple[int | None, int | None]] = {}
        self._touched: dict[str, None] = {}  # devices
        self._to_fold: dict[str, None] = {}
        self._touched_rings: dict[str, None] = {}
        self.links: dict[str, LinkState] = {}
        self.rings: dict[str, RingState] = {}
        self.sights: dict[str, LinkSight] = {}
        self.broken: set[str] = set()
        self.short: set[str] = set()  # links with members missing
        self.changed_links: dict[str, None] = {}
        self.changed_conditions: dict[str, None] = {}
        self.changed_rings: dict[str, None] = {}
        self.changed_spans: dict[str, None] = {}
        self.rings_changed = True
        self._kept_s: dict[str, float] = {}

    def use(self, topology: Topology) -> None:
        """Watch these links. States stay by id; a link that the inventory tells differently begins anew."""
        before, inventory = self._inventory, topology.inventory
        known = before.links if before is not None else {}
        self._inventory, self._links_of = inventory, topology.links_of
        same = {name for name, link in inventory.links.items() if known.get(name) == link}
        self.links = {name: state for name, state in self.links.items() if name in same}
        self.sights = {name: sight for name, sight in self.sights.items() if name in same}
        self.broken &= same
        self.short &= same
        self._seen_as = {name: state for name, state in self._seen_as.items() if name in inventory.devices}
        self._rows = {name: rows for name, rows in self._rows.items() if name in inventory.devices}
        self._well = {}
        self._ways = ring_ways(inventory)
        self._rings_of = rings_of(inventory)
        self.rings = {name: state for name, state in self.rings.items() if name in inventory.rings}
        self._to_fold = dict.fromkeys(inventory.links)
        self._touched_rings = dict.fromkeys(inventory.rings)
        self.changed_links = dict.fromkeys(inventory.links)
        self.rings_changed = True

    def recall(self, links: Mapping[str, LinkState], rings: Mapping[str, RingState]) -> None:
        """What the daemon before this one told; to be given after the first `use`."""
        self.links.update((name, state) for name, state in links.items() if name in self._to_fold)
        self.rings.update((name, state) for name, state in rings.items() if name in self._touched_rings)

    def touch(self, device: str) -> None:
        """The device told something new of its ports, or fell silent."""
        self._touched[device] = None

    def keep_up(self, device: str, before: DeviceState, after: DeviceState) -> None:
        """It told nothing new of its ports: the state looked at last need not be held beside the present one."""
        if (
            self._seen_as.get(device) is before
            and after.equipment is before.equipment
            and (after.lanes is before.lanes or health_read_s(after) == health_read_s(before))
        ):
            self._seen_as[device] = after

    def fold(self, states: Mapping[str, DeviceState], *, now_wall_s: float) -> tuple[tuple[Event, ...], bool]:
        """The events of all links touched since the last time, and whether what `faults` sees has changed."""
        self._count(states, now_wall_s)
        to_fold, self._to_fold = self._to_fold, {}
        events: list[Event] = []
        sees_other = False
        for name in to_fold:
            event, is_other = self._fold_link(name, states, now_wall_s)
            sees_other = is_other or sees_other
            if event is not None:
                events.append(event)
                self.changed_conditions[name] = None
        return (*events, *self._fold_rings(states, now_wall_s)), sees_other

    def _count(self, states: Mapping[str, DeviceState], now_wall_s: float) -> None:
        """Look at the devices touched: bring forward what only counted on, and note what is to be folded."""
        assert self._inventory is not None, "use() comes first"
        touched, self._touched = self._touched, {}
        links = self._inventory.links
        for device in touched:
            of_device = self._links_of.get(device, ())
            state = states.get(device)
            if state is None or not of_device:
                self._to_fold.update(dict.fromkeys(of_device))
                continue
            before = self._seen_as.get(device)
            self._seen_as[device] = state
            self._hear(device, before, state, states, now_wall_s)
            turned = None if before is None else _turned(before, state)
            if before is None or turned is None:
                self._to_fold.update(dict.fromkeys(of_device))
                continue
            is_newer = state.traffic is not before.traffic
            for name in of_device:
                if name in self._to_fold:
                    continue
                link = links[name]
                if self.links[name].condition not in _LIT or (turned and self._has_turned(link, device, turned)):
                    self._to_fold[name] = None
                elif is_newer and (link.a.device == device or not _counts(states.get(link.a.device))):
                    self._count_on(link, states)

    def _has_turned(self, link: Link, device: str, rows: Collection[int]) -> bool:
        """Whether more than counters may change the link's state, where these rows of the device have turned."""
        well = self._well.get(link.id)
        if well is None or link.members:
            return True
        a, b = well
        return (link.a.device == device and a in rows) or (link.b.device == device and b in rows)

    def _hear(
        self,
        device: str,
        before: DeviceState | None,
        state: DeviceState,
        states: Mapping[str, DeviceState],
        now_wall_s: float,
    ) -> None:
        """What the device says of its rings and of its light, beside what its ports show."""
        if words_of(state) != (words_of(before) if before is not None else None):
            self._touched_rings.update(dict.fromkeys(self._rings_of.get(device, ())))
        if before is None or not _has_same_light(before, state):
            self._read_light(device, states, now_wall_s)

    def _read_light(self, device: str, states: Mapping[str, DeviceState], now_wall_s: float) -> None:
        """The device's light was read anew, or is not known any more."""
        assert self._inventory is not None, "use() comes first"
        light = PortLight(states, self._rows_of)
        for name in self._links_of.get(device, ()):
            before = self.links.get(name)
            if before is None:
                continue
            spans = read_spans(self._inventory.links[name], before, device, light, now_wall_s=now_wall_s)
            if spans == before.spans:
                continue
            self.links[name] = before._replace(spans=spans)
            self.changed_links[name] = None
            if is_worth_storing(before.spans, spans):
                self.changed_spans[name] = None

    def _count_on(self, link: Link, states: Mapping[str, DeviceState]) -> None:
        """Bring a link's counters forward, or have it folded."""
        name, after = link.id, None
        rows = self._well.get(name)
        if rows is not None:
            a, b = rows
            after = counted_on(
                self.links[name],
                None if a is None else totals_at(states[link.a.device], a),
                None if b is None else totals_at(states[link.b.device], b),
            )
        if after is None:
            self._to_fold[name] = None
        else:
            self.links[name] = after
            self.changed_links[name] = None

    def _fold_link(self, name: str, states: Mapping[str, DeviceState], now_wall_s: float) -> tuple[Event | None, bool]:
        """Judge one link anew: its event, and whether `faults` sees it otherwise."""
        assert self._inventory is not None, "use() comes first"
        link, before = self._inventory.links[name], self.links.get(name)
        seen = self._seen(link, states)
        after = self.links[name] = fold_link(link, before, seen, now_wall_s=now_wall_s)
        if is_well(link, after, seen):
            self._well[name] = self._row(link.a, states), self._row(link.b, states)
        else:
            self._well.pop(name, None)
        self.changed_links[name] = None
        if link.ring is not None and (before is None or before.condition is not after.condition):
            self._touched_rings[link.ring] = None
        (self.short.add if after.missing else self.short.discard)(name)
        is_other = before is not None and before.missing != after.missing
        return link_event(link, before, after), self._sight(name, after) or is_other

    def let_time_pass(self) -> None:
        """Rings without reserve count their time."""
        for name, state in self.rings.items():
            if state.condition in UNPROTECTED:
                self._touched_rings[name] = None

    def _silent_ends(self, link: str, states: Mapping[str, DeviceState]) -> frozenset[str]:
        assert self._inventory is not None, "use() comes first"
        one = self._inventory.links[link]
        ends = (one.a.device, one.b.device)
        return frozenset(end for end in ends if end in states and states[end].verdict is DeviceVerdict.DOWN)

    def _fold_rings(self, states: Mapping[str, DeviceState], now_wall_s: float) -> tuple[Event, ...]:
        assert self._inventory is not None, "use() comes first"
        touched, self._touched_rings = self._touched_rings, {}
        events = []
        for name in touched:
            ring, before = self._inventory.rings[name], self.rings.get(name)
            links = {link: self.links[link] for link in self._ways[name].links if link in self.links}
            silent = {link: self._silent_ends(link, states) for link in links if link in self.broken}
            report = self._report(name, links, states)
            after = fold_ring(ring, before, links, now_wall_s, report, silent=silent)
            self.rings[name] = after
            self.rings_changed = True
            event = ring_event(ring, before, after)
            if event is not None:
                events.append(event)
            if event is not None or self._is_to_be_kept(name, after):
                self.changed_rings[name] = None
                self._kept_s[name] = now_wall_s
        return tuple(events)

    def _report(
        self, ring: str, links: Mapping[str, LinkState], states: Mapping[str, DeviceState]
    ) -> RingReport | None:
        """What the switches around the ring say of it, since one of its links last changed."""
        assert self._inventory is not None, "use() comes first"
        ends = (end for link in links for end in (self._inventory.links[link].a, self._inventory.links[link].b))
        changed = [state.since_wall_s for state in links.values() if state.since_wall_s is not None]
        since_s = max(changed, default=None)
        return ring_report(ring, (end.device for end in ends), states, self._rings_of, since_wall_s=since_s)

    def _is_to_be_kept(self, ring: str, state: RingState) -> bool:
        """Whether the time without reserve has grown enough to be stored."""
        counted_s = state.counted_wall_s
        is_counting = state.condition in UNPROTECTED and counted_s is not None
        return is_counting and counted_s is not None and counted_s - self._kept_s.get(ring, 0.0) >= KEPT_EVERY_S

    def _seen(self, link: Link, states: Mapping[str, DeviceState]) -> LinkSeen:
        return LinkSeen(
            a=self._end(link.a, states),
            b=self._end(link.b, states),
            members=tuple([(self._end(a, states), self._end(b, states)) for a, b in link.members]),
        )

    def _end(self, port: PortRef, states: Mapping[str, DeviceState]) -> EndSeen | None:
        assert self._inventory is not None, "use() comes first"
        if self._inventory.devices[port.device].snmp is None:
            return None
        return end_seen(states.get(port.device), port.interface, self._rows_of(port.device))

    def _row(self, port: PortRef, states: Mapping[str, DeviceState]) -> int | None:
        state = states.get(port.device)
        return None if state is None else self._rows_of(port.device).at(state.interfaces, port.interface)

    def _rows_of(self, device: str) -> PortRows:
        rows = self._rows.get(device)
        if rows is None:
            rows = self._rows[device] = PortRows()
        return rows

    def _sight(self, name: str, state: LinkState) -> bool:
        """Keep what `faults` is to see of the link; whether that is another than before."""
        before, sight = self.sights.get(name), sight_of(state)
        self.sights[name] = sight
        if sight.is_broken:
            self.broken.add(name)
        else:
            self.broken.discard(name)
        if before is None:
            return True
        return (sight.a, sight.b, sight.was_down) != (before.a, before.b, before.was_down)


def _turned(before: DeviceState, now: DeviceState) -> Collection[int] | None:
    """The rows of the ports of which links are told otherwise, but for counters and light; None: it may be all."""
    if now.snmp.answer is not before.snmp.answer or now.equipment.fixed is not before.equipment.fixed:
        return None  # duplex is among what is fixed
    return turned_ports(before, now)


def _has_same_light(before: DeviceState, now: DeviceState) -> bool:
    """Whether the readings are those of the same poll."""
    return now.equipment.readings is before.equipment.readings and health_read_s(now) == health_read_s(before)


def _counts(state: DeviceState | None) -> bool:
    """Whether counters are told of the device now."""
    return state is not None and bool(state.traffic.stamp_ms) and not state.interfaces.in_doubt


def sight_of(state: LinkState) -> LinkSight:
    """A link's state as `faults` sees it."""
    was_down = state.before_dark is not None and state.before_dark.condition in _BROKEN
    since_s = state.since_wall_s
    if state.condition is LinkCondition.UNKNOWN and was_down and state.before_dark is not None:
        since_s = state.before_dark.since_wall_s
    is_up = state.condition in _LIT
    return LinkSight(
        a=End.UP if is_up else _end_of(state.a),
        b=End.UP if is_up else _end_of(state.b),
        since_wall_s=since_s,
        lit_since_wall_s=max(_lit_since(state), default=None),
        was_down=state.condition is LinkCondition.UNKNOWN and was_down,
    )


def _lit_since(state: LinkState) -> Iterator[float]:
    for port in (state.a, state.b):
        if port is not None and port.is_up and port.since_wall_s is not None:
            yield port.since_wall_s


def _end_of(port: PortSeen | None) -> End:
    if port is None or port.is_up is None:
        return End.UNKNOWN
    if port.is_up:
        return End.UP
    return End.ADMIN_DOWN if port.is_shut else End.DOWN

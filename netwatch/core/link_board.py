"""All links and rings of the city: each device's new state in, link and ring states out, and their sights for `faults`.

A poll touches only the links of its device; the links touched since are folded once, however often that was.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from netwatch.core.device import DeviceState, DeviceVerdict
from netwatch.core.events import Event
from netwatch.core.link_ends import EndSeen, LinkSeen, end_seen
from netwatch.core.links import LinkCondition, LinkState, fold_link, link_event
from netwatch.core.model import Inventory, Link, PortRef
from netwatch.core.port_seen import PortRows, PortSeen
from netwatch.core.ring_sides import RingWay, ring_ways
from netwatch.core.rings import UNPROTECTED, RingState, fold_ring, ring_event
from netwatch.core.scene import End, LinkSight
from netwatch.core.topology import Topology

Record = TypeVar("Record")

KEPT_EVERY_S = 60.0
_BROKEN = (LinkCondition.DOWN, LinkCondition.ONE_END)


class LinkBoard:
    """What is held true of every link and ring.

    `changed_links`, `changed_conditions` and `changed_rings` gather ids until whoever uses them takes them away.
    """

    def __init__(self) -> None:
        self._inventory: Inventory | None = None
        self._links_of: Mapping[str, Iterable[str]] = {}
        self._rows: dict[str, PortRows] = {}
        self._ways: Mapping[str, RingWay] = {}
        self._touched: dict[str, None] = {}
        self._touched_rings: dict[str, None] = {}
        self.links: dict[str, LinkState] = {}
        self.rings: dict[str, RingState] = {}
        self.sights: dict[str, LinkSight] = {}
        self.broken: set[str] = set()
        self.changed_links: dict[str, None] = {}
        self.changed_conditions: dict[str, None] = {}
        self.changed_rings: dict[str, None] = {}
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
        self._ways = ring_ways(inventory)
        self.rings = {name: state for name, state in self.rings.items() if name in inventory.rings}
        self._touched = dict.fromkeys(inventory.links)
        self._touched_rings = dict.fromkeys(inventory.rings)
        self.changed_links = dict.fromkeys(inventory.links)
        self.rings_changed = True

    def recall(self, links: Mapping[str, LinkState], rings: Mapping[str, RingState]) -> None:
        """What the daemon before this one told; to be given after the first `use`."""
        self.links.update((name, state) for name, state in links.items() if name in self._touched)
        self.rings.update((name, state) for name, state in rings.items() if name in self._touched_rings)

    def touch(self, device: str) -> None:
        """The device told something new of its ports, or fell silent."""
        for link in self._links_of.get(device, ()):
            self._touched[link] = None

    def fold(self, states: Mapping[str, DeviceState], *, now_wall_s: float) -> tuple[tuple[Event, ...], bool]:
        """The events of all links touched since the last time, and whether what `faults` sees has changed."""
        assert self._inventory is not None, "use() comes first"
        touched, self._touched = self._touched, {}
        events: list[Event] = []
        sees_other = False
        for name in touched:
            link = self._inventory.links[name]
            before = self.links.get(name)
            after = fold_link(link, before, self._seen(link, states), now_wall_s=now_wall_s)
            self.links[name] = after
            self.changed_links[name] = None
            event = link_event(link, before, after)
            if event is not None:
                events.append(event)
                self.changed_conditions[name] = None
            if link.ring is not None and (before is None or before.condition is not after.condition):
                self._touched_rings[link.ring] = None
            is_other = before is not None and before.missing != after.missing
            sees_other = self._sight(name, after) or is_other or sees_other
        return (*events, *self._fold_rings(states, now_wall_s)), sees_other

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
            after = fold_ring(ring, before, links, now_wall_s, silent=silent)
            self.rings[name] = after
            self.rings_changed = True
            event = ring_event(ring, before, after)
            if event is not None:
                events.append(event)
            if event is not None or self._is_to_be_kept(name, after):
                self.changed_rings[name] = None
                self._kept_s[name] = now_wall_s
        return tuple(events)

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
        rows = self._rows.get(port.device)
        if rows is None:
            rows = self._rows[port.device] = PortRows()
        return end_seen(states.get(port.device), port.interface, rows)

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


def sight_of(state: LinkState) -> LinkSight:
    """A link's state as `faults` sees it."""
    was_down = state.before_dark is not None and state.before_dark.condition in _BROKEN
    since_s = state.since_wall_s
    if state.condition is LinkCondition.UNKNOWN and was_down and state.before_dark is not None:
        since_s = state.before_dark.since_wall_s
    is_up = state.condition in (LinkCondition.UP, LinkCondition.DEGRADED)
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

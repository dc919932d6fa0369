"""One device's edge ports: what is on them, who of that is a stranger, and which unused port came up.

In: what was seen of the edge before and now, what the inventory says of its ports. Out: the edge now, and events. An
edge port is one that no link uses and that leads to no switch. What a port that is down had learned is not on it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.edge.inventory import PortUses
from netwatch.core.events import Event, EventKind
from netwatch.core.model import NOTHING
from netwatch.core.neighbours.sightings import Sightings

MANY_MACS = 8  # strangers told one by one until the port is clean again; and a port with more MACs is nobody's place
_UP = 1  # ifOperStatus (RFC 2863)
_UP_OR_NOT_KNOWN = frozenset({_UP, None, 4})


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """Unregistered MACs of one edge port."""

    here: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()  # taken for those of registered devices whose MAC the inventory does not give
    spent: int = 0  # how many were told of since the port was last clean


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEdge:
    """One device's edge as last seen. `uses` None: to be looked up anew."""

    interfaces: InterfaceMap = field(default_factory=InterfaceMap)
    sightings: Sightings = field(default_factory=Sightings)
    oper: tuple[int | None, ...] = ()
    uses: PortUses | None = None
    trunks: frozenset[str] = frozenset()  # ports that lead to a switch, by LLDP
    macs: Mapping[str, frozenset[str]] = NOTHING  # edge port that is not down -> MACs on it, where there are any
    strangers: Mapping[str, Strangers] = NOTHING

    def is_of(self, interfaces: InterfaceMap, sightings: Sightings, oper: tuple[int | None, ...]) -> bool:
        """Whether it was made of these, but for ports of links: whether these are up is nothing to the edge."""
        if self.uses is None or self.interfaces is not interfaces or not self.sightings.is_around_as(sightings):
            return False
        if self.oper == oper:
            return True
        turned = {name for name, was, now in zip(interfaces.names, self.oper, oper, strict=True) if was != now}
        return turned <= self.uses.linked and turned.isdisjoint(self.uses.fielded)

    def is_older_than(self, interfaces: InterfaceMap, sightings: Sightings, oper: tuple[int | None, ...]) -> bool:
        """Whether these are what it was made of, read again."""
        is_same = self.interfaces is interfaces and self.oper == oper and self.uses is not None
        return is_same and self.sightings.sees_as(sightings)

    def outdated(self) -> "DeviceEdge":
        """The same, to be looked at anew: the inventory changed."""
        return replace(self, uses=None)

    def places(self) -> Iterator[tuple[str, frozenset[str]]]:
        """The ports that tell where a MAC is: behind one with many is a switch, unless devices are registered there."""
        fielded = self.uses.fielded if self.uses is not None else NOTHING
        for name, macs in self.macs.items():
            if len(macs) <= MANY_MACS or name in fielded:
                yield name, macs

    def is_down(self, port: str) -> bool:
        """Whether the port is known to be down."""
        names = self.interfaces.names
        oper = self.oper[names.index(port)] if port in names else None
        return oper not in _UP_OR_NOT_KNOWN


def edge_of(
    interfaces: InterfaceMap,
    sightings: Sightings,
    oper: tuple[int | None, ...],
    *,
    uses: PortUses,
    trunks: frozenset[str],
) -> DeviceEdge:
    """The edge without its strangers. `oper` is aligned with `interfaces`."""
    standing = dict(zip(interfaces.names, oper, strict=True))
    macs = {
        name: ones
        for name, ones in (sightings.macs or NOTHING).items()
        if ones
        and name not in uses.linked
        and name not in trunks
        and (name in uses.physical or name in uses.fielded)
        and standing.get(name) in _UP_OR_NOT_KNOWN
    }
    return DeviceEdge(interfaces=interfaces, sightings=sightings, oper=oper, uses=uses, trunks=trunks, macs=macs)


def strangers(
    device: str, before: DeviceEdge, after: DeviceEdge, *, is_known: Callable[[str], bool], at_wall_s: float
) -> tuple[DeviceEdge, tuple[Event, ...]]:
    """`after` with its strangers, and an event for each that is new: each once until it goes.

    A field device whose MAC the inventory does not give accounts for one unknown MAC on its port. `first_sight`: its
    table is read for the first time since we started, so the stranger may have been there, and been told of, before.
    """
    found: dict[str, Strangers] = {}
    # of a port that is down for a moment, the same table still tells
    if after.sightings.is_around_as(before.sightings):
        found |= {name: was for name, was in before.strangers.items() if name not in after.macs}
    is_first = before.sightings.macs is None
    events: list[Event] = []
    for name, macs in after.macs.items():
        unknown = frozenset(mac for mac in macs if not is_known(mac))
        if not unknown:
            continue
        nameless = sum(one.mac is None for one in after.uses.fielded.get(name, ())) if after.uses is not None else 0
        was = before.strangers.get(name, Strangers())
        kept = was.own & unknown
        own = kept | frozenset(sorted(unknown - kept)[: max(0, nameless - len(kept))])
        here = unknown - own
        new = sorted(here - was.here)
        told = new[: max(0, MANY_MACS - was.spent)]
        details: list[Mapping[str, str | int | bool]] = [{"mac": mac} for mac in told]
        if len(told) < len(new) and was.spent <= MANY_MACS:
            details.append({"many": True, "count": len(here)})
        events += [
            Event(
                kind=EventKind.MAC_UNREGISTERED,
                subject=f"port:{device} {name}",
                at_wall_s=at_wall_s,
                detail={**detail, "first_sight": is_first},
            )
            for detail in details
        ]
        spent = min(was.spent + len(new), MANY_MACS + 1) if here else 0
        found[name] = Strangers(here=here, own=own, spent=spent)
    return replace(after, strangers=found), tuple(events)


def risen(device: str, before: DeviceEdge, after: DeviceEdge, *, at_wall_s: float) -> Iterator[Event]:
    """An event for each physical port that nothing of the inventory uses, was read down, and now is up."""
    if before.oper == after.oper and before.interfaces is after.interfaces:
        return
    was = dict(zip(before.interfaces.names, before.oper, strict=True))
    uses = after.uses or PortUses()
    for name, oper in zip(after.interfaces.names, after.oper, strict=True):
        if oper != _UP or was.get(name) in _UP_OR_NOT_KNOWN:
            continue
        if name in uses.physical and name not in uses.linked | uses.fielded.keys() | after.trunks:
            yield Event(
                kind=EventKind.PORT_UNEXPECTED_UP,
                subject=f"port:{device} {name}",
                at_wall_s=at_wall_s,
                detail={"unmatched_ports": len(uses.unmatched)},  # it may be one of these, by another name
            )

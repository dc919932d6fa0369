"""What failures do to a city: failed subjects in, what is dead, dark and down out. Pure.

Reachability is plain graph search from the vantage over links that carry light. An intact ring is searched around
both ways, and the side nobody's path uses is the blocked one; when the ring is cut, the search finds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.errors import NetwatchError
from netwatch.core.model import PortRef
from netwatch.core.nearest import nearest
from netwatch.simulate.city import City


class How(StrEnum):
    """In which way a subject fails."""

    POWER = "power"  # no light on any port; on return it has rebooted
    HANG = "hang"  # ports stay up, nothing answers; a field device still echoes and accepts connections
    CUT = "cut"  # no light
    STREAM = "stream"  # it answers whatever it is asked, and sends next to no video


# kind -> the ways it can fail, the first one unless told otherwise
WAYS: Mapping[str, tuple[How, ...]] = {
    "cable": (How.CUT,),
    "link": (How.CUT,),
    "ring": (How.CUT,),
    "port": (How.CUT,),
    "device": (How.POWER, How.HANG),
    "field_device": (How.HANG, How.POWER, How.STREAM),
    "site": (How.POWER,),
}


class UnknownSubjectError(NetwatchError):
    """The city has no such subject; the message is one sentence with the nearest name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What is wrong with a city right now."""

    dead: frozenset[str] = frozenset()  # devices without power
    hung: frozenset[str] = frozenset()  # devices that forward and say nothing
    dark_links: frozenset[str] = frozenset()
    down_ports: frozenset[PortRef] = frozenset()
    dead_fields: frozenset[str] = frozenset()  # without power, or without a port to talk through
    hung_fields: frozenset[str] = frozenset()
    streamless_fields: frozenset[str] = frozenset()
    unpowered_fields: frozenset[str] = frozenset()  # without power of their own, or on a cable that is cut
    parents: Mapping[str, tuple[str, str]]  # reachable device -> (link, next device towards the vantage)

    def answers(self, device: str) -> bool:
        """Whether a device's SNMP agent is heard at the vantage."""
        return device in self.parents and device not in self.hung


class Wiring:
    """The city's graph and its indexes, built once."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.neighbours: dict[str, list[tuple[str, str]]] = {device: [] for device in city.devices}
        self.links_by_port: dict[PortRef, str] = {}
        self.links_by_cable: dict[str, set[str]] = {cable: set() for cable in city.cables}
        self.links_by_ring: dict[str, set[str]] = {ring: set() for ring in city.rings}
        for link in city.links.values():
            self.neighbours[link.a.device].append((link.id, link.b.device))
            self.neighbours[link.b.device].append((link.id, link.a.device))
            self.links_by_port |= {link.a: link.id, link.b: link.id}
            for run in link.fibre:
                self.links_by_cable[run.cable].add(link.id)
            if link.ring:
                self.links_by_ring[link.ring].add(link.id)
        self.fields_by_port: dict[PortRef, list[str]] = {}
        for thing in city.field_devices.values():
            if thing.port is not None:
                self.fields_by_port.setdefault(thing.port, []).append(thing.id)

    def subject(self, text: str) -> str:
        """The canonical form of a subject. UnknownSubjectError with the nearest one when the city has none such."""
        kind, colon, name = text.strip().partition(":")
        kind, name = kind.strip(), name.strip()
        if not colon or kind not in WAYS:
            near = nearest(kind, WAYS)
            hint = f"; did you mean {near}:{name or '…'}?" if near else ""
            raise UnknownSubjectError(f"{text.strip()!r} is no subject; subjects are {': '.join(WAYS)}:{hint}")
        known = self._names(kind)
        if name not in known:
            near = nearest(name, known, cutoff=0.5)
            hint = f"; did you mean {kind}:{near}?" if near else ""
            raise UnknownSubjectError(f"the city has no {kind.replace('_', ' ')} {name!r}{hint}")
        return f"{kind}:{name}"

    def _names(self, kind: str) -> Mapping[str, object]:
        if kind == "port":
            return {f"{device.id} {port.name}": port for device in self.city.devices.values() for port in device.ports}
        city = self.city
        return {
            "cable": city.cables,
            "link": city.links,
            "ring": city.rings,
            "device": city.devices,
            "field_device": city.field_devices,
            "site": city.sites,
        }[kind]

    def consequences(self, failed: Mapping[str, How]) -> Consequences:
        """What these failures (canonical subjects) do."""
        lost = _Lost(self, failed)
        dark_links = lost.links | {
            link.id
            for link in self.city.links.values()
            if not lost.dead.isdisjoint((link.a.device, link.b.device)) or not lost.ports.isdisjoint((link.a, link.b))
        }
        parents = self.paths(dead=lost.dead, dark_links=dark_links)
        down = set(lost.ports)
        for link in dark_links:
            down |= {self.city.links[link].a, self.city.links[link].b}
        for port, things in self.fields_by_port.items():
            if all(thing in lost.powerless for thing in things):
                down.add(port)
        dead_fields = {
            thing
            for port, things in self.fields_by_port.items()
            for thing in things
            if thing in lost.powerless or port in down or port.device not in parents
        }
        return Consequences(
            dead=frozenset(lost.dead),
            hung=frozenset(lost.hung),
            dark_links=frozenset(dark_links),
            down_ports=frozenset(down),
            dead_fields=frozenset(dead_fields),
            hung_fields=frozenset(lost.fields[How.HANG]),
            streamless_fields=frozenset(lost.fields[How.STREAM]),
            unpowered_fields=frozenset(
                lost.powerless.union(*(self.fields_by_port.get(port, ()) for port in lost.ports))
            ),
            parents=parents,
        )

    def paths(self, *, dead: set[str], dark_links: set[str]) -> dict[str, tuple[str, str]]:
        """Breadth first from the vantage: every device with light to it, and its way home. In search order."""
        root = self.city.vantage
        if root in dead:
            return {}
        found: dict[str, tuple[str, str]] = {root: ("", "")}
        ring = [root]
        while ring:
            following: list[str] = []
            for device in ring:
                for link, other in self.neighbours[device]:
                    if other not in found and link not in dark_links and other not in dead:
                        found[other] = (link, device)
                        following.append(other)
            ring = following
        return found


class _Lost:
    """What the failed subjects themselves are, before anything follows from them."""

    def __init__(self, wiring: Wiring, failed: Mapping[str, How]) -> None:
        self.dead: set[str] = set()
        self.hung: set[str] = set()
        self.links: set[str] = set()
        self.ports: set[PortRef] = set()
        self.powerless: set[str] = set()
        self.fields: dict[How, set[str]] = {how: set() for how in WAYS["field_device"]}
        for subject, how in failed.items():
            kind, _, name = subject.partition(":")
            if kind == "cable":
                self.links |= wiring.links_by_cable[name]
            elif kind == "link":
                self.links.add(name)
            elif kind == "ring":
                self.links |= wiring.links_by_ring[name]
            elif kind == "port":
                device, _, interface = name.partition(" ")
                self.ports.add(PortRef(device=device, interface=interface))
            elif kind == "device":
                (self.hung if how is How.HANG else self.dead).add(name)
            elif kind == "field_device":
                self.fields[how].add(name)
            else:
                self.dead |= {device.id for device in wiring.city.devices.values() if device.site == name}
                self.powerless |= {thing.id for thing in wiring.city.field_devices.values() if thing.site == name}
        self.powerless |= self.fields[How.POWER]

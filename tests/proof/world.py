"""A city of fibre that was never built: its switches, cables and cameras, and what breaks in it.

In: failures. Out: what every agent would answer then, by plain physics. Nothing here knows what netwatch concludes.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

CABLE, LINK, STRAND, POWER, SITE = "cable", "link", "strand", "power", "site"
HANG, FORWARDING, MUTE, PORT, SHUT, FIELD = "hang", "forwarding", "mute", "port", "shut", "field"
OF_DEVICES = (POWER, HANG, FORWARDING, MUTE)

UP, DOWN, ADMIN_DOWN = "up", "down", "admin_down"
Port = tuple[str, str]


class Failure(NamedTuple):
    """`strand`: one fibre of the pair; `forwarding`: deaf to us, and still switching; `shut`: by an administrator."""

    kind: str
    name: str

    @property
    def subject(self):
        prefix = {STRAND: LINK, SHUT: PORT, FIELD: "field_device"}.get(self.kind, self.kind)
        return f"{'device' if self.kind in OF_DEVICES else prefix}:{self.name}"


class Line(NamedTuple):
    """One physical link. `keeps_light`: behind media converters, which shine on whatever happens between them."""

    a: Port
    b: Port
    cables: tuple[str, ...] = ()
    keeps_light: bool = False


@dataclass
class World:
    """What stands in the streets."""

    site_of: dict[str, str] = field(default_factory=dict)
    role_of: dict[str, str] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    duct_of: dict[str, str] = field(default_factory=dict)  # cable -> duct
    agentless: set[str] = field(default_factory=set)  # answer echoes only
    fields: dict[str, tuple[Port, str]] = field(default_factory=dict)  # camera -> its port, its service
    roots: tuple[str, ...] = ()
    anchors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ring_of: dict[str, str] = field(default_factory=dict)  # line -> ring

    def __post_init__(self):
        self._ports = defaultdict(int)

    def port(self, device):
        self._ports[device] += 1
        return device, f"p{self._ports[device]}"

    def index(self):
        """To be called once it is built."""
        self.lines_of, self.lines_in, self.devices_at, self.line_at = (
            defaultdict(list),
            defaultdict(list),
            defaultdict(list),
            {},
        )
        self.fields_on = defaultdict(list)
        for name, line in self.lines.items():
            for port in (line.a, line.b):
                self.lines_of[port[0]].append(name)
                self.line_at[port] = name
            for cable in line.cables:
                self.lines_in[cable].append(name)
        for device, site in self.site_of.items():
            self.devices_at[site].append(device)
        for name, ((device, _), _) in self.fields.items():
            self.fields_on[device].append(name)
        return self

    def far(self, name, device):
        line = self.lines[name]
        return line.b if line.a[0] == device else line.a


@dataclass(frozen=True)
class Answers:
    """What everybody would answer. `ports` has the network ports of agents that answer."""

    dark: frozenset
    mute: frozenset
    forwarding: frozenset  # dark, and a camera on it answers
    ports: dict

    def same(self, other):
        return (self.dark, self.mute, self.forwarding, self.ports) == (
            other.dark,
            other.mute,
            other.forwarding,
            other.ports,
        )


class Broken:
    """What a set of failures does to a world."""

    def __init__(self, world, failures):
        self.world = world
        self.cut, self.one_way, self.off, self.deaf = set(), set(), set(), set()
        self.shut, self.still, self.mute, self.dead_fields = set(), set(), set(), set()
        sets = {CABLE: self.cut, LINK: self.cut, PORT: self.cut, SHUT: self.cut, STRAND: self.one_way}
        sets |= {POWER: self.off, SITE: self.off, HANG: self.still, FORWARDING: self.deaf, MUTE: self.mute}
        for kind, name in failures:
            sets.get(kind, self.dead_fields).update(self._hit(kind, name))
            if kind == SHUT:
                self.shut.add(_port(name))

    def _hit(self, kind, name):
        if kind == CABLE:
            return self.world.lines_in[name]
        if kind in (PORT, SHUT):
            return (self.world.line_at[_port(name)],)
        return self.world.devices_at[name] if kind == SITE else (name,)

    def carries(self, name):
        line = self.world.lines[name]
        gone = self.off | self.still if (self.off or self.still) else ()
        return name not in self.cut and name not in self.one_way and line.a[0] not in gone and line.b[0] not in gone

    def reached(self, roots):
        """Who can be reached from there through devices that forward."""
        blocked = self.cut | self.one_way
        gone = self.off | self.still
        seen = {root for root in roots if root not in gone}
        line = list(seen)
        while line:
            device = line.pop()
            for name in self.world.lines_of[device]:
                if name in blocked:
                    continue
                other = self.world.far(name, device)[0]
                if other not in seen and other not in gone:
                    seen.add(other)
                    line.append(other)
        return seen

    def light(self, port):
        """What the port's agent would say of it."""
        name = self.world.line_at.get(port)
        if name is None:
            return DOWN
        line = self.world.lines[name]
        if port in self.shut:
            return ADMIN_DOWN
        far = line.b if line.a == port else line.a
        if line.keeps_light:
            return UP
        if name in self.cut or far[0] in self.off or (name in self.one_way and port == line.b):
            return DOWN
        return UP

    def answers(self):
        world = self.world
        reached = self.reached(world.roots)
        dark = frozenset(d for d in world.site_of if d not in reached or d in self.deaf)
        mute = frozenset(self.mute - dark - world.agentless)
        alive = frozenset(d for d in self.deaf & reached if any(f not in self.dead_fields for f in world.fields_on[d]))
        ports = {
            port: self.light(port)
            for device in world.site_of
            if device not in dark and device not in mute and device not in world.agentless
            for name in world.lines_of[device]
            for port in (world.lines[name].a, world.lines[name].b)
            if port[0] == device
        }
        return Answers(dark=dark, mute=mute, forwarding=alive, ports=ports)


def _port(name):
    device, _, interface = name.partition(" ")
    return device, interface


def answers(world, failures):
    """What everybody would answer if just these had happened."""
    return Broken(world, failures).answers()

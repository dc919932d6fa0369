"""Failures that did not happen -> the scene that netwatch would see, and what its own diagnosis would say of it.

Plain physics on the inventory's graph: a cut cable carries nothing, a device without power has no light on any port,
and who has no way left to the vantage is silent. Everything the inventory knows no way to is taken to be seen, unless
it fails itself.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from netwatch.core.faults.diagnosis import Cause, FaultKind, diagnose, weighed
from netwatch.core.faults.scene import End, LinkSight, Scene, broken_links
from netwatch.core.field.faults import field_causes
from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict, Reach
from netwatch.core.model import Link, PortRef, Role
from netwatch.core.topology.graph import Topology
from netwatch.core.topology.paths import REACHABLE, UNSEEN, Paths
from netwatch.core.topology.single_points import single_points

NO_SERVICE = "unassigned"  # what has no service is counted under this


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """What the failed subjects themselves are."""

    links: frozenset[str]
    devices: frozenset[str]
    ports: frozenset[PortRef]
    field_devices: frozenset[str]
    weakened: frozenset[str] = frozenset()  # aggregates of which a member is lost
    vantage: bool = False


def failed(topology: Topology, subjects: Iterable[str]) -> Failed:
    """`subjects` exist: `cable:`, `link:`, `ring:`, `device:`, `port:`, `field_device:`, `site:`, `vantage:`."""
    inventory = topology.inventory
    links: set[str] = set()
    devices: set[str] = set()
    ports: set[PortRef] = set()
    fields: set[str] = set()
    vantage = False
    for subject in subjects:
        kind, _, name = subject.partition(":")
        match kind:
            case "cable":
                links |= set(topology.links_by_cable.get(name, ()))
            case "link":
                links.add(name)
            case "ring":
                links |= {link.id for link in inventory.links.values() if link.ring == name}
            case "device":
                devices.add(name)
            case "field_device":
                fields.add(name)
            case "port":
                device, _, interface = name.partition(" ")
                ports.add(PortRef(device=device, interface=interface))
            case "site":
                devices |= set(topology.devices_at.get(name, ()))
                fields |= {one.id for one in inventory.field_devices.values() if one.site == name}
            case _:
                vantage = True
    links |= {topology.link_at[port] for port in ports if port in topology.link_at}
    weakened = {topology.member_at[port] for port in ports if port in topology.member_at}
    return Failed(
        weakened=frozenset(weakened - links),
        links=frozenset(links),
        devices=frozenset(devices),
        ports=frozenset(ports),
        field_devices=frozenset(fields),
        vantage=vantage,
    )


def scene_of(topology: Topology, what: Failed, *, now_wall_s: float = 0.0) -> Scene:
    """What would be seen: who is silent, and what the ports of the others say."""
    watched = [device.id for device in topology.inventory.devices.values()]
    if what.vantage:
        dark = dict.fromkeys(watched, now_wall_s)
        return Scene(dark=dark, observed=len(watched), is_lit=False, now_wall_s=now_wall_s)
    parts = topology.parts(broken=what.links, stopped=what.devices)
    roots = _roots(topology)
    seen, ever = parts.parts_of(roots), topology.whole.parts_of(roots)
    dark = {
        name: now_wall_s
        for name in watched
        if name in what.devices or (parts.part(name) not in seen and topology.whole.part(name) in ever)
    }
    if not seen:
        dark |= dict.fromkeys((name for name in watched if topology.whole.part(name) in ever), now_wall_s)
    sights = {
        name: _sight(link, what, dark, now_wall_s)
        for name, link in topology.links.items()
        if link.a.device not in dark or link.b.device not in dark
    }
    return Scene(
        dark=dark,
        links=sights,
        broken=broken_links(sights),
        read_wall_s=dict.fromkeys((name for name in watched if name not in dark), now_wall_s),
        observed=len(watched),
        is_lit=True,
        now_wall_s=now_wall_s,
    )


def _roots(topology: Topology) -> Collection[str]:
    """Where the vantage stands: as the inventory says, else at a core, else wherever the most hangs together."""
    if topology.roots:
        return topology.roots
    devices = topology.inventory.devices.values()
    cores = [device.id for device in devices if device.role is Role.CORE]
    anchors = [anchor for service in topology.inventory.services.values() for anchor in service.anchors]
    if cores or anchors:
        return cores or anchors
    sizes = Counter(topology.whole.of)
    return [topology.names[topology.whole.of.index(max(sizes, key=sizes.__getitem__))]] if sizes else []


def _sight(link: Link, what: Failed, dark: Mapping[str, float], now_wall_s: float) -> LinkSight:
    is_broken = link.id in what.links
    ends = []
    for near, far in ((link.a.device, link.b.device), (link.b.device, link.a.device)):
        if near in dark:
            ends.append(End.UNKNOWN)
        else:
            ends.append(End.DOWN if is_broken or far in what.devices else End.UP)
    is_down = End.DOWN in ends
    return LinkSight(
        a=ends[0],
        b=ends[1],
        since_wall_s=now_wall_s if is_down else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Imagined:
    """What the failures would do, and what netwatch would say of them."""

    causes: tuple[Cause, ...]
    affected: tuple[Mapping[str, int], ...]  # for each cause: service -> field devices it takes out of service
    out_of_service: tuple[tuple[str, ...], ...]  # the same field devices by name
    dark_devices: tuple[str, ...]
    dark_field_devices: tuple[str, ...]
    remaining_single_points: tuple[str, ...]
    scene: Scene  # what would be seen


def imagine(topology: Topology, subjects: Iterable[str]) -> Imagined:
    """Let these subjects, which exist, fail at once."""
    what = failed(topology, subjects)
    scene = scene_of(topology, what)
    diagnosis = diagnose(topology, scene)
    paths = Paths(topology, diagnosis, parts=topology.parts(broken=what.links, stopped=what.devices))
    lost: dict[int, list[str]] = {}
    dark: list[str] = []
    verdicts: dict[str, FieldVerdict] = {}
    for name, one in topology.inventory.field_devices.items():
        is_dead = name in what.field_devices or one.port in what.ports
        device = one.port.device if one.port is not None else None
        if device is None:
            path = REACHABLE if not what.vantage else UNSEEN
        else:
            path = paths.of(device, one.service, is_seen=device not in scene.dark)
        if path.reach is Reach.CUT and diagnosis.causes:
            # who is lost by a failure that nothing would show goes with the first that something does
            lost.setdefault(path.cause or 0, []).append(name)
        elif is_dead and path.reach is Reach.REACHABLE:
            verdicts[name] = _dead(device is not None)
        if is_dead or path.reach is Reach.UNSEEN or device in scene.dark:
            dark.append(name)
    own = (
        *field_causes(topology, verdicts, now_wall_s=0.0, window_s=scene.window_s),
        *(_weakened(name) for name in sorted(what.weakened)),
    )
    at_all = [tuple(lost.get(place, ())) for place in range(len(diagnosis.causes))]
    names = (*at_all, *(tuple(sorted(cause.field_devices)) for cause in own))
    affected = tuple(Counter(_service(topology, name) for name in group) for group in names)
    return Imagined(
        causes=(*map(weighed, diagnosis.causes, affected), *own),
        affected=affected,
        out_of_service=names,
        dark_devices=tuple(sorted(scene.dark)),
        dark_field_devices=tuple(sorted(dark)),
        remaining_single_points=single_points(topology, broken=what.links, stopped=what.devices),
        scene=scene,
    )


def _service(topology: Topology, field_device: str) -> str:
    return topology.inventory.field_devices[field_device].service or NO_SERVICE


def _weakened(link: str) -> Cause:
    """An aggregate that carries on with a member less."""
    return Cause(
        kind=FaultKind.REDUNDANCY_LOST,
        subject=f"link:{link}",
        since_wall_s=0.0,
        evidence=("a member of the aggregate is down",),
        weakened=frozenset({link}),
    )


def _dead(has_port: bool) -> FieldVerdict:  # noqa: FBT001 - the one thing it depends on
    """A field device without power: no light on its port; without a port, it merely says nothing."""
    cause = FieldCause.CABLE_OR_PORT if has_port else FieldCause.DEVICE_HUNG
    said = "its port has no light" if has_port else "it answers nothing"
    return FieldVerdict(condition=FieldCondition.FAULT, cause=cause, evidence=(said,), since_wall_s=0.0)

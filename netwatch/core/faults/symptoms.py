"""The scene -> symptoms: what needs an explanation, and who could be it.

A dark region is a set of silent devices that hang together. Its frontier, the links between it and what is still seen,
is where the cause is: a port without light speaks of a cut or of a far end without power, a port with light of a far
end that hangs. A link that is broken between two devices that answer is a symptom of its own. A region is one as well,
so that a fibre broken long ago never takes the blame for a darkness of today.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from netwatch.core.faults.scene import NOTHING_SEEN, End, LinkSight, Scene, said_by
from netwatch.core.faults.suspects import Means, Suspect, Symptom
from netwatch.core.model import Link, Role
from netwatch.core.topology.graph import Topology

# How unlikely each is alone: one cable before two links, one switch before two cables, a site before two switches.
LINK, CABLE, SERIAL_CABLE, DUCT = 1.0, 0.98, 1.02, 1.2
POWER, SITE, HANG = 1.0, 1.1, 1.05
PART_OF_A_CABLE = 1.6  # some of its links have light: the inventory is wrong there, or only some cores broke
CONVERTER = 1.1  # a link whose far end could be dead behind a converter that keeps the light on
ONE_FIBRE = 1.3  # of a pair, where the cable is said to be cut: the other has light
CONTRADICTED = 1.2  # by each port with light that faces a device said to be without power
SHUT = 0.1  # was read, not inferred
LAST_RESORT = 3.0  # nothing else explains it, and it must not be hidden
SHARE_OF_A_CABLE = 0.5
ENTRIES_SUSPECTED = 20  # of a region that nothing known leads to
_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Silent devices that hang together, and the links that lead out to devices that are seen."""

    devices: frozenset[str]
    since_wall_s: float
    frontier: tuple[tuple[str, str], ...]  # link, the silent device at its end
    has_unseen_beside: bool


@dataclass(slots=True, kw_only=True)
class Complaints:
    """All symptoms of a scene, with what is still to be waited for."""

    symptoms: list[Symptom] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)  # symptom -> the evidence in words
    stale: set[str] = field(default_factory=set)  # symptoms whose near end was last read before the darkness
    settling: set[str] = field(default_factory=set)  # symptoms with a device at their end that is only just back
    wanted: set[str] = field(default_factory=set)  # devices to be asked at once
    regions: dict[str, Region] = field(default_factory=dict)  # by the name of their symptom
    blank: set[str] = field(default_factory=set)  # links into darkness that nobody tells of and nobody asks about
    doubtful: dict[str, str] = field(default_factory=dict)  # links whose entry in the inventory is contradicted -> how


def dark_regions(topology: Topology, scene: Scene) -> tuple[Region, ...]:
    """The regions, in a stable order."""
    dark = {name: since for name, since in scene.dark.items() if name not in scene.forwarding}
    left = dict.fromkeys(sorted(dark))
    regions = []
    while left:
        first = next(iter(left))
        del left[first]
        members, line, frontier, unseen = {first}, [first], [], False
        while line:
            device = line.pop()
            for link in topology.links_of.get(device, ()):
                other = topology.other_end(link, device)
                if other in dark:
                    if other not in members:
                        members.add(other)
                        line.append(other)
                        left.pop(other, None)
                elif other in scene.unseen:
                    unseen = True
                else:
                    frontier.append((link, device))
        regions.append(
            Region(
                devices=frozenset(members),
                since_wall_s=min(dark[name] for name in members),
                frontier=tuple(sorted(frontier)),
                has_unseen_beside=unseen,
            )
        )
    return tuple(regions)


def complain(topology: Topology, scene: Scene, regions: Sequence[Region]) -> Complaints:
    """Every symptom of the scene."""
    return _Complaining(topology, scene).all(regions)


class _Complaining:
    def __init__(self, topology: Topology, scene: Scene) -> None:
        self._topology = topology
        self._scene = scene
        self._found = Complaints()
        self._explained_links: set[str] = set()
        self._broken_at: dict[str, list[Suspect]] = {}  # silent devices -> who could have broken a link of theirs

    def all(self, regions: Sequence[Region]) -> Complaints:
        swaps = self._swapped(regions)
        self._explained_links.update(link for region in regions for link, _ in region.frontier)
        for name in sorted(self._scene.broken):
            if name not in self._explained_links:
                self._of_broken(name)
        for region in regions:
            self._of_region(region, swaps)
        return self._found

    def _of_region(self, region: Region, swaps: Mapping[str, str]) -> None:
        found, scene = self._found, self._scene
        suspects: dict[tuple[Means, str], Suspect] = {}
        stale = False
        blank = {link for link, device in region.frontier if self._is_blank(link, device)}
        if len(blank) == len(region.frontier):
            blank = set()
        for link, device in region.frontier:
            symptom = self._of_frontier(link, device, swapped_with=swaps.get(link))
            if link in blank:
                found.blank.add(link)
            else:
                found.symptoms.append(symptom)
            suspects |= {suspect.key: suspect for suspect in symptom.suspects}
            stale = stale or symptom.name in found.stale
        for device in self._topology.roots:
            if device in region.devices:
                symptom = Symptom(
                    name=f"root:{device}",
                    since_wall_s=scene.dark[device],
                    suspects=tuple(self._power(device, hang=True)),
                )
                found.symptoms.append(symptom)
                found.said[symptom.name] = f"{device}, to which netwatch is attached, is silent"
                suspects |= {suspect.key: suspect for suspect in symptom.suspects}
        for device in sorted(region.devices & self._broken_at.keys()):
            suspects |= {suspect.key: suspect for suspect in self._broken_at[device]}
        for suspect in self._last_resorts(region):
            suspects.setdefault(suspect.key, suspect)
        name = f"region:{min(region.devices)}"
        found.regions[name] = region
        found.symptoms.append(
            Symptom(name=name, since_wall_s=self._dated(region), suspects=tuple(suspects.values()), is_link=False)
        )
        around = {name, *(link for link, _ in region.frontier)}
        if stale or (not region.frontier and region.has_unseen_beside):
            found.stale |= around
        if not around.isdisjoint(found.settling):
            found.settling |= around
        number = len(region.devices)
        found.said[name] = f"{min(region.devices)} is silent" if number == 1 else f"{number} devices are silent"

    def _dated(self, region: Region) -> float:
        """Since when it is dark: where that was found at the start, as long as the last of its dark ports."""
        scene, since_s = self._scene, region.since_wall_s
        if since_s > scene.watched_since_wall_s + scene.beginning_s:
            return since_s
        ports = [scene.links.get(link, NOTHING_SEEN) for link, _ in region.frontier]
        dated = [sight.since_wall_s for sight in ports if sight.is_broken and sight.since_wall_s is not None]
        return min(since_s, max(dated, default=since_s))

    def _is_blank(self, name: str, device: str) -> bool:
        """Whether the neighbour of a silent device was read since, and has nothing to say of this link.

        The inventory is in doubt there, so that the link asks for no explanation of its own where others do.
        """
        near, sight = self._topology.other_end(name, device), self._scene.links.get(name, NOTHING_SEEN)
        return (
            said_by(near, self._topology.links[name], sight) is End.UNKNOWN
            and near not in self._scene.mute
            and self._topology.inventory.devices[near].snmp is not None
            and self._was_read_since(near, self._scene.dark[device])
        )

    def _of_frontier(self, name: str, device: str, *, swapped_with: str | None) -> Symptom:
        """A link from a device that is seen to one that is silent."""
        scene, link = self._scene, self._topology.links[name]
        near = self._topology.other_end(name, device)
        sight = scene.links.get(swapped_with or name, NOTHING_SEEN)
        end = said_by(near, self._topology.links[swapped_with or name], sight)
        port = link.a if link.a.device == near else link.b
        dark_s = scene.dark[device]
        self._note_age(name, near, dark_s)
        lit_since_s = sight.lit_since_wall_s if end is End.UP else None
        came_up_s = lit_since_s if lit_since_s is not None else float("-inf")
        if came_up_s > max(dark_s, scene.now_wall_s - scene.patience_s):
            self._found.settling.add(name)  # light where there was none: the device is coming back
        if end is End.UP and near not in scene.mute and not self._was_read_since(near, dark_s + scene.memory_s):
            self._found.stale.add(name)
            self._found.wanted.add(near)
            end = End.UNKNOWN
        if end is End.ADMIN_DOWN:
            self._found.said[name] = f"{port} towards {device} is administratively down"
            return Symptom(name=name, since_wall_s=sight.since_wall_s, suspects=(Suspect(SHUT, Means.SHUT, str(port)),))
        if end is End.UP:
            self._found.said[name] = f"{port} towards {device} has light, and {device} is silent"
            suspects = [Suspect(HANG, Means.HANG, device)]
            if _may_keep_light(link):
                suspects.append(Suspect(CONVERTER, Means.CUT, name))
                suspects += (Suspect(CONVERTER, Means.CABLE, cable) for cable in self._topology.cables_of(name))
                suspects += self._power(device, hang=False)
            else:
                suspects += (Suspect(ONE_FIBRE, Means.CUT, name), *self._power(device, hang=False))
            return Symptom(name=name, since_wall_s=dark_s, suspects=tuple(suspects))
        suspects = [*self._cut(name), *self._power(device, hang=end is End.UNKNOWN)]
        if swapped_with is not None:
            suspects.append(Suspect(CONVERTER, Means.CUT, swapped_with))
        if end is End.UNKNOWN:
            self._found.said[name] = f"nothing is known of {port} towards {device}"
        else:
            self._found.said[name] = f"{port} towards {device} has no light"
        since_s = sight.since_wall_s if end is End.DOWN else dark_s
        if since_s is not None and scene.telling_since_wall_s.get(near, dark_s) > dark_s:
            since_s = min(since_s, dark_s)  # its agent was silent itself then, and tells when it found the port dark
        return Symptom(name=name, since_wall_s=since_s, suspects=tuple(suspects))

    def _of_broken(self, name: str) -> None:
        """A link that is broken, between devices that are seen, or that was before they fell silent."""
        link, sight = self._topology.links[name], self._scene.links[name]
        shut = [port for port, end in ((link.a, sight.a), (link.b, sight.b)) if end is End.ADMIN_DOWN]
        if shut:
            suspects: tuple[Suspect, ...] = tuple(Suspect(SHUT, Means.SHUT, str(port)) for port in shut)
            said = f"{shut[0]} is administratively down"
        elif sight.is_one_way and self._is_fresh(link, sight):
            dead = link.a if sight.a is End.DOWN else link.b
            cables = (Suspect(ONE_FIBRE, Means.CABLE, cable) for cable in self._topology.cables_of(name))
            suspects = (Suspect(LINK, Means.CUT, name), *cables)
            said = f"{dead} has no light, the other end of {name} has"
            self._note_mending(name, dead.device, sight)
        else:
            silent = [device for device in _ends(link) if self._is_dark((device,))]
            suspects = (*self._cut(name), *(one for device in silent for one in self._power(device, hang=False)))
            said = f"{name} has no light" if not sight.was_down else f"{name} had no light when it was last seen"
            for device in silent:
                self._broken_at.setdefault(device, []).extend(suspects)
        ends = [port.device for port in (link.a, link.b) if self._seems_seen(port.device)]
        since_s = sight.since_wall_s if sight.since_wall_s is not None else float("-inf")
        for end in ends:
            self._note_age(name, end, since_s)
        self._found.said[name] = said
        self._found.symptoms.append(Symptom(name=name, since_wall_s=sight.since_wall_s, suspects=suspects))

    def _is_fresh(self, link: Link, sight: LinkSight) -> bool:
        """Whether the end with light was read since the other lost it; else its light is of before."""
        lit, since_s = link.a if sight.a is End.UP else link.b, sight.since_wall_s
        return since_s is None or self._was_read_since(lit.device, since_s + self._scene.memory_s)

    def _cut(self, name: str) -> Iterator[Suspect]:
        """The link itself, its cables, their ducts."""
        yield Suspect(LINK, Means.CUT, name)
        cables = self._topology.cables_of(name)
        for cable in cables:
            links = self._topology.links_by_cable[cable]
            lit = sum(1 for one in links if self._has_light(one))
            if not lit:
                yield Suspect(CABLE if len(cables) == 1 else SERIAL_CABLE, Means.CABLE, cable)
            elif lit <= (1 - SHARE_OF_A_CABLE) * len(links):
                yield Suspect(PART_OF_A_CABLE, Means.CABLE, cable, least=2)
        for duct in self._topology.ducts_of(name):
            links = self._topology.links_by_duct[duct]
            if len(links) > 1 and not any(map(self._has_light, links)):
                yield Suspect(DUCT, Means.DUCT, duct, least=2)

    def _has_light(self, name: str) -> bool:
        """Whether light is seen in the link now; what was read before its far end fell silent says nothing."""
        sight = self._scene.links.get(name)
        link = self._topology.links[name]
        if sight is None or not sight.is_lit or name in self._found.doubtful or _may_keep_light(link):
            return False
        for near, far in ((link.a.device, link.b.device), (link.b.device, link.a.device)):
            if said_by(near, link, sight) is End.UP and near not in self._scene.dark:
                dark_s = self._scene.dark.get(far)
                if (
                    dark_s is None
                    or far in self._scene.forwarding
                    or self._was_read_since(near, dark_s + self._scene.memory_s)
                ):
                    return True
        return False

    def _was_read_since(self, device: str, since_wall_s: float) -> bool:
        """Whether the ports of a device were read after something happened; else what they say is of before."""
        return self._scene.read_wall_s.get(device, float("-inf")) >= since_wall_s

    def _seems_seen(self, device: str) -> bool:
        scene = self._scene
        return (device not in scene.dark or device in scene.forwarding) and device not in scene.unseen

    def _note_age(self, symptom: str, device: str, since_wall_s: float) -> None:
        """Whether a device that seems to be seen is known to be, after something happened beside it.

        It may have fallen silent itself, and not be found out yet; or be just back, with others to follow.
        """
        scene = self._scene
        if scene.seen_since_wall_s.get(device, float("-inf")) > scene.now_wall_s - scene.patience_s:
            self._found.settling.add(symptom)
        if device in scene.mute or device in scene.forwarding or self._topology.inventory.devices[device].snmp is None:
            if scene.alive_wall_s.get(device, float("inf")) < since_wall_s:
                self._found.stale.add(symptom)
        elif not self._was_read_since(device, since_wall_s):
            self._found.stale.add(symptom)
            self._found.wanted.add(device)

    def _note_mending(self, name: str, dead: str, sight: LinkSight) -> None:
        """Whether the dead end was last read before light came to the other: then it may well have light by now.

        So may one whose agent tells of its ports from memory.
        """
        lit_since_s = sight.lit_since_wall_s
        if lit_since_s is None or self._was_read_since(dead, lit_since_s + self._scene.memory_s):
            return
        if lit_since_s > self._scene.now_wall_s - self._scene.patience_s:
            self._found.settling.add(name)
            self._found.wanted.add(dead)

    def _power(self, device: str, *, hang: bool) -> Iterator[Suspect]:
        """The device without power, or its whole site; or hung, where no port tells which."""
        lit = sum(map(self._has_light, self._topology.links_of.get(device, ())))
        yield Suspect(POWER + CONTRADICTED * lit, Means.POWER, device)
        if not lit:
            site = self._topology.inventory.devices[device].site
            if self._is_dark(self._topology.devices_at[site]):
                yield Suspect(SITE, Means.SITE, site)
        if hang:
            yield Suspect(HANG, Means.HANG, device)

    def _is_dark(self, devices: Collection[str]) -> bool:
        return all(device in self._scene.dark and device not in self._scene.forwarding for device in devices)

    def _last_resorts(self, region: Region) -> Iterator[Suspect]:
        """Unknown topology never hides a fault: somebody in the region, or what leads to it, is it."""
        devices = self._topology.inventory.devices
        likely = sorted(
            region.devices,
            key=lambda name: (
                _RANK[devices[name].role],
                self._scene.dark[name],
                -len(self._topology.links_of.get(name, ())),
                name,
            ),
        )
        if len(likely) == 1 or region.frontier:
            edge = {device for _, device in region.frontier} or set(likely)
            entries = [name for name in likely if name in edge]
            for name in entries[:ENTRIES_SUSPECTED]:
                yield Suspect(LAST_RESORT, Means.POWER, name)
        else:
            for rank, name in enumerate(likely[:ENTRIES_SUSPECTED]):
                yield Suspect(LAST_RESORT + rank / 1000, Means.UPSTREAM, name)

    def _swapped(self, regions: Sequence[Region]) -> Mapping[str, str]:
        """Frontier links with light, and the link whose near port went dark in their place: two entries exchanged.

        A port that loses its light in the very minute in which another's far end falls silent, while its own far end
        answers and has light, is the port of that other link.
        """
        lonely: dict[str, list[str]] = {}
        for name in self._scene.broken:
            sight, link = self._scene.links[name], self._topology.links[name]
            if sight.is_one_way:
                near = link.a.device if sight.a is End.DOWN else link.b.device
                lonely.setdefault(near, []).append(name)
        swaps: dict[str, str] = {}
        for region in regions:
            for name, device in region.frontier if lonely else ():
                near = self._topology.other_end(name, device)
                end = said_by(near, self._topology.links[name], self._scene.links.get(name, NOTHING_SEEN))
                if end is not End.UP or not self._was_read_since(near, self._scene.dark[device]):
                    continue
                if any(self._has_light(other) for other in self._topology.links_of[device] if other != name):
                    continue  # it shines on its other neighbours too: it hangs
                for other in lonely.get(near, ()):
                    if other not in swaps.values() and self._is_of_one_moment(other, device):
                        swaps[name] = other
                        break
        for name, other in swaps.items():
            self._explained_links.add(other)
            how = f"the ports of {name} and {other} at {self._near(name, other)} are exchanged"
            self._found.doubtful |= {name: how, other: how}
        return swaps

    def _is_of_one_moment(self, link: str, device: str) -> bool:
        since_s = self._scene.links[link].since_wall_s
        return since_s is None or abs(since_s - self._scene.dark[device]) <= self._scene.window_s

    def _near(self, one: str, other: str) -> str:
        ends = {self._topology.links[one].a.device, self._topology.links[one].b.device}
        link: Link = self._topology.links[other]
        return link.a.device if link.a.device in ends else link.b.device


def _ends(link: Link) -> tuple[str, str]:
    return link.a.device, link.b.device


def _may_keep_light(link: Link) -> bool:
    """Whether its ports may have light though nothing comes from the far end: converters and carriers stand between."""
    return link.medium != "fibre" or link.over is not None

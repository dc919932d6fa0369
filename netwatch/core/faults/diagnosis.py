"""Which few causes explain everything that is dark or broken (design §7).

In: the topology and the scene. Out: causes, each with its kind, subject, evidence, and what it makes dark; nothing that
is merely unseen is called down, and what cannot be told apart is said in `ambiguous_with`. The same code judges the
living city and one that `imagine` made up.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from netwatch.core.faults.scene import Scene
from netwatch.core.faults.suspects import Culprit, Means, Suspect, Symptom, cover
from netwatch.core.faults.symptoms import Complaints, Region, complain, dark_regions
from netwatch.core.model import NOTHING
from netwatch.core.records import replace
from netwatch.core.topology.graph import Parts, Topology

SMALLEST_COINCIDENCE = 2  # links lost in one moment by two causes: that happens in a storm; three are not looked for
LIKELY_ALONE = 1.1
SENTENCES = 12  # of evidence in one cause


class FaultKind(StrEnum):
    """`netwatch_fault_info{kind}`."""

    CABLE_CUT = "cable_cut"
    LINK_CUT = "link_cut"
    DEVICE_POWER = "device_power"
    DEVICE_HANG = "device_hang"
    PORT = "port"
    POE = "poe"
    FIELD_DEVICE = "field_device"
    WRONG_DEVICE = "wrong_device"
    REDUNDANCY_LOST = "redundancy_lost"
    UPSTREAM = "upstream"
    VANTAGE = "vantage"


_NAMES = MappingProxyType(
    {
        Means.CUT: (FaultKind.LINK_CUT, "link"),
        Means.CABLE: (FaultKind.CABLE_CUT, "cable"),
        Means.DUCT: (FaultKind.CABLE_CUT, "cable"),  # a duct is told by the cable in it that lost most
        Means.POWER: (FaultKind.DEVICE_POWER, "device"),
        Means.SITE: (FaultKind.DEVICE_POWER, "site"),
        Means.HANG: (FaultKind.DEVICE_HANG, "device"),
        Means.SHUT: (FaultKind.PORT, "port"),
        Means.UPSTREAM: (FaultKind.UPSTREAM, "device"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that is wrong."""

    kind: FaultKind
    subject: str  # `cable:c-017`
    since_wall_s: float
    ambiguous_with: tuple[str, ...] = ()  # subjects that would look the same, the likeliest first
    evidence: tuple[str, ...] = ()  # sentences
    links: frozenset[str] = frozenset()  # that carry nothing because of it
    stopped: frozenset[str] = frozenset()  # devices that forward nothing because of it
    devices: frozenset[str] = frozenset()  # devices it makes dark, each in one cause only
    field_devices: frozenset[str] = frozenset()  # which it is about, where it is about such; not those behind it
    weakened: frozenset[str] = frozenset()  # links that carry less because of it
    contributing: tuple[str, ...] = ()  # subjects of the earlier causes without which this one would darken less
    shares_in_darkness: bool = False  # it darkens devices together with another of the same moment, which is charged
    is_sure: bool = True  # False: an answer newer than the darkness is still waited for
    suspect: tuple[Means, str] | None = None  # by which the next diagnosis knows it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The causes, and what follows from them for the paths of services."""

    causes: tuple[Cause, ...]
    parts: Parts  # what the city has fallen into
    charged: Mapping[int, int] = NOTHING  # part -> the cause, by its place, that its devices are charged to
    stopped_by: Mapping[str, int] = NOTHING  # device that forwards nothing -> the cause, by its place
    wanted: frozenset[str] = frozenset()  # devices to be asked at once

    def cause_of(self, device: str) -> int | None:
        """The place in `causes` of that which cuts this device off; None: nothing known does."""
        place = self.stopped_by.get(device)
        return place if place is not None else self.charged.get(self.parts.part(device))


def diagnose(topology: Topology, scene: Scene, *, believed: frozenset[tuple[Means, str]] = frozenset()) -> Diagnosis:
    """The causes behind a scene. `believed`: the suspects of the diagnosis before, which win a tie."""
    if _sees_nothing(scene):
        return Diagnosis(causes=(_blind(topology, scene),), parts=topology.whole)
    regions = dark_regions(topology, scene)
    complaints = complain(topology, scene, regions)
    culprits = cover(complaints.symptoms, window_s=scene.window_s, believed=believed)
    naming = _Naming(topology, scene, complaints)
    causes = sorted(map(naming.cause, culprits), key=lambda cause: (cause.since_wall_s, cause.subject))
    for device in sorted({*scene.mute, *(set(scene.forwarding) & set(scene.dark))}):
        causes.append(_mute(scene, device))
        if not causes[-1].is_sure:
            complaints.wanted.add(device)  # who was long silent is asked seldom, and its silence may be of before
    return _attribute(topology, scene, tuple(causes), complaints)


def weighed(cause: Cause, lost: Mapping[str, int]) -> Cause:
    """The cause under its right name: a cut that darkens nothing and costs no service has only cost the reserve."""
    is_cut = cause.kind in (FaultKind.CABLE_CUT, FaultKind.LINK_CUT)
    if not is_cut or cause.devices or cause.shares_in_darkness or any(lost.values()):
        return cause
    return replace(cause, kind=FaultKind.REDUNDANCY_LOST)


def _sees_nothing(scene: Scene) -> bool:
    """Whether it is we who are cut off: the canaries are dark, or, without any, everything is."""
    if scene.is_lit is not None:
        return not scene.is_lit
    return scene.observed > 1 and len(scene.dark) == scene.observed


def _blind(topology: Topology, scene: Scene) -> Cause:
    if scene.is_lit is False:
        evidence = "the canaries are dark: nothing can be known of anything else"
    else:
        evidence = f"all {scene.observed} devices are silent, and there is no canary to tell whether it is us"
    return Cause(
        kind=FaultKind.VANTAGE,
        subject="vantage:",
        since_wall_s=max(scene.dark.values(), default=scene.now_wall_s),
        ambiguous_with=() if scene.is_lit is False else tuple(f"device:{root}" for root in topology.roots),
        evidence=(evidence,),
    )


def _mute(scene: Scene, device: str) -> Cause:
    """A device that lives, and whose agent does not answer."""
    since_s = scene.mute[device] if device in scene.mute else scene.dark[device]
    known_s = max(since_s, scene.seen_since_wall_s.get(device, since_s))
    alive_s = min(scene.alive_wall_s.get(device, scene.now_wall_s), scene.now_wall_s)
    in_vain_s = scene.in_vain_wall_s.get(device, scene.now_wall_s)
    how = "answers echoes" if device in scene.mute else "forwards for what is behind it"
    return Cause(
        kind=FaultKind.DEVICE_HANG,
        subject=f"device:{device}",
        since_wall_s=since_s,
        evidence=(f"{device} {how}, and its agent is silent",),
        # one that is just back is asked only now, or answers its first echo; one that goes dark is found silent by its
        # agent first
        is_sure=alive_s - known_s >= scene.patience_s and in_vain_s - known_s >= _enough_s(scene, device),
        devices=frozenset({device}),
    )


def _enough_s(scene: Scene, device: str) -> float:
    """For how long an agent is to have been asked in vain. Each answer begins it anew.

    One that answers echoes is asked every few seconds. One that is only heard through is given all the time there is.
    """
    return scene.patience_s / 2 if device in scene.mute else scene.patience_s


class _Naming:
    """Culprits -> causes with names, words and what they break."""

    def __init__(self, topology: Topology, scene: Scene, complaints: Complaints) -> None:
        self._topology = topology
        self._scene = scene
        self._complaints = complaints
        self._region_of = {device: region for region in complaints.regions.values() for device in region.devices}

    def cause(self, culprit: Culprit) -> Cause:
        suspect = culprit.suspect
        kind, subject = self._name(suspect, culprit.symptoms)
        links = frozenset(one.name for one in culprit.symptoms if one.name in self._topology.links)
        lost = links if suspect.means is not Means.HANG else frozenset[str]()
        return Cause(
            kind=kind,
            subject=subject,
            since_wall_s=self._since(culprit),
            ambiguous_with=tuple(name for name in dict.fromkeys(self._rivals(culprit)) if name != subject),
            evidence=tuple(self._words(culprit, links)),
            links=lost,
            stopped=self._stopped(suspect),
            # no known link leads to them, so nothing that breaks could part them from the rest
            devices=self._region(suspect.name).devices if suspect.means is Means.UPSTREAM else frozenset(),
            is_sure=self._is_sure(culprit),
            suspect=suspect.key,
        )

    def _name(self, suspect: Suspect, symptoms: Iterable[Symptom]) -> tuple[FaultKind, str]:
        """The kind and subject of a fault that would be the suspect's."""
        means, name = suspect.means, suspect.name
        if means is Means.DUCT:
            name = self._cables_in(name, symptoms)[0]
        kind, prefix = _NAMES[means]
        return kind, f"{prefix}:{name}"

    def _cables_in(self, duct: str, symptoms: Iterable[Symptom]) -> list[str]:
        """The cables of the duct that are hit, the one with the most links first."""
        hits: dict[str, int] = {}
        for symptom in symptoms:
            for cable in self._topology.cables_of(symptom.name) if symptom.is_link else ():
                if self._topology.inventory.cables[cable].duct == duct:
                    hits[cable] = hits.get(cable, 0) + 1
        return sorted(hits, key=lambda cable: (-hits[cable], cable))

    def _since(self, culprit: Culprit) -> float:
        times = [one.since_wall_s for one in culprit.symptoms if one.since_wall_s is not None]
        return min(times, default=self._scene.now_wall_s)

    def _rivals(self, culprit: Culprit) -> Iterator[str]:
        suspect = culprit.suspect
        if suspect.means is Means.DUCT:
            yield from (f"cable:{cable}" for cable in self._cables_in(suspect.name, culprit.symptoms))
        for rival in culprit.rivals:
            if rival.means is Means.DUCT:
                yield from (f"cable:{cable}" for cable in self._cables_in(rival.name, culprit.symptoms))
            else:
                yield self._name(rival, culprit.symptoms)[1]
        if suspect.means in (Means.CABLE, Means.DUCT):
            yield from (f"link:{one.name}" for one in culprit.symptoms if one.name in self._topology.links)
        links = [one.name for one in culprit.symptoms if one.name in self._topology.links]
        if suspect.means in (Means.CUT, Means.CABLE, Means.POWER) and len(links) == 1:
            yield from self._ports(links[0])
        if suspect.means is Means.UPSTREAM:
            region = self._region_of[suspect.name]
            yield from (f"device:{name}" for name in sorted(region.devices))
        if suspect.means is Means.POWER:
            yield from self._site(suspect)
        if len(links) == SMALLEST_COINCIDENCE:
            yield from self._coincidence(culprit)

    def _coincidence(self, culprit: Culprit) -> Iterator[str]:
        """Who could be it where two things broke in one moment, each for one of the links."""
        for symptom in culprit.symptoms:
            for suspect in symptom.suspects if symptom.is_link else ():
                if suspect.cost <= LIKELY_ALONE:
                    yield self._name(suspect, (symptom,))[1]
            yield from self._ports(symptom.name) if symptom.name in self._topology.links else ()

    def _ports(self, name: str) -> Iterator[str]:
        """The ports of a single link: a broken transceiver takes the light from both ends as well."""
        link = self._topology.links[name]
        yield from (f"port:{port}" for port in (link.a, link.b))

    def _site(self, suspect: Suspect) -> Iterator[str]:
        site = self._topology.inventory.devices[suspect.name].site
        if all(device in self._scene.dark for device in self._topology.devices_at[site]):
            yield f"site:{site}"

    def _words(self, culprit: Culprit, links: frozenset[str]) -> Iterator[str]:
        said, doubtful = self._complaints.said, self._complaints.doubtful
        words = [said[symptom.name] for symptom in culprit.symptoms]
        words += dict.fromkeys(doubtful[link] for link in sorted(links & doubtful.keys()))
        if culprit.suspect.means is Means.CABLE:
            lit = [
                link
                for link in sorted(set(self._topology.links_by_cable[culprit.suspect.name]) - links)
                if (sight := self._scene.links.get(link)) is not None and sight.is_lit
            ]
            words += (f"{link}, said to run in the same cable, has light" for link in lit)
        more = len(words) - SENTENCES
        yield from words[:SENTENCES]
        if more > 0:
            yield f"and {more} more"

    def _stopped(self, suspect: Suspect) -> frozenset[str]:
        match suspect.means:
            case Means.POWER:
                return frozenset({suspect.name})
            case Means.SITE:
                return frozenset(self._topology.devices_at[suspect.name])
            case Means.HANG if len(self._region(suspect.name).devices) > 1:
                return frozenset({suspect.name})  # nothing behind it answers either: it does not forward
            case _:
                return frozenset()

    def _region(self, device: str) -> Region:
        return self._region_of[device]

    def _is_sure(self, culprit: Culprit) -> bool:
        scene = self._scene
        if scene.unseen and scene.now_wall_s - scene.watched_since_wall_s < scene.beginning_s:
            return False  # after a start the far end of a chain may be found silent before its head
        if any(one.name in self._complaints.settling for one in culprit.symptoms):
            return False
        stale = self._complaints.stale
        waiting = [one for one in culprit.symptoms if one.name in stale]
        newest = max((one.since_wall_s or 0.0 for one in waiting), default=float("-inf"))
        return scene.now_wall_s - newest >= scene.patience_s


def _attribute(topology: Topology, scene: Scene, causes: tuple[Cause, ...], complaints: Complaints) -> Diagnosis:
    """Each dark device to one cause: the last that closed its way, the others named as contributing."""
    broken = frozenset(complaints.blank).union(*(cause.links for cause in causes))
    stopped = frozenset().union(*(cause.stopped for cause in causes))
    parts = topology.parts(broken=broken, stopped=stopped) if broken or stopped else topology.whole
    beside = _beside(topology, causes, parts)
    order = {place: (cause.since_wall_s, cause.subject) for place, cause in enumerate(causes)}
    charged = {part: max(places, key=order.__getitem__) for part, places in beside.items()}
    stopped_by = {device: place for place, cause in reversed([*enumerate(causes)]) for device in cause.stopped}
    diagnosis = Diagnosis(causes=causes, parts=parts, charged=charged, stopped_by=stopped_by)
    darkened: dict[int, set[str]] = {place: set(cause.devices) for place, cause in enumerate(causes)}
    helped: dict[int, set[int]] = {place: set() for place in order}
    together: set[int] = set()
    lit = {
        part
        for part in {parts.part(device) for device in scene.dark}
        if any(_is_seen(device, scene) for device in parts.devices_in(part))
    }
    for device in scene.dark:
        place = diagnosis.cause_of(device)
        if place is not None and device not in scene.forwarding and parts.part(device) not in lit:
            darkened[place].add(device)
            helped[place] |= beside.get(parts.part(device), set()) - {place}
    for place, cause in enumerate(causes):
        if cause.kind is FaultKind.DEVICE_HANG:
            darkened[place].add(cause.subject.partition(":")[2])
    for place, others in list(helped.items()):
        since_s = causes[place].since_wall_s
        together |= {other for other in others if since_s - causes[other].since_wall_s <= scene.window_s}
    told = tuple(
        replace(
            cause,
            devices=frozenset(darkened[place]),
            shares_in_darkness=place in together,
            contributing=tuple(sorted(causes[other].subject for other in helped[place])),
        )
        for place, cause in enumerate(causes)
    )
    return replace(diagnosis, causes=told, wanted=frozenset(complaints.wanted))


def _is_seen(device: str, scene: Scene) -> bool:
    return (device not in scene.dark or device in scene.forwarding) and device not in scene.unseen


def _beside(topology: Topology, causes: tuple[Cause, ...], parts: Parts) -> Mapping[int, set[int]]:
    """Part -> the causes whose broken links or stopped devices bound it."""
    beside: dict[int, set[int]] = {}
    for place, cause in enumerate(causes):
        touched = {end for link in cause.links for end in _ends(topology, link)}
        for device in cause.stopped:
            touched |= {topology.other_end(link, device) for link in topology.links_of.get(device, ())}
        for part in parts.parts_of(touched):
            beside.setdefault(part, set()).add(place)
    return beside


def _ends(topology: Topology, link: str) -> tuple[str, str]:
    one = topology.links[link]
    return one.a.device, one.b.device

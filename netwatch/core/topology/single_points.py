"""Which single things everything hangs on: links, cables and devices whose loss alone cuts others off.

In: the topology, with what is broken already. Out: subjects, and for each link the services that hang on it alone.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from netwatch.core.model import NOTHING
from netwatch.core.topology.cuts import MOST, Cuts
from netwatch.core.topology.graph import Dependants, Parts, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What one failure would cost."""

    subject: str
    devices: int  # cut off, the failed ones included
    field_devices: Mapping[str, int] = NOTHING  # service -> how many

    @property
    def weight(self) -> tuple[int, int, str]:
        """Sorts the costliest first."""
        return -sum(self.field_devices.values()), -self.devices, self.subject


def single_points(
    topology: Topology, *, broken: Collection[str] = (), stopped: Collection[str] = ()
) -> tuple[str, ...]:
    """The subjects whose loss would now cut off another device from the vantage or from a service's anchors."""
    subjects: set[str] = set()
    links: set[str] = set()
    all_cuts = []
    for roots in _root_sets(topology):
        found = topology.dependants(roots, broken=broken, stopped=stopped)
        links |= found.by_link.keys()
        subjects |= {f"device:{name}" for name in found.by_device}
        all_cuts.append(Cuts(topology, roots, broken=broken, stopped=stopped))
    for link in links:
        subjects.add(f"link:{link}")
        subjects |= {f"cable:{cable}" for cable in topology.cables_of(link)}
    for cable, inside in _shared_cables(topology):
        # of more links than can be told apart, some are taken to cut somebody off
        if f"cable:{cable}" not in subjects and (len(inside) > MOST or any(cuts.pieces(inside) for cuts in all_cuts)):
            subjects.add(f"cable:{cable}")
    return tuple(sorted(subjects))


def lonely_links(topology: Topology) -> Mapping[str, frozenset[str]]:
    """Link -> the services that hang on it alone, of every link on which one does."""
    lonely: dict[str, set[str]] = defaultdict(set)
    on = _services_on(topology)
    for anchors, services in _by_anchors(topology).items():
        for link, behind in topology.dependants(anchors).by_link.items():
            for device in behind:
                lonely[link].update(service or "" for service in on.get(device, ()) if service in services)
    return {link: frozenset(services) for link, services in lonely.items() if services}


def costliest(topology: Topology, number: int = 10) -> tuple[Loss, ...]:
    """The single failures that would cost most: cables, links that run in none, devices, sites."""
    costs = _Costs(topology)
    losses: dict[str, Loss] = {}
    for link in topology.links:
        for subject in [f"cable:{cable}" for cable in topology.cables_of(link)] or [f"link:{link}"]:
            _keep(losses, costs.of_links(subject, (link,)))
    for device in topology.names:
        _keep(losses, costs.of_device(device))
    for cable, inside in _shared_cables(topology):
        if costs.are_told_apart(inside):
            _keep(losses, costs.of_links(f"cable:{cable}", inside))
        else:
            _keep(losses, costs.by_trial(f"cable:{cable}", broken=inside))
    for site, devices in topology.devices_at.items():
        if len(devices) > 1 and costs.are_alone(devices):
            _keep(losses, costs.of_nobody_else(f"site:{site}", devices))
        elif len(devices) > 1:
            _keep(losses, costs.by_trial(f"site:{site}", stopped=devices))
    return tuple(sorted(losses.values(), key=lambda loss: loss.weight)[:number])


def _keep(losses: dict[str, Loss], loss: Loss) -> None:
    if (loss.devices or loss.field_devices) and (
        loss.subject not in losses or loss.weight < losses[loss.subject].weight
    ):
        losses[loss.subject] = loss


class _Costs:
    """What losing things costs, in devices out of sight and field devices without a way to their anchors."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._on = _services_on(topology)
        self._observing = _observing(topology)
        self._reach = topology.dependants(self._observing)
        self._groups = [
            (anchors, services, topology.dependants(anchors)) for anchors, services in _by_anchors(topology).items()
        ]
        places = {frozenset(roots) for roots in (self._observing, *(anchors for anchors, _, _ in self._groups))}
        self._roots = frozenset().union(*places)
        self._cuts = [Cuts(topology, roots) for roots in places]

    def are_told_apart(self, links: Collection[str]) -> bool:
        """Whether each of the links, lost together, cuts off whom it cuts off alone, and nobody more."""
        return len(links) <= MOST and not any(cuts.pieces(cuts.loops(links)) for cuts in self._cuts)

    def are_alone(self, devices: Collection[str]) -> bool:
        """Whether the devices, stopped together, cut nobody else off.

        Without all their links each of them is a part of its own; there must be no more than those.
        """
        links = {link for device in devices for link in self._topology.links_of.get(device, ())}
        return (
            len(links) <= MOST
            and self._roots.isdisjoint(devices)
            and all(cuts.pieces(links) == sum(map(cuts.reaches, devices)) for cuts in self._cuts)
        )

    def of_links(self, subject: str, links: Iterable[str]) -> Loss:
        """Of links each of which parts only what it would part alone."""
        devices = set[str]().union(*(self._reach.by_link.get(link, ()) for link in links))
        lost = [
            (services, set[str]().union(*(found.by_link.get(link, ()) for link in links)))
            for _, services, found in self._groups
        ]
        return self._loss(subject, len(devices), lost)

    def of_device(self, device: str) -> Loss:
        behind = self._reach.by_device.get(device, frozenset())
        lost = [(services, {device, *found.by_device.get(device, ())}) for _, services, found in self._groups]
        return self._loss(f"device:{device}", len(behind) + 1, lost)

    def of_nobody_else(self, subject: str, devices: Collection[str]) -> Loss:
        """Of devices that nobody else's way leads through."""
        return self._loss(subject, len(devices), [(services, devices) for _, services, _ in self._groups])

    def by_trial(self, subject: str, *, broken: Collection[str] = (), stopped: Collection[str] = ()) -> Loss:
        """Of several things at once, by letting them fail."""
        parts = self._topology.parts(broken=broken, stopped=stopped)
        places = {self._observing, *(anchors for anchors, _, _ in self._groups)}
        cut = {roots: self._cut(parts, roots).union(stopped) for roots in places}
        return self._loss(
            subject, len(cut[self._observing]), [(services, cut[anchors]) for anchors, services, _ in self._groups]
        )

    def _cut(self, parts: Parts, roots: Collection[str]) -> set[str]:
        """The devices that have a way to the roots in the whole city, and none now."""
        whole = self._topology.whole
        now, before = parts.parts_of(roots), whole.parts_of(roots)
        return {self._topology.names[place] for place in parts.apart_from(now) if whole.of[place] in before}

    def _loss(self, subject: str, devices: int, lost: Iterable[tuple[Collection[str | None], Collection[str]]]) -> Loss:
        fields: Counter[str] = Counter()
        for services, behind in lost:
            for device in behind:
                for service, number in self._on.get(device, NOTHING).items():
                    if service in services:
                        fields[service or ""] += number
        return Loss(subject=subject, devices=devices, field_devices=dict(fields))


def _services_on(topology: Topology) -> Mapping[str, Mapping[str | None, int]]:
    """Device -> service -> how many field devices on it."""
    known = topology.inventory.field_devices
    return {device: Counter(known[name].service for name in names) for device, names in topology.fields_on.items()}


def _services(topology: Topology) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(one.service for one in topology.inventory.field_devices.values()))


def _by_anchors(topology: Topology) -> Mapping[tuple[str, ...], Collection[str | None]]:
    """Where traffic must reach -> the services whose must."""
    groups: dict[tuple[str, ...], set[str | None]] = defaultdict(set)
    for service in _services(topology):
        groups[topology.anchors(service)].add(service)
    return groups


def _observing(topology: Topology) -> tuple[str, ...]:
    """Where losses are counted from: the vantage, else every anchor."""
    return topology.roots or tuple(dict.fromkeys(a for s in _services(topology) for a in topology.anchors(s)))


def _root_sets(topology: Topology) -> Iterator[tuple[str, ...]]:
    sets = [topology.roots, *(topology.anchors(service) for service in _services(topology))]
    yield from dict.fromkeys(tuple(sorted(set(roots))) for roots in sets if roots)


def _shared_cables(topology: Topology) -> Iterator[tuple[str, Collection[str]]]:
    for cable, links in topology.links_by_cable.items():
        if len(links) > 1:
            yield cable, links


__all__ = ["Dependants", "Loss", "costliest", "lonely_links", "single_points"]

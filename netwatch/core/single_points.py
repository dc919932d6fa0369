"""Which single things everything hangs on: links, cables and devices whose loss alone cuts others off.

In: the topology, with what is broken already. Out: subjects, and for each link the services that hang on it alone.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from netwatch.core.model import NOTHING
from netwatch.core.topology import Dependants, Topology


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
    for roots in _root_sets(topology):
        found = topology.dependants(roots, broken=broken, stopped=stopped)
        links |= found.by_link.keys()
        subjects |= {f"device:{name}" for name in found.by_device}
    for link in links:
        subjects.add(f"link:{link}")
        subjects |= {f"cable:{cable}" for cable in topology.cables_of(link)}
    gone = set(broken)
    for cable, inside in _shared_cables(topology):
        left = set(inside) - gone
        if f"cable:{cable}" not in subjects and len(left) > 1 and _parts_more(topology, left, broken, stopped):
            subjects.add(f"cable:{cable}")
    return tuple(sorted(subjects))


def lonely_links(topology: Topology) -> Mapping[str, frozenset[str]]:
    """Link -> the services that hang on it alone, of every link on which one does."""
    lonely: dict[str, set[str]] = defaultdict(set)
    for service in _services(topology):
        for link, behind in topology.dependants(topology.anchors(service)).by_link.items():
            if any(_fields(topology, device)[service] for device in behind):
                lonely[link].add(service or "")
    return {link: frozenset(services) for link, services in lonely.items()}


def costliest(topology: Topology, number: int = 10) -> tuple[Loss, ...]:
    """The single failures that would cost most: cables, links that run in none, devices, sites."""
    losses: dict[str, Loss] = {}
    by_service = {service: topology.dependants(topology.anchors(service)) for service in _services(topology)}
    reach = topology.dependants(_observing(topology))
    for link in topology.links:
        subjects = [f"cable:{cable}" for cable in topology.cables_of(link)] or [f"link:{link}"]
        behind = reach.by_link.get(link, frozenset())
        lost = {service: found.by_link.get(link, frozenset()) for service, found in by_service.items()}
        for subject in subjects:
            _keep(losses, _loss(topology, subject, len(behind), lost))
    for device in topology.names:
        behind = reach.by_device.get(device, frozenset())
        lost = {s: found.by_device.get(device, frozenset()) | {device} for s, found in by_service.items()}
        _keep(losses, _loss(topology, f"device:{device}", len(behind) + 1, lost))
    for cable, inside in _shared_cables(topology):
        _keep(losses, _shared_loss(topology, f"cable:{cable}", broken=inside, stopped=()))
    for site, devices in topology.devices_at.items():
        if len(devices) > 1:
            _keep(losses, _shared_loss(topology, f"site:{site}", broken=(), stopped=devices))
    return tuple(sorted(losses.values(), key=lambda loss: loss.weight)[:number])


def _keep(losses: dict[str, Loss], loss: Loss) -> None:
    if (loss.devices or loss.field_devices) and (
        loss.subject not in losses or loss.weight < losses[loss.subject].weight
    ):
        losses[loss.subject] = loss


def _loss(topology: Topology, subject: str, devices: int, lost: Mapping[str | None, Collection[str]]) -> Loss:
    fields: Counter[str] = Counter()
    for service, behind in lost.items():
        for device in behind:
            fields[service or ""] += _fields(topology, device)[service]
    return Loss(subject=subject, devices=devices, field_devices={s: n for s, n in fields.items() if n})


def _shared_loss(topology: Topology, subject: str, *, broken: Collection[str], stopped: Collection[str]) -> Loss:
    """The cost of several links or devices at once, by trying it."""
    parts = topology.parts(broken=broken, stopped=stopped)
    seen, ever = parts.parts_of(_observing(topology)), topology.whole.parts_of(_observing(topology))
    devices = sum(
        name in stopped or (parts.part(name) not in seen and topology.whole.part(name) in ever)
        for name in topology.names
    )
    fields: Counter[str] = Counter()
    for service in _services(topology):
        anchors = topology.anchors(service)
        now, before = parts.parts_of(anchors), topology.whole.parts_of(anchors)
        for name in topology.fields_on:
            if parts.part(name) not in now and topology.whole.part(name) in before:
                fields[service or ""] += _fields(topology, name)[service]
    return Loss(subject=subject, devices=devices, field_devices={s: n for s, n in fields.items() if n})


def _fields(topology: Topology, device: str) -> Counter[str | None]:
    known = topology.inventory.field_devices
    return Counter(known[name].service for name in topology.fields_on.get(device, ()))


def _services(topology: Topology) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(one.service for one in topology.inventory.field_devices.values()))


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


def _parts_more(topology: Topology, links: Collection[str], broken: Collection[str], stopped: Collection[str]) -> bool:
    """Whether losing these links as well parts what hangs together now."""
    before = topology.parts(broken=broken, stopped=stopped)
    after = topology.parts(broken={*broken, *links}, stopped=stopped)
    return len(set(after.of)) > len(set(before.of))


__all__ = ["Dependants", "Loss", "costliest", "lonely_links", "single_points"]

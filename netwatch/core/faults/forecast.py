"""Imagined failures -> what a planner wants to know of them: faults, field devices lost, rings without reserve.

In: the topology and subjects that exist. Out: everything that netwatch would say, by the code that would say it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netwatch.core.city import district_of
from netwatch.core.faults.book import Found
from netwatch.core.faults.diagnosis import Cause
from netwatch.core.faults.dispatch import dispatch
from netwatch.core.faults.imagine import NO_SERVICE, Imagined, imagine
from netwatch.core.faults.scene import Scene
from netwatch.core.faults.severity import severity
from netwatch.core.links.rings import RingState, fold_ring, ring_ways
from netwatch.core.links.state import LinkCondition, LinkState
from netwatch.core.model import Inventory
from netwatch.core.topology.graph import Topology
from netwatch.core.topology.single_points import single_points

Place = tuple[str, str]  # service, district


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What these failures would do."""

    faults: tuple[Found, ...]
    dark_devices: tuple[str, ...]
    dark_field_devices: tuple[str, ...]
    out_of_service: Mapping[Place, int]
    field_devices: Mapping[Place, int]  # how many there are, of every place
    rings: Mapping[str, RingState]  # those that something breaks in
    remaining_single_points: tuple[str, ...]
    new_single_points: tuple[str, ...]  # those of them that the unbroken city does not have


def forecast(topology: Topology, subjects: Iterable[str]) -> Forecast:
    """Let these subjects, which exist, fail at once."""
    inventory = topology.inventory
    imagined = imagine(topology, subjects)
    before = set(single_points(topology))
    return Forecast(
        faults=tuple(_found(topology, *one) for one in zip(imagined.causes, imagined.out_of_service, strict=True)),
        dark_devices=imagined.dark_devices,
        dark_field_devices=imagined.dark_field_devices,
        out_of_service=_places(inventory, _lost(imagined)),
        field_devices=_places(inventory, inventory.field_devices),
        rings=_broken_rings(inventory, imagined.scene),
        remaining_single_points=imagined.remaining_single_points,
        new_single_points=tuple(one for one in imagined.remaining_single_points if one not in before),
    )


def _lost(imagined: Imagined) -> Iterable[str]:
    return dict.fromkeys(name for group in imagined.out_of_service for name in group)


def _places(inventory: Inventory, field_devices: Iterable[str]) -> Mapping[Place, int]:
    known, sites = inventory.field_devices, inventory.sites
    counts: Counter[Place] = Counter()
    for name in field_devices:
        one = known[name]
        counts[one.service or NO_SERVICE, sites[one.site].district] += 1
    return counts


def _found(topology: Topology, cause: Cause, lost: tuple[str, ...]) -> Found:
    inventory = topology.inventory
    return Found(
        cause=cause,
        severity=severity(inventory, cause, lost=len(lost)),
        affected=_places(inventory, lost),
        dispatch=dispatch(inventory, cause),
        place=district_of(topology, cause),
    )


def _broken_rings(inventory: Inventory, scene: Scene) -> Mapping[str, RingState]:
    hit = {ring for name in scene.broken if (ring := inventory.links[name].ring) is not None}
    if not hit:
        return {}
    ways = ring_ways(inventory)
    return {
        name: fold_ring(
            ring, None, {link: _state(link, scene) for link in ways[name].links}, now_wall_s=scene.now_wall_s
        )
        for name, ring in inventory.rings.items()
        if name in hit
    }


def _state(link: str, scene: Scene) -> LinkState:
    sight = scene.links.get(link)
    if sight is None:
        return LinkState(condition=LinkCondition.UNKNOWN)
    condition = LinkCondition.DOWN if sight.is_broken else LinkCondition.UP
    return LinkState(condition=condition, since_wall_s=sight.since_wall_s)

"""Inventory -> the way around each ring, and what its sides share: one digger must not cut both.

A ring goes around; a sub-ring is a chain whose ends lie on its parent, which closes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netwatch.core.model import Inventory, Link, Ring


@dataclass(frozen=True, slots=True, kw_only=True)
class RingWay:
    """The links of one ring in their order around it; in the inventory's order where they form no single way."""

    links: tuple[str, ...]
    is_closed: bool  # by itself, or through its parent


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRisk:
    """What different links of one ring have in common."""

    kind: str  # cable | duct
    id: str
    links: tuple[str, ...]


def ring_ways(inventory: Inventory) -> Mapping[str, RingWay]:
    """Ring id -> its way, of every ring declared."""
    links = _by_ring(inventory)
    devices = {ring: {end for link in members for end in _ends(link)} for ring, members in links.items()}
    ways = {}
    for ring in inventory.rings.values():
        chain = _chain(links[ring.id])
        if chain is None:
            ways[ring.id] = RingWay(links=tuple(link.id for link in links[ring.id]), is_closed=False)
            continue
        order, ends = chain
        above = set().union(*(devices[one] for one in _ancestors(inventory, ring)))
        ways[ring.id] = RingWay(links=order, is_closed=not ends or set(ends) <= above)
    return ways


def _by_ring(inventory: Inventory) -> dict[str, list[Link]]:
    links: dict[str, list[Link]] = {ring: [] for ring in inventory.rings}
    for link in inventory.links.values():
        if link.ring is not None:
            links[link.ring].append(link)
    return links


def _ends(link: Link) -> tuple[str, str]:
    return link.a.device, link.b.device


def _ancestors(inventory: Inventory, ring: Ring) -> list[str]:
    above: list[str] = []
    parent = ring.parent
    while parent is not None and parent != ring.id and parent not in above:
        above.append(parent)
        parent = inventory.rings[parent].parent
    return above


def _chain(links: Iterable[Link]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """(link ids along the way, the devices at its two ends: none where it closes); None: it is no single way."""
    left = {link.id: link for link in links}
    at: dict[str, list[str]] = {}
    for link in left.values():
        for device in _ends(link):
            at.setdefault(device, []).append(link.id)
    ends = tuple(device for device, there in at.items() if len(there) == 1)
    if not left or len(ends) not in (0, 2) or any(len(there) > 2 for there in at.values()):
        return None
    device = ends[0] if ends else next(iter(at))
    order: list[str] = []
    while True:
        onward = next((one for one in at[device] if one in left), None)
        if onward is None:
            return (tuple(order), ends) if not left else None
        a, b = _ends(left.pop(onward))
        order.append(onward)
        device = b if device == a else a


def shared_sides(inventory: Inventory) -> Mapping[str, tuple[SharedRisk, ...]]:
    """Ring id -> the cables and ducts that two or more of its links lie in; rings whose links share nothing are absent.

    A duct is told only where it joins more links than one shared cable in it does.
    """
    shared = {}
    for ring, links in _by_ring(inventory).items():
        risks = _shared(inventory, links)
        if risks:
            shared[ring] = risks
    return shared


def _shared(inventory: Inventory, links: Iterable[Link]) -> tuple[SharedRisk, ...]:
    in_cable: dict[str, list[str]] = {}
    in_duct: dict[str, list[str]] = {}
    for link in links:
        cables = dict.fromkeys(run.cable for run in link.fibre)
        for cable in cables:
            in_cable.setdefault(cable, []).append(link.id)
        for duct in dict.fromkeys(inventory.cables[cable].duct for cable in cables):
            if duct is not None:
                in_duct.setdefault(duct, []).append(link.id)
    cables_shared = {cable: found for cable, found in in_cable.items() if len(found) > 1}
    told = {(inventory.cables[cable].duct, tuple(found)) for cable, found in cables_shared.items()}
    ducts_shared = {
        duct: found for duct, found in in_duct.items() if len(found) > 1 and (duct, tuple(found)) not in told
    }
    return tuple(
        SharedRisk(kind=kind, id=one, links=tuple(found))
        for kind, shared in (("cable", cables_shared), ("duct", ducts_shared))
        for one, found in sorted(shared.items())
    )

"""The inventory as a graph: who hangs on whom, what shares a cable, and which single things everything hangs on.

In: an Inventory. Out: indexes that never change, the parts the city falls into when links break and devices stop, and
who depends on what (a dominator tree, in which links stand as nodes of their own, so parallel links are no trouble).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeVar

import rustworkx as rx

from netwatch.core.model import Inventory, Link, PortRef

Key = TypeVar("Key")
Item = TypeVar("Item")

OUT_OF_BAND = "oob"  # a way to manage a box, over which no camera's picture goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The connected parts of the graph without what is broken. `of[i]` is the part of device i, -1 if it is stopped."""

    of: Sequence[int]
    number: Mapping[str, int]
    names: Sequence[str]
    members: Sequence[Collection[int]]  # part -> its devices, by their places in `names`
    stopped: Collection[int]  # likewise

    def part(self, device: str) -> int:
        """-1 where the device is stopped or unknown."""
        position = self.number.get(device)
        return -1 if position is None else self.of[position]

    def parts_of(self, devices: Iterable[str]) -> frozenset[int]:
        return frozenset(self.part(device) for device in devices) - {-1}

    def devices_in(self, part: int) -> Iterator[str]:
        """The devices of a part; the stopped ones of -1."""
        return (self.names[position] for position in (self.members[part] if part >= 0 else self.stopped))

    def apart_from(self, parts: Collection[int]) -> list[int]:
        """The places of the devices in no such part, in the order of `names`."""
        others = [members for part, members in enumerate(self.members) if part not in parts]
        return sorted(chain(self.stopped, *others))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependants:
    """What is lost, from one set of roots, with one link or one device alone. Things that cost nothing are left out."""

    by_link: Mapping[str, frozenset[str]]  # link -> devices that have no other way to the roots
    by_device: Mapping[str, frozenset[str]]  # device -> other devices, likewise


class Topology:
    """Built once per inventory."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.links: Mapping[str, Link] = inventory.links
        self.number = {device: position for position, device in enumerate(inventory.devices)}
        self.names = tuple(inventory.devices)
        self.edges = tuple((self.number[link.a.device], self.number[link.b.device]) for link in self.links.values())
        links_of: dict[str, list[str]] = defaultdict(list)
        link_at: dict[PortRef, str] = {}
        member_at: dict[PortRef, str] = {}
        by_cable: dict[str, set[str]] = defaultdict(set)
        by_duct: dict[str, set[str]] = defaultdict(set)
        self._cables_of: dict[str, tuple[str, ...]] = {}
        self._ducts_of: dict[str, tuple[str, ...]] = {}
        for link in self.links.values():
            for end in {link.a.device, link.b.device}:
                links_of[end].append(link.id)
            link_at.update(dict.fromkeys((link.a, link.b), link.id))
            member_at.update((port, link.id) for pair in link.members for port in pair if port not in (link.a, link.b))
            cables = self._cables_of[link.id] = tuple(dict.fromkeys(run.cable for run in link.fibre))
            ducts = dict.fromkeys(inventory.cables[cable].duct for cable in cables)
            self._ducts_of[link.id] = tuple(duct for duct in ducts if duct is not None)
            for cable in cables:
                by_cable[cable].add(link.id)
            for duct in self._ducts_of[link.id]:
                by_duct[duct].add(link.id)
        self.links_of: Mapping[str, Sequence[str]] = links_of
        self.link_at: Mapping[PortRef, str] = link_at
        self.member_at: Mapping[PortRef, str] = member_at  # ports of members of an aggregate -> the aggregate's link
        self.links_by_cable: Mapping[str, Collection[str]] = by_cable
        self.links_by_duct: Mapping[str, Collection[str]] = by_duct
        self.devices_at = _grouped((device.site, device.id) for device in inventory.devices.values())
        ports = [(one.port, one.id) for one in inventory.field_devices.values() if one.port is not None]
        self.fields_on = _grouped((port.device, name) for port, name in ports)
        self.fields_at = _grouped(ports)
        self.roots = tuple(name for name in inventory.vantage.attached_to if name in self.number)
        self._anchors: dict[str | None, tuple[str, ...]] = {
            name: service.anchors or self.roots for name, service in inventory.services.items()
        }

    def other_end(self, link: str, device: str) -> str:
        """The device at the far end, seen from `device`."""
        one = self.links[link]
        return one.b.device if one.a.device == device else one.a.device

    def cables_of(self, link: str) -> tuple[str, ...]:
        """The cables a link runs through, each once, in order."""
        return self._cables_of[link]

    def ducts_of(self, link: str) -> tuple[str, ...]:
        """The ducts its cables lie in."""
        return self._ducts_of[link]

    def anchors(self, service: str | None) -> tuple[str, ...]:
        """Where the traffic of a service must reach; the vantage where the inventory does not say."""
        return self._anchors.get(service, self.roots)

    @cached_property
    def whole(self) -> Parts:
        """The parts of the unbroken graph: more than one where the inventory does not know every link."""
        return self.parts(broken=(), stopped=())

    @cached_property
    def _carrying(self) -> tuple[rx.PyGraph[None, None], Mapping[str, int]]:
        """The unbroken graph of the links that carry services, and the place of each in it."""
        graph: rx.PyGraph[None, None] = rx.PyGraph()
        graph.add_nodes_from([None] * len(self.names))
        carrying = [
            (name, edge)
            for (name, link), edge in zip(self.links.items(), self.edges, strict=True)
            if link.over != OUT_OF_BAND
        ]
        places = graph.add_edges_from_no_data([edge for _, edge in carrying])
        return graph, {name: place for (name, _), place in zip(carrying, places, strict=True)}

    @cached_property
    def reliance(self) -> Mapping[str, frozenset[str]]:
        """Device -> the others that have no way to the vantage but through it."""
        return self.dependants(self.roots).by_device if self.roots else {}

    def parts(self, *, broken: Collection[str], stopped: Collection[str]) -> Parts:
        """The parts left when these links carry nothing and these devices forward nothing."""
        graph, edge_of = self._carrying
        graph = graph.copy()
        for name in set(broken):
            edge = edge_of.get(name)
            if edge is not None:
                graph.remove_edge_from_index(edge)
        still = {self.number[device] for device in stopped if device in self.number}
        graph.remove_nodes_from(still)
        members = sorted(rx.connected_components(graph), key=len)
        of = [len(members) - 1] * len(self.names)  # nearly all are in the largest
        for part, positions in enumerate(members[:-1]):
            for position in positions:
                of[position] = part
        for position in still:
            of[position] = -1
        return Parts(of=of, number=self.number, names=self.names, members=members, stopped=still)

    def dependants(
        self, roots: Collection[str], *, broken: Collection[str] = (), stopped: Collection[str] = ()
    ) -> Dependants:
        """Who hangs on one link or one device alone, for its way to any of the roots."""
        devices = len(self.names)
        gone, still = set(broken), {self.number[device] for device in stopped}
        graph: rx.PyDiGraph[None, None] = rx.PyDiGraph(multigraph=False)
        graph.add_nodes_from([None] * (devices + len(self.links) + 1))
        root = devices + len(self.links)
        edges = [(root, self.number[name]) for name in roots if name in self.number and self.number[name] not in still]
        for place, ((name, link), (a, b)) in enumerate(zip(self.links.items(), self.edges, strict=True)):
            if name not in gone and link.over != OUT_OF_BAND and a not in still and b not in still:
                middle = devices + place
                edges += [(a, middle), (middle, b), (b, middle), (middle, a)]
        graph.add_edges_from_no_data(edges)
        above = rx.immediate_dominators(graph, root)
        return self._behind(above, root)

    def _behind(self, above: Mapping[int, int], root: int) -> Dependants:
        """Every device walks up its dominators and is noted at each."""
        devices = len(self.names)
        links = tuple(self.links)
        by_link: dict[str, set[str]] = defaultdict(set)
        by_device: dict[str, set[str]] = defaultdict(set)
        for position, name in enumerate(self.names):
            node = above.get(position, root)
            while node != root:
                if node < devices:
                    by_device[self.names[node]].add(name)
                else:
                    by_link[links[node - devices]].add(name)
                node = above[node]
        return Dependants(
            by_link={link: frozenset(names) for link, names in by_link.items()},
            by_device={device: frozenset(names) for device, names in by_device.items()},
        )


def _grouped(pairs: Iterable[tuple[Key, Item]]) -> Mapping[Key, tuple[Item, ...]]:
    groups: dict[Key, list[Item]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return {key: tuple(items) for key, items in groups.items()}

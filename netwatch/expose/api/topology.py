"""Inventory, verdicts, link and ring states -> networks after RFC 8345 (ietf-network, ietf-network-topology).

One network of all devices and links; upon it one for each ring, which says what it consists of. A link of ours is two
of theirs, one for each direction. Termination points are the ports that links end at: what a port does not join to
another device is told by `interfaces`. Names, places and states are in the module netwatch, which augments these.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Protocol

from netwatch.core.city import City
from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.links.rings import RingCondition
from netwatch.core.links.state import LinkCondition, LinkState
from netwatch.core.model import Device, Inventory, Link, PortRef
from netwatch.expose.api.definitions import NoSuchThing
from netwatch.expose.api.encoding import Many, Open
from netwatch.expose.api.resources import PHYSICAL, RING, link_ids
from netwatch.expose.api.schemas import COUNTER64, DECIMAL64, MOMENT, TEXT, URI, Schema, listing, one_of, record
from netwatch.expose.api.words import as_uri, moment

NODE: Schema = record(
    {"node-id": URI},
    {
        "supporting-node": listing(record({"network-ref": URI, "node-ref": URI})),
        "ietf-network-topology:termination-point": listing(
            record(
                {"tp-id": URI, "netwatch:name": TEXT},
                {
                    "supporting-termination-point": listing(
                        record({"network-ref": URI, "node-ref": URI, "tp-ref": URI}),
                    )
                },
            )
        ),
        **dict.fromkeys(
            ("netwatch:name", "netwatch:role", "netwatch:address", "netwatch:site", "netwatch:site-name"), TEXT
        ),
        "netwatch:district": TEXT,
        "netwatch:latitude": DECIMAL64,
        "netwatch:longitude": DECIMAL64,
        "netwatch:state": one_of(DeviceVerdict),
        "netwatch:since": MOMENT,
    },
)
LINK: Schema = record(
    {
        "link-id": URI,
        "source": record({"source-node": URI, "source-tp": URI}),
        "destination": record({"dest-node": URI, "dest-tp": URI}),
    },
    {
        "supporting-link": listing(record({"network-ref": URI, "link-ref": URI})),
        "netwatch:state": one_of(LinkCondition),
        "netwatch:since": MOMENT,
        "netwatch:medium": TEXT,
        "netwatch:over": TEXT,
        "netwatch:capacity": COUNTER64,
        "netwatch:utilization": DECIMAL64,
        "netwatch:cable": listing(TEXT),
    },
)
NETWORK_FACTS: Mapping[str, Schema] = {
    "netwatch:name": TEXT,
    "netwatch:protocol": TEXT,
    "netwatch:state": one_of(RingCondition),
    "netwatch:since": MOMENT,
}
NETWORK: Schema = record(
    {"network-id": URI, "network-types": record({})},
    {
        "supporting-network": listing(record({"network-ref": URI})),
        "node": listing(NODE),
        "ietf-network-topology:link": listing(LINK),
        **NETWORK_FACTS,
    },
)
NETWORKS: Schema = record({"network": listing(NETWORK)})


class Networks:
    """All networks of a city, under one inventory; their states are those of the moment they are asked for."""

    def __init__(self, city: City, states: Mapping[str, DeviceState]) -> None:
        self._city, self._states = city, states
        self._inventory = city.topology.inventory
        self._ports = _ports_by_device(self._inventory.links.values())

    def are_of(self, inventory: Inventory) -> bool:
        """Whether they are those of this inventory."""
        return inventory is self._inventory

    def ids(self) -> list[str]:
        """The physical network, then the rings."""
        return [PHYSICAL, *(RING + as_uri(ring) for ring in self._inventory.rings)]

    def all(self) -> Iterator[Open]:
        """The networks with everything in them."""
        for name in self.ids():
            network = self.network(name)
            listed = {"node": Many(network.nodes()), "ietf-network-topology:link": Many(network.links())}
            yield Open({**network.header(), **listed})

    def network(self, network: str) -> "Network":
        """One of them. NoSuchThing where there is none of that id."""
        if network == PHYSICAL:
            return _Physical(self._city, self._states, self._ports)
        for ring in self._inventory.rings:
            if network == RING + as_uri(ring):
                return _RingNetwork(self._city, ring)
        raise NoSuchThing("There is no such network.")


class Network(Protocol):
    """One network: its header, its nodes, its links."""

    def header(self) -> Mapping[str, Any]:
        """All of it but nodes and links."""

    def nodes(self, page: slice = slice(None)) -> Iterator[Mapping[str, Any]]:
        """The nodes, or a part of them, in the inventory's order."""

    def links(self, page: slice = slice(None)) -> Iterator[Mapping[str, Any]]:
        """The links, or a part of them, both directions one after the other."""

    def count(self) -> tuple[int, int]:
        """How many nodes and links there are."""


class _Physical:
    def __init__(
        self, city: City, states: Mapping[str, DeviceState], ports: Mapping[str, Mapping[PortRef, None]]
    ) -> None:
        self._city, self._states, self._ports = city, states, ports
        self._inventory = city.topology.inventory

    def header(self) -> Mapping[str, Any]:
        return {"network-id": PHYSICAL, "network-types": {}, "netwatch:name": self._inventory.city}

    def nodes(self, page: slice = slice(None)) -> Iterator[Mapping[str, Any]]:
        for name in islice(self._inventory.devices, page.start, page.stop):
            yield self._node(self._inventory.devices[name])

    def links(self, page: slice = slice(None)) -> Iterator[Mapping[str, Any]]:
        states = self._city.links.links
        for link, reverse in _both_ways(self._inventory.links.values(), page):
            yield {**_direction(link, reverse=reverse), **_link_facts(link, states.get(link.id), reverse=reverse)}

    def count(self) -> tuple[int, int]:
        return len(self._inventory.devices), 2 * len(self._inventory.links)

    def _node(self, device: Device) -> Mapping[str, Any]:
        site, state = self._inventory.sites[device.site], self._states.get(device.id)
        ports = [
            {"tp-id": as_uri(port.interface), "netwatch:name": port.interface}
            for port in self._ports.get(device.id, ())
        ]
        where = site.location
        facts = {
            "ietf-network-topology:termination-point": ports,
            "netwatch:name": device.name,
            "netwatch:role": device.role.value,
            "netwatch:address": device.address,
            "netwatch:site": site.id,
            "netwatch:site-name": site.name,
            "netwatch:district": site.district,
            "netwatch:latitude": f"{where[0]:.7f}" if where is not None else "",
            "netwatch:longitude": f"{where[1]:.7f}" if where is not None else "",
            "netwatch:state": self._city.verdict(device.id).value if state is not None else "",
        }
        return {
            "node-id": as_uri(device.id),
            **_told(facts),
            **_since(state.verdict_since_wall_s if state is not None else None),
        }


class _RingNetwork:
    """A ring, upon the physical network."""

    def __init__(self, city: City, ring: str) -> None:
        self._city = city
        self._ring = city.topology.inventory.rings[ring]
        self._links = [link for link in city.topology.inventory.links.values() if link.ring == ring]
        self._ports = _ports_by_device(self._links)

    def header(self) -> Mapping[str, Any]:
        state = self._city.links.rings.get(self._ring.id)
        facts = {
            "netwatch:name": self._ring.name,
            "netwatch:protocol": self._ring.protocol,
            "netwatch:state": state.condition.value if state is not None else "",
        }
        return {
            "network-id": RING + as_uri(self._ring.id),
            "network-types": {},
            "supporting-network": [{"network-ref": PHYSICAL}],
            **_told(facts),
            **_since(state.since_wall_s if state is not None else None),
        }

    def nodes(self, page: slice = slice(None)) -> Iterator[Mapping[str, Any]]:
        for device in list(self._ports)[page]:
            below = {"network-ref": PHYSICAL, "node-ref": as_uri(device)}
            yield {
                "node-id": as_uri(device),
                "supporting-node": [below],
                "ietf-network-topology:termination-point": [
                    {
                        "tp-id": as_uri(port.interface),
                        "supporting-termination-point": [{**below, "tp-ref": as_uri(port.interface)}],
                        "netwatch:name": port.interface,
                    }
                    for port in self._ports[device]
                ],
            }

    def links(self, page: slice = slice(None)) -> Iterator[Mapping[str, Any]]:
        for link, reverse in _both_ways(self._links, page):
            told = _direction(link, reverse=reverse)
            yield {**told, "supporting-link": [{"network-ref": PHYSICAL, "link-ref": told["link-id"]}]}

    def count(self) -> tuple[int, int]:
        return len(self._ports), 2 * len(self._links)


def _ports_by_device(links: Iterable[Link]) -> Mapping[str, Mapping[PortRef, None]]:
    """Device -> the ports that links and their members end at, each once."""
    found: dict[str, dict[PortRef, None]] = {}
    for link in links:
        for port in (link.a, link.b, *(port for pair in link.members for port in pair)):
            found.setdefault(port.device, {})[port] = None
    return found


def _both_ways(links: Iterable[Link], page: slice) -> Iterator[tuple[Link, bool]]:
    return islice(((link, reverse) for link in links for reverse in (False, True)), page.start, page.stop)


def _direction(link: Link, *, reverse: bool) -> Mapping[str, Any]:
    source, target = (link.b, link.a) if reverse else (link.a, link.b)
    return {
        "link-id": link_ids(link.id)[reverse],
        "source": {"source-node": as_uri(source.device), "source-tp": as_uri(source.interface)},
        "destination": {"dest-node": as_uri(target.device), "dest-tp": as_uri(target.interface)},
    }


def _link_facts(link: Link, state: LinkState | None, *, reverse: bool) -> Mapping[str, Any]:
    capacity_bps = link.capacity_bps if state is None else state.capacity_bps
    ratio = None if state is None else state.utilization_b_to_a if reverse else state.utilization_a_to_b
    facts = {
        "netwatch:state": state.condition.value if state is not None else "",
        "netwatch:medium": link.medium,
        "netwatch:over": link.over or "",
        "netwatch:capacity": str(capacity_bps) if capacity_bps else "",
        "netwatch:utilization": f"{ratio:.4f}" if ratio is not None else "",
        "netwatch:cable": list(dict.fromkeys(run.cable for run in link.fibre)),
    }
    return {**_told(facts), **_since(state.since_wall_s if state is not None else None)}


def _told(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is known, without what is not."""
    return {name: value for name, value in facts.items() if value}


def _since(wall_s: float | None) -> Mapping[str, str]:
    return {} if wall_s is None else {"netwatch:since": moment(wall_s)}

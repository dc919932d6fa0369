"""A hit -> its place in the city by the inventory: its site, what it is made of, whose it is, what hangs on it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from netwatch.core.model import Inventory
from netwatch.core.search.ports import links_in_core
from netwatch.core.search.question import Hit, port_named
from netwatch.core.topology.graph import Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """By ids. `lost`: what would be dark without it, itself left out."""

    sites: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()  # on which it is, or at its ends
    links: tuple[str, ...] = ()  # it is, runs through, or belongs to
    cables: tuple[str, ...] = ()
    field_devices: tuple[str, ...] = ()  # plugged in there
    contractor: str | None = None
    service: str | None = None
    way_from: str | None = None  # the device whose way to an anchor is its own
    lost_devices: frozenset[str] = frozenset()
    lost_field_devices: frozenset[str] = frozenset()


def place_of(topology: Topology, hit: Hit) -> Place:
    """Everything is empty of what the inventory no longer has."""
    return _Finder(topology).place(hit)


class _Finder:
    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._inventory: Inventory = topology.inventory

    def place(self, hit: Hit) -> Place:
        ways: Mapping[str, tuple[Collection[str] | None, Callable[[str], Place]]] = {
            "field_device": (self._inventory.field_devices, self._field_device),
            "device": (self._inventory.devices, self._device),
            "port": (None, self._port),
            "site": (self._inventory.sites, self._site),
            "cable": (self._inventory.cables, lambda name: self._cable(name, hit.core)),
            "duct": (None, self._duct),
            "link": (self._inventory.links, self._link),
            "ring": (self._inventory.rings, self._ring),
            "service": (self._inventory.services, self._service),
            "contractor": (self._inventory.contractors, self._contractor),
        }
        known, way = ways[hit.kind]
        return way(hit.id) if known is None or hit.id in known else Place()

    def _field_device(self, name: str) -> Place:
        one = self._inventory.field_devices[name]
        device = one.port.device if one.port is not None else None
        keeper = self._inventory.devices[device].contractor if device is not None else None
        return Place(
            sites=(one.site,),
            devices=(device,) if device is not None else (),
            contractor=one.contractor or keeper,
            service=one.service,
            way_from=device,
        )

    def _device(self, name: str) -> Place:
        device, topology = self._inventory.devices[name], self._topology
        on_it = topology.fields_on.get(name, ())
        services = {self._inventory.field_devices[one].service for one in on_it}
        dark = topology.reliance.get(name, frozenset())
        return Place(
            sites=(device.site,),
            links=tuple(topology.links_of.get(name, ())),
            field_devices=on_it,
            contractor=device.contractor,
            service=services.pop() if len(services) == 1 else None,
            way_from=name,
            lost_devices=dark,
            lost_field_devices=self._on({*dark, name}),
        )

    def _port(self, name: str) -> Place:
        port, topology = port_named(name), self._topology
        link = topology.link_at.get(port) or topology.member_at.get(port)
        device = self._inventory.devices.get(port.device)
        links = (link,) if link is not None else ()
        dark = self._dark_without(links)
        on_it = topology.fields_at.get(port, ())
        return Place(
            sites=(device.site,) if device is not None else (),
            devices=(port.device,) if device is not None else (),
            links=links,
            field_devices=on_it,
            contractor=device.contractor if device is not None else None,
            way_from=port.device if device is not None else None,
            lost_devices=dark,
            lost_field_devices=self._on(dark) | frozenset(on_it),
        )

    def _site(self, name: str) -> Place:
        here = tuple(self._topology.devices_at.get(name, ()))
        fields = tuple(one.id for one in self._inventory.field_devices.values() if one.site == name)
        dark = self._dark_without((), stopped=here) - set(here)
        keepers = {self._inventory.devices[one].contractor for one in here}
        return Place(
            sites=(name,),
            devices=here,
            field_devices=fields,
            contractor=keepers.pop() if len(keepers) == 1 else None,
            way_from=here[0] if len(here) == 1 else None,
            lost_devices=dark,
            lost_field_devices=self._on({*dark, *here}),
        )

    def _cable(self, name: str, core: int | None) -> Place:
        links = sorted(self._topology.links_by_cable.get(name, ()))
        if core is not None:
            links = links_in_core(self._inventory, links, name, core)
        return self._links(links, contractor=self._inventory.cables[name].contractor)

    def _links(self, links: Collection[str], *, contractor: str | None) -> Place:
        known = [self._inventory.links[link] for link in links]
        ends = tuple(dict.fromkeys(port.device for link in known for port in (link.a, link.b)))
        dark = self._dark_without(links)
        return Place(
            sites=tuple(dict.fromkeys(self._inventory.devices[end].site for end in ends)),
            devices=ends,
            links=tuple(links),
            cables=tuple(dict.fromkeys(cable for link in links for cable in self._topology.cables_of(link))),
            contractor=contractor,
            lost_devices=dark,
            lost_field_devices=self._on(dark),
        )

    def _duct(self, name: str) -> Place:
        return self._links(sorted(self._topology.links_by_duct.get(name, ())), contractor=None)

    def _link(self, name: str) -> Place:
        cables = self._topology.cables_of(name)
        return self._links([name], contractor=self._inventory.cables[cables[0]].contractor if cables else None)

    def _ring(self, name: str) -> Place:
        links = [link.id for link in self._inventory.links.values() if link.ring == name]
        return replace(self._links(links, contractor=None), lost_devices=frozenset(), lost_field_devices=frozenset())

    def _service(self, name: str) -> Place:
        inventory = self._inventory
        fields = tuple(one.id for one in inventory.field_devices.values() if one.service == name)
        return Place(devices=inventory.services[name].anchors, field_devices=fields)

    def _contractor(self, name: str) -> Place:
        """What is theirs to look after."""
        inventory = self._inventory
        return Place(
            devices=tuple(one.id for one in inventory.devices.values() if one.contractor == name),
            cables=tuple(one.id for one in inventory.cables.values() if one.contractor == name),
            field_devices=tuple(one.id for one in inventory.field_devices.values() if one.contractor == name),
            contractor=name,
        )

    def _dark_without(self, links: Collection[str], *, stopped: Collection[str] = ()) -> frozenset[str]:
        """The devices that lose their last way to the vantage when these fail together."""
        topology = self._topology
        if not topology.roots or not (links or stopped):
            return frozenset()
        before, after = topology.whole, topology.parts(broken=links, stopped=stopped)
        had, have = before.parts_of(topology.roots), after.parts_of(topology.roots)
        return frozenset(
            name
            for name, was, now in zip(topology.names, before.of, after.of, strict=True)
            if was in had and now not in have
        )

    def _on(self, devices: Iterable[str]) -> frozenset[str]:
        on = self._topology.fields_on
        return frozenset(name for device in devices for name in on.get(device, ()))

"""A hit with its place, and what is held true of it now -> one JSON-able record, for the terminal, the page, programs.

Times are ISO 8601 in the city's zone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from netwatch.core.faults.book import Fault
from netwatch.core.maintenance.windows import is_in_maintenance
from netwatch.core.model import NOTHING, PortRef
from netwatch.core.search.place import Place
from netwatch.core.search.question import Hit, port_named
from netwatch.core.search.way import Way
from netwatch.expose.control_find_state import Knowledge, iso, state_of

MOST_NAMES = 12  # of things in a list; how many there are is told beside


def record_of(known: Knowledge, hit: Hit, place: Place, way: Way | None) -> Mapping[str, Any]:
    """Everything about one hit."""
    return _Writer(known, hit, place).record(way)


class _Writer:
    def __init__(self, known: Knowledge, hit: Hit, place: Place) -> None:
        self._known = known
        self._hit = hit
        self._place = place
        self._inventory = known.inventory

    def record(self, way: Way | None) -> Mapping[str, Any]:
        hit = self._hit
        thing = self._thing()
        return {
            "subject": hit.subject,
            "kind": hit.kind,
            "id": hit.id,
            "name": getattr(thing, "name", ""),
            "matched": {"by": hit.by.words, "how": hit.how.name.lower(), "text": hit.text},
            **self._where(),
            "facts": self._facts(thing),
            **state_of(self._known, self._hit, self._place),
            "on_it": self._on_it(),
            "without_it": self._without_it(),
            "way": self._way(way),
            "faults": [self._fault(one) for one in self._faults(way)],
            "maintenance": is_in_maintenance(self._known.maintained, hit.subject),
            "contractor": self._contractor(),
        }

    def _thing(self) -> object:
        sections = {
            "field_device": self._inventory.field_devices,
            "device": self._inventory.devices,
            "site": self._inventory.sites,
            "cable": self._inventory.cables,
            "link": self._inventory.links,
            "ring": self._inventory.rings,
            "service": self._inventory.services,
            "contractor": self._inventory.contractors,
        }
        return sections.get(self._hit.kind, {}).get(self._hit.id)

    def _where(self) -> Mapping[str, Any]:
        """Its sites, and the port it hangs on."""
        sites = [self._inventory.sites[name] for name in self._place.sites if name in self._inventory.sites]
        port = self._port()
        return {
            "sites": [
                {"site": one.id, "name": one.name, "district": one.district, "location": _list(one.location)}
                for one in sites[:MOST_NAMES]
            ],
            "port": None if port is None else {"device": port.device, "interface": port.interface},
        }

    def _port(self) -> PortRef | None:
        if self._hit.kind == "port":
            return port_named(self._hit.id)
        one = self._inventory.field_devices.get(self._hit.id) if self._hit.kind == "field_device" else None
        return one.port if one is not None else None

    def _facts(self, thing: object) -> Mapping[str, Any]:
        """What else the inventory says of it: plain columns, under the names they have there."""
        names = ("address", "mac", "service", "role", "cores", "length_m", "duct", "ring", "phone", "medium")
        facts = {name: value for name in names if (value := getattr(thing, name, None)) not in (None, "")}
        if self._hit.kind == "link":
            link = self._inventory.links[self._hit.id]
            facts |= {"a": str(link.a), "b": str(link.b)}
        if self._hit.core is not None:
            facts["core"] = self._hit.core
        return {**facts, **getattr(thing, "extra", NOTHING)}

    def _on_it(self) -> Mapping[str, Any]:
        """What is there, or belongs to it."""
        place, own = self._place, self._hit
        devices = [] if own.kind in ("field_device", "port") else place.devices
        links = [name for name in place.links if own.subject != f"link:{name}"]
        cables = [name for name in place.cables if own.subject != f"cable:{name}"]
        return {
            "devices": _names(devices),
            "field_devices": _names(place.field_devices),
            "links": _names(links),
            "cables": _names(cables),
        }

    def _without_it(self) -> Mapping[str, int]:
        """How many would be dark without it."""
        place = self._place
        return {"devices": len(place.lost_devices), "field_devices": len(place.lost_field_devices)}

    def _way(self, way: Way | None) -> Mapping[str, Any] | None:
        if way is None:
            return None
        links = self._inventory.links
        hops = [
            {
                "link": hop.link,
                "cables": list(dict.fromkeys(run.cable for run in links[hop.link].fibre)),
                "device": hop.device,
                "broken": hop.is_broken,
            }
            for hop in way.hops
        ]
        anchor = way.hops[-1].device if way.hops else way.start
        return {"from": way.start, "hops": hops, "anchor": anchor, "whole": not way.is_broken}

    def _faults(self, way: Way | None) -> Iterable[Fault]:
        """The open faults that it is in, or whose darkness it is in."""
        if self._known.city is None:
            return []
        hit, place, port = self._hit, self._place, self._port()
        around = {hit.subject} | ({f"port:{port}"} if port is not None else set())
        own = hit.kind in ("field_device", "port")
        devices = {hit.id} if hit.kind == "device" else set(place.devices) if own or hit.kind == "site" else set()
        links = set(place.links) if hit.kind != "device" else set()
        links |= {hop.link for hop in way.hops if hop.is_broken} if way is not None else set()
        fields = {hit.id} if hit.kind == "field_device" else set(place.field_devices)
        around |= {f"device:{name}" for name in devices} | {f"site:{name}" for name in place.sites if not links}
        return [one for one in self._known.city.book.open_faults if _touches(one, around, devices, links, fields)]

    def _fault(self, fault: Fault) -> Mapping[str, Any]:
        return {
            "id": fault.id,
            "severity": fault.severity.value,
            "kind": fault.kind.value,
            "subject": fault.subject,
            "since": iso(self._known, fault.since_wall_s),
        }

    def _contractor(self) -> Mapping[str, str] | None:
        one = self._inventory.contractors.get(self._place.contractor or "")
        return None if one is None else {"id": one.id, "name": one.name, "phone": one.phone}


def _touches(fault: Fault, around: set[str], devices: set[str], links: set[str], fields: set[str]) -> bool:
    cause = fault.found.cause
    return (
        not around.isdisjoint((cause.subject, *cause.ambiguous_with))
        or not devices.isdisjoint(cause.devices | cause.stopped)
        or not links.isdisjoint(cause.links | cause.weakened)
        or not fields.isdisjoint(cause.field_devices)
    )


def _names(names: Sequence[str]) -> Mapping[str, Any]:
    return {"count": len(names), "first": sorted(names[:MOST_NAMES])}


def _list(location: tuple[float, float] | None) -> list[float] | None:
    return None if location is None else list(location)

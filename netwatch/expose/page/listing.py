"""What is at a site, of a service, or a contractor's -> the part of it that a page lists, troubles first."""

from collections.abc import Mapping
from itertools import chain, islice
from typing import Any

from netwatch.core.field.board import UNKNOWN
from netwatch.core.field.verdict import FieldCondition, FieldVerdict
from netwatch.core.search.place import Place
from netwatch.core.sight import CitySight

MOST_LISTED = 500  # of each; how many there are is told beside


def chosen(place: Place, verdicts: Mapping[str, FieldVerdict]) -> list[str]:
    """The field devices to list. Looks at all of them, which may be tens of thousands: not for the event loop."""
    fine: list[str] = []
    other: list[str] = []
    for name in place.field_devices:
        is_fine = verdicts.get(name, UNKNOWN).condition is FieldCondition.FINE
        (fine if is_fine else other).append(name)
    return list(islice(chain(other, fine), MOST_LISTED))


def listed(city: CitySight, place: Place, fields: list[str]) -> Mapping[str, Any]:
    """Devices and field devices, each with its state."""
    inventory = city.topology.inventory
    return {
        "devices": [
            {"id": one, "name": inventory.devices[one].name, "state": city.verdict(one).value}
            for one in place.devices[:MOST_LISTED]
        ],
        "devices_count": len(place.devices),
        "fields": [_field(city, one) for one in fields],
        "fields_count": len(place.field_devices),
    }


def _field(city: CitySight, name: str) -> Mapping[str, Any]:
    inventory, verdict = city.topology.inventory, city.fields.verdicts.get(name, UNKNOWN)
    one = inventory.field_devices[name]
    return {
        "id": name,
        "name": one.name,
        "state": verdict.condition.value,
        "cause": verdict.cause.value if verdict.cause is not None else None,
        "district": inventory.sites[one.site].district,
    }

"""A drawing, and how everything in it is at the moment -> JSON, from which the page draws."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from netwatch.core.field.board import UNKNOWN
from netwatch.core.field.verdict import FieldCondition
from netwatch.core.sight import CitySight
from netwatch.core.topology.graph import Topology
from netwatch.expose.page.drawings import RING, Drawing

MOST_NODES = 400  # of one drawing; what is further out is counted


def drawing_record(city: CitySight, drawing: Drawing) -> Mapping[str, Any]:
    """`around` and `branches` name nodes; `links` and the branches' links say how they are."""
    topology = city.topology
    branches = drawing.branches[: max(MOST_NODES - len(drawing.around), 0)]
    names = (*drawing.around, *(one.device for one in branches))
    ring = topology.inventory.rings.get(drawing.id) if drawing.kind == RING else None
    return {
        "kind": drawing.kind,
        "id": drawing.id,
        "name": ring.name if ring is not None else "",
        "parent": ring.parent if ring is not None else None,
        "closed": drawing.is_closed,
        "around": list(drawing.around),
        "links": [_link(city, name) for name in drawing.links],
        "branches": [{"above": one.above, "device": one.device, "link": _link(city, one.link)} for one in branches],
        "beyond": len(drawing.branches) - len(branches),
        "nodes": {name: _node(city, topology, name) for name in names},
    }


def _link(city: CitySight, name: str) -> Mapping[str, Any]:
    state = city.links.links.get(name)
    link = city.topology.links[name]
    return {
        "id": name,
        "a": link.a.device,
        "b": link.b.device,
        "state": state.condition.value if state is not None else "unknown",
        "since_s": state.since_wall_s if state is not None else None,
        "broken": name in city.links.broken,
        "cables": list(city.topology.cables_of(name)),
        "over": link.over,
        "backup": link.backup,
    }


def _node(city: CitySight, topology: Topology, name: str) -> Mapping[str, Any]:
    device = topology.inventory.devices[name]
    site = topology.inventory.sites[device.site]
    conditions: Counter[FieldCondition] = Counter()
    lost: Counter[str] = Counter()
    for one in topology.fields_on.get(name, ()):
        condition = city.fields.verdicts.get(one, UNKNOWN).condition
        conditions[condition] += 1
        if condition is not FieldCondition.FINE:
            lost[topology.inventory.field_devices[one].service or ""] += 1
    return {
        "name": device.name,
        "role": device.role.value,
        "site": site.name or site.id,
        "state": city.verdict(name).value,
        "fields": {condition.value: number for condition, number in conditions.items()},
        "not_fine": dict(lost),
    }

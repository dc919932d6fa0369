"""One device -> its ports, what is plugged in, and how its box is: columns of the state become rows for a page."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from netwatch.core.device.record import DeviceState
from netwatch.core.field.board import UNKNOWN
from netwatch.core.health.measures import MEANINGS, Measure, Unit
from netwatch.core.model import NOTHING, PortRef
from netwatch.core.names import match
from netwatch.core.sight import CitySight
from netwatch.core.topology.graph import Topology
from netwatch.expose.control_find_state import OPER

MOST_PORTS = 512
MOST_GAUGES = 40
Cell = TypeVar("Cell")
_OF_PORTS = (Measure.RECEIVE_POWER, Measure.TRANSMIT_POWER, Measure.POE_POWER)


def device_record(city: CitySight, name: str, state: DeviceState) -> Mapping[str, Any]:
    """What the device's page has beyond what `netwatch find` tells."""
    plugged = _plugged(city.topology, name, state)
    rows = range(min(len(state.interfaces.names), MOST_PORTS))
    return {
        "ports": [_port(city, state, row, plugged.get(row, ())) for row in rows],
        "ports_count": len(state.interfaces.names),
        "in_doubt": state.interfaces.in_doubt,
        "read_s": state.status.read_wall_s,
        "says": {
            "sys_name": state.identity.sys_name,
            "sys_descr": state.identity.sys_descr,
            "vendor": state.equipment.vendor,
            "model": state.equipment.model,
            "serial": state.equipment.serial,
            "firmware": state.equipment.firmware,
        },
        "icmp": state.icmp.answer.value,
        "snmp": state.snmp.answer.value,
        "rtt_s": state.rtt_s,
        "loss_ratio": state.loss_ratio,
        "gauges": _gauges(state),
        "lanes": {
            lane.value: {"at_s": one.last_success_wall_s, "reason": one.reason.value if one.reason else None}
            for lane, one in state.lanes.items()
        },
    }


def _plugged(topology: Topology, device: str, state: DeviceState) -> Mapping[int, tuple[PortRef, ...]]:
    """Row -> the ports of the inventory that it is."""
    named = [link_end for link in topology.links_of.get(device, ()) for link_end in _ends(topology, link, device)]
    named += [port for field in topology.fields_on.get(device, ()) if (port := _port_of(topology, field)) is not None]
    found: dict[int, tuple[PortRef, ...]] = {}
    for port in dict.fromkeys(named):
        row = match(port.interface, state.interfaces) if state.interfaces.names else None
        if isinstance(row, int):
            found[row] = (*found.get(row, ()), port)
    return found


def _ends(topology: Topology, link: str, device: str) -> list[PortRef]:
    one = topology.links[link]
    pairs = ((one.a, one.b), *one.members)
    return [port for pair in pairs for port in pair if port.device == device]


def _port_of(topology: Topology, field: str) -> PortRef | None:
    return topology.inventory.field_devices[field].port


def _port(city: CitySight, state: DeviceState, row: int, named: Sequence[PortRef]) -> Mapping[str, Any]:
    called, status = state.interfaces.names[row], state.status
    topology, sightings, readings = city.topology, state.sightings, state.equipment.readings
    fields = [field for port in named for field in topology.fields_at.get(port, ())]
    links = dict.fromkeys(
        link for port in named if (link := topology.link_at.get(port) or topology.member_at.get(port)) is not None
    )
    poe = sightings.poe.get(called)
    return {
        "name": called,
        "alias": _at(state.interfaces.aliases, row) or "",
        "oper": OPER.get(_at(status.last_oper, row) or 4, "unknown"),
        "shut": _at(status.admin, row) == 2,
        "speed_bps": _at(status.speed_bps, row),
        "since_s": _at(status.changed_wall_s, row),
        "macs": len((sightings.macs or NOTHING).get(called, ())),
        "poe": poe.value if poe is not None else None,
        "levels": {
            measure.value: value
            for measure in _OF_PORTS
            if (value := readings.get(measure, NOTHING).get(called)) is not None
        },
        "fields": [{"id": one, "state": city.fields.verdicts.get(one, UNKNOWN).condition.value} for one in fields],
        "links": [_far(city, link) for link in links],
    }


def _far(city: CitySight, link: str) -> Mapping[str, Any]:
    one, state = city.topology.links[link], city.links.links.get(link)
    return {
        "id": link,
        "ends": [one.a.device, one.b.device],
        "state": state.condition.value if state is not None else "unknown",
    }


def _gauges(state: DeviceState) -> list[Mapping[str, Any]]:
    """What is measured of the box itself."""
    found = [
        _gauge(measure, label, value)
        for measure, values in state.equipment.readings.items()
        if not MEANINGS[measure].of_port and MEANINGS[measure].unit is not Unit.AMOUNT
        for label, value in values.items()
    ]
    return found[:MOST_GAUGES]


def _gauge(measure: Measure, label: str, value: float) -> Mapping[str, Any]:
    """A state has a word, a number its unit."""
    meaning, place = MEANINGS[measure], int(value)
    word = meaning.words[place] if 0 <= place < len(meaning.words) else None
    return {"measure": measure.value, "label": label, "value": value, "unit": meaning.unit.value, "word": word}


def _at(column: Sequence[Cell | None], row: int) -> Cell | None:
    """None where the column is shorter: it was not read yet."""
    return column[row] if row < len(column) else None

"""DeviceState <-> the document that survives a restart: totals, index map, identity, what polling has learned.

What is observed is not restored: after a restart nothing is known until it is seen again. The verdict told last is
remembered beside the state, so that the first one can be compared with it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netwatch.core.counter_state import from_document, to_document
from netwatch.core.device import DeviceState, Identity, Remembered, RowSigns
from netwatch.core.interface_map import InterfaceMap
from netwatch.core.memory import DeviceMemory

FORMAT = 1


def remember(device: str, state: DeviceState, *, learned: Mapping[str, int], wall_s: float) -> DeviceMemory:
    """What of `state` is worth keeping. `wall_s` is wall clock minus monotonic clock."""
    identity, interfaces = state.identity, state.interfaces
    document: dict[str, Any] = {
        "format": FORMAT,
        "learned": dict(learned),
        "identity": {
            "sys_descr": identity.sys_descr,
            "sys_object_id": identity.sys_object_id,
            "sys_name": identity.sys_name,
            "engine_id": identity.engine_id.hex(),
            "engine_boots": identity.engine_boots,
            "engine_time_s": identity.engine_time_s,
            "uptime_ticks": identity.uptime_ticks,
            "uptime_wraps": identity.uptime_wraps,
            "at_wall": identity.at_s + wall_s,
        },
        "interfaces": {
            "epoch": interfaces.epoch,
            "indexes": list(interfaces.indexes),
            "names": list(interfaces.names),
            "aliases": list(interfaces.aliases),
            "descriptions": list(interfaces.descriptions),
            "types": list(interfaces.types),
            "dropped": interfaces.dropped,
            "in_doubt": interfaces.in_doubt,
        },
        "signs": {
            "if_number": state.signs.if_number,
            "last_change_ticks": state.signs.last_change_ticks,
            "false_alarms": state.signs.false_alarms,
        },
        "counters": to_document(state.counters, wall_s),
    }
    return DeviceMemory(device=device, document=document)


def recall(
    memories: Mapping[str, DeviceMemory], verdicts: Mapping[str, Remembered], *, now_s: float, wall_s: float
) -> tuple[dict[str, DeviceState], dict[str, str]]:
    """(device -> state, device -> why what was stored of it is not used)."""
    states: dict[str, DeviceState] = {}
    refused: dict[str, str] = {}
    for device, memory in memories.items():
        try:
            states[device] = _state(memory.document, now_s=now_s, wall_s=wall_s)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            refused[device] = repr(error)
    for device, verdict in verdicts.items():
        states[device] = replace(states.get(device, DeviceState()), before_restart=verdict)
    return states, refused


def _state(document: Mapping[str, Any], *, now_s: float, wall_s: float) -> DeviceState:
    if document["format"] != FORMAT:
        raise ValueError(f"format {document['format']} is not {FORMAT}")
    identity = dict(document["identity"])
    at_wall_s = float(identity.pop("at_wall"))
    interfaces: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document["interfaces"].items()
    }
    return DeviceState(
        identity=Identity(
            **{**identity, "engine_id": bytes.fromhex(identity["engine_id"])}, at_s=min(at_wall_s - wall_s, now_s)
        ),
        interfaces=InterfaceMap(**interfaces),
        signs=RowSigns(**document["signs"]),
        counters=from_document(document["counters"], wall_s=wall_s, now_s=now_s),
    )


def learned_before(memory: DeviceMemory | None) -> Mapping[str, Any]:
    """What polling had taught of a device; empty where nothing usable is stored."""
    learned = memory.document.get("learned") if memory is not None else None
    return learned if isinstance(learned, Mapping) else {}

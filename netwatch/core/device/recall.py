"""DeviceState <-> the document that survives a restart: totals, index map, identity, what polling has learned.

What is observed is not restored: after a restart nothing is known until it is seen again. The verdict told last is
remembered beside the state, so that the first one can be compared with it. A document is looked through before it is
believed: one that an editor, a disk or another release has spoilt must not trip a poll hours later.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netwatch.core.device.counter_state import from_document, to_document
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.memory import DeviceMemory
from netwatch.core.device.record import DeviceState, Identity, InterfaceStatus, Remembered, RowSigns
from netwatch.core.device.uptime import uptime_s
from netwatch.core.names import match

FORMAT = 1
_HUGE = 2**63  # more than any number of the MIBs; JSON knows no bound
BOOTED_WITHIN_S = 10.0  # as coarse as a boot is told from another one
_NARROW = 32
_INDEX = re.compile(r"[0-9]{1,10}(\.[0-9]{1,10})*")


def remember(
    device: str, state: DeviceState, *, learned: Mapping[str, Any], wall_s: float, ports: Collection[str] = ()
) -> DeviceMemory:
    """What of `state` is worth keeping. `wall_s` is wall clock minus monotonic clock.

    `ports` are the port texts of the inventory: of those alone the last state is kept, for of those alone it matters.
    """
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
            "false_numbers": state.signs.false_numbers,
            "false_changes": state.signs.false_changes,
        },
        "ports": _last_states(state, ports),
        "counters_reset": state.counters_reset,
        "counters": to_document(state.counters, wall_s),
    }
    return DeviceMemory(device=device, document=document)


def lasting(state: DeviceState) -> tuple[object, ...]:
    """What of the memory of a device does not just count on: while it is equal, one of minutes ago serves as well.

    For a total is the raw reading and an offset, whenever the one before was. Only where octets are counted in 32 bits
    may they have passed 2**32 unseen since, so that it is another one with every reading.
    """
    identity, counters, status = state.identity, state.counters, state.status
    up_s = uptime_s(identity)
    is_narrow = any(_NARROW in widths for column, widths in counters.widths.items() if column.endswith("_bytes"))
    return (
        state.interfaces,
        state.signs,
        state.counters_reset,
        status.last_oper,
        status.changed_wall_s,
        counters.offsets,
        counters.widths,
        counters.discontinuity,
        counters.odd,
        counters.at_s if is_narrow else None,
        identity.sys_descr,
        identity.sys_object_id,
        identity.sys_name,
        identity.engine_id,
        identity.engine_boots,
        up_s if up_s is None else (identity.at_s - up_s) // BOOTED_WITHIN_S,
    )


def _last_states(state: DeviceState, ports: Collection[str]) -> dict[str, list[float | int | None]]:
    """Port name -> ifOperStatus as last read, and since when (UTC)."""
    status = state.status
    if not status.last_oper:
        return {}
    rows = {row for row in (match(port, state.interfaces) for port in ports) if isinstance(row, int)}
    return {
        state.interfaces.names[row]: [status.last_oper[row], status.changed_wall_s[row]]
        for row in sorted(rows)
        if status.last_oper[row] is not None
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """Under which clocks a restart takes up what was stored, and whether the daemon before it had stored its last."""

    now_s: float  # monotonic
    wall_s: float  # wall clock minus monotonic clock
    clean: bool = True


def recall(
    memories: Mapping[str, DeviceMemory], verdicts: Mapping[str, Remembered], resumption: Resumption
) -> tuple[dict[str, DeviceState], dict[str, str]]:
    """(device -> state, device -> why what was stored of it is not used)."""
    states: dict[str, DeviceState] = {}
    refused: dict[str, str] = {}
    for device, memory in memories.items():
        try:
            states[device] = _state(memory.document, resumption)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            refused[device] = repr(error)
    for device, verdict in verdicts.items():
        states[device] = replace(states.get(device, DeviceState()), before_restart=verdict)
    return states, refused


def _state(document: Mapping[str, Any], resumption: Resumption) -> DeviceState:
    now_s, wall_s = resumption.now_s, resumption.wall_s
    if document["format"] != FORMAT:
        raise ValueError(f"format {document['format']!r} is not {FORMAT}")
    counters = _checked(document, "counters", _is_mapping)
    _checked(counters, "names", _is_list_of(_is_text))
    _checked(counters, "indexes", _is_list_of(_is_text))
    interfaces = _interfaces(document["interfaces"])
    return DeviceState(
        identity=_identity(document["identity"], now_s=now_s, wall_s=wall_s),
        interfaces=interfaces,
        status=_status(document.get("ports", {}), interfaces),
        signs=_signs(document["signs"]),
        counters=from_document(counters, wall_s=wall_s, now_s=now_s, unsaved=not resumption.clean),
        counters_reset=_checked(document, "counters_reset", _is_bool),
    )


def _identity(document: Mapping[str, Any], *, now_s: float, wall_s: float) -> Identity:
    return Identity(
        sys_descr=_checked(document, "sys_descr", _is_text),
        sys_object_id=_checked(document, "sys_object_id", _is_text),
        sys_name=_checked(document, "sys_name", _is_text),
        engine_id=bytes.fromhex(document["engine_id"]),
        engine_boots=_checked(document, "engine_boots", _is_integer_or_none),
        engine_time_s=_checked(document, "engine_time_s", _is_integer_or_none),
        uptime_ticks=_checked(document, "uptime_ticks", _is_integer_or_none),
        uptime_wraps=_checked(document, "uptime_wraps", _is_count),
        at_s=min(_checked(document, "at_wall", _is_finite) - wall_s, now_s),
    )


def _interfaces(document: Mapping[str, Any]) -> InterfaceMap:
    interfaces = InterfaceMap(
        epoch=_checked(document, "epoch", _is_count),
        indexes=tuple(_checked(document, "indexes", _is_list_of(_is_index))),
        names=tuple(_checked(document, "names", _is_list_of(_is_text))),
        aliases=tuple(_checked(document, "aliases", _is_list_of(_is_text))),
        descriptions=tuple(_checked(document, "descriptions", _is_list_of(_is_text))),
        types=tuple(_checked(document, "types", _is_list_of(_is_integer_or_none))),
        dropped=_checked(document, "dropped", _is_count),
        in_doubt=_checked(document, "in_doubt", _is_bool),
    )
    rows = len(interfaces.names)
    columns = (interfaces.indexes, interfaces.aliases, interfaces.descriptions, interfaces.types)
    if any(len(column) != rows for column in columns):
        raise ValueError("the columns of the index map differ in length")
    if len(set(interfaces.names)) != rows or len(set(interfaces.indexes)) != rows:
        raise ValueError("the index map has a row twice")
    return interfaces


def _status(ports: Mapping[str, Any], interfaces: InterfaceMap) -> InterfaceStatus:
    """What the ports last were: nothing is told of them until they are read, and then only what has changed."""
    told = {name: (oper, since) for name, (oper, since) in ports.items()}
    if not all(_is_count(oper) and (since is None or _is_finite(since)) for oper, since in told.values()):
        raise ValueError("ports is not what netwatch writes there")
    known = [told.get(name, (None, None)) for name in interfaces.names]
    if not any(oper is not None for oper, _ in known):
        return InterfaceStatus()
    return InterfaceStatus(
        last_oper=[oper for oper, _ in known],
        changed_wall_s=[since for _, since in known],
        before_restart=frozenset([row for row, (oper, _) in enumerate(known) if oper is not None]),
    )


def _signs(document: Mapping[str, Any]) -> RowSigns:
    return RowSigns(
        if_number=_checked(document, "if_number", _is_integer_or_none),
        last_change_ticks=_checked(document, "last_change_ticks", _is_integer_or_none),
        false_numbers=_checked(document, "false_numbers", _is_count),
        false_changes=_checked(document, "false_changes", _is_count),
    )


def _checked(document: Mapping[str, Any], name: str, is_right: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - JSON
    value = document[name]
    if not is_right(value):
        raise ValueError(f"{name} is not what netwatch writes there")
    return value


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_index(value: object) -> bool:
    return isinstance(value, str) and _INDEX.fullmatch(value) is not None


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < _HUGE


def _is_integer_or_none(value: object) -> bool:
    return value is None or (type(value) is int and abs(value) < _HUGE)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_list_of(is_right: Callable[[Any], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list | tuple) and all(map(is_right, value))


def learned_before(memory: DeviceMemory | None) -> Mapping[str, Any]:
    """What polling had taught of a device; empty where nothing usable is stored."""
    document = memory.document if memory is not None else None
    learned = document.get("learned") if isinstance(document, Mapping) else None
    return learned if isinstance(learned, Mapping) else {}

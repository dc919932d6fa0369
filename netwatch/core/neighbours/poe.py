"""Power over Ethernet: pethPsePortTable -> which interface delivers power, and which does not (RFC 3621)."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from math import isnan
from sys import intern
from types import MappingProxyType

from netwatch.core.neighbours.local_ports import LocalPorts, rows_of
from netwatch.core.observation import TableReading, Value


class PoeStatus(StrEnum):
    """pethPsePortDetectionStatus, in the order of its values from 1 on."""

    DISABLED = "disabled"
    SEARCHING = "searching"
    DELIVERING = "delivering"
    FAULT = "fault"
    TEST = "test"
    OTHER_FAULT = "other_fault"


STATUSES = dict(enumerate(PoeStatus, start=1))


def poe_interfaces(table: TableReading, ports: LocalPorts) -> Mapping[str, str]:
    """Index of pethPsePortTable -> the interface it is, for those that are one without doubt.

    A stack may number its ports through all groups; then the groups mean nothing. Where there is a port of a module for
    every row, the groups are the modules of one box. An interface that two power ports would be is neither.
    """
    told = [index for index, _ in rows_of(table, "admin")]
    # makers' tables may do without the group; in one that has it, a row without is no power port
    parts = 2 if any(len(index) == 2 for index in told) else 1
    rows = [index for index in told if len(index) == parts]
    numbers = [index[-1] for index in rows]
    groups = len({index[:-1] for index in rows}) if len(set(numbers)) < len(numbers) else 1
    of_modules = ports.by_module() if parts > 1 and any(index[0] > 1 for index in rows) else {}
    are_modules = bool(of_modules) and of_modules.keys() >= set(rows)
    found = {
        intern(".".join(map(str, index))): of_modules[index]
        if are_modules
        else ports.poe(index[0] if parts > 1 else 1, index[-1], groups=groups)
        for index in rows
    }
    names = list(found.values())
    sure = [(index, name) for index, name in found.items() if name is not None and names.count(name) == 1]
    return _once(tuple(sure))


@lru_cache(maxsize=256)
def _once(ports: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """One object for all switches of a make: a kilobyte of each."""
    return MappingProxyType(dict(ports))


def _status(cell: Value) -> PoeStatus | None:
    return STATUSES.get(cell) if isinstance(cell, int) else None


def poe_statuses(
    table: TableReading, interfaces: Mapping[str, str], before: Mapping[str, PoeStatus]
) -> Mapping[str, PoeStatus]:
    """Interface -> status. A port that was not read keeps what was known; one that has no status any more loses it."""
    cells = table.columns.get("detection", ())
    told = {interfaces.get(index): _status(cell) for index, cell in zip(table.indexes, cells, strict=False)}
    if None not in told and None not in told.values() and not isnan(sum(table.at_s)):  # as nearly always
        return {**before, **told}  # type: ignore[dict-item]  # as was just seen
    known = dict(before)
    for index, cell, at_s in zip(table.indexes, cells, table.at_s, strict=True):
        name = interfaces.get(index)
        if name is None or at_s != at_s:  # noqa: PLR0124 - NaN: not read
            continue
        status = _status(cell)
        if status is None:
            known.pop(name, None)
        else:
            known[name] = status
    return known

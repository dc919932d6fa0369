"""(states of the ports so far, a status reading) -> since when each port is as it is.

A poll sees a change up to an interval late. ifLastChange (RFC 2863 §3.1.5) tells when it happened, in the clock of the
agent's sysUpTime; it is held against the sysUpTime of the same PDU, and believed only if the change lies between the
two readings that saw the difference. Agents that keep it at 0, let it stand or count it from elsewhere lose nothing.
"""

import math
from collections.abc import Sequence

from netwatch.core.device.record import InterfaceStatus
from netwatch.core.observation import TableReading, Value

SLACK_S = 5.0  # agents look at their own ports every few seconds only, so a reading may tell what was


def changed_at(before: InterfaceStatus, table: TableReading, *, wall_s: float) -> Sequence[float | None]:
    """Since when, in wall-clock seconds, each row of `table` has the ifOperStatus last read of it; None: never read.

    `wall_s` is wall clock minus monotonic clock. Aligned with the table, as `before` is unless it is empty.
    """
    oper = table.columns.get("oper", ())
    known = before.changed_wall_s or (None,) * len(oper)
    last_oper = before.last_oper or (None,) * len(oper)
    moved = [
        row
        for row, (was, now, since) in enumerate(zip(last_oper, oper, known, strict=True))
        if isinstance(now, int) and (was != now or since is None)
    ]
    if not moved:
        return known
    told = list(known)
    once: dict[float, float] = {}  # most ports are as they are since the same moment: one number for all of them
    for row in moved:
        read_wall_s = table.at_s[row] + wall_s
        by_agent_s = _by_agent(table, row, read_wall_s)
        since_s = read_wall_s if by_agent_s is None or by_agent_s < _earliest(before, row) else by_agent_s
        told[row] = once.setdefault(since_s, since_s)
    return told


def _by_agent(table: TableReading, row: int, read_wall_s: float) -> float | None:
    """When the agent says the row changed; None where it does not say, or cannot mean it."""
    last_change = table.columns.get("last_change") or ()
    ticks, uptime = _number(last_change, row), _number(table.uptime_ticks, row)
    # 0 is "before the agent started", a default of those who do not keep it; one ahead of sysUpTime is of before a wrap
    if ticks is None or uptime is None or not 0 < ticks <= uptime:
        return None
    return read_wall_s - (uptime - ticks) / 100


def _earliest(before: InterfaceStatus, row: int) -> float:
    """The row was otherwise until then."""
    if not before.last_oper or before.last_oper[row] is None:
        return -math.inf
    was_read = before.oper and before.oper[row] is not None
    known_s = before.read_wall_s if was_read else before.changed_wall_s[row] if before.changed_wall_s else None
    return -math.inf if known_s is None else known_s - SLACK_S


def _number(cells: Sequence[Value], row: int) -> int | None:
    value = cells[row] if cells else None
    return value if isinstance(value, int) else None

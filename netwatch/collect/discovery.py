"""Which rows a device has: the discovery columns walked, one TableReading per table.

A column that broke off makes its table partial: rows may be missing, so nobody may take an absent one for gone. Each
table succeeds or fails by itself. A table that was not walked because of another one's rows has no reading; one that
was not walked because the agent had fallen silent has one without rows, and the reason.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import nan
from types import MappingProxyType

from netwatch.collect.together import REFUSED as REFUSED_TOGETHER
from netwatch.collect.together import TOGETHER, Group, groups, name_of, walked_before
from netwatch.collect.vlans import (
    ANSWERED,
    ONE_VLANS_MACS,
    PORTS,
    REFUSED,
    VLANS_ALONE,
    Gathered,
    joined,
    vlans_to_ask,
    within,
)
from netwatch.collect.walked import Found, Walked
from netwatch.core.errors import Reason
from netwatch.core.model import Lane
from netwatch.core.nothing import NOBODY
from netwatch.core.plan import Column, Plan, Table
from netwatch.snmp.course import Course, FlawKind
from netwatch.snmp.port import CommandGenerator
from netwatch.snmp.target import Target
from netwatch.snmp.walk import VARBINDS_PER_REPLY, WalkReply, walk

FLAWS: Mapping[FlawKind, Reason] = MappingProxyType(
    {
        FlawKind.NOT_INCREASING: Reason.LOOP,
        FlawKind.TRUNCATED: Reason.TRUNCATED,
        FlawKind.EMPTY: Reason.LOOP,
        FlawKind.MALFORMED: Reason.MALFORMED,
        FlawKind.TIMEOUT: Reason.TIMEOUT,
        FlawKind.TOO_BIG: Reason.TOO_BIG,
        FlawKind.ERROR_STATUS: Reason.AGENT_ERROR,
        FlawKind.SEND_FAILED: Reason.UNREACHABLE,
        FlawKind.DEADLINE: Reason.DEADLINE,
    }
)

EMPTY = ""  # among the courses: of the one request that asks which tables have rows
OF_THE_ROWS = frozenset({Reason.TRUNCATED, Reason.DEADLINE})  # there are more of them, not an agent that is overtaxed
SILENCES_TO_GIVE_UP = 2  # tables in a row; a large table may silence an agent that answers for the next one


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a discovery may take: all of it, and what comes after the first table together.

    The first table is the one that everything else is read against. The others must not keep the device from being
    asked for its status: they share a budget. None: they are left out.
    """

    until_s: float  # monotonic
    others_s: float | None
    room: int = VARBINDS_PER_REPLY  # how many values one reply may hold, as far as is known
    late: frozenset[str] = frozenset()  # tables that took all patience the last time: they come last


async def read_tables(  # noqa: PLR0913 - limits have names
    mux: CommandGenerator,
    target: Target,
    plan: Plan,
    *,
    max_rows: int,
    patience: Patience,
    courses: dict[str, Course],
) -> Walked:
    """Walk the discovery columns of every table of the plan. Raises nothing of the network's.

    `courses`: how the walks of this agent went the last time, by table; they are held against those, and replaced.
    """
    walking = _Walking(mux, target, max_rows=max_rows, room=patience.room, courses=courses)
    first, others = plan.tables[:1], plan.tables[1:]
    for table in first:
        await walking.read(table, deadline_s=patience.until_s)
    if patience.others_s is None or not others:
        return Walked(walking.found)
    late = [table for table in others if not patience.late.isdisjoint((table.name, table.unless, table.along))]
    prompt = [table for table in others if table not in late] if late else others
    await walking.find_empty(prompt)
    deadline_s = min(patience.until_s, time.monotonic() + patience.others_s)
    await walking.read_together(prompt, deadline_s=deadline_s)
    for table in (*prompt, *late):
        if _is_called_for(table, walking.found) and not walking.take_known(table):
            await walking.read(table, deadline_s=deadline_s)
    walking.judge_groups()
    await walking.read_vlans(plan, deadline_s=deadline_s)
    return Walked(walking.found)


class _Walking:
    """One discovery in progress."""

    def __init__(
        self, mux: CommandGenerator, target: Target, *, max_rows: int, room: int, courses: dict[str, Course]
    ) -> None:
        self.found: dict[str, Found] = {}
        self._together: dict[str, Found] = {}
        self._spoilt: list[Group] = []  # walked together, to no good end
        self._courses = courses
        self._before = walked_before(courses)
        self._mux = mux
        self._target = target
        self._max_rows = max_rows
        self._room = room
        self._empty: frozenset[str] = frozenset()
        self._silences = 0  # tables in a row

    async def find_empty(self, tables: Sequence[Table]) -> None:
        """Learn by one request for all of which tables the agent has no row. Silence shows nothing."""
        asked, names = _asked_after(tuple(filter(self._may_follow, tables)))
        deadline_s = time.monotonic() + self._target.timeout_s
        reply = await walk(
            self._mux,
            self._target,
            list(asked),
            max_rows=0,
            max_repetitions=1,
            before=self._courses.get(EMPTY),
            deadline_s=deadline_s,
        )
        self._keep(EMPTY, reply)
        there = frozenset[str]().union(*(asked[flaw.column] for flaw in reply.flaws))
        self._empty = names - there
        for name in self._empty:
            self._courses.pop(name, None)

    def _may_follow(self, table: Table) -> bool:
        """Whether a table is worth asking after before the one it goes along with is known: if that had rows before."""
        return table.along is None or table.along in self._before

    async def read_together(self, tables: Sequence[Table], *, deadline_s: float) -> None:
        """Walk in groups what was brought by one request each the last time. What goes amiss is left for `read`."""
        there = [table for table in tables if table.name not in self._empty and self._may_follow(table)]
        for group in groups(there, self._courses, room=self._room):
            name = name_of(group)
            columns = [column for table in group for column in table.walked]
            most = min(table.max_rows or self._max_rows for table in group)
            joint = await self._walk(name, columns, most, deadline_s)
            if joint.reason is None and name in self._courses:
                for table in group:
                    self._together[table.name] = Found(columns=table.walked, reply=joint.reply, at_s=joint.at_s)
                    self._courses.pop(table.name, None)
            else:
                self._courses.pop(name, None)
                if joint.reason not in OF_THE_ROWS:
                    self._spoilt.append(group)

    def judge_groups(self) -> None:
        """Ask no more for several tables at once where each by itself was answered."""
        if any(self._is_whole(table) for group in self._spoilt for table in group):
            self._courses[TOGETHER] = REFUSED_TOGETHER

    def _is_whole(self, table: Table) -> bool:
        found = self.found.get(table.name)
        return found is not None and found.reply is not None and found.reason is None

    def take_known(self, table: Table) -> bool:
        """Take for found what was walked together with others, or is known to be of no use; whether it is either."""
        name = table.name
        if name in self._empty:
            self.found[name] = _without_rows(table)
        elif name in self._together:
            self.found[name] = self._together[name]
        elif self._silences == SILENCES_TO_GIVE_UP:
            self.found[name] = Found(columns=table.walked, at_s=nan, reason=Reason.TIMEOUT)
        else:
            return False
        return True

    async def read(self, table: Table, *, deadline_s: float) -> None:
        """Walk one table."""
        found = self.found[table.name] = await self._walk(table.name, table.walked, table.max_rows, deadline_s)
        assert found.reply is not None
        self._room = found.reply.room  # what silenced the agent once is not asked again
        self._silences = self._silences + 1 if found.reason is Reason.TIMEOUT and found.is_empty else 0

    async def _walk(self, name: str, columns: Sequence[Column], max_rows: int | None, deadline_s: float) -> Found:
        started_s = time.monotonic()
        reply = await walk(
            self._mux,
            self._target,
            [column.oid for column in columns],
            max_rows=max_rows or self._max_rows,
            room=self._room,
            before=self._courses.get(name),
            loose=[column.oid for column in columns if column.lane is not Lane.DISCOVERY],
            deadline_s=deadline_s,
        )
        self._keep(name, reply)
        reason = FLAWS[reply.flaws[0].kind] if reply.flaws else None
        return Found(columns=columns, reply=reply, at_s=(started_s + time.monotonic()) / 2, reason=reason)

    async def read_vlans(self, plan: Plan, *, deadline_s: float) -> None:
        """Ask for the stations of each VLAN by itself, where the agent shows them no other way."""
        vlans = vlans_to_ask(self.found)
        if not vlans or self._courses.get(VLANS_ALONE) == REFUSED or self._silences == SILENCES_TO_GIVE_UP:
            return
        tables = [table for table in plan.tables if table.name in (ONE_VLANS_MACS, PORTS)]
        gathered: list[Gathered] = []
        for vlan in vlans:
            replies = {one.name: await self._walk_vlan(one, vlan, deadline_s) for one in tables}
            flaws = [flaw for reply in replies.values() for flaw in reply.flaws]
            if flaws and not gathered and VLANS_ALONE not in self._courses:
                self._courses[VLANS_ALONE] = REFUSED  # asked again and again it would tell of intruders
                return
            gathered.append(Gathered(vlan, replies[ONE_VLANS_MACS], replies[PORTS]))
            self._courses.setdefault(VLANS_ALONE, ANSWERED)
            if flaws:
                break
        reason = FLAWS[flaws[0].kind] if flaws else None
        self.found |= dict(joined(plan, self.found, gathered, at_s=time.monotonic(), reason=reason))

    async def _walk_vlan(self, table: Table, vlan: int, deadline_s: float) -> WalkReply:
        key = f"{table.name} {vlan}"
        reply = await walk(
            self._mux,
            within(self._target, vlan),
            [column.oid for column in table.walked],
            max_rows=table.max_rows or self._max_rows,
            room=self._room,
            before=self._courses.get(key),
            deadline_s=deadline_s,
        )
        self._keep(key, reply)
        return reply

    def _keep(self, name: str, reply: WalkReply) -> None:
        if reply.course is not None:
            self._courses[name] = reply.course
        else:
            self._courses.pop(name, None)


@lru_cache(maxsize=1024)
def _without_rows(table: Table) -> Found:
    """Nobody has asked for more, for another request told that there are none."""
    return Found(columns=table.walked, at_s=nan)


@lru_cache(maxsize=1024)
def _asked_after(tables: tuple[Table, ...]) -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """OID of a column that shows that there are rows -> the tables it shows it of: two may go by the same setting.

    And the names of all of them.
    """
    asked: dict[str, set[str]] = {}
    for table in tables:
        for column in _signs(table):
            asked.setdefault(column.oid, set()).add(table.name)
    return {oid: frozenset(names) for oid, names in asked.items()}, frozenset().union(*asked.values())


def _signs(table: Table) -> Sequence[Column]:
    """The columns of which any shows that a table has rows. Of the standard tables every agent has the first.

    Not so of those that explain another one: there are agents without lldpLocPortIdSubtype.
    """
    return table.walked if table.is_measured or table.along is not None else table.walked[:1]


def took_patience(found: Mapping[str, Found]) -> frozenset[str]:
    """The tables that met silence, and the one that was being walked when patience ended; `found` in their order."""
    silent = {name for name, one in found.items() if one.reason is Reason.TIMEOUT}
    ended = next((name for name, one in found.items() if one.reason is Reason.DEADLINE), None)
    return frozenset(silent | ({ended} if ended is not None else set())) or NOBODY


def _is_called_for(table: Table, found: Mapping[str, Found]) -> bool:
    """Whether what was found in the tables above asks for this one. One that failed says nothing of its rows."""
    if table.along is not None:
        other = found.get(table.along)
        return other is not None and not other.is_empty
    other = found.get(table.unless) if table.unless is not None else None
    return other is None or (other.is_empty and other.reason is None)

"""Which tables are walked together: those that a single request each has brought the last time.

A request costs us and the agent as much as eighty values do, and most tables of a cabinet's switch are small. In: how
the last walks went. Out: groups whose rows fit one reply. A first discovery walks each table by itself, since nobody
knows how long it is; and so does the next one where the agent took a group amiss.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from operator import itemgetter

from netwatch.core.plan import Table
from netwatch.snmp.course import Course, mark
from netwatch.snmp.message import PduType

AND = "+"  # between the names of a group's tables, among the courses
TOGETHER = "together"  # among the courses: that the agent answers for each table, and not for a group
REFUSED = mark("refused")
MOST_OVERSHOOT = 32  # variables behind the end of a shorter table, which cost less than another request

Group = tuple[Table, ...]


@lru_cache(maxsize=8192)
def name_of(group: Group) -> str:
    """Under which the course of a group is kept."""
    return AND.join(table.name for table in group)


def walked_before(courses: Collection[str]) -> frozenset[str]:
    """The tables that the last walks have reached, alone or together."""
    return frozenset(name for key in courses for name in key.split(AND))


def groups(tables: Sequence[Table], courses: dict[str, Course], *, room: int) -> list[Group]:
    """The groups among these tables; `courses` loses those of groups that are none any more.

    `room`: how many variables one reply may hold. What goes together stays so, and others come to it where they fit.
    """
    if courses.get(TOGETHER) == REFUSED:
        return []
    there = {table.name: table for table in tables}
    old = {key: tuple(map(there.get, key.split(AND))) for key in courses if AND in key}
    units = [unit for unit in old.values() if None not in unit]
    grouped = {table for unit in units for table in unit}
    units += [(table,) for table in tables if table not in grouped and _rows(courses.get(table.name))]
    found = _merged(tuple(units), tuple(_rows(courses.get(name_of(unit))) for unit in units), room)
    for key in old.keys() - set(map(name_of, found)):
        del courses[key]
    return found


@lru_cache(maxsize=8192)
def _merged(units: Sequence[Group], rows: Sequence[int], room: int) -> list[Group]:
    """Tables, or groups of them, of nearly equal length, the longest first, as long as they fit; no single ones.

    Kept, for thousands of devices are walked alike.
    """
    waiting = sorted(zip(rows, units, strict=True), key=itemgetter(0), reverse=True)
    found = []
    while waiting:
        (longest, group), *waiting = waiting
        left, width, overshoot = list[tuple[int, Group]](), _width(group), 0
        for length, unit in waiting:
            columns = _width(unit)
            over = overshoot + columns * (longest - length)
            is_like = 0 < longest <= 2 * length and over <= MOST_OVERSHOOT
            if is_like and (width + columns) * longest <= room:
                group += unit
                width, overshoot = width + columns, over
            else:
                left.append((length, unit))
        waiting = left
        found.append(group)
    return [group for group in found if len(group) > 1]


def _width(group: Group) -> int:
    """How many columns are walked."""
    return sum(len(table.walked) for table in group)


def _rows(course: Course | None) -> int:
    """How many rows one request has to ask for; 0 where it is not one, or where it brings none."""
    if course is None or course.is_empty or course.route.flaws or len(course.route.questions) != 1:
        return 0
    return course.route.questions[0].max_repetitions if course.route.questions[0].pdu_type is PduType.GET_BULK else 0

"""Which tables are walked together: those that a single request each has brought the last time.

A request costs us and the agent as much as eighty values do, and most tables of a cabinet's switch are small. In: how
the last walks went. Out: groups whose rows fit one reply. A first discovery walks each table by itself, since nobody
knows how long it is; and so does the next one where the agent took a group amiss.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from sys import intern

from netwatch.core.plan import Table
from netwatch.snmp.course import Course, mark
from netwatch.snmp.message import PduType

AND = "+"  # between the names of a group's tables, among the courses
TOGETHER = "together"  # among the courses: that the agent answers for each table, and not for a group
REFUSED = mark("refused")
MOST_OVERSHOOT = 32  # variables behind the end of a shorter table, which cost less than another request

Group = Sequence[Table]


def name_of(group: Group) -> str:
    """Under which the course of a group is kept."""
    return intern(AND.join(table.name for table in group))


def walked_before(courses: Collection[str]) -> frozenset[str]:
    """The tables that the last walks have reached, alone or together."""
    return frozenset(name for key in courses for name in key.split(AND))


def groups(tables: Sequence[Table], courses: dict[str, Course], *, room: int) -> list[Group]:
    """The groups among these tables, old ones first; `courses` loses those of which a table is missing now.

    `room`: how many variables one reply may hold.
    """
    if courses.get(TOGETHER) == REFUSED:
        return []
    old = [key for key in courses if AND in key]
    there = {table.name: table for table in tables}
    for key in old:
        if not there.keys() >= set(key.split(AND)):
            del courses[key]
    kept = [[there[name] for name in key.split(AND)] for key in old if key in courses]
    return [*kept, *_new_groups(tables, courses, room)]


def _new_groups(tables: Sequence[Table], courses: Mapping[str, Course], room: int) -> Iterator[Group]:
    """Tables of nearly equal length, the longest first, as long as they fit."""
    rows = {table.name: _rows(courses.get(table.name)) for table in tables}
    waiting = sorted((table for table in tables if rows[table.name]), key=lambda table: -rows[table.name])
    while waiting:
        longest = rows[waiting[0].name]
        group, left, width, overshoot = list[Table](), list[Table](), 0, 0
        for table in waiting:
            columns = len(table.walked)
            over = overshoot + columns * (longest - rows[table.name])
            is_like = 2 * rows[table.name] >= longest and over <= MOST_OVERSHOOT
            if is_like and (width + columns) * longest <= room:
                group.append(table)
                width, overshoot = width + columns, over
            else:
                left.append(table)
        waiting = left if group else left[1:]
        if len(group) > 1:
            yield group


def _rows(course: Course | None) -> int:
    """How many rows one request has to ask for; 0 where it is not one, or where it brings none."""
    if course is None or course.is_empty or course.route.flaws or len(course.route.questions) != 1:
        return 0
    return course.route.questions[0].max_repetitions if course.route.questions[0].pdu_type is PduType.GET_BULK else 0

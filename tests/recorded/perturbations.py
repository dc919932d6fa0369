"""What may be wrong with an agent, as changes of its recording's lines. Each is made for the plan it is asked by."""

from collections.abc import Callable, Iterable, Mapping

from netwatch.core.model import Lane
from netwatch.core.plan import Plan, Syntax
from tests.recorded.serving import Change

IF_INDEX, SHIFT = "ifIndex", 5000
IF_TABLES = ("1.3.6.1.2.1.2.2.1.", "1.3.6.1.2.1.31.1.1.1.", "1.3.6.1.2.1.10.7.2.1.")
BRIDGE_PORT_IF_INDEX, ENTITY_ALIAS = "1.3.6.1.2.1.17.1.4.1.2.", "1.3.6.1.2.1.47.1.3.2.1.2."
POINTER = "1.3.6.1.2.1.2.2.1.1."
LARGEST = str(2**31 - 1)


def rows_missing(plan: Plan) -> Change:
    """Every third row of every measured table is not there."""
    objects = tuple(f"{oid}." for oid in measured(plan))

    def change(line: str) -> str | None:
        oid = line.partition("|")[0]
        return None if oid.startswith(objects) and int(oid.rpartition(".")[2]) % 3 == 0 else line

    return change


def truncated(plan: Plan) -> Change:
    """The last column of every measured table ends after its second row."""
    objects = tuple(f"{table.columns[-1].oid}." for table in plan.tables if table.is_measured and table.index)
    seen: dict[str, int] = {}

    def change(line: str) -> str | None:
        oid = line.partition("|")[0]
        under = next((one for one in objects if oid.startswith(one)), None)
        if under is None:
            return line
        seen[under] = seen.get(under, 0) + 1
        return line if seen[under] <= 2 else None

    return change


def at_sentinels(plan: Plan) -> Change:
    """Every number that the health lane reads is the largest there is."""
    objects = tuple(
        f"{column.oid}."
        for table in plan.tables
        if table.is_measured
        for column in table.of(Lane.HEALTH)
        if column.syntax is Syntax.INTEGER
    )

    def change(line: str) -> str:
        oid, tag, _ = line.split("|", 2)
        return f"{oid}|{tag}|{LARGEST}" if oid.startswith(objects) and tag == "2" else line

    return change


def renumbered(plan: Plan) -> Change:
    """Every ifIndex is another, wherever the plan's tables speak of one."""
    placed = {
        f"{column.oid}.": table.index.index(IF_INDEX)
        for table in plan.tables
        if IF_INDEX in table.index
        for column in table.columns
    }
    placed |= dict.fromkeys(IF_TABLES, -1)

    def change(line: str) -> str:
        oid, tag, value = line.split("|", 2)
        if oid.startswith((BRIDGE_PORT_IF_INDEX, *(POINTER,))):
            value = str(int(value) + SHIFT)
        if oid.startswith(ENTITY_ALIAS) and value.startswith(POINTER):
            value = _shifted(value, len(POINTER.split(".")) - 1)
        under = next((one for one in placed if oid.startswith(one)), None)
        if under is not None:
            at = -1 if under in IF_TABLES else len(under.split(".")) - 1 + placed[under]
            oid = _shifted(oid, at)
        return f"{oid}|{tag}|{value}"

    return change


def _shifted(oid: str, at: int) -> str:
    arcs = oid.split(".")
    arcs[at] = str(int(arcs[at]) + SHIFT)
    return ".".join(arcs)


def measured(plan: Plan) -> Iterable[str]:
    """The columns of the tables that are measured, those of scalars left out."""
    return tuple(column.oid for table in plan.tables if table.is_measured and table.index for column in table.columns)


KINDS: Mapping[str, Callable[[Plan], Change]] = {
    "rows missing": rows_missing,
    "truncated": truncated,
    "at sentinels": at_sentinels,
    "renumbered": renumbered,
}

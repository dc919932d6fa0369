"""The annexes of a pack -> what ports carried, and what held where its rows begin: each held against its row.

In: an opened pack. Out: as `usage_read.read_usage` gives it, from a store of its own that has those rows alone.
"""

import contextlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import apsw

from netwatch.audit.prune_rows import ROWS as PRUNED
from netwatch.audit.prune_rows import Base, carried_states
from netwatch.audit.report import pack
from netwatch.audit.report.source import read_link_usage
from netwatch.audit.usage_read import PortUsage
from netwatch.audit.usage_rows import LIGHT, PORTS, TRAFFIC
from netwatch.core.audit.ledger_row import decode
from netwatch.core.audit.report.question import Question
from netwatch.core.errors import StoreError
from netwatch.core.model import Inventory

LARGEST_ANNEX = 64 << 20  # bytes
_KNOWN = (PORTS, TRAFFIC, LIGHT, PRUNED)
_TABLES = """
CREATE TABLE ledger (seq INTEGER PRIMARY KEY, row TEXT NOT NULL);
CREATE TABLE annex (seq INTEGER PRIMARY KEY, kind TEXT, from_wall_s REAL, until_wall_s REAL, content BLOB);
"""


def packed_usage(
    opened: zipfile.ZipFile, base: Base, inventory: Inventory, question: Question
) -> Mapping[str, PortUsage]:
    """StoreError: an annex is not what its row tells, or has no row."""
    with _annexes(opened, base, (PORTS, TRAFFIC, LIGHT)) as connection:
        return read_link_usage(connection, inventory, question)


def packed_states(opened: zipfile.ZipFile, base: Base) -> Mapping[str, tuple[str, float, Any]]:
    """What held where the rows begin, as `carried_states` gives it. StoreError as above."""
    if not base.size:
        return {}
    with _annexes(opened, base, (PRUNED,)) as connection:
        return carried_states(connection)


@contextlib.contextmanager
def _annexes(opened: zipfile.ZipFile, base: Base, kinds: Sequence[str]) -> Iterator[apsw.Connection]:
    """A store that is gone afterwards, with the annexes of these kinds and the rows they belong to."""
    there = {int(name.removeprefix(pack.ANNEXES)): name for name in opened.namelist() if name.startswith(pack.ANNEXES)}
    connection = apsw.Connection("")  # what has no room in memory goes to a temporary file
    try:
        connection.pragma("journal_mode", "off")
        connection.execute(_TABLES)
        with connection, opened.open(pack.ROWS) as rows:
            for number, raw in enumerate(rows if there else (), base.size + 1):
                if number in there:
                    _keep(connection, raw, _content(opened, there[number]), kinds)
        yield connection
    except apsw.Error as error:
        raise StoreError(f"the annexes do not fit the rows: {error}") from error
    finally:
        connection.close()


def _keep(connection: apsw.Connection, raw: bytes, content: bytes, kinds: Sequence[str]) -> None:
    row = decode(raw)
    if row.kind in _KNOWN and row.kind not in kinds:
        return
    if row.kind not in kinds:
        raise StoreError(f"row {row.seq} has no annex, and the pack has one for it")
    span = (float(row.detail.get("from", row.at_wall_s)), float(row.detail.get("until", row.at_wall_s)))
    connection.execute("INSERT INTO ledger VALUES (?,?)", (row.seq, raw.decode().rstrip("\n")))
    connection.execute("INSERT INTO annex VALUES (?,?,?,?,?)", (row.seq, row.kind, *span, content))


def _content(opened: zipfile.ZipFile, name: str) -> bytes:
    with opened.open(name) as file:
        content = file.read(LARGEST_ANNEX + 1)
    if len(content) > LARGEST_ANNEX:
        raise StoreError(f"{name} is larger than any pack needs")
    return content

"""What ports carried -> rows of the ledger, whose annexes hold the columns; see `core.audit.usage_code` for them.

`usage.ports` has the names, one a line, zlib over UTF-8; `usage.traffic` and `usage.light` have a cell for each of
them; `usage_read` reads them back.
"""

import zlib
from dataclasses import dataclass

import apsw

from netwatch.audit.annex import digest, read_annex, write_annexed

PORTS, TRAFFIC, LIGHT = "usage.ports", "usage.traffic", "usage.light"
TOLD_AGAIN_S = 30 * 86_400.0  # the row with the names must not be pruned before those that point to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One row to be written: TRAFFIC or LIGHT, of which ports, and its annex."""

    kind: str
    from_s: int
    until_s: int
    names: tuple[str, ...]
    content: bytes


def write_block(connection: apsw.Connection, block: Block, now_wall_s: float) -> None:
    """With a row for the names before it, where they are others than those told last, or were told long ago."""
    names = zlib.compress("\n".join(block.names).encode())
    last = connection.execute("SELECT max(seq) FROM annex WHERE kind = ?", (PORTS,)).get
    known = None if last is None else read_annex(connection, int(str(last)))
    if known is None or known.detail["annex"] != digest(names) or now_wall_s - known.from_wall_s > TOLD_AGAIN_S:
        ports = write_annexed(connection, PORTS, {"count": len(block.names)}, names, now_wall_s)
    else:
        ports = known.seq
    detail = {"from": block.from_s, "until": block.until_s, "ports": ports}
    write_annexed(connection, block.kind, detail, block.content, now_wall_s)

"""What ports carried <-> rows of the ledger, whose annexes hold the columns; see `core.audit.usage_code` for them.

`usage.ports` has the names, one a line, zlib over UTF-8; `usage.traffic` and `usage.light` have a cell for each of
them. Five minutes may be told in several rows, where netwatch was restarted within them: such cells add up.
"""

import zlib
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import apsw

from netwatch.audit.annex import Annex, digest, read_annex, read_annexes, write_annexed
from netwatch.core.audit.usage import Way, joined
from netwatch.core.audit.usage_code import unpack
from netwatch.core.audit.usage_count import COLUMNS, LIGHT_COLUMNS, WAYS
from netwatch.core.audit.usage_light import Light
from netwatch.core.errors import StoreError

PORTS, TRAFFIC, LIGHT = "usage.ports", "usage.traffic", "usage.light"
TOLD_AGAIN_S = 30 * 86_400.0  # the row with the names must not be pruned before those that point to it
BLOCKS_AT_ONCE = 96  # of five minutes: eight hours
_MOST_NAMES = 64 << 20  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One row to be written: TRAFFIC or LIGHT, of which ports, and its annex."""

    kind: str
    from_s: int
    until_s: int
    names: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PortUsage:
    """What is on record of one port in a time."""

    received: Way
    sent: Way
    light: Light


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


def read_usage(
    connection: apsw.Connection,
    ports: Collection[str],
    span_wall_s: tuple[float, float],
    *,
    kinds: Collection[str] = (TRAFFIC, LIGHT),
) -> Mapping[str, PortUsage]:
    """Port (`acc-17 Gi1/0/3`) -> its columns; of those never on record in that time, none. StoreError: changed."""
    wanted = {f"{way}_{name}" for way in WAYS for name in COLUMNS}
    traffic = _columns(connection, (TRAFFIC, *span_wall_s), ports, wanted) if TRAFFIC in kinds else {}
    light = _columns(connection, (LIGHT, *span_wall_s), ports, set(LIGHT_COLUMNS)) if LIGHT in kinds else {}
    empty: _Columns = ([], {})
    return {
        port: PortUsage(
            received=_way(traffic.get(port, empty), "in"),
            sent=_way(traffic.get(port, empty), "out"),
            light=_light(light.get(port, empty)),
        )
        for port in sorted(traffic.keys() | light.keys())
    }


_Columns = tuple[list[int], dict[str, "array[int]"]]  # beginnings, and cells by column


def _columns(
    connection: apsw.Connection, span: tuple[str, float, float], ports: Collection[str], wanted: Collection[str]
) -> dict[str, _Columns]:
    """The cells of each port. Of many blocks at once, for a slice takes a port's cells of all of them in one go."""
    found: dict[str, _Columns] = {}
    names: dict[int, list[str]] = {}  # row of names -> them
    for (row, _), group in groupby(enumerate(read_annexes(connection, *span)), _batch):
        if row not in names:
            names[row] = _names(connection, row)
        places = [(name, place) for place, name in enumerate(names[row]) if name in ports]
        for name, _ in places:
            if name not in found:
                found[name] = [], {column: array("H") for column in wanted}
        _take([annex for _, annex in group], places, found, width=len(names[row]))
    return found


def _batch(numbered: tuple[int, Annex]) -> tuple[int, int]:
    number, annex = numbered
    return int(annex.detail["ports"]), number // BLOCKS_AT_ONCE


def _take(
    annexes: Sequence[Annex], places: Sequence[tuple[str, int]], found: Mapping[str, _Columns], *, width: int
) -> None:
    begins = [int(annex.from_wall_s) for annex in annexes]
    for name, _ in places:
        found[name][0].extend(begins)
    wanted = found[places[0][0]][1].keys() if places else ()
    every: dict[str, array[int]] = {column: array("H") for column in wanted}
    for annex in annexes if places else ():
        try:
            cells = unpack(annex.content, wanted)
            if any(len(cells[column]) != width for column in wanted):
                raise ValueError("a column has not a cell for each port")  # noqa: TRY301 - told like any other
        except (ValueError, KeyError) as error:
            raise StoreError(
                f"the usage that row {annex.seq} of the ledger tells of cannot be read: {error}"
            ) from error
        for column in wanted:
            every[column].extend(cells[column])
    for name, place in places:
        for column in wanted:
            found[name][1][column].extend(every[column][place::width])


def _names(connection: apsw.Connection, seq: int) -> list[str]:
    annex = read_annex(connection, seq)
    if annex is None:
        raise StoreError(f"row {seq} of the ledger, which names the ports of what follows, has lost its names")
    unpacked = zlib.decompressobj().decompress(annex.content, _MOST_NAMES)
    return unpacked.decode().split("\n")


def _way(columns: _Columns, way: str) -> Way:
    begins, cells = columns
    return joined(Way(from_s=begins, **{name: cells.get(f"{way}_{name}", ()) for name in COLUMNS}))


def _light(columns: _Columns) -> Light:
    begins, cells = columns
    return Light(from_s=begins, **{name: cells.get(name, ()) for name in LIGHT_COLUMNS})

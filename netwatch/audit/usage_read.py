"""Rows of the ledger about usage -> what each port carried in a time, in columns.

In: annexes as `usage_rows` wrote them. Out: by port, a cell for each five minutes, and for each hour of light. Five
minutes may be told in several rows, where netwatch was restarted within them: such cells add up.
"""

import zlib
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, NamedTuple

import apsw
import numpy as np
from numpy.typing import NDArray

from netwatch.audit.annex import KEY, Annex, read_annex, read_annexes
from netwatch.audit.usage_rows import LIGHT, TRAFFIC
from netwatch.core.audit.usage import Way, joined, values
from netwatch.core.audit.usage_code import unpack
from netwatch.core.audit.usage_count import COLUMNS, LIGHT_COLUMNS, WAYS
from netwatch.core.audit.usage_light import Light
from netwatch.core.errors import StoreError

AT_ONCE = 64  # annexes: five hours
_SUMMED, _LARGEST = ("_packets", "_errors"), "_peak"
_MOST_NAMES = 64 << 20  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class PortUsage:
    """What is on record of one port in a time."""

    received: Way
    sent: Way
    light: Light


class _Stretch(NamedTuple):
    """Rows of one time after the other that are about the same ports."""

    from_s: NDArray[np.int64]
    lines: Mapping[str, int]  # port -> its line in each of the columns
    cells: Mapping[str, NDArray[np.uint16]]  # column -> a line for each port, with a cell for each row
    sums: Mapping[str, NDArray[np.float64]]  # of columns of which no more is wanted, by line
    peaks: Mapping[str, NDArray[np.uint16]]  # likewise, the largest code


def read_usage(
    connection: apsw.Connection,
    ports: Collection[str],
    span_wall_s: tuple[float, float],
    *,
    kinds: Collection[str] = (TRAFFIC, LIGHT),
) -> Mapping[str, PortUsage]:
    """Port (`acc-17 Gi1/0/3`) -> its columns; of those never on record in that time, none. StoreError: changed."""
    wanted = [f"{way}_{name}" for way in WAYS for name in COLUMNS]
    traffic = list(_stretches(connection, (TRAFFIC, *span_wall_s), ports, wanted)) if TRAFFIC in kinds else []
    light = list(_stretches(connection, (LIGHT, *span_wall_s), ports, LIGHT_COLUMNS)) if LIGHT in kinds else []
    return {
        port: PortUsage(
            received=_way(traffic, port, "in"),
            sent=_way(traffic, port, "out"),
            light=Light(**_columns(light, port, {name: name for name in LIGHT_COLUMNS})),
        )
        for port in sorted({name for one in (*traffic, *light) for name in one.lines})
    }


def _stretches(
    connection: apsw.Connection, span: tuple[str, float, float], ports: Collection[str], wanted: Sequence[str]
) -> Iterator[_Stretch]:
    names: dict[str, Sequence[str]] = {}  # by their digest: they are told again each month, mostly the same
    digests: dict[int, str] = {}  # by their row

    def whose(annex: Annex) -> str:
        row = int(annex.detail["ports"])
        if row not in digests:
            told = _names(connection, row)
            digests[row] = told.detail[KEY]
            names[digests[row]] = zlib.decompressobj().decompress(told.content, _MOST_NAMES).decode().split("\n")
        return digests[row]

    query = "SELECT count(*) FROM annex WHERE kind = ? AND from_wall_s >= ? AND from_wall_s < ?"
    left = int(str(connection.execute(query, span).get))
    for digest, annexes in groupby(read_annexes(connection, *span), whose):
        places = {name: place for place, name in enumerate(names[digest]) if name in ports}
        if places:
            yield (stretch := _stretch(annexes, places, wanted, left))
            left -= len(stretch.from_s)


def _stretch(annexes: Iterator[Annex], places: Mapping[str, int], wanted: Sequence[str], room: int) -> _Stretch:
    """Of no more than `room` annexes. They are put into columns some at a time, for cells of one port lie far apart."""
    there, most = list(places.values()), max(places.values()) + 1
    chosen = slice(None) if len(there) == most else np.array(there)  # of the first cells mostly all
    from_s: list[int] = []
    sums = {column: np.zeros(len(places)) for column in wanted if column.endswith(_SUMMED)}
    peaks = {column: np.zeros(len(places), dtype=np.uint16) for column in wanted if column.endswith(_LARGEST)}
    kept = [column for column in wanted if column not in sums and column not in peaks]
    cells = {column: np.empty((len(places), room), dtype=np.uint16) for column in kept}
    for some in iter(lambda: list(islice(annexes, AT_ONCE)), []):
        begin, end = len(from_s), len(from_s) + len(some)
        unpacked = [_unpacked(annex, wanted, most) for annex in some]
        for column in wanted:
            joined_up = b"".join([one[column] for one in unpacked])
            read = np.frombuffer(joined_up, dtype=np.uint16).reshape(-1, most)[:, chosen]
            if column in cells:
                cells[column][:, begin:end] = read.T
            elif column in peaks:
                np.maximum(peaks[column], read.max(axis=0), out=peaks[column])
            elif read.any():  # mostly there are no errors
                sums[column] += values()[read].sum(axis=0)
        from_s += [int(annex.from_wall_s) for annex in some]
    return _Stretch(
        from_s=np.array(from_s),
        lines={name: line for line, name in enumerate(places)},
        cells={column: lines[:, : len(from_s)] for column, lines in cells.items()},
        sums=sums,
        peaks=peaks,
    )


def _unpacked(annex: Annex, wanted: Sequence[str], most: int) -> "Mapping[str, array[int]]":
    try:
        cells = unpack(annex.content, wanted, most=most)
        if any(len(cells[column]) != most for column in wanted):
            raise ValueError("a column has not a cell for each port")  # noqa: TRY301 - told like any other
    except (ValueError, KeyError) as error:
        raise StoreError(f"the usage that row {annex.seq} of the ledger tells of cannot be read: {error}") from error
    return cells


def _way(stretches: Sequence[_Stretch], port: str, way: str) -> Way:
    there = [(one, one.lines[port]) for one in stretches if port in one.lines]
    found = Way(
        **_columns(stretches, port, {name: f"{way}_{name}" for name in ("seen_s", "bytes")}),
        peak=max((int(one.peaks[f"{way}_peak"][line]) for one, line in there), default=0),
        packets=sum(float(one.sums[f"{way}_packets"][line]) for one, line in there),
        errors=sum(float(one.sums[f"{way}_errors"][line]) for one, line in there),
    )
    return joined(found)


def _columns(stretches: Sequence[_Stretch], port: str, wanted: Mapping[str, str]) -> dict[str, Any]:
    """`from_s` and the columns of that port, each under the name that is wanted."""
    there = [(one, one.lines[port]) for one in stretches if port in one.lines]
    columns = {name: [one.cells[column][line] for one, line in there] for name, column in wanted.items()}
    parts = {"from_s": [one.from_s for one, _ in there], **columns} if there else {}
    return {name: few[0] if len(few) == 1 else np.concatenate(few) for name, few in parts.items()}


def _names(connection: apsw.Connection, seq: int) -> Annex:
    annex = read_annex(connection, seq)
    if annex is None:
        raise StoreError(f"row {seq} of the ledger, which names the ports of what follows, has lost its names")
    return annex

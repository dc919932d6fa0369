"""One poll's counters of one device -> the lines of their families, written out when a page asks for them.

As bytes they are twelve times as long as the numbers they tell: 45 kB for 28 ports, half of all memory in a large
city, and written anew with every poll whether or not somebody scrapes it. So a fold keeps the rows' labels and stamps
as one text and the numbers as they are, and each page fills the one with the others: 2.5 µs a column.
"""

from collections.abc import Mapping, Sequence

from netwatch.core.device.counter_block import CounterBlock
from netwatch.core.metrics import CATALOGUE, Scope
from netwatch.expose.lane_lines import LaneLines
from netwatch.expose.link_fragments import LinkLines
from netwatch.expose.port_states import PortStates
from netwatch.expose.samples import HeadedLines, StampedRows

_CASTS = ("unicast", "multicast", "broadcast")


def _columns(family: str) -> tuple[tuple[str, bytes], ...]:
    """The columns of `InterfaceTraffic.totals` that make up one family, each with the head of its lines."""
    stem = family.removeprefix("netwatch_interface_").removesuffix("_total")
    direction, _, what = stem.partition("_")
    if what != "packets":
        return ((stem, family.encode() + b"{"),)
    return tuple((f"{direction}_{cast}_packets", f'{family}{{cast="{cast}",'.encode()) for cast in _CASTS)


TRAFFIC_FAMILIES = tuple(metric.name for metric in CATALOGUE if metric.scope is Scope.INTERFACE and metric.stamped)
_FAMILIES = {family: _columns(family) for family in TRAFFIC_FAMILIES}


class Totals:
    """Immutable; stands in the place of the fragments of all stamped families. What cannot be told raises here.

    `before_port` are the labels before each port's own, with `%` doubled and a comma behind. ValueError or TypeError
    where a column is not aligned with the rows or holds no numbers.
    """

    __slots__ = ("_before_port", "_columns", "_rows")

    def __init__(self, rows: StampedRows, columns: Mapping[str, Sequence[int | None]], *, before_port: bytes) -> None:
        if not (isinstance(columns, CounterBlock) and columns.rows == rows.count):  # nearly always it is so
            for totals in columns.values():
                rows.insist_on(totals)
        self._rows = rows
        self._columns = columns
        self._before_port = before_port

    def fragment(self, family: str) -> bytes:
        """The lines of one family; none where nothing of it is known."""
        parts = [
            self._rows.column(head + self._before_port, self._columns[column])
            for column, head in _FAMILIES[family]
            if column in self._columns
        ]
        return parts[0] if len(parts) == 1 else b"".join(parts)


Fragment = bytes | HeadedLines | Totals | PortStates | LinkLines | LaneLines
"""What one device, or the city, contributes to a family: its lines, or what they are written from."""

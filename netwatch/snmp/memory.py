"""What is remembered about one agent between reads: sizes that work, layouts of its replies, objects it lacks.

Here a table of wanted values becomes PDUs. A request's values are numbered from 0: scalars first, then row by row.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from netwatch.snmp import batch, ber
from netwatch.snmp.layout import LayoutSlot
from netwatch.snmp.template import Kind, Template, TemplateCache, Value

Item = tuple[str, Kind]  # a dotted OID and what its value must be

MOST_REQUESTS = 48  # of one device: one for each table and lane; more means the caller makes new requests each time

_NONE: frozenset[str] = frozenset()  # of all agents: CPython makes a new one of 216 octets each time

MOST_PDUS = 512  # of one request; more means that errors cut it differently each time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowRequest:
    """What to read. Keep the object from poll to poll: it is known by identity, and its PDUs are remembered by it.

    `head` is asked in every PDU (sysUpTime). All rows have the same number of columns.
    """

    head: tuple[Item, ...]
    scalars: tuple[Item, ...] = ()
    rows: tuple[tuple[Item, ...], ...] = ()
    width: int = field(init=False)  # columns of a row
    size: int = field(init=False)  # values wanted, without the head

    def __post_init__(self) -> None:
        if len({len(row) for row in self.rows}) > 1 or (self.rows and not self.rows[0]):
            raise ValueError("rows of different or no length")
        object.__setattr__(self, "width", len(self.rows[0]) if self.rows else 1)
        object.__setattr__(self, "size", len(self.scalars) + len(self.rows) * self.width)

    def items(self, start: int, stop: int) -> list[Item]:
        """The objects of the values start..stop, which begin and end with a scalar or a whole row."""
        span = self.span(start, stop)
        items = list(self.scalars[span.first_scalar : span.first_scalar + span.scalar_count])
        for row in self.rows[span.first_row : span.first_row + span.row_count]:
            items += row
        return items

    def span(self, start: int, stop: int) -> "Span":
        """Which scalars and rows the values start..stop are."""
        scalars = len(self.scalars)
        row = max(0, start - scalars) // self.width
        return Span(
            min(start, scalars),
            min(stop, scalars) - min(start, scalars),
            row,
            max(0, stop - scalars) // self.width - row,
        )

    def reach(self, start: int, most: int) -> int:
        """Where a PDU of `most` values from `start` ends: whole rows only, and always at least one."""
        scalars = len(self.scalars)
        if start < scalars:
            stop = min(start + most, scalars)
            most -= stop - start
            return stop if stop < scalars else min(self.size, stop + most // self.width * self.width)
        return min(self.size, start + max(1, most // self.width) * self.width)


class Span(NamedTuple):
    """A run of scalars and a run of rows; either may be empty."""

    first_scalar: int
    scalar_count: int
    first_row: int
    row_count: int


class Pdu:
    """One GET of a request: the head and the values start..stop. `absent` are the places of pruned objects."""

    __slots__ = ("absent", "oids", "slot", "span", "start", "stop", "template")

    def __init__(self, start: int, stop: int, span: Span) -> None:
        self.start = start
        self.stop = stop
        self.span = span
        self.template: Template | None = None  # None when every object is pruned
        self.oids: tuple[str, ...] = ()  # those asked
        self.absent: tuple[int, ...] = ()  # ascending
        self.slot = LayoutSlot()

    def complete(self, values: list[Value]) -> list[Value]:
        """The values with None in the places of pruned objects."""
        for place in self.absent:
            values.insert(place, None)
        return values


class AgentMemory:
    """One agent's. `batch` may be restored from disk (`batch.from_dict`); the rest is relearned in one poll.

    `pruned` are objects for which SNMPv1 said noSuchName. Forget them when the agent restarts or is rediscovered.
    """

    def __init__(self, templates: TemplateCache, known: batch.BatchState | None = None) -> None:
        self.batch = known
        self.pruned: frozenset[str] = _NONE
        self._templates = templates
        self._pdus: dict[RowRequest, dict[tuple[int, int, int], Pdu]] = {}

    def batch_for(self, request: RowRequest) -> batch.BatchState:
        """The batch state, begun from this request's OIDs if there is none yet."""
        if self.batch is None:
            items = request.scalars + (request.rows[0] if request.rows else ())
            self.batch = batch.first([len(ber.oid(oid)) for oid, _ in items])
        return self.batch

    def pdu(self, request: RowRequest, start: int, end: int, most: int) -> Pdu:
        """The PDU for the first of the values start..end, `most` of them at most but for a single row, made once."""
        pdus = self._pdus.get(request)
        if pdus is None:
            while len(self._pdus) >= MOST_REQUESTS:
                del self._pdus[next(iter(self._pdus))]
            pdus = self._pdus[request] = {}
        most = min(most, end - start)  # what is asked whole is the same whatever more might be asked
        known = pdus.get((start, end, most))
        if known is None:
            if len(pdus) >= MOST_PDUS:
                pdus.clear()
            known = pdus[start, end, most] = self._compile(request, start, min(end, request.reach(start, most)))
        return known

    def _compile(self, request: RowRequest, start: int, stop: int) -> Pdu:
        items = [*request.head, *request.items(start, stop)]
        pdu = Pdu(start, stop, request.span(start, stop))
        pdu.absent = tuple(place for place, (oid, _) in enumerate(items) if oid in self.pruned)
        asked = [item for item in items if item[0] not in self.pruned]
        if asked:
            pdu.oids = tuple(oid for oid, _ in asked)
            pdu.template = self._templates.template(pdu.oids, tuple(kind for _, kind in asked))
            pdu.oids = pdu.template.oids  # the shared tuple
        return pdu

    def prune(self, oid: str) -> None:
        """Never ask this object again."""
        self.pruned |= {oid}
        self._pdus.clear()

    def forget_pruned(self) -> None:
        """Ask everything again."""
        self.pruned = _NONE
        self._pdus.clear()

    def resized(self) -> None:
        """The batch size has changed: what was cut to the old one is not asked again, what was asked whole is."""
        for pdus in self._pdus.values():
            for key in [(start, end, most) for start, end, most in pdus if start > 0 or most < end]:
                del pdus[key]

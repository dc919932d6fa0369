"""Rows of the ledger, from the first on -> what they tell of each subject, of gaps, faults and maintenance.

In: the bytes of rows, as chained. Out: a History. Rows that no figure depends on (single checks, heartbeats) are told
by their bytes and not decoded: they are most of a ledger.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any, NamedTuple

from netwatch.core.audit.intervals import ms_of
from netwatch.core.audit.ledger_row import EntryType, LedgerRow, decode
from netwatch.core.events import EventKind
from netwatch.core.faults.work import Did
from netwatch.core.model import NOTHING
from netwatch.core.records import replace

FAULT = "fault"
PRUNED_ROWS = "pruned.rows"
UNWATCHED = ""  # a state: watched no more
NO_RECORD_YET, RECORD_ENDS = "no_record_yet", "record_ends"  # causes of gaps, besides `GapCause`
_STATES = frozenset({EventKind.DEVICE_STATE, EventKind.LINK_STATE, EventKind.RING_STATE, EventKind.FIELD_DEVICE_STATE})
_UNSEEN = b'"to":"unknown"'
_STATE, _EVENT = b'"type":"state"}', b'"type":"event"}'
_ALWAYS = tuple(
    f'"type":"{one}"}}'.encode()
    for one in (EntryType.GAP, EntryType.INVENTORY, EntryType.MAINTENANCE, EntryType.CORRECTION, EntryType.PRUNED)
)
_OF_NO_FIGURE = b'"kind":"check.state","recorded":'
_NUMBER, _TEXT = r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)", r'[^"\\\x00-\x1f\ud800-\udfff]*'  # without any escape
# an interval as `ledger_row.encode` writes it: most of what is of use, read so at a quarter of the cost
_INTERVAL = re.compile(
    rf'{{"at":{_NUMBER},"detail":{{"state":(?:"([a-z_]*)(?: {_TEXT})?"|null)}},'
    rf'"kind":"(?:{"|".join(sorted(_STATES))})","recorded":{_NUMBER},"seq":(\d+),"subject":"({_TEXT})","type":"state"}}',
    re.ASCII,
)
_WORK = {f"fault.{did}": did for did in (Did.ACKNOWLEDGED, Did.DISPATCHED, Did.ASSIGNED)}
_KINDS = "|".join(map(re.escape, (EventKind.DAEMON_STARTED, EventKind.CLOCK_STEPPED, *_WORK)))
_EVENTS = re.compile(f'"kind":"(?:{_KINDS})"'.encode())


class Point(NamedTuple):
    """From `at_ms` on the subject is in `state`, which was written down at `recorded_ms`."""

    at_ms: int
    recorded_ms: int
    state: str


class Life(NamedTuple):
    """The subject was put into the inventory, or taken out of it."""

    at_ms: int
    is_in_service: bool


class Gap(NamedTuple):
    """When nothing was observed; `subject` empty: of anything."""

    from_ms: int
    until_ms: int | None
    cause: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultTold:
    """A fault as the newest of its rows has it; what it makes dark is of all of them together."""

    id: str
    kind: str
    subject: str
    since_ms: int
    cleared_ms: int | None
    severity: str
    crew: str
    contractor: str
    place: str
    affected: tuple[tuple[str, str, int], ...]  # service, district, field devices
    devices: frozenset[str]
    field_devices: frozenset[str]
    links: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A row for an annex: what it says, as it stands."""

    seq: int
    at_ms: int
    recorded_ms: int
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the rows tell. `until_ms`: when the last of them was written; later nothing is known."""

    rows: int
    from_ms: int
    until_ms: int
    points: Mapping[str, Sequence[Point]]
    lives: Mapping[str, Sequence[Life]]
    gaps: tuple[Gap, ...]
    faults: Mapping[str, FaultTold]
    windows: tuple[Told, ...]  # in the order they were recorded; several of one window
    inventories: tuple[Told, ...]
    corrections: tuple[Told, ...] = ()
    clock_steps: tuple[Told, ...] = ()
    starts: tuple[Told, ...] = ()
    works: Mapping[str, Mapping[Did, int]] = NOTHING  # fault -> when each was first done


def is_of_use(raw: bytes) -> bool:
    """Whether a figure or an annex may depend on the row."""
    if raw.endswith(_STATE):
        return _OF_NO_FIGURE not in raw
    if raw.endswith(_EVENT):
        return _UNSEEN in raw or _EVENTS.search(raw) is not None
    return raw.endswith(_ALWAYS)


def history_of(
    rows: Iterable[bytes],
    names: Mapping[str, str] = NOTHING,
    *,
    pruned: int = 0,
    carried: Mapping[str, tuple[str, float, Any]] = NOTHING,
) -> History:
    """`names`: id -> who it stands for, as far as that is known. ValueError, which names it, where a row is none.

    `pruned`: so many rows are gone from the beginning; `carried`: subject -> (kind, since, state) behind them.
    """
    reader, number, last = _Reader(names), pruned, b""
    for number, raw in enumerate(rows, pruned + 1):
        last = raw
        if number == pruned + 1:
            reader.carry(carried, _decoded(raw, number))
        if is_of_use(raw):
            interval = _INTERVAL.fullmatch(raw.decode(errors="surrogateescape"))
            if interval is None or int(interval[4]) != number:
                reader.add(_decoded(raw, number))
            else:
                at, word, recorded, _, subject = interval.groups(UNWATCHED)
                reader.point(subject, float(at), float(recorded), word)
    if number == pruned:
        raise ValueError("the record has no rows yet")
    return reader.history(number, _decoded(last, number))


def _decoded(raw: bytes, number: int) -> LedgerRow:
    try:
        row = decode(raw.decode())
    except ValueError as error:
        raise ValueError(f"row {number} is not what netwatch wrote: {error}") from error
    if row.seq != number:
        raise ValueError(f"row {row.seq} stands where row {number} should")
    return row


class _Reader:
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._from_ms = 0
        self._points: defaultdict[str, list[Point]] = defaultdict(list)
        self._lives: defaultdict[str, list[Life]] = defaultdict(list)
        self._gaps: dict[tuple[str, str, int], Gap] = {}
        self._faults: dict[str, FaultTold] = {}
        self._works: defaultdict[str, dict[Did, int]] = defaultdict(dict)
        self._told: defaultdict[str, list[Told]] = defaultdict(list)
        self._carried_inventory: tuple[Told, ...] = ()

    def carry(self, carried: Mapping[str, tuple[str, float, Any]], first: LedgerRow) -> None:
        """What held before the first row that is there: told as if it were told with that row."""
        self._from_ms = ms_of(first.recorded_wall_s)
        for subject, (kind, since_wall_s, state) in sorted(carried.items()):
            self._state(replace(first, kind=kind, subject=subject, at_wall_s=since_wall_s, detail={"state": state}))

    def point(self, subject: str, at_wall_s: float, recorded_wall_s: float, word: str) -> None:
        self._points[subject].append(Point(ms_of(at_wall_s), ms_of(recorded_wall_s), intern(word)))

    def add(self, row: LedgerRow) -> None:
        match row.type:
            case EntryType.STATE:
                self._state(row)
            case EntryType.EVENT:
                self._event(row)
            case EntryType.GAP:
                self._gap(row)
            case EntryType.INVENTORY:
                self._told[row.type].append(self._annexed(row))
                self._inventory(row)
            case EntryType.HEARTBEAT:
                return
            case EntryType.PRUNED if row.kind == PRUNED_ROWS:
                self._from_ms = ms_of(row.detail["recorded_until"])  # what held then was carried over
                self._carried_inventory = self._inventory_before(row.detail.get("inventory"))
            case _:
                self._told[row.type].append(self._annexed(row))

    def history(self, rows: int, last: LedgerRow) -> History:
        told = self._told
        return History(
            rows=rows,
            from_ms=self._from_ms,
            until_ms=ms_of(last.recorded_wall_s),
            points=self._points,
            lives=self._lives,
            gaps=tuple(sorted(self._gaps.values(), key=lambda gap: (gap.from_ms, gap.cause, gap.subject))),
            faults=self._faults,
            windows=tuple(told[EntryType.MAINTENANCE]),
            inventories=(*self._carried_inventory, *told[EntryType.INVENTORY]),
            corrections=tuple(told[EntryType.CORRECTION]),
            clock_steps=tuple(told[EventKind.CLOCK_STEPPED]),
            starts=tuple(told[EventKind.DAEMON_STARTED]),
            works=self._works,
        )

    def _state(self, row: LedgerRow) -> None:
        state = row.detail["state"]
        if row.kind == FAULT:
            self._fault(row, state)
        elif row.kind in _STATES:
            word = UNWATCHED if state is None else str(state).partition(" ")[0]
            self.point(row.subject, row.at_wall_s, row.recorded_wall_s, word)

    def _event(self, row: LedgerRow) -> None:
        if row.kind in _STATES and row.detail.get("to") == "unknown":
            self.point(row.subject, row.at_wall_s, row.recorded_wall_s, "unknown")
        elif row.kind in _WORK:
            self._works[str(row.detail["fault"])].setdefault(_WORK[row.kind], ms_of(row.at_wall_s))
        else:
            self._told[row.kind].append(self._annexed(row))

    def _gap(self, row: LedgerRow) -> None:
        """One that goes on is told again when it is over."""
        about = "" if row.subject.startswith("daemon:") else row.subject
        from_ms, until_s, cause = ms_of(row.detail["from"]), row.detail["until"], str(row.detail["cause"])
        until_ms = None if until_s is None else ms_of(until_s)
        self._gaps[about, cause, from_ms] = Gap(from_ms, until_ms, cause, about)

    def _inventory_before(self, told: Mapping[str, Any] | None) -> tuple[Told, ...]:
        """The one that was in force where the rows begin; of a netwatch that did not tell, none."""
        if told is None:
            return ()
        at_ms, detail = ms_of(told["at"]), {**told, "changes": []}
        return (Told(seq=int(told["seq"]), at_ms=at_ms, recorded_ms=at_ms, subject="daemon:", detail=detail),)

    def _inventory(self, row: LedgerRow) -> None:
        for change in row.detail["changes"]:
            subject, _, what = str(change).rpartition(": ")
            if what in ("added", "removed") and ": " not in subject:
                self._lives[subject].append(Life(ms_of(row.at_wall_s), what == "added"))

    def _fault(self, row: LedgerRow, state: object) -> None:
        identity = row.subject.partition(":")[2]
        known = self._faults.get(identity)
        if not isinstance(state, Mapping):
            return  # of a release that told it otherwise; the row says so itself
        cleared_s = state["cleared"]
        sets = {name: frozenset(map(str, state[name])) for name in ("devices", "field_devices", "links")}
        if known is not None:
            sets = {name: found | getattr(known, name) for name, found in sets.items()}
        self._faults[identity] = FaultTold(
            id=identity,
            kind=str(state["kind"]),
            subject=str(state["subject"]),
            since_ms=ms_of(row.at_wall_s),
            cleared_ms=None if cleared_s is None else ms_of(cleared_s),
            severity=str(state["severity"]),
            crew=str(state["crew"]),
            contractor=str(state["contractor"]),
            place=str(state["place"]),
            affected=tuple(
                (str(service), str(district), int(number)) for service, district, number in state["affected"]
            ),
            **sets,
        )

    def _annexed(self, row: LedgerRow) -> Told:
        detail = {
            key: self._names.get(value, value) if isinstance(value, str) else value for key, value in row.detail.items()
        }
        return Told(
            seq=row.seq,
            at_ms=ms_of(row.at_wall_s),
            recorded_ms=ms_of(row.recorded_wall_s),
            subject=row.subject,
            detail=detail,
        )

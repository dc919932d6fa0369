"""Walks: finding out which rows an agent has. Columns in, their rows out, and what was wrong with the walk.

Several columns advance at once by GETBULK (GETNEXT for SNMPv1), each with its own cursor, so a reply cut short
anywhere is still good. Every answer must lie behind its cursor: whatever does not advance ends its column, keeps the
rows and is flagged. Nothing the network does raises. A walk can be held against the one before: as long as the agent
answers as it did then, the same is asked, and nothing is decoded until somebody wants the rows.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from netwatch.snmp import ber
from netwatch.snmp.course import Course, Flaw, FlawKind, Limits, route
from netwatch.snmp.errors import ErrorStatus, Malformed, NoSuchName, Overdue, SnmpError, Timeout, TooBig
from netwatch.snmp.message import Header, Message, PduType, VarBind, Version, decode_body
from netwatch.snmp.port import CommandGenerator
from netwatch.snmp.request import Question
from netwatch.snmp.sign import Sign, sign_of
from netwatch.snmp.target import Target

FEW_VARBINDS = 5  # what is tried after a silence
VARBINDS_PER_REPLY = 60  # what fits a frame of 1,400 octets, if values are short
LONGEST = 5 * ber.MOST_ARCS  # octets of an object identifier
MOST_EMPTY = 2  # requests in a row that may bring nothing new
MOST_STEPS = 64  # of a walk that is remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkReply:
    """What a walk brought."""

    flaws: tuple[Flaw, ...]
    requests: int  # asked, retries not counted
    room: int = VARBINDS_PER_REPLY  # what a reply was let hold in the end: less than at the start after a silence
    course: Course | None = None  # None where an answer was an error or did not come: then another walk goes otherwise
    is_as_before: bool = False  # it went the course it was held against, from beginning to end
    bare: tuple[str, ...]  # columns that had no row
    walk: "_Walk" = field(repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether no column had a row."""
        return len(self.bare) == len(self.walk.limits[0])

    @property
    def columns(self) -> dict[str, dict[str, int | bytes | None]]:
        """`columns[column][index]`, index dotted. Numbers are int, the rest octets (OBJECT IDENTIFIERs content octets).

        Read from the answers where that has not been needed so far.
        """
        return self.walk.columns()

    @property
    def complete(self) -> bool:
        """Whether every column was read to its end."""
        return not self.flaws

    def is_complete(self, column: str) -> bool:
        """Whether this one was; only then may a missing row be taken for gone."""
        return all(flaw.column != column for flaw in self.flaws)


@dataclass(slots=True, kw_only=True)
class _Cursor:
    """How far one column has been read."""

    column: str
    prefix: bytes  # content octets
    last: bytes  # of the last object answered
    row: bytes  # what stands behind the prefix in it
    varbinds: list[VarBind] = field(default_factory=list)
    handed_on: int = 0  # varbinds taken away by the caller
    open: bool = True

    def advance(self, varbind: VarBind, most: int) -> FlawKind | None:
        """Take one answer. It may end the column, with or without a flaw."""
        oid = varbind.oid
        is_inside = oid.startswith(self.prefix)
        row = oid[len(self.prefix) :]
        if is_inside and row and row.isascii() and self.row.isascii() and len(oid) <= LONGEST:
            is_behind = row > self.row  # numbers below 128 are octets, and as octets they are compared
        else:
            try:
                is_behind = ber.sub_identifiers(oid) > ber.sub_identifiers(self.last)
            except Malformed:
                return FlawKind.MALFORMED
        if varbind.syntax == ber.END_OF_MIB_VIEW or (is_behind and not is_inside):
            self.open = False
            return None
        if not is_behind:
            return FlawKind.NOT_INCREASING
        if varbind.syntax in ber.EXCEPTIONS:
            return FlawKind.MALFORMED
        if len(self.varbinds) + self.handed_on >= most:
            return FlawKind.TRUNCATED
        self.last, self.row = oid, row
        self.varbinds.append(varbind)
        return None


class _Walk:
    """One walk in progress: which columns are open, how much is asked, what went wrong."""

    def __init__(self, target: Target, limits: Limits, before: Course | None = None, loose: Sequence[str] = ()) -> None:
        columns, max_rows, max_repetitions, room = limits
        self._loose = loose
        self.limits = limits
        self._before = before if before is not None and before.route.limits == limits else None
        self.cursors = [] if self._before is not None else [_cursor(column) for column in columns]
        self.flaws: list[Flaw] = []
        self.requests = 0
        self._bulk = target.version is not Version.V1
        self._max_rows = max_rows
        self._repetitions = max_repetitions
        self.room = room
        self._width = max(1, min(len(columns), room))  # columns asked at once
        self._empty = 0
        self._quiet = False  # the last request met silence
        self._unread: list[bytes] = []  # answers that came as before
        self._steps: list[tuple[Question, Sign]] = []
        self._columns: dict[str, dict[str, int | bytes | None]] = {}
        self._is_smooth = True  # every request so far had its answer

    @property
    def is_open(self) -> bool:
        """Whether there is more to ask."""
        if self._before is not None:
            return len(self._unread) < len(self._before.answers)
        return any(cursor.open for cursor in self.cursors)

    def _asked(self) -> list[_Cursor]:
        """The columns to ask next."""
        return [cursor for cursor in self.cursors if cursor.open][: self._width]

    def question(self) -> Question:
        """The next request."""
        self.requests += 1
        if self._before is not None:
            step = len(self._unread)
            pdu_type, oids, repetitions, _ = self._before.route.questions[step]
            return Question(pdu_type, oids, repetitions, self._before.answers[step])
        asked = self._asked()
        kind = PduType.GET_BULK if self._bulk else PduType.GET_NEXT
        return _question(kind, tuple(cursor.last for cursor in asked), self._fitting(asked) if self._bulk else 0)

    def _fitting(self, asked: list[_Cursor]) -> int:
        """Repetitions that keep the reply within about one frame, or what the agent is known to send."""
        return max(1, min(self._repetitions, self.room // len(asked)))

    def answered(self, question: Question, message: Message) -> None:
        """Take an answer; one that came as before is only put by."""
        if message.is_known and self._before is not None:
            self._unread.append(message.body)
            return
        self._catch_up()
        taken = self._take(message.varbinds)
        rows = -(-len(taken) // len(question.oids))
        taken = (taken + [False] * len(question.oids))[: min(rows * len(question.oids), len(message.varbinds))]
        sign = sign_of(message.body, taken) if taken else None
        if sign is None or len(self._steps) == MOST_STEPS:
            self._is_smooth = False
        else:  # what came behind the last end need not come the next time
            self._steps.append((_question(question.pdu_type, question.oids, rows if self._bulk else 0), sign))

    def _catch_up(self) -> None:
        """Read what was put by."""
        before, self._before = self._before, None
        unread, self._unread = self._unread, []
        if before is not None:
            self.cursors = [_cursor(column) for column in self.limits[0]]
            self._steps = list(zip(before.route.questions, before.answers, strict=True))[: len(unread)]
        for body in unread:
            header = Header(Version.V2C, b"", PduType.RESPONSE, 0, 0, len(body))
            self._take(decode_body(body, header).varbinds)

    def _take(self, varbinds: tuple[VarBind, ...]) -> list[bool]:
        """Give each variable to its column. The reply is row by row, and may be cut anywhere.

        Which were taken into it and count with their values, up to the last variable that had an open column.
        """
        asked, taken, last = self._asked(), list[bool](), 0
        self._quiet = False
        self._empty = 0 if varbinds else self._empty + 1
        if self._empty > MOST_EMPTY:
            self._close(asked, FlawKind.EMPTY, "replies without variables")
        for place, varbind in enumerate(varbinds):
            cursor = asked[place % len(asked)]
            if not cursor.open:
                taken.append(False)
                continue
            last = place + 1
            kind = cursor.advance(varbind, self._max_rows)
            if kind is not None:
                self._close([cursor], kind, "")
            taken.append(cursor.open and cursor.column not in self._loose)
        return taken[:last]

    def failed(self, error: SnmpError) -> None:
        """Ask for less where that may help; otherwise close what cannot be read."""
        self._catch_up()
        self._is_smooth = False
        asked = self._asked()
        match error:
            case TooBig():
                if not self._less():
                    self._close(asked, FlawKind.TOO_BIG, str(error))
            case Timeout():
                if self._quiet or not self._bulk or self._fitting(asked) * len(asked) <= FEW_VARBINDS:
                    self._close(self.cursors, FlawKind.TIMEOUT, str(error))
                self.room, self._quiet = min(self.room, FEW_VARBINDS), True
                self._width = min(self._width, self.room)
            case NoSuchName(error_index=index):
                self._ended(asked, index)
            case ErrorStatus(error_index=index):
                self._refused(asked, index, str(error))
            case _:
                self._close(self.cursors, FlawKind.SEND_FAILED, str(error))

    def _refused(self, asked: list[_Cursor], index: int, detail: str) -> None:
        """An error for one column: the one that error-index names, or the one that fails alone and asked for least."""
        if len(asked) == 1:
            if not self._less():
                self._close(asked, FlawKind.ERROR_STATUS, detail)
        elif 1 <= index <= len(asked):
            self._close([asked[index - 1]], FlawKind.ERROR_STATUS, detail)
        else:
            self._width = 1

    def _less(self) -> bool:
        """Halve what a reply must hold; False when it is one variable already."""
        if self._bulk and self._repetitions > 1:
            self._repetitions //= 2
        elif self._width > 1:
            self._width = (self._width + 1) // 2
        else:
            return False
        return True

    def _ended(self, asked: list[_Cursor], index: int) -> None:
        """SNMPv1's end of the MIB: one column has no successor. Which one, error-index says or asking singly shows."""
        if len(asked) == 1:
            asked[0].open = False
        elif 1 <= index <= len(asked):
            asked[index - 1].open = False
        else:
            self._width = 1

    def _close(self, cursors: Sequence[_Cursor], kind: FlawKind, detail: str) -> None:
        for cursor in cursors:
            if cursor.open:
                cursor.open = False
                self.flaws.append(Flaw(column=cursor.column, kind=kind, detail=detail))

    def deadline(self) -> None:
        """The time is over."""
        self._catch_up()
        self._is_smooth = False
        self._close(self.cursors, FlawKind.DEADLINE, "")

    def reply(self) -> WalkReply:
        """What came of it."""
        course = before = self._before
        bare = (
            before.route.bare if before is not None else tuple(one for one, rows in self.columns().items() if not rows)
        )
        if before is None and self._is_smooth and self._steps:
            questions, answers = zip(*self._steps, strict=True)
            course = Course(route(self.limits, questions, tuple(self.flaws), bare), answers)
        return WalkReply(
            flaws=tuple(self.flaws) if before is None else before.route.flaws,
            requests=self.requests,
            room=self.room,
            course=course,
            is_as_before=before is not None,
            bare=bare,
            walk=self,
        )

    def columns(self) -> dict[str, dict[str, int | bytes | None]]:
        """Column -> index -> value; all else that was kept of the answers is let go of."""
        self._catch_up()
        self._columns |= {cursor.column: _rows(cursor) for cursor in self.cursors}
        self.cursors = []
        return self._columns


def _cursor(column: str) -> _Cursor:
    content = _content(column)
    return _Cursor(column=column, prefix=content, last=content, row=b"")


@lru_cache(maxsize=4096)
def _content(column: str) -> bytes:
    """Columns are a few hundred, and every device is asked for the same ones."""
    return ber.oid_content(column)


@lru_cache(maxsize=8192)
def _question(kind: PduType, oids: tuple[bytes, ...], max_repetitions: int) -> Question:
    """Kept by thousands of devices that are asked the same."""
    return Question(kind, oids, max_repetitions)


async def _step(mux: CommandGenerator, target: Target, walk: _Walk, deadline_s: float) -> None:
    """One request and what it brings."""
    question = walk.question()
    try:
        message = await mux.ask(target, question, until_s=deadline_s)
    except Overdue:
        walk.deadline()
    except SnmpError as error:
        walk.failed(error)
    else:
        walk.answered(question, message)


async def walk(  # noqa: PLR0913 - limits have names
    mux: CommandGenerator,
    target: Target,
    columns: Sequence[str],
    *,
    max_rows: int = 10_000,
    max_repetitions: int = VARBINDS_PER_REPLY,
    room: int = VARBINDS_PER_REPLY,
    before: Course | None = None,
    loose: Sequence[str] = (),
    deadline_s: float,
) -> WalkReply:
    """Read columns (dotted OIDs without index) to their ends, or until time.monotonic() reaches `deadline_s`.

    `room`: how many variables one reply may hold at most. `before`: how the last walk of this agent within the same
    limits went. `loose`: columns that show which rows there are, and whose values may change as they like.
    """
    walking = _Walk(target, (tuple(dict.fromkeys(columns)), max_rows, max_repetitions, room), before, loose)
    while walking.is_open:
        await _step(mux, target, walking, deadline_s)
    return walking.reply()


def _rows(cursor: _Cursor) -> dict[str, int | bytes | None]:
    cut = len(cursor.prefix)
    return {_index(varbind.oid[cut:]): varbind.value for varbind in cursor.varbinds}


@lru_cache(maxsize=8192)
def _index(octets: bytes) -> str:
    """An index as it is written; thousands of devices have the same."""
    return ".".join(map(str, ber.sub_identifiers(octets)))


async def walk_subtree(
    mux: CommandGenerator, target: Target, oid: str, *, max_repetitions: int = 20, deadline_s: float
) -> AsyncIterator[VarBind | Flaw]:
    """Everything below `oid`, in order, as it arrives: for recording a device. A Flaw comes last, if any."""
    walking = _Walk(target, ((oid,), 2**63, max_repetitions, VARBINDS_PER_REPLY))
    (cursor,) = walking.cursors
    while walking.is_open:
        await _step(mux, target, walking, deadline_s)
        for varbind in cursor.varbinds:
            yield varbind
        cursor.handed_on += len(cursor.varbinds)
        cursor.varbinds.clear()
    for flaw in walking.flaws:
        yield flaw

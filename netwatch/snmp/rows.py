"""Reading many values of one agent, whole rows at a time: a `RowRequest` in, columns and their times out.

One request is outstanding at a time. The PDU size follows the agent (`batch`). Whatever goes wrong with one part is
noted beside the others' values; nothing that was read is lost.
"""

from typing import NamedTuple

from netwatch.snmp import batch
from netwatch.snmp.errors import ErrorStatus, NoSuchName, Outcome, SnmpError, Timeout, TooBig
from netwatch.snmp.memory import AgentMemory, Item, Pdu, RowRequest, Span
from netwatch.snmp.port import CommandGenerator
from netwatch.snmp.request import Reply
from netwatch.snmp.target import Target
from netwatch.snmp.template import Kind, Template, Value

__all__ = ["AgentMemory", "Failure", "Item", "Kind", "PduReading", "RowRequest", "RowsReply", "Span", "read_rows"]

MOST_FRUITLESS = 16  # error replies in a row, without one answer, after which an agent is left alone


class PduReading(NamedTuple):
    """When and under which head values a run of scalars and rows was read. Times as in `request.Reply`."""

    span: Span
    head: tuple[Value, ...]
    sent_s: float
    received_s: float
    first_sent_s: float  # earlier than sent_s when the request was repeated


class Failure(NamedTuple):
    """A run of scalars and rows that could not be read, and why. CANCELLED: the deadline came first."""

    span: Span
    outcome: Outcome
    detail: str


class RowsReply(NamedTuple):
    """What was read. A value is None when it failed, when the agent has no such object, or was of a wrong type.

    `columns[c][r]` is column c of row r. `wrong_type` holds (row, column) of values whose syntax was not the expected
    one; scalars have row -1 and count along the request's scalars.
    """

    scalars: list[Value]
    columns: list[list[Value]]
    pdus: tuple[PduReading, ...]
    failures: tuple[Failure, ...]
    wrong_type: tuple[tuple[int, int], ...]
    requests: int  # asked, retries not counted

    @property
    def complete(self) -> bool:
        """Whether everything was answered."""
        return not self.failures


async def read_rows(
    mux: CommandGenerator, target: Target, request: RowRequest, memory: AgentMemory, *, deadline_s: float
) -> RowsReply:
    """Read until done or until time.monotonic() reaches `deadline_s`. Raises nothing of the network's."""
    reading = _Reading(mux, target, request, memory, until_s=deadline_s)
    await reading.read()
    return reading.reply()


class _Reading:
    """One read in progress."""

    def __init__(
        self, mux: CommandGenerator, target: Target, request: RowRequest, memory: AgentMemory, *, until_s: float
    ) -> None:
        self._mux = mux
        self._until_s = until_s
        self._target = target
        self._request = request
        self._memory = memory
        self._batch = memory.batch_for(request)
        self._values: list[Value] = [None] * request.size
        self._readings: list[PduReading] = []
        self._failures: list[Failure] = []
        self._wrong: list[int] = []
        self._todo = [(0, request.size)] if request.size else []  # a stack; what is asked next is last
        self._requests = 0
        self._fruitless = 0
        self._most = 0  # values of the largest PDU answered since the batch was last told
        self._full = 0  # answered PDUs that were as large as allowed

    async def read(self) -> None:
        """Ask until nothing is left to do."""
        while self._todo:
            start, end = self._todo.pop()
            pdu = self._memory.pdu(self._request, start, end, batch.next_size(self._batch))
            if pdu.stop < end:
                self._todo.append((pdu.stop, end))
            if pdu.template is None:
                self._keep_failure(pdu.start, pdu.stop, Outcome.NO_SUCH_NAME, "every object is absent")
                continue
            self._requests += 1
            retries = self._retries(pdu)
            try:
                reply = await self._mux.get(
                    self._target, pdu.template, pdu.slot, retries=retries, until_s=self._until_s
                )
            except SnmpError as error:
                await self._recover(pdu, error)
            else:
                self._keep(pdu, reply, full=pdu.stop < end and not self._batch.suspect)

    def _retries(self, pdu: Pdu) -> int | None:
        """No retry at a size never answered before, and at the small PDU after a silence to all attempts.

        All for what cannot be asked in smaller pieces, though never answered before: the agent may be slow. The small
        PDU after a single attempt has what that one left of them, and all where the agent has never answered at all.
        """
        asked, state = pdu.stop - pdu.start, self._batch
        if not state.suspect:
            is_trial = asked > state.proven and asked > batch.SMALL and not self._is_single(pdu)
            return 0 if is_trial else None
        if state.suspect <= state.proven:
            return 0
        return max(0, self._target.retries - 1) if state.proven else None

    def _keep(self, pdu: Pdu, reply: Reply, *, full: bool) -> None:
        """Put an answer's values in their places."""
        values = pdu.complete(reply.values) if pdu.absent else reply.values
        head = len(self._request.head)
        self._values[pdu.start : pdu.stop] = values[head:]
        self._readings.append(
            PduReading(pdu.span, tuple(values[:head]), reply.sent_s, reply.received_s, reply.first_sent_s)
        )
        if reply.wrong_type:
            self._keep_wrong(pdu, reply.wrong_type)
        self._fruitless = 0
        self._most = max(self._most, pdu.stop - pdu.start)
        self._full += full
        if self._batch.suspect:
            self._tell_batch()

    def _keep_wrong(self, pdu: Pdu, positions: tuple[int, ...]) -> None:
        present = [place for place in range(len(pdu.oids) + len(pdu.absent)) if place not in pdu.absent]
        places = (present[position] - len(self._request.head) for position in positions)
        self._wrong += [pdu.start + place for place in places if place >= 0]

    def _tell_batch(self) -> None:
        """Let the batch learn from the answers since it was last told."""
        if self._most:
            self._batch = batch.answered(self._batch, self._most, full=self._full)
        self._most = self._full = 0

    async def _recover(self, pdu: Pdu, error: SnmpError) -> None:
        """Decide what becomes of a PDU that got no values."""
        self._tell_batch()
        match error:
            case TooBig():
                self._smaller(pdu, error)
            case Timeout():
                self._silent(pdu, error)
            case NoSuchName(error_index=index):
                await self._absent(pdu, index)
            case ErrorStatus(error_index=index):
                self._isolate(pdu, index, error)
            case _:
                self._todo.append((pdu.start, pdu.stop))
                self.fail_rest(error.outcome, str(error))

    def _smaller(self, pdu: Pdu, error: SnmpError) -> None:
        if self._is_single(pdu):
            self._keep_failure(pdu.start, pdu.stop, error.outcome, str(error))
            return
        self._batch = batch.too_big(self._batch, pdu.stop - pdu.start)
        self._todo.append((pdu.start, pdu.stop))

    def _silent(self, pdu: Pdu, error: SnmpError) -> None:
        """Ask for little after a silence; silence to that too means that the agent is away.

        Where an agent says nothing at all to a size it has answered before, that is more likely, and waiting longer
        would only make the news late: this read ends, and the next one begins with little.
        """
        asked = pdu.stop - pdu.start
        self._todo.append((pdu.start, pdu.stop))
        if self._batch.suspect or asked <= batch.SMALL or self._is_single(pdu):
            self._batch = batch.dark(self._batch)
            self.fail_rest(error.outcome, str(error))
            return
        self._batch = batch.silent(self._batch, asked)
        if asked <= self._batch.proven and not self._readings and not self._batch.away:
            self.fail_rest(error.outcome, str(error))

    async def _absent(self, pdu: Pdu, index: int) -> None:
        """SNMPv1 fails a whole PDU for one object: find it, never ask it again, ask the rest."""
        if 1 <= index <= len(pdu.oids):
            culprits = [pdu.oids[index - 1]]
        else:
            culprits = await self._bisect([item for item in self._items(pdu) if item[0] not in self._memory.pruned])
        for oid in culprits:
            self._memory.prune(oid)
        if culprits:
            self._todo.append((pdu.start, pdu.stop))
        else:
            self._keep_failure(pdu.start, pdu.stop, Outcome.NO_SUCH_NAME, "no object of the PDU is absent by itself")

    def _items(self, pdu: Pdu) -> list[Item]:
        return [*self._request.head, *self._request.items(pdu.start, pdu.stop)]

    async def _bisect(self, items: list[Item]) -> list[str]:
        """The objects that are absent when asked by themselves, for agents whose error-index is useless."""
        culprits: list[str] = []
        halves = [items]
        while halves:
            half = halves.pop()
            self._requests += 1
            try:
                template = Template(tuple(o for o, _ in half), tuple(k for _, k in half))
                await self._mux.get(self._target, template, until_s=self._until_s)
            except NoSuchName:
                if len(half) == 1:
                    culprits.append(half[0][0])
                else:
                    halves += [half[len(half) // 2 :], half[: len(half) // 2]]
            except SnmpError:
                return culprits  # what is known so far; the PDU is asked again and meets the same error
        return culprits

    def _isolate(self, pdu: Pdu, index: int, error: SnmpError) -> None:
        """Give up the row that error-index names, or halve until it shows."""
        self._fruitless += 1
        if self._fruitless > MOST_FRUITLESS:
            self._todo.append((pdu.start, pdu.stop))
            self.fail_rest(error.outcome, str(error))
            return
        culprit = self._culprit(pdu, index)
        if culprit is None:
            middle = self._request.reach(pdu.start, (pdu.stop - pdu.start) // 2)
            self._todo += [(middle, pdu.stop), (pdu.start, middle)]
            return
        start, stop = culprit
        self._keep_failure(start, stop, error.outcome, str(error))
        self._todo += [run for run in ((stop, pdu.stop), (pdu.start, start)) if run[0] < run[1]]

    def _culprit(self, pdu: Pdu, index: int) -> tuple[int, int] | None:
        """The scalar or row that error-index points into; None when it points nowhere."""
        if self._is_single(pdu):
            return pdu.start, pdu.stop
        present = [place for place in range(len(pdu.oids) + len(pdu.absent)) if place not in pdu.absent]
        place = present[index - 1] - len(self._request.head) if 1 <= index <= len(present) else -1
        if place < 0:
            return None
        at = pdu.start + place
        scalars = len(self._request.scalars)
        start = at if at < scalars else at - (at - scalars) % self._request.width
        return start, self._request.reach(start, 1) if at >= scalars else at + 1

    def _is_single(self, pdu: Pdu) -> bool:
        """Whether the PDU cannot be made smaller."""
        return pdu.span.scalar_count + pdu.span.row_count <= 1

    def _keep_failure(self, start: int, stop: int, outcome: Outcome, detail: str) -> None:
        self._failures.append(Failure(self._request.span(start, stop), outcome, detail))

    def fail_rest(self, outcome: Outcome, detail: str) -> None:
        """Everything not yet read failed for this reason."""
        runs: list[tuple[int, int]] = []
        for start, stop in sorted(self._todo):
            if runs and runs[-1][1] == start:
                runs[-1] = (runs[-1][0], stop)
            else:
                runs.append((start, stop))
        for start, stop in runs:
            self._keep_failure(start, stop, outcome, detail)
        self._todo.clear()

    def reply(self) -> RowsReply:
        """What there is, and what was learned put away."""
        self._tell_batch()
        if self._memory.batch is None or self._memory.batch.size != self._batch.size:
            self._memory.resized()
        self._memory.batch = self._batch
        scalars, width = len(self._request.scalars), self._request.width
        return RowsReply(
            scalars=self._values[:scalars],
            columns=[self._values[scalars + column :: width] for column in range(width)] if self._request.rows else [],
            pdus=tuple(self._readings),
            failures=tuple(self._failures),
            wrong_type=tuple(map(self._place, self._wrong)),
            requests=self._requests,
        )

    def _place(self, position: int) -> tuple[int, int]:
        scalars = len(self._request.scalars)
        if position < scalars:
            return -1, position
        row, column = divmod(position - scalars, self._request.width)
        return row, column

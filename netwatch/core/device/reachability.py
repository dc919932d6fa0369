"""(previous, observation, now) -> answers, silent or not observed, with hysteresis.

Two machines of one kind stand side by side for a device: ICMP and SNMP. Neither knows the other (`verdict` joins
them). A miss is not silence: it asks for re-probes, and only when all are lost the device is silent, dated from the
first miss. It is back after two answers, dated from the first. What was not looked at is neither: not observed.
All times are monotonic seconds.
"""

from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.errors import Reason
from netwatch.core.observation import Completeness, PingObservation, SnmpObservation
from netwatch.core.records import replace

REPROBES = 3  # echoes after a first miss
SNMP_REPROBES = 1  # polls after a failed one; each has its own retries on the wire
REPROBE_APART_S = 0.3
ANSWERS_TO_RETURN = 2
INTERVALS_TO_UNKNOWN = 3
LOSS_WINDOW = 20  # regular echoes
_WINDOW_BITS = (1 << LOSS_WINDOW) - 1

# Our own side failed, or nobody was asked: says nothing about the device.
_NO_EVIDENCE = frozenset({Reason.LOCAL, Reason.UNRESOLVED, Reason.INDEX_DOUBT})
# A failed poll to which something did reply: the agent has no such data, but it lives.
_ALIVE = frozenset(
    {Reason.ABSENT, Reason.AGENT_ERROR, Reason.TOO_BIG, Reason.WRONG_TYPE, Reason.LOOP, Reason.TRUNCATED}
)


class Answer(StrEnum):
    ANSWERS = "answers"
    SILENT = "silent"
    NOT_OBSERVED = "not_observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachability:
    """One kind of observation (ICMP, or SNMP) of one device."""

    answer: Answer = Answer.NOT_OBSERVED
    since_s: float | None = None  # of `answer`: the first evidence for it
    last_s: float | None = None  # the last observation that said anything
    run: int = 0  # observations in a row that speak against `answer`
    run_since_s: float | None = None  # the first of them
    window: int = 0  # the last regular echoes, newest in bit 0; 1: lost
    window_length: int = 0

    @property
    def loss_ratio(self) -> float | None:
        """Lost among the last twenty regular echoes, 0 to 1; None before the first."""
        return self.window.bit_count() / self.window_length if self.window_length else None


def fold_ping(previous: Reachability, echo: PingObservation) -> tuple[Reachability, float | None]:
    """The state after `echo`, and how many seconds apart `REPROBES` re-probes are wanted (None: not).

    Only a lost regular echo asks for them, and for all at once: waiting out each one's timeout would cost seconds.
    """
    if echo.reason in _NO_EVIDENCE or _is_stale(previous, echo.at_s):
        return previous, None
    answered = echo.rtt_s is not None
    if echo.attempt == 0:
        window = (previous.window << 1 | (not answered)) & _WINDOW_BITS
        length = min(previous.window_length + 1, LOSS_WINDOW)
        if answered and previous.answer is Answer.ANSWERS:  # nearly always: in one step what `_answered` does in two
            return replace(
                previous, window=window, window_length=length, last_s=echo.at_s, run=0, run_since_s=None
            ), None
        previous = replace(previous, window=window, window_length=length)
    if answered:
        return _answered(previous, echo.at_s, echo.at_s), None
    missed, apart_s = _missed(previous, echo.at_s, echo.at_s, patience=REPROBES)
    return missed, apart_s if echo.attempt == 0 else None


def fold_snmp(previous: Reachability, poll: SnmpObservation) -> tuple[Reachability, float | None]:
    """The state after `poll`, and in how many seconds another is wanted (None: not).

    A partial reply is an answer, and so is an error-status. A miss dates from the poll's start, an answer from its end.
    """
    if poll.completeness is Completeness.FAILED and poll.reason in _NO_EVIDENCE:
        return previous, None
    if _is_stale(previous, poll.finished_s):
        return previous, None
    if poll.completeness is not Completeness.FAILED or poll.reason in _ALIVE:
        return _answered(previous, poll.finished_s, poll.finished_s), None
    return _missed(previous, poll.started_s, poll.finished_s, patience=SNMP_REPROBES)


def age(previous: Reachability, now_s: float, interval_s: float) -> Reachability:
    """Not observed, from the last observation on, once three intervals brought none.

    `interval_s` is the pace actually kept, backoff included.
    """
    if previous.last_s is None or now_s - previous.last_s <= INTERVALS_TO_UNKNOWN * interval_s:
        return previous
    return unobserved(previous, previous.last_s)


def unobserved(previous: Reachability, at_s: float) -> Reachability:
    """Not observed from `at_s` on: our own uplink is dark, so neither answers nor misses mean anything."""
    if previous.answer is not Answer.NOT_OBSERVED:
        return Reachability(since_s=at_s, last_s=previous.last_s)
    if previous.run or previous.window_length:
        # misses seen through a dark uplink must not convict anyone later
        return Reachability(since_s=previous.since_s, last_s=previous.last_s)
    return previous


def _is_stale(previous: Reachability, at_s: float) -> bool:
    return previous.last_s is not None and at_s < previous.last_s


def _answered(previous: Reachability, since_s: float, at_s: float) -> Reachability:
    if previous.answer is Answer.ANSWERS:
        return replace(previous, last_s=at_s, run=0, run_since_s=None)
    run_since_s = previous.run_since_s
    if run_since_s is None or previous.answer is Answer.NOT_OBSERVED:
        run_since_s = since_s
    run = previous.run + 1
    if previous.answer is Answer.SILENT and run < ANSWERS_TO_RETURN:
        return replace(previous, last_s=at_s, run=run, run_since_s=run_since_s)
    return replace(previous, answer=Answer.ANSWERS, since_s=run_since_s, last_s=at_s, run=0, run_since_s=None)


def _missed(previous: Reachability, since_s: float, at_s: float, *, patience: int) -> tuple[Reachability, float | None]:
    if previous.answer is Answer.SILENT:
        return replace(previous, last_s=at_s, run=0, run_since_s=None), None
    run_since_s = previous.run_since_s
    if run_since_s is None:
        # a poll that began before another lane's answer was silent only after it
        run_since_s = since_s if previous.last_s is None else max(since_s, previous.last_s)
    run = previous.run + 1
    if run <= patience:
        return replace(previous, last_s=at_s, run=run, run_since_s=run_since_s), REPROBE_APART_S
    silent = replace(previous, answer=Answer.SILENT, since_s=run_since_s, last_s=at_s, run=0, run_since_s=None)
    return silent, None

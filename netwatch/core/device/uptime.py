"""(previous identity, new reading, time between) -> the same boot, a reboot, a wrapped sysUpTime or another box.

In: sysUpTime (RFC 3418: 1/100 s, passes 2**32 after 497.1 days), snmpEngineID, snmpEngineBoots, snmpEngineTime
(RFC 3411 §5: seconds since the last boot). Out: a continuity, and the identity to hold the next reading against.
The time between may come from the monotonic clock or, over a restart of the daemon, from the wall clock.

snmpEngineBoots decides where both readings have it and it changed; an snmpEngineTime that ran on proves the same boot
whatever sysUpTime does. Else a reboot is a sysUpTime that fell, or is too small for the time that passed, unless the
fall is the wrap that was due.
"""

from enum import Enum, StrEnum

from netwatch.core.device.record import Identity
from netwatch.core.records import replace

_TICKS_PER_S = 100
_WRAP_TICKS = 1 << 32
_WRAP_S = _WRAP_TICKS / _TICKS_PER_S
SLACK_S = 5.0  # a reading's midpoint may be this far from the moment the agent read its clock
DRIFT = 0.01  # of the time passed: the clocks of cheap agents


class Continuity(StrEnum):
    """What lies between two readings of one device."""

    CONTINUOUS = "continuous"
    WRAPPED = "wrapped"  # continuous, and sysUpTime passed 2**32
    REBOOTED = "rebooted"
    SWAPPED = "swapped"  # another snmpEngineID: another box at the old address
    UNKNOWN = "unknown"  # nothing to compare, such as the first reading

    @property
    def breaks_counters(self) -> bool:
        """Whether counters begin anew. What is not known says nothing against them."""
        return self in (Continuity.REBOOTED, Continuity.SWAPPED)


class _Pace(Enum):
    """How one clock of the agent went beside ours."""

    IN_STEP = "in step"
    WRAPPED = "wrapped"  # in step, and past 2**32 ticks
    ODD = "odd"  # ran on, too fast or too slow
    RESET = "reset"  # fell, or shows less than passed: it began anew
    UNKNOWN = "unknown"


def advance(previous: Identity, reading: Identity, *, elapsed_s: float) -> tuple[Identity, Continuity]:
    """The identity to hold the next reading against, and what lies between; `elapsed_s` below zero counts as zero.

    A reading may leave things out: sysUpTime comes with every poll, the engine's figures with some. Where all is
    continuous such a poor reading does not take the place of a rich one, whose figures belong together.
    """
    elapsed_s = max(elapsed_s, 0.0)
    continuity = compare(previous, reading, elapsed_s=elapsed_s)
    if continuity is Continuity.SWAPPED:
        return reading, continuity
    if continuity is Continuity.REBOOTED:
        return _with_texts(reading, reading, previous, reading.uptime_wraps), continuity
    if _is_poorer(reading, previous):
        return _with_texts(previous, reading, previous, previous.uptime_wraps), continuity
    wraps = previous.uptime_wraps
    if continuity is Continuity.WRAPPED:
        wraps += _wraps(previous, reading, elapsed_s)
    return _with_texts(reading, reading, previous, wraps), continuity


def runs_on(previous: Identity, ticks: int | None, *, elapsed_s: float) -> bool:
    """Whether a reading of nothing but sysUpTime leaves the identity as it is: it is poorer, and no clock began anew.

    So it is with most polls of agents that have an snmpEngine.
    """
    if ticks is None or previous.uptime_ticks is None or previous.engine_boots is None:
        return False
    pace = _pace(_seconds(previous.uptime_ticks), _seconds(ticks), max(elapsed_s, 0.0))
    return pace is not _Pace.RESET


def compare(previous: Identity, reading: Identity, *, elapsed_s: float) -> Continuity:
    """What lies between `previous` and `reading`, taken `elapsed_s` (at least 0) later."""
    if previous.engine_id and reading.engine_id and previous.engine_id != reading.engine_id:
        return Continuity.SWAPPED
    uptime = _pace(_seconds(previous.uptime_ticks), _seconds(reading.uptime_ticks), elapsed_s)
    engine = _Pace.UNKNOWN
    if previous.engine_boots is not None and reading.engine_boots is not None:
        if previous.engine_boots != reading.engine_boots:
            return Continuity.REBOOTED
        engine = _pace(previous.engine_time_s, reading.engine_time_s, elapsed_s)
    if uptime is engine is _Pace.UNKNOWN:
        return Continuity.UNKNOWN
    # Agents that keep no boots across a reset show the same ones again, so a clock that began anew still counts. An
    # engine time that is no clock at all (0 for ever) does not, beside a sysUpTime that ran on.
    if engine is not _Pace.IN_STEP and (
        uptime is _Pace.RESET or (engine is _Pace.RESET and uptime in (_Pace.WRAPPED, _Pace.UNKNOWN))
    ):
        return Continuity.REBOOTED
    return Continuity.WRAPPED if uptime is _Pace.WRAPPED else Continuity.CONTINUOUS


def uptime_s(identity: Identity) -> float | None:
    """Seconds since the agent started, as last read, the wraps we saw undone; None where it does not say."""
    if identity.uptime_ticks is None:
        return None
    return (identity.uptime_ticks + identity.uptime_wraps * _WRAP_TICKS) / _TICKS_PER_S


def _seconds(ticks: int | None) -> float | None:
    return None if ticks is None else ticks / _TICKS_PER_S


def _pace(before_s: float | None, now_s: float | None, elapsed_s: float) -> _Pace:
    if before_s is None or now_s is None:
        return _Pace.UNKNOWN
    slack_s = SLACK_S + DRIFT * elapsed_s
    ahead_s = now_s - before_s - elapsed_s
    if now_s < before_s:
        past_wrap_s = (ahead_s + _WRAP_S / 2) % _WRAP_S - _WRAP_S / 2
        if before_s + elapsed_s + slack_s >= _WRAP_S and abs(past_wrap_s) <= slack_s:
            return _Pace.WRAPPED
        # A clock that began anew shows no more than what passed; one that shows more only stuttered.
        return _Pace.ODD if abs(ahead_s) <= slack_s and now_s > elapsed_s + 1 else _Pace.RESET
    if abs(ahead_s) <= slack_s:
        return _Pace.IN_STEP
    return _Pace.RESET if ahead_s < 0 and now_s <= elapsed_s + slack_s else _Pace.ODD


def _wraps(previous: Identity, reading: Identity, elapsed_s: float) -> int:
    expected = (previous.uptime_ticks or 0) + elapsed_s * _TICKS_PER_S
    return max(1, round((expected - (reading.uptime_ticks or 0)) / _WRAP_TICKS))


def _is_poorer(reading: Identity, previous: Identity) -> bool:
    return (reading.uptime_ticks is None and previous.uptime_ticks is not None) or (
        reading.engine_boots is None and previous.engine_boots is not None
    )


def _with_texts(identity: Identity, reading: Identity, previous: Identity, wraps: int) -> Identity:
    """`identity` with the newest texts and engine id that are known, and so many wraps."""
    if identity is previous and not (
        reading.sys_descr or reading.sys_object_id or reading.sys_name or reading.engine_id
    ):
        return previous
    return replace(
        identity,
        uptime_wraps=wraps,
        sys_descr=reading.sys_descr or previous.sys_descr,
        sys_object_id=reading.sys_object_id or previous.sys_object_id,
        sys_name=reading.sys_name or previous.sys_name,
        engine_id=reading.engine_id or previous.engine_id,
    )

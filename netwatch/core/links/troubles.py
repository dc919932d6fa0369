"""(troubles of a link so far, measurements at its ends) -> the troubles in force: what weakens a link that is up.

A measurement that stands alone is no trouble, and one good one no recovery: a trouble begins with the second bad one
in a row and ends with the third good one, so that a link does not change its state with every poll.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from netwatch.core.links.ends import EndSeen, LinkSeen, PortTotals
from netwatch.core.links.flow import Flow
from netwatch.core.links.port_seen import HALF_DUPLEX
from netwatch.core.model import NOTHING, Link, PortRef

LOOKS_TO_ENTER, LOOKS_TO_LEAVE = 2, 3
ERRORS_WARNING, ERRORS_MAJOR = 1e-6, 1e-4  # of the frames
LEAST_ERRORS = 3  # one broken frame of a quiet hour is no ratio
DISCARDS_WARNING, DISCARDS_MAJOR = 1e-3, 1e-2  # of the frames to be sent; those received are often not meant for us
LEAST_DISCARDS = 10
FULL_WARNING, FULL_MAJOR = 0.70, 0.85  # of the capacity, over 15 minutes
SPEED_TOLERANCE = 0.99
FULLNESS = "full"  # how the keys of what is no fault below its higher threshold begin


class Level(IntEnum):
    FINE = 0
    WARNING = 1
    MAJOR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One look at one possible trouble. `key` says which; `sentence` what is wrong, of no meaning where nothing is."""

    key: str
    level: Level
    sentence: str
    at_wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One possible trouble. `level` FINE: seen, not in force yet."""

    level: Level
    recent: tuple[Level, ...]  # the newest last, no more than it takes to leave
    sentence: str
    since_wall_s: float  # the first bad one of the run


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a link is measured by. `before_*` are the totals of the look before; None: there were none."""

    link: Link
    seen: LinkSeen
    capacity_bps: int | None
    before_a: PortTotals | None = None
    before_b: PortTotals | None = None


def fold_troubles(before: Mapping[str, Trouble], measured: Iterable[Measurement]) -> Mapping[str, Trouble]:
    """The troubles after new measurements; what was not measured stays as it is. Healthy links have none."""
    after: dict[str, Trouble] | None = None
    for one in measured:
        if one.level is Level.FINE and (not before or one.key not in before):
            continue
        after = dict(before) if after is None else after
        known = _advance(before.get(one.key), one)
        if known is None:
            after.pop(one.key, None)
        else:
            after[one.key] = known
    return before if after is None else after or NOTHING


def _advance(before: Trouble | None, seen: Measurement) -> Trouble | None:
    recent = (*(before.recent if before else ()), seen.level)[-LOOKS_TO_LEAVE:]
    if not any(recent) or (before is not None and before.level is Level.FINE and seen.level is Level.FINE):
        return None
    level = min(recent[-LOOKS_TO_ENTER:]) if len(recent) >= LOOKS_TO_ENTER else Level.FINE
    if before is not None and before.level is not Level.FINE:
        padded = sorted((*(Level.FINE,) * (LOOKS_TO_LEAVE - len(recent)), *recent))
        level = max(padded[1], Level.WARNING)
    return Trouble(
        level=level,
        recent=recent,
        sentence=seen.sentence if seen.level is not Level.FINE or before is None else before.sentence,
        since_wall_s=seen.at_wall_s if before is None else before.since_wall_s,
    )


def frames_measured(look: Look) -> Iterator[Measurement]:
    """Errors and discards at both ends over the last traffic interval; nothing where an end has no newer totals."""
    for side, ref, end, before in (
        ("a", look.link.a, look.seen.a, look.before_a),
        ("b", look.link.b, look.seen.b, look.before_b),
    ):
        now = end.totals if end is not None else None
        if now is None or before is None or now.stamp_ms <= before.stamp_ms:
            continue
        yield from _errors(side, ref, before, now)
        yield from _discards(side, ref, before, now)


def _errors(side: str, ref: PortRef, before: PortTotals, now: PortTotals) -> Iterator[Measurement]:
    for direction, words, errors, frames in (
        (
            "receive",
            "of a million frames that {} received were broken",
            _delta(before.receive_errors, now.receive_errors),
            _delta(before.receive_packets, now.receive_packets),
        ),
        (
            "transmit",
            "of a million frames that {} sent failed",
            _delta(before.transmit_errors, now.transmit_errors),
            _delta(before.transmit_packets, now.transmit_packets),
        ),
    ):
        if errors is None or frames is None:
            continue
        ratio = errors / (errors + frames) if errors >= LEAST_ERRORS else 0.0
        level = _level(ratio, ERRORS_WARNING, ERRORS_MAJOR)
        yield Measurement(
            key=f"errors {direction} {side}",
            level=level,
            sentence=f"{ratio * 1e6:.3g} {words.format(ref)}" if level else "",
            at_wall_s=now.stamp_ms / 1000,
        )


def _discards(side: str, ref: PortRef, before: PortTotals, now: PortTotals) -> Iterator[Measurement]:
    discards = _delta(before.transmit_discards, now.transmit_discards)
    frames = _delta(before.transmit_packets, now.transmit_packets)
    if discards is None or frames is None:
        return
    ratio = discards / (discards + frames) if discards >= LEAST_DISCARDS else 0.0
    level = _level(ratio, DISCARDS_WARNING, DISCARDS_MAJOR)
    yield Measurement(
        key=f"discards {side}",
        level=level,
        sentence=f"{ref} threw away {ratio:.2%} of what it had to send" if level else "",
        at_wall_s=now.stamp_ms / 1000,
    )


def _delta(before: int | None, now: int | None) -> int | None:
    return None if before is None or now is None or now < before else now - before


def _level(ratio: float, warning: float, major: float) -> Level:
    return Level.MAJOR if ratio > major else Level.WARNING if ratio > warning else Level.FINE


def fullness_measured(link: Link, flow: Flow, *, towards: str, capacity_bps: int | None) -> Iterator[Measurement]:
    """How full one direction was over 15 minutes; nothing where that or the capacity is not known."""
    if flow.mean is None or not capacity_bps or flow.last is None:
        return
    ratio = flow.mean * 8 / capacity_bps
    begin, end = (link.a, link.b) if towards == "b" else (link.b, link.a)
    yield Measurement(
        key=f"{FULLNESS} {towards}",
        level=_level(ratio, FULL_WARNING, FULL_MAJOR),
        sentence=f"{ratio:.0%} full from {begin.device} to {end.device} for 15 minutes",
        at_wall_s=flow.last[0] / 1000,
    )


def speed_measured(look: Look, at_wall_s: float) -> Iterator[Measurement]:
    """What speed the ends run at, against the inventory's capacity and each other.

    Of an aggregate agents tell the speed of one member, the sum, or nothing: its members are looked at instead.
    """
    link = look.link
    if link.members:
        return
    speeds = [(ref, end.port.speed_bps) for ref, end in _ends(look) if end.port is not None and end.port.speed_bps]
    capacity = link.capacity_bps
    slow = [(ref, bps) for ref, bps in speeds if capacity is not None and bps < SPEED_TOLERANCE * capacity]
    yield Measurement(
        key="speed",
        level=Level.MAJOR if slow else Level.FINE,
        sentence="; ".join(f"{ref} runs at {_bps(bps)} instead of {_bps(capacity or 0)}" for ref, bps in slow),
        at_wall_s=at_wall_s,
    )
    if len(speeds) == 2:
        low, high = sorted(bps for _, bps in speeds)
        yield Measurement(
            key="speeds",
            level=Level.WARNING if low < SPEED_TOLERANCE * high else Level.FINE,
            sentence="; ".join(f"{ref} runs at {_bps(bps)}" for ref, bps in speeds),
            at_wall_s=at_wall_s,
        )


def duplex_measured(look: Look, at_wall_s: float) -> Iterator[Measurement]:
    """Whether an end runs half duplex, where agents tell."""
    half = [ref for ref, end in _ends(look) if end.port is not None and end.port.duplex == HALF_DUPLEX]
    yield Measurement(
        key="duplex",
        level=Level.WARNING if half else Level.FINE,
        sentence="; ".join(f"{ref} runs half duplex" for ref in half),
        at_wall_s=at_wall_s,
    )


def _ends(look: Look) -> list[tuple[PortRef, EndSeen]]:
    pairs = ((look.link.a, look.seen.a), (look.link.b, look.seen.b))
    return [(ref, end) for ref, end in pairs if end is not None and end.is_up]


def _bps(bps: float) -> str:
    for unit, name in ((1e9, "Gbit/s"), (1e6, "Mbit/s")):
        if bps >= unit:
            return f"{bps / unit:g} {name}"
    return f"{bps:g} bit/s"

"""What is told of a subject, in the order it was told -> spans of classes, the time down charged to faults.

In: points, what the states count as, and the faults that may be to blame. Out: spans as the arithmetic takes them.

A later row knows better: it holds from its own time on, also where that lies before the row it follows. Only that all
is well takes nothing back: told with a time before a state that is on record, it holds from when it was written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.report.history import UNWATCHED, FaultTold, Life, Point


def spans(
    points: Sequence[Point], lives: Sequence[Life], reading: Mapping[str, Class], faults: Sequence[FaultTold] = ()
) -> list[Span]:
    """Of one subject. `reading`: state -> class; a state that it does not have is unknown.

    `faults`: those that name the subject, the earliest first.
    """
    found: list[Span] = []
    classes, down = {**reading, UNWATCHED: Class.NOT_IN_SERVICE}, Class.DOWN if faults else None
    for from_ms, until_ms, state in conditions(points, reading):
        klass = classes.get(state, Class.UNKNOWN)
        if klass is down:
            found += charged(from_ms, until_ms, faults)
        else:
            found.append(Span(from_ms, until_ms, klass))
    found += _out_of_service(lives)
    return found


def conditions(points: Sequence[Point], reading: Mapping[str, Class]) -> Iterator[tuple[int, int | None, str]]:
    """(from, until, state), each once and one after the other; the last is open."""
    held: list[tuple[int, str]] = []
    for at_ms, recorded_ms, state in points:
        begin_ms = at_ms
        if held and at_ms < held[-1][0] and reading.get(state) is Class.UP:
            begin_ms = max(recorded_ms, held[-1][0])
        while held and held[-1][0] >= begin_ms:
            held.pop()
        held.append((begin_ms, state))
    for number, (begin_ms, state) in enumerate(held, 1):
        yield begin_ms, held[number][0] if number < len(held) else None, state


def charged(from_ms: int, until_ms: int | None, faults: Iterable[FaultTold]) -> list[Span]:
    """A time down, cut where another fault becomes the one to blame: of those open, the one that began first.

    What lies before the first of them is charged to it, and what lies behind the last to that: a subject falls silent
    some seconds before its fault is told, and comes home some seconds after.
    """
    open_ms = float("inf")
    end_ms = open_ms if until_ms is None else until_ms
    there = [
        (one.since_ms, open_ms if one.cleared_ms is None else one.cleared_ms, one.id)
        for one in faults
        if one.since_ms < end_ms and (one.cleared_ms is None or one.cleared_ms > from_ms)
    ]
    if not there:
        return [Span(from_ms, until_ms, Class.DOWN)]
    there.sort()
    pieces: list[tuple[int, str]] = []
    at_ms: float = from_ms
    for since_ms, cleared_ms, fault in there:
        if cleared_ms <= at_ms and pieces:
            continue
        pieces.append((max(from_ms, int(at_ms), since_ms if pieces else from_ms), fault))
        at_ms = cleared_ms
        if at_ms >= end_ms:
            break
    ends = [*(begin_ms for begin_ms, _ in pieces[1:]), until_ms]
    return [Span(begin_ms, end, Class.DOWN, fault) for (begin_ms, fault), end in zip(pieces, ends, strict=True)]


def _out_of_service(lives: Sequence[Life]) -> Iterator[Span]:
    """Before it was first put into the inventory, and from each time it was taken out to when it was put back."""
    if lives and lives[0].is_in_service:
        yield Span(0, lives[0].at_ms, Class.NOT_IN_SERVICE)
    for number, life in enumerate(lives):
        if not life.is_in_service:
            back_ms = next((later.at_ms for later in lives[number + 1 :] if later.is_in_service), None)
            yield Span(life.at_ms, back_ms, Class.NOT_IN_SERVICE)

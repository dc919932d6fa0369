"""How many values one PDU asks of one agent: a frozen state in, the next state out. Nothing waits or sends here.

Agents differ: some answer 60 kB, some fall silent above 484 octets. So the size starts where request and reply fit one
Ethernet frame, doubles on proof, halves when the agent says tooBig or falls silent on a large PDU
while it answers a small one, and stays below what failed. A ceiling is doubted only after long success under it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

FRAME_OCTETS = 1400
ENVELOPE_OCTETS = 60  # headers, version, a community of 20 octets, request-id, error-status and -index
VALUE_OCTETS = 8  # tag, length and a usual counter
LARGEST = 200  # values: about 5 kB, beyond which little is won
SMALL = 10  # values: a PDU that any agent answers; silence to this is no matter of size
GROW_AFTER = 8  # full-size successes before the next step up, after which every layout is learned anew
FEEL_AFTER = 16  # likewise, where a size has failed: then by half at a time
DOUBT_AFTER = 1000  # full-size successes at the ceiling before it is tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """What has been learned about one agent. Counts are values per PDU, the head not included."""

    size: int  # how many to ask next
    proven: int = 0  # the most ever answered
    ceiling: int = LARGEST  # the most worth trying
    streak: int = 0  # full-size successes since the last change
    suspect: int = 0  # a size that met silence, not yet known whether because of its size; 0: none
    away: bool = False  # the last small PDU met silence too

    def as_dict(self) -> dict[str, int]:
        """What is worth keeping over a restart."""
        return {"size": self.size, "proven": self.proven, "ceiling": self.ceiling}


def first(name_octets: Sequence[int]) -> BatchState:
    """The state for an agent never asked, from the encoded lengths of the OIDs it will be asked."""
    mean = sum(name_octets) / max(len(name_octets), 1)
    varbind = mean + 2 + VALUE_OCTETS  # the SEQUENCE's header; the reply is the larger one
    return BatchState(size=max(SMALL, min(LARGEST, int((FRAME_OCTETS - ENVELOPE_OCTETS) / varbind))))


def from_dict(kept: Mapping[str, object]) -> BatchState | None:
    """Read `as_dict`'s output back; None when it is not such a thing."""
    numbers = {name: kept.get(name) for name in ("size", "proven", "ceiling")}
    match numbers:
        case {"size": int(size), "proven": int(proven), "ceiling": int(ceiling)} if 1 <= size <= ceiling <= LARGEST:
            return BatchState(size=size, proven=max(0, min(proven, ceiling)), ceiling=ceiling)
        case _:
            return None


def answered(state: BatchState, asked: int, *, full: int) -> BatchState:
    """PDUs of up to `asked` values came back; `full` of them were as large as `state` allowed."""
    if state.suspect > asked:
        state = _lower(state, state.suspect)  # it was the size
    if state.suspect or state.away:
        state = replace(state, suspect=0, away=False)
    if asked > state.proven:
        state = replace(state, proven=asked)
    if full == 0 or (state.streak >= DOUBT_AFTER and state.ceiling == LARGEST == state.size):
        return state
    streak = state.streak + full
    if state.size < state.ceiling:
        never_failed = state.ceiling == LARGEST
        if streak < (GROW_AFTER if never_failed else FEEL_AFTER):
            return replace(state, streak=streak)
        step = state.size if never_failed else max(1, state.size // 2)
        return replace(state, size=min(state.ceiling, state.size + step), streak=0)
    if state.ceiling < LARGEST and streak >= DOUBT_AFTER:
        return replace(state, ceiling=min(LARGEST, state.ceiling + max(1, state.ceiling // 4)), streak=0)
    return replace(state, streak=min(streak, DOUBT_AFTER))


def too_big(state: BatchState, asked: int) -> BatchState:
    """The agent said tooBig to `asked` values."""
    return _lower(state, asked)


def silent(state: BatchState, asked: int) -> BatchState:
    """`asked` values met silence. The next question is to be small: its fate tells whether the size was the cause."""
    return state if asked <= SMALL else replace(state, suspect=asked, streak=0)


def dark(state: BatchState) -> BatchState:
    """The smallest PDU met silence too: the agent is away, and nothing was learned about sizes."""
    return replace(state, suspect=0, away=True, streak=0)


def next_size(state: BatchState) -> int:
    """How many values to ask now: few while a size is under suspicion."""
    return min(state.size, SMALL) if state.suspect else state.size


def _lower(state: BatchState, failed: int) -> BatchState:
    """Go to half of what failed, and stay below it."""
    ceiling = max(1, failed - 1)
    size = max(1, min(state.size, failed // 2))
    return replace(state, size=size, ceiling=ceiling, proven=min(state.proven, ceiling), streak=0)

"""What the checks of one field device say together: the upper half of the ladder (ping, TCP, RTSP, ONVIF).

In: the configured checks and how each stands. Out: whether the device does what is asked of it, whether anything at its
address answers, since when not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from netwatch.core.errors import Reason
from netwatch.core.field.record import CheckState
from netwatch.core.model import Check, FieldDevice, PingMethod

PING, TCP, RTSP, ONVIF = "ping", "tcp", "rtsp", "onvif"
ORDER = (PING, TCP, RTSP, ONVIF)  # of the ladder
_UNDECIDED = CheckState()


@dataclass(frozen=True)
class Asked:
    """The configured checks, in ladder order: kind, name, how it stands."""

    steps: tuple[tuple[str, str, CheckState], ...]

    @classmethod
    def of(cls, device: FieldDevice, checks: Mapping[str, CheckState]) -> "Asked":
        """What is no longer configured says nothing; what was never tried is undecided."""
        if device.address is None:
            return cls(())
        ladder = _ladder(device.checks, device.ping.method is not PingMethod.OFF)
        return cls(tuple([(kind, name, checks.get(name, _UNDECIDED)) for kind, name in ladder]))

    @cached_property
    def passes(self) -> bool | None:
        """Whether the device does what is asked of it; None: not decided."""
        return _passes(self.steps)

    @property
    def answers(self) -> bool:
        """Whether it answers some check now: an answer of before another check began to fail says nothing of now."""
        return self.answered_after(max(self.failing_since(), default=None))

    @property
    def is_silent(self) -> bool:
        """Whether nothing at its address answers; a refused connection is an answer of the host."""
        return not self.answers and not any(_refuses(state) for _, _, state in self.steps)

    def answered_after(self, wall_s: float | None) -> bool:
        """Whether it answered later than `wall_s`; an answer whose time is not known counts as new."""
        return any(
            wall_s is None or state.answered_wall_s is None or state.answered_wall_s > wall_s
            for _, _, state in self.steps
            if _proves(state)
        )

    def failing_since(self) -> Iterator[float]:
        """When each check that fails began to; not where a higher rung answered later, and so proved it wrong."""
        for place, (kind, _, state) in enumerate(self.steps):
            since = state.since_wall_s
            if kind == ONVIF or state.up is not False or since is None:
                continue
            above = [one for other, _, one in self.steps[place + 1 :] if _proves_that(other, kind)]
            if not any(one.answered_wall_s is not None and one.answered_wall_s > since for one in above):
                yield since

    def silent_since(self) -> float | None:
        """The earliest date among what fails, a first miss included; None: nothing fails."""
        missed = [
            state.first_failure_wall_s
            for kind, _, state in self.steps
            if kind != ONVIF and state.up and state.failures and state.first_failure_wall_s is not None
        ]
        return min((*self.failing_since(), *missed), default=None)

    def fine_since(self) -> float | None:
        """When the last of the checks that hold began to."""
        sinces = [state.since_wall_s for _, _, state in self.steps if state.up and state.since_wall_s is not None]
        return max(sinces, default=None)


def any_alive(others: Sequence[Asked]) -> bool | None:
    """Of the others on a shared port: whether one answers. None: there are none, or one is not decided."""
    if not all(one.is_silent for one in others):
        return True
    return False if others and all(one.passes is False for one in others) else None


@lru_cache(maxsize=256)
def _ladder(checks: Iterable[Check], is_pinged: bool) -> tuple[tuple[str, str], ...]:  # noqa: FBT001 - a cache's key
    """Kind and name of each check in ladder order; a city of 50,000 cameras has few such sets."""
    named = [(check.kind, str(check)) for check in checks if check.kind != PING or is_pinged]
    return tuple(sorted(named, key=lambda one: ORDER.index(one[0])))


def _passes(steps: Sequence[tuple[str, str, CheckState]]) -> bool | None:
    """From the lowest rung to the highest. ONVIF that fails convicts nothing: alone, it leaves the device undecided."""
    if steps and all(_proves(state) for _, _, state in steps):
        return True
    rungs: dict[str, list[CheckState]] = {}
    for kind, _, state in steps:
        rungs.setdefault(kind, []).append(state)
    below: bool | None = None
    if PING in rungs:
        below = _standing(rungs[PING], below=None)
    if any(_proves(state) for state in rungs.get(ONVIF, ())):
        below = True  # an answer over TCP proves what an echo would, but not that another port of it answers
    for kind in (TCP, RTSP):
        if kind in rungs:
            below = _standing(rungs[kind], below=below)
    return below


def _proves(state: CheckState) -> bool:
    return state.up is True and not state.failures


def _proves_that(higher: str, lower: str) -> bool:
    """Whether an answer on one rung is one on the other; of those above, ONVIF proves the echo alone."""
    return higher != lower and (higher != ONVIF or lower == PING)


def _refuses(state: CheckState) -> bool:
    return state.failures > 0 and state.reason is Reason.REFUSED


def _standing(states: list[CheckState], *, below: bool | None) -> bool | None:
    """One rung, on top of what the rungs below it say.

    A rung that answered proves those below until it fails once; then a failing one below is believed. One that was
    never tried may yet prove them, so it leaves them undecided.
    """
    if any(state.up is False for state in states):
        return False
    if all(_proves(state) for state in states):
        return True
    if below is False:
        return False if any(state.failures for state in states) else None
    return None if any(state.up is None for state in states) else True

"""Silence that may be our own is held back until the canaries have told whose it is.

In: observations, and our own view. Out: those to be folded now. When our uplink goes dark, devices and canaries fall
silent in the same seconds; without this, whoever is asked first would be called down before we know that it is us.
"""

from netwatch.core.faults.vantage import View
from netwatch.core.observation import CheckObservation, Completeness, Observation, PingObservation

LONGEST_HOLD_S = 10.0  # two failed echoes to a canary with their re-probes; then devices are judged without it


def is_silence(seen: Observation) -> bool:
    """Whether nothing came back."""
    if isinstance(seen, PingObservation):
        return seen.rtt_s is None
    if isinstance(seen, CheckObservation):
        return seen.duration_s is None
    return seen.completeness is Completeness.FAILED


class HeldSilence:
    """What is held back. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._held: list[Observation] = []
        self._since_s: float | None = None  # when the question came up; None: there is none

    def keep(self, seen: Observation, view: View, now_s: float) -> bool:
        """Hold `seen` back if it is silence and our own view is in question. True: it is not to be folded now.

        A canary's own silence is what answers the question, and is never held.
        """
        if not view.is_in_question or (isinstance(seen, PingObservation) and seen.subject in view.canaries):
            return False
        if self._since_s is None:
            self._since_s = now_s
        if now_s - self._since_s > LONGEST_HOLD_S or not is_silence(seen):
            return False
        self._held.append(seen)
        return True

    def release(self, view: View, now_s: float) -> list[Observation]:
        """What is to be folded after all: the canaries answered, or did not settle it. Once they are dark, nothing."""
        if self._since_s is None:
            return []
        if not view.is_in_question:
            self._since_s = None
        elif now_s - self._since_s <= LONGEST_HOLD_S:
            return []
        held, self._held = self._held, []
        return [] if view.is_lit is False else held

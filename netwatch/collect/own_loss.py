"""Own loss: what became of the echoes to ourselves in, whether a miss may be believed out. Pure.

An echo to our own host goes through the same socket and buffers as every other. Where it is lost, the loss is ours,
and a device that seems silent was not observed.
"""

from collections import deque

WINDOW = 20  # echoes to ourselves looked back on
LIMIT_RATIO = 0.1  # from here on our misses say nothing about the devices
BROKEN_IN_A_ROW = 8  # so many lost one after the other: the socket itself is suspect


class OwnLoss:
    """The record of one wire's echoes to ourselves."""

    def __init__(self) -> None:
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._proven = False
        self._others_answer = False
        self._lost_in_a_row = 0
        self._lost_at_s = float("-inf")

    @property
    def ratio(self) -> float:
        """Lost among the last `WINDOW` echoes to ourselves, 0 to 1; 0 where that way of asking is no witness."""
        if not self._recent or not self._is_witness:
            return 0.0
        return self._recent.count(False) / len(self._recent)

    @property
    def broken(self) -> bool:
        return self._is_witness and self._lost_in_a_row >= BROKEN_IN_A_ROW

    @property
    def _is_witness(self) -> bool:
        """A host told to ignore all echoes (icmp_echo_ignore_all) never answers itself, though others answer it."""
        return self._proven or not self._others_answer

    def record(self, *, answered: bool) -> None:
        """One echo to ourselves has ended."""
        self._recent.append(answered)
        self._proven = self._proven or answered
        self._lost_in_a_row = 0 if answered else self._lost_in_a_row + 1

    def other_answered(self) -> None:
        """Somebody else's answer came through the same socket."""
        self._others_answer = True

    def lost_some(self, *, now_s: float) -> None:
        """Answers were lost up to now, no buffer or no socket being there: whatever was sent before may be of these."""
        self._lost_at_s = now_s

    def believes_miss(self, sent_s: float) -> bool:
        """Whether it says anything about the device that an echo sent then has no answer."""
        return self.ratio < LIMIT_RATIO and sent_s > self._lost_at_s

    def reopened(self) -> None:
        """A new socket starts with a clean record, except for what is known of this host."""
        self._recent.clear()
        self._lost_in_a_row = 0

"""Pacing: echoes in, at most so many a second out, overall and per subnet. Pure; time is an argument.

A subnet over its cap waits in its own line and holds up nobody else. What does not fit the lines is refused, never
sent as a burst later.
"""

from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

BURST_S = 0.05  # how much of a second's allowance may go out at once: more than one tick of the pinger's timer

Item = TypeVar("Item")


class TokenBucket:
    """`rate_per_s` allowances a second, of which at most `depth` are saved up."""

    __slots__ = ("at_s", "depth", "level", "rate_per_s")

    def __init__(self, *, rate_per_s: float, depth: float, now_s: float) -> None:
        self.rate_per_s = rate_per_s
        self.depth = depth
        self.level = depth
        self.at_s = now_s

    def holds_one(self, now_s: float) -> bool:
        """Whether one may go now; takes nothing."""
        if now_s > self.at_s:
            self.level = min(self.depth, self.level + (now_s - self.at_s) * self.rate_per_s)
            self.at_s = now_s
        return self.level >= 1.0

    def take_one(self) -> None:
        """Take what `holds_one` promised."""
        self.level -= 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Packets per second overall and to one subnet, and how many may wait."""

    per_s: float
    per_subnet_per_s: float
    waiting: int = 20_000


class Pacer(Generic[Item]):
    """Lets items go as the caps allow; first come, first served within a subnet, in turn among subnets."""

    def __init__(self, caps: Caps, *, now_s: float) -> None:
        self._caps = caps
        self._overall = _bucket(caps.per_s, now_s)
        self._subnets: dict[bytes, TokenBucket] = {}  # as many as the inventory has subnets
        self._lines: dict[bytes, deque[Item]] = {}  # only subnets with someone waiting
        self._waiting = 0

    @property
    def waiting(self) -> int:
        return self._waiting

    def admit(self, subnet: bytes, now_s: float) -> bool:
        """Whether an item may go at once. False: `queue` it."""
        if subnet in self._lines or not self._overall.holds_one(now_s):
            return False
        bucket = self._bucket_of(subnet, now_s)
        if not bucket.holds_one(now_s):
            return False
        bucket.take_one()
        self._overall.take_one()
        return True

    def queue(self, item: Item, subnet: bytes) -> bool:
        """Put an item in its subnet's line. False: the lines are full, and it was not taken."""
        if self._waiting >= self._caps.waiting:
            return False
        self._lines.setdefault(subnet, deque()).append(item)
        self._waiting += 1
        return True

    def release(self, now_s: float) -> list[Item]:
        """Everything that waited and may go now, one per subnet and round."""
        released: list[Item] = []
        open_lines = list(self._lines)
        while open_lines:
            still_open = []
            for subnet in open_lines:
                if not self._overall.holds_one(now_s):
                    self._turn(open_lines, subnet)
                    return released
                bucket = self._bucket_of(subnet, now_s)
                if not bucket.holds_one(now_s):
                    continue
                bucket.take_one()
                self._overall.take_one()
                released.append(self._next_of(subnet))
                if subnet in self._lines:
                    still_open.append(subnet)
            open_lines = still_open
        return released

    def drain(self) -> list[Item]:
        """Everything that waits, allowed or not: for stopping."""
        items = [item for line in self._lines.values() for item in line]
        self._lines.clear()
        self._waiting = 0
        return items

    def _next_of(self, subnet: bytes) -> Item:
        line = self._lines[subnet]
        item = line.popleft()
        self._waiting -= 1
        if not line:
            del self._lines[subnet]
        return item

    def _turn(self, served: list[bytes], first: bytes) -> None:
        """The overall cap ended a round: those served in it stand behind the rest next time."""
        for subnet in served[: served.index(first)]:
            line = self._lines.pop(subnet, None)
            if line is not None:
                self._lines[subnet] = line

    def _bucket_of(self, subnet: bytes, now_s: float) -> TokenBucket:
        bucket = self._subnets.get(subnet)
        if bucket is None:
            bucket = self._subnets[subnet] = _bucket(self._caps.per_subnet_per_s, now_s)
        return bucket


def _bucket(rate_per_s: float, now_s: float) -> TokenBucket:
    return TokenBucket(rate_per_s=rate_per_s, depth=1.0 + rate_per_s * BURST_S, now_s=now_s)

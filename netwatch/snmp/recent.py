"""What became of requests that are over, so that stragglers can be told apart. Bounded: two generations."""

from netwatch.snmp.errors import Outcome
from netwatch.snmp.target import Target

GENERATION = 16_384  # at least so many of the last requests are remembered, at most twice as many


class Recent:
    """Request-ids that were answered or given up, and by whom."""

    def __init__(self, generation: int = GENERATION) -> None:
        self._generation = generation
        self._young: dict[bytes, tuple[Target, bool]] = {}
        self._old: dict[bytes, tuple[Target, bool]] = {}

    def __contains__(self, key: bytes) -> bool:
        return key in self._young or key in self._old

    def add(self, key: bytes, target: Target, *, answered: bool) -> None:
        """Remember how the request `key` ended."""
        if len(self._young) >= self._generation:
            self._old, self._young = self._young, {}
        self._young[key] = (target, answered)

    def classify(self, key: bytes, host: str, port: int) -> Outcome:
        """How to count a datagram for a request that is not in flight. Late only once; then it has been answered."""
        target, answered = self._young.get(key) or self._old.get(key) or (None, False)
        if target is None:
            return Outcome.UNKNOWN_REQUEST
        if not target.accepts(host, port):
            return Outcome.FOREIGN_ADDRESS
        if answered:
            return Outcome.DUPLICATE
        self.add(key, target, answered=True)
        return Outcome.LATE

"""How many requests are answered in a time: a token bucket, full at the start."""

from netwatch.expose.web_config import Rate


class Bucket:
    """Times are monotonic seconds."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at_s: float | None = None

    def takes(self, now_s: float) -> bool:
        """Whether one more request may be answered now."""
        passed_s = now_s - self._at_s if self._at_s is not None else 0.0
        self._at_s = now_s
        self._tokens = min(float(self._rate.burst), self._tokens + passed_s / self._rate.interval_s)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

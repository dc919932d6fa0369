"""Exact figures -> the decimals that are printed, never to anybody's flattery.

Shares (availability, coverage) are rounded down: 99.9996 % is never told as 100 %, and a target is never reached by
rounding. Losses (camera-hours, time to repair) are rounded up: something lost is never told as nothing.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

HOUR_MS = 3_600_000
SHARES, LOSSES = "down", "up"


def percent(share: Fraction, *, digits: int = 3) -> Decimal:
    """`share` of 1 in per cent, rounded down to so many decimal places: as large as it says, or larger."""
    scaled = share * 100 * 10**digits
    return _decimal(scaled.numerator // scaled.denominator, digits, ROUND_FLOOR)


def hours(lost_ms: int | Fraction, *, digits: int = 1) -> Decimal:
    """Milliseconds in hours, rounded up to so many decimal places: as long as it says, or shorter."""
    scaled = Fraction(lost_ms) / HOUR_MS * 10**digits
    return _decimal(-(-scaled.numerator // scaled.denominator), digits, ROUND_CEILING)


def _decimal(units: int, digits: int, rounding: str) -> Decimal:
    """Exact, whatever the precision of the thread's own context."""
    return Decimal(units).scaleb(-digits, Context(prec=max(len(str(units)), digits) + 2, rounding=rounding))

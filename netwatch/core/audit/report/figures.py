"""Plain data of a report -> the figures as people read them: decimals of seconds, hours and per cent.

In: what `record` wrote. Out: decimals, or None where there is nothing to divide by. Seconds are exact, so that columns
of them add up; shares are rounded down and losses up, as `rounding` has it.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from netwatch.core.audit.availability import Tally
from netwatch.core.audit.rounding import hours, percent

CLASSES = ("up", "down", "maintenance", "unknown", "not_in_service")


def tally_of(told: Mapping[str, Any]) -> Tally:
    """Back from `tally_record`; of one that tells fewer classes, the others are none."""
    return Tally(**{name: int(told.get(name, 0)) for name in CLASSES})


def seconds(ms: int) -> Decimal:
    """Exact, three decimals."""
    return Decimal(ms).scaleb(-3)


def share(one: Fraction | None, *, digits: int = 3) -> Decimal | None:
    """In per cent, rounded down."""
    return None if one is None else percent(one, digits=digits)


def lost_hours(ms: int | Fraction) -> Decimal:
    """Rounded up to a tenth."""
    return hours(ms)


def fraction(text: str | None) -> Fraction | None:
    """As `record` writes it."""
    return None if text is None else Fraction(text)


def mean_seconds(text: str | None) -> Decimal | None:
    """A mean of milliseconds, as a fraction, in seconds; rounded up to a thousandth."""
    mean = fraction(text)
    return None if mean is None else Decimal(-(-mean.numerator // mean.denominator)).scaleb(-3)

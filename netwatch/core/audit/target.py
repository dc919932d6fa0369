"""Bounds of availability and a target -> met, missed, or not decidable. What was not observed decides nothing."""

from enum import StrEnum
from fractions import Fraction

from netwatch.core.audit.availability import Tally


class Verdict(StrEnum):
    MET = "met"  # even if it was down whenever nobody looked
    MISSED = "missed"  # even if it was up whenever nobody looked
    NOT_DECIDABLE = "not_decidable"


def target_of(ratio: float) -> Fraction:
    """The target as the inventory writes it: 0.999 is 999/1000, not the binary number nearest to it."""
    return Fraction(repr(ratio))


def verdict(figures: Tally, target: Fraction) -> Verdict:
    """Met if A_low >= target, missed if A_high < target, else (or with no time that counts) not decidable."""
    low, high = figures.availability_low, figures.availability_high
    if low is None or high is None:
        return Verdict.NOT_DECIDABLE
    if low >= target:
        return Verdict.MET
    return Verdict.MISSED if high < target else Verdict.NOT_DECIDABLE

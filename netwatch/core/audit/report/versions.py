"""Rows that tell of inventories -> those that a period is reckoned with, for things move while the record goes on.

In: rows as a History has them, and what the inventories said. Out: versions, each from when it was in force.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.history import Told
from netwatch.core.model import Inventory

# the changes, as `ledger_inventory.differences` words them, after which something counts elsewhere
_MOVES = re.compile(
    r"(?:site|service|device|field_device|link|ring):.*: (?:added|removed|(?:site|service|district|port|a|b|ring): .*)",
    re.DOTALL,
)


class Version(NamedTuple):
    """An inventory, and from when it was in force; the first of several also holds for what was before."""

    from_ms: int
    inventory: Inventory


def in_force(rows: Sequence[Told], period: Period) -> list[Told]:
    """The row of the inventory in force when the period began, and those within the period."""
    before = [row for row in rows if row.at_ms < period.from_ms]
    return [*before[-1:], *(row for row in rows if period.from_ms <= row.at_ms < period.until_ms)]


def that_matter(rows: Sequence[Told], period: Period) -> list[Told]:
    """Of those the first, the last, and between them those in which something moved; the first ever if there are none.

    The last is in force when the period ends.
    """
    found = in_force(rows, period) or list(rows[:1])
    between = [row for row in found[1:-1] if any(_MOVES.fullmatch(str(one)) for one in row.detail["changes"])]
    return [*found[:1], *between, *found[1:][-1:]]


def place_at(versions: Sequence[Version], at_ms: int) -> int:
    """The place of the version that was in force then."""
    return max(0, bisect_right(versions, at_ms, key=lambda one: one.from_ms) - 1)

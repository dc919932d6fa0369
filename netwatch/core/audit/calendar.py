"""Accounts of subjects by the parts of a period, such as its days -> for every scope, the time by class in each part.

In: subjects with their accounts, which have a tally for each part. Out: weighted tallies; over parts that make up the
period they add up to its own. What an availability calendar is drawn from.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from netwatch.core.audit.availability import Tally
from netwatch.core.audit.service_availability import Scope, scopes, weighted
from netwatch.core.audit.subjects import Subject, SubjectAccount


def calendar(accounts: Sequence[tuple[Subject, SubjectAccount]], parts: int) -> Mapping[Scope, tuple[Tally, ...]]:
    """One tally for each of so many parts, in camera-milliseconds. Without parts, nothing."""
    if not parts:
        return {}
    alike: defaultdict[tuple[Scope, ...], list[tuple[int, Sequence[Tally]]]] = defaultdict(list)
    for subject, one in accounts:
        alike[tuple(scopes(subject))].append((subject.weight, one.by_part))
    found: defaultdict[Scope, list[tuple[int, Sequence[Tally]]]] = defaultdict(list)
    for its_scopes, rows in alike.items():
        sums = _by_part(rows, parts)
        for scope in its_scopes:
            found[scope].append((1, sums))
    return {scope: _by_part(rows, parts) for scope, rows in found.items()}


def _by_part(rows: Sequence[tuple[int, Sequence[Tally]]], parts: int) -> tuple[Tally, ...]:
    return tuple(weighted((weight, row[number]) for weight, row in rows) for number in range(parts))

"""Amounts of memory -> the share in use.

A Linux counts what it lent to buffers and caches as used, and tells them in rows of their own: these are taken off, for
it gives them back when a program wants them. What is left is what a shortage can be judged by.
"""

from collections.abc import Iterator, Mapping

from netwatch.core.health.equipment import Readings
from netwatch.core.health.measures import Measure

_LENT: Mapping[str, tuple[str, ...]] = {
    "Physical memory": ("Memory buffers", "Cached memory"),  # net-snmp
    "RAM": ("RAM (Buffers)", "RAM (Cache)"),  # Arista
}
_UCD_LENT = ("buffers", "cache")
_NO_STOCK = frozenset({"Shared memory", *(part for parts in _LENT.values() for part in parts)})


def memory_shares(readings: Readings) -> Readings:
    """The share in use, of those that tell amounts."""
    used, free, total = (
        readings.get(one, {})
        for one in (Measure.MEMORY_USED_AMOUNT, Measure.MEMORY_FREE_AMOUNT, Measure.MEMORY_TOTAL_AMOUNT)
    )
    told = readings.get(Measure.MEMORY_USED, {})
    if not used and not free:
        return {Measure.MEMORY_USED: told} if told else {}
    shares = dict(told)
    for label, part, whole in _parts(_without_lent(used), _with_lent(free), total):
        if 0 <= part <= whole and whole > 0:
            shares.setdefault(label, part / whole)
    return {Measure.MEMORY_USED: shares} if shares else {}


def _without_lent(used: Mapping[str, float]) -> Mapping[str, float]:
    """Amounts in use, without what can be had back, and without the rows that tell only that."""
    if _NO_STOCK.isdisjoint(used):
        return used
    kept = {label: value for label, value in used.items() if label not in _NO_STOCK}
    for label, lent in _LENT.items():
        rest = kept[label] - sum(used.get(one, 0.0) for one in lent) if label in kept else -1.0
        if rest >= 0:
            kept[label] = rest
    return kept


def _with_lent(free: Mapping[str, float]) -> Mapping[str, float]:
    """Amounts that are free, with what of it is lent: UCD-SNMP-MIB tells the two beside each other."""
    return {label: value + sum(free.get(f"{label} {lent}", 0.0) for lent in _UCD_LENT) for label, value in free.items()}


def _parts(
    used: Mapping[str, float], free: Mapping[str, float], total: Mapping[str, float]
) -> Iterator[tuple[str, float, float]]:
    """(label, used, all) by whichever two of the three an agent tells."""
    for label in dict.fromkeys((*used, *free)):
        if label in used:
            rest = total.get(label) if label in total else used[label] + free[label] if label in free else None
            if rest is not None:
                yield label, used[label], rest
        elif label in total:
            yield label, total[label] - free[label], total[label]

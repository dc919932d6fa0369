"""Inventory and record -> the yearly sheet of self-owned telecommunication facilities (자가전기통신설비).

In: the inventory, faults and changes of a period. Out: plain data: what is declared beside what is there. Declared is
what carries the number of its declaration (`registration`) in the inventory; that nobody gave a length or a number of
cores is said, and not taken for none.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.faults import steps
from netwatch.core.audit.report.history import History
from netwatch.core.model import Cable, Inventory, Link

REGISTRATION, INSTITUTION = "registration", "institution"
_FACILITIES = ("cable:", "link:", "device:")


class _Registered(Protocol):
    @property
    def extra(self) -> Mapping[str, str]: ...


def own_network(history: History, inventory: Inventory, period: Period) -> Mapping[str, Any]:
    """Lengths are metres, times ms; `declared` and `there` count the same things."""
    cables = inventory.cables.values()
    own = [link for link in inventory.links.values() if not link.over]
    used = _cores_used(own)
    return {
        "cables": _both(cables),
        "sections": _both(own),
        "leased": sorted(link.id for link in inventory.links.values() if link.over),
        "length_m": _length(cables),
        "length_declared_m": _length(one for one in cables if _is_declared(one)),
        "without_length": sorted(one.id for one in cables if one.length_m is None),
        "cores": [_cores(one, used.get(one.id, set())) for one in cables],
        "equipment": {
            role: _both(one for one in inventory.devices.values() if one.role == role)
            for role in sorted({one.role.value for one in inventory.devices.values()})
        },
        "institutions": _institutions(inventory),
        "to_others": _to_others(inventory, own),
        "repairs": _repairs(history, period),
        "changes": _changes(history, period),
    }


def _is_declared(one: _Registered) -> bool:
    return bool(one.extra.get(REGISTRATION))


def _both(things: Iterable[_Registered]) -> Mapping[str, int]:
    found = [_is_declared(one) for one in things]
    return {"declared": sum(found), "there": len(found)}


def _length(cables: Iterable[Cable]) -> int:
    """Of those that have one; rounded to the metre."""
    return round(sum(one.length_m or 0.0 for one in cables))


def _cores_used(links: Iterable[Link]) -> Mapping[str, set[int]]:
    used: defaultdict[str, set[int]] = defaultdict(set)
    for link in links:
        for run in link.fibre:
            used[run.cable].update(run.cores)
    return used


def _cores(cable: Cable, used: Collection[int]) -> Mapping[str, Any]:
    """`spare` None: nobody told how many cores it has."""
    return {
        "cable": cable.id,
        "registration": cable.extra.get(REGISTRATION, ""),
        "length_m": None if cable.length_m is None else round(cable.length_m),
        "cores": cable.cores,
        "used": len(used),
        "spare": None if cable.cores is None else cable.cores - len(used),
    }


def _institutions(inventory: Inventory) -> Mapping[str, Mapping[str, int]]:
    """Whose equipment and field devices are on it; the empty name: nobody told."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in inventory.devices.values():
        found[one.extra.get(INSTITUTION, "")]["devices"] += 1
    for field_device in inventory.field_devices.values():
        found[field_device.extra.get(INSTITUTION, "")]["field_devices"] += 1
    return {
        name: {"devices": counts["devices"], "field_devices": counts["field_devices"]}
        for name, counts in sorted(found.items())
    }


def _to_others(inventory: Inventory, links: Iterable[Link]) -> Sequence[Mapping[str, str]]:
    """Links whose two ends belong to different institutions, both of them named."""
    found = []
    for link in links:
        a, b = (inventory.devices[end.device].extra.get(INSTITUTION, "") for end in (link.a, link.b))
        if a and b and a != b:
            found.append({"link": link.id, "a": a, "b": b})
    return found


def _repairs(history: History, period: Period) -> Mapping[str, Mapping[str, Any]]:
    """Contractor -> faults that were cleared within the period, and the means from their beginning on.

    Until they were cleared; until somebody took note, and until somebody went, of those of which that is on record.
    """
    lasted: defaultdict[str, list[int]] = defaultdict(list)
    noted: defaultdict[str, list[int]] = defaultdict(list)
    went: defaultdict[str, list[int]] = defaultdict(list)
    still_open: Counter[str] = Counter()
    for fault in history.faults.values():
        if fault.cleared_ms is not None and period.from_ms <= fault.cleared_ms < period.until_ms:
            lasted[fault.contractor].append(fault.cleared_ms - fault.since_ms)
            for at_ms, found in zip(steps(history, fault.id).values(), (noted, went), strict=True):
                if at_ms is not None:
                    found[fault.contractor].append(at_ms - fault.since_ms)
        elif fault.since_ms < period.until_ms and (fault.cleared_ms is None or fault.cleared_ms >= period.until_ms):
            still_open[fault.contractor] += 1
    return {
        name: {
            "cleared": len(lasted[name]),
            "open": still_open[name],
            "mean_ms": _mean(lasted[name]),
            **_steps(noted[name], went[name]),
        }
        for name in sorted({*lasted, *still_open})
    }


def _steps(noted: Sequence[int], went: Sequence[int]) -> Mapping[str, Any]:
    return {
        "acknowledged": len(noted),
        "acknowledged_mean_ms": _mean(noted),
        "dispatched": len(went),
        "dispatched_mean_ms": _mean(went),
    }


def _mean(lengths_ms: Sequence[int]) -> str | None:
    if not lengths_ms:
        return None
    mean = Fraction(sum(lengths_ms), len(lengths_ms))
    return f"{mean.numerator}/{mean.denominator}"


def _changes(history: History, period: Period) -> Sequence[Mapping[str, Any]]:
    """Of cables, links and devices, as the record tells them."""
    return [
        {"at_ms": row.at_ms, "change": change}
        for row in history.inventories
        if period.from_ms <= row.at_ms < period.until_ms
        for change in row.detail["changes"]
        if change.startswith(_FACILITIES)
    ]

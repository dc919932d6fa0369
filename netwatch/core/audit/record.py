"""An account -> plain data: whole numbers, fractions as text, words. The same account gives the same data.

In: an account. Out: what canonical JSON, a table or a pack is made of; whoever recomputes a pack compares this.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import gcd
from typing import Any

from netwatch.core.audit.account import Account
from netwatch.core.audit.availability import Tally
from netwatch.core.audit.declarations import Judged
from netwatch.core.audit.protection import Protection
from netwatch.core.audit.repair import Outage, Repair
from netwatch.core.audit.service_availability import FaultCost, ScopeAccount
from netwatch.core.audit.subjects import Method, SubjectAccount

MODEL = "MEF 10.3"  # what the n-interval variant is modelled on


def as_record(account: Account) -> Mapping[str, Any]:
    """JSON-able. Times are milliseconds UTC; a ratio is `numerator/denominator`, or None where there is none."""
    period = account.period
    return {
        "period": {
            "from_ms": period.from_ms,
            "until_ms": period.until_ms,
            "zone": period.zone,
            "label": period.label,
        },
        "method": method_record(account.method),
        "gaps": [list(gap) for gap in account.gaps],
        "subjects": {name: subject_record(one) for name, one in account.subjects.items()},
        "scopes": [scope_record(one) for one in account.scopes.values()],
        "rings": {name: _ring(one) for name, one in account.rings.items()},
    }


def method_record(method: Method) -> Mapping[str, Any]:
    """Every parameter that decides a figure."""
    rule = method.n_interval
    return {
        "version": method.version,
        "view": method.view.value,
        "precedence": [one.name.lower() for one in method.precedence],
        "notice_ms": method.notice_ms,
        "raw": dict(sorted(method.observed.items())),
        "n_interval": {
            "modelled_on": MODEL,
            "length_ms": rule.length_ms,
            "in_a_row": rule.in_a_row,
            "threshold": _fraction(rule.threshold),
        },
        "rounded": {"shares": method.shares_rounded, "losses": method.losses_rounded},
    }


def tally_record(time: Tally) -> Mapping[str, Any]:
    """The time by class, and the ratios of `Tally` with their numerators and denominators."""
    observed = time.up + time.down
    counted = observed + time.unknown
    return {
        "up": time.up,
        "down": time.down,
        "maintenance": time.maintenance,
        "unknown": time.unknown,
        "not_in_service": time.not_in_service,
        "availability": _ratio(time.up, observed),
        "availability_all": _ratio(time.up, observed + time.maintenance),
        "availability_low": _ratio(time.up, counted),
        "availability_high": _ratio(time.up + time.unknown, counted),
        "coverage": _ratio(observed, counted),
    }


def subject_record(one: SubjectAccount) -> Mapping[str, Any]:
    """One subject; its times are milliseconds."""
    return {
        "weight": one.weight,
        "up_means": one.up_means,
        "target": _fraction(one.target),
        "verdict": None if one.verdict is None else one.verdict.value,
        "raw": tally_record(one.time),
        "corrected": None if one.corrected is None else tally_record(one.corrected),
        "n_interval": tally_record(one.n_interval),
        "seen_in_maintenance": _times(one.seen_in_maintenance),
        "declared_after": _times(one.declared_after),
        "maintenance": [_judged(judged) for judged in one.judged],
        "outages": [_outage(outage) for outage in one.outages],
        "repair": _repair(one.repair),
        "lost_ms": dict(sorted(one.lost_ms.items())),
    }


def scope_record(one: ScopeAccount) -> Mapping[str, Any]:
    """Subjects taken together; their times are camera-milliseconds."""
    return {
        "scope": one.scope._asdict(),
        "subjects": one.subjects,
        "weight": one.weight,
        "up_means": list(one.up_means),
        "target": _fraction(one.target),
        "verdict": None if one.verdict is None else one.verdict.value,
        "raw": tally_record(one.time),
        "corrected": None if one.corrected is None else tally_record(one.corrected),
        "n_interval": tally_record(one.n_interval),
        "seen_in_maintenance": _times(one.seen_in_maintenance),
        "declared_after": _times(one.declared_after),
        "repair": _repair(one.repair),
        "faults": [_cost(cost) for cost in one.faults],
    }


def _times(time: Tally) -> Mapping[str, int]:
    return {"up": time.up, "down": time.down, "unknown": time.unknown}


def _judged(judged: Judged) -> Mapping[str, Any]:
    one = judged.declaration
    return {
        "id": one.id,
        "recorded_ms": one.recorded_ms,
        "from_ms": one.from_ms,
        "until_ms": one.until_ms,
        "requested_by": list(one.requested_by),
        "approved_by": one.approved_by,
        "reason": one.reason,
        "refusals": [refusal.value for refusal in judged.refusals],
    }


def _outage(one: Outage) -> Mapping[str, Any]:
    return {
        "since_ms": one.since_ms,
        "from_ms": one.from_ms,
        "until_ms": one.until_ms,
        "down_ms": one.down_ms,
        "unknown_ms": one.unknown_ms,
        "began": one.began.value,
        "ended": one.ended.value,
        "fault": one.fault,
    }


def _repair(one: Repair) -> Mapping[str, Any]:
    return {
        "outages": one.outages,
        "failures": one.failures,
        "censored": one.censored,
        "open_at_end": one.open_at_end,
        "down_ms": one.down_ms,
        "complete_down_ms": one.complete_down_ms,
        "up_ms": one.up_ms,
        "mttr_ms": _fraction(one.mttr_ms),
        "mttr_complete_ms": _fraction(one.mttr_complete_ms),
        "mtbf_ms": _fraction(one.mtbf_ms),
    }


def _cost(one: FaultCost) -> Mapping[str, Any]:
    return {"fault": one.fault, "camera_ms": one.camera_ms, "subjects": one.subjects}


def _ring(one: Protection) -> Mapping[str, Any]:
    return {
        "time": tally_record(one.time),
        "unprotected_ms": one.unprotected_ms,
        "in_maintenance_ms": one.in_maintenance_ms,
        "split_ms": one.split_ms,
        "by_hand_ms": one.by_hand_ms,
    }


def _fraction(one: Fraction | None) -> str | None:
    """In lowest terms; always with its denominator."""
    return None if one is None else f"{one.numerator}/{one.denominator}"


def _ratio(part: int, whole: int) -> str | None:
    """What `_fraction` makes of `Fraction(part, whole)`."""
    if not whole:
        return None
    common = gcd(part, whole)
    return f"{part // common}/{whole // common}"

"""What is on record of a shift -> what whoever comes next must know. Pure.

In: faults as they stand and as they stood, what was done about them, windows of maintenance, gaps, devices that are
not observed. Out: JSON-able, times as ISO 8601 in the city's zone beside UTC epoch seconds (`_s`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import Did, Work, WorkLog
from netwatch.core.maintenance.windows import Phase, Window

AHEAD_S = 7 * 86400.0  # maintenance that begins later is not this shift's
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_AGO = re.compile(r"-?([0-9]{1,4})([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What is on record. `faults`: id -> the fault as `city_rows.fault_row` tells it, and since when.

    `opened`: ids of faults that opened, or opened again, since the shift began, and when. `gaps`: from, until (None: it
    goes on) and cause of each time in which nobody watched. `unseen`: devices that are not observed, since when.
    """

    city: str
    timezone: str
    since_wall_s: float
    until_wall_s: float  # now, or when netwatch last watched
    is_running: bool
    faults: Mapping[str, tuple[float, Json]]
    opened: Mapping[str, float]
    work: Sequence[Work]
    windows: Sequence[Window]
    gaps: Sequence[tuple[float, float | None, str]]
    unseen: Sequence[tuple[str, float]]


def began(text: str, zone: ZoneInfo, now_wall_s: float) -> float:
    """`18:00` (the last one), `12h` (ago), `2026-11-22T18:00`. ValueError with a sentence where it is none of them."""
    now = datetime.fromtimestamp(now_wall_s, zone)
    if clock := _CLOCK.fullmatch(text):
        at = now.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        return (at if at <= now else at - timedelta(days=1)).timestamp()
    if ago := _AGO.fullmatch(text):
        return now_wall_s - int(ago[1]) * _SECONDS[ago[2]]
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time; write it like 18:00, 12h or 2026-11-22T18:00") from error
    at_wall_s = (told if told.tzinfo is not None else told.replace(tzinfo=zone)).timestamp()
    if at_wall_s >= now_wall_s:
        raise ValueError(f"{text} is not over yet; a shift began before now")
    return at_wall_s


def handover(shift: Shift) -> dict[str, Any]:
    """Open faults first, the worst first; then what closed, what is ahead, and when nobody looked."""
    teller = _Teller(shift)
    faults = {identity: teller.fault(identity) for identity in shift.faults}
    still = [fault for fault in faults.values() if fault["cleared"] is None]
    closed = [fault for fault in faults.values() if (fault["cleared_s"] or 0.0) >= shift.since_wall_s]
    ranks = {severity.value: rank for rank, severity in enumerate(Severity)}
    still.sort(key=lambda fault: (ranks.get(fault["severity"], len(ranks)), fault["since_s"], fault["id"]))
    closed.sort(key=lambda fault: (fault["cleared_s"], fault["id"]))
    return {
        "city": shift.city,
        "timezone": shift.timezone,
        **teller.moment("since", shift.since_wall_s),
        **teller.moment("until", shift.until_wall_s),
        "running": shift.is_running,
        "opened": len(shift.opened),
        "open": still,
        "closed": closed,
        "maintenance": teller.maintenance(),
        "not_observed": {
            "gaps": [
                {**teller.moment("from", begin), **teller.moment("until", end), "cause": cause}
                for begin, end, cause in shift.gaps
            ],
            "devices": [{"device": name, **teller.moment("since", since)} for name, since in shift.unseen],
        },
    }


class _Teller:
    def __init__(self, shift: Shift) -> None:
        self._shift = shift
        self._zone = ZoneInfo(shift.timezone)
        self._log = WorkLog()
        self._log.restore(shift.work)

    def moment(self, name: str, at_wall_s: float | None) -> dict[str, Any]:
        """A time twice: for people, and for programs."""
        if at_wall_s is None:
            return {name: None, f"{name}_s": None}
        told = datetime.fromtimestamp(at_wall_s, self._zone).isoformat(timespec="seconds")
        return {name: told, f"{name}_s": round(at_wall_s, 3)}

    def fault(self, identity: str) -> dict[str, Any]:
        """What it is, what it costs, whom to send, and how the work on it stands."""
        since_wall_s, told = self._shift.faults[identity]
        cleared_wall_s = told.get("cleared")
        until_wall_s = self._shift.until_wall_s if cleared_wall_s is None else cleared_wall_s
        contractor = told.get("contractor") or ""
        names = list(contractor) if isinstance(contractor, (list, tuple)) else [contractor]
        severity = Severity(told["severity"])
        return {
            "id": identity,
            "kind": told["kind"],
            "subject": told["subject"],
            "severity": severity.value,
            "district": told.get("place", ""),
            **self.moment("since", since_wall_s),
            **self.moment("cleared", cleared_wall_s),
            "lasts_s": round(max(0.0, until_wall_s - since_wall_s), 3),
            "is_new": identity in self._shift.opened,
            "devices": len(told.get("devices", ())),
            "out_of_service": sum(number for _, _, number in told.get("affected", ())),
            "send": told.get("crew", ""),
            "call": " ".join(word for word in dict.fromkeys(names[1:] or names) if word),
            "evidence": list(told.get("evidence", ())),
            **self._work(identity, severity),
        }

    def _work(self, identity: str, severity: Severity) -> dict[str, Any]:
        """Whose it is, and what was done: all of it, for whoever comes next was not there."""
        log = self._log
        return {
            "acknowledged": self._one(log.acknowledged(identity, severity)),
            "assigned": self._one(log.assigned(identity)),
            "dispatched": self._one(next((one for one in log.of(identity) if one.did is Did.DISPATCHED), None)),
            "ticket": self._one(log.ticketed(identity)),
            "notes": [self._one(one) for one in log.of(identity) if one.did is Did.NOTED],
        }

    def _one(self, work: Work | None) -> dict[str, Any] | None:
        if work is None:
            return None
        return {**self.moment("at", work.at_wall_s), "user": work.user, "text": work.text}

    def maintenance(self) -> list[dict[str, Any]]:
        """Windows that are running, and those that begin within a week."""
        now_wall_s = self._shift.until_wall_s
        ahead = [
            window
            for window in self._shift.windows
            if window.phase(now_wall_s) is not Phase.OVER and window.plan.from_s <= now_wall_s + AHEAD_S
        ]
        return [self._window(window, now_wall_s) for window in _in_order(ahead)]

    def _window(self, window: Window, now_wall_s: float) -> dict[str, Any]:
        return {
            "id": window.id,
            "subject": window.subject,
            "state": window.phase(now_wall_s).value,
            **self.moment("from", window.plan.from_s),
            **self.moment("until", window.until_s),
            "reason": window.plan.reason,
            "by": window.plan.by or window.user,
            "approved_by": window.plan.approved_by,
        }


def _in_order(windows: Iterable[Window]) -> list[Window]:
    return sorted(windows, key=lambda window: (window.plan.from_s, window.id))

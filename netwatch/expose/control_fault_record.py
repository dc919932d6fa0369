"""A fault with what people did about it -> JSON, in the same words for `netwatch status` and `netwatch fault`.

Times are ISO 8601 in the city's zone, beside UTC epoch seconds (`_s`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from netwatch.core.faults.book import Fault
from netwatch.core.faults.record import as_record
from netwatch.core.faults.work import Did, Work
from netwatch.core.maintenance.windows import is_in_maintenance
from netwatch.core.sight import CitySight, Maintained


class FaultTeller:
    """One reading, at one moment."""

    def __init__(self, city: CitySight, maintenance: Maintained, now_wall_s: float) -> None:
        self._city = city
        self._maintenance = maintenance
        self.zone = ZoneInfo(city.topology.inventory.timezone)
        self.now_wall_s = now_wall_s

    def moment(self, name: str, at_wall_s: float | None) -> Mapping[str, Any]:
        """A time twice: for people, and for programs."""
        if at_wall_s is None:
            return {name: None, f"{name}_s": None}
        told = datetime.fromtimestamp(at_wall_s, self.zone).isoformat(timespec="seconds")
        return {name: told, f"{name}_s": round(at_wall_s, 3)}

    def faults(self) -> Mapping[str, Any]:
        """Those that are open, the worst and then the oldest first; those that cleared lately, the last first."""
        faults = self._city.book.faults.values()
        gone = sorted((one for one in faults if not one.is_open), key=lambda one: -(one.cleared_wall_s or 0.0))
        return {
            "faults": [self.fault(one) for one in self._city.book.open_faults],
            "cleared": [self.fault(one) for one in gone],
        }

    def fault(self, fault: Fault) -> Mapping[str, Any]:
        """All that is known of it, and how the work on it stands."""
        until_s = self.now_wall_s if fault.cleared_wall_s is None else fault.cleared_wall_s
        work = self._city.book.work
        return {
            "id": fault.id,
            **as_record(fault.found),
            **self.moment("since", fault.since_wall_s),
            **self.moment("cleared", fault.cleared_wall_s),
            "lasts_s": round(max(until_s - fault.since_wall_s, 0.0), 3),
            "maintenance": is_in_maintenance(self._maintenance.active, fault.subject),
            "seen_again": not fault.is_recalled,
            "settled": fault.settled,
            "acknowledged": self._work(work.acknowledged(fault.id, fault.severity)),
            "assigned": self._work(work.assigned(fault.id)),
            "ticket": self._work(work.ticketed(fault.id)),
            "times": self._times(fault),
            "notes": sum(one.did is Did.NOTED for one in work.of(fault.id)),
        }

    def _times(self, fault: Fault) -> Mapping[str, Any]:
        """How its repair goes: what the time to repair is made of."""
        work = self._city.book.work
        times = work.times(fault.id, since_wall_s=fault.since_wall_s, cleared_wall_s=fault.cleared_wall_s)
        return {
            **self.moment("detected", times.detected_wall_s),
            **self.moment("acknowledged", times.acknowledged_wall_s),
            **self.moment("dispatched", times.dispatched_wall_s),
            **self.moment("repaired", times.repaired_wall_s),
        }

    def log(self, fault: Fault) -> list[Mapping[str, Any]]:
        """Everything that was done about it, the oldest first."""
        return [told for one in self._city.book.work.of(fault.id) if (told := self._work(one)) is not None]

    def _work(self, work: Work | None) -> Mapping[str, Any] | None:
        if work is None:
            return None
        return {**self.moment("at", work.at_wall_s), "user": work.user, "did": work.did.value, "text": work.text}

"""What a report is asked for: a period, and whose figures. It is printed, and whoever recomputes starts from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from netwatch.core.audit.declarations import DAY_MS
from netwatch.core.audit.periods import Period


class Kind(StrEnum):
    """What is accounted for. Subjects of one kind are added up, of several never."""

    SERVICE = "service"  # field devices: does their traffic arrive
    FIELD_DEVICE = "field_device"  # the same field devices: are they themselves well
    DEVICE = "device"
    LINK = "link"
    RING = "ring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`period` ends no later than `as_of_ms`: nothing is said of time to come. `days` make the period up."""

    period: Period
    days: tuple[Period, ...]
    as_of_ms: int
    service: str = ""  # only its field devices; of devices, links and rings all
    district: str = ""  # only what stands in it
    notice_ms: int = DAY_MS

    def told(self) -> Mapping[str, Any]:
        """JSON-able; `question_of` reads it back."""
        return {
            "from_ms": self.period.from_ms,
            "until_ms": self.period.until_ms,
            "zone": self.period.zone,
            "label": self.period.label,
            "as_of_ms": self.as_of_ms,
            "days": [[day.from_ms, day.until_ms, day.label] for day in self.days],
            "service": self.service,
            "district": self.district,
            "notice_ms": self.notice_ms,
        }


def question_of(told: Mapping[str, Any]) -> Question:
    """ValueError where it is none."""
    try:
        zone = str(told["zone"])
        return Question(
            period=Period(
                from_ms=int(told["from_ms"]), until_ms=int(told["until_ms"]), zone=zone, label=str(told["label"])
            ),
            days=tuple(
                Period(from_ms=int(from_ms), until_ms=int(until_ms), zone=zone, label=str(label))
                for from_ms, until_ms, label in told["days"]
            ),
            as_of_ms=int(told["as_of_ms"]),
            service=str(told["service"]),
            district=str(told["district"]),
            notice_ms=int(told["notice_ms"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no question of a report: {error!r}") from error

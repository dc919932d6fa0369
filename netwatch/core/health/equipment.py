"""What a device is made of and how that is: the records alone; `fold` makes them of polls."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from netwatch.core.errors import Reason
from netwatch.core.health.measures import Measure, Rejection, Scale
from netwatch.core.model import NOTHING
from netwatch.core.observation import Basis

MOST_LABELS = 256  # values of one measure told of one device; more are dropped and counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One value that every health poll reads: where it stands, and of what it is told."""

    row: str  # index
    column: str
    measure: Measure
    label: str  # an interface of the index map, or what the sensor is called
    scale: Scale
    divisor: str | None = None
    status: str | None = None  # the column that says whether the value is to be believed (1: it is)


class Gauges(tuple[Gauge, ...]):  # noqa: SLOT001 - a tuple has no slots to keep its hash in
    """Those of one table, in its order. Made by `shared_gauges`: thousands of switches of one make have the same."""

    def __hash__(self) -> int:
        """Worked out once: every health poll looks up how they lie."""
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            known = self.__dict__["_hash"] = super().__hash__()
        return known

    def __eq__(self, other: object) -> bool:
        return self is other or super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other


def shared_gauges(found: Iterable[Gauge]) -> Gauges:
    """One object for all that are the same."""
    return _once(Gauges(found))


@lru_cache(maxsize=8192)
def _once(found: Gauges) -> Gauges:
    return found


Readings = Mapping[Measure, Mapping[str, float]]
"""Measure -> label -> value in the measure's unit. Labels are interfaces or names of sensors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """Everything by names; what is not known is absent."""

    profile: str = ""  # under which the device was asked last
    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    aggregates: Mapping[str, str] = NOTHING  # interface -> the aggregate that it is a member of
    stp_root: str = ""  # priority and MAC of the root bridge
    gauges: Mapping[str, Gauges] = NOTHING  # table -> what to read of it
    fixed: Readings = NOTHING  # what discovery alone reads: limits
    readings: Readings = NOTHING
    rejected: Mapping[tuple[str, Rejection], int] = NOTHING  # (table.column, why) -> cells, of the last health poll
    unplaced: Mapping[str, int] = NOTHING  # table -> rows that are on no interface for sure
    reasons: Mapping[str, Reason] = NOTHING  # table -> why its last reading was not complete
    dropped: int = 0  # values beyond MOST_LABELS
    seen_by: Basis | None = field(default=None, compare=False, repr=False)  # what discovery last told all that by
    read_by: Basis | None = field(
        default=None, compare=False, repr=False
    )  # the same of what is read in the health lane

"""(previous, observation, now) -> answers, silent or not observed, with hysteresis."""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    ANSWERS = "answers"
    SILENT = "silent"
    NOT_OBSERVED = "not_observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachability:
    """One kind of observation (ICMP, or SNMP) of one device."""

    answer: Answer = Answer.NOT_OBSERVED

"""How a walk went, to hold the next one against; what thousands of devices have alike of it is kept once."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from netwatch.snmp.request import Question
from netwatch.snmp.sign import Sign


class FlawKind(StrEnum):
    """Why a column is not known to its end."""

    NOT_INCREASING = "not_increasing"  # an answer at or before its cursor: a loop, or an unordered table
    TRUNCATED = "truncated"  # more rows than the caller allows
    EMPTY = "empty"  # replies that bring nothing
    MALFORMED = "malformed"  # an answer that is no object identifier, or noSuchObject where none may be
    TIMEOUT = "timeout"
    TOO_BIG = "too_big"  # not even one variable fits a reply
    ERROR_STATUS = "error_status"
    SEND_FAILED = "send_failed"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What is wrong with one column (a dotted OID)."""

    column: str
    kind: FlawKind
    detail: str = ""


Limits = tuple[tuple[str, ...], int, int, int]  # columns, rows of each, repetitions, variables of a reply


class Route(NamedTuple):
    """What was asked within which limits, and what was found out beside the rows."""

    limits: Limits
    questions: tuple[Question, ...]
    flaws: tuple[Flaw, ...]
    bare: tuple[str, ...]  # columns that had no row


class Course(NamedTuple):
    """A route, and the sign of each answer on it."""

    route: Route
    answers: tuple[Sign, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no column had a row."""
        return len(self.route.bare) == len(self.route.limits[0])


@lru_cache(maxsize=8192)
def route(
    limits: Limits, questions: tuple[Question, ...], flaws: tuple[Flaw, ...] = (), bare: tuple[str, ...] = ()
) -> Route:
    """One object for all that are the same."""
    return Route(limits, questions, flaws, bare)


def mark(name: str) -> Course:
    """What stands among the courses of an agent, and is none."""
    return Course(route(((name,), 0, 0, 0), ()))

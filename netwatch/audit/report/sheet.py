"""What every part of a page needs: the document, the words, and how numbers and moments are written."""

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from html import escape
from typing import Any

from netwatch.audit.report.words import term, words
from netwatch.core.audit.report.figures import fraction, lost_hours, seconds, share

DASH = "–"


def clock_of(zone: str) -> zoneinfo.ZoneInfo:
    """The zone of a report; UTC where this machine does not know it."""
    try:
        return zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything that is returned is ready for HTML."""

    report: Mapping[str, Any]
    proof: Mapping[str, Any]
    language: str
    words: Mapping[str, str]
    zone: zoneinfo.ZoneInfo

    @classmethod
    def of(cls, report: Mapping[str, Any], proof: Mapping[str, Any], language: str) -> "Sheet":
        zone = clock_of(report["question"]["zone"])
        return cls(report=report, proof=proof, language=language, words=words(language), zone=zone)

    def term(self, word: str) -> str:
        return escape(term(word, self.language))

    def service(self, name: str | None) -> str:
        """Its name, as text; None: all of them, empty: those of none."""
        if name is None:
            return self.words["everything"]
        known = self.report["services"].get(name)
        return str(known["name"]) if known else name or DASH

    def moment(self, at_ms: int | None) -> str:
        """Minute and second, in the city's zone."""
        if at_ms is None:
            return self.words["open"]
        return f"{dt.datetime.fromtimestamp(at_ms // 1000, self.zone):%Y-%m-%d %H:%M:%S}"

    def percent(self, one: Fraction | None, *, digits: int = 3) -> str:
        told = share(one, digits=digits)
        return DASH if told is None else f"{told}\N{NO-BREAK SPACE}%"

    def target(self, text: str | None) -> str:
        """Of 999/1000: 99.9 %."""
        told = share(fraction(text), digits=6)
        return DASH if told is None else f"{told.normalize():f}\N{NO-BREAK SPACE}%"

    @staticmethod
    def hours(ms: int | Fraction) -> str:
        return f"{lost_hours(ms):,}"

    @staticmethod
    def seconds(ms: int) -> str:
        return f"{seconds(ms):,}"

    def mean(self, text: str | None) -> str:
        """A mean time in hours, minutes and seconds, rounded up."""
        mean = fraction(text)
        return DASH if mean is None else self.length(-(-mean.numerator // mean.denominator))

    @staticmethod
    def length(ms: int) -> str:
        """h:mm:ss, a part of a second counted whole."""
        minutes, second = divmod(-(-ms // 1000), 60)
        hour, minute = divmod(minutes, 60)
        return f"{hour:,}:{minute:02}:{second:02}"

    @staticmethod
    def number(value: int | Decimal | None) -> str:
        return DASH if value is None else f"{value:,}"

"""The rows of who asked for what in a month, and who has looked through them since."""

from collections.abc import Iterable, Iterator

from netwatch.audit.access_rows import KIND, REVIEW
from netwatch.audit.ledger_read import LedgerReader
from netwatch.core.audit.access import Outcome
from netwatch.core.audit.ledger_row import LedgerRow
from netwatch.core.audit.periods import Period

MARGIN_S = 3_600.0  # a row is written a little after what it tells of


def month_rows(reader: LedgerReader, month: Period) -> Iterator[LedgerRow]:
    """In the order they were recorded."""
    for row in reader.since(month.from_ms / 1000 - MARGIN_S, [KIND]):
        if row.recorded_wall_s > month.until_ms / 1000 + MARGIN_S:
            return
        if month.from_ms <= row.at_wall_s * 1000 < month.until_ms:
            yield row


def reviews(reader: LedgerReader, month: Period) -> list[LedgerRow]:
    """Also such as were made before the month was over: they say how many rows there were."""
    since_s = month.from_ms / 1000 - MARGIN_S
    return [row for row in reader.since(since_s, [REVIEW]) if row.detail.get("month") == month.label]


def counted(rows: Iterable[LedgerRow]) -> tuple[int, int]:
    """(rows, those of them that failed or were refused)."""
    number = failures = 0
    for row in rows:
        number += 1
        failures += row.detail.get("outcome") != Outcome.DONE
    return number, failures

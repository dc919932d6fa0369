"""Accesses, and reviews of them -> rows of the ledger. Accounts and addresses become ids; see `audit.persons`."""

from collections.abc import Sequence

import apsw

from netwatch.audit.ledger import DAEMON, append
from netwatch.audit.persons import with_ids
from netwatch.core.audit.access import Repeated
from netwatch.core.audit.ledger_row import Entry, EntryType, canonical

KIND, REVIEW = "access", "access.review"


def write_accesses(connection: apsw.Connection, told: Sequence[Repeated], now_wall_s: float) -> None:
    """A row each."""
    append(connection, [_entry(connection, one) for one in told], now_wall_s)


def write_review(connection: apsw.Connection, detail: dict[str, str | int], now_wall_s: float) -> None:
    """Somebody has looked through a month: month, user, note, and how many rows and failures there were."""
    told = canonical(with_ids(connection, detail))
    append(connection, [Entry(EntryType.ACCESS, REVIEW, DAEMON, now_wall_s, told)], now_wall_s)


def _entry(connection: apsw.Connection, one: Repeated) -> Entry:
    access = one.access
    detail = {
        "account": access.account,
        "peer": access.origin,
        "action": access.action,
        "outcome": access.outcome.value,
        "times": one.times,
        "until": round(one.last_wall_s, 3),
    }
    told = canonical(with_ids(connection, detail))
    return Entry(EntryType.ACCESS, KIND, access.subject, round(one.first_wall_s, 3), told)

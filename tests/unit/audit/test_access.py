"""The access record in the ledger: ids in the chain, names beside it that can be deleted, and nothing lost."""

import pytest

from netwatch.audit.access import AccessLog
from netwatch.audit.access_rows import write_review
from netwatch.audit.ledger_read import reading
from netwatch.audit.persons import forget_name
from netwatch.audit.store import Store
from netwatch.core.audit.access import CONTROL_SOCKET, Outcome
from netwatch.core.audit.ledger_sentences import told
from netwatch.core.errors import StoreError
from tests.unit.audit.ledgers import T0, found


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path, wall=lambda: T0)
    yield opened
    opened.close()


async def written(store):
    log = AccessLog(store, wall=lambda: T0)
    log.record(
        account="kim", origin="10.1.2.3", subject="fault:3f9a", action="fault.acknowledged", outcome=Outcome.DONE
    )
    log.record(account="root", origin=CONTROL_SOCKET, subject="daemon:", action="reload", outcome=Outcome.REFUSED)
    log.record(account="", origin="10.1.2.3", subject="page:/", action="login", outcome=Outcome.REFUSED)
    await log.save_all()
    review = {"month": "2026-10", "user": "lee", "note": "sound", "rows": 3, "failures": 2}
    await store.write(lambda connection, now_wall_s: write_review(connection, review, now_wall_s))


def lines(directory):
    with reading(directory) as reader:
        return [told(row) for row in reader.rows()]


async def test_account_origin_subject_action_and_outcome_are_on_record_failures_and_reviews_included(store, tmp_path):
    await written(store)
    assert lines(tmp_path) == [
        "kim from 10.1.2.3: fault.acknowledged fault:3f9a: done",
        "root from control socket: reload daemon:: refused",
        "somebody unknown from 10.1.2.3: login page:/: refused",
        "lee has looked through the accesses of 2026-10, 3 rows with 2 failures: sound",
    ]


async def test_no_name_and_no_address_is_in_the_chain_and_to_delete_one_breaks_nothing(store, tmp_path):
    await written(store)
    rows = await store.write(lambda connection, _: connection.execute("SELECT group_concat(row) FROM ledger").get)
    assert not any(name in rows for name in ("kim", "root", "lee", "10.1.2.3"))
    identity = await store.write(lambda connection, _: forget_name(connection, "kim"))
    assert identity in rows
    assert await store.write(lambda connection, _: forget_name(connection, "kim")) is None
    assert lines(tmp_path)[0] == f"{identity} from 10.1.2.3: fault.acknowledged fault:3f9a: done"
    assert found(tmp_path).findings == []


async def test_while_the_store_fails_it_waits(store, tmp_path, monkeypatch):
    log = AccessLog(store, wall=lambda: T0)
    log.record(account="kim", origin="", subject="daemon:", action="reload", outcome=Outcome.DONE)

    async def fail(_work):
        raise StoreError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", fail)
        with pytest.raises(StoreError):
            await log.save_all()
    await log.save_all()
    await log.save_all()
    assert lines(tmp_path) == ["kim: reload daemon:: done"]

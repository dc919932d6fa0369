"""What a report is made from: a store, beside its daemon, also one whose oldest rows are gone."""

import json

import apsw
import pytest

from netwatch.audit.ledger_read import reading
from netwatch.audit.prune_rows import prune_rows
from netwatch.audit.report.proof import is_signed_by, proof, readable_key
from netwatch.audit.report.source import read_source
from netwatch.audit.store import Store
from netwatch.core.audit.ledger_row import canonical
from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.inventory_document import inventory_of
from netwatch.core.audit.report.question import Question, question_of
from netwatch.core.errors import StoreError
from tests.unit.audit import report_ledger
from tests.unit.core.audit.report.city import FINGERPRINT, T0, document

LATER = Period(from_ms=(T0 + 40_000) * 1000, until_ms=(T0 + report_ledger.DAY) * 1000, zone="Asia/Seoul", label="x")
QUESTION = Question(period=LATER, days=(LATER,), as_of_ms=LATER.until_ms)


def report(state):
    with reading(state) as reader:
        source = read_source(reader)
        return source, source.report(QUESTION)


def test_after_pruning_the_figures_of_what_is_left_are_the_same(tmp_path):
    state = report_ledger.write(tmp_path / "state")
    _, before = report(state)
    connection = apsw.Connection(str(state / "netwatch.db"))
    connection.execute("DROP TRIGGER IF EXISTS ledger_is_never_cut")
    with connection:
        gone = prune_rows(T0 + 34_000, connection, T0 + report_ledger.DAY)
    connection.close()
    assert gone > 10
    source, after = report(state)
    assert source.base.size > 0
    assert {kind: one["subjects"] for kind, one in after["accounts"].items()} == {
        kind: one["subjects"] for kind, one in before["accounts"].items()
    }
    assert after["inventory"]["fingerprint"] == before["inventory"]["fingerprint"] == FINGERPRINT


def test_a_store_without_an_inventory_yet_says_what_it_lacks(tmp_path):
    Store.open(tmp_path).close()
    with reading(tmp_path) as reader, pytest.raises(StoreError, match="the record has no inventory yet"):
        read_source(reader)


def test_a_row_that_somebody_changed_is_named(tmp_path):
    state = report_ledger.write(tmp_path / "state")
    connection = apsw.Connection(str(state / "netwatch.db"))
    connection.execute("DROP TRIGGER ledger_is_never_edited")
    connection.execute("""UPDATE ledger SET row = '{"type":"gap"}' WHERE seq = 3""")
    connection.close()
    with reading(state) as reader, pytest.raises(StoreError, match="row 3 is not what netwatch wrote"):
        read_source(reader)


def test_an_inventory_of_before_is_known_by_its_fingerprint_though_another_netwatch_told_it_otherwise(tmp_path):
    state = report_ledger.write(tmp_path / "state")
    with reading(state) as reader:
        newest = read_source(reader)
        named = read_source(reader, inventory=inventory_of(document(), fingerprint=FINGERPRINT))
        foreign = read_source(reader, inventory=inventory_of(document(), fingerprint="0" * 64))
    assert (newest.is_inventory_proved, named.is_inventory_proved) == (True, False)
    assert named.inventory.field_devices.keys() == newest.inventory.field_devices.keys()
    with pytest.raises(ValueError, match="was never in force while netwatch kept this record"):
        assert foreign.inventory


def test_a_question_is_read_back_as_it_was_told_and_anything_else_is_none():
    assert question_of(json.loads(json.dumps(QUESTION.told()))) == QUESTION
    for told in ({}, {**QUESTION.told(), "days": [1]}, {**QUESTION.told(), "until_ms": 0}):
        with pytest.raises(ValueError, match=r"no question|a period must have a length"):
            question_of(told)


def test_whoever_may_not_read_the_key_makes_a_report_that_says_so(tmp_path):
    state = report_ledger.write(tmp_path / "state")
    source, made = report(state)
    signed = proof(canonical(made), source.checkpoint, readable_key(state))
    assert is_signed_by(signed)
    assert not is_signed_by({**signed, "report_sha256": "00" * 32})
    (state / "ledger.key").unlink()
    unsigned = proof(canonical(made), source.checkpoint, readable_key(state))
    assert (unsigned["signature"], unsigned["report_sha256"]) == (None, signed["report_sha256"])
    (state / "ledger.key").write_text("no key")
    with pytest.raises(StoreError, match=r"ledger\.key is no key that signs"):
        readable_key(state)

from dataclasses import replace

from netwatch.audit.drift_rows import drift_memory, drift_rows
from netwatch.audit.store import Store
from netwatch.core.model import PortRef
from netwatch.core.neighbours.link_drift import Discrepancy, DriftKind

MOVED = Discrepancy(
    kind=DriftKind.MOVED,
    link="l-1",
    subject="link:l-1",
    declared="a-1 Te1 – b-1 Te2",
    seen="a-1 Te1 – b-1 포트 7",
    evidence=("a-1 Te1 hears 'b-1'",),
    ports=frozenset({PortRef(device="a-1", interface="Te1"), PortRef(device="b-1", interface="포트 7")}),
)
EXTRA = replace(MOVED, kind=DriftKind.EXTRA, link=None, subject="port:a-1 Te1", declared="no link")


async def test_what_was_told_comes_back_from_the_store_and_what_was_taken_back_does_not(tmp_path):
    store = Store.open(tmp_path)
    await store.commit(drift_rows((), (MOVED, EXTRA), 1.0), [])
    assert set(drift_memory(store.load().verdicts.values())) == {MOVED, EXTRA}
    await store.commit(drift_rows((MOVED, EXTRA), (EXTRA,), 2.0), [])
    assert drift_memory(store.load().verdicts.values()) == (EXTRA,)
    store.close()


async def test_rows_of_what_is_watched_no_more_are_forgotten_with_it(tmp_path):
    store = Store.open(tmp_path)
    await store.commit(drift_rows((), (MOVED, EXTRA), 1.0), [])
    await store.forget_verdicts({"link:l-1", "device:a-1"})
    assert set(drift_memory(store.load().verdicts.values())) == {MOVED, EXTRA}
    await store.forget_verdicts({"device:a-1"})
    assert drift_memory(store.load().verdicts.values()) == (EXTRA,)
    store.close()


def test_nothing_is_written_of_what_stays():
    assert list(drift_rows((MOVED,), (MOVED,), 1.0)) == []


def test_one_that_is_told_otherwise_leaves_only_the_new_telling():
    otherwise = replace(MOVED, kind=DriftKind.SWAPPED)
    last = {row.subject: row for row in drift_rows((MOVED,), (otherwise,), 1.0)}
    assert drift_memory(last.values()) == (otherwise,)


def test_a_row_that_another_release_wrote_otherwise_is_left_out():
    (row,) = drift_rows((), (MOVED,), 1.0)
    spoilt = ["{", "[]", '{"kind":"bent"}', row.state.replace("moved", "bent"), "null"]
    assert drift_memory([*(replace(row, state=text) for text in spoilt), row]) == (MOVED,)

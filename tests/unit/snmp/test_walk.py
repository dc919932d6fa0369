"""Walking any tree: every row of every column, however replies are cut, and never without end."""

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.snmp import ber
from netwatch.snmp.course import Flaw, FlawKind
from netwatch.snmp.errors import TooBig
from netwatch.snmp.message import COMMUNITY_VERSIONS, VarBind, Version
from netwatch.snmp.walk import LONGEST, _cursor, walk, walk_subtree
from tests.contract.snmp_agents import Agent
from tests.unit.snmp.direct import DirectMux, silence

COLUMNS = [f"1.3.6.1.2.1.2.2.1.{column}" for column in (2, 8, 200)]
trees = st.dictionaries(
    st.tuples(st.sampled_from([*COLUMNS, "1.3.6.1.2.1.2.2.1.9", "1.3.6.1.4.1"]), st.integers(0, 2**32 - 1)),
    st.integers(-(2**31), 2**31 - 1),
    max_size=40,
)


def time_limit():
    return time.monotonic() + 60  # noqa: TID251 - a deadline is one of the manager's clock


def run_walk(mux, columns=COLUMNS, **limits):
    return asyncio.run(walk(mux, mux.target, columns, deadline_s=time_limit(), **limits))


def agent_of(tree):
    return Agent({f"{column}.{index}": (ber.INTEGER, value) for (column, index), value in tree.items()})


@settings(deadline=None, max_examples=150)
@given(
    trees,
    st.integers(1, 30),
    st.one_of(st.none(), st.integers(1, 20)),
    st.integers(1, 60),
    st.sampled_from(COMMUNITY_VERSIONS),
)
def test_every_row_is_found_however_replies_are_cut(tree, repetitions, cut, limit, version):
    cut = None if version is Version.V1 else cut  # GETNEXT replies are whole or none
    mux = DirectMux(agent_of(tree), cut=cut, limit=limit, version=version)
    found = run_walk(mux, max_repetitions=repetitions)
    assert found.flaws == ()
    for column in COLUMNS:
        rows = {str(index): value for (of, index), value in tree.items() if of == column}
        assert found.columns[column] == rows
        assert list(found.columns[column]) == sorted(rows, key=int)
        assert found.is_complete(column)


@pytest.mark.parametrize("cut", [None, 1, 2, 5])
def test_a_column_that_is_named_twice_is_found_as_one(cut):
    tree = {(column, index): index for column in COLUMNS for index in range(7)}
    first = run_walk(DirectMux(agent_of(tree), cut=cut), COLUMNS)
    for _ in range(2):  # the second one is held against the first
        found = run_walk(DirectMux(agent_of(tree), cut=cut), [*COLUMNS, COLUMNS[0]], before=first.course)
        assert (found.columns, found.flaws) == (first.columns, ())
        first = found


@settings(deadline=None, max_examples=60)
@given(trees, trees, st.integers(1, 30), st.one_of(st.none(), st.integers(1, 20)), st.sampled_from(COMMUNITY_VERSIONS))
def test_a_walk_held_against_the_one_before_finds_what_it_would_find_alone(before, now, repetitions, cut, version):
    cut = None if version is Version.V1 else cut
    limits = {"max_repetitions": repetitions, "max_rows": 12}
    first = run_walk(DirectMux(agent_of(before), cut=cut, version=version), **limits)
    for tree in (before, now, before):
        mux = DirectMux(agent_of(tree), cut=cut, version=version)
        found, alone = run_walk(mux, before=first.course, **limits), run_walk(mux, **limits)
        assert (found.columns, found.flaws, found.is_empty) == (alone.columns, alone.flaws, alone.is_empty)
        if first.course is not None and tree == before:
            assert found.is_as_before
            assert found.course is first.course


def test_a_walk_that_goes_as_before_asks_for_nothing_beyond_the_end_and_reads_nothing(monkeypatch):
    tree = {(column, index): index for column in COLUMNS for index in range(25)}
    first = run_walk(DirectMux(agent_of(tree)))
    monkeypatch.setattr("netwatch.snmp.walk.decode_body", None)
    mux = DirectMux(agent_of(tree))
    again = run_walk(mux, before=first.course)
    assert (again.is_as_before, again.requests) == (True, first.requests)
    assert [question.max_repetitions for question in again.course.route.questions] == [20, 6]


def test_what_counts_on_behind_the_end_of_a_column_makes_no_other_walk():
    behind = "1.3.6.1.2.1.2.2.1.9"
    tree = {(COLUMNS[1], index): index for index in range(5)} | {(behind, index): 17 for index in range(9)}
    first = run_walk(DirectMux(agent_of(tree)), COLUMNS[1:2])
    counted = tree | {(behind, index): 18 + index for index in range(9)}
    assert run_walk(DirectMux(agent_of(counted)), COLUMNS[1:2], before=first.course).is_as_before
    grown = tree | {(COLUMNS[1], 5): 5}
    again = run_walk(DirectMux(agent_of(grown)), COLUMNS[1:2], before=first.course)
    assert not again.is_as_before
    assert len(again.columns[COLUMNS[1]]) == 6


def test_a_column_that_only_shows_which_rows_there_are_may_count_on():
    tree = {(column, index): index for column in COLUMNS[:2] for index in range(5)}
    first = run_walk(DirectMux(agent_of(tree)), COLUMNS[:2], loose=COLUMNS[:1])
    counted = tree | {(COLUMNS[0], index): 90 + index for index in range(5)}
    again = run_walk(DirectMux(agent_of(counted)), COLUMNS[:2], before=first.course, loose=COLUMNS[:1])
    assert again.is_as_before
    assert again.columns[COLUMNS[0]]["4"] == 94, "its values are those of today all the same"
    other = run_walk(
        DirectMux(agent_of(tree | {(COLUMNS[1], 2): 7})), COLUMNS[:2], before=first.course, loose=COLUMNS[:1]
    )
    assert not other.is_as_before
    fewer = {place: value for place, value in tree.items() if place[1] != 2}
    assert not run_walk(DirectMux(agent_of(fewer)), COLUMNS[:2], before=first.course, loose=COLUMNS[:1]).is_as_before


@pytest.mark.parametrize("limits", [{"max_rows": 7}, {"room": 30}, {"max_repetitions": 3}])
def test_a_walk_within_other_limits_is_none_to_hold_against(limits):
    tree = {(column, index): index for column in COLUMNS for index in range(9)}
    first = run_walk(DirectMux(agent_of(tree)))
    assert not run_walk(DirectMux(agent_of(tree)), before=first.course, **limits).is_as_before


def test_a_walk_with_an_error_on_its_way_is_no_course_and_one_on_a_known_way_is_taken_as_ever():
    tree = {(column, index): index for column in COLUMNS for index in range(40)}
    first = run_walk(DirectMux(agent_of(tree)))
    assert run_walk(DirectMux(agent_of(tree), limit=30)).course is None
    weaker = run_walk(DirectMux(agent_of(tree), limit=6, on_large=silence), before=first.course)
    assert (weaker.course, weaker.complete, weaker.columns) == (None, True, first.columns)


def test_a_cap_keeps_as_many_rows_and_says_so_for_that_column_only():
    tree = {(COLUMNS[0], index): 1 for index in range(40)} | {(COLUMNS[1], 1): 1}
    found = run_walk(DirectMux(agent_of(tree)), max_rows=30)
    assert len(found.columns[COLUMNS[0]]) == 30
    assert [(flaw.column, flaw.kind) for flaw in found.flaws] == [(COLUMNS[0], FlawKind.TRUNCATED)]
    assert (found.complete, found.is_complete(COLUMNS[1])) == (False, True)


def test_silence_to_large_requests_is_answered_by_smaller_ones():
    tree = {(COLUMNS[0], index): index for index in range(40)}
    found = run_walk(DirectMux(agent_of(tree), limit=6, on_large=silence), columns=COLUMNS[:1])
    assert found.complete
    assert len(found.columns[COLUMNS[0]]) == 40
    assert found.room <= 6


def test_silence_to_many_columns_at_once_is_answered_by_fewer_of_them():
    many = [f"1.3.6.1.2.1.2.2.1.{column}" for column in range(2, 10)]
    tree = {(column, index): index for column in many for index in range(6)}
    found = run_walk(DirectMux(agent_of(tree), limit=6, on_large=silence), columns=many)
    assert found.complete
    assert [len(found.columns[column]) for column in many] == [6] * 8


def test_a_reply_is_asked_to_hold_no_more_than_there_is_room_for():
    tree = {(column, index): index for column in COLUMNS for index in range(20)}
    found = run_walk(DirectMux(agent_of(tree), limit=6, on_large=silence), room=6)
    assert found.complete
    assert (found.room, found.requests) == (6, 11)


def test_an_agent_that_cannot_answer_one_variable_is_too_big_for_all_columns():
    found = run_walk(DirectMux(agent_of({}), limit=0, on_large=TooBig))
    assert {flaw.kind for flaw in found.flaws} == {FlawKind.TOO_BIG}
    assert [flaw.column for flaw in found.flaws] == COLUMNS


def test_an_error_for_one_column_leaves_the_others():
    tree = {(column, index): 1 for column in COLUMNS for index in range(5)}
    found = run_walk(DirectMux(agent_of(tree), bad={COLUMNS[1]}))
    assert [(flaw.column, flaw.kind) for flaw in found.flaws] == [(COLUMNS[1], FlawKind.ERROR_STATUS)]
    assert [len(found.columns[column]) for column in COLUMNS] == [5, 0, 5]


def test_a_deadline_in_the_past_reads_nothing_and_flags_every_column():
    mux = DirectMux(agent_of({(COLUMNS[0], 1): 1}))
    found = asyncio.run(walk(mux, mux.target, COLUMNS, deadline_s=time_limit() - 100))
    assert {flaw.kind for flaw in found.flaws} == {FlawKind.DEADLINE}
    assert found.requests == 1


def test_a_subtree_is_handed_on_as_it_arrives_and_the_flaw_comes_last():
    tree = {(column, index): index for column in COLUMNS for index in range(300)}
    mux = DirectMux(agent_of(tree))

    async def collect():
        seen = []
        async for one in walk_subtree(mux, mux.target, "1.3.6.1.2", deadline_s=time_limit()):
            seen.append(one)
            if len(seen) == 500:
                mux.limit, mux.on_large = 0, silence
        return seen

    *varbinds, flaw = asyncio.run(collect())
    assert isinstance(flaw, Flaw)
    assert flaw.kind is FlawKind.TIMEOUT
    assert 500 <= len(varbinds) < 900
    order = [ber.content_arcs(varbind.oid) for varbind in varbinds]
    assert order == sorted(set(order))


def said_of(prefix, before, oid):
    """How an answer is to be taken, by all of its sub-identifiers."""
    if oid[-1] & 0x80:
        return FlawKind.MALFORMED
    if ber.sub_identifiers(oid) <= ber.sub_identifiers(before):
        return FlawKind.NOT_INCREASING
    return None if oid.startswith(prefix) else "ended"


rows = st.lists(st.sampled_from([b"\x01", b"\x7f", b"\x81\x00", b"\xff\x7f", b"\x81\x80\x00", b"\x80"]), max_size=4)


@given(st.sampled_from(["1.3.6.1.2.1.2.2.1.2", "1.0.8802.1.1.2.1.4.1.1.4"]), st.lists(st.tuples(st.booleans(), rows)))
def test_answers_are_held_against_the_one_before_as_whole_object_identifiers_are(column, answers):
    cursor = _cursor(column)
    for is_inside, row in answers:
        oid = (cursor.prefix if is_inside else cursor.prefix[:-1]) + b"".join(row)
        wanted = said_of(cursor.prefix, cursor.last, oid)
        taken = cursor.advance(VarBind(oid, ber.INTEGER, 1), 100)
        assert (taken if cursor.open else "ended") == wanted
        if not cursor.open:
            return


@pytest.mark.parametrize(
    ("octets", "taken"),
    [(0, FlawKind.NOT_INCREASING), (1, None), (LONGEST - 9, None), (LONGEST - 8, FlawKind.MALFORMED)],
)
def test_an_object_too_long_or_no_longer_than_its_column_is_not_taken_for_a_row(octets, taken):
    cursor = _cursor("1.3.6.1.2.1.2.2.1.2")
    assert cursor.advance(VarBind(cursor.prefix + b"\x01" * octets, ber.INTEGER, 1), 100) is taken

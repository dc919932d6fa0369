"""The batch size follows the agent: proof lets it grow, tooBig and silence halve it, loss teaches nothing."""

from hypothesis import given
from hypothesis import strategies as st

from netwatch.snmp import batch, ber

IF_NAMES = [len(ber.oid(f"1.3.6.1.2.1.31.1.1.1.{column}.1001")) for column in range(6, 14)]


def grown(state, polls=100):
    for _ in range(polls):
        state = batch.answered(state, state.size, full=1)
    return state


def test_the_first_size_fills_one_frame():
    state = batch.first(IF_NAMES)
    assert 50 <= state.size <= 62
    assert (state.proven, state.ceiling) == (0, batch.LARGEST)


def test_long_names_start_smaller_and_no_names_at_all_is_no_error():
    assert batch.first([120] * 10).size < 12
    assert batch.first([]).size > batch.SMALL


def test_size_grows_only_after_several_full_answers():
    state = batch.first(IF_NAMES)
    for _ in range(batch.GROW_AFTER - 1):
        state = batch.answered(state, state.size, full=1)
    assert state.size == batch.first(IF_NAMES).size
    assert batch.answered(state, state.size, full=1).size == 2 * state.size


def test_where_a_size_has_failed_the_way_back_is_felt_out_by_half_at_a_time():
    failed = batch.too_big(batch.first(IF_NAMES), 40)
    assert grown(failed, polls=batch.FEEL_AFTER - 1).size == 20
    assert [grown(failed, polls=steps * batch.FEEL_AFTER).size for steps in (1, 2, 3)] == [30, 39, 39]


def test_answers_smaller_than_allowed_prove_nothing_about_larger_ones():
    state = batch.first(IF_NAMES)
    for _ in range(1000):
        state = batch.answered(state, 14, full=0)
    assert (state.size, state.proven) == (batch.first(IF_NAMES).size, 14)


def test_growth_ends_at_the_largest_and_the_state_comes_to_rest():
    state = grown(batch.first(IF_NAMES), polls=3000)
    assert state.size == batch.LARGEST
    assert batch.answered(state, state.size, full=1) is state


def test_too_big_halves_and_the_size_stays_below_it():
    state = batch.too_big(batch.first(IF_NAMES), 40)
    assert (state.size, state.ceiling) == (20, 39)
    assert grown(state).size == 39


def test_silence_is_blamed_on_size_only_when_a_small_pdu_is_answered():
    state = batch.silent(batch.BatchState(size=60), 60)
    assert batch.next_size(state) == batch.SMALL
    learned = batch.answered(state, 10, full=0)
    assert (learned.size, learned.ceiling, learned.suspect) == (30, 59, 0)
    away = batch.dark(state)
    assert (away.size, away.ceiling, batch.next_size(away), away.away) == (60, batch.LARGEST, 60, True)
    assert not batch.answered(away, 60, full=1).away


def test_any_answer_ends_a_suspicion_and_only_a_smaller_one_confirms_it():
    suspected = batch.silent(batch.BatchState(size=60, proven=60), 14)
    same = batch.answered(suspected, 14, full=0)
    assert (same.suspect, same.size, same.ceiling) == (0, 60, batch.LARGEST)


def test_silence_to_a_small_pdu_says_nothing_about_size():
    state = batch.BatchState(size=60)
    assert batch.silent(state, batch.SMALL) is state


def test_a_ceiling_is_doubted_after_long_success_below_it():
    state = grown(batch.too_big(batch.first(IF_NAMES), 40), polls=batch.DOUBT_AFTER + 100)
    assert state.ceiling > 39


def test_what_was_learned_survives_a_restart():
    state = grown(batch.too_big(batch.first(IF_NAMES), 100), polls=20)
    kept = batch.from_dict(state.as_dict())
    assert (kept.size, kept.ceiling, kept.proven) == (state.size, state.ceiling, state.proven)


def test_what_is_no_batch_state_is_not_believed():
    good = batch.BatchState(size=50, proven=40).as_dict()
    assert batch.from_dict(good) is not None
    for wrong in ({}, {**good, "size": 0}, {**good, "size": 300}, {**good, "ceiling": 9999}, {**good, "size": "50"}):
        assert batch.from_dict(wrong) is None
    assert batch.from_dict({**good, "ceiling": 20}) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["answered", "too_big", "silent", "dark"]), st.integers(1, 250), st.integers(0, 40))
    )
)
def test_no_history_leads_out_of_bounds(history):
    state = batch.first(IF_NAMES)
    for what, wanted, full in history:
        asked = min(wanted, batch.next_size(state))
        if what == "answered":
            state = batch.answered(state, asked, full=full)
        else:
            state = getattr(batch, what)(state, asked) if what != "dark" else batch.dark(state)
        assert 1 <= state.size <= state.ceiling <= batch.LARGEST
        assert state.proven <= state.ceiling
        assert 1 <= batch.next_size(state) <= state.size
        assert batch.from_dict(state.as_dict()) is not None

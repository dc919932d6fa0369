"""Who asked for what: repeats are counted, a flood is bounded, nothing is lost."""

from dataclasses import replace

from netwatch.core.audit.access import MOST_WAITING, TOGETHER_S, Access, Accesses, Outcome

GUESS = Access(account="", origin="10.0.0.9", subject="page:/", action="login", outcome=Outcome.REFUSED)


def test_the_first_is_told_at_once_and_what_repeats_within_a_minute_is_told_once_more_with_its_number():
    accesses = Accesses()
    accesses.note(GUESS, 100.0)
    [first] = accesses.due(100.5)
    assert (first.access, first.times, first.first_wall_s, first.last_wall_s) == (GUESS, 1, 100.0, 100.0)
    for n in range(50):
        accesses.note(GUESS, 101.0 + n)
    assert list(accesses.due(100.5 + TOGETHER_S - 1)) == []
    [more] = accesses.due(100.5 + TOGETHER_S)
    assert (more.times, more.first_wall_s, more.last_wall_s) == (50, 101.0, 150.0)
    assert list(accesses.due(1000.0)) == []


def test_what_differs_in_anything_is_told_apart():
    accesses = Accesses()
    for other in (GUESS, replace(GUESS, account="kim"), replace(GUESS, origin="10.0.0.8"), GUESS):
        accesses.note(other, 5.0)
    assert [one.times for one in accesses.due(6.0)] == [2, 1, 1]


def test_a_flood_of_different_ones_is_counted_together_beyond_a_bound_and_none_goes_uncounted():
    accesses = Accesses()
    for n in range(5 * MOST_WAITING):
        accesses.note(replace(GUESS, subject=f"page:/{n}"), 5.0)
    told = list(accesses.all())
    assert len(told) == MOST_WAITING + 1
    assert sum(one.times for one in told) == 5 * MOST_WAITING
    assert told[-1].access == Access(account="", origin="", subject="", action="login", outcome=Outcome.REFUSED)
    assert list(accesses.all()) == []


def test_what_could_not_be_written_waits_again_with_its_times():
    accesses = Accesses()
    accesses.note(GUESS, 5.0)
    [taken] = accesses.due(6.0)
    accesses.note(GUESS, 7.0)
    accesses.put(taken)
    [again] = accesses.all()
    assert (again.times, again.first_wall_s, again.last_wall_s) == (2, 5.0, 7.0)


def test_a_clock_that_steps_back_silences_nobody_for_longer_than_a_minute():
    accesses = Accesses()
    accesses.note(GUESS, 10_000.0)
    assert list(accesses.due(10_000.0))
    accesses.note(GUESS, 50.0)
    assert [one.times for one in accesses.due(51.0)] == [1]

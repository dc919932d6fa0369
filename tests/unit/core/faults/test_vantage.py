from netwatch.core.device.reachability import Answer
from netwatch.core.faults.vantage import CANARY_EVERY_S, View, fold_canary, grow_old, news, watch
from tests.unit.core.polled import echo

ONE, TWO = "canary:10.20.0.254", "canary:10.20.0.253"


def seen(view: View, *echoes) -> View:
    for one in echoes:
        view, _ = fold_canary(view, one)
    return view


def lost(subject: str, at_s: float) -> list:
    return [echo(at_s + 0.3 * attempt, lost=True, attempt=attempt, subject=subject) for attempt in range(4)]


def test_without_a_canary_or_before_the_first_echo_the_view_is_neither_lit_nor_dark():
    assert View().is_lit is None
    assert watch(View(), [ONE]).is_lit is None
    assert View().dark_since_s is None


def test_one_canary_that_answers_is_enough():
    view = seen(watch(View(), [ONE, TWO]), echo(10.0, subject=ONE), echo(10.0, subject=TWO), *lost(TWO, 20.0))
    assert view.is_lit is True
    assert view.dark_since_s is None


def test_the_view_is_dark_from_the_moment_the_last_canary_fell_silent():
    view = seen(watch(View(), [ONE, TWO]), echo(9.0, subject=ONE), *lost(ONE, 10.0), *lost(TWO, 12.0))
    assert view.is_lit is False
    assert view.dark_since_s == 12.0


def test_canaries_that_never_answered_are_dark_too():
    assert seen(watch(View(), [ONE]), *lost(ONE, 10.0)).is_lit is False


def test_it_is_lit_again_after_two_answers():
    view = seen(watch(View(), [ONE]), *lost(ONE, 10.0), echo(20.0, subject=ONE))
    assert view.is_lit is False
    assert seen(view, echo(22.0, subject=ONE)).is_lit is True


def test_a_lost_echo_asks_for_a_reprobe():
    view = seen(watch(View(), [ONE]), echo(10.0, subject=ONE))
    assert fold_canary(view, echo(12.0, lost=True, subject=ONE))[1] == 0.3


def test_the_view_is_in_question_while_no_canary_has_answered_its_last_echo():
    view = seen(watch(View(), [ONE, TWO]), echo(10.0, subject=ONE), echo(10.0, subject=TWO))
    assert not view.is_in_question
    view = seen(view, echo(12.0, lost=True, subject=ONE))
    assert not view.is_in_question
    view = seen(view, echo(12.0, lost=True, subject=TWO))
    assert view.is_in_question
    assert not seen(view, echo(13.0, subject=ONE)).is_in_question


def test_a_view_that_is_dark_is_out_of_question():
    view = seen(watch(View(), [ONE]), *lost(ONE, 10.0))
    assert not view.is_in_question
    assert not View().is_in_question


def test_a_reload_keeps_what_is_known_of_the_canaries_that_stay():
    view = seen(watch(View(), [ONE]), echo(10.0, subject=ONE))
    wider = watch(view, [ONE, TWO])
    assert wider.canaries[ONE] is view.canaries[ONE]
    assert wider.canaries[TWO].answer is Answer.NOT_OBSERVED
    assert watch(wider, [TWO]).canaries.keys() == {TWO}


def test_an_echo_to_a_canary_that_was_removed_changes_nothing():
    view = seen(watch(View(), [ONE]), echo(10.0, subject=ONE))
    assert fold_canary(view, echo(12.0, lost=True, subject=TWO)) == (view, None)


def test_a_view_of_which_nothing_is_heard_for_three_intervals_is_neither_lit_nor_dark():
    for view in (
        seen(watch(View(), [ONE]), echo(10.0, subject=ONE)),
        seen(watch(View(), [ONE]), *lost(ONE, 9.1)),
    ):
        last_s = view.canaries[ONE].last_s
        assert last_s is not None
        assert grow_old(view, last_s + 3 * CANARY_EVERY_S) is view
        unseen = grow_old(view, last_s + 3 * CANARY_EVERY_S + 0.1)
        assert view.is_lit is not None
        assert unseen.is_lit is None
        assert news(view, unseen, at_s=20.0, wall_s=1000.0).detail == {"lit": None}
        assert grow_old(unseen, last_s + 60.0) is unseen


def test_one_canary_that_is_heard_of_is_view_enough():
    view = seen(watch(View(), [ONE, TWO]), echo(10.0, subject=ONE), *lost(TWO, 17.0))
    older = grow_old(view, 18.0)
    assert older.canaries[ONE].answer is Answer.NOT_OBSERVED
    assert older.is_lit is False


def test_the_first_answer_is_no_news_but_the_first_after_sight_was_lost_is():
    blank = watch(View(), [ONE])
    lit = seen(blank, echo(10.0, subject=ONE))
    assert news(blank, lit, at_s=10.0, wall_s=1000.0) is None
    unseen = grow_old(lit, 30.0)
    lit_again = seen(unseen, echo(40.0, subject=ONE))
    told = news(unseen, lit_again, at_s=40.0, wall_s=1000.0)
    assert (told.at_wall_s, told.detail) == (1040.0, {"lit": True})
    assert not lit_again.lost_sight

"""Two witnesses: what both ends of a link say of their light."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.links.ends import LinkSeen, Sight
from netwatch.core.links.light import LinkCondition, judge_light, judge_pair
from netwatch.core.model import PortRef
from tests.unit.core.lit import DOWN, UP, WALL_S, A, B, dark, end, make_link, unseen

SILENT = "the agent of agg-1 does not answer"
NO_WORD = [sight for sight in Sight if sight is not Sight.WATCHED]

lit_ends = st.builds(end, since_s=st.floats(0, 90))
dark_ends = st.builds(dark, since_s=st.floats(0, 90)) | st.builds(end, st.sampled_from([3, 5, 6, 7]))
wordless_ends = st.builds(unseen, st.sampled_from(NO_WORD), st.sampled_from([UP, DOWN])) | st.just(end(4))
shut_ends = st.builds(end, st.sampled_from([UP, DOWN]), admin=st.just(DOWN))
any_ends = st.one_of(lit_ends, dark_ends, wordless_ends, shut_ends, st.none())


def judged(a, b):
    return judge_pair((A, a), (B, b))


def word(seen):
    """What an end says: shut, lit, dark, nothing, or None where it is not asked."""
    if seen is None:
        return None
    if seen.sight is not Sight.WATCHED:
        return "nothing"
    if seen.port.admin == DOWN:
        return "shut"
    return {1: "lit", 4: "nothing"}.get(seen.port.oper, "dark")


TABLE = {
    frozenset({"lit"}): LinkCondition.UP,
    frozenset({"lit", None}): LinkCondition.UP,
    frozenset({"dark"}): LinkCondition.DOWN,
    frozenset({"dark", None}): LinkCondition.DOWN,
    frozenset({"dark", "nothing"}): LinkCondition.DOWN,
    frozenset({"lit", "dark"}): LinkCondition.ONE_END,
    frozenset({"lit", "nothing"}): LinkCondition.UNKNOWN,
    frozenset({"nothing"}): LinkCondition.UNKNOWN,
    frozenset({"nothing", None}): LinkCondition.UNKNOWN,
    frozenset({None}): LinkCondition.UNKNOWN,
}


@given(any_ends, any_ends)
def test_the_truth_table_of_both_ends_holds(a, b):
    light = judged(a, b)
    words = frozenset({word(a), word(b)})
    expected = LinkCondition.DOWN if "shut" in words else TABLE[words]
    assert light.condition is expected
    assert light.admin_down is ("shut" in words)
    assert bool(light.why) is (expected is not LinkCondition.UP), "whatever is not up has a reason"


@given(any_ends, any_ends)
def test_which_end_is_called_a_changes_no_judgement(a, b):
    one, other = judged(a, b), judge_pair((B, b), (A, a))
    assert (one.condition, one.since_wall_s, one.admin_down) == (other.condition, other.since_wall_s, other.admin_down)
    assert set(one.why) == set(other.why)


@given(any_ends, wordless_ends)
def test_a_link_is_never_called_up_while_one_of_its_watched_ends_says_nothing(seen, wordless):
    assert judged(seen, wordless).condition is not LinkCondition.UP


@given(lit_ends, lit_ends)
def test_up_dates_from_the_end_that_came_up_last(a, b):
    assert judged(a, b).since_wall_s == max(a.port.since_wall_s, b.port.since_wall_s)


def test_down_dates_from_the_end_that_lost_its_light_first():
    assert judged(dark(since_s=40.0), dark(since_s=38.0)).since_wall_s == WALL_S + 38.0


def test_one_end_dates_from_the_dark_one_and_names_both():
    light = judged(end(since_s=10.0), dark(since_s=40.0))
    assert light.since_wall_s == WALL_S + 40.0
    assert light.why == ("agg-1 Te0/2 is down", "core-1 Te0/1 has light")


def test_a_converter_keeps_the_light_on_before_a_dead_device_and_that_is_not_known_to_be_up():
    assert judged(end(), unseen()).why == ("core-1 Te0/1 has light", SILENT)


def test_a_dark_end_before_a_silent_device_is_down_and_tells_of_both():
    light = judged(dark(), unseen())
    assert (light.condition, light.why) == (LinkCondition.DOWN, ("core-1 Te0/1 is down", SILENT))


@pytest.mark.parametrize(
    ("sight", "why"),
    [
        (Sight.NOT_OBSERVED, "agg-1 is not observed"),
        (Sight.UNMATCHED, "no port of agg-1 is 'Te0/2', or several are"),
        (Sight.IN_DOUBT, "which port of agg-1 is which has to be found out anew"),
        (Sight.NOT_READ, "agg-1 Te0/2 could not be read"),
    ],
)
def test_an_end_that_says_nothing_is_named_with_the_reason(sight, why):
    assert judged(end(), unseen(sight)).why[-1] == why


def test_a_port_switched_off_is_down_even_where_the_other_end_has_light():
    light = judged(end(admin=DOWN, oper=DOWN, since_s=30.0), end())
    assert (light.condition, light.since_wall_s) == (LinkCondition.DOWN, WALL_S + 30.0)
    assert light.why == ("administratively down at core-1 Te0/1",)


def port(device, name):
    return PortRef(device=device, interface=name)


MEMBERS = tuple((port("core-1", f"Te1/{i}"), port("agg-1", f"Te2/{i}")) for i in (1, 2))
LAG = make_link(members=MEMBERS)
LIT, CUT, UNSEEN = (end(), end()), (dark(since_s=50.0), dark(since_s=51.0)), (unseen(), unseen())


def aggregate(*members, a=None, b=None):
    return judge_light(LAG, LinkSeen(a=a or end(), b=b or end(), members=members))


def test_an_aggregate_whose_members_are_all_lit_is_up():
    assert aggregate(LIT, LIT) == judged(end(), end())


def test_a_missing_member_is_named_and_dates_the_loss():
    light = aggregate(LIT, CUT)
    assert (light.condition, light.missing) == (LinkCondition.UP, (1,))
    assert light.since_wall_s == WALL_S + 50.0
    assert light.why == ("of 2 members, core-1 Te1/2 to agg-1 Te2/2 is missing: core-1 Te1/2 is down",)


def test_an_aggregate_without_a_lit_member_is_down_whatever_it_says_of_itself():
    light = aggregate(CUT, CUT)
    assert (light.condition, light.missing) == (LinkCondition.DOWN, (0, 1))


def test_an_aggregate_that_is_down_is_down_although_its_members_have_light():
    assert aggregate(LIT, LIT, a=dark(), b=dark()).condition is LinkCondition.DOWN
    both = aggregate(LIT, CUT, a=dark(), b=dark())
    assert (both.condition, both.missing) == (LinkCondition.DOWN, (1,))


def test_an_aggregate_that_agents_do_not_list_is_judged_by_its_members():
    unlisted = {"a": unseen(Sight.UNMATCHED), "b": unseen(Sight.UNMATCHED)}
    assert aggregate(LIT, LIT, **unlisted).condition is LinkCondition.UP
    assert aggregate(LIT, LIT, **unlisted).why == ()
    assert aggregate(CUT, CUT, **unlisted).condition is LinkCondition.DOWN
    assert aggregate(LIT, CUT, **unlisted).missing == (1,)
    assert aggregate(UNSEEN, UNSEEN, **unlisted).condition is LinkCondition.UNKNOWN


def test_members_that_are_not_seen_are_not_missing():
    assert aggregate(LIT, UNSEEN).missing == ()
    half = aggregate((dark(), unseen()), UNSEEN, a=end(), b=unseen())
    assert (half.condition, half.missing) == (LinkCondition.UNKNOWN, (0,))


def test_an_aggregate_all_of_whose_members_were_switched_off_is_somebodys_doing():
    shut = (end(admin=DOWN, oper=DOWN), dark())
    assert aggregate(shut, shut).admin_down
    assert not aggregate(shut, CUT).admin_down


def test_members_that_were_not_looked_at_leave_the_word_to_the_aggregate():
    assert judge_light(LAG, LinkSeen(a=end(), b=end())).condition is LinkCondition.UP

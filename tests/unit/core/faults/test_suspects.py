"""The few culprits behind many symptoms: each property for any symptoms at all, then the rules one by one."""

import random
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.core.faults.suspects import BELIEVED_BEFORE, EXACT_UP_TO, Means, Suspect, Symptom, cover

WINDOW_S = 20.0
UNHURRIED = settings(max_examples=60, deadline=None)  # a busy machine is no failure
COSTS = st.sampled_from([0.1, 0.98, 1.0, 1.05, 1.1, 1.6, 3.0])
SUSPECTS = st.builds(
    Suspect,
    COSTS,
    st.sampled_from([Means.CUT, Means.CABLE, Means.POWER]),
    st.sampled_from("pqrstuv"),
)


@st.composite
def some_symptoms(draw, most=18, times=(None, 0.0, 5.0, 1000.0, 1010.0)):
    number = draw(st.integers(0, most))
    cost_of = {}
    symptoms = []
    for count in range(number):
        suspects = draw(st.lists(SUSPECTS, min_size=1, max_size=4))
        told = {one.key: Suspect(cost_of.setdefault(one.key, one.cost), one.means, one.name) for one in suspects}
        since = draw(st.sampled_from(times))
        symptoms.append(Symptom(name=f"l{count}", since_wall_s=since, suspects=tuple(told.values())))
    return symptoms


def cut(cost=1.0, name="x", means=Means.CUT, least=1):
    return Suspect(cost, means, name, least)


def symptom(name, *suspects, at=0.0, is_link=True):
    return Symptom(name=name, since_wall_s=at, suspects=suspects, is_link=is_link)


def found(*symptoms, **changes):
    return cover(symptoms, window_s=WINDOW_S, **changes)


def cost(culprits):
    return sum(culprit.suspect.cost for culprit in culprits)


@UNHURRIED
@given(some_symptoms())
def test_every_symptom_is_explained_by_somebody_who_was_suspected_of_it(symptoms):
    explained = {}
    for culprit in cover(symptoms, window_s=WINDOW_S):
        for one in culprit.symptoms:
            explained.setdefault(one.name, []).append(culprit.suspect)
    assert explained.keys() == {one.name for one in symptoms}
    for one in symptoms:
        assert {suspect.key for suspect in explained[one.name]} <= {suspect.key for suspect in one.suspects}


@UNHURRIED
@given(some_symptoms(most=EXACT_UP_TO))
def test_it_never_costs_more_than_one_culprit_for_each_symptom(symptoms):
    singly = sum(min(suspect.cost for suspect in one.suspects) for one in symptoms)
    assert cost(cover(symptoms, window_s=WINDOW_S)) <= singly + 1e-6


@UNHURRIED
@given(some_symptoms())
def test_the_same_symptoms_always_give_the_same_answer(symptoms):
    assert cover(symptoms, window_s=WINDOW_S) == cover(symptoms, window_s=WINDOW_S)


@UNHURRIED
@given(some_symptoms())
def test_no_culprit_answers_for_two_moments(symptoms):
    for culprit in cover(symptoms, window_s=WINDOW_S):
        times = [one.since_wall_s for one in culprit.symptoms if one.since_wall_s is not None]
        assert max(times, default=0.0) - min(times, default=0.0) <= WINDOW_S


@UNHURRIED
@given(some_symptoms())
def test_nobody_rivals_himself_and_every_rival_was_suspected(symptoms):
    for culprit in cover(symptoms, window_s=WINDOW_S):
        suspected = {suspect.key for one in culprit.symptoms for suspect in one.suspects}
        assert {rival.key for rival in culprit.rivals} <= suspected - {culprit.suspect.key}


@given(some_symptoms(most=8, times=(0.0, 1000.0)))
@UNHURRIED
def test_no_set_of_culprits_is_cheaper(symptoms):
    charges = {}
    for count, one in enumerate(symptoms):
        for suspect in one.suspects:
            charges.setdefault((suspect, one.since_wall_s), set()).add(count)
    least = cheapest(frozenset(range(len(symptoms))), [(one.cost, counts) for (one, _), counts in charges.items()], {})
    assert abs(cost(cover(symptoms, window_s=WINDOW_S)) - least) < 1e-6


def cheapest(open_, charges, known):
    if not open_:
        return 0.0
    if open_ not in known:
        first = min(open_)
        known[open_] = min(one + cheapest(open_ - counts, charges, known) for one, counts in charges if first in counts)
    return known[open_]


def test_one_cable_is_believed_before_the_links_in_it():
    cable = cut(0.98, "c1", Means.CABLE)
    (culprit,) = found(symptom("l1", cut(name="l1"), cable), symptom("l2", cut(name="l2"), cable))
    assert culprit.suspect == cable
    assert [one.name for one in culprit.symptoms] == ["l1", "l2"]


def test_what_costs_differently_here_and_there_is_one_suspect_at_the_lower_price():
    here, there = cut(0.98, "c1", Means.CABLE), cut(1.02, "c1", Means.CABLE)
    (culprit,) = found(symptom("l1", here), symptom("l2", there))
    assert culprit.suspect == here


def test_a_suspect_that_needs_two_links_is_none_of_one():
    needs_two = cut(0.2, "d1", Means.DUCT, least=2)
    (culprit,) = found(symptom("l1", cut(name="l1"), needs_two))
    assert culprit.suspect.means is Means.CUT


def test_a_region_is_no_link_to_such_a_suspect():
    needs_two = cut(0.2, "d1", Means.DUCT, least=2)
    one = cut(name="l1")
    (culprit,) = found(symptom("l1", one, needs_two), symptom("region:a", one, needs_two, is_link=False))
    assert culprit.suspect == one


def test_a_rival_close_in_cost_that_explains_as_much_is_named():
    (culprit,) = found(symptom("l1", cut(1.0, "l1"), cut(1.05, "a", Means.HANG)))
    assert [rival.name for rival in culprit.rivals] == ["a"]


def test_a_rival_far_off_is_not():
    (culprit,) = found(symptom("l1", cut(1.0, "l1"), cut(3.0, "a", Means.POWER)))
    assert culprit.rivals == ()


def test_a_rival_that_explains_only_a_part_is_not():
    power = cut(1.0, "a", Means.POWER)
    (culprit,) = found(symptom("l1", cut(1.0, "l1"), power), symptom("l2", cut(1.0, "l2"), power))
    assert (culprit.suspect, culprit.rivals) == (power, ())


def test_a_tie_goes_to_whom_it_went_before():
    one, other = cut(1.0, "l1"), cut(1.0, "l2")
    assert found(symptom("s", one, other))[0].suspect == one
    (culprit,) = found(symptom("s", one, other), believed=frozenset({other.key}))
    assert culprit.suspect.name == "l2"
    assert culprit.suspect.cost == other.cost - BELIEVED_BEFORE


def test_belief_does_not_outweigh_evidence():
    power = cut(1.0, "a", Means.POWER)
    symptoms = (symptom("l1", cut(1.0, "l1"), power), symptom("l2", cut(1.0, "l2"), power))
    (culprit,) = found(*symptoms, believed=frozenset({(Means.CUT, "l1")}))
    assert culprit.suspect == power


def test_a_storm_is_explained_greedily_and_whole():
    cable = cut(0.98, "c1", Means.CABLE)
    storm = [symptom(f"l{n}", cut(1.0, f"l{n}"), cable) for n in range(5 * EXACT_UP_TO)]
    (culprit,) = found(*storm)
    assert culprit.suspect == cable
    assert len(culprit.symptoms) == 5 * EXACT_UP_TO


def test_nothing_wrong_has_no_culprit():
    assert found() == ()


def test_a_riddle_of_many_moments_is_solved_and_does_not_take_minutes():
    """Eleven that have nothing to do with each other but for a twelfth that each could have caused."""
    apart = [
        symptom(f"l{one}", *(cut(1.0 + step / 100, f"l{one} {step}") for step in range(5)), at=100.0 * one)
        for one in range(EXACT_UP_TO - 1)
    ]
    common = symptom("region:a", *(cut(1.0, f"l{one} 0") for one in range(EXACT_UP_TO - 1)), at=None, is_link=False)
    culprits = found(*apart, common)
    assert sorted(culprit.suspect.name for culprit in culprits) == sorted(f"l{one} 0" for one in range(EXACT_UP_TO - 1))


def test_where_nobody_is_the_obvious_culprit_the_best_that_was_found_in_time_is_taken():
    """Anyone of 792 could have caused five of the twelve, all of them nearly as likely: three are the fewest."""
    chance, numbers = random.Random(7), range(EXACT_UP_TO)
    suspects = {five: cut(round(chance.uniform(1, 1.1), 4), f"{five}") for five in combinations(numbers, 5)}
    symptoms = [symptom(f"l{one}", *(suspects[five] for five in suspects if one in five)) for one in numbers]
    culprits = found(*symptoms)
    assert {one.name for culprit in culprits for one in culprit.symptoms} == {one.name for one in symptoms}
    assert len(culprits) == 3

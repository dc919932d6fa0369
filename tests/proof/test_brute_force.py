"""Random cities, one to four true failures, answers as physics has them; brute force tells what they determine."""

import random

import pytest

from netwatch.core.faults.diagnosis import diagnose
from netwatch.core.topology.graph import Topology
from tests.proof.chance import draw_several
from tests.proof.growth import grow
from tests.proof.oracle import TooManyError, explanations, visible
from tests.proof.sight import inventory_of, scene_of
from tests.proof.tally import AMBIGUOUS, CLEAR, DETERMINED, OUTDONE, UNCLEAR, Tally, named, ratio, total
from tests.proof.world import answers

SMALL, LARGE = (10, 20, 40, 80), (400, 1500)


def diagnosed(seed, sizes, cameras):
    """What truly and visibly broke, what was seen, and what was said; None where nothing showed."""
    chance = random.Random(seed)
    world = grow(chance, switches=chance.choice(sizes), cameras=cameras)
    failures = visible(world, draw_several(chance, world))
    if not failures:
        return None
    inventory, seen = inventory_of(world), answers(world, failures)
    diagnosis = diagnose(Topology(inventory), scene_of(inventory, seen, answers(world, [])))
    return world, failures, seen, diagnosis.causes


def tallied(seeds, sizes, cameras):
    tally, hidden, left_out = Tally(), [], 0
    for seed in seeds:
        found = diagnosed(seed, sizes, cameras)
        if found is None:
            continue
        world, failures, seen, causes = found
        told = frozenset().union(*(cause.devices for cause in causes))
        told |= {name.removeprefix("device:") for cause in causes for name in named(cause)}
        hidden += [(seed, device) for device in seen.dark - told]
        try:
            tally.add(seed, failures, explanations(world, failures), causes)
        except TooManyError:
            left_out += 1
    tally.print()
    print(f"  {left_out} scenes had more explanations than were tried")
    return tally, hidden


@pytest.fixture(scope="module")
def small():
    return tallied(range(250), SMALL, 60)


def test_what_the_answers_determine_is_named_and_nothing_else(small):
    tally, _ = small
    assert total(tally.recall, DETERMINED) > 150
    assert ratio(tally.recall, DETERMINED) >= 0.99, tally.wrong
    assert ratio(tally.precision, CLEAR) >= 0.99, tally.wrong


def test_what_they_do_not_determine_is_among_what_the_fault_says_it_could_be(small):
    tally, _ = small
    assert total(tally.recall, AMBIGUOUS) > 150
    assert ratio(tally.recall, AMBIGUOUS) >= 0.99, tally.wrong
    # three links cut at once round one switch are told as that switch without power, and the links are not listed
    assert ratio(tally.recall, OUTDONE) >= 0.75, tally.wrong
    assert ratio(tally.precision, UNCLEAR) >= 0.99, tally.wrong


def test_nobody_dark_is_left_out_of_every_fault(small):
    assert small[1] == []


def test_a_city_of_1500_switches_and_5000_cameras_is_no_harder():
    tally, hidden = tallied(range(9001, 9007), LARGE, 5000)
    assert ratio(tally.recall, DETERMINED) >= 0.99, tally.wrong
    assert ratio(tally.recall, AMBIGUOUS) >= 0.99, tally.wrong
    assert hidden == []

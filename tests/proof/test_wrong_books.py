"""A quarter of the links told wrongly: exchanged ports, links long gone, links never entered, wrong cables, wrong ends.

What is broken must be found all the same, and nobody dark may be hidden behind what the books say.
"""

import random
from collections import Counter

import pytest

from netwatch.core.faults.diagnosis import diagnose
from netwatch.core.topology.graph import Topology
from tests.proof.chance import draw_several
from tests.proof.growth import grow
from tests.proof.oracle import visible
from tests.proof.sight import T0, inventory_of, scene_of
from tests.proof.tally import named, ratio
from tests.proof.world import CABLE, OF_DEVICES, SITE, Broken, answers
from tests.proof.wrong_books import misremember

SHARE = 0.25


def lines_hit(world, failure):
    broken = Broken(world, [failure])
    return broken.cut | broken.one_way


def is_found(world, told, failure, causes, *, darkened):
    """By its name; of a cable, by one of its links; of a link that no book has, by somebody who is dark behind it."""
    names = set().union(*map(named, causes))
    if failure.subject in names or failure.kind in OF_DEVICES:
        return failure.subject in names
    if failure.kind == SITE:
        return any(f"device:{device}" in names for device in world.devices_at[failure.name])
    known = lines_hit(world, failure) & told.keys()
    if any(f"link:{name}" in names for name in known):
        return True
    named_dark = {f"device:{device}" for device in darkened} & names
    return not known and bool(named_dark or any(cause.devices & darkened for cause in causes))


class Books:
    """All scenes, counted."""

    def __init__(self, seeds, share):
        self.recall, self.precision, self.by_kind = Counter(), Counter(), Counter()
        self.missed, self.hidden = [], []
        for seed in seeds:
            self.add(seed, share)

    def add(self, seed, share):
        chance = random.Random(seed)
        world = grow(chance, switches=chance.choice((10, 20, 40, 80)), cameras=60)
        told, _ = misremember(chance, world, share=share)
        failures = visible(world, draw_several(chance, world))
        inventory, seen = inventory_of(world, told), answers(world, failures)
        causes = diagnose(Topology(inventory), scene_of(inventory, seen, answers(world, []))).causes
        for failure in failures:
            darkened = seen.dark - answers(world, [one for one in failures if one is not failure]).dark
            lines = lines_hit(world, failure)
            if lines and not lines & told.keys() and not darkened:
                continue  # no book has the link, and nobody is dark: nothing can show it
            found = is_found(world, told, failure, causes, darkened=darkened)
            self.recall["all", found] += 1
            self.by_kind[failure.kind, found] += 1
            if not found:
                self.missed.append((seed, failure))
        covered = frozenset().union(*(cause.devices for cause in causes))
        covered |= {name.removeprefix("device:") for cause in causes for name in named(cause)}
        self.hidden += [(seed, device) for device in sorted(seen.dark - covered)]
        self.count_true(world, failures, causes)

    def count_true(self, world, failures, causes):
        true = {failure.subject for failure in failures}
        for failure in failures:
            true |= {f"link:{name}" for name in lines_hit(world, failure)}
            true |= {f"{CABLE}:{cable}" for name in lines_hit(world, failure) for cable in world.lines[name].cables}
        for cause in causes:
            if cause.since_wall_s >= T0:  # what is wrong in the books alone is broken since long before
                self.precision["new", bool(named(cause) & true)] += 1


@pytest.fixture(scope="module")
def books():
    counted = Books(range(400), SHARE)
    print(
        f"\nrecall {ratio(counted.recall, 'all'):.4f}, precision of what is new {ratio(counted.precision, 'new'):.4f}"
    )
    print(f"  {dict(counted.by_kind)}", "  missed:", *counted.missed, sep="\n    ")
    return counted


def test_what_is_broken_is_found_though_a_quarter_of_the_links_is_told_wrongly(books):
    assert sum(books.recall.values()) > 500
    assert ratio(books.recall, "all") >= 0.95, books.missed


def test_wrong_books_hide_nobody(books):
    assert books.hidden == []


def test_most_of_what_is_said_is_true_all_the_same(books):
    assert ratio(books.precision, "new") >= 0.85

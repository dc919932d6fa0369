"""Whether a city that works out only what changed comes to the same, each moment, as one that works out everything."""

import random

import pytest

from tests.proof.chance import draw_several
from tests.proof.growth import grow
from tests.proof.sight import inventory_of
from tests.proof.watch import Watch
from tests.proof.world import FIELD, Failure

SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 30))]
BREAK_S, MEND_S, END_S = 40.0, 80.0, 110.0


class Anew(Watch):
    """Looks before each moment at every port, link, ring and camera again."""

    def _refold(self):
        city = self.city
        city.links.use(city.topology)
        city.fields.use(city.topology)
        for name, state in self.states.items():
            city.fields.see_device(name, None, state)
        super()._refold()


def lived(kind, seed):
    """A city that loses several things at once, some of them again after a while, and mends."""
    chance = random.Random(seed)
    world = grow(chance, switches=12, cameras=24)
    found = kind(world, inventory_of(world), random.Random(seed))
    failures = [Failure(FIELD, chance.choice(sorted(world.fields))), *draw_several(chance, world)]
    for until_s, broken in ((BREAK_S, failures), (MEND_S, failures[:2]), (END_S, ())):
        found.run(until_s)
        found.breaks(*broken)
    found.run(END_S + 30.0)
    return found


def told(found):
    """All that anybody was told, in its order, and where that left everything."""
    city = found.city
    events = [(event.kind.value, event.subject, event.at_wall_s, dict(event.detail)) for event in found.events]
    news = [
        (at_s, one.devices, sorted(one.field_devices), one.ports_to_read, sorted(one.checks_to_make))
        for at_s, one in found.reports
    ]
    return sorted(events, key=repr), news, dict(city.fields.verdicts), dict(city.book.faults)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_changed_is_worked_out_to_the_same_as_the_whole(seed):
    step_by_step, whole = told(lived(Watch, seed)), told(lived(Anew, seed))
    for name, one, other in zip(("events", "news", "verdicts", "faults"), step_by_step, whole, strict=True):
        assert one == other, name

"""`imagine` against the same physics: who goes dark, which cameras are lost to their services, what is said of it."""

import random
from collections import Counter

import pytest

from netwatch.core.faults.imagine import imagine
from netwatch.core.topology.graph import Topology
from netwatch.core.topology.single_points import single_points
from tests.proof.growth import grow
from tests.proof.oracle import TooManyError, explanations, visible
from tests.proof.sight import inventory_of
from tests.proof.tally import AMBIGUOUS, DETERMINED, Tally, ratio
from tests.proof.world import CABLE, FIELD, LINK, PORT, POWER, SITE, Broken, Failure, answers

KINDS = (CABLE, CABLE, LINK, POWER, POWER, SITE, PORT, FIELD)


def draw(chance, world):
    kind = chance.choice(KINDS)
    names = {
        CABLE: world.lines_in,
        LINK: world.lines,
        POWER: world.site_of,
        SITE: world.devices_at,
        PORT: [" ".join(port) for port in world.line_at],
        FIELD: world.fields,
    }[kind]
    return Failure(kind, chance.choice(sorted(names))) if names else Failure(POWER, "s0")


def clear_world(chance, switches, cameras):
    """`imagine` takes every port to be read, and no converter to shine on."""
    world = grow(chance, switches=switches, cameras=cameras)
    world.agentless.clear()
    world.lines = {name: line._replace(keeps_light=False) for name, line in world.lines.items()}
    return world.index()


def imagined(seed):
    chance = random.Random(seed)
    world = clear_world(chance, chance.choice((10, 20, 40)), 80)
    failures = list(dict.fromkeys(draw(chance, world) for _ in range(chance.randint(1, 4))))
    topology = Topology(inventory_of(world))
    return world, failures, imagine(topology, [one.subject for one in failures])


def lost_cameras(world, failures):
    """By service: without a way to an anchor that they had one to; or dead, and that is seen."""
    before, now, lost = Broken(world, []), Broken(world, failures), Counter()
    seen = now.reached(world.roots)
    for service, anchors in world.anchors.items():
        ever, still = before.reached(anchors or world.roots), now.reached(anchors or world.roots)
        for name, ((device, _), of) in world.fields.items():
            is_seen_dead = name in now.dead_fields and device in seen
            if of == service and ((device in ever and device not in still) or is_seen_dead):
                lost[service] += 1
    return +lost


@pytest.mark.parametrize("seed", range(60))
def test_dark_devices_and_lost_cameras_are_those_of_physics_and_each_is_counted_once(seed):
    world, failures, told = imagined(seed)
    assert set(told.dark_devices) == answers(world, failures).dark
    names = [name for group in told.out_of_service for name in group]
    assert len(names) == len(set(names))
    assert sum(map(Counter, told.affected), Counter()) == lost_cameras(world, failures)


def test_the_failures_are_named_or_among_what_it_could_be():
    tally = Tally()
    for seed in range(200):
        world, failures, told = imagined(seed)
        of_network = visible(world, [one for one in failures if one.kind != FIELD])
        causes = [cause for cause in told.causes if not cause.field_devices]
        if not of_network:
            assert not causes
            continue
        try:
            tally.add(seed, of_network, explanations(world, of_network), causes)
        except TooManyError:
            continue
    tally.print()
    assert ratio(tally.recall, DETERMINED) >= 0.99, tally.wrong
    assert ratio(tally.recall, AMBIGUOUS) >= 0.99, tally.wrong


def test_a_field_device_that_fails_alone_is_named_with_its_port():
    for seed in range(200):
        world, failures, told = imagined(seed)
        answering = Broken(world, failures)
        for one in failures:
            (device, interface), service = world.fields.get(one.name, (("", ""), ""))
            anchors = world.anchors.get(service) or world.roots
            if one.kind == FIELD and device in answering.reached(world.roots) & answering.reached(anchors):
                causes = [cause for cause in told.causes if one.name in cause.field_devices]
                assert [(cause.subject, cause.ambiguous_with) for cause in causes] == [
                    (one.subject, (f"port:{device} {interface}",))
                ]


@pytest.mark.parametrize("seed", range(25))
def test_single_points_are_what_trying_each_finds(seed):
    chance = random.Random(seed)
    world = clear_world(chance, 12, 30)
    assert set(single_points(Topology(inventory_of(world)))) == tried(world, [])


@pytest.mark.parametrize("seed", range(25))
def test_after_a_failure_no_single_point_is_left_out(seed):
    chance = random.Random(seed)
    world = clear_world(chance, 12, 30)
    failures = [draw(chance, world)]
    found = imagine(Topology(inventory_of(world)), [one.subject for one in failures]).remaining_single_points
    assert set(found) >= tried(world, failures)


def tried(world, failures):
    """The subjects whose loss cuts another device off from the vantage or from the anchors of a service in use."""
    used = {service for _, service in world.fields.values()}
    roots = {world.roots, *(world.anchors[service] or world.roots for service in used)}
    now, found = Broken(world, failures), set()
    could = [
        *(Failure(LINK, name) for name in world.lines),
        *(Failure(CABLE, name) for name in world.lines_in),
        *(Failure(POWER, name) for name in world.site_of),
    ]
    for one in could:
        then = Broken(world, [*failures, one])
        if any(now.reached(some) - then.reached(some) - {one.name} for some in roots):
            found.add(one.subject)
    return found

from dataclasses import replace

import pytest

from netwatch.core.field.doubt import FieldSight, SteadyPort, steady, wants_checks
from netwatch.core.field.verdict import FieldCause, FieldCondition, PortFacts, Reach
from netwatch.core.neighbours.sightings import PoeStatus
from tests.unit.core.cameras import DOWN_PORT, ONVIF, PING, RTSP, T0, UP_PORT, camera, judged, standing

DELIVERING, SEARCHING = (replace(UP_PORT, poe=poe) for poe in (PoeStatus.DELIVERING, PoeStatus.SEARCHING))


def read(*reads: PortFacts, every_s: float = 30.0) -> list[SteadyPort]:
    told: list[SteadyPort] = []
    for turn, facts in enumerate(reads):
        told.append(steady(told[-1] if told else None, facts, read_wall_s=T0 + turn * every_s))
    return told


def test_the_first_state_of_a_port_counts_at_once():
    (told,) = read(DOWN_PORT)
    assert told == SteadyPort(facts=DOWN_PORT)


def test_another_state_counts_from_the_second_read_and_keeps_its_own_date():
    told = read(UP_PORT, DOWN_PORT, DOWN_PORT)
    assert [one.facts.oper_up for one in told] == [True, True, False]
    assert told[1].facts.since_wall_s == UP_PORT.since_wall_s
    assert told[2].facts.since_wall_s == DOWN_PORT.since_wall_s


def test_a_flap_between_two_reads_changes_no_verdict():
    flapping = [UP_PORT, DOWN_PORT, UP_PORT, DOWN_PORT, UP_PORT]
    verdicts = [judged(port=one.facts, ping=True, rtsp=True) for one in read(*flapping)]
    assert {verdict.condition for verdict in verdicts} == {FieldCondition.FINE}
    assert len(set(verdicts)) == 1


def test_a_dead_port_that_blinks_stays_dead():
    told = read(DOWN_PORT, UP_PORT, DOWN_PORT)
    assert {judged(port=one.facts, ping=False, rtsp=False).cause for one in told} == {FieldCause.CABLE_OR_PORT}


def test_the_same_read_given_again_is_no_second_read():
    first = steady(None, UP_PORT, read_wall_s=T0)
    once = steady(first, DOWN_PORT, read_wall_s=T0 + 30)
    again = steady(once, DOWN_PORT, read_wall_s=T0 + 30)
    assert again.facts.oper_up is True
    assert steady(again, DOWN_PORT, read_wall_s=T0 + 60).facts.oper_up is False


def test_what_is_no_longer_known_is_not_held():
    assert [one.facts.oper_up for one in read(UP_PORT, PortFacts(), DOWN_PORT)] == [True, None, False]


def test_what_else_is_read_of_a_port_is_taken_at_once():
    told = read(DELIVERING, replace(DOWN_PORT, poe=PoeStatus.SEARCHING, macs=frozenset()))
    assert (told[1].facts.oper_up, told[1].facts.poe, told[1].facts.macs) == (True, PoeStatus.SEARCHING, frozenset())


def test_a_port_that_ever_fed_its_device_is_known_to():
    told = read(DELIVERING, SEARCHING, replace(DOWN_PORT, poe=PoeStatus.SEARCHING))
    assert [one.facts.poe_fed for one in told] == [True, True, True]


def test_a_camera_that_answers_while_poe_searches_has_power_of_its_own():
    first = steady(None, SEARCHING, read_wall_s=T0, answers=True)
    later = steady(first, SEARCHING, read_wall_s=T0 + 30)
    assert later.facts.poe_fed is False
    assert judged(port=later.facts, ping=False, rtsp=False).cause is FieldCause.DEVICE_HUNG
    unknown = steady(None, SEARCHING, read_wall_s=T0)
    assert judged(port=unknown.facts, ping=False, rtsp=False).cause is FieldCause.NO_POWER


CAMERA = camera(PING, RTSP, ONVIF)
ANSWERS = {"ping": standing(up=True), "rtsp": standing(up=True)}
SILENT = {"ping": standing(up=False), "rtsp": standing(up=False)}


def sight(port: PortFacts | None = UP_PORT, checks=ANSWERS, reach: Reach = Reach.REACHABLE) -> FieldSight:
    return FieldSight(device=CAMERA, port=port, checks=checks, reach=reach)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UP_PORT, DOWN_PORT),
        (DELIVERING, SEARCHING),
        (replace(UP_PORT, ingress=True), replace(UP_PORT, ingress=False)),
    ],
)
def test_a_port_that_turns_contradicts_the_checks_of_before(before, after):
    assert wants_checks(sight(before), sight(after))
    assert not wants_checks(sight(after), sight(after))  # it asks once
    assert not wants_checks(sight(before, SILENT), sight(after, SILENT))  # they agree
    assert wants_checks(sight(after, SILENT), sight(before, SILENT))
    assert not wants_checks(sight(after), sight(before))


def test_a_port_seen_for_the_first_time_has_not_turned():
    assert not wants_checks(sight(None), sight(DOWN_PORT))
    assert not wants_checks(sight(DOWN_PORT), sight(None))


def test_a_way_that_is_back_asks_those_that_were_silent():
    assert wants_checks(sight(checks=SILENT, reach=Reach.CUT), sight(checks=SILENT))
    assert not wants_checks(sight(reach=Reach.CUT), sight())
    assert not wants_checks(sight(checks=SILENT), sight(checks=SILENT, reach=Reach.CUT))


def test_a_way_seen_open_for_the_first_time_asks_for_checks_never_made():
    assert wants_checks(sight(checks={}, reach=Reach.UNSEEN), sight(checks={}))
    assert wants_checks(sight(checks={}, reach=Reach.UNSEEN), sight(checks={"ping": standing(up=True)}))
    assert not wants_checks(sight(checks={}), sight(checks={}))
    assert not wants_checks(sight(reach=Reach.UNSEEN), sight())  # they are remembered from before


def test_a_check_that_changes_its_answer_asks_the_others_while_they_say_otherwise():
    lost = {**ANSWERS, "ping": standing(up=False)}
    assert wants_checks(sight(), sight(checks=lost))
    assert not wants_checks(sight(checks=lost), sight(checks=lost))
    back = {**SILENT, "ping": standing(up=True)}
    assert wants_checks(sight(checks=SILENT), sight(checks=back))
    assert not wants_checks(sight(checks=lost), sight(checks=SILENT))


def test_echoes_that_fail_before_rtsp_was_tried_ask_for_it():
    assert wants_checks(sight(checks={}), sight(checks={"ping": standing(up=False)}))
    assert not wants_checks(sight(checks={}), sight(checks={"ping": standing(up=True)}))


def test_onvif_asks_for_nothing():
    assert not wants_checks(sight(), sight(checks={**ANSWERS, "onvif": standing(up=False)}))

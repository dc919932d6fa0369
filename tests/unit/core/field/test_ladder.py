from dataclasses import replace

import pytest

from netwatch.core.errors import Reason
from netwatch.core.field.checks import Asked, any_alive
from netwatch.core.field.verdict import FieldCause, FieldCondition, PortFacts, Reach
from netwatch.core.model import Ping, PingMethod
from netwatch.core.neighbours.sightings import PoeStatus
from tests.unit.core.cameras import (
    DOWN_PORT,
    ELSEWHERE,
    MAC,
    ONVIF,
    OTHER_MAC,
    PING,
    PORT,
    RTSP,
    T0,
    TCP,
    UP_PORT,
    camera,
    judged,
    standing,
)

FINE, FAULT = FieldCondition.FINE, FieldCondition.FAULT
UNREACHABLE, UNKNOWN = FieldCondition.UNREACHABLE, FieldCondition.UNKNOWN
POWERED = replace(UP_PORT, poe=PoeStatus.DELIVERING, macs=frozenset({MAC}))


def test_a_camera_that_answers_everything_is_fine_and_every_rung_is_told_in_order():
    verdict = judged(port=replace(POWERED, ingress=True), ping=standing(up=True, since=T0 + 5), rtsp=True)
    assert (verdict.condition, verdict.cause, verdict.since_wall_s) == (FINE, None, T0 + 5)
    assert verdict.evidence == (
        "its port acc-17 Gi1/0/3 is up",
        "PoE delivers power",
        f"its MAC {MAC} is on the port",
        "it answers ping",
        "it answers RTSP",
        "it sends about as much as usual",
    )


def test_a_camera_that_answers_nothing_on_a_powered_port_hangs_since_the_first_failure():
    verdict = judged(port=POWERED, ping=standing(up=False, since=T0 + 60), rtsp=standing(up=False, since=T0 + 20))
    assert (verdict.condition, verdict.cause, verdict.since_wall_s) == (FAULT, FieldCause.DEVICE_HUNG, T0 + 20)
    assert f"its MAC {MAC} is on the port" in verdict.evidence
    assert "it does not answer ping (timeout)" in verdict.evidence


def test_a_fault_does_not_date_from_echoes_that_were_filtered_all_along():
    filtered = standing(up=False, since=T0 - 86_400)
    hung = judged(ping=filtered, rtsp=standing(up=False, since=T0, answered_wall_s=T0 - 300))
    assert hung.since_wall_s == T0
    missed = standing(up=True, since=T0 - 86_400, answered_wall_s=T0 - 300, failures=1, first_failure_wall_s=T0)
    assert judged(ping=filtered, rtsp=missed).since_wall_s == T0


def test_a_stream_or_a_stranger_bears_no_date_while_the_checks_hold():
    assert judged(port=replace(UP_PORT, ingress=False), ping=standing(up=False), rtsp=True).since_wall_s is None
    other = replace(UP_PORT, macs=frozenset({OTHER_MAC}))
    assert judged(port=other, ping=True, rtsp=True).since_wall_s is None
    assert judged(port=other, ping=False, rtsp=standing(up=False, since=T0 + 9)).since_wall_s == T0


def test_a_camera_that_answers_ping_and_refuses_rtsp_hangs():
    verdict = judged(ping=True, rtsp=standing(up=False, reason=Reason.REFUSED))
    assert (verdict.cause, verdict.evidence[-2:]) == (
        FieldCause.DEVICE_HUNG,
        ("it answers ping", "it does not answer RTSP (refused)"),
    )


def test_an_answer_to_rtsp_proves_what_ping_and_tcp_do_not():
    assert judged(camera(PING, TCP, RTSP), ping=False, tcp_554=False, rtsp=True).condition is FINE
    assert judged(camera(PING, TCP), ping=False, tcp_554=True).condition is FINE
    assert judged(camera(PING, ONVIF), ping=False, onvif=True).condition is FINE


def test_onvif_that_fails_convicts_nothing_and_does_not_prove_rtsp():
    assert judged(camera(PING, RTSP, ONVIF), ping=True, rtsp=True, onvif=False).condition is FINE
    assert judged(camera(ONVIF), onvif=False).condition is UNKNOWN
    assert judged(camera(PING, RTSP, ONVIF), ping=True, rtsp=False, onvif=True).cause is FieldCause.DEVICE_HUNG


def test_one_tcp_port_of_two_that_fails_is_a_fault():
    other = replace(TCP, port=80)
    assert judged(camera(TCP, other), tcp_554=True, tcp_80=False).cause is FieldCause.DEVICE_HUNG


def test_what_was_not_yet_decided_keeps_it_unknown_unless_another_check_decides():
    assert judged(ping=True, rtsp=None).condition is UNKNOWN
    assert judged(ping=None, rtsp=True).condition is FINE
    assert judged(ping=None, rtsp=False).condition is FAULT
    assert "RTSP is not decided yet" in judged(ping=True, rtsp=None).evidence


def test_filtered_echoes_convict_nobody_before_rtsp_was_tried():
    assert judged(ping=False, rtsp=None).condition is UNKNOWN
    once = standing(up=None, failures=1, reason=Reason.TIMEOUT)
    assert judged(ping=False, rtsp=once).cause is FieldCause.DEVICE_HUNG


def test_a_last_answer_to_rtsp_holds_until_rtsp_fails_once():
    answered = standing(up=True, since=T0 - 3600, answered_wall_s=T0 - 100)
    assert judged(ping=standing(up=False, since=T0), rtsp=answered).condition is FINE
    missed = replace(answered, failures=1, reason=Reason.TIMEOUT)
    assert judged(ping=standing(up=False, since=T0), rtsp=missed).cause is FieldCause.DEVICE_HUNG
    assert judged(ping=True, rtsp=missed).condition is FINE


@pytest.mark.parametrize(
    ("poe", "cause"),
    [
        (None, FieldCause.CABLE_OR_PORT),
        (PoeStatus.SEARCHING, FieldCause.CABLE_OR_PORT),
        (PoeStatus.DISABLED, FieldCause.CABLE_OR_PORT),
        (PoeStatus.DELIVERING, FieldCause.CABLE_OR_PORT),
        (PoeStatus.TEST, FieldCause.CABLE_OR_PORT),
        (PoeStatus.FAULT, FieldCause.NO_POWER),
        (PoeStatus.OTHER_FAULT, FieldCause.NO_POWER),
    ],
)
def test_a_port_that_is_down_is_told_by_its_power(poe, cause):
    verdict = judged(port=replace(DOWN_PORT, poe=poe), ping=standing(up=False, since=T0 + 40), rtsp=False)
    assert (verdict.condition, verdict.cause, verdict.since_wall_s) == (FAULT, cause, T0)


def test_a_port_that_was_shut_says_so():
    verdict = judged(port=replace(DOWN_PORT, admin_up=False, poe=PoeStatus.FAULT), ping=False, rtsp=False)
    assert verdict.cause is FieldCause.CABLE_OR_PORT
    assert verdict.evidence[0] == "its port acc-17 Gi1/0/3 is administratively down"


def test_answers_from_before_the_port_went_down_do_not_save_the_camera():
    old = standing(up=True, since=T0 - 3600, answered_wall_s=T0 - 1)
    assert judged(port=DOWN_PORT, ping=old, rtsp=old).cause is FieldCause.CABLE_OR_PORT


def test_answers_while_the_port_is_down_contradict_it():
    verdict = judged(port=DOWN_PORT, ping=standing(up=True, since=T0 - 3600, answered_wall_s=T0 + 10), rtsp=True)
    assert (verdict.condition, verdict.evidence[-1]) == (FINE, "the answers contradict the port's state")
    moved = judged(port=DOWN_PORT, elsewhere=ELSEWHERE, ping=True, rtsp=True)
    assert (moved.condition, moved.cause) == (FAULT, FieldCause.MOVED)
    assert f"its MAC {MAC} is on acc-18 Gi1/0/9" in moved.evidence


def test_poe_that_feeds_nothing_convicts_only_where_nothing_answers():
    searching = replace(UP_PORT, poe=PoeStatus.SEARCHING)
    assert judged(port=searching, ping=False, rtsp=False).cause is FieldCause.NO_POWER
    assert judged(port=searching, ping=True, rtsp=True).condition is FINE
    assert judged(port=searching, ping=True, rtsp=False).cause is FieldCause.DEVICE_HUNG
    refused = standing(up=False, reason=Reason.REFUSED)
    assert judged(port=searching, ping=False, rtsp=refused).cause is FieldCause.DEVICE_HUNG


def test_a_camera_with_power_of_its_own_is_not_without_power():
    own = replace(UP_PORT, poe=PoeStatus.SEARCHING, poe_fed=False)
    assert judged(port=own, ping=False, rtsp=False).cause is FieldCause.DEVICE_HUNG


@pytest.mark.parametrize("answers", [True, False])
def test_another_device_on_its_port_is_told_with_both_vendors(answers):
    verdict = judged(port=replace(UP_PORT, macs=frozenset({OTHER_MAC})), ping=answers, rtsp=answers)
    assert (verdict.condition, verdict.cause) == (FAULT, FieldCause.WRONG_DEVICE)
    assert f"not its MAC {MAC} (Axis) is on the port, but {OTHER_MAC} (Acme)" in verdict.evidence


@pytest.mark.parametrize(
    "macs", [None, frozenset(), frozenset({MAC, OTHER_MAC}), frozenset({OTHER_MAC, "02:00:00:00:00:01"})]
)
def test_a_forgotten_mac_or_several_convict_nobody(macs):
    assert judged(port=replace(UP_PORT, macs=macs), ping=True, rtsp=True).condition is FINE


def test_a_camera_without_a_registered_mac_is_never_the_wrong_one():
    port = replace(UP_PORT, macs=frozenset({OTHER_MAC}))
    assert judged(camera(mac=None), port=port, ping=True, rtsp=True).condition is FINE


def test_a_mac_that_is_on_its_own_port_too_has_not_moved():
    assert judged(port=POWERED, elsewhere=ELSEWHERE, ping=True, rtsp=True).condition is FINE
    assert judged(elsewhere=PORT, ping=True, rtsp=True).condition is FINE


def test_a_stream_that_fell_silent_is_told_where_the_camera_answers():
    silent = replace(UP_PORT, ingress=False)
    assert judged(port=silent, ping=True, rtsp=True).cause is FieldCause.STREAM_SILENT
    assert judged(camera(PING), port=silent, ping=True).cause is FieldCause.STREAM_SILENT
    assert judged(port=silent, ping=True, rtsp=False).cause is FieldCause.DEVICE_HUNG
    assert judged(port=silent, ping=True, rtsp=None).condition is UNKNOWN
    assert judged(camera(shared=True), port=silent, ping=True, rtsp=True).condition is FINE


def test_behind_a_cut_nothing_is_the_cameras_fault():
    verdict = judged(port=DOWN_PORT, reach=Reach.CUT, ping=False, rtsp=False)
    assert (verdict.condition, verdict.cause, verdict.since_wall_s) == (UNREACHABLE, FieldCause.UPSTREAM, None)
    assert verdict.evidence[0] == "no path to its switch is left: the cause is upstream"
    assert judged(reach=Reach.CUT, ping=True, rtsp=True).condition is UNREACHABLE


def test_what_is_not_seen_is_unknown_unless_it_answers_itself():
    unseen = {"reach": Reach.UNSEEN, "port": DOWN_PORT}
    assert judged(**unseen, ping=False, rtsp=False).condition is UNKNOWN
    assert judged(**unseen, ping=None, rtsp=None).condition is UNKNOWN
    assert judged(**unseen, ping=True, rtsp=True).condition is FINE
    assert judged(**unseen, ping=True, rtsp=False).cause is FieldCause.DEVICE_HUNG


def test_an_answer_from_before_the_echoes_failed_does_not_show_an_unseen_camera():
    before = standing(up=True, since=T0 - 3600, answered_wall_s=T0 - 200)
    assert judged(reach=Reach.UNSEEN, ping=standing(up=False, since=T0), rtsp=before).condition is UNKNOWN
    since = replace(before, answered_wall_s=T0 + 200)
    assert judged(reach=Reach.UNSEEN, ping=standing(up=False, since=T0), rtsp=since).condition is FINE


def test_a_camera_that_answers_from_another_port_than_behind_the_cut_has_moved():
    assert judged(reach=Reach.CUT, elsewhere=ELSEWHERE, ping=True, rtsp=True).cause is FieldCause.MOVED
    assert judged(reach=Reach.CUT, elsewhere=ELSEWHERE, ping=False, rtsp=False).condition is UNREACHABLE


def test_without_a_port_only_the_checks_decide_and_the_evidence_says_so():
    verdict = judged(camera(port=None), port=None, ping=False, rtsp=False)
    assert verdict.cause is FieldCause.DEVICE_HUNG
    assert verdict.evidence[-1] == "no port is registered: cable, power and device cannot be told apart"
    assert judged(camera(port=None), port=None, ping=True, rtsp=True).condition is FINE


def test_a_port_of_which_nothing_is_known_says_nothing():
    verdict = judged(port=None, ping=False, rtsp=False)
    assert (verdict.cause, verdict.evidence[0]) == (
        FieldCause.DEVICE_HUNG,
        "the state of its port acc-17 Gi1/0/3 is not known",
    )


def test_tables_of_a_port_whose_state_is_not_known_are_old_and_convict_nobody():
    old = PortFacts(poe=PoeStatus.SEARCHING, macs=frozenset({OTHER_MAC}), ingress=False)
    assert judged(port=old, ping=True, rtsp=True).condition is FINE
    assert judged(port=old, ping=False, rtsp=False).cause is FieldCause.DEVICE_HUNG


def test_a_shared_port_convicts_nobody_while_another_on_it_answers():
    shared = camera(shared=True)
    lit = replace(DOWN_PORT, others_alive=True, poe=PoeStatus.FAULT)
    assert judged(shared, port=lit, ping=False, rtsp=False).cause is FieldCause.DEVICE_HUNG
    assert judged(shared, port=lit, ping=None, rtsp=None).condition is UNKNOWN
    other = replace(UP_PORT, others_alive=True, macs=frozenset({OTHER_MAC}))
    assert judged(shared, port=other, ping=True, rtsp=True).condition is FINE


def test_a_shared_port_on_which_all_are_silent_is_to_blame():
    shared, dark = camera(shared=True), replace(UP_PORT, others_alive=False)
    verdict = judged(shared, port=dark, ping=False, rtsp=False)
    assert verdict.cause is FieldCause.CABLE_OR_PORT
    assert "others on the shared port are silent too" in verdict.evidence
    assert judged(shared, port=replace(dark, oper_up=False), ping=False, rtsp=False).cause is FieldCause.CABLE_OR_PORT
    assert judged(shared, port=replace(dark, others_alive=None), ping=False, rtsp=False).cause is FieldCause.DEVICE_HUNG


def test_others_on_a_port_are_alive_if_one_is_and_silent_if_all_are_decided_to_be():
    answers, fails, open_, refuses = (
        Asked.of(camera(PING, RTSP), {"ping": ping, "rtsp": rtsp})
        for ping, rtsp in (
            (standing(up=True), standing(up=True)),
            (standing(up=False), standing(up=False)),
            (standing(up=None), standing(up=None)),
            (standing(up=False), standing(up=False, reason=Reason.REFUSED)),
        )
    )
    assert any_alive([fails, answers]) is True
    assert any_alive([fails, refuses]) is True
    assert any_alive([fails, fails]) is False
    assert any_alive([fails, open_]) is None
    assert any_alive([]) is None


def test_a_sensor_of_which_nothing_is_asked_is_as_fine_as_its_port():
    sensor = camera(address=None)
    assert judged(sensor).condition is FINE
    assert judged(sensor).since_wall_s == UP_PORT.since_wall_s
    assert judged(sensor, port=DOWN_PORT).cause is FieldCause.CABLE_OR_PORT
    assert judged(sensor, port=PortFacts()).condition is UNKNOWN
    assert judged(sensor, port=replace(UP_PORT, poe=PoeStatus.FAULT)).condition is UNKNOWN
    assert judged(sensor, port=replace(UP_PORT, ingress=False)).cause is FieldCause.STREAM_SILENT


def test_what_is_no_longer_asked_says_nothing():
    assert judged(camera(PING), ping=True, rtsp=False).condition is FINE
    muted = camera(PING, RTSP, ping=Ping(method=PingMethod.OFF))
    assert judged(muted, ping=False, rtsp=None).evidence == ("its port acc-17 Gi1/0/3 is up", "RTSP is not decided yet")


def test_usual_traffic_shows_life_where_nothing_was_decided_yet():
    assert judged(port=replace(UP_PORT, ingress=True), ping=None, rtsp=None).condition is FINE
    assert judged(port=replace(UP_PORT, ingress=True), ping=False, rtsp=False).cause is FieldCause.DEVICE_HUNG


def test_the_same_facts_give_an_equal_verdict():
    assert judged(port=POWERED, ping=True, rtsp=False) == judged(port=POWERED, ping=True, rtsp=False)

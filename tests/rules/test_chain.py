"""From the page to the message, with the shipped files: each owner is told once, whatever restarts, and of the end."""

import time

import pytest

from tests.rules.chain import Chain
from tests.rules.scenario import series

OWNER = "network-owner", "NetworkFault"
CAMERAS = "cctv-owner", "ServiceOut"
OPENED = (*OWNER, "firing", "critical"), (*CAMERAS, "firing", "critical")
ENDED = (*OWNER, "resolved", "critical"), (*CAMERAS, "resolved", "critical")
A_REPEAT_OF_ALL_S = 12  # longer than group_interval: whatever Alertmanager has to say, it has said


@pytest.fixture
def chain(tmp_path):
    with Chain(tmp_path) as running:
        yield running


def test_a_cut_is_told_once_to_each_owner_and_so_is_its_end_whatever_restarts_in_between(chain):
    chain.tell("f1")
    chain.notified.wait_for(*OPENED, within_s=120)
    check_words(*sorted(chain.notified.messages, key=lambda message: message["commonLabels"]["alertname"]))
    chain.netwatch.stop()
    chain.notified.nothing_for(6)
    chain.netwatch.start()
    chain.prometheus[0].restart()
    chain.notified.nothing_for(6)
    chain.alertmanager.restart()
    chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
    chain.clear("f1")
    chain.notified.wait_for(*ENDED)


def check_words(network, service):
    """Each names the cut, its cameras and whom to send; nothing tells which of two Prometheus servers told it."""
    assert (
        network["commonAnnotations"]["summary_ko"] == "케이블 절단 c-017 회천동, 현장장비 30대 중단, 광케이블반(hanbit)"
    )
    assert (
        service["commonAnnotations"]["summary_ko"]
        == "cctv 회천동 현장장비 30대 중단, 원인 c-017 케이블 절단, 광케이블반"
    )
    assert network["commonAnnotations"]["runbook"].endswith("RUNBOOK.md#networkfault")
    assert {"replica", "grafana", "runbook"} & set(network["commonLabels"]) == set()
    assert network["commonLabels"]["city"] == "city"


@pytest.mark.soak  # it takes its time; what the rules say is also tested by promtool
def test_a_fault_that_becomes_worse_is_told_again_and_its_milder_form_is_not_told_to_be_repaired(chain):
    chain.tell("f1", severity="major")
    chain.notified.wait_for((*OWNER, "firing", "major"), (*CAMERAS, "firing", "major"), within_s=120)
    chain.tell("f1", severity="critical")
    chain.notified.wait_for(*OPENED)
    chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
    chain.tell("f1", severity="major")
    chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
    chain.clear("f1")
    chain.notified.wait_for(*ENDED)


@pytest.mark.soak  # it takes its time; what the rules say is also tested by promtool
def test_maintenance_tells_nobody_until_it_is_over(chain):
    window = series("netwatch_maintenance_active", subject="cable:c-017")
    chain.in_city[window] = 1
    chain.notified.nothing_for(A_REPEAT_OF_ALL_S)  # the city's page is read every 10 s
    chain.tell("f1")
    chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
    chain.in_city[window] = 0
    chain.notified.wait_for(*OPENED)


@pytest.mark.soak
def test_of_a_fault_somebody_took_note_of_its_owner_is_told_no_more_but_its_end(tmp_path):
    with Chain(tmp_path, repeat="11s") as chain:
        chain.tell("f1", severity="major")
        told = (*OWNER, "firing", "major"), (*CAMERAS, "firing", "major")
        for within_s in (60, 90):  # at once, and again as long as nobody does anything
            chain.notified.wait_for(*told, within_s=within_s)
        chain.acknowledge("f1")
        time.sleep(8)  # until Alertmanager knows
        chain.notified.forget()
        time.sleep(30)
        assert {note.receiver for note in chain.notified.fresh} == {CAMERAS[0]}
        chain.clear("f1")
        time.sleep(25)
        ended = {note.brief for note in chain.notified.fresh if note.status == "resolved"}
        assert ended == {(*OWNER, "resolved", "major"), (*CAMERAS, "resolved", "major")}


def test_two_prometheus_servers_beside_each_other_tell_everything_once(tmp_path):
    with Chain(tmp_path, replicas="ab") as chain:
        chain.tell("f1")
        chain.notified.wait_for(*OPENED, within_s=120)
        chain.prometheus[0].stop()
        chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
        chain.clear("f1")
        chain.notified.wait_for(*ENDED)

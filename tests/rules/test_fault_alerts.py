"""One alert per fault: it fires, ends when the fault is repaired, and at nothing else."""

import pytest

from tests.rules.scenario import GONE, MISSED, fault, firing, over, series, silent, unbroken, up, value

LIT = up("netwatch-faults", "1x999") | up("netwatch-city", "1x999")
OKJEONG = {"fault": "f1", "severity": "critical", "district": "옥정동", "send": "fibre crew"}


def test_a_fault_fires_with_the_first_scrape_that_tells_of_it_and_ends_with_the_first_that_tells_0(promtool):
    told = fault(active=over((60, MISSED), (60, 1), (600, 0)))
    promtool.holds(
        told | LIT,
        silent(58, "NetworkFault"),
        firing(60, "NetworkFault", OKJEONG),
        value(60, "sum by (fault) (netwatch:fault:affected)", ({"fault": "f1"}, 300)),
        unbroken(58, 118, "NetworkFault", fault="f1"),
        silent(120, "NetworkFault"),
    )


def test_a_restart_of_netwatch_ends_nothing(promtool):
    active = over((60, 1), (120, GONE), (300, 1))
    netwatch = over((60, 1), (120, 0), (300, 1))
    promtool.holds(
        fault(active=active) | up("netwatch-faults", netwatch) | up("netwatch-city", netwatch),
        unbroken(0, 470, "NetworkFault", fault="f1", severity="critical"),
        unbroken(0, 470, "ServiceOut", service="cctv"),
    )


def test_a_restart_so_short_that_no_scrape_failed_ends_nothing(promtool):
    promtool.holds(fault(active=over((60, 1), (20, GONE), (60, 1))) | LIT, unbroken(0, 130, "NetworkFault"))


def test_what_was_repaired_while_netwatch_was_down_ends_when_netwatch_says_so(promtool):
    active = over((60, 1), (120, GONE), (300, 0))
    netwatch = over((60, 1), (120, 0), (300, 1))
    promtool.holds(
        fault(active=active) | up("netwatch-faults", netwatch),
        unbroken(0, 178, "NetworkFault"),
        silent(180, "NetworkFault"),
    )


def test_while_netwatch_is_down_for_half_an_hour_what_was_open_last_stays_open(promtool):
    """Twice as long as Prometheus is asked to look back."""
    netwatch = over((60, 1), (1800, 0), (600, 1))
    promtool.holds(
        fault(active=over((60, 1), (1800, GONE), (600, 0))) | up("netwatch-faults", netwatch),
        firing(1800, "NetworkFault", OKJEONG),
        value(1800, "sum(netwatch:fault:affected)", ({}, 300)),
        silent(1864, "NetworkFault"),
    )


def test_what_netwatch_lost_with_its_store_ends_after_a_quarter_of_an_hour(promtool):
    promtool.holds(
        fault(active=over((60, 1), (60, GONE))) | LIT, firing(900, "NetworkFault", OKJEONG), silent(962, "NetworkFault")
    )


def test_a_restart_of_prometheus_ends_nothing(promtool):
    spans = over((60, 1), (120, MISSED), (120, 1))
    promtool.holds(
        fault(active=spans) | up("netwatch-faults", spans), unbroken(0, 290, "NetworkFault", severity="critical")
    )


def test_a_fault_that_becomes_worse_is_one_alert_with_the_new_severity(promtool):
    told = fault(active=over((60, 1), (240, 0)), severity="minor") | fault(active=over((60, MISSED), (240, 1)))
    promtool.holds(
        told | LIT,
        firing(58, "NetworkFault", OKJEONG | {"severity": "minor"}),
        firing(62, "NetworkFault", OKJEONG),
    )


def test_a_fault_that_becomes_milder_stays_the_alert_it_is(promtool):
    told = fault(active=over((60, 1), (240, 0))) | fault(
        active=over((60, MISSED), (60, 1), (180, 0)), severity="minor", affected=[("cctv", "옥정동", 3)]
    )
    promtool.holds(
        told | LIT,
        unbroken(0, 118, "NetworkFault", severity="critical"),
        silent(100, "NetworkFault", severity="minor"),
        silent(122, "NetworkFault"),
    )


def test_a_fault_that_opens_again_is_judged_anew(promtool):
    told = fault(active=over((60, 1), (240, 0))) | fault(active=over((90, MISSED), (60, 1)), severity="minor")
    promtool.holds(told | LIT, silent(80, "NetworkFault"), firing(92, "NetworkFault", OKJEONG | {"severity": "minor"}))


def test_a_fault_seen_better_goes_by_its_new_name_alone(promtool):
    told = fault(active=over((60, 1), (240, GONE)), kind="link_cut", subject="link:l-1")
    told |= fault(active=over((60, MISSED), (60, 1), (120, 0)))
    names = {"fault": "f1", "subject": "cable:c-017", "kind": "cable_cut"}
    promtool.holds(
        told | LIT,
        firing(58, "NetworkFault", {"fault": "f1", "subject": "link:l-1", "kind": "link_cut"}),
        firing(64, "NetworkFault", names),
        silent(122, "NetworkFault"),
    )


def test_evidence_that_grows_changes_no_alert(promtool):
    told = fault(active=over((240, 1)), info=over((60, 1), (180, GONE)))
    told |= fault(active=over((240, 1)), info=over((60, MISSED), (180, 1)), ambiguous_with="link:l-2")
    promtool.holds(told | LIT, unbroken(0, 220, "NetworkFault", fault="f1"))


def test_two_faults_are_two_alerts(promtool):
    told = fault() | fault("f2", subject="device:acc-2", kind="device_power", severity="major", send="electrician")
    promtool.holds(
        told | LIT,
        firing(20, "NetworkFault", OKJEONG, OKJEONG | {"fault": "f2", "severity": "major", "send": "electrician"}),
    )


def test_each_service_and_district_has_its_alert_until_it_works_again(promtool):
    told = fault(active=over((300, 1)), affected=[("cctv", "옥정동", 300), ("cctv", "회천동", 8), ("its", "옥정동", 2)])
    restored = series("netwatch_fault_affected", fault="f1", service="cctv", district="회천동")
    told[restored] = over((60, 8), (240, GONE))
    cctv, its = {"service": "cctv", "district": "옥정동"}, {"service": "its", "district": "옥정동"}
    promtool.holds(
        told | LIT,
        firing(58, "ServiceOut", cctv, {"service": "cctv", "district": "회천동"}, its),
        firing(62, "ServiceOut", cctv, its),
        value(62, "sum(netwatch:fault:affected)", ({}, 302)),
        value(
            62,
            'count by (fault, kind, subject, severity, send) (ALERTS{alertname="ServiceOut"})',
            (
                {
                    "fault": "f1",
                    "kind": "cable_cut",
                    "subject": "cable:c-017",
                    "severity": "critical",
                    "send": "fibre crew",
                },
                2,
            ),
        ),
    )


def test_a_fault_that_darkens_no_field_device_is_told_to_the_owner_of_the_network_alone(promtool):
    told = fault(kind="redundancy_lost", subject="ring:ring-a", severity="major", affected=())
    promtool.holds(told | LIT, firing(20, "NetworkFault", {"severity": "major"}), silent(20, "ServiceOut"))


@pytest.mark.parametrize("alert", ["NetworkFault", "ServiceOut", "FaultDigest", "ServiceDigest"])
def test_a_healthy_city_is_silent(promtool, alert):
    promtool.holds(LIT, silent(60, alert))


def test_both_texts_have_counts_and_whom_to_send(promtool):
    told = fault(affected=[("cctv", "옥정동", 300), ("its", "옥정동", 12)], ambiguous_with="link:l-1")
    wanted = {
        "summary": "cable cut cable:c-017 (옥정동): 312 field devices out of service. Send: fibre crew (hanbit).",
        "summary_ko": "케이블 절단 c-017 옥정동, 현장장비 312대 중단, 광케이블반(hanbit)",
        "details": "Network devices dark: 12. Out of service: cctv 옥정동 300, its 옥정동 12. Could also be link:l-1.",
        "details_ko": "정지된 네트워크 장비 12대. 중단: cctv 옥정동 300, its 옥정동 12. 다른 가능성: link:l-1.",
        "dashboard": "http://grafana/d/netwatch-fault-ko?var-fault=f1",
        "runbook": "http://runbook#networkfault",
    }
    labels = {"fault": "f1", "kind": "cable_cut", "subject": "cable:c-017", "severity": "critical"}
    labels |= {"district": "옥정동", "send": "fibre crew", "contractor": "hanbit"}
    case = {
        "eval_time": "20s",
        "alertname": "NetworkFault",
        "exp_alerts": [{"exp_labels": labels, "exp_annotations": wanted}],
    }
    promtool.holds(told | LIT, annotations=[case])


def test_our_own_darkness_names_no_subject_and_counts_nobody(promtool):
    told = fault(kind="vantage", subject="vantage:", district="", send="network engineer", contractor="", affected=())
    wanted = {
        "summary": "netwatch's own uplink is dark: nothing can be known of the city. Send: network engineer.",
        "summary_ko": "관제망 두절, 현장 상태 확인 불가, 네트워크 담당",
        "details": "Network devices dark: 12.",
        "details_ko": "정지된 네트워크 장비 12대.",
        "dashboard": "http://grafana/d/netwatch-fault-ko?var-fault=f1",
        "runbook": "http://runbook#networkfault",
    }
    labels = {
        "fault": "f1",
        "kind": "vantage",
        "subject": "vantage:",
        "severity": "critical",
        "send": "network engineer",
    }
    case = {
        "eval_time": "20s",
        "alertname": "NetworkFault",
        "exp_alerts": [{"exp_labels": labels, "exp_annotations": wanted}],
    }
    promtool.holds(told | LIT, annotations=[case])


def test_the_owner_of_a_service_reads_what_is_out_and_why(promtool):
    wanted = {
        "summary": "cctv 옥정동: 1 field device out of service by cable cut cable:c-017. Sent: fibre crew (hanbit).",
        "summary_ko": "cctv 옥정동 현장장비 1대 중단, 원인 c-017 케이블 절단, 광케이블반",
        "dashboard": "http://grafana/d/netwatch-service-ko?var-service=cctv&var-district=%EC%98%A5%EC%A0%95%EB%8F%99",
        "runbook": "http://runbook#serviceout",
    }
    labels = {"fault": "f1", "kind": "cable_cut", "subject": "cable:c-017", "severity": "critical"}
    labels |= {"district": "옥정동", "service": "cctv", "send": "fibre crew", "contractor": "hanbit"}
    case = {
        "eval_time": "20s",
        "alertname": "ServiceOut",
        "exp_alerts": [{"exp_labels": labels, "exp_annotations": wanted}],
    }
    promtool.holds(fault(affected=[("cctv", "옥정동", 1)]) | LIT, annotations=[case])


def taken_note(values):
    return {series("netwatch_fault_acknowledged", fault="f1"): values}


def test_who_takes_note_of_a_fault_changes_nothing_about_it_and_is_told_beside_it_until_both_end(promtool):
    promtool.holds(
        fault(active=over((300, 1), (300, 0))) | taken_note(over((60, 0), (240, 1), (300, GONE))) | LIT,
        silent(58, "FaultAcknowledged"),
        firing(60, "FaultAcknowledged", {"fault": "f1"}),
        unbroken(0, 298, "NetworkFault", fault="f1"),
        unbroken(60, 298, "FaultAcknowledged", fault="f1"),
        silent(300, "NetworkFault"),
        silent(300, "FaultAcknowledged"),
    )


def test_what_is_withdrawn_is_acknowledged_no_longer(promtool):
    promtool.holds(
        fault() | taken_note(over((60, 1), (60, 0))) | LIT,
        firing(58, "FaultAcknowledged", {"fault": "f1"}),
        silent(60, "FaultAcknowledged"),
    )


def test_a_restart_of_netwatch_withdraws_nothing(promtool):
    told = over((60, 1), (120, GONE), (120, 1))
    netwatch = over((60, 1), (120, 0), (120, 1))
    promtool.holds(
        fault(active=told) | taken_note(told) | up("netwatch-faults", netwatch),
        unbroken(0, 298, "FaultAcknowledged", fault="f1"),
    )

"""Who is told what: the shipped configuration and its texts, asked with amtool."""

import json
import subprocess

import pytest
import yaml

from tests.rules.scenario import ROOT
from tests.tools import require_tool

FOLDER = ROOT / "deploy" / "alertmanager"
CONFIG = FOLDER / "alertmanager.yml"

ROUTES = [
    ("a critical fault", "alertname=NetworkFault severity=critical fault=f1 district=회천동", "network-owner"),
    ("a major fault", "alertname=NetworkFault severity=major fault=f1 district=회천동", "network-owner"),
    ("a minor fault", "alertname=NetworkFault severity=minor fault=f1 district=회천동", "network-owner"),
    ("a warning", "alertname=LinkNearlyFull severity=warning link=l-1", "network-owner"),
    ("a fault in maintenance", "alertname=NetworkFault severity=critical fault=f1 maintenance=1", "nobody"),
    ("that somebody is on it", "alertname=FaultAcknowledged fault=f1", "nobody"),
    ("a service in maintenance", "alertname=ServiceOut severity=critical service=cctv maintenance=1", "nobody"),
    ("the digest", "alertname=FaultDigest severity=major district=회천동", "network-owner"),
    ("the digest of a service", "alertname=ServiceDigest severity=major service=its", "its-owner"),
    ("cameras out", "alertname=ServiceOut severity=critical service=cctv fault=f1", "cctv-owner"),
    ("one camera out", "alertname=ServiceOut severity=minor service=cctv fault=f1", "cctv-owner"),
    ("signals out", "alertname=ServiceOut severity=major service=its fault=f1", "its-owner"),
    ("one signal out", "alertname=ServiceOut severity=warning service=its fault=f1", "its-owner"),
    ("a service nobody named", "alertname=ServiceOut severity=major service=weather fault=f1", "service-owner"),
    (
        "a district with an office of its own",
        "alertname=NetworkFault severity=major fault=f1 district=옥정동",
        "okjeong-office,network-owner",
    ),
    ("its small troubles", "alertname=NetworkFault severity=minor fault=f1 district=옥정동", "network-owner"),
    (
        "a stranger at a port",
        "alertname=NetworkFault severity=major kind=wrong_device fault=f1",
        "security,network-owner",
    ),
    ("an unknown address", "alertname=UnregisteredMacs severity=minor device=acc-1", "security"),
    ("a blind netwatch", "alertname=NetwatchBlind severity=critical", "netwatch-operator"),
    ("a slow netwatch", "alertname=NetwatchLoopLag severity=minor", "netwatch-operator"),
    ("the sign of life", "alertname=NetwatchWatchdog severity=none", "watchdog"),
    ("an open ring", "alertname=RingUnprotected severity=major ring=ring-a", "network-owner"),
    ("what a later capability brings", "alertname=Unheard severity=major", "network-owner"),
]


def amtool(*words):
    return subprocess.run([require_tool("amtool"), *words], capture_output=True, text=True, check=False)


def test_the_configuration_is_one_alertmanager_takes():
    done = amtool("check-config", str(CONFIG))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout


@pytest.mark.parametrize(("labels", "receivers"), [case[1:] for case in ROUTES], ids=[case[0] for case in ROUTES])
def test_each_alert_finds_its_receivers(labels, receivers):
    done = amtool("config", "routes", "test", f"--config.file={CONFIG}", *labels.split())
    assert done.stdout.strip() == receivers, done.stderr


def alert(summary_ko, *, status="firing", severity="critical", **annotations):
    words = {
        "summary": "cable cut cable:c-017",
        "dashboard": "http://g/d/netwatch-ring-link-ko?var-ring=a",
        "runbook": "r",
    }
    return {
        "status": status,
        "labels": {"alertname": "NetworkFault", "severity": severity},
        "annotations": {"summary_ko": summary_ko} | words | annotations,
        "startsAt": "2026-11-22T01:00:00Z",
        "endsAt": "2026-11-22T01:10:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
    }


def render(name, folder, *alerts):
    firing = any(one["status"] == "firing" for one in alerts)
    data = {"status": "firing" if firing else "resolved", "alerts": alerts, "receiver": "x", "externalURL": ""}
    data |= {"groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}}
    path = folder / "data.json"
    path.write_text(json.dumps(data))
    text = f'--template.text={{{{ template "{name}" . }}}}'
    done = amtool("template", "render", f"--template.glob={FOLDER}/templates/*.tmpl", text, f"--template.data={path}")
    assert done.returncode == 0, done.stderr
    return done.stdout


CUT = "케이블 절단 c-017 옥정동, 현장장비 300대 중단, 광케이블반(hanbit)"


def test_the_title_is_one_text_message(tmp_path):
    title = render("netwatch.title.ko", tmp_path, alert(CUT))
    assert title == f"[심각] {CUT}"
    assert len(title.encode("cp949")) <= 90  # what a Korean carrier takes for one message


@pytest.mark.parametrize("number", [1, 12])
def test_however_much_there_is_to_say_the_title_stays_under_ninety_characters(tmp_path, number):
    title = render("netwatch.title.ko", tmp_path, *[alert("가" * 300)] * number)
    assert len(title) <= 90
    assert "\n" not in title
    assert ("12건" in title) is (number == 12)


def test_what_ended_is_said_to_have_ended(tmp_path):
    ended = alert(CUT, status="resolved")
    assert render("netwatch.title.ko", tmp_path, ended) == f"[해소] {CUT}"
    assert render("netwatch.title.en", tmp_path, ended) == "[cleared] cable cut cable:c-017"
    assert "해소 2026-11-22" in render("netwatch.text.ko", tmp_path, ended)


def test_while_one_still_fires_the_title_speaks_of_that_one(tmp_path):
    alerts = alert("지난 것", status="resolved", severity="major"), alert(CUT)
    assert render("netwatch.title.ko", tmp_path, *alerts) == f"[심각] {CUT}"
    assert render("netwatch.title.en", tmp_path, *alerts) == "[critical] cable cut cable:c-017"


@pytest.mark.parametrize(
    ("word", "korean"), [("major", "중대"), ("minor", "경미"), ("warning", "주의"), ("none", "알림")]
)
def test_severities_are_told_in_korean(tmp_path, word, korean):
    assert render("netwatch.title.ko", tmp_path, alert(CUT, severity=word)).startswith(f"[{korean}] ")


def test_the_text_has_everything_and_links_to_dashboards_in_its_own_language(tmp_path):
    one = alert(CUT, details="Out of service: cctv 300.", details_ko="중단: cctv 300.")
    korean, english = (render(f"netwatch.text.{language}", tmp_path, one) for language in ("ko", "en"))
    assert [CUT in korean, "중단: cctv 300." in korean, "ring-link-ko?var-ring=a" in korean] == [True] * 3
    assert ["Out of service: cctv 300." in english, "ring-link-en?var-ring=a" in english] == [True] * 2


def routes(route, above=()):
    """Every route with the matchers that lead to it."""
    matchers = (*above, *route.get("matchers", ()))
    yield matchers, route
    for below in route.get("routes", ()):
        yield from routes(below, matchers)


def test_only_what_is_minor_waits_for_the_day():
    everything = list(routes(yaml.safe_load(CONFIG.read_text())["route"]))
    waits = [
        matchers for matchers, route in everything if {"mute_time_intervals", "active_time_intervals"} & set(route)
    ]
    mild = {'severity=~"minor|warning"', 'severity="minor"', 'severity="warning"'}
    assert [matchers for matchers in waits if not mild & set(matchers)] == []
    assert len(waits) == 6
    small = [(matchers, route) for matchers, route in everything if mild & set(matchers) and "routes" not in route]
    assert [matchers for matchers, _ in small if matchers not in waits] == []  # time intervals are not inherited


def test_the_hours_are_those_of_the_city():
    intervals = yaml.safe_load(CONFIG.read_text())["time_intervals"]
    assert {part["location"] for one in intervals for part in one["time_intervals"]} == {"Asia/Seoul"}


def test_a_milder_fault_is_held_back_by_itself_alone():
    """An alert of another fault, service or district differs in one of `equal`, so nothing distinct is ever hidden."""
    rules = yaml.safe_load(CONFIG.read_text())["inhibit_rules"]
    (taken,) = [rule for rule in rules if rule.get("equal") == ["fault"]]
    assert taken["source_matchers"] == ['alertname="FaultAcknowledged"', 'fault=~".+"']
    assert taken["target_matchers"] == ['alertname="NetworkFault"']
    for rule in rules:
        if rule is not taken:
            assert {"alertname", "fault", "service", "district"} <= set(rule["equal"])
            assert 'fault=~".+"' in rule["source_matchers"]

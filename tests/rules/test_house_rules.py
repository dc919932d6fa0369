"""What holds for every rule there is, whoever adds it."""

import json
import re
import shutil
import subprocess
from functools import cache

import pytest
import yaml

from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.faults.dispatch import Crew
from netwatch.core.faults.severity import Severity
from netwatch.core.metrics import BY_NAME
from tests.rules.conftest import CURRENT as CURRENT_PROMTOOL
from tests.rules.scenario import PROMETHEUS, ROOT, RULES
from tests.tools import require_tool
from tests.web import authority

DEBIAN, CURRENT = PROMETHEUS / "prometheus.yml", PROMETHEUS / "prometheus-current.yml"
RUNBOOK = (ROOT / "deploy" / "RUNBOOK.md").read_text()
POINTS = ["Means:", "Seen:", "Check first:", "Affected:", "Whom to send:", "Clears:"]
STAMPED = [name for name, metric in BY_NAME.items() if metric.stamped]
POLL_S = {"fastest": 30, "slowest": 60}  # the traffic lanes the shipped files are written for: inventory.yaml


@cache
def rules():
    """Every rule of every file, with its group's name."""
    return [
        rule | {"group": group["name"]}
        for path in sorted(RULES.glob("*.yml"))
        for group in yaml.safe_load(path.read_text())["groups"]
        for rule in group["rules"]
    ]


ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
RECORDED = {rule["record"] for rule in rules() if "record" in rule}
each_alert = pytest.mark.parametrize("alert", ALERTS)


def texts(rule):
    return [rule["expr"], *rule.get("annotations", {}).values()]


def seconds(duration):
    return sum(
        int(n) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit] for n, unit in re.findall(r"(\d+)([smhd])", duration)
    )


def test_every_metric_named_is_in_the_catalogue_or_recorded_here():
    named = {
        name for rule in rules() for text in texts(rule) for name in re.findall(r"\bnetwatch_\w+(?=[{\[ )]|$)", text)
    }
    recorded = {name for rule in rules() for text in texts(rule) for name in re.findall(r"\bnetwatch:[\w:]+", text)}
    assert named - set(BY_NAME) == set()
    assert recorded - RECORDED == set()
    assert len(named) > 25


def test_every_label_in_a_selector_is_one_the_metric_has():
    wrong = [
        (name, label)
        for rule in rules()
        for name, inside in re.findall(r"\b(netwatch_\w+)\{([^}]*)\}", rule["expr"])
        for label in re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", re.sub(r'"[^"]*"', '""', inside))
        if label not in BY_NAME[name].labels
    ]
    assert wrong == []


def test_stamped_counters_are_read_by_rates_that_are_whole_and_by_nothing_else():
    scrape_s = seconds(yaml.safe_load(DEBIAN.read_text())["global"]["scrape_interval"])
    read = 0
    for rule in rules():
        for name in STAMPED:
            for place in re.finditer(rf"\b{name}\b", rule["expr"]):
                before, after = rule["expr"][: place.start()], rule["expr"][place.end() :]
                found = re.match(r"(?:\{[^}]*\})?\[(\w+)\] offset (\w+)\)", after)
                assert re.search(r"\brate\($", before), rule["record"]
                assert found, rule["record"]
                assert seconds(found[1]) >= 4 * POLL_S["slowest"], rule["record"]
                assert seconds(found[2]) >= POLL_S["slowest"] + scrape_s, rule["record"]
                read += 1
    assert read == len(STAMPED) + 1  # broadcasts are read twice


def test_no_alert_reads_the_absence_or_the_fall_of_a_rate():
    rates = {rule["record"] for rule in rules() if "record" in rule and "offset" in rule["expr"]}
    assert [alert for alert, rule in ALERTS.items() if any(name in rule["expr"] for name in rates)] == []
    absences = [re.findall(r"absent\w*\((\w+)", rule["expr"]) for rule in rules()]
    assert {name for names in absences for name in names} == {"up"}


def test_faults_are_read_by_the_last_word_of_a_quarter_of_an_hour():
    expressions = " ".join(rule["expr"] for rule in rules())
    assert re.findall(r"(\w+\()netwatch_fault_active(\[\w+\])", expressions) == [("last_over_time(", "[15m]")]


@each_alert
def test_each_alert_says_what_it_must(alert):
    rule = ALERTS[alert]
    annotations = rule["annotations"]
    assert set(annotations) - {"details", "details_ko"} == {"summary", "summary_ko", "dashboard", "runbook"}
    assert re.search(r"\b(Send|Sent): \S", annotations["summary"]), annotations["summary"]
    assert re.search("[가-힣]", annotations["summary_ko"])
    assert annotations["runbook"] == "{{ $externalLabels.runbook }}#" + alert.lower()
    assert annotations["dashboard"].startswith("{{ $externalLabels.grafana }}/d/netwatch-")
    severity = rule.get("labels", {}).get("severity")
    known = {level.value for level in Severity} | ({"none"} if alert == "NetwatchWatchdog" else set())
    assert severity in known or (severity is None and rule["group"] == "netwatch-faults")


@each_alert
def test_each_link_leads_to_a_dashboard_and_variables_that_exist(alert):
    link = ALERTS[alert]["annotations"]["dashboard"]
    name, language = re.search(r"/d/netwatch-([a-z-]+)-(ko|en)\b", link).groups()
    board = json.loads((ROOT / "grafana" / "dashboards" / language / f"{name}.json").read_text())
    assert board["uid"] == f"netwatch-{name}-{language}"
    variables = {variable["name"] for variable in board["templating"]["list"]}
    assert set(re.findall(r"[?&]var-(\w+)=", link)) <= variables


def test_each_alert_has_one_section_of_the_runbook_and_each_section_an_alert():
    assert sorted(re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE)) == sorted(ALERTS)


@each_alert
def test_each_section_has_its_six_points(alert):
    section = RUNBOOK.partition(f"\n## {alert}\n")[2].partition("\n## ")[0]
    assert re.findall(r"^- \*\*(.+?)\*\* \S", section, re.MULTILINE) == POINTS


def test_the_runbook_tells_every_kind_of_fault():
    assert [kind for kind in FaultKind if f"| `{kind}` |" not in RUNBOOK] == []


@pytest.mark.parametrize("alert", ["NetworkFault", "ServiceOut"])
def test_every_kind_and_crew_has_its_korean_word(alert):
    words = set(re.findall(r'if eq \. "(.+?)" \}\}', ALERTS[alert]["annotations"]["summary_ko"]))
    assert words == {kind.value for kind in FaultKind} | {crew.value for crew in Crew}


def test_both_configurations_differ_in_one_setting():
    debian, current = (yaml.safe_load(path.read_text()) for path in (DEBIAN, CURRENT))
    shards = [job for job in current["scrape_configs"] if job.pop("track_timestamps_staleness", False)]
    assert [job["job_name"] for job in shards] == ["netwatch-shards"]
    assert debian == current


@pytest.mark.parametrize("config", [DEBIAN, CURRENT], ids=["debian", "current"])
def test_one_command_of_the_readme_makes_a_configuration_for_tls_of_each(tmp_path, config):
    steps = (config.parent / "README.md").read_text()
    (command,) = re.findall(r"^sed -i '(.+)' /etc/prometheus/prometheus.yml$", steps, re.MULTILINE)
    path = tmp_path / "prometheus.yml"
    path.write_text(config.read_text())
    subprocess.run(["sed", "-i", command, str(path)], check=True)
    secured = yaml.safe_load(path.read_text())
    jobs = secured["scrape_configs"]
    askers = [*jobs, *(one for job in jobs for one in job.get("http_sd_configs", []))]
    assert len(askers) == 4
    assert {json.dumps([one["tls_config"], one["basic_auth"]]) for one in askers} == {
        json.dumps([jobs[0]["tls_config"], jobs[0]["basic_auth"]])
    }
    assert [job["scheme"] for job in jobs] == ["https"] * 3
    assert "http://127.0.0.1:9780" not in path.read_text()
    plain = yaml.safe_load(config.read_text())
    for job in jobs:
        for asker in (job, *job.get("http_sd_configs", [])):
            for key in ("scheme", "tls_config", "basic_auth"):
                asker.pop(key, None)
    assert json.dumps(secured).replace("https://", "http://") == json.dumps(plain)


def test_the_prometheus_of_debian_takes_the_configuration_for_tls(tmp_path):
    (tmp_path / "netwatch").mkdir()
    authority(tmp_path / "netwatch")
    (tmp_path / "netwatch" / "password").write_text("x")
    text = re.sub(r"^( *)#tls: ", r"\1", DEBIAN.read_text(), flags=re.MULTILINE)
    (tmp_path / "prometheus.yml").write_text(text)
    shutil.copytree(RULES, tmp_path / "rules")
    done = check(require_tool("promtool"), tmp_path / "prometheus.yml")
    assert done.returncode == 0, done.stderr


def test_a_scrape_comes_at_least_three_times_in_two_polls():
    jobs = {job["job_name"]: job for job in yaml.safe_load(DEBIAN.read_text())["scrape_configs"]}
    usual = yaml.safe_load(DEBIAN.read_text())["global"]["scrape_interval"]
    assert seconds(jobs["netwatch-shards"].get("scrape_interval", usual)) <= POLL_S["fastest"] * 2 / 3
    assert seconds(jobs["netwatch-faults"]["scrape_interval"]) == 2


def test_the_polls_the_files_are_written_for_are_those_of_the_example():
    text = (ROOT / "inventory.yaml").read_text()
    assert {seconds(word) for word in re.findall(r"traffic: (\w+)", text)} == set(POLL_S.values())


def test_groups_are_named_once_and_files_are_found_by_themselves():
    groups = [group["name"] for path in RULES.glob("*.yml") for group in yaml.safe_load(path.read_text())["groups"]]
    assert len(groups) == len(set(groups))
    assert yaml.safe_load(DEBIAN.read_text())["rule_files"] == ["rules/*.yml"]


def check(program, config):
    return subprocess.run([program, "check", "config", config], capture_output=True, text=True, check=False)


def test_the_prometheus_of_debian_takes_its_configuration_and_refuses_the_other():
    promtool = require_tool("promtool")
    assert check(promtool, DEBIAN).returncode == 0
    done = check(promtool, CURRENT)
    if done.returncode:  # a newer promtool takes both
        assert re.findall(r"field (\w+) not found", done.stderr) == ["track_timestamps_staleness"]


def test_every_prometheus_at_hand_takes_the_variant_meant_for_it_which_is_one_line_longer():
    debian, current = (config.read_text().splitlines()[1:] for config in (DEBIAN, CURRENT))
    (line,) = [line for line in current if line not in debian]
    assert line.split("#")[0].strip() == "track_timestamps_staleness: true"
    assert [one for one in current if one != line] == debian
    if CURRENT_PROMTOOL is not None:
        assert [check(CURRENT_PROMTOOL, config).returncode for config in (DEBIAN, CURRENT)] == [0, 0]

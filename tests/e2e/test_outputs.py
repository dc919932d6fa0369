"""What the city's other systems get of a running netwatch: the demo's city, a cable of which is cut."""

import json
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.contract.context_broker import fault_of
from tests.e2e.process import ENVIRONMENT, ROOT, until
from tests.e2e.test_demo import Demo

ALARMS = "/api/tmf-api/alarmManagement/v4/alarm"
CURL = re.compile(r"^curl -s '(http://127\.0\.0\.1:9780)(/api/[^']+)'", re.MULTILINE)
PASSED = re.compile(r"generated, (\d+) passed")
CABLE = re.compile(r"fail (cable:\S+)")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    one = Demo(tmp_path_factory.mktemp("outputs") / "tmp", switches=20)
    try:
        one.ready()
        until(lambda: one.up("core-1") == 1, what="a core, up")
        one.type(f"fail {CABLE.search(one.text)[1]}")
        until(lambda: get(one, f"{ALARMS}?state=raised"), what="an alarm")
        yield one
    finally:
        one.close()


def get(demo, path):
    with urllib.request.urlopen(demo.url + path, timeout=30) as reply:
        return json.load(reply)


def test_schemathesis_finds_nothing_that_is_not_as_described(demo, tmp_path):
    command = [
        *(str(Path(sys.executable).with_name("st")), "run", f"{demo.url}/api/openapi.json"),
        *("--checks", "all", "--mode", "all", "--phases", "examples,coverage,fuzzing"),
        *("--max-examples", "5", "--seed", "20261122", "--generation-database", "none"),
        *("--continue-on-failure", "--no-color", "--warnings", "off"),
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "No issues found" in done.stdout
    assert int(PASSED.search(done.stdout)[1]) > 300


def test_a_cut_is_the_same_alarm_in_every_standard(demo):
    (alarm,) = get(demo, f"{ALARMS}?state=raised")
    (same,) = get(demo, "/api/restconf/data/ietf-alarms:alarms/alarm-list")["ietf-alarms:alarm-list"]["alarm"]
    assert alarm["perceivedSeverity"] == same["perceived-severity"]
    assert alarm["alarmRaisedTime"] == same["last-raised"]
    assert alarm["alarmDetails"] == same["alarm-text"]
    links = get(demo, "/api/ngsi-ld/v1/entities?type=NetworkLink")
    assert {one["linkState"]["value"] for one in links} > {"up"}


def test_the_whole_topology_and_the_ports_of_every_switch_can_be_read(demo):
    networks = get(demo, "/api/restconf/data/ietf-network:networks")["ietf-network:networks"]["network"]
    assert networks[0]["network-id"] == "physical"
    assert len(networks[0]["node"]) == 20
    for node in networks[0]["node"]:
        path = f"/api/devices/{urllib.parse.quote(node['node-id'])}/restconf/data/ietf-interfaces:interfaces"
        ports = get(demo, path)["ietf-interfaces:interfaces"]["interface"]
        names = {port["name"] for port in ports}
        assert {one["netwatch:name"] for one in node["ietf-network-topology:termination-point"]} <= names


@pytest.mark.parametrize("kind", ["Device", "NetworkLink", "NetworkInterface"])
def test_every_entity_is_one_that_a_broker_takes(demo, kind):
    told, page = [], None
    while page != []:
        page = get(demo, f"/api/ngsi-ld/v1/entities?type={kind}&limit=250&offset={len(told)}")
        told += page
    assert len({one["id"] for one in told}) == len(told) > 20
    assert {fault_of({**one, "@context": ["x"]}) for one in told} == {""}


def test_the_commands_of_the_readme_answer(demo):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("\n## For other systems\n")[2].partition("\n## ")[0]
    paths = [path for _, path in CURL.findall(section)]
    assert len(paths) >= 3
    for path in paths:
        assert get(demo, path)

"""compose.yaml as far as it can be judged without containers: what it mounts is there, and the names fit.

(compose-go, the library of `docker compose` itself, was asked once as well, and takes it.)
"""

import json
import re
import subprocess
from pathlib import PurePosixPath

import pytest
import yaml

from deploy.checkout import ROOT, Checkout
from tests.project.files import words
from tests.tools import require_tool

COMPOSE = ROOT / "deploy" / "compose.yaml"
VARIABLE = re.compile(r"\$\{NETWATCH_ETC:-/etc/netwatch\}")


@pytest.fixture(scope="module")
def told():
    return yaml.safe_load(COMPOSE.read_text())


@pytest.fixture(scope="module")
def services(told):
    return told["services"]


def mounts(service):
    """Target -> source of what is bound from the checkout."""
    bound = {one["target"]: one["source"] for one in service["volumes"] if one["type"] == "bind"}
    return {target: source for target, source in bound.items() if not VARIABLE.match(source)}


def config(service, target):
    """The file of the checkout that a service sees at this place."""
    for place, source in mounts(service).items():
        if PurePosixPath(target).is_relative_to(place):
            return (COMPOSE.parent / source / PurePosixPath(target).relative_to(place)).resolve()
    raise AssertionError(f"nothing is mounted at {target}")


def option(service, name):
    (found,) = (word.partition("=")[2] for word in service["command"] if word.startswith(f"--{name}="))
    return found


def version(service):
    """The numbers of the image's tag."""
    return tuple(map(int, re.search(r":v?(\d+)\.(\d+)\.(\d+)$", service["image"]).groups()))


def test_the_stack_is_the_four_that_belong_together_and_each_is_pinned_to_a_version(services):
    assert set(services) == {"netwatch", "prometheus", "alertmanager", "grafana"}
    assert all(len(version(service)) == 3 for service in services.values())
    assert services["netwatch"]["image"] == f"netwatch:{Checkout(ROOT).project['version']}"


def test_the_pinned_versions_are_those_the_configuration_is_written_for(services):
    assert version(services["prometheus"]) >= (2, 48, 0)  # track_timestamps_staleness
    assert "track_timestamps_staleness" in config(services["prometheus"], "/etc/prometheus/prometheus.yml").read_text()
    assert version(services["alertmanager"]) >= (0, 25, 0)  # Debian's, with which the tests of the routes run
    drawn_for = json.loads(words("grafana/schema/schema.json"))["version"]
    assert ".".join(map(str, version(services["grafana"]))) == drawn_for


def test_every_mounted_path_is_in_the_checkout_and_nothing_can_be_changed_there(services):
    found = [one for service in services.values() for one in service["volumes"] if one["type"] == "bind"]
    assert len(found) == 7
    assert all(one["read_only"] is True for one in found)
    for service in services.values():
        for target in mounts(service):
            path = config(service, target)
            assert path.exists(), path
            assert path.is_relative_to(ROOT)


def test_every_named_volume_is_declared_and_every_declared_one_used(told):
    used = [
        one["source"] for service in told["services"].values() for one in service["volumes"] if one["type"] == "volume"
    ]
    assert sorted(used) == sorted(told["volumes"])


def test_each_listens_where_the_others_look_for_it_and_on_the_loopback_only(services):
    prometheus = yaml.safe_load(config(services["prometheus"], "/etc/prometheus/prometheus.yml").read_text())
    assert {service["network_mode"] for service in services.values()} == {"host"}
    (alertmanagers,) = prometheus["alerting"]["alertmanagers"]
    assert alertmanagers["static_configs"][0]["targets"] == [option(services["alertmanager"], "web.listen-address")]
    source = yaml.safe_load(
        config(services["grafana"], "/etc/grafana/provisioning/datasources/netwatch.yaml").read_text()
    )
    assert source["datasources"][0]["url"] == f"http://{option(services['prometheus'], 'web.listen-address')}"
    assert prometheus["global"]["external_labels"][
        "grafana"
    ] == "http://{GF_SERVER_HTTP_ADDR}:{GF_SERVER_HTTP_PORT}".format(**services["grafana"]["environment"])
    scraped = {
        target
        for job in prometheus["scrape_configs"]
        for one in job.get("static_configs", ())
        for target in one["targets"]
    }
    assert scraped == {"127.0.0.1:9780"}  # where netwatch listens unless told otherwise
    assert "--listen" not in str(services["netwatch"])


def test_the_dashboards_lie_where_the_provisioning_looks(services):
    provider = config(services["grafana"], "/etc/grafana/provisioning/dashboards/netwatch.yaml")
    folders = [one["options"]["path"] for one in yaml.safe_load(provider.read_text())["providers"]]
    assert len(folders) == 2
    for folder in folders:
        assert list(config(services["grafana"], folder).glob("*.json")), folder


def test_prometheus_and_alertmanager_find_rules_and_templates_beside_their_files(services):
    for name, place, key in (
        ("prometheus", "/etc/prometheus/prometheus.yml", "rule_files"),
        ("alertmanager", "/etc/alertmanager/alertmanager.yml", "templates"),
    ):
        assert option(services[name], "config.file") == place
        for pattern in yaml.safe_load(config(services[name], place).read_text())[key]:
            folder = config(services[name], str(PurePosixPath(place).parent / PurePosixPath(pattern).parent))
            assert list(folder.glob(PurePosixPath(pattern).name)), pattern


def test_no_container_has_a_privilege_it_does_not_need(services):
    for service in services.values():
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
        assert not {"privileged", "cap_add", "devices", "pid"} & set(service)


def test_no_secret_stands_in_the_file(told):
    assert set(told["secrets"]) == {"grafana-admin"}
    assert VARIABLE.match(told["secrets"]["grafana-admin"]["file"])
    environment = str([service.get("environment") for service in told["services"].values()])
    assert re.findall(r"(?i)(?:password|secret|token)(?!__FILE)'?: ", environment) == []


def test_the_image_is_built_from_the_lock_by_its_hashes_and_runs_as_a_user_that_may_ping(services):
    build = services["netwatch"]["build"]
    lines = words(build["dockerfile"])
    assert (COMPOSE.parent / build["context"]).resolve() == ROOT
    images = re.findall(r"^FROM (\S+)", lines, re.MULTILINE)
    assert all(re.search(r":3\.11\.\d+-slim-bookworm$", image) for image in images)
    assert "--require-hashes -r requirements.lock" in lines
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", lines, re.MULTILINE)
    assert [name for line in copied for name in line.split() if not (ROOT / name).exists()] == []
    (group,) = re.findall(r"groupadd --system --gid (\d+)", lines)
    low, high = re.search(r"ping_group_range = (\d+) (\d+)", words("deploy/sysctl.d/60-netwatch.conf")).groups()
    assert int(low) <= int(group) <= int(high)
    assert re.search(r"^USER netwatch$", lines, re.MULTILINE)


def test_alertmanager_takes_its_configuration_from_where_it_is_mounted(services):
    place = config(services["alertmanager"], "/etc/alertmanager/alertmanager.yml")
    checked = subprocess.run(
        [require_tool("amtool"), "check-config", place], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_the_command_of_the_image_is_one_netwatch_knows():
    (command,) = re.findall(r"^CMD (\[.*\])$", words("deploy/Containerfile"), re.MULTILINE)
    assert json.loads(command) == [
        "run",
        "--inventory",
        "/etc/netwatch/inventory.yaml",
        "--state-dir",
        "/var/lib/netwatch",
    ]

"""The service, as far as it can be judged without starting it."""

import configparser
import re
import subprocess

import pytest

from tests.project.files import ROOT, words
from tests.tools import require_tool

UNIT = ROOT / "deploy" / "netwatch.service"
WORST_EXPOSURE = 1.5  # of 10
GROUP_OF_SERVICES = range(101, 1000)  # Debian policy 9.2: system accounts, without root's and the group `users`


def run(*command) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


@pytest.fixture
def installed_unit(tmp_path):
    """The unit with a program in place of the one that is not installed here."""
    copy = tmp_path / UNIT.name
    text, replaced = re.subn(r"/opt/netwatch/bin/netwatch\b", require_tool("true"), words("deploy/netwatch.service"))
    assert replaced == 2
    copy.write_text(text, encoding="utf-8")
    return copy


def settings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in words("deploy/netwatch.service").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def test_systemd_finds_nothing_wrong_with_the_unit(installed_unit):
    verified = run(require_tool("systemd-analyze"), "verify", "--man=no", installed_unit)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_systemd_finds_nothing_wrong_with_the_socket_for_traps(installed_unit):
    socket = installed_unit.with_name("netwatch-trap.socket")
    socket.write_text(words("deploy/netwatch-trap.socket"), encoding="utf-8")
    verified = run(require_tool("systemd-analyze"), "verify", "--man=no", socket, installed_unit)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_systemd_finds_nothing_wrong_with_what_tells_citizens_and_it_is_hardly_exposed(installed_unit):
    told = installed_unit.read_text(encoding="utf-8")
    program = next(line for line in told.splitlines() if line.startswith("ExecStart=")).partition("=")[2].split()[0]
    units = [installed_unit.with_name(f"netwatch-public.{kind}") for kind in ("service", "timer")]
    for unit in units:
        unit.write_text(words(f"deploy/{unit.name}").replace("/opt/netwatch/bin/netwatch", program), encoding="utf-8")
    verified = run(require_tool("systemd-analyze"), "verify", "--man=no", *units)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
    rated = run(require_tool("systemd-analyze"), "security", "--offline=true", "--no-pager", units[0])
    level = re.search(r"Overall exposure level for netwatch-public.service: ([\d.]+)", rated.stdout)
    assert level is not None, rated.stderr
    assert 0 < float(level[1]) <= WORST_EXPOSURE


def test_the_service_is_exposed_by_at_most_one_and_a_half():
    rated = run(require_tool("systemd-analyze"), "security", "--offline=true", "--no-pager", UNIT)
    level = re.search(r"Overall exposure level for netwatch.service: ([\d.]+)", rated.stdout)
    assert level is not None, rated.stderr
    assert 0 < float(level[1]) <= WORST_EXPOSURE


def test_the_service_holds_no_capability_and_gains_none():
    unit = settings()
    assert unit["CapabilityBoundingSet"] == unit["AmbientCapabilities"] == [""]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["User"] == unit["Group"] == ["netwatch"]


def test_the_service_tells_systemd_when_it_is_ready_and_is_watched():
    unit = settings()
    assert (unit["Type"], unit["NotifyAccess"]) == (["notify"], ["main"])
    assert 30 <= int(unit["WatchdogSec"][0]) <= 300
    assert 10 < int(unit["TimeoutStopSec"][0]) <= 30  # the daemon takes up to ten


def test_no_secret_and_no_environment_file_stands_in_the_unit():
    unit = settings()
    assert not {"Environment", "EnvironmentFile", "SetCredential", "PassEnvironment"} & set(unit)


def test_the_sysctl_drop_in_opens_echoes_to_services_only_and_gives_room_for_a_burst():
    parser = configparser.ConfigParser(comment_prefixes=("#",), interpolation=None)
    parser.read_string("[sysctl]\n" + words("deploy/sysctl.d/60-netwatch.conf"))
    values = dict(parser["sysctl"])
    low, high = map(int, values.pop("net.ipv4.ping_group_range").split())
    assert range(low, high + 1) == GROUP_OF_SERVICES
    assert values == {"net.core.rmem_max": str(16 << 20)}


def test_the_account_is_one_systemd_can_make():
    made = run(require_tool("systemd-sysusers"), "--dry-run", ROOT / "deploy/sysusers.d/netwatch.conf")
    assert made.returncode == 0, made.stderr
    assert re.search(r"^u netwatch ", words("deploy/sysusers.d/netwatch.conf"), re.MULTILINE)


def test_the_installation_steps_name_files_that_exist():
    steps = words("deploy/README.md")
    named = set(re.findall(r"\b(deploy/[\w./-]*\w|requirements[\w-]*\.lock)", steps))
    assert len(named) >= 3
    assert [name for name in named if not (ROOT / name).exists()] == []

"""The life of netwatch on a Debian made from nothing: installed, upgraded, backed up, restored, removed, purged.

Under `make soak`: it takes some minutes, a mirror and root.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

from deploy.checkout import ROOT, Checkout
from deploy.deb import build_package
from netwatch.simulate.growth import generate
from netwatch.simulate.server import simulate_city
from tests.deploy.debian_root import DebianRoot
from tests.e2e.network import COMMUNITY, KERNELS_CHOICE, Network, write_inventory
from tests.e2e.process import until
from tests.tools import missing, require_tool

UNIT = "netwatch.service"
UNITS = (UNIT, "netwatch-trap.socket", "netwatch-public.service", "netwatch-public.timer")
# What deploy/README.md says one adds, and a port that is free here.
DROP_IN = """[Service]
LoadCredential=field:/etc/netwatch/secrets/field
ExecStart=
ExecStart=/usr/bin/netwatch run --inventory /etc/netwatch/inventory.yaml --state-dir /var/lib/netwatch \
--listen 127.0.0.1:0
"""

pytestmark = pytest.mark.soak


def previous_commit(folder: Path) -> Path:
    """A package of the commit before this one, built by that commit's own scripts."""
    source, output = folder / "source", folder / "previous"
    git = require_tool("git")
    subprocess.run([git, "clone", "--quiet", "--shared", "--no-checkout", ROOT, source], check=True)
    found = subprocess.run(
        [git, "-C", source, "checkout", "--quiet", "HEAD~1"], capture_output=True, text=True, check=False
    )
    if found.returncode or not (source / "deploy" / "deb.py").exists():
        missing("a commit before this one that builds a package")
    command = [sys.executable, "-m", "deploy.deb", "--output", output, "--compression", "zstd"]
    built = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (package,) = output.glob("*.deb")
    return package


@pytest.fixture(scope="module")
def packages():
    """(of the commit before, of the sources as they are)."""
    with tempfile.TemporaryDirectory(prefix="nw-") as folder:
        old = previous_commit(Path(folder))
        yield old, build_package(Checkout(ROOT), Path(folder) / "now", compression="zstd")


@pytest.fixture(scope="module")
def debian(packages):
    with tempfile.TemporaryDirectory(prefix="nw-") as folder:
        root = DebianRoot(Path(folder)).make()
        for name, package in zip(("old.deb", "new.deb"), packages, strict=True):
            shutil.copyfile(package, root.path / "opt" / name)
        try:
            yield root.boot()
        finally:
            root.shut_down()


@pytest.fixture
def network():
    city = generate(switches=4, seed=3)
    simulated = Network(lambda: simulate_city(city, ports=KERNELS_CHOICE, community=COMMUNITY.encode()))
    simulated.addresses = {device.id: device.address for device in city.devices.values()}
    yield simulated
    simulated.close()


def test_it_lives_from_installation_to_purge_on_a_fresh_debian(debian, network, tmp_path):
    debian.said("apt-get", "update")
    installed = debian.said("apt-get", "install", "--yes", "--no-install-recommends", "/opt/old.deb")
    assert "write /etc/netwatch/inventory.yaml" in installed
    is_installed_as_promised(debian)
    started(debian, network, tmp_path)
    is_upgraded(debian)
    is_backed_up_and_restored(debian)
    is_removed_and_purged(debian)


def is_installed_as_promised(debian):
    """Every library finds what it needs, systemd likes the unit, and nobody but root and the daemon reads secrets."""
    assert debian.said("netwatch", "--version").startswith("netwatch ")
    linked = debian.said("sh", "-c", "find /usr/lib/netwatch -name '*.so*' -exec ldd {} + 2>&1")
    assert "libc.so.6" in linked
    assert "not found" not in linked
    verified = debian("systemd-analyze", "verify", "--man=no", *(f"/lib/systemd/system/{unit}" for unit in UNITS))
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
    rights = "%U:%G %a %n"
    places = ("/etc/netwatch", "/etc/netwatch/secrets", "/etc/netwatch/inventory.example.yaml", "/var/lib/netwatch")
    assert debian.said("stat", f"--format={rights}", *places).splitlines() == [
        "root:root 755 /etc/netwatch",
        "root:netwatch 750 /etc/netwatch/secrets",
        "root:root 644 /etc/netwatch/inventory.example.yaml",
        "netwatch:netwatch 700 /var/lib/netwatch",
    ]
    account = debian.said("getent", "passwd", "netwatch").strip().split(":")
    assert 100 < int(account[3]) < 1000  # the group that the sysctl drop-in permits to ping
    assert account[6].endswith("nologin")
    assert (debian("systemctl", "is-enabled", UNIT).stdout, debian.shows(UNIT, "ActiveState")) == (
        "disabled\n",
        "inactive",
    )
    assert debian.said("dpkg", "--verify", "netwatch") == ""


def started(debian, network, folder):
    """As deploy/README.md has it."""
    text = write_inventory(folder, network, network.addresses).read_text()
    etc = debian.path / "etc" / "netwatch"
    (etc / "inventory.yaml").write_text(text.replace("{file: secrets/field}", "{credential: field}"))
    (etc / "secrets" / "field").write_text(COMMUNITY)
    (etc / "secrets" / "field").chmod(0o600)
    drop_in = debian.path / "etc" / "systemd" / "system" / f"{UNIT}.d" / "override.conf"
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text(DROP_IN)
    checked = debian("env", "CREDENTIALS_DIRECTORY=/etc/netwatch/secrets", "netwatch", "check")
    assert checked.returncode == 0, checked.stderr
    debian.said("systemctl", "daemon-reload")
    debian.said("systemctl", "enable", "--now", UNIT)
    watches_all(debian, network)


def watches_all(debian, network):
    count = len(network.addresses)
    said = f"{count} devices: {count} up"
    until(lambda: debian.shows(UNIT, "StatusText") == said, within_s=60, what="the status line")


def is_upgraded(debian):
    """The service runs the new program, and neither the inventory nor what is recorded is another."""
    before = debian.said("sha256sum", "/etc/netwatch/inventory.yaml", "/etc/netwatch/secrets/field")
    pid, version = debian.shows(UNIT, "MainPID"), debian.said("dpkg-query", "--show", "netwatch")
    debian.said("apt-get", "install", "--yes", "/opt/new.deb")
    assert debian.said("dpkg-query", "--show", "netwatch") != version
    assert (debian.shows(UNIT, "ActiveState"), debian.shows(UNIT, "NRestarts")) == ("active", "0")
    assert debian.shows(UNIT, "MainPID") not in ("0", pid)
    assert debian.said("sha256sum", "/etc/netwatch/inventory.yaml", "/etc/netwatch/secrets/field") == before
    assert events(debian, "daemon.started") == 2
    assert debian.said("dpkg", "--verify", "netwatch") == ""


def events(debian, kind):
    """How many of a kind the store holds, asked of it by the package's own SQLite."""
    ask = (
        "import apsw; connection = apsw.Connection('/var/lib/netwatch/netwatch.db', flags=apsw.SQLITE_OPEN_READONLY); "
        f"print(connection.execute('SELECT count(*) FROM event WHERE kind = ?', ('{kind}',)).get)"
    )
    return int(debian.said("/usr/lib/netwatch/bin/python3", "-c", ask))


def is_backed_up_and_restored(debian):
    debian.said("netwatch", "backup", "/opt/backup.tar.gz")
    with tarfile.open(debian.path / "opt" / "backup.tar.gz") as tar:
        contents = {entry.name: tar.extractfile(entry).read() for entry in tar}
    assert {"state/netwatch.db", "inventory/inventory.yaml"} < set(contents)
    assert [name for name, content in contents.items() if COMMUNITY.encode() in content] == []
    running = debian("netwatch", "restore", "--force", "/opt/backup.tar.gz")
    assert (running.returncode, "already running" in running.stderr) == (3, True)
    debian.said("systemctl", "stop", UNIT)
    debian.said("netwatch", "backup", "/opt/stopped.tar.gz")  # root opens the store, and must leave nothing of its own
    assert set(debian.said("sh", "-c", "stat --format=%U /var/lib/netwatch/*").split()) == {"netwatch"}
    debian.said("rm", "/etc/netwatch/inventory.yaml")
    unforced = debian("netwatch", "restore", "/opt/backup.tar.gz")
    assert (unforced.returncode, "would replace /var/lib/netwatch/netwatch.db" in unforced.stderr) == (1, True)
    restored = debian.said("netwatch", "restore", "--force", "/opt/backup.tar.gz")
    assert "/var/lib/netwatch/netwatch.db: restored, the old one is" in restored
    rights = debian.said("stat", "--format=%U:%G %a", "/var/lib/netwatch/netwatch.db", "/etc/netwatch/inventory.yaml")
    assert rights.splitlines() == ["netwatch:netwatch 600", "root:netwatch 640"]
    debian.said("systemctl", "start", UNIT)
    assert events(debian, "daemon.started") == 3
    assert events(debian, "daemon.stopped") == 1  # the second stop came after the backup


def is_removed_and_purged(debian):
    removed = debian.said("apt-get", "remove", "--yes", "netwatch")
    assert "left in place: the inventory and secrets in /etc/netwatch" in removed
    assert debian.shows(UNIT, "ActiveState") == "inactive"
    for kept in ("etc/netwatch/inventory.yaml", "etc/netwatch/secrets/field", "var/lib/netwatch/netwatch.db"):
        assert (debian.path / kept).is_file(), kept
    for gone in ("usr/bin/netwatch", "usr/lib/netwatch", "usr/share/netwatch"):
        assert not (debian.path / gone).exists(), gone
    purged = debian.said("apt-get", "purge", "--yes", "netwatch")
    assert "are deleted; the account netwatch stays" in purged
    for gone in ("etc/netwatch", "var/lib/netwatch", f"etc/systemd/system/multi-user.target.wants/{UNIT}"):
        assert not (debian.path / gone).exists(), gone
    assert debian("dpkg-query", "--show", "netwatch").returncode != 0
    assert debian("getent", "passwd", "netwatch").returncode == 0


def test_debians_own_judge_finds_nothing_that_is_not_explained(packages):
    judged = subprocess.run(
        [
            require_tool("lintian"),
            "--allow-root",
            "--fail-on",
            "error,warning",
            "--tag-display-limit",
            "0",
            packages[1],
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    tags = {line for line in judged.stdout.splitlines() if line.startswith(("E:", "W:"))}
    found = {line for line in tags if "malformed-deb-archive" not in line}  # zstd, only here
    assert found == set(), judged.stderr

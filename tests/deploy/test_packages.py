"""What `make deb` and `make wheelhouse` build, looked at without installing it on this machine."""

import gzip
import hashlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile

import pytest

from deploy.checkout import ROOT, BuildError, Checkout
from deploy.deb import SCRIPTS, build_package
from deploy.wheelhouse import SENTENCE, build, pack
from netwatch.cli.main import COMMANDS
from tests.project.files import words
from tests.tools import require_tool

CHECKOUT = Checkout(ROOT)
HOME = "usr/lib/netwatch"


def run(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory):
    return build(CHECKOUT, tmp_path_factory.mktemp("wheels") / "netwatch")


@pytest.fixture(scope="module")
def package(wheelhouse, tmp_path_factory):
    require_tool("dpkg-deb")
    return build_package(CHECKOUT, tmp_path_factory.mktemp("deb"), compression="none", wheelhouse=wheelhouse)


@pytest.fixture(scope="module")
def content(package, tmp_path_factory):
    """The package unpacked, its control files in DEBIAN/."""
    folder = tmp_path_factory.mktemp("content")
    subprocess.run([require_tool("dpkg-deb"), "--raw-extract", package, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def listed(package):
    """Place in the package -> (type, rights, owner, size), as tar has them."""
    told = subprocess.run([require_tool("dpkg-deb"), "--fsys-tarfile", package], capture_output=True, check=True)
    archive = package.with_suffix(".tar")
    archive.write_bytes(told.stdout)
    with tarfile.open(archive) as tar:
        return {entry.name.removeprefix("./"): entry for entry in tar}


def control(content):
    text = (content / "DEBIAN" / "control").read_text()
    return dict(line.split(": ", 1) for line in text.splitlines() if re.match(r"[A-Z][\w-]*: ", line))


@pytest.mark.soak  # half a minute of downloads and of pip
def test_a_machine_without_an_index_installs_from_the_wheelhouse_and_checks_every_hash(wheelhouse, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    assert SENTENCE in (wheelhouse / "INSTALL.txt").read_text()
    command = SENTENCE.replace("python3", str(tmp_path / "venv" / "bin" / "python3"), 1).split()
    assert {"--no-index", "--require-hashes"} <= set(command)
    environ = {"PATH": "/usr/bin:/bin", "PIP_CONFIG_FILE": "/dev/null", "HOME": str(tmp_path)}
    done = run(*command, cwd=wheelhouse, env=environ)
    assert done.returncode == 0, done.stderr
    told = run(tmp_path / "venv" / "bin" / "netwatch", "--version")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith(f"netwatch {CHECKOUT.project['version']} (Python ")
    assert run(tmp_path / "venv" / "bin" / "python3", "-m", "pip", "check").returncode == 0
    assert not (tmp_path / "venv" / "bin" / "hatchling").exists()  # what only builds it is not for the city's server


def test_a_wheel_that_was_changed_is_not_installed(wheelhouse, tmp_path):
    changed = tmp_path / "changed"
    shutil.copytree(wheelhouse, changed)
    (wheel,) = changed.glob("netwatch-*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"\n")
    first, *_ = (changed / "requirements.txt").read_text().splitlines(keepends=True)
    assert first.startswith("netwatch==")
    (changed / "requirements.txt").write_text(first)  # pip would look at the wheels of all the others before it refuses
    command = ["install", "--no-index", "--find-links", changed, "--require-hashes", "--no-deps", "--target"]
    done = run(sys.executable, "-m", "pip", *command, tmp_path / "into", "-r", changed / "requirements.txt")
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_the_sums_beside_the_wheels_are_right_and_cover_all(wheelhouse):
    checked = run(require_tool("sha256sum"), "--check", "--strict", "SHA256SUMS", cwd=wheelhouse)
    assert checked.returncode == 0, checked.stdout
    named = {line.split()[1] for line in (wheelhouse / "SHA256SUMS").read_text().splitlines()}
    assert named == {path.name for path in wheelhouse.iterdir()} - {"SHA256SUMS"}


@pytest.mark.soak
def test_the_same_sources_give_the_same_wheelhouse_and_the_same_package(wheelhouse, package, tmp_path):
    again = build(CHECKOUT, tmp_path / wheelhouse.name)
    another = build_package(CHECKOUT, tmp_path, compression="none", wheelhouse=again)
    for first, second in ((pack(one, epoch_s=CHECKOUT.epoch_s) for one in (wheelhouse, again)), (package, another)):
        assert digest(first) == digest(second)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_wheelhouse_is_built_into_an_empty_folder_only(tmp_path):
    (tmp_path / "precious").touch()
    with pytest.raises(BuildError, match="is not empty"):
        build(CHECKOUT, tmp_path)


def test_a_dependency_that_the_lock_does_not_name_stops_the_build(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["aiohttp>=3", "Left.Pad>=1"]\n')
    (tmp_path / "requirements.lock").write_text(words("requirements.lock"))
    with pytest.raises(BuildError, match="does not name left-pad: run `make lock`"):
        Checkout(tmp_path).runtime_pins()


def test_the_pins_of_the_program_are_all_it_needs_and_nothing_else(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["one>=1"]\n')
    (tmp_path / "requirements.lock").write_text(
        "builder==1 \\\n    # via netwatch (pyproject.toml)\n"
        "one==1 \\\n    # via\n    #   builder\n    #   netwatch (pyproject.toml)\n"
        "three==3 ; python_version < '3' \\\n    # via two-2\n"
        "three==4 ; python_version >= '3' \\\n    # via two-2\n"
        "Two.2==2 \\\n    # via\n    #   builder\n    #   one\n"
    )
    pins = Checkout(tmp_path).runtime_pins()
    assert [line.split()[0] for line in pins.splitlines() if "==" in line] == [
        "one==1",
        "three==3",
        "three==4",
        "Two.2==2",
    ]


def test_the_package_says_what_it_is_and_what_it_needs(package, content):
    told = control(content)
    architecture = run("dpkg", "--print-architecture").stdout.strip()
    assert package.name == f"netwatch_{told['Version']}_{architecture}.deb"
    assert told["Architecture"] == architecture
    assert told["Version"].startswith(str(CHECKOUT.project["version"]))
    minor = sys.version_info.minor
    needed = told["Depends"].split(", ")
    assert {f"python3 (>= 3.{minor})", f"python3 (<< 3.{minor + 1})", "systemd (>= 250)", "libgcc-s1"} <= set(needed)
    (glibc,) = re.findall(r"libc6 \(>= 2\.(\d+)\)", told["Depends"])
    asked = [re.findall(r"GLIBC_2\.(\d+)\b", path.read_bytes().decode("latin-1")) for path in content.rglob("*.so*")]
    assert max(int(found) for each in asked for found in each) <= int(glibc)


@pytest.mark.parametrize(
    ("older", "newer"),
    [("0.1.0~20261122064152.c9eec21a", "0.1.0~20261122070000.00000000"), ("0.1.0~20261122064152.c9eec21a", "0.1.0")],
)
def test_a_later_commit_upgrades_an_earlier_one_and_the_release_both(older, newer):
    assert run(require_tool("dpkg"), "--compare-versions", older, "lt", newer).returncode == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+(~\d{14}\.[0-9a-f]{8,}(\+local)?)?", CHECKOUT.debian_version)


def test_everything_the_operator_was_promised_is_in_its_place(listed):
    for place in (
        "lib/systemd/system/netwatch.service",
        "lib/systemd/system/netwatch-trap.socket",
        "lib/systemd/system/netwatch-public.service",
        "lib/systemd/system/netwatch-public.timer",
        "usr/lib/sysctl.d/60-netwatch.conf",
        "etc/netwatch/inventory.example.yaml",
        "usr/share/doc/netwatch/RUNBOOK.md",
        "usr/share/man/man1/netwatch.1.gz",
        "usr/share/netwatch/prometheus/rules/faults.yml",
        "usr/share/netwatch/alertmanager/alertmanager.yml",
    ):
        assert listed[place].isreg(), place
    promised = re.findall(
        r"(?:path: |///?)(/?usr/share[\w./-]+)", words("grafana/provisioning/dashboards/netwatch.yaml")
    )
    promised += re.findall(r"file:///(usr/share\S+)", words("deploy/prometheus/prometheus.yml"))
    assert len(promised) == 3
    assert [place for place in promised if place.removeprefix("/") not in listed] == []
    dashboards = {
        f"usr/share/netwatch/{path.relative_to(ROOT)}" for path in (ROOT / "grafana/dashboards").rglob("*.json")
    }
    assert dashboards <= set(listed)


def test_nothing_in_it_belongs_to_the_builder_or_may_be_changed_by_others(listed):
    assert {(entry.uid, entry.gid) for entry in listed.values()} == {(0, 0)}
    modes = {(entry.type, entry.mode) for entry in listed.values()}
    assert modes == {
        (tarfile.REGTYPE, 0o644),
        (tarfile.REGTYPE, 0o755),
        (tarfile.DIRTYPE, 0o755),
        (tarfile.SYMTYPE, 0o777),
    }
    assert [name for name, entry in listed.items() if entry.isreg() and entry.mode & stat.S_IXUSR] == [
        "usr/bin/netwatch"
    ]
    assert {entry.mtime for entry in listed.values()} == {CHECKOUT.epoch_s}


def test_no_path_of_the_builder_is_in_it(content):
    machine = re.compile(b"|".join(re.escape(str(place).encode()) for place in (ROOT, sys.prefix)))
    text = {".py", ".txt", ".cfg", ".json", ".conf", ".service", ".yaml", ".yml", ".md", "", ".gz"}
    files = [path for path in content.rglob("*") if path.is_file() and path.suffix in text]
    assert len(files) > 500
    assert [path for path in files if machine.search(path.read_bytes())] == []
    assert list(content.rglob("direct_url.json")) == []


def test_the_service_starts_the_packages_own_program(content):
    unit = (content / "lib/systemd/system/netwatch.service").read_text()
    assert re.findall(r"^Exec\w+=(\S+)", unit, re.MULTILINE) == ["/usr/bin/netwatch"] * 2
    assert unit.replace("/usr/bin/netwatch", "/opt/netwatch/bin/netwatch") == words("deploy/netwatch.service")
    python = content / HOME / "bin" / "python3"
    assert (content / "usr/bin/netwatch").read_text().startswith(f"#!/{HOME}/bin/python3 -I\n")
    assert str(python.readlink()) == f"../../../bin/python{sys.version_info.major}.{sys.version_info.minor}"


def test_the_inventory_the_operator_writes_is_no_file_of_the_package(content, listed):
    assert (content / "DEBIAN" / "conffiles").read_text() == "/etc/netwatch/inventory.example.yaml\n"
    assert "etc/netwatch/inventory.yaml" not in listed


def test_the_licence_of_every_library_is_told(content):
    told = (content / "usr/share/doc/netwatch/copyright").read_text()
    libraries = {path.name.split("-")[0].lower() for path in (content / HOME).rglob("*.dist-info")} - {"netwatch"}
    named = {
        line.split()[0].lower().replace("-", "_") for line in told.splitlines() if re.match(r" \S+ \d[\w.]*: \w", line)
    }
    assert len(libraries) > 10
    assert libraries <= named


def test_the_manual_has_every_command_and_no_line_troff_would_take_for_its_own(content):
    page = gzip.decompress((content / "usr/share/man/man1/netwatch.1.gz").read_bytes()).decode()
    assert [name for name in (command.name for command in COMMANDS) if f"\n.TP\n.B {name}\n" not in page] == []
    known = {".TH", ".SH", ".B", ".I", ".TP", ".IP", ".PP", ".EX", ".EE", ".br"}
    assert {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))} <= known


def test_bash_completes_commands_and_their_options(content):
    script = content / "usr/share/bash-completion/completions/netwatch"
    ask = (
        "_init_completion() { words=(netwatch restore --f); cword=2; cur=--f; prev=restore; }; _filedir() { :; }; "
        f"source {script}; _netwatch; echo ${{COMPREPLY[@]}}"
    )
    completed = run(require_tool("bash"), "-c", ask)
    assert (completed.stdout, completed.stderr) == ("--force\n", "")


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_maintainer_scripts_hold_no_mistake_a_shell_would_find(script):
    path = ROOT / "deploy" / "debian" / script
    checked = run(require_tool("shellcheck"), "--shell=sh", path)
    assert (checked.returncode, checked.stdout) == (0, "")
    assert path.read_text().startswith("#!/bin/sh\n")
    assert "\nset -e\n" in path.read_text()


def test_only_purging_deletes_what_the_operator_wrote_and_netwatch_recorded():
    scripts = {name: words(f"deploy/debian/{name}") for name in SCRIPTS}
    deleting = {
        name: [line for line in text.splitlines() if re.search(r"rm -\w*f", line)] for name, text in scripts.items()
    }
    assert deleting["postinst"] == []
    assert all("__pycache__" in line for line in deleting["prerm"])
    before, _, purge = scripts["postrm"].partition("    purge)")
    assert "rm -" not in before
    assert "rm -rf /var/lib/netwatch /etc/netwatch" in purge

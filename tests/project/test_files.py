"""What lies beside the code: the two commands, the locks, the licence, the settings."""

import hashlib
import re
import subprocess
import tomllib

import pytest

from tests.project.files import ROOT, project_files, words
from tests.tools import require_tool

# Assembled here, so that this file does not contain what it looks for.
MACHINE_PATHS = re.compile("|".join(f"(?<![\\w.])/{name}/" for name in ("work", "root", "home/[a-z]")) + "|/tmp" + "/")
LOCKS = ("requirements.lock", "requirements-test.lock")
APACHE_2_0 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"  # sha256 of the text from apache.org


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", words("Makefile"), re.MULTILINE))


def requirements(lock: str) -> dict[str, list[str]]:
    """Each pinned requirement with its hashes."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in words(lock).splitlines():
        if pinned := re.match(r"([A-Za-z0-9._-]+==[^ ;]+)", line):
            name = pinned[1]
            found[name] = []
        elif digest := re.match(r" +--hash=sha256:([0-9a-f]{64})( \\)?$", line):
            found[name].append(digest[1])
        else:
            assert re.match(r" *#|$", line), f"{lock} has a line that is neither a pin, a hash nor a comment: {line}"
    return found


def test_every_make_command_the_readme_shows_exists():
    shown = set(re.findall(r"(?:^|`)make ([a-z]+)", words("README.md"), re.MULTILINE))
    assert {"demo", "test"} <= shown
    assert shown <= make_targets()


def test_the_makefile_has_the_commands_of_the_house():
    assert {"demo", "test", "bench", "check", "soak", "lock", "help"} <= make_targets()


def test_ci_runs_make_test_and_says_that_it_is_ci():
    script = words(".ci/run")
    assert "make test" in script
    assert "export CI=true" in script


@pytest.mark.parametrize(("shell", "script"), [("bash", ".ci/run"), ("sh", ".ci/packages")])
def test_scripts_parse_and_may_be_run(shell, script):
    assert (ROOT / script).stat().st_mode & 0o111
    subprocess.run([require_tool(shell), "-n", ROOT / script], check=True)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock):
    pins = requirements(lock)
    assert len(pins) > 10
    assert [pin for pin, hashes in pins.items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock):
    assert re.findall(r"[a-z]+://|--(?:extra-)?index-url|--find-links|@ *file:", words(lock)) == []


def test_both_locks_agree():
    runtime, test = (set(requirements(lock)) for lock in LOCKS)
    assert runtime <= test


def test_the_locks_cover_what_pyproject_asks_for():
    project = tomllib.loads(words("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]

    def names(wanted: list[str]) -> set[str]:
        return {re.match(r"[A-Za-z0-9._-]+", one)[0].lower() for one in wanted}

    def pinned(lock: str) -> set[str]:
        return {pin.split("==")[0].lower() for pin in requirements(lock)}

    assert names(project["dependencies"] + extras["build"]) <= pinned("requirements.lock")
    assert names(project["dependencies"] + extras["build"] + extras["test"]) <= pinned("requirements-test.lock")


def test_every_dependency_has_a_range_that_begins_somewhere():
    project = tomllib.loads(words("pyproject.toml"))["project"]
    everything = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    assert [one for one in everything if ">=" not in one] == []


def test_every_rule_ruff_leaves_out_is_explained():
    settings = words("pyproject.toml").partition("[tool.ruff.lint]")[2].partition("[tool.ruff.lint.flake8")[0]
    entries = re.findall(r'^ *"([A-Z]+\d*)",(.*)$', settings, re.MULTILINE)
    assert len(entries) > 30
    assert [rule for rule, comment in entries if not re.match(r" +# \w", comment)] == []


def test_no_file_knows_the_machine_it_was_written_on():
    guilty = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in project_files()
        if path.suffix not in {".snmprec", ".png"}
        for match in MACHINE_PATHS.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert guilty == []


def test_the_licence_is_the_apache_licence_2_0():
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2_0
    assert tomllib.loads(words("pyproject.toml"))["project"]["license"] == "Apache-2.0"


def test_the_changelog_has_a_place_for_what_comes_next():
    assert "\n## [Unreleased]\n" in words("CHANGELOG.md")

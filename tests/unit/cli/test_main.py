"""The front door: help that teaches, one sentence per error, the right exit code, and no more imports than needed."""

import argparse
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from netwatch.cli import main as front
from netwatch.cli.options import InputError
from netwatch.core.errors import InventoryError, NetwatchError, Problem, ProfileError, StoreError
from tests.project.files import ROOT, modules

NAMES = [command.name for command in front.COMMANDS]
PROBLEM = Problem(file="inventory.yaml", line=7, where="devices.sw-1", what="unknown key")


@pytest.fixture
def command(monkeypatch):
    """Let `netwatch check` do something else."""

    def does(execute):
        module = SimpleNamespace(__doc__="x", add_arguments=lambda parser: None, execute=execute)
        monkeypatch.setattr(front.Command, "module", lambda self: module)

    return does


def raising(error):
    def execute(_arguments):
        raise error

    return execute


def helped(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        front.main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_help_lists_every_command_and_the_exit_codes(capsys):
    text = helped(capsys)
    assert re.findall(r"^    ([a-z]+) ", text, re.MULTILINE) == NAMES
    assert "exit codes: 0 done, 1 the input is wrong or the answer is no, 2 usage, 3 it could not be done now" in text


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_a_command_says_what_it_is_for_and_shows_it_at_work(capsys, name):
    text = helped(capsys, name)
    assert text.startswith(f"usage: netwatch {name} ")
    examples = text.partition("\nexamples:\n")[2]
    assert f"  netwatch {name}" in examples
    assert all(len(line) <= 120 for line in text.splitlines())


@pytest.mark.parametrize("command", front.COMMANDS, ids=NAMES)
def test_every_example_is_a_command_line_that_parses(command):
    for line in command.examples.splitlines():
        words = re.split(r"  \s+|&&|[|>]", line.strip())[0].split()
        if words[0] == "netwatch":
            arguments = [word.strip("'") for word in words[1:]]
            assert front.build_parser(arguments).parse_args(arguments).command in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_option_says_what_it_is_for(name):
    parser = front.build_parser([name])
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    assert [action.dest for action in commands.choices[name]._actions if not action.help] == []


def test_every_command_is_a_module_and_every_module_with_a_command_is_listed():
    offering = {
        path.stem.removesuffix("_")  # `import` is no name that a module can have
        for path, tree in modules("netwatch/cli")
        if {"add_arguments", "execute"} <= {getattr(node, "name", "") for node in tree.body}
    }
    assert offering == set(NAMES)


@pytest.mark.parametrize("words", [[], ["chek"], ["poll"], ["check", "--inventroy", "x"], ["demo", "--switches", "3"]])
def test_wrong_usage_is_exit_code_2_and_shows_how(capsys, words):
    with pytest.raises(SystemExit) as ended:
        front.main(words)
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("usage: netwatch")


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        front.main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"netwatch \d+\.\d+\.\d+ \(Python 3\.\d+\.\d+\)\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("no such device"), 1, "netwatch: no such device\n"),
        (ProfileError(PROBLEM), 1, "netwatch: inventory.yaml:7 devices.sw-1: unknown key\n"),
        (InventoryError((PROBLEM,)), 1, f"{PROBLEM}\n1 mistake in the inventory\n"),
        (InventoryError((PROBLEM, PROBLEM)), 1, f"{PROBLEM}\n{PROBLEM}\n2 mistakes in the inventory\n"),
        (
            InventoryError((PROBLEM,) * 50_000),  # one mistyped service, and every camera that names it
            1,
            f"{PROBLEM}\n" * 10 + f"and 49990 more: {PROBLEM.what}\n50000 mistakes in the inventory\n",
        ),
        (StoreError("the disk is full"), 3, "netwatch: the disk is full\n"),
        (NetwatchError("no daemon answers"), 3, "netwatch: no daemon answers\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_an_expected_failure_is_a_sentence_on_stderr_and_an_exit_code(command, capsys, error, code, said):
    command(raising(error))
    assert front.main(["check"]) == code
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "--inventory", "."), ".: cannot be read: it is not a file\n1 mistake in the inventory\n"),
        (("backup", "./none/"), "netwatch: there is no folder ./none/\n"),
        (("audit", "recompute", "none.zip"), "netwatch: none.zip: No such file or directory\n"),
        (("profile", "check", "none.yaml"), "netwatch: none.yaml: cannot be read: No such file or directory\n"),
    ],
)
def test_a_mistyped_place_is_one_sentence_and_the_askers_mistake(monkeypatch, tmp_path, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    assert front.main(words) == 1
    assert capsys.readouterr() == ("", said)


def test_a_fault_of_ours_shows_its_traceback_and_is_not_blamed_on_the_input(command, capsys):
    command(raising(KeyError("lane")))
    assert front.main(["check"]) == 3
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert said.endswith("netwatch: the above is a fault of netwatch, not of your input\n")


def test_what_a_command_returns_is_the_exit_code(command):
    command(lambda _arguments: 1)
    assert front.main(["check"]) == 1


def run(code, **options):
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, **options)


PRINTING = """
import sys
from types import SimpleNamespace
from netwatch.cli import main as front
module = SimpleNamespace(__doc__="x", add_arguments=lambda parser: None, execute=lambda _: print({what}) or 0)
front.Command.module = lambda self: module
sys.exit(front.main(["check"]))
"""


@pytest.mark.parametrize("what", ["'one line'", "'many lines\\n' * 100_000"])
def test_a_reader_that_has_gone_is_nobodys_error(what):
    pipe = f"set -o pipefail; {sys.executable} -c '{PRINTING.format(what=what.replace(chr(39), chr(34)))}' | true"
    done = subprocess.run(["bash", "-c", pipe], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_without_hangul_gets_escapes_and_no_traceback():
    environ = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin"}
    done = run(PRINTING.format(what="'옥정 switch'"), env=environ)
    assert (done.returncode, done.stdout) == (0, b"\\uc625\\uc815 switch\n")


def test_check_loads_neither_the_wire_nor_the_store_nor_a_web_server():
    code = "import sys, netwatch.cli.main as m; m.build_parser(['check']); print(*sys.modules)"
    loaded = set(run(code).stdout.decode().split())
    assert "netwatch.cli.check" in loaded
    heavy = {"aiohttp", "apsw", "asyncio", "uvloop", "prometheus_client", "importlib.metadata", "netwatch.snmp.mux"}
    assert loaded & heavy == set()


def test_a_daemon_loads_nothing_that_only_reports_need():
    loaded = set(run("import sys, netwatch.cli.run; print(*sys.modules)").stdout.decode().split())
    assert "netwatch.daemon" in loaded
    assert loaded & {"numpy", "openpyxl", "weasyprint"} == set()

"""`netwatch`: finds the command, gives it its arguments, and turns its outcome into an exit code.

Exit codes: 0 done, 1 the input is wrong or the answer is no, 2 usage, 3 it could not be done now.
"""

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from keyword import iskeyword
from typing import Protocol, cast

from netwatch.cli.options import InputError
from netwatch.core.errors import InventoryError, NetwatchError, ProfileError, WebConfigError, sentences

DONE, WRONG, USAGE, NOT_NOW, INTERRUPTED = 0, 1, 2, 3, 130


class CommandModule(Protocol):
    """What every module of this package offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own options."""

    def execute(self, arguments: argparse.Namespace) -> int:
        """Do it; the exit code."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command. Its module is imported only when it is the one asked for: `check` needs no HTTP server."""

    name: str
    summary: str
    examples: str

    def module(self) -> CommandModule:
        name = f"{self.name}_" if iskeyword(self.name) else self.name
        return cast("CommandModule", import_module(f"netwatch.cli.{name}"))


COMMANDS = (
    Command(
        "check",
        "read the inventory, and say everything that is wrong with it",
        """\
  netwatch check                                   ./inventory.yaml, else /etc/netwatch/inventory.yaml
  netwatch check --inventory city/inventory.yaml && systemctl reload netwatch""",
    ),
    Command(
        "import",
        "take over a spreadsheet, or another system's devices, into the inventory",
        """\
  netwatch import cameras.xlsx                     shows what it takes for what, and every row in doubt
  netwatch import cameras.xlsx --accept date --set kind=cctv --write imported
  netwatch import next-week.csv --mapping imported/mapping.yaml --write imported
  netwatch import https://netbox.example.kr/ --token-file secrets/netbox""",
    ),
    Command(
        "export",
        "write the inventory's tables to a spreadsheet, which `import` takes back",
        """\
  netwatch export city.xlsx                        every table a sheet; edit it, then netwatch import city.xlsx
  netwatch export cameras.csv --as field_devices""",
    ),
    Command(
        "run",
        "watch the network: the daemon itself",
        """\
  netwatch run                                     then open http://127.0.0.1:9780/
  netwatch run --inventory city/inventory.yaml --state-dir state --listen 0.0.0.0:9780 --web-config web.yaml""",
    ),
    Command(
        "reload",
        "have the running daemon read its inventory again",
        """\
  netwatch reload                                  the service of this machine
  netwatch reload --state-dir state                a daemon that was started with this directory""",
    ),
    Command(
        "status",
        "what is broken now, what it costs, and whom to send",
        """\
  netwatch status                                  of the service of this machine
  netwatch status --watch                          redrawn every 2 s until Ctrl-C
  netwatch status --json | jq '.faults[] | {subject, since, affected}'""",
    ),
    Command(
        "find",
        "where anything is, how it is, what hangs on it, and whom to call",
        """\
  netwatch find cam-0412                           by id, name, asset number, serial; half of it will do
  netwatch find 옥정 사거리                        words in any order; ㅇㅈㅅㄱㄹ finds it too
  netwatch find 00:40:8c:11:22                     a MAC in any notation, an address, 10.30.4.0/24
  netwatch find acc-17 gi1/0/3                     a port; netwatch find c-017 core 5 is a core of a cable""",
    ),
    Command(
        "fault",
        "work on faults: take note of one, write down what was done, whose it is, its ticket",
        """\
  netwatch fault list                              open faults, who has taken note, whose they are
  netwatch fault ack 3f9a crew called              stays open, but its owner is not told again
  netwatch fault note cable:c-017 cut by the digger at the crossing
  netwatch fault assign 3f9a hanbit && netwatch fault ticket 3f9a SR-2026-118
  netwatch fault dispatch 3f9a hanbit, two men     times to repair are reckoned from it
  netwatch fault show 3f9a                         with everything that was done about it""",
    ),
    Command(
        "handover",
        "what the next shift must know: open faults and whose they are, what closed, what is ahead",
        """\
  netwatch handover --since 18:00                  since the last 18:00
  netwatch handover --since 18:00 --format html --lang ko > handover.html""",
    ),
    Command(
        "maintenance",
        "declare work on the network, so that nobody is called out for it",
        """\
  netwatch maintenance add ring:ring-a --from now --until +4h --reason splicing --by kim --approved-by lee
  netwatch maintenance add cable:c-017 --from 2026-12-01T01:00 --until 2026-12-01T05:00 --reason splicing
  netwatch maintenance list
  netwatch maintenance end m-1                     the work was done early""",
    ),
    Command(
        "audit",
        "the record: what happened, and whether it is still as it was written",
        """\
  netwatch audit log --since 24h                   what happened since yesterday
  netwatch audit log --kind 'fault.*' --follow     faults as they open and clear, until Ctrl-C
  netwatch audit log --subject device:acc-17 --json | jq .detail
  netwatch audit verify --checkpoint /mnt/evidence/netwatch-checkpoints.jsonl
  netwatch audit report --month 2026-10 -o october.html
  netwatch audit report --month 2026-10 --lang en --format pdf -o october.pdf --pack october.zip
  netwatch audit recompute october.zip             every figure anew, from nothing but the pack
  netwatch audit correct device:acc-17 --from 2026-11-22T13:00 --until 2026-11-22T14:00 --state up --reason "…"
  netwatch audit access --month 2026-10            then again with --reviewed, which puts that on record""",
    ),
    Command(
        "discover",
        "what is out there that the inventory does not say, asked over LLDP from switch to switch",
        """\
  netwatch discover core-1 > new.yaml              new devices, links and stations as YAML; what differs as remarks
  netwatch discover 10.20.0.1 --credential field   strangers are asked by this credential only
  netwatch discover --json | jq .contradicted      from every device of the inventory""",
    ),
    Command(
        "backup",
        "write the store and the inventory to one file, while netwatch runs",
        """\
  sudo netwatch backup /var/backups                of the service of this machine
  netwatch backup today.tar.gz --inventory city/inventory.yaml --state-dir state""",
    ),
    Command(
        "restore",
        "put a backup back while netwatch does not run",
        """\
  netwatch restore --check today.tar.gz            is it whole, and of when?
  sudo netwatch restore netwatch-20261122T070000Z.tar.gz
  sudo netwatch restore --force today.tar.gz       replaces what is there, and keeps it beside""",
    ),
    Command(
        "whatif",
        "let things fail on paper: the faults, who is dark, what reserve is left",
        """\
  netwatch whatif                                  the ten single failures that would cost most
  netwatch whatif --fail cable:c-017 --fail device:acc-17
  netwatch whatif --fail ring:ring-a --json | jq .dark.devices""",
    ),
    Command(
        "poll",
        "ask one device now, and show what was asked, answered, and what it means",
        """\
  netwatch poll core-1                             does it answer, and with what?
  netwatch poll core-1 --json | jq '.ports[] | select(.oper == "up") | .port'""",
    ),
    Command(
        "profile",
        "what netwatch knows of a make of device: check your own profile, explain what a device is asked",
        """\
  netwatch profile check profiles/hfr.yaml         before it goes beside the inventory, into profiles/
  netwatch profile explain acc-17                  which profile fits and why, what is asked, what came back
  netwatch profile explain acc-17 --json | jq .rejected""",
    ),
    Command(
        "record",
        "capture a real device to a file that `simulate` can replay",
        """\
  netwatch record acc-17 -o acc-17.snmprec         a minute or two; a bar shows that it goes on
  netwatch simulate acc-17.snmprec                 the same device, on 127.1.0.1 port 1161""",
    ),
    Command(
        "simulate",
        "serve recorded devices or a generated city on loopback",
        """\
  netwatch simulate acc-17.snmprec --living        one recorded switch whose counters grow
  netwatch simulate --switches 300 --inventory-dir city
  netwatch run --inventory city/inventory.yaml     in another terminal: watch that city
  snmpwalk -v 2c -c public 127.1.0.1:1161 ifName   its agents answer anyone on this machine""",
    ),
    Command(
        "demo",
        "watch a simulated city: no network, no root, no internet",
        """\
  netwatch demo                                    then open http://127.0.0.1:9780/
  netwatch demo --switches 1000 --seed 7           another city, and a large one
  netwatch demo --keep city                        look at its inventory in city/ afterwards""",
    ),
)

EPILOG = """first steps:
  netwatch demo                        a city to look at, within a minute
  netwatch check                       is my inventory.yaml right?
  netwatch poll core-1                 does this switch answer, and with what?
  netwatch run                         start watching; then open http://127.0.0.1:9780/

exit codes: 0 done, 1 the input is wrong or the answer is no, 2 usage, 3 it could not be done now
"""


class _Version(argparse.Action):
    """Says the version; what knows it is imported only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(import_module("netwatch.cli.version").version_text())
        parser.exit()


def build_parser(asked: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; only the module of the command in `asked` is imported, and its options declared."""
    parser = argparse.ArgumentParser(
        prog="netwatch",
        description="Watches a city's own fibre network and keeps figures that an auditor can recompute.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action=_Version, nargs=0, help="show which netwatch this is and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    for command in COMMANDS:
        if command.name in asked:
            module = command.module()
            sub = commands.add_parser(
                command.name,
                help=command.summary,
                description=module.__doc__,
                epilog=f"examples:\n{command.examples}",
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
            module.add_arguments(sub)
            sub.set_defaults(execute=module.execute)
        else:
            commands.add_parser(command.name, help=command.summary)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; errors go to stderr as sentences, never as tracebacks of expected failures."""
    asked = list(sys.argv[1:] if argv is None else argv)
    _occupy_standard_files()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Hangul still gets its table
    try:
        arguments = build_parser(asked).parse_args(asked)
        code = int(arguments.execute(arguments))
        if sys.stdout is not None:  # started without one
            sys.stdout.flush()  # here, so that a reader that has gone is met below and not at the interpreter's end
    except NetwatchError as error:
        return _complain(error)
    except BrokenPipeError:
        # the reader of our output (head, less) has gone: not an error of ours, and nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - Python's own exit code would be 1, which says that the input is wrong
        traceback.print_exc()
        print("netwatch: the above is a fault of netwatch, not of your input", file=sys.stderr)
        return NOT_NOW
    return code


def _occupy_standard_files() -> None:
    """Where we were started with 0, 1 or 2 closed, no socket of ours shall get that number: libuv aborts over it."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest that is free
        os.set_inheritable(number, True)  # noqa: FBT003 - the call's own shape
    os.close(number)


def _complain(error: NetwatchError) -> int:
    """Say what is wrong; the exit code that belongs to it."""
    if isinstance(error, InventoryError):
        count = len(error.problems)
        told = [*sentences(error.problems), f"{count} mistake{'s' if count != 1 else ''} in the inventory"]
        print("\n".join(told), file=sys.stderr)
        return WRONG
    print(f"netwatch: {error}", file=sys.stderr)
    return WRONG if isinstance(error, (InputError, ProfileError, WebConfigError)) else NOT_NOW


if __name__ == "__main__":
    sys.exit(main())

"""`netwatch`: finds the command, gives it its arguments, and turns its outcome into an exit code.

Exit codes: 0 done, 1 the input is wrong or the answer is no, 2 usage, 3 it could not be done now.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from netwatch.cli.options import version_text
from netwatch.core.errors import InventoryError, NetwatchError

DONE, WRONG, USAGE, NOT_NOW = 0, 1, 2, 3


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

    def module(self) -> CommandModule:
        return cast("CommandModule", import_module(f"netwatch.cli.{self.name}"))


COMMANDS = (
    Command("check", "read the inventory, and say everything that is wrong with it"),
    Command("run", "watch the network: the daemon itself"),
    Command("reload", "have the running daemon read its inventory again"),
    Command("poll", "ask one device now, and show what was asked, answered, and what it means"),
    Command("record", "capture a real device to a file that `simulate` can replay"),
    Command("simulate", "serve recorded devices or a generated city on loopback"),
    Command("demo", "watch a simulated city: no network, no root, no internet"),
)

EPILOG = """first steps:
  netwatch demo                        a city to look at, within a minute
  netwatch check                       is my inventory.yaml right?
  netwatch poll core-1                 does this switch answer, and with what?
  netwatch run                         start watching; then open http://127.0.0.1:9780/

exit codes: 0 done, 1 the input is wrong or the answer is no, 2 usage, 3 it could not be done now
"""


def build_parser(asked: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; only the module of the command in `asked` is imported, and its options declared."""
    parser = argparse.ArgumentParser(
        prog="netwatch",
        description="Watches a city's own fibre network and keeps figures that an auditor can recompute.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=version_text())
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    for command in COMMANDS:
        if command.name in asked:
            module = command.module()
            sub = commands.add_parser(
                command.name,
                help=command.summary,
                description=module.__doc__,
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
    arguments = build_parser(asked).parse_args(asked)
    try:
        return int(arguments.execute(arguments))
    except InventoryError as error:
        print(error, file=sys.stderr)
        count = len(error.problems)
        print(f"{count} mistake{'s' if count != 1 else ''} in the inventory; nothing was started", file=sys.stderr)
        return WRONG
    except NetwatchError as error:
        print(f"netwatch: {error}", file=sys.stderr)
        return NOT_NOW
    except BrokenPipeError:
        # the reader of our output (head, less) has gone: not an error of ours, and nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except Exception:  # noqa: BLE001 - Python's own exit code would be 1, which says that the input is wrong
        traceback.print_exc()
        print("netwatch: the above is a fault of netwatch, not of your input", file=sys.stderr)
        return NOT_NOW


if __name__ == "__main__":
    sys.exit(main())

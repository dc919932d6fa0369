"""The table of commands -> a manual page and the words a shell completes. What the program does not say is not here."""

import argparse
from collections.abc import Iterator

from netwatch.cli.main import COMMANDS, EPILOG, build_parser

COMPLETION = """# bash completion for netwatch                                -*- shell-script -*-
_netwatch()
{{
    local cur prev words cword
    _init_completion || return
    case $prev in
        --inventory|--web-config) _filedir; return ;;
        --state-dir) _filedir -d; return ;;
    esac
    if [ "$cword" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{commands}" -- "$cur"))
        return
    fi
    case ${{words[1]}} in
{cases}
    esac
    case $cur in
        -*) ;;
        *) _filedir ;;
    esac
}} &&
complete -F _netwatch netwatch
"""


def man_page(version: str, date: str) -> str:
    """netwatch(1), in the man(7) macros."""
    lines = [f'.TH NETWATCH 1 "{date}" "netwatch {version}" "User Commands"']
    lines += [".SH NAME", "netwatch \\- watch over a city's own fibre network"]
    lines += [".SH SYNOPSIS", ".B netwatch", "COMMAND [\\fIOPTION\\fR]...", ".SH COMMANDS"]
    for command in COMMANDS:
        lines += [".TP", f".B {_roff(command.name)}", _roff(f"{command.summary}.")]
        lines += [".IP", ".EX", *map(_roff, command.examples.splitlines()), ".EE"]
    lines += [".PP", _roff("Each command tells its options with --help.")]
    _, _, codes = EPILOG.partition("exit codes: ")
    lines += [".SH EXIT STATUS", _roff(codes.strip() + ".")]
    lines += [".SH FILES", ".TP", ".I /etc/netwatch/inventory.yaml", "what is watched"]
    lines += [".TP", ".I /etc/netwatch/secrets/", "what the inventory names but never holds"]
    lines += [".TP", ".I /var/lib/netwatch/netwatch.db", "what is known"]
    lines += [".SH SEE ALSO", ".I /usr/share/doc/netwatch/README.md", ".br", ".I /usr/share/doc/netwatch/RUNBOOK.md"]
    return "\n".join(lines) + "\n"


def bash_completion() -> str:
    """For bash-completion; commands, their actions and their options."""
    cases = [
        f'        {command.name}) COMPREPLY=($(compgen -W "{" ".join(words)}" -- "$cur")) ;;'
        for command in COMMANDS
        if (words := sorted(set(_words(_subparser(build_parser([command.name]), command.name)))))
    ]
    return COMPLETION.format(commands=" ".join(command.name for command in COMMANDS), cases="\n".join(cases))


def _subparser(parser: argparse.ArgumentParser, name: str) -> argparse.ArgumentParser:
    for action in parser._actions:  # noqa: SLF001 - argparse tells of its actions nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            found: argparse.ArgumentParser = action.choices[name]
            return found
    raise LookupError(name)


def _words(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for name, inner in action.choices.items():
                yield name
                yield from _words(inner)
        yield from (option for option in action.option_strings if option.startswith("--"))


def _roff(text: str) -> str:
    """Text as it is: no escapes, no hyphens where minus signs are meant, no request at a line's start."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain

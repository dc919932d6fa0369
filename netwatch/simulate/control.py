"""The control input of a simulation: one line in, what to say about it out."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from netwatch.core.errors import NetwatchError
from netwatch.core.model import PortRef
from netwatch.simulate.server import Simulation, Step
from netwatch.simulate.world import WAYS, How

HELP = f"""\
fail SUBJECT [{"|".join(How)}]    let something fail, for instance: fail cable:c-0007
restore SUBJECT | restore all    mend it
drive DEVICE PORT in|out RATE    count at exactly RATE octets per second from now on
replace-mac FIELD_DEVICE MAC     another box stands in its place
move FIELD_DEVICE DEVICE PORT    it is plugged into another port
list                             what has failed
counts                           what became of the datagrams that were not simply answered
help                             this
Subjects: {", ".join(f"{kind}:ID" for kind in WAYS)} (a port is DEVICE, a space, its name)."""


MAC = re.compile(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")


class ControlError(NetwatchError):
    """A line that is no command; the message is one sentence."""


def execute(simulation: Simulation, line: str) -> str:
    """Do what a line says and return what to answer, never raising for what the line got wrong."""
    verb, _, rest = line.strip().partition(" ")
    try:
        return _do(simulation, verb.lower(), rest.strip())
    except NetwatchError as error:
        return f"error: {error}"


def _do(simulation: Simulation, verb: str, rest: str) -> str:
    command = COMMANDS.get(verb or "help")
    if command is not None:
        return command(simulation, rest)
    near = get_close_matches(verb, COMMANDS, 1)
    raise ControlError(f"no command {verb!r}" + (f"; did you mean {near[0]}?" if near else "; try help"))


def _fail(simulation: Simulation, rest: str) -> str:
    subject, _, last = rest.rpartition(" ")
    if subject and last in list(How):
        return f"failed {simulation.fail(subject, how=How(last))} ({last})"
    return f"failed {simulation.fail(rest)}"


def _restore(simulation: Simulation, rest: str) -> str:
    return f"restored {simulation.restore_all() if rest == 'all' else simulation.restore(rest)}"


def _list(simulation: Simulation, _rest: str) -> str:
    failed = simulation.city.failed if simulation.city else {}
    return "\n".join(f"{subject} ({how})" for subject, how in failed.items()) or "nothing has failed"


def _counts(simulation: Simulation, _rest: str) -> str:
    return "\n".join(f"{what} {number}" for what, number in sorted(simulation.counts.items())) or "nothing to count"


def _drive(simulation: Simulation, rest: str) -> str:
    words = rest.rsplit(" ", 2)
    device, _, interface = words[0].partition(" ")
    if len(words) != 3 or words[1] not in ("in", "out") or not interface:
        raise ControlError("drive wants DEVICE PORT in|out RATE")
    try:
        rate = float(words[2])
    except ValueError:
        raise ControlError(f"{words[2]!r} is not a number of octets per second") from None
    if not 0 <= rate < 1e12:
        raise ControlError(f"{words[2]} octets per second is no rate a port can have")
    port = PortRef(device=device, interface=interface)
    simulation.drive(port, [Step(after_s=0.0, octets_per_second=rate)], direction=words[1])
    return f"driving {port} {words[1]} at {rate:g} octets per second"


def _exchange(simulation: Simulation, rest: str) -> str:
    field_device, _, text = rest.partition(" ")
    if MAC.fullmatch(text.strip()) is None:
        raise ControlError("replace-mac wants FIELD_DEVICE MAC, as in replace-mac cam-0001 00:40:8c:11:22:33")
    mac = text.strip().lower()
    simulation.exchange(field_device, mac)
    return f"field_device:{field_device} is {mac} now"


def _move(simulation: Simulation, rest: str) -> str:
    words = rest.split(" ", 2)
    if len(words) != 3:
        raise ControlError("move wants FIELD_DEVICE DEVICE PORT")
    port = PortRef(device=words[1], interface=words[2])
    simulation.move(words[0], port)
    return f"field_device:{words[0]} hangs on {port} now"


COMMANDS: Mapping[str, Callable[[Simulation, str], str]] = {
    "fail": _fail,
    "restore": _restore,
    "drive": _drive,
    "replace-mac": _exchange,
    "move": _move,
    "list": _list,
    "counts": _counts,
    "help": lambda _simulation, _rest: HELP,
}

"""When what a port tells is believed, and when the checks are to be asked again.

In: what was read of a field device's port, one status read after the other; what its checks say. Out: the facts to
judge from, and whether they contradict the checks. A port state counts from the second read in a row that tells it,
so a flap between two reads changes no verdict; the doubt is raised by the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from netwatch.core.field.checks import ONVIF, Asked
from netwatch.core.field.record import CheckState
from netwatch.core.field.verdict import PortFacts, Reach
from netwatch.core.model import NOTHING, FieldDevice
from netwatch.core.neighbours.sightings import PoeStatus
from netwatch.core.records import replace

_NOTHING_KNOWN = PortFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyPort:
    """`facts` is what to judge from. `doubted_wall_s`: the first read that told another state of the port."""

    facts: PortFacts = field(default_factory=PortFacts)
    doubted_wall_s: float | None = None


def steady(
    before: SteadyPort | None, read: PortFacts, *, read_wall_s: float | None, answers: bool = False
) -> SteadyPort:
    """The facts to judge from after this read, which was made at `read_wall_s`; the same read may be given again.

    A first state, and a state that is no longer known, count at once. `answers`: the device answers its checks now.
    """
    fed = before.facts.poe_fed if before is not None else None
    if read.poe is PoeStatus.DELIVERING:
        fed = True
    elif read.poe is PoeStatus.SEARCHING and read.oper_up and answers:
        fed = False  # it lives by power of its own
    if fed is not read.poe_fed:
        read = replace(read, poe_fed=fed)
    if before is None or before.facts.oper_up in (None, read.oper_up) or read.oper_up is None or read_wall_s is None:
        return SteadyPort(facts=read)
    doubted_wall_s = before.doubted_wall_s
    if doubted_wall_s is not None and read_wall_s > doubted_wall_s:
        return SteadyPort(facts=read)
    held = before.facts
    facts = replace(read, oper_up=held.oper_up, admin_up=held.admin_up, since_wall_s=held.since_wall_s)
    return SteadyPort(facts=facts, doubted_wall_s=read_wall_s if doubted_wall_s is None else doubted_wall_s)


class FieldSight(NamedTuple):
    """What is known of a field device at one moment: its port as just read, its checks, its switch.

    A tuple, for every judgement makes one.
    """

    device: FieldDevice
    port: PortFacts | None = None
    checks: Mapping[str, CheckState] = NOTHING
    reach: Reach = Reach.UNSEEN


def wants_checks(before: FieldSight, after: FieldSight) -> bool:
    """Whether what has just changed contradicts what the checks say, so that they are to be made now, all of them.

    Only a change asks, so a contradiction that stays (a camera whose echoes are filtered) does not ask for ever.
    """
    is_back = after.reach is Reach.REACHABLE and before.reach is not Reach.REACHABLE
    worse, better = _turned(before.port or _NOTHING_KNOWN, after.port or _NOTHING_KNOWN)
    is_told_again = before.checks is after.checks and before.device is after.device
    if is_told_again and not (is_back or worse or better):
        return False
    ups = _ups(after)
    answering, failing = True in ups.values(), False in ups.values()
    if is_back and (failing or None in ups.values()):
        return True  # or never made: nobody wants to wait five minutes for the first
    if (worse and answering) or (better and failing):
        return True
    known = _ups(before)
    decided = any(up is not None and up is not known.get(name) for name, up in ups.items())
    return decided and failing and (answering or None in ups.values())


def _ups(sight: FieldSight) -> dict[str, bool | None]:
    """How each check stands that is asked of the device; ONVIF decides nothing, and a miss leaves the last answer."""
    return {name: state.up for kind, name, state in Asked.of(sight.device, sight.checks).steps if kind != ONVIF}


def _turned(before: PortFacts, after: PortFacts) -> tuple[bool, bool]:
    """Whether the port turned worse, whether it turned better. What was not known before has not turned."""
    if before is after:
        return False, False
    turns = {
        (before.oper_up, after.oper_up),
        (_delivers(before), _delivers(after)),
        (before.ingress, after.ingress),
    }
    return (True, False) in turns, (False, True) in turns


def _delivers(port: PortFacts) -> bool | None:
    return None if port.poe is None else port.poe is PoeStatus.DELIVERING

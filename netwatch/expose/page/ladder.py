"""One field device -> its ladder: each rung of its verdict with what was seen there, for a page in any language.

From the bottom: reach, port, PoE, MAC, the configured checks, what it sends. A rung is `good`, `bad`, or neither (null)
where nothing is known, or where what is seen convicts nobody.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netwatch.core.field.checks import Asked
from netwatch.core.field.record import CheckState
from netwatch.core.field.verdict import PortFacts, Reach
from netwatch.core.model import NOTHING, FieldDevice
from netwatch.core.neighbours.sightings import PoeStatus
from netwatch.core.sight import CitySight

Rung = Mapping[str, Any]
MOST_MACS = 8


def rungs(city: CitySight, one: FieldDevice) -> list[Rung]:
    """The rungs that this device has, from the bottom."""
    reach = city.reach(one)
    port = city.fields.facts(one.id, one) if reach is Reach.REACHABLE and one.port is not None else None
    asked = Asked.of(one, city.fields.checks.get(one.id, NOTHING))
    return [
        *_of_reach(one, reach),
        *_of_port(one, port),
        *(_of_check(name, state, reach) for _, name, state in asked.steps),
        *_of_ingress(one, port),
    ]


def _rung(rung: str, said: str, *, good: bool | None, **more: object) -> Rung:
    return {"rung": rung, "said": said, "good": good, **more}


def _of_reach(one: FieldDevice, reach: Reach) -> Iterator[Rung]:
    if one.port is not None:
        good = {Reach.REACHABLE: True, Reach.CUT: False, Reach.UNSEEN: None}[reach]
        yield _rung("reach", reach.value, good=good, device=one.port.device)


def _of_port(one: FieldDevice, port: PortFacts | None) -> Iterator[Rung]:
    if one.port is None:
        return
    where = str(one.port)
    if port is None:
        yield _rung("port", "unknown", good=None, port=where)
        return
    up = None if port.oper_up is None else port.oper_up and port.admin_up is not False
    said = "shut" if port.admin_up is False else {True: "up", False: "down", None: "unknown"}[port.oper_up]
    yield _rung("port", said, good=up, port=where, since_s=port.since_wall_s)
    if one.shared or port.others_alive is not None:
        said = {True: "alive", False: "silent", None: "unknown"}[port.others_alive]
        yield _rung("shared", said, good=port.others_alive)
    if port.poe is not None:
        good = {PoeStatus.DELIVERING: True, PoeStatus.FAULT: False, PoeStatus.OTHER_FAULT: False}.get(port.poe)
        yield _rung("poe", port.poe.value, good=good)
    if one.mac is not None and port.macs is not None and port.oper_up:
        yield _of_mac(one.mac, port.macs)


def _of_mac(mac: str, there: frozenset[str]) -> Rung:
    said = "there" if mac in there else "none" if not there else "another" if len(there) == 1 else "others"
    good = {"there": True, "another": False}.get(said)
    return _rung("mac", said, good=good, mac=mac, macs=sorted(there)[:MOST_MACS])


def _of_check(name: str, state: CheckState, reach: Reach) -> Rung:
    """Silence says nothing against what cannot be reached; an answer says all the same that it lives."""
    said = {True: "answers", False: "silent", None: "undecided"}[state.up]
    return _rung(
        "check",
        said,
        good=state.up if state.up or reach is Reach.REACHABLE else None,
        check=name,
        reason=state.reason.value if state.reason is not None and not state.up else None,
        since_s=state.since_wall_s,
        took_s=state.duration_s,
        answered_s=state.answered_wall_s,
        clock_offset_s=state.clock_offset_s,
    )


def _of_ingress(one: FieldDevice, port: PortFacts | None) -> Iterator[Rung]:
    if port is not None and port.ingress is not None and not one.shared:
        yield _rung("ingress", "usual" if port.ingress else "silent", good=port.ingress)

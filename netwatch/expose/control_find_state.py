"""How one hit is now: its state, since when, the evidence, and when and how it was last seen.

In: the city as it stands between two ticks. Out: JSON-able; all of it empty where no daemon watches the city.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState
from netwatch.core.links.rings import RingState
from netwatch.core.links.state import LinkState
from netwatch.core.model import NOTHING, Inventory
from netwatch.core.names import match
from netwatch.core.neighbours.sightings import MACS
from netwatch.core.search.place import Place
from netwatch.core.search.question import Hit, port_named
from netwatch.core.sight import CitySight

Cell = TypeVar("Cell")

MOST_MACS = 12  # told of one port
# ifOperStatus (RFC 2863)
OPER: Mapping[int, str] = MappingProxyType(
    dict(enumerate(("up", "down", "testing", "unknown", "dormant", "not present", "lower layer down"), start=1))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What a record is written from; `city` None: nothing watches it."""

    inventory: Inventory
    city: CitySight | None = None
    states: Mapping[str, DeviceState] = NOTHING
    maintained: Mapping[str, bool] = NOTHING  # subjects in maintenance
    now_s: float = field(default_factory=time.monotonic)
    now_wall_s: float = field(default_factory=time.time)


def iso(known: Knowledge, at_wall_s: float | None) -> str | None:
    """A moment in the city's zone."""
    if at_wall_s is None:
        return None
    return datetime.fromtimestamp(at_wall_s, ZoneInfo(known.inventory.timezone)).isoformat(timespec="seconds")


def state_of(known: Knowledge, hit: Hit, place: Place) -> Mapping[str, Any]:
    """`state`, `since`, `evidence` and `last_seen`."""
    now = {} if known.city is None else _Observer(known, known.city, place).now(hit)
    return {"state": None, "since": None, "evidence": [], "last_seen": None, **now}


class _Observer:
    def __init__(self, known: Knowledge, city: CitySight, place: Place) -> None:
        self._known = known
        self._city = city
        self._place = place

    def now(self, hit: Hit) -> Mapping[str, Any]:
        ways: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
            "field_device": self._field_device,
            "device": self._device,
            "port": self._port,
            "link": lambda name: self._judged(self._city.links.links.get(name)),
            "ring": lambda name: self._judged(self._city.links.rings.get(name)),
            "cable": self._fibre,
            "duct": self._fibre,
        }
        way = ways.get(hit.kind)
        return way(hit.id) if way is not None else {}

    def _judged(self, one: LinkState | RingState | None) -> Mapping[str, Any]:
        if one is None:
            return {}
        since = iso(self._known, one.since_wall_s)
        return {"state": one.condition.value, "since": since, "evidence": list(one.why)}

    def _fibre(self, _name: str) -> Mapping[str, Any]:
        links = self._place.links
        broken = [link for link in links if link in self._city.links.broken]
        return {"state": f"{len(broken)} of {len(links)} links broken"} if links else {}

    def _field_device(self, name: str) -> Mapping[str, Any]:
        verdict = self._city.fields.verdicts.get(name)
        if verdict is None:
            return {}
        cause = f": {verdict.cause.value}" if verdict.cause is not None else ""
        return {
            "state": f"{verdict.condition.value}{cause}",
            "since": iso(self._known, verdict.since_wall_s),
            "evidence": list(verdict.evidence),
            "last_seen": self._field_device_seen(name),
        }

    def _field_device_seen(self, name: str) -> Mapping[str, Any] | None:
        """The newest answer to a check, or the reading that had its MAC on its port."""
        checks = self._city.fields.checks.get(name, NOTHING).items()
        seen = [(one.answered_wall_s, f"answered {check}") for check, one in checks if one.answered_wall_s is not None]
        one = self._known.inventory.field_devices[name]
        state = self._known.states.get(one.port.device) if one.port is not None else None
        if state is not None and one.port is not None and one.mac is not None:
            row = match(one.port.interface, state.interfaces)
            learned, read_wall_s = state.sightings.macs or NOTHING, state.sightings.read_wall_s.get(MACS)
            if isinstance(row, int) and read_wall_s and one.mac in learned.get(state.interfaces.names[row], ()):
                seen.append((read_wall_s, f"its MAC was on {one.port}"))
        return self._seen(*max(seen)) if seen else None

    def _device(self, name: str) -> Mapping[str, Any]:
        state = self._known.states.get(name)
        if state is None:
            return {}
        return {
            "state": self._city.verdict(name).value,
            "since": iso(self._known, state.verdict_since_wall_s),
            "last_seen": self._device_seen(state),
        }

    def _device_seen(self, state: DeviceState) -> Mapping[str, Any] | None:
        read = [(one.last_success_wall_s, f"SNMP, {lane.value}") for lane, one in state.lanes.items()]
        seen = [(at_s, how) for at_s, how in read if at_s is not None]
        if state.icmp.answer is Answer.ANSWERS and state.icmp.last_s is not None and not state.icmp.run:
            seen.append((self._known.now_wall_s - (self._known.now_s - state.icmp.last_s), "echo"))
        return self._seen(*max(seen)) if seen else None

    def _port(self, name: str) -> Mapping[str, Any]:
        port = port_named(name)
        state = self._known.states.get(port.device)
        if state is None or not state.interfaces.names:
            return {}
        row = match(port.interface, state.interfaces)
        if not isinstance(row, int):
            return {"state": "not seen on its device"}
        status, called, alias = state.status, state.interfaces.names[row], _at(state.interfaces.aliases, row)
        oper: int | None = _at(status.last_oper, row)
        macs = sorted((state.sightings.macs or NOTHING).get(called, ()))
        more = f" and {len(macs) - MOST_MACS} more" if len(macs) > MOST_MACS else ""
        said = [f"its device calls it {alias}"] if alias else []
        said += [f"MACs learned there: {', '.join(macs[:MOST_MACS])}{more}"] if macs else []
        return {
            "state": OPER.get(oper or 4, "unknown"),
            "since": iso(self._known, _at(status.changed_wall_s, row)),
            "evidence": said,
            "last_seen": self._seen(status.read_wall_s, "SNMP, status") if status.read_wall_s is not None else None,
        }

    def _seen(self, at_wall_s: float, how: str) -> Mapping[str, Any]:
        return {"at": iso(self._known, at_wall_s), "at_s": round(at_wall_s, 3), "how": how}


def _at(column: Sequence[Cell], row: int) -> Cell | None:
    """None where the column is shorter: it was not read yet."""
    return column[row] if row < len(column) else None

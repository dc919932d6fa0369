"""`/status` on the control socket: what is held true of the city now, faults first.

In: the engine, read as it stands between two ticks. Out: JSON of `netwatch status`. Times are ISO 8601 in the city's
zone, beside UTC epoch seconds (`_s`).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from netwatch.core.city import City
from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.faults.imagine import NO_SERVICE
from netwatch.core.faults.vantage import View
from netwatch.core.field.verdict import FieldCondition
from netwatch.core.links.rings import RingState
from netwatch.core.links.state import LinkCondition
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.maintenance.windows import Phase, is_in_maintenance
from netwatch.core.model import Inventory
from netwatch.core.neighbours.link_drift import Discrepancy
from netwatch.core.topology.ring_sides import SharedRisk, shared_sides
from netwatch.expose.control import Route
from netwatch.expose.control_fault_record import FaultTeller
from netwatch.expose.control_maintenance import as_json


class Knowing(Protocol):
    """What the route reads; `Engine` has it."""

    city: City
    maintenance: MaintenanceBook

    @property
    def states(self) -> Mapping[str, DeviceState]:
        """What is held true of each device."""

    @property
    def view(self) -> View:
        """What the canaries say of ourselves."""


def status_routes(known: Knowing, *, wall: Callable[[], float] = time.time) -> Mapping[tuple[str, str], Route]:
    """The routes, as `ControlServer` takes them."""
    return {("GET", "/status"): _Reader(known, wall).read}


class _Reader:
    def __init__(self, known: Knowing, wall: Callable[[], float]) -> None:
        self._known = known
        self._wall = wall
        self._inventory: Inventory | None = None  # that `_shared` is of
        self._shared: Mapping[str, tuple[SharedRisk, ...]] = {}

    async def read(self, _body: object) -> Mapping[str, Any]:
        city, inventory = self._known.city, self._known.city.topology.inventory
        if inventory is not self._inventory:
            self._inventory, self._shared = inventory, shared_sides(inventory)
        teller = _Teller(self._known, self._wall())
        conditions = Counter(state.condition for state in city.links.links.values())
        verdicts = Counter(map(city.verdict, self._known.states))
        return {
            "city": inventory.city,
            "timezone": inventory.timezone,
            **teller.moment("at", teller.now_wall_s),
            **teller.faults(),
            "rings": teller.rings(),
            "shared_sides": [_risk(ring, risk) for ring, risks in self._shared.items() for risk in risks],
            "services": _services(inventory, city.fields.counts),
            "devices": {verdict.value: verdicts[verdict] for verdict in DeviceVerdict},
            "links": {condition.value: conditions[condition] for condition in LinkCondition},
            "degraded_links": teller.degraded_links(),
            "drift": [_discrepancy(found) for found in city.drift.findings],
            "vantage": _vantage(self._known.view),
            "maintenance": teller.windows(),
        }


class _Teller(FaultTeller):
    """One reading, at one moment."""

    def __init__(self, known: Knowing, now_wall_s: float) -> None:
        super().__init__(known.city, known.maintenance, now_wall_s)
        self._city = known.city
        self._book = known.maintenance

    def _is_worked_on(self, subject: str) -> bool:
        return is_in_maintenance(self._book.active, subject)

    def rings(self) -> list[Mapping[str, Any]]:
        declared, states = self._city.topology.inventory.rings, self._city.links.rings
        return [self._ring(name, ring.name, states.get(name)) for name, ring in declared.items()]

    def _ring(self, name: str, called: str, state: RingState | None) -> Mapping[str, Any]:
        return {
            "ring": name,
            "name": called,
            "state": state.condition.value if state is not None else "unknown",
            **self.moment("since", state.since_wall_s if state is not None else None),
            "unprotected_s": round(state.unprotected_s, 3) if state is not None else 0.0,
            "breaks": [
                {"link": one.link, **self.moment("since", one.since_wall_s), "admin_down": one.admin_down}
                for one in (state.breaks if state is not None else ())
            ],
            "why": list(state.why) if state is not None else [],
            "maintenance": self._is_worked_on(f"ring:{name}"),
        }

    def degraded_links(self) -> list[Mapping[str, Any]]:
        """Links that carry traffic, though not as they should: no fault tells of most of them."""
        return [
            {"link": name, **self.moment("since", state.since_wall_s), "why": list(state.why)}
            for name, state in self._city.links.links.items()
            if state.condition is LinkCondition.DEGRADED
        ]

    def windows(self) -> list[Mapping[str, object]]:
        """The windows of maintenance that are running."""
        running = [one for one in self._book.windows if one.phase(self.now_wall_s) is Phase.RUNNING]
        return [as_json(one, self.zone, self.now_wall_s) for one in running]


def _services(inventory: Inventory, counts: Mapping[tuple[str, str, FieldCondition], int]) -> list[Mapping[str, Any]]:
    """Each service with its field devices per state, in all and by district."""
    states = tuple(condition.value for condition in FieldCondition)
    at_all: dict[str, Counter[str]] = {}
    by_district: dict[str, dict[str, Counter[str]]] = {}
    for (service, district, condition), number in counts.items():
        if number:
            at_all.setdefault(service, Counter())[condition.value] += number
            by_district.setdefault(service, {}).setdefault(district, Counter())[condition.value] += number
    names = dict.fromkeys((*inventory.services, *sorted(at_all)))
    return [
        {
            "service": service or NO_SERVICE,
            "name": inventory.services[service].name if service in inventory.services else "",
            "field_devices": _all(at_all.get(service, Counter()), states),
            "districts": {
                district: _all(there, states) for district, there in sorted(by_district.get(service, {}).items())
            },
        }
        for service in names
    ]


def _all(counts: Mapping[str, int], states: Iterable[str]) -> Mapping[str, int]:
    return {state: counts.get(state, 0) for state in states}


def _risk(ring: str, risk: SharedRisk) -> Mapping[str, Any]:
    return {"ring": ring, "kind": risk.kind, "id": risk.id, "links": list(risk.links)}


def _discrepancy(found: Discrepancy) -> Mapping[str, Any]:
    return {
        "kind": found.kind.value,
        "subject": found.subject,
        "declared": found.declared,
        "seen": found.seen,
        "evidence": list(found.evidence),
    }


def _vantage(view: View) -> Mapping[str, Any]:
    """`lit`: true, false where every canary is silent, null where none tells."""
    return {"lit": view.is_lit, "canaries": {name: one.answer.value for name, one in view.canaries.items()}}

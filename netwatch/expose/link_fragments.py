"""Links and rings -> bytes per metric family.

In: labels made once per inventory, and states as they are folded. Out: the families of the city's page. A link's lines
are kept and rendered anew only where what they tell has changed; the families are joined when they are asked for.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from netwatch.core.links import LinkCondition, LinkState
from netwatch.core.model import Inventory
from netwatch.core.rings import RingCondition, RingState, SharedRisk
from netwatch.expose.labels import pairs
from netwatch.expose.samples import optional_sample, sample, state_set

STATE, RATE, UTILIZATION, SINGLE_POINT = (
    "netwatch_link_state",
    "netwatch_link_rate_bytes_per_second",
    "netwatch_link_utilization_ratio",
    "netwatch_link_single_point_of_failure",
)
RING_STATE, UNPROTECTED, SHARED_RISK = (
    "netwatch_ring_state",
    "netwatch_ring_unprotected_seconds_total",
    "netwatch_ring_shared_risk",
)
_CONDITIONS = tuple(condition.value for condition in LinkCondition)
_RING_CONDITIONS = tuple(condition.value for condition in RingCondition)
_A_TO_B, _B_TO_A = b',direction="a_to_b"', b',direction="b_to_a"'


class _Told(NamedTuple):
    """What the lines of a link tell. Two looks that tell the same are rendered once."""

    rate_a_to_b: float | None
    rate_b_to_a: float | None
    utilization_a_to_b: float | None
    utilization_b_to_a: float | None

    @classmethod
    def of(cls, state: LinkState) -> "_Told":
        return cls(
            _rounded(state.rate_a_to_b, 1),
            _rounded(state.rate_b_to_a, 1),
            _rounded(state.utilization_a_to_b, 6),
            _rounded(state.utilization_b_to_a, 6),
        )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def link_labels(inventory: Inventory) -> Mapping[str, bytes]:
    """Link id -> the label bytes of its series; the district is that of its a end."""
    return {
        link.id: pairs({"link": link.id, "district": _district(inventory, link.a.device)})
        for link in inventory.links.values()
    }


def ring_labels(inventory: Inventory) -> Mapping[str, bytes]:
    """Ring id -> the label bytes of its series; the district is empty where its links begin in several."""
    districts: dict[str, set[str]] = {ring: set() for ring in inventory.rings}
    for link in inventory.links.values():
        if link.ring is not None:
            districts[link.ring].add(_district(inventory, link.a.device))
    return {
        ring: pairs({"ring": ring, "district": found.pop() if len(found) == 1 else ""})
        for ring, found in districts.items()
    }


def _district(inventory: Inventory, device: str) -> str:
    return inventory.sites[inventory.devices[device].site].district


class LinkFragments:
    """The links as the pages show them. Make a new one when the inventory changes."""

    __slots__ = ("_conditions", "_families", "_labels", "_rates", "_single_points", "_states", "_told", "_utilizations")

    def __init__(self, labels: Mapping[str, bytes]) -> None:
        self._labels = labels
        self._conditions: dict[str, LinkCondition] = {}
        self._told: dict[str, _Told] = {}
        self._states: dict[str, bytes] = {}
        self._rates: dict[str, bytes] = {}
        self._utilizations: dict[str, bytes] = {}
        self._single_points: frozenset[str] | None = None
        self._families: dict[str, bytes] = {}  # those joined since they changed last

    def show(self, link: str, state: LinkState) -> None:
        """Render what changed of one link. `link` is one of the labels'."""
        labels = self._labels[link]
        if self._conditions.get(link) is not state.condition:
            lines = state_set(STATE.encode(), labels, states=_CONDITIONS, current=state.condition.value)
            self._conditions[link], self._states[link] = state.condition, lines
            self._families.pop(STATE, None)
        told = _Told.of(state)
        if self._told.get(link) != told:
            to_b, to_a = labels + _A_TO_B, labels + _B_TO_A
            rate, ratio = RATE.encode(), UTILIZATION.encode()
            self._rates[link] = optional_sample(rate, to_b, told.rate_a_to_b) + optional_sample(
                rate, to_a, told.rate_b_to_a
            )
            self._utilizations[link] = optional_sample(ratio, to_b, told.utilization_a_to_b) + optional_sample(
                ratio, to_a, told.utilization_b_to_a
            )
            self._told[link] = told
            self._families.pop(RATE, None)
            self._families.pop(UTILIZATION, None)

    def show_single_points(self, links: Collection[str] | None) -> None:
        """The links without which some service has no way; None: not worked out, and nothing is told."""
        single_points = None if links is None else frozenset(links)
        if single_points != self._single_points:
            self._single_points = single_points
            self._families.pop(SINGLE_POINT, None)

    def families(self) -> Mapping[str, bytes]:
        """Family -> its lines, of every link shown."""
        for name, lines in ((STATE, self._states), (RATE, self._rates), (UTILIZATION, self._utilizations)):
            if name not in self._families:
                self._families[name] = b"".join(lines.values())
        if SINGLE_POINT not in self._families:
            self._families[SINGLE_POINT] = self._single_point_lines()
        return dict(self._families)

    def _single_point_lines(self) -> bytes:
        single_points = self._single_points
        if single_points is None:
            return b""
        name = SINGLE_POINT.encode()
        return b"".join(sample(name, labels, link in single_points) for link, labels in self._labels.items())


def render_rings(labels: Mapping[str, bytes], rings: Mapping[str, RingState]) -> Mapping[str, bytes]:
    """The families of the rings' states, from ring id -> state."""
    state_name, unprotected_name = RING_STATE.encode(), UNPROTECTED.encode()
    return {
        RING_STATE: b"".join(
            state_set(state_name, labels[ring], states=_RING_CONDITIONS, current=state.condition.value)
            for ring, state in rings.items()
        ),
        UNPROTECTED: b"".join(
            sample(unprotected_name, labels[ring], round(state.unprotected_s, 3)) for ring, state in rings.items()
        ),
    }


def render_shared_risks(labels: Mapping[str, bytes], shared: Mapping[str, Iterable[SharedRisk]]) -> Mapping[str, bytes]:
    """The family of what the links of one ring share, from ring id -> cables and ducts."""
    name = SHARED_RISK.encode()
    lines = [
        sample(name, b"%b,%b" % (labels[ring], pairs({"kind": risk.kind, "id": risk.id})), 1)
        for ring, risks in shared.items()
        for risk in risks
    ]
    return {SHARED_RISK: b"".join(lines)}

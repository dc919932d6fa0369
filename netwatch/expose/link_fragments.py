"""Links and rings -> bytes per metric family.

In: labels made once per inventory, and states as they are folded. Out: the families of the city's page. What a link
tells is kept as columns; its lines are written out when a page asks for them, a family at once.
"""

import math
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from netwatch.core.links.rings import RingCondition, RingState, SharedRisk
from netwatch.core.links.span import Span
from netwatch.core.links.state import LinkCondition, LinkState, Spans
from netwatch.core.model import Inventory
from netwatch.expose.labels import pairs
from netwatch.expose.samples import column, sample, state_set

STATE, RATE, UTILIZATION, SINGLE_POINT = (
    "netwatch_link_state",
    "netwatch_link_rate_bytes_per_second",
    "netwatch_link_utilization_ratio",
    "netwatch_link_single_point_of_failure",
)
LIGHT: Mapping[str, Callable[[Span], float | None]] = MappingProxyType(
    {
        "netwatch_link_optical_loss_db": lambda span: span.loss,
        "netwatch_link_optical_commissioned_dbm": lambda span: span.commissioned,
        "netwatch_link_optical_drift_db": lambda span: span.drift,
        "netwatch_link_optical_days_to_limit": lambda span: span.days_left,
    }
)
RING_STATE, UNPROTECTED, SHARED_RISK = (
    "netwatch_ring_state",
    "netwatch_ring_unprotected_seconds_total",
    "netwatch_ring_shared_risk",
)
_CONDITIONS = tuple(condition.value for condition in LinkCondition)
_RING_CONDITIONS = tuple(condition.value for condition in RingCondition)
_DIRECTIONS = b',direction="a_to_b"', b',direction="b_to_a"'
_HEAD = b"\xff"  # stands where name and labels belong; no text in UTF-8 has this octet
_STATE_TEXT = {
    condition: state_set(_HEAD, _HEAD, states=_CONDITIONS, current=condition.value).replace(b"\xff{\xff", _HEAD)
    for condition in LinkCondition
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLines:
    """What every link tells at one moment; stands in the place of the fragments of `STATE` and of `numbers`.

    Columns are aligned with `labels`, those of numbers twice as long: towards b and towards a; NaN: not known.
    """

    labels: Sequence[bytes]
    conditions: Sequence[LinkCondition | None]
    numbers: Mapping[str, Sequence[float]]  # by family

    def fragment(self, family: str) -> bytes:
        """The lines of one family: 0.4 µs a link for the states, 1 µs for the others."""
        name = family.encode() + b"{"
        if family == STATE:
            told = zip(self.labels, self.conditions, strict=True)
            return b"".join([_STATE_TEXT[now].replace(_HEAD, name + labels) for labels, now in told if now is not None])
        cells = [None if math.isnan(cell) else cell for cell in self.numbers[family]]
        tags = [labels.replace(b"%", b"%%") + direction for labels in self.labels for direction in _DIRECTIONS]
        return column(name, tags, cells, b"%a")


def _rounded(value: float | None, digits: int) -> float:
    return math.nan if value is None else round(value, digits)


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

    __slots__ = ("_conditions", "_labels", "_lines", "_numbers", "_places", "_single_points", "_spans", "_told")

    def __init__(self, labels: Mapping[str, bytes]) -> None:
        self._places = {link: place for place, link in enumerate(labels)}
        self._labels = tuple(labels.values())
        self._conditions: list[LinkCondition | None] = [None] * len(labels)
        nothing = [math.nan] * (2 * len(labels))
        self._numbers = {family: array("d", nothing) for family in (RATE, UTILIZATION, *LIGHT)}
        self._spans: list[Spans | None] = [None] * len(labels)
        self._single_points: frozenset[str] | None = None
        self._lines: LinkLines | None = None  # until something else is told
        self._told: bytes | None = None  # the lines of the single points, likewise

    def show(self, link: str, state: LinkState) -> None:
        """What the link is to tell from now on. `link` is one of the labels'."""
        place = self._places[link]
        self._conditions[place] = state.condition
        numbers = self._numbers
        numbers[RATE][2 * place] = _rounded(state.rate_a_to_b, 1)
        numbers[RATE][2 * place + 1] = _rounded(state.rate_b_to_a, 1)
        numbers[UTILIZATION][2 * place] = _rounded(state.utilization_a_to_b, 6)
        numbers[UTILIZATION][2 * place + 1] = _rounded(state.utilization_b_to_a, 6)
        if state.spans is not self._spans[place]:
            self._spans[place] = state.spans
            for family, of in LIGHT.items():
                numbers[family][2 * place] = _rounded(of(state.spans.to_b), 2)
                numbers[family][2 * place + 1] = _rounded(of(state.spans.to_a), 2)
        self._lines = None

    def show_single_points(self, links: Collection[str] | None) -> None:
        """The links without which some service has no way; None: not worked out, and nothing is told."""
        single_points = None if links is None else frozenset(links)
        if single_points != self._single_points:
            self._single_points, self._told = single_points, None

    def families(self) -> Mapping[str, bytes | LinkLines]:
        """Family -> what its lines are written from, of every link shown."""
        if self._lines is None:
            self._lines = LinkLines(
                labels=self._labels,
                conditions=tuple(self._conditions),
                numbers={family: cells[:] for family, cells in self._numbers.items()},
            )
        if self._told is None:
            self._told = self._single_point_lines()
        return {**dict.fromkeys((STATE, *self._numbers), self._lines), SINGLE_POINT: self._told}

    def _single_point_lines(self) -> bytes:
        single_points = self._single_points
        if single_points is None:
            return b""
        name = SINGLE_POINT.encode()
        told = zip(self._places, self._labels, strict=True)
        return b"".join(sample(name, labels, link in single_points) for link, labels in told)


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

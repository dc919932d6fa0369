"""(a link, its state, one of its ends read anew) -> the light of the span that ends there.

In: the states of both its devices. Out: the link's two spans, of which the one towards the device just read is new.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState
from netwatch.core.health.measures import Measure
from netwatch.core.links.light import LinkCondition
from netwatch.core.links.port_seen import PortRows
from netwatch.core.links.span import Span, dark, fold_span
from netwatch.core.links.state import LinkState, Spans
from netwatch.core.model import Link, PortRef

_LIT = (LinkCondition.UP, LinkCondition.DEGRADED)
_LIMITS = (Measure.RECEIVE_LOW_ALARM, Measure.RECEIVE_SENSITIVITY)  # the module's own before its type's


@dataclass(frozen=True, slots=True)
class PortLight:
    """What ports say of their light. `rows` remembers which row each port of a device is."""

    states: Mapping[str, DeviceState]
    rows: Callable[[str], PortRows]

    def told(self, port: PortRef, *measures: Measure) -> float | None:
        """The first of the measures that the port tells now."""
        state = self.states.get(port.device)
        if state is None or state.snmp.answer is not Answer.ANSWERS or state.interfaces.in_doubt:
            return None
        row = self.rows(port.device).at(state.interfaces, port.interface)
        if row is None:
            return None
        name, equipment = state.interfaces.names[row], state.equipment
        for measure in measures:
            for readings in (equipment.readings, equipment.fixed):
                told = readings.get(measure)
                value = told.get(name) if told else None
                if value is not None:
                    return value
        return None


def read_spans(link: Link, state: LinkState, device: str, light: PortLight, *, now_wall_s: float) -> Spans:
    """The link's spans after the light at `device` was read; of a link that is not up both are dark."""
    to_a, to_b = state.spans
    if state.condition not in _LIT:
        return Spans(dark(to_a), dark(to_b))
    if link.a.device == device:
        to_a = _read(to_a, (link.b, link.a), light, now_wall_s=now_wall_s)
    if link.b.device == device:
        to_b = _read(to_b, (link.a, link.b), light, now_wall_s=now_wall_s)
    return Spans(to_a, to_b)


def is_worth_storing(before: Spans, after: Spans) -> bool:
    """Whether what was lately learned must outlive a restart: a day's mean, or what it was like when it was new."""
    return any(
        (was.days, was.commissioned, was.commissioned_loss, was.since_wall_s)
        != (now.days, now.commissioned, now.commissioned_loss, now.since_wall_s)
        for was, now in zip(before, after, strict=True)
    )


def _read(span: Span, ends: tuple[PortRef, PortRef], light: PortLight, *, now_wall_s: float) -> Span:
    there, here = ends
    received = light.told(here, Measure.RECEIVE_POWER)
    if received is None:
        return dark(span)
    sent, limit = light.told(there, Measure.TRANSMIT_POWER), light.told(here, *_LIMITS)
    return fold_span(span, received=received, sent=sent, limit=limit, now_wall_s=now_wall_s)

"""DeviceState -> bytes per metric family: what one device contributes to the pages.

A device is rendered when its observation is folded, not when it is scraped, and then only the parts whose inputs
changed; the numbers of its ports are written out by the page (`totals`, `port_states`). Every part tells all of its
families, with no bytes where nothing is known, so that a new rendering simply replaces the old one. What is not
observed is absent: neither 0 nor the last known value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import attrgetter, is_not
from types import MappingProxyType

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.model import Device, Site
from netwatch.expose.health_fragments import HEALTH_FAMILIES, render_health
from netwatch.expose.labels import DeviceLabels, pairs, port_labels
from netwatch.expose.lane_lines import LANE_FAMILIES, LaneLines
from netwatch.expose.port_states import STATE_FAMILIES, PortStates
from netwatch.expose.samples import StampedRows, headed_lines, optional_sample, sample, state_set
from netwatch.expose.totals import TRAFFIC_FAMILIES, Fragment, Totals

# What a wrong or hostile state can raise on its way to bytes. Anything else is a fault of the whole daemon.
RENDER_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError)

PORT_INFO = "netwatch_interface_info"
_VERDICTS = tuple(verdict.value for verdict in DeviceVerdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a part is rendered from, beside the state: the labels."""

    device: DeviceLabels
    ports: tuple[bytes, ...]  # aligned with `InterfaceMap.names`


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Families that change together. `render` gives one fragment per family, in the order of `families`.

    `inputs` is what it reads of a state, as dotted names: where that is equal, so is what would be rendered.
    """

    families: tuple[str, ...]
    inputs: tuple[str, ...]
    render: Callable[[Face, DeviceState], tuple[Fragment, ...]]


def _up(reachability: Reachability) -> bool | None:
    return None if reachability.answer is Answer.NOT_OBSERVED else reachability.answer is Answer.ANSWERS


def render_ping(face: Face, state: DeviceState) -> tuple[bytes, ...]:
    up = _up(state.icmp)
    labels = face.device.full
    return (
        optional_sample(b"netwatch_device_icmp_up", labels, up),
        optional_sample(b"netwatch_device_icmp_rtt_seconds", labels, state.rtt_s if up else None),
        optional_sample(b"netwatch_device_icmp_loss_ratio", labels, None if up is None else state.loss_ratio),
    )


def render_verdict(face: Face, state: DeviceState) -> tuple[bytes, ...]:
    observed = [up for up in (_up(state.icmp), _up(state.snmp)) if up is not None]
    labels = face.device.full
    return (
        optional_sample(b"netwatch_device_up", labels, any(observed) if observed else None),
        state_set(b"netwatch_device_state", labels, states=_VERDICTS, current=state.verdict.value),
    )


def render_agent(face: Face, state: DeviceState) -> tuple[bytes, ...]:
    up = _up(state.snmp)
    ticks = state.identity.uptime_ticks
    uptime_s = None if ticks is None else (ticks + (state.identity.uptime_wraps << 32)) / 100
    return (
        optional_sample(b"netwatch_device_snmp_up", face.device.full, up),
        optional_sample(b"netwatch_device_uptime_seconds", face.device.full, uptime_s if up else None),
    )


def render_status(face: Face, state: DeviceState) -> tuple[Fragment, ...]:
    """Ports' states: told only while the agent answers and the rows are known to be the ports they were."""
    if state.snmp.answer is not Answer.ANSWERS or state.interfaces.in_doubt:
        return (b"",) * len(STATE_FAMILIES)
    states = PortStates(face.ports, state.status, before_port=face.device.before_port)
    return (states,) * len(STATE_FAMILIES)


def render_traffic(face: Face, state: DeviceState) -> tuple[Fragment, ...]:
    """Counters with their poll's own time; a total that is None is a gap and has no line."""
    if state.interfaces.in_doubt or not state.traffic.totals:
        return (b"",) * len(TRAFFIC_FAMILIES)
    rows = StampedRows(face.ports, state.traffic.stamp_ms)
    return (Totals(rows, state.traffic.totals, before_port=face.device.before_port),) * len(TRAFFIC_FAMILIES)


def render_text(face: Face, state: DeviceState) -> tuple[Fragment, ...]:
    identity, interfaces, equipment = state.identity, state.interfaces, state.equipment
    said = {"sys_name": identity.sys_name, "sys_descr": identity.sys_descr, "sys_object_id": identity.sys_object_id}
    said |= {"profile": equipment.profile or face.device.profile, "vendor": equipment.vendor}
    said |= {"model": equipment.model, "serial": equipment.serial, "firmware": equipment.firmware}
    text = b",".join((face.device.full, face.device.text, pairs(said)))
    dropped = interfaces.dropped if interfaces.epoch else None  # unknown until discovered
    return (
        sample(b"netwatch_device_info", text, 1),
        optional_sample(b"netwatch_device_interfaces_dropped", face.device.full, dropped),
        headed_lines(PORT_INFO, face.device.short, _interface_info(face, interfaces)),
    )


def _interface_info(face: Face, interfaces: InterfaceMap) -> list[bytes]:
    ports = face.ports
    nothing = ("",) * len(ports)
    rows = zip(
        ports,
        interfaces.aliases or nothing,
        interfaces.descriptions or nothing,
        interfaces.types or (None,) * len(ports),
        strict=True,
    )
    return [
        b",%b,%b} 1\n"
        % (
            port.replace(b"%%", b"%"),
            pairs({"alias": alias, "description": description, "type": "" if kind is None else str(kind)}),
        )
        for port, alias, description, kind in rows
    ]


def render_lanes(face: Face, state: DeviceState) -> tuple[Fragment, ...]:
    """How polling itself goes: another with each poll, so it is written out when a page asks."""
    return (LaneLines(face.device, state.lanes),) * len(LANE_FAMILIES)


def _health(face: Face, state: DeviceState) -> tuple[Fragment, ...]:
    return render_health(face.device, _by_name(state.interfaces.names, face.ports), state)


@lru_cache(maxsize=1024)
def _by_name(names: tuple[str, ...], ports: tuple[bytes, ...]) -> Mapping[str, bytes]:
    """Interface -> its label; switches of one make have the same."""
    return {name: port.replace(b"%%", b"%") for name, port in zip(names, ports, strict=True)}


PARTS: tuple[Part, ...] = (
    Part(
        families=("netwatch_device_icmp_up", "netwatch_device_icmp_rtt_seconds", "netwatch_device_icmp_loss_ratio"),
        inputs=("icmp.answer", "rtt_s", "loss_ratio"),
        render=render_ping,
    ),
    Part(
        families=("netwatch_device_up", "netwatch_device_state"),
        inputs=("icmp.answer", "snmp.answer", "verdict"),
        render=render_verdict,
    ),
    Part(
        families=("netwatch_device_snmp_up", "netwatch_device_uptime_seconds"),
        inputs=("snmp.answer", "identity.uptime_ticks", "identity.uptime_wraps"),
        render=render_agent,
    ),
    Part(
        families=STATE_FAMILIES,
        inputs=("snmp.answer", "interfaces", "status"),
        render=render_status,
    ),
    Part(
        families=TRAFFIC_FAMILIES,
        inputs=("interfaces", "traffic"),
        render=render_traffic,
    ),
    Part(
        families=("netwatch_device_info", "netwatch_device_interfaces_dropped", PORT_INFO),
        inputs=(
            "interfaces",
            "identity.sys_name",
            "identity.sys_descr",
            "identity.sys_object_id",
            *(f"equipment.{name}" for name in ("profile", "vendor", "model", "serial", "firmware")),
        ),
        render=render_text,
    ),
    Part(
        families=HEALTH_FAMILIES,
        inputs=(
            "snmp.answer",
            "interfaces",
            *(f"equipment.{name}" for name in ("readings", "fixed", "dropped", "aggregates", "stp_root")),
        ),
        render=_health,
    ),
    Part(families=LANE_FAMILIES, inputs=("lanes",), render=render_lanes),
)
PLACES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {family: (at, place) for at, part in enumerate(PARTS) for place, family in enumerate(part.families)}
)
"""Family -> which part it is of, and its place among that part's fragments."""
_READ: tuple[Callable[[DeviceState], object], ...] = tuple(attrgetter(*part.inputs) for part in PARTS)
_ROOTS = tuple(frozenset(name.partition(".")[0] for name in part.inputs) for part in PARTS)
_FIELDS = tuple(sorted(frozenset().union(*_ROOTS)))
_FIELDS_OF: Callable[[DeviceState], tuple[object, ...]] = attrgetter(*_FIELDS)


@lru_cache(maxsize=1024)
def _parts_of(changed: tuple[bool, ...]) -> tuple[int, ...]:
    """Which parts may be others where these of `_FIELDS` are: there are as many answers as kinds of observations."""
    fields = set(compress(_FIELDS, changed))
    return tuple(at for at, roots in enumerate(_ROOTS) if not fields.isdisjoint(roots))


class DeviceFragments(Mapping[str, Fragment]):
    """Family -> fragment. `parts` has those of each part, the same objects for as long as they are not rendered anew.

    One flat table would be copied with each echo, and the garbage collector would look through all of it again.
    """

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[tuple[Fragment, ...], ...]) -> None:
        self.parts = parts

    def __getitem__(self, family: str) -> Fragment:
        part, place = PLACES[family]
        return self.parts[part][place]

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


class DeviceView:
    """One device as the pages show it: its labels, and what was rendered last.

    Make a new one when the device's inventory record changes.
    """

    __slots__ = ("_face", "_parts", "_shown")

    def __init__(self, device: Device, site: Site) -> None:
        self._face = Face(device=DeviceLabels.of(device, site), ports=())
        self._shown: DeviceState | None = None
        self._parts: tuple[tuple[Fragment, ...], ...] = ()

    def render(self, state: DeviceState, on_error: Callable[[Exception], None]) -> DeviceFragments:
        """Family -> fragment, rendered anew where `state` differs from the one rendered last.

        A part that cannot be rendered is left out and given to `on_error`; the device's other parts stay.
        """
        if self._shown is None or self._shown.interfaces is not state.interfaces:
            ports = port_labels(state.interfaces.names, state.interfaces.indexes)
            self._face = Face(device=self._face.device, ports=ports)
        shown, before = self._shown, self._parts
        self._shown = state
        if shown is None:
            self._parts = tuple([self._rendered(part, state, on_error) for part in PARTS])
            return DeviceFragments(self._parts)
        # most fields are the very object they were, and need not be looked into
        parts = list(before)
        for at in _parts_of(tuple(map(is_not, _FIELDS_OF(shown), _FIELDS_OF(state)))):
            if _READ[at](shown) != _READ[at](state):
                parts[at] = self._rendered(PARTS[at], state, on_error)
        self._parts = tuple(parts)
        return DeviceFragments(self._parts)

    def _rendered(self, part: Part, state: DeviceState, on_error: Callable[[Exception], None]) -> tuple[Fragment, ...]:
        try:
            return part.render(self._face, state)
        except RENDER_ERRORS as error:
            on_error(error)
            return (b"",) * len(part.families)

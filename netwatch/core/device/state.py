"""fold(state, observation, now) -> (state, events, wants): what one observation changes in what is known of a device.

In: the device with its surroundings, its state, one observation. Out: the new state; events for the store; and what
should be looked at next. Pure: the engine commits and publishes, `collect` looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from netwatch.core.device.boots import identify
from netwatch.core.device.ports import Ground, PortsFolded, fold_discovery, fold_status, fold_traffic
from netwatch.core.device.reachability import INTERVALS_TO_UNKNOWN, Answer, age, fold_ping, fold_snmp, unobserved
from netwatch.core.device.record import DeviceState, DeviceVerdict, InterfaceTraffic, LaneHealth
from netwatch.core.device.verdict import verdict
from netwatch.core.events import Event, EventKind
from netwatch.core.health.fold import fold_equipment, unread
from netwatch.core.model import Device, Lane, PingMethod, Site
from netwatch.core.neighbours.sighted import fold_sightings
from netwatch.core.neighbours.sightings import INTERFACES
from netwatch.core.observation import Completeness, PingObservation, SnmpObservation
from netwatch.core.records import replace

MISSED_POLLS_TO_WITHDRAW = 2
NEVER_POLLED = LaneHealth()
SEEING = frozenset({Lane.DISCOVERY, Lane.HEALTH})  # the lanes whose tables tell of what is around a device


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A device with what the inventory says around it."""

    ground: Ground
    site: Site

    @property
    def device(self) -> Device:
        return self.ground.device


class Wants(NamedTuple):
    """What a fold asks to be looked at next."""

    echoes_apart_s: float | None = None  # re-probes, so many seconds from now and from each other
    look_at: tuple[Lane, ...] = ()


class Folded(NamedTuple):
    """The outcome of one fold."""

    state: DeviceState
    events: tuple[Event, ...] = ()
    wants: Wants = Wants()


def fold(watched: Watched, state: DeviceState, seen: PingObservation | SnmpObservation) -> Folded:
    """What one observation of the device changes."""
    if isinstance(seen, PingObservation):
        return fold_echo(watched, state, seen)
    reached = fold_poll(watched, state, seen)
    if seen.completeness is Completeness.FAILED:
        if seen.lane is not Lane.HEALTH:
            return reached
        return reached._replace(state=replace(reached.state, equipment=unread(reached.state.equipment)))
    known = identify(watched.ground, reached.state, seen)
    rows = PortsFolded(state=known.state)
    match seen.lane:
        case Lane.DISCOVERY:
            rows = fold_discovery(watched.ground, known.state, seen)
        case Lane.STATUS if not known.doubt:
            rows = fold_status(watched.ground, known.state, seen)
        case Lane.TRAFFIC if not known.doubt and _map_is_seen_to_hold(known.state):
            rows = fold_traffic(known.state, seen)
        case _:
            pass  # the health lane's tables are no ports
    after = _with_sightings(watched, rows.state, seen) if seen.lane in SEEING else rows.state
    look_at = _to_look_at(watched, state, after, seen, doubt=known.doubt or rows.doubt)
    return Folded(state=after, events=(*reached.events, *known.events, *rows.events), wants=Wants(look_at=look_at))


def _with_sightings(watched: Watched, state: DeviceState, seen: SnmpObservation) -> DeviceState:
    sightings = fold_sightings(watched.ground, state, seen)
    equipment = fold_equipment(watched.ground, state, seen)
    if sightings is state.sightings and equipment is state.equipment:
        return state
    return replace(state, sightings=sightings, equipment=equipment)


def _map_is_seen_to_hold(state: DeviceState) -> bool:
    """Whether a poll has looked at the map in force: one from the store may be of rows renumbered meanwhile."""
    status, discovery = (state.lanes.get(lane, NEVER_POLLED) for lane in (Lane.STATUS, Lane.DISCOVERY))
    return status.last_success_wall_s is not None or _is_complete(discovery)


def _is_complete(health: LaneHealth) -> bool:
    return health.last_success_wall_s is not None and health.reason is None


def _to_look_at(
    watched: Watched, before: DeviceState, after: DeviceState, seen: SnmpObservation, *, doubt: bool
) -> tuple[Lane, ...]:
    """What the poll makes urgent. New doubt asks for a discovery at once; one that failed is tried again with status.

    A discovery never asks for another, so an agent that contradicts itself is not asked in a tight loop.
    """
    if seen.lane is Lane.DISCOVERY:
        is_new = after.interfaces.epoch != before.interfaces.epoch
        is_sure_again = before.interfaces.in_doubt and not after.interfaces.in_doubt and not doubt
        power_ports, gauges = after.sightings.poe_interfaces, after.equipment.gauges
        is_power_news = bool(power_ports) and power_ports != before.sightings.poe_interfaces
        is_health_news = is_power_news or (bool(gauges) and gauges is not before.equipment.gauges)
        return (Lane.STATUS,) * (is_new or is_sure_again) + (Lane.HEALTH,) * is_health_news
    discovery = after.lanes.get(Lane.DISCOVERY, NEVER_POLLED)
    never_found = after.interfaces.epoch == 0 and INTERFACES not in after.sightings.read_wall_s
    if not doubt and not never_found:
        return ()
    is_news = doubt and not before.interfaces.in_doubt
    tried_s = discovery.finished_s
    long_ago = tried_s is None or seen.finished_s - tried_s >= watched.device.every_s[Lane.STATUS] / 2
    return (Lane.DISCOVERY,) if is_news or long_ago else ()


def fold_echo(watched: Watched, state: DeviceState, echo: PingObservation) -> Folded:
    """One echo of the device itself."""
    icmp, apart_s = fold_ping(state.icmp, echo)
    advanced = replace(
        state,
        icmp=icmp,
        rtt_s=echo.rtt_s if echo.rtt_s is not None else state.rtt_s,
        loss_ratio=icmp.loss_ratio,
    )
    advanced, events = judge(watched, advanced, wall_s=echo.wall_s)
    if icmp.answer is state.icmp.answer and apart_s is None:
        return Folded(advanced, events)
    # its agent may have fallen silent, or come back, with it: do not wait for its turn
    turned = {icmp.answer, state.icmp.answer} == {Answer.ANSWERS, Answer.SILENT}
    wants = Wants(
        echoes_apart_s=apart_s,
        look_at=(Lane.STATUS,) if turned and watched.device.snmp else (),
    )
    return Folded(state=advanced, events=events, wants=wants)


def fold_poll(watched: Watched, state: DeviceState, poll: SnmpObservation) -> Folded:
    """The part of any SNMP poll that its lane does not matter for: reachability, verdict, the lane's health."""
    snmp, again_in_s = fold_snmp(state.snmp, poll)
    lanes = {**state.lanes, poll.lane: lane_after(state.lanes.get(poll.lane, NEVER_POLLED), poll)}
    advanced, events = judge(watched, replace(state, snmp=snmp, lanes=lanes), wall_s=poll.wall_s)
    if again_in_s is None:
        return Folded(state=advanced, events=events)
    return Folded(state=advanced, events=events, wants=Wants(look_at=(Lane.STATUS,)))


def lane_after(health: LaneHealth, poll: SnmpObservation) -> LaneHealth:
    """How the lane is doing after this poll."""
    failures = health.failures
    if poll.reason is not None:
        failures = {**failures, poll.reason: failures.get(poll.reason, 0) + 1}
    brought_something = poll.completeness is not Completeness.FAILED
    return replace(
        health,
        last_success_wall_s=poll.finished_s + poll.wall_s if brought_something else health.last_success_wall_s,
        finished_s=poll.finished_s,
        duration_s=poll.finished_s - poll.started_s,
        reason=poll.reason,
        failures=failures,
    )


def overrun(state: DeviceState, lane: Lane) -> DeviceState:
    """The state after a poll of `lane` was left out because the one before it had not ended."""
    health = state.lanes.get(lane, NEVER_POLLED)
    return replace(state, lanes={**state.lanes, lane: replace(health, overruns=health.overruns + 1)})


def judge(
    watched: Watched, state: DeviceState, *, wall_s: float, settle: bool = False
) -> tuple[DeviceState, tuple[Event, ...]]:
    """Derive the verdict from the two observations; an event where it changed, dated from its first evidence.

    `wall_s` is wall clock minus monotonic clock. After a restart the first verdict is held against the one remembered;
    where they differ it waits until both observations have spoken, or until it is to `settle` for what there is.
    """
    device = watched.device
    current = verdict(
        state.icmp.answer,
        state.snmp.answer,
        ping_configured=device.ping.method is not PingMethod.OFF,
        snmp_configured=device.snmp is not None,
    )
    before, told = state.verdict, state.before_restart
    if told is not None:
        if told.verdict is current:
            return replace(state, before_restart=None, verdict=current, verdict_since_wall_s=told.since_wall_s), ()
        if not settle and _is_half_seen(device, state):
            return state, ()
        state, before = replace(state, before_restart=None), told.verdict
    elif current is before:
        return state, ()
    at_wall_s = _evidence_s(state, current) + wall_s
    event = Event(
        kind=EventKind.DEVICE_STATE,
        subject=f"device:{device.id}",
        at_wall_s=at_wall_s,
        detail={
            "from": before.value,
            "to": current.value,
            "icmp": state.icmp.answer.value,
            "snmp": state.snmp.answer.value,
            "found_after_gap": told is not None,
        },
    )
    return replace(state, verdict=current, verdict_since_wall_s=at_wall_s), (event,)


def _is_half_seen(device: Device, state: DeviceState) -> bool:
    """Whether an observation that could change the verdict is still out."""
    if device.snmp is not None and state.snmp.answer is not Answer.NOT_OBSERVED:
        silent_alone = state.snmp.answer is Answer.SILENT and state.icmp.answer is Answer.NOT_OBSERVED
        return silent_alone and device.ping.method is not PingMethod.OFF
    return device.snmp is not None or state.icmp.answer is Answer.NOT_OBSERVED


def _evidence_s(state: DeviceState, current: DeviceVerdict) -> float:
    """When the verdict became true: down needs both to be silent, so the later; the others follow the newer change."""
    sinces = [one.since_s for one in (state.icmp, state.snmp) if one.since_s is not None]
    if current is DeviceVerdict.DOWN:
        silent = [o.since_s for o in (state.icmp, state.snmp) if o.answer is Answer.SILENT and o.since_s is not None]
        return max(silent, default=max(sinces, default=0.0))
    return max(sinces, default=0.0)


def grow_old(
    watched: Watched, state: DeviceState, *, now_s: float, wall_s: float, pace_s: Mapping[Lane, float]
) -> Folded:
    """What the mere passing of time changes: unobserved devices become unknown, stale counters are withdrawn.

    `pace_s` is the interval actually kept per lane, backoff included.
    """
    every = watched.device.every_s
    status_s = pace_s.get(Lane.STATUS, every[Lane.STATUS])
    icmp = age(state.icmp, now_s, pace_s.get(Lane.PING, every[Lane.PING]))
    snmp = age(state.snmp, now_s, status_s)
    traffic = state.traffic
    if traffic.totals and now_s - traffic.read_s > (MISSED_POLLS_TO_WITHDRAW + 0.5) * every[Lane.TRAFFIC]:
        traffic = InterfaceTraffic()
    settle = state.before_restart is not None and any(
        one.since_s is not None and now_s - one.since_s > INTERVALS_TO_UNKNOWN * status_s for one in (icmp, snmp)
    )
    if icmp is state.icmp and snmp is state.snmp and traffic is state.traffic and not settle:
        return Folded(state=state)
    aged, events = judge(watched, replace(state, icmp=icmp, snmp=snmp, traffic=traffic), wall_s=wall_s, settle=settle)
    return Folded(state=aged, events=events)


def fresh_until_s(watched: Watched, state: DeviceState, now_s: float) -> float:
    """Until when `grow_old` would change nothing, whatever the pace kept, which is never faster than the one asked for.

    What is observed meanwhile only makes it later: so most devices need not be looked at each second. What was not
    observed yet may be within an interval.
    """
    if state.before_restart is not None:
        return -inf
    every, icmp_s, snmp_s = watched.ground.device.every_s, state.icmp.last_s, state.snmp.last_s
    ping_s, status_s, traffic_s = every[Lane.PING], every[Lane.STATUS], every[Lane.TRAFFIC]
    return min(
        now_s + ping_s if icmp_s is None else icmp_s + INTERVALS_TO_UNKNOWN * ping_s,
        now_s + status_s if snmp_s is None else snmp_s + INTERVALS_TO_UNKNOWN * status_s,
        state.traffic.read_s + MISSED_POLLS_TO_WITHDRAW * traffic_s if state.traffic.totals else now_s + traffic_s,
    )


def blind(watched: Watched, state: DeviceState, *, at_s: float, wall_s: float) -> Folded:
    """Our own uplink is dark: nothing is known of this device from `at_s` on."""
    unseen = replace(state, icmp=unobserved(state.icmp, at_s), snmp=unobserved(state.snmp, at_s))
    advanced, events = judge(watched, unseen, wall_s=wall_s)
    return Folded(state=advanced, events=events)

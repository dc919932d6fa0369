"""What one SNMP poll says of the agent itself: the same boot as before, a reboot, or another box at the old address.

In: a poll's sysUpTime and engine figures. Out: the identity to hold the next poll against; after a reboot or a swap an
event, counters that begin anew, and an index map in doubt, because a boot is when rows are renumbered.
"""

from itertools import pairwise

from netwatch.core.device.ports import Ground, PortsFolded, doubted, number, octets, text
from netwatch.core.device.record import DeviceState, Identity, RowSigns
from netwatch.core.device.uptime import Continuity, advance, runs_on
from netwatch.core.events import Event, EventKind
from netwatch.core.model import Lane
from netwatch.core.observation import SnmpObservation
from netwatch.core.records import replace

UPTIME = "sys_uptime"  # most polls ask for nothing else of the agent itself
NOTHING_SAID = Identity()
JITTER_TICKS = 500  # between the processors of a chassis that answer in turn


def identify(ground: Ground, state: DeviceState, poll: SnmpObservation) -> PortsFolded:
    """Hold the poll's sysUpTime and engine figures against those before. In doubt, none of its rows are to be read."""
    said, before = poll.scalars, state.identity
    is_old_news = len(said) == 1 and runs_on(before, number(said.get(UPTIME)), elapsed_s=poll.read_s - before.at_s)
    if is_old_news and not _restarted_within(poll):
        return PortsFolded(state=state)
    reading = _reading(ground.charset, poll)
    identity, continuity = advance(state.identity, reading, elapsed_s=reading.at_s - state.identity.at_s)
    if continuity is not Continuity.SWAPPED and _restarted_within(poll):
        continuity = Continuity.REBOOTED
        identity = _begun_anew(identity, reading)
    advanced = state if identity is state.identity else replace(state, identity=identity)
    if not continuity.breaks_counters:
        return PortsFolded(state=advanced)
    event = _restart_event(ground.device.id, state.identity, reading, continuity, poll.wall_s)
    signs = RowSigns() if continuity is Continuity.SWAPPED else state.signs.forgotten()
    advanced = replace(advanced, counters_reset=True, interfaces=doubted(state.interfaces), signs=signs)
    return PortsFolded(state=advanced, events=(event,), doubt=True)


def at_another_address(state: DeviceState) -> DeviceState:
    """The inventory says that the device stands elsewhere: perhaps another box, so neither rows nor counters hold."""
    return replace(state, counters_reset=True, interfaces=doubted(state.interfaces), signs=state.signs.forgotten())


def _reading(charset: str, poll: SnmpObservation) -> Identity:
    said = poll.scalars
    if len(said) == 1 and UPTIME in said:
        return replace(NOTHING_SAID, uptime_ticks=number(said.get(UPTIME)), at_s=poll.read_s)
    return Identity(
        sys_descr=text(said.get("sys_descr"), charset),
        sys_object_id=text(said.get("sys_object_id"), charset),
        sys_name=text(said.get("sys_name"), charset),
        engine_id=octets(said.get("engine_id")),
        engine_boots=number(said.get("engine_boots")),
        engine_time_s=number(said.get("engine_time")),
        uptime_ticks=number(said.get(UPTIME)),
        at_s=poll.read_s,
    )


def _restarted_within(poll: SnmpObservation) -> bool:
    """Whether sysUpTime fell between two PDUs of one poll (a wrap of it here would be one in 497 days: a gap)."""
    if poll.pdus == 1 or poll.lane is Lane.DISCOVERY:  # a walk does not ask for it
        return False
    for table in poll.tables.values():
        told = dict.fromkeys(table.uptime_ticks)
        if len(told) < 2:  # all in one PDU
            continue
        ticks = [tick for tick in told if tick is not None]
        if any(later < earlier - JITTER_TICKS for earlier, later in pairwise(ticks)):
            return True
    return False


def _begun_anew(identity: Identity, reading: Identity) -> Identity:
    """The identity after a restart amid the poll, whose engine figures may still be those from before it."""
    return replace(
        identity,
        engine_boots=None,
        engine_time_s=None,
        uptime_ticks=reading.uptime_ticks,
        uptime_wraps=0,
        at_s=reading.at_s,
    )


def _restart_event(device: str, before: Identity, reading: Identity, continuity: Continuity, wall_s: float) -> Event:
    kind = EventKind.DEVICE_SWAPPED if continuity is Continuity.SWAPPED else EventKind.DEVICE_REBOOTED
    up_s = None if reading.uptime_ticks is None else reading.uptime_ticks / 100
    at_s = reading.at_s if up_s is None else max(reading.at_s - up_s, before.at_s)
    detail = {"engine_boots": reading.engine_boots, "uptime_seconds": up_s}
    return Event(kind=kind, subject=f"device:{device}", at_wall_s=at_s + wall_s, detail=detail)

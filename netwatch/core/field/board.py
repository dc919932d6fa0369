"""All field devices of the city: ports and checks in, one verdict each out, with the counts per service.

Only what a port, a check or a path has changed for is judged again, so a city of 50,000 cameras costs what changes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState
from netwatch.core.events import Event, EventKind
from netwatch.core.faults.lookout import AGENTS_REMEMBER_S
from netwatch.core.field.baseline import PortIngress, fold_row, recall, remember
from netwatch.core.field.checks import Asked, any_alive
from netwatch.core.field.doubt import FieldSight, SteadyPort, steady, wants_checks
from netwatch.core.field.ladder import judge
from netwatch.core.field.record import CheckState, FieldState
from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict, PortFacts, Reach
from netwatch.core.links.ends import ReceivedColumns, received_columns
from netwatch.core.links.port_seen import port_at, row_of, turned_rows
from netwatch.core.model import NOTHING, FieldDevice, PortRef
from netwatch.core.neighbours.poe import PoeStatus
from netwatch.core.records import replace
from netwatch.core.topology.graph import Topology

UNKNOWN = FieldVerdict()
NOTHING_FLOWED = PortIngress()
STREAM = "stream "  # what the keys of learned streams begin with; the port's text follows
HOME_AGAIN_S = 120.0  # a camera that was without power with its switch may take so long to start
BACK_AGAIN_S = 10.0  # one that was only cut off is asked again in this time
_OF_ITS_PORT = (FieldCause.CABLE_OR_PORT, FieldCause.NO_POWER)
_OF_ITSELF = (FieldCause.DEVICE_HUNG, FieldCause.STREAM_SILENT)


class Surveyor(Protocol):
    """What the board asks of the rest of the city about one field device."""

    is_blind: bool  # nothing can be known of anyone

    def reach(self, one: FieldDevice) -> Reach:
        """How its switch, and the way of its service, stand."""

    def elsewhere(self, mac: str) -> PortRef | None:
        """The edge port that a MAC is on."""

    def vendor_of(self, mac: str) -> str:
        """The vendor of a MAC; empty where there is none."""

    def was_read_since(self, device: str, since_wall_s: float) -> bool:
        """Whether the ports of a switch were read after a moment."""

    def is_heard_since(self, device: str, since_wall_s: float) -> bool:
        """Whether a switch has answered anything after a moment."""

    def has_restarted(self, device: str, *, within_s: float) -> bool:
        """Whether a switch has been up for less than so long."""

    def read_now(self, device: str) -> bool:
        """Ask for the ports of a switch; False where it is asked in vain."""


class FieldBoard:
    """What is held true of every field device."""

    def __init__(self) -> None:
        self._topology: Topology | None = None
        self.checks: dict[str, Mapping[str, CheckState]] = {}
        self._read: dict[str, PortFacts] = {}
        self._ports: dict[str, SteadyPort] = {}
        self._rows: dict[str, tuple[InterfaceMap, Sequence[tuple[str, PortRef, int | None]]]] = {}
        self._sights: dict[str, FieldSight] = {}
        self._dirty: dict[str, None] = {}
        self._doubting: dict[str, set[str]] = {}  # switch -> field devices whose port's new state awaits a second read
        self._back_since: dict[str, float] = {}  # field devices back within reach that have not been well since
        self._relit: set[str] = set()  # of those, the ones whose own port was dark: they may have been without power
        self._lost_since: dict[str, float] = {}  # field devices out of reach, or not well since they were
        self._passed_wall_s = 0.0  # up to when time was seen to pass
        self._recalled: dict[str, FieldVerdict] = {}  # what the daemon before this one told, until each is seen again
        self.ingress: dict[str, dict[str, PortIngress]] = {}  # switch -> port as the inventory calls it -> what flows
        self.verdicts: dict[str, FieldVerdict] = {}
        self.in_fault: dict[str, FieldVerdict] = {}
        self.counts: Counter[tuple[str, str, FieldCondition]] = Counter()

    def use(self, topology: Topology) -> None:
        """Watch these field devices. Verdicts stay by name."""
        inventory = topology.inventory
        self._topology = topology
        for kept in (
            self.checks,
            self._read,
            self._ports,
            self._sights,
            self._recalled,
            self._back_since,
            self._lost_since,
            self.verdicts,
            self.in_fault,
        ):
            for name in [name for name in kept if name not in inventory.field_devices]:
                del kept[name]
        self._relit &= inventory.field_devices.keys()
        self._rows = {}
        fields = inventory.field_devices
        self.counts = Counter(self._key(one, self.verdicts.get(name, UNKNOWN)) for name, one in fields.items())
        self._dirty = dict.fromkeys(fields)

    def recall(self, verdicts: Mapping[str, FieldVerdict]) -> None:
        """What the daemon before this one told."""
        self._recalled.update((name, verdict) for name, verdict in verdicts.items() if name in self._dirty)

    def learned(self, device: str) -> Mapping[str, tuple[float, float]]:
        """What the streams into a switch usually are, by port, for the store."""
        assert self._topology is not None, "use() comes first"
        fields = self._topology.inventory.field_devices
        ports = {fields[name].port for name in self._topology.fields_on.get(device, ())}
        names = {port.interface for port in ports if port is not None}
        known = ((name, one.baseline) for name, one in self.ingress.get(device, NOTHING).items() if name in names)
        return {f"{STREAM}{name}": remember(baseline) for name, baseline in known if baseline.credit}

    def recall_learned(self, device: str, learned: Mapping[str, Any]) -> None:
        """Take up what `learned` gave before the restart, among other things that others learned."""
        for key, told in learned.items():
            if key.startswith(STREAM) and isinstance(told, Sequence) and len(told) == 2:
                baseline = recall(float(told[0]), float(told[1]))
                self.ingress.setdefault(device, {})[key.removeprefix(STREAM)] = PortIngress(baseline=baseline)

    def touch(self, names: Iterable[str]) -> None:
        """Judge these again."""
        self._dirty.update(dict.fromkeys(names))

    def see_checks(self, name: str, state: FieldState) -> None:
        """A check of the field device was made."""
        assert self._topology is not None, "use() comes first"
        self.checks[name] = state.checks
        one = self._topology.inventory.field_devices[name]
        self._learn_of_power(name, state.checks)
        together = self._topology.fields_at.get(one.port, ()) if one.shared and one.port is not None else (name,)
        self._dirty.update(dict.fromkeys(together))

    def _learn_of_power(self, name: str, checks: Mapping[str, CheckState]) -> None:
        """One that answers while its port looks for somebody to feed has power of its own, whichever was seen first."""
        known = self._ports.get(name)
        if known is None or known.facts.poe is not PoeStatus.SEARCHING or known.facts.poe_fed is not None:
            return
        if known.facts.oper_up and any(check.up for check in checks.values()):
            self._ports[name] = replace(known, facts=replace(known.facts, poe_fed=False))

    def is_well(self, name: str) -> bool:
        """Whether it is fine, and no check that passes has just failed: the next one will tell."""
        verdict = self.verdicts.get(name)
        if verdict is None:
            return True
        checks = self.checks.get(name, NOTHING).values()
        return verdict.condition is FieldCondition.FINE and not any(
            check.failures and check.up is not False for check in checks
        )

    def is_in_doubt(self, device: str) -> bool:
        """Whether the next read of this switch's ports is waited for, even if it tells nothing new."""
        return bool(self._doubting.get(device))

    def let_time_pass(self, now_wall_s: float) -> None:
        """Judge again those that have had time enough to come home."""
        before_s, self._passed_wall_s = self._passed_wall_s, now_wall_s
        for time_s in (BACK_AGAIN_S, HOME_AGAIN_S):
            self.touch([name for name, at_s in self._back_since.items() if before_s < at_s + time_s <= now_wall_s])

    def see_device(self, device: str, before: DeviceState | None, after: DeviceState) -> None:
        """The switch told something new of its ports."""
        assert self._topology is not None, "use() comes first"
        names = self._topology.fields_on.get(device)
        if not names:
            return
        received = received_columns(after) if before is None or before.traffic is not after.traffic else None
        turned = None if before is None or self.is_in_doubt(device) else turned_rows(before, after)
        flows = self.ingress.setdefault(device, {})
        for name, port, row in self._watched(device, names, after.interfaces):
            if row is None:
                self._read.pop(name, None)
                self._ports.pop(name, None)
                self._dirty[name] = None
            elif (received and _count(flows, port.interface, received, row)) or turned is None or row in turned:
                self._note(name, port, after, row)

    def _watched(
        self, device: str, names: Iterable[str], interfaces: InterfaceMap
    ) -> Sequence[tuple[str, PortRef, int | None]]:
        """The field devices on a switch with their ports and the rows of these, worked out once per index map."""
        known = self._rows.get(device)
        if known is not None and known[0] is interfaces:
            return known[1]
        assert self._topology is not None, "use() comes first"
        fields = self._topology.inventory.field_devices
        ports = [(name, port) for name in names if (port := fields[name].port) is not None]
        watched = [(name, port, row_of(interfaces, port.interface)) for name, port in ports]
        self._rows[device] = interfaces, watched
        return watched

    def _note(self, name: str, port: PortRef, state: DeviceState, row: int) -> None:
        seen, sightings = port_at(state, row), state.sightings
        interface = state.interfaces.names[row]
        flowing = self.ingress[port.device].get(port.interface, NOTHING_FLOWED).flowing
        read = PortFacts(
            oper_up=seen.is_up,
            admin_up=seen.admin == 1 if seen.is_fresh and seen.admin is not None else None,
            since_wall_s=seen.since_wall_s,
            poe=sightings.poe.get(interface),
            macs=sightings.macs.get(interface) if sightings.macs is not None else None,
            ingress=flowing if seen.is_up else None,
        )
        steady_before = self._ports.get(name)
        if read == self._read.get(name) and (steady_before is None or steady_before.doubted_wall_s is None):
            return
        is_asked = read.poe is PoeStatus.SEARCHING  # else it does not matter whether it answers
        answers = is_asked and any(check.up for check in self.checks.get(name, NOTHING).values())
        self._read[name] = read
        known = self._ports[name] = steady(steady_before, read, read_wall_s=seen.read_wall_s, answers=answers)
        doubting = self._doubting.setdefault(port.device, set())
        (doubting.discard if known.doubted_wall_s is None else doubting.add)(name)
        self._dirty[name] = None

    def judge(
        self, surveyor: Surveyor, *, now_wall_s: float, ask: Callable[[str], None]
    ) -> tuple[tuple[Event, ...], tuple[str, ...]]:
        """Judge what changed: the events, and whose verdict is another one. `ask` is called where checks are wanted."""
        assert self._topology is not None, "use() comes first"
        dirty, self._dirty = self._dirty, {}
        fields = self._topology.inventory.field_devices
        events: list[Event] = []
        changed: list[str] = []
        for name in dirty:
            one, shown = fields[name], self.verdicts.get(name, UNKNOWN)
            reach = surveyor.reach(one)
            if self._look(one, reach, ask):
                self._back_since[name] = now_wall_s
            if reach is not Reach.REACHABLE:
                self._lost_since.setdefault(name, now_wall_s)
            verdict = self._verdict(one, reach, surveyor)
            if shown.condition is not FieldCondition.FAULT and self._awaits_port(one, verdict, surveyor):
                self._dirty[name] = None
                continue
            if name not in self._back_since and shown.cause in _OF_ITS_PORT and verdict.cause in _OF_ITSELF:
                self._relit.add(name)
                self._back_since[name] = now_wall_s
            elif name in self._relit and verdict.cause in _OF_ITS_PORT:
                self._is_home(name)
            back_s = self._back_since.get(name)
            if back_s is not None and self._has_had_its_time(one, surveyor, back_s, now_wall_s):
                self._is_home(name)
            if self._is_too_soon(one, verdict, reach):
                verdict = replace(UNKNOWN, evidence=(*verdict.evidence, "it is not, or only just, within reach"))
            events += self._tell(one, shown, verdict, now_wall_s)
            if verdict.condition is not shown.condition or verdict.cause is not shown.cause:
                changed.append(name)
        return tuple(events), tuple(changed)

    def _verdict(self, one: FieldDevice, reach: Reach, surveyor: Surveyor) -> FieldVerdict:
        if surveyor.is_blind:
            return replace(UNKNOWN, evidence=("netwatch itself is cut off",))
        return judge(
            one,
            self.checks.get(one.id, NOTHING),
            self.facts(one.id, one),
            reach,
            elsewhere=surveyor.elsewhere(one.mac) if one.mac is not None else None,
            vendor_of=surveyor.vendor_of,
        )

    def _tell(self, one: FieldDevice, shown: FieldVerdict, verdict: FieldVerdict, now_wall_s: float) -> list[Event]:
        """Keep the verdict, dated; the event where it is another than what was told, by whichever daemon."""
        told, after_gap = shown, False
        if one.id in self._recalled and verdict.condition is not FieldCondition.UNKNOWN:
            told, after_gap = self._recalled.pop(one.id), True
        events: list[Event] = []
        if verdict.condition is told.condition and verdict.cause is told.cause:
            dated = replace(verdict, since_wall_s=told.since_wall_s)
        else:
            dated = replace(verdict, since_wall_s=verdict.since_wall_s or now_wall_s)
            events = _events(one, told, dated, after_gap=after_gap)
        self._keep(one.id, one, shown, dated)
        return events

    def _is_too_soon(self, one: FieldDevice, verdict: FieldVerdict, reach: Reach) -> bool:
        """Whether what its checks say may be of the time when it was cut off."""
        if one.id in self._back_since and self._is_well_again(one, self._back_since[one.id]):
            self._is_home(one.id)
        if verdict.condition is not FieldCondition.FAULT or verdict.cause is FieldCause.MOVED:
            return False
        return reach is not Reach.REACHABLE or one.id in self._back_since

    def _has_had_its_time(self, one: FieldDevice, surveyor: Surveyor, back_s: float, now_s: float) -> bool:
        """Whether one that is back since `back_s` was asked again, and should answer by now."""
        passed_s = now_s - back_s
        if passed_s < BACK_AGAIN_S or one.port is None:
            return False
        failing = [check for check in self.checks.get(one.id, NOTHING).values() if check.up is False]
        if any(check.failed_wall_s is None or check.failed_wall_s < back_s for check in failing):
            return False  # what it was last asked, it was asked while it was cut off
        lost_s = now_s - self._lost_since.get(one.id, back_s)
        may_start = one.id in self._relit or surveyor.has_restarted(one.port.device, within_s=lost_s)
        return passed_s >= HOME_AGAIN_S or not may_start

    def _is_home(self, name: str) -> None:
        del self._back_since[name]
        self._lost_since.pop(name, None)
        self._relit.discard(name)

    def _is_well_again(self, one: FieldDevice, back_s: float) -> bool:
        """Whether all is well since it is back: one that starts answers echoes before its services do."""
        asked = Asked.of(one, self.checks.get(one.id, NOTHING))
        return asked.silent_since() is None and asked.answered_after(back_s)

    def _awaits_port(self, one: FieldDevice, verdict: FieldVerdict, surveyor: Surveyor) -> bool:
        """Whether its port is to be read first, or once more: a silent camera may have lost its light this minute."""
        by_silence = verdict.cause is FieldCause.DEVICE_HUNG or (
            one.shared and verdict.cause is FieldCause.CABLE_OR_PORT  # all that hang on the port are silent
        )
        if not by_silence or one.port is None or verdict.since_wall_s is None:
            return False
        switch, since_s = one.port.device, verdict.since_wall_s
        if not surveyor.is_heard_since(switch, since_s):
            surveyor.read_now(switch)
            return True  # it may be the switch that falls silent, or we
        if one.id not in self._read or self._read[one.id].oper_up is None:
            return False  # its switch tells nothing of it
        if verdict.cause is FieldCause.CABLE_OR_PORT and self._read[one.id].oper_up is False:
            return False  # the port itself says so
        if self._read[one.id].oper_up and surveyor.was_read_since(switch, since_s + AGENTS_REMEMBER_S):
            return False
        return surveyor.read_now(switch)

    def _keep(self, name: str, one: FieldDevice, before: FieldVerdict, verdict: FieldVerdict) -> None:
        self.verdicts[name] = verdict
        if verdict.condition is FieldCondition.FAULT:
            self.in_fault[name] = verdict
        else:
            self.in_fault.pop(name, None)
        if verdict.condition is not before.condition:
            service, district, condition = self._key(one, verdict)
            self.counts[service, district, before.condition] -= 1
            self.counts[service, district, condition] += 1

    def facts(self, name: str, one: FieldDevice) -> PortFacts | None:
        """What the switch tells of its port, as far as it is believed; None: it has none, or nothing is known of it."""
        known = self._ports.get(name)
        if known is None:
            return None
        if not one.shared or one.port is None:
            return known.facts
        assert self._topology is not None, "use() comes first"
        fields = self._topology.inventory.field_devices
        others = [other for other in self._topology.fields_at[one.port] if other != name]
        alive = any_alive([Asked.of(fields[other], self.checks.get(other, NOTHING)) for other in others])
        return replace(known.facts, others_alive=alive)

    def _look(self, one: FieldDevice, reach: Reach, ask: Callable[[str], None]) -> bool:
        """Ask for checks where they are in doubt; whether the field device is back within reach."""
        name = one.id
        sight = FieldSight(device=one, port=self._read.get(name), checks=self.checks.get(name, NOTHING), reach=reach)
        before = self._sights.get(name)
        self._sights[name] = sight
        if reach is not Reach.REACHABLE:
            self._back_since.pop(name, None)
            self._relit.discard(name)
        if before is None:
            return False
        if wants_checks(before, sight):
            ask(name)
        is_back = reach is Reach.REACHABLE and before.reach is not Reach.REACHABLE
        return is_back and (before.port is not None or bool(before.checks))  # it was seen before: this is no start

    def _key(self, one: FieldDevice, verdict: FieldVerdict) -> tuple[str, str, FieldCondition]:
        assert self._topology is not None, "use() comes first"
        return one.service or "", self._topology.inventory.sites[one.site].district, verdict.condition


def _count(flows: dict[str, PortIngress], port: str, received: ReceivedColumns, row: int) -> bool:
    """Bring what flows into a port forward; whether that is otherwise than before."""
    before = flows.get(port, NOTHING_FLOWED)
    after = flows[port] = fold_row(before, received, row)
    return after.flowing is not before.flowing


def _events(one: FieldDevice, before: FieldVerdict, after: FieldVerdict, *, after_gap: bool) -> list[Event]:
    """What is told of a changed verdict; that all is well after the start is no news."""
    if before.condition is FieldCondition.UNKNOWN and after.condition is FieldCondition.FINE:
        return []
    detail = {
        "from": before.condition.value,
        "to": after.condition.value,
        "cause": after.cause.value if after.cause is not None else None,
        "evidence": "; ".join(after.evidence),
        "found_after_gap": after_gap,
    }
    at_s = after.since_wall_s if after.since_wall_s is not None else 0.0
    kind = EventKind.FIELD_DEVICE_STATE
    return [Event(kind=kind, subject=f"field_device:{one.id}", at_wall_s=at_s, detail=detail)]

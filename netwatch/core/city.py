"""The whole city at once: devices and checks in, one after the other; links, rings, field devices and faults out.

`see_device` and `see_checks` note what is new and cost nothing where nothing is. `refold` then works out once what
follows from all of it: link and ring states, the causes of what is dark, the verdict on every field device concerned,
and the faults with what they cost. State stays by name over reloads.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.edge.ports import EdgeWatch
from netwatch.core.events import Event
from netwatch.core.faults.book import FaultBook, Found
from netwatch.core.faults.diagnosis import Cause, Diagnosis, FaultKind, diagnose, weighed
from netwatch.core.faults.dispatch import dispatch
from netwatch.core.faults.homecoming import TICKS_A_SECOND, Homecoming
from netwatch.core.faults.lookout import Lookout
from netwatch.core.faults.scene import Scene
from netwatch.core.faults.severity import severity
from netwatch.core.faults.suspects import Means
from netwatch.core.faults.vantage import View
from netwatch.core.field.board import FieldBoard
from netwatch.core.field.faults import field_causes
from netwatch.core.field.record import FieldState
from netwatch.core.field.verdict import FieldCondition, Reach
from netwatch.core.links.board import LinkBoard
from netwatch.core.links.port_seen import is_current
from netwatch.core.model import FieldDevice, Inventory, PortRef
from netwatch.core.neighbours.drift import Drift
from netwatch.core.neighbours.link_drift import Discrepancy
from netwatch.core.records import replace
from netwatch.core.topology.graph import Topology
from netwatch.core.topology.paths import Paths

ASKED_AGAIN_S = 3.0  # a port that was to be read is asked for again only then


@dataclass(frozen=True, slots=True, kw_only=True)
class CityNews:
    """What one `refold` brought."""

    events: tuple[Event, ...] = ()
    devices: tuple[str, ...] = ()  # of which another verdict is to be told, though they themselves said nothing new
    field_devices: tuple[str, ...] = ()  # whose verdict is another one
    ports_to_read: tuple[str, ...] = ()  # devices whose status is wanted now
    checks_to_make: tuple[str, ...] = ()  # field devices, likewise
    faults_changed: bool = False


class City:
    """Everything that more than one device has a part in."""

    def __init__(self, *, vendor_of: Callable[[str], str]) -> None:
        self._vendor_of = vendor_of
        self._states: Mapping[str, DeviceState] = {}
        self._lookout = Lookout()
        self._changed = True
        self._is_lit: bool | None = None
        self._believed: frozenset[tuple[Means, str]] = frozenset()
        self._cut: dict[tuple[str, ...], dict[str, str]] = {}  # anchors -> device -> subject of what cuts it off
        self._told_otherwise: dict[str, DeviceVerdict] = {}  # silent devices, of which "down" would say too much
        self._to_read: set[str] = set()
        self._asked_s: dict[str, float] = {}
        self._homecoming = Homecoming()
        self.topology = Topology(Inventory(city="", timezone="UTC", charset="utf-8", fingerprint="", files=()))
        self.diagnosis: Diagnosis = diagnose(self.topology, Scene())
        self._is_second_over = False
        self.is_blind = False  # it is we who are cut off, so that nothing can be known
        self.links = LinkBoard()
        self.fields = FieldBoard()
        self.edge = EdgeWatch(self.topology.inventory)
        self.drift = Drift()
        self.book = FaultBook()

    def use(
        self, inventory: Inventory, states: Mapping[str, DeviceState], *, now_wall_s: float = 0.0
    ) -> tuple[Event, ...]:
        """Watch this city. `states` is a live view of what is held true of each device."""
        self._states = states
        self.topology = Topology(inventory)
        self.links.use(self.topology)
        self.fields.use(self.topology)
        self.edge.use(inventory)
        self._lookout.use(self.topology, states)
        self._cut = {}
        for name in inventory.devices:
            self.fields.see_device(name, None, states.get(name, DeviceState()))
        self._changed = True
        return self.drift.use(inventory, now_wall_s)

    def see_device(self, name: str, before: DeviceState, after: DeviceState, *, wall_s: float) -> tuple[Event, ...]:
        """The device's state is another one; events of its edge ports. `wall_s`: wall clock minus monotonic clock."""
        self._lookout.wall_s = wall_s
        if before.verdict is not after.verdict:
            self._lookout.see(name, after)
            self._changed = True
            self.links.touch(name)
            self.fields.touch(self.topology.fields_on.get(name, ()))
        if self._homecoming.waits_for(name):
            self._homecoming.see(name, after, wall_s=wall_s)
        is_polled = before.status is not after.status
        if (name in self.diagnosis.wanted or name in self._lookout.parting.parted) and (
            is_polled or before.icmp is not after.icmp
        ):
            self._changed = True  # it was waited for
        if (
            (not is_polled or (before.status == after.status and is_current(before) is is_current(after)))
            and before.traffic is after.traffic
            and before.sightings is after.sightings
            and before.interfaces is after.interfaces
            and before.snmp.answer is after.snmp.answer
            and not self.fields.is_in_doubt(name)
        ):
            self.links.keep_up(name, before, after)
            return ()
        self.links.touch(name)
        self.fields.see_device(name, before, after)
        is_same = before.interfaces is after.interfaces and after.sightings.is_around_as(before.sightings)
        if is_same and before.status is after.status and not self.edge.is_outdated(name):
            return ()
        read_s = after.status.read_s
        events = self.edge.see(name, after, at_wall_s=wall_s + (read_s if read_s is not None else 0.0))
        if is_same and before.identity.sys_name == after.identity.sys_name:
            return events
        return (*events, *self.drift.see(name, after))

    def see_checks(self, name: str, state: FieldState) -> None:
        """A check of a field device was made."""
        self.fields.see_checks(name, state)
        self._changed = self._lookout.see_checks(name, state) or self._changed

    def note_asked(self, device: str, at_wall_s: float) -> None:
        """It was asked at once, since a trap told of a port towards it: if it does not answer, that says something."""
        self._lookout.asked_wall_s[device] = at_wall_s

    def let_time_pass(self, now_wall_s: float) -> None:
        """Once a second: what counts time counts it."""
        self.links.let_time_pass()
        self._changed = self._lookout.let_time_pass(now_wall_s) or self._changed
        self.fields.let_time_pass(now_wall_s)
        self._is_second_over = self.book.is_waiting  # it may be well by now, without any verdict being another
        if any(not cause.is_sure for cause in self.diagnosis.causes):
            self._changed = True

    def refold(self, view: View, *, now_wall_s: float) -> CityNews:
        """What follows from everything seen since the last time."""
        events, sees_other = self.links.fold(self._states, now_wall_s=now_wall_s)
        is_lit = view.is_lit
        is_due = now_wall_s >= self._lookout.parting.due_s
        if self._changed or sees_other or is_due or is_lit is not self._is_lit:
            self._is_lit, self._changed = is_lit, False
            was_blind = self.is_blind
            self._diagnose(now_wall_s)
            self.is_blind = any(cause.kind is FaultKind.VANTAGE for cause in self.diagnosis.causes)
            if self.is_blind is not was_blind:
                self.fields.touch(self.topology.inventory.field_devices)
            self._to_read |= self.diagnosis.wanted
            devices = self._see_through()
            is_changed = True
        else:
            devices, is_changed = (), False
        to_check: list[str] = []
        of_fields, field_devices = self.fields.judge(self, now_wall_s=now_wall_s, ask=to_check.append)
        of_faults: tuple[Event, ...] = ()
        if is_changed or field_devices or self._is_second_over:
            of_faults = self._tell_faults(now_wall_s)
            is_changed = True
        self._is_second_over = False
        settled = tuple(self._homecoming.settle(self.book))
        return CityNews(
            events=(*events, *of_fields, *of_faults, *settled),
            devices=devices,
            field_devices=field_devices,
            ports_to_read=self._due(now_wall_s),
            checks_to_make=tuple(to_check),
            faults_changed=is_changed or bool(settled),
        )

    def _diagnose(self, now_wall_s: float) -> None:
        links = self.links
        scene = self._lookout.scene(links.sights, links.broken, is_lit=self._is_lit, now_wall_s=now_wall_s)
        self.diagnosis = diagnose(self.topology, scene, believed=self._believed)
        sure = [cause.suspect for cause in self.diagnosis.causes if cause.is_sure]
        self._believed = frozenset(suspect for suspect in sure if suspect is not None)
        self._touch_cut()

    def verdict(self, device: str) -> DeviceVerdict:
        """What is told of a device: what it says itself, or that it cannot be reached, or cannot be known."""
        return self._told_otherwise.get(device) or self._states[device].verdict

    def as_told(self, device: str) -> DeviceState:
        """The state of a device, under the verdict that is told of it."""
        state, otherwise = self._states[device], self._told_otherwise.get(device)
        return state if otherwise is None else replace(state, verdict=otherwise)

    def _see_through(self) -> tuple[str, ...]:
        """Which silent devices are behind a fault instead of down, or cannot be known; those for which that is news."""
        before, dark = self._told_otherwise, {**self._lookout.parting.parted, **self._lookout.dark}
        if self.is_blind:
            self._told_otherwise = dict.fromkeys(dark, DeviceVerdict.UNKNOWN)
        else:
            told = self._told_subjects()
            self._told_otherwise = {
                name: DeviceVerdict.UNREACHABLE
                for cause in self.diagnosis.causes
                if cause.subject in told
                for name in cause.devices - cause.stopped
                if name in dark and cause.subject != f"device:{name}"
            }
        return tuple(name for name, _ in sorted(before.items() ^ self._told_otherwise.items()) if name in self._states)

    def _told_subjects(self) -> set[str]:
        """The causes that are sure, and those told before."""
        told = {cause.subject for cause in self.diagnosis.causes if cause.is_sure}
        return told | {fault.subject for fault in self.book.faults.values() if fault.is_open}

    def _touch_cut(self) -> None:
        """Judge anew what is on devices whose way to an anchor is closed, or open again.

        What is not sure yet cuts nobody off, unless it was told before.
        """
        inventory = self.topology.inventory
        told = self._told_subjects()
        paths = Paths(self.topology, self.diagnosis)
        anchored = {self.topology.anchors(service) for service in (None, *inventory.services)}
        for anchors in anchored:
            before = self._cut.get(anchors, {})
            now = {name: cause for name, cause in paths.cut_off(anchors).items() if cause in told}
            self._cut[anchors] = now
            for name in before.keys() ^ now.keys():
                self.fields.touch(self.topology.fields_on.get(name, ()))

    def _due(self, now_wall_s: float) -> tuple[str, ...]:
        wanted, self._to_read = self._to_read, set()
        due = [name for name in wanted if now_wall_s - self._asked_s.get(name, 0.0) >= ASKED_AGAIN_S]
        self._asked_s = {name: at_s for name, at_s in self._asked_s.items() if now_wall_s - at_s < ASKED_AGAIN_S}
        self._asked_s.update(dict.fromkeys(due, now_wall_s))
        return tuple(sorted(due))

    def reach(self, one: FieldDevice) -> Reach:
        """How the switch of a field device, and the way of its service, stand; `FieldBoard` asks."""
        if one.port is None:
            return Reach.REACHABLE
        device = one.port.device
        if device in self._cut.get(self.topology.anchors(one.service), ()):
            return Reach.CUT
        is_seen = device not in self._lookout.dark and device not in self._lookout.unseen
        return Reach.REACHABLE if is_seen else Reach.UNSEEN

    def elsewhere(self, mac: str) -> PortRef | None:
        return self.edge.locate(mac)

    def was_read_since(self, device: str, since_wall_s: float) -> bool:
        read_s = self._states[device].status.read_wall_s
        return read_s is not None and read_s >= since_wall_s

    def is_heard_since(self, device: str, since_wall_s: float) -> bool:
        return self._lookout.is_heard_since(device, since_wall_s)

    def has_restarted(self, device: str, *, within_s: float) -> bool:
        ticks = self._states[device].identity.uptime_ticks
        return ticks is not None and ticks < within_s * TICKS_A_SECOND

    def read_now(self, device: str) -> bool:
        if self._states[device].snmp.answer is not Answer.ANSWERS:
            return False
        self._to_read.add(device)
        return True

    def vendor_of(self, mac: str) -> str:
        return self._vendor_of(mac)

    def _tell_faults(self, now_wall_s: float) -> tuple[Event, ...]:
        inventory = self.topology.inventory
        causes = list(self.diagnosis.causes)
        lost = self._lost(causes)
        found = []
        for cause, affected in zip(causes, lost, strict=True):
            right = weighed(cause, {"": sum(affected.values())})
            found.append(self._found(right, affected))
        of_fields = field_causes(
            self.topology, self.fields.in_fault, now_wall_s=now_wall_s, window_s=self._lookout.window_s
        )
        found += [self._found(cause, Counter(map(self._place, cause.field_devices))) for cause in of_fields]
        found += [self._found(cause, Counter()) for cause in self._weakened(now_wall_s)]
        before = {name for name, fault in self.book.faults.items() if fault.is_open}
        events = self.book.fold(found, now_wall_s=now_wall_s, is_well=self._is_well)
        for name in before:
            fault = self.book.faults.get(name)
            if fault is not None and not fault.is_open:
                self._homecoming.expect(fault, inventory)
        return events

    def _lost(self, causes: list[Cause]) -> list[Counter[tuple[str, str]]]:
        """For each cause, the field devices out of service by it: those without a possible way."""
        lost: list[Counter[tuple[str, str]]] = [Counter() for _ in causes]
        place_of = {cause.subject: place for place, cause in enumerate(causes)}
        fields = self.topology.inventory.field_devices
        for anchors, cut in self._cut.items():
            for device, subject in cut.items():
                place = place_of.get(subject)
                if place is None:
                    continue
                for name in self.topology.fields_on.get(device, ()):
                    if self.topology.anchors(fields[name].service) == anchors and self._is_unreachable(name):
                        lost[place][self._place(name)] += 1
        return lost

    def _is_unreachable(self, name: str) -> bool:
        verdict = self.fields.verdicts.get(name)
        return verdict is not None and verdict.condition is FieldCondition.UNREACHABLE

    def _place(self, field_device: str) -> tuple[str, str]:
        one = self.topology.inventory.field_devices[field_device]
        return one.service or "", self.topology.inventory.sites[one.site].district

    def _found(self, cause: Cause, affected: Mapping[tuple[str, str], int]) -> Found:
        inventory = self.topology.inventory
        doubts = [_doubt(one) for one in self.drift.findings if one.link is not None and one.link in cause.links]
        return Found(
            cause=replace(cause, evidence=(*cause.evidence, *doubts)) if doubts else cause,
            severity=severity(inventory, cause, lost=sum(affected.values())),
            affected=affected,
            dispatch=dispatch(inventory, cause),
            place=district_of(self.topology, cause),
        )

    def _weakened(self, now_wall_s: float) -> Iterable[Cause]:
        """Links that carry traffic with members missing."""
        for name in sorted(self.links.short - self.links.broken):
            state = self.links.links[name]
            yield Cause(
                kind=FaultKind.REDUNDANCY_LOST,
                subject=f"link:{name}",
                since_wall_s=state.since_wall_s if state.since_wall_s is not None else now_wall_s,
                evidence=state.why,
                weakened=frozenset({name}),
            )

    def _is_well(self, cause: Cause) -> bool:
        """Whether everything the cause was about is seen again, and well."""
        if cause.kind is FaultKind.VANTAGE:
            return self._is_lit is True or (self._is_lit is None and len(self._lookout.dark) < len(self.topology.names))
        if self._is_lit is False:
            return False
        return (
            all(self._link_is_well(name) for name in cause.links | cause.weakened)
            and all(self._device_is_well(name) for name in cause.devices | cause.stopped)
            and all(self.fields.is_well(name) for name in cause.field_devices)
        )

    def _link_is_well(self, name: str) -> bool:
        """Lit; or not broken, between devices that are well, of which neither can tell of it."""
        link, sight = self.topology.links.get(name), self.links.sights.get(name)
        if link is None or (sight is not None and sight.is_lit):
            return True
        is_broken = sight is not None and sight.is_broken
        return not is_broken and self._device_is_well(link.a.device) and self._device_is_well(link.b.device)

    def _device_is_well(self, name: str) -> bool:
        known = name in self.topology.inventory.devices
        return not known or not (
            name in self._lookout.dark or name in self._lookout.mute or name in self._lookout.unseen
        )


def _doubt(found: Discrepancy) -> str:
    """That the inventory may be wrong just there."""
    return f"LLDP contradicts the inventory on {found.link}: it says {found.declared}, seen is {found.seen}"


def district_of(topology: Topology, cause: Cause) -> str:
    """The district of whatever the cause names; of a link or cable, that of the a end of its first link.

    As an alert is known by its district too, this is the same whatever the cause has broken by now.
    """
    inventory = topology.inventory
    prefix, _, name = cause.subject.partition(":")
    site: str | None = None
    if prefix == "site":
        site = name
    elif prefix == "field_device" and name in inventory.field_devices:
        site = inventory.field_devices[name].site
    elif prefix in ("device", "port"):
        device = inventory.devices.get(name if prefix == "device" else name.partition(" ")[0])
        site = device.site if device is not None else None
    else:
        named = {name} if prefix == "link" else topology.links_by_cable.get(name, ()) if prefix == "cable" else ()
        links = sorted(link for link in named or cause.links | cause.weakened if link in inventory.links)
        site = inventory.devices[inventory.links[links[0]].a.device].site if links else None
    return inventory.sites[site].district if site is not None and site in inventory.sites else ""

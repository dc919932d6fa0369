"""LLDP against the inventory: what differs for two readings in a row is told, what agrees again is taken back.

In: device by device, its state after its neighbours were read. Out: discrepancies, and events where they come and go.
The inventory itself is never changed by what is seen here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState
from netwatch.core.events import Event, EventKind
from netwatch.core.links.declared import DeclaredLinks, joints
from netwatch.core.model import Inventory
from netwatch.core.neighbours.far_end import Directory
from netwatch.core.neighbours.hearing import Ear, Hearing, Pair, pair_of
from netwatch.core.neighbours.link_drift import Discrepancy, DriftKind, LinkJudge, Settled, joined
from netwatch.core.neighbours.sightings import NEIGHBOURS, Neighbour

READINGS_TO_TELL = 2  # of one device, in a row

Key = str | Pair  # a link's id, or the two ports of an extra


@dataclass(slots=True)
class _Suspicion:
    """A discrepancy, and how often each device's readings have borne it out."""

    found: Discrepancy
    readings: Counter[str] = field(default_factory=Counter)
    is_told: bool = False

    @property
    def is_sure(self) -> bool:
        """Silence must be borne out by both ends: one alone is what a dead far end behind a converter looks like."""
        ends = 2 if self.found.kind is DriftKind.MISSING else 1
        return len(self.readings) >= ends and max(self.readings.values()) >= READINGS_TO_TELL


class _Words(NamedTuple):
    """What a device told of itself and heard, and how often the directory had changed by then."""

    neighbours: tuple[Neighbour, ...] | None
    interfaces: InterfaceMap
    oper: Sequence[int | None]
    sys_name: str
    chassis_id: str
    revision: int


class Drift:
    """`use` an inventory, then `see` each device when its neighbours were read. Costs what one device's ports cost."""

    def __init__(self) -> None:
        self._directory = Directory()
        self._hearing = Hearing(self._directory)
        self._inventory: Inventory | None = None
        self._declared: DeclaredLinks
        self._judge: LinkJudge
        self._suspicions: dict[Key, _Suspicion] = {}
        self._findings: tuple[Discrepancy, ...] | None = ()
        self._restored: set[Pair] = set()  # extras of before a restart, not read again yet
        self._settled: dict[str, _Words] = {}  # device -> what led to no discrepancy when it was last judged

    @property
    def findings(self) -> tuple[Discrepancy, ...]:
        """What is told now, by subject; the same tuple for as long as nothing changes."""
        if self._findings is None:
            told = (one.found for one in self._suspicions.values() if one.is_told)
            self._findings = tuple(sorted(told, key=lambda found: (found.subject, found.declared)))
        return self._findings

    def use(self, inventory: Inventory, now_wall_s: float) -> tuple[Event, ...]:
        """Hold what is heard against this inventory. What it says otherwise than before is suspected anew."""
        before = self._inventory.links if self._inventory is not None else {}
        self._inventory = inventory
        self._settled.clear()
        self._directory.use(inventory)
        self._hearing.use(inventory)
        self._declared = DeclaredLinks(inventory, self._directory)
        self._judge = LinkJudge(self._declared, self._hearing, self._directory)
        settled = [key for key in self._suspicions if not self._stands(key, before)]
        return tuple(event for key in settled for event in self._drop(key, now_wall_s))

    def restore(self, findings: Iterable[Discrepancy]) -> None:
        """What the daemon before this one had told, once an inventory is in use: it is told, and not told again."""
        for found in findings:
            key: Key | None = found.link
            if found.link is None and len(found.ports) == 2:
                key = pair_of(*found.ports)
                self._restored.add(key)
            if key is not None and self._is_about(key, found):
                self._suspicions[key] = _Suspicion(found, is_told=True)
                self._findings = None

    def see(self, device: str, state: DeviceState) -> tuple[Event, ...]:
        """What a device's state changes. Nothing, unless its neighbours were read again since it was last seen."""
        if self._inventory is None or device not in self._inventory.devices:
            return ()
        if self._settled.get(device) == self._words(state) and not self._restored:
            self._hearing.listen_again(device, state.sightings.read_wall_s[NEIGHBOURS])
            return ()
        self._directory.see(device, state)
        ear, before = Ear.of(state), self._hearing.ear(device)
        if ear is None or (before is not None and before.read_wall_s == ear.read_wall_s):
            return ()
        self._settled[device] = self._words(state)
        pairs = self._hearing.pairs_of(device)
        self._declared.rename(device)
        self._hearing.listen(device, ear)
        events = []
        for link in self._links_about(device, pairs | self._hearing.pairs_of(device)):
            outcome = self._judge.judge(self._declared.links[link])
            if isinstance(outcome, Discrepancy):
                events += self._suspect(link, outcome, device, ear.read_wall_s)
            elif outcome is Settled.CONFIRMED:
                events += self._drop(link, ear.read_wall_s)
        return (*events, *self._see_extras(device, ear, pairs))

    def _words(self, state: DeviceState) -> _Words:
        return _Words(
            state.sightings.neighbours,
            state.interfaces,
            state.status.oper,
            state.identity.sys_name,
            state.sightings.chassis_id,
            self._directory.revision,
        )

    def _links_about(self, device: str, pairs: Iterable[Pair]) -> list[str]:
        """The links that end at the device, or at a port that it hears or heard."""
        links = set(self._declared.of_device(device))
        links.update(link for pair in pairs for port in pair if (link := self._declared.at(port)) is not None)
        return sorted(links)

    def _see_extras(self, device: str, ear: Ear, before: frozenset[Pair]) -> list[Event]:
        """Joined ports of which neither is declared: where one is, its link tells of it."""
        events = []
        now = self._hearing.pairs_of(device)
        for pair in sorted(now, key=str):
            if self._is_extra(pair):
                events += self._suspect(pair, self._extra(pair), device, ear.read_wall_s)
            else:
                events += self._drop(pair, ear.read_wall_s)
        for gone in (before - now) | self._not_found_again(device, ear):
            events += self._drop(gone, ear.read_wall_s)
        return events

    def _not_found_again(self, device: str, ear: Ear) -> set[Pair]:
        """Restored extras that this reading would have shown. Each is asked for once."""
        now = self._hearing.pairs_of(device)
        seen = self._restored & now
        gone = {
            pair
            for pair in self._restored - now
            if any(end.device == device and ear.would_tell(end.interface) for end in pair)
        }
        self._restored -= seen | gone
        return gone

    def _is_extra(self, pair: Pair) -> bool:
        if any(self._declared.at(port) is not None for port in pair):
            return False
        one, other = pair
        return not any(self._judge.explains(link, pair) for link in self._declared.between(one.device, other.device))

    def _extra(self, pair: Pair) -> Discrepancy:
        return Discrepancy(
            kind=DriftKind.EXTRA,
            link=None,
            subject=f"port:{pair[0]}",
            declared="no link",
            seen=joined(*pair),
            evidence=tuple(sentence for port in pair for sentence in self._judge.evidence(port)),
            ports=frozenset(pair),
        )

    def _suspect(self, key: Key, found: Discrepancy, device: str, at_wall_s: float) -> list[Event]:
        """One more reading of the device, of which this is the outcome."""
        for end in (*found.ports, *(joints(self._declared.links[found.link])[0] if found.link is not None else ())):
            self._settled.pop(end.device, None)  # each reading of either end counts
        events = []
        one = self._suspicions.get(key)
        if one is None or (one.found.kind, one.found.seen) != (found.kind, found.seen):
            events += self._drop(key, at_wall_s)
            one = self._suspicions[key] = _Suspicion(found)
        if one.is_told or not self._bears_out(found, device):
            return events
        one.found = found
        one.readings[device] += 1
        if one.is_sure:
            one.is_told = True
            self._findings = None
            events.append(_event(found, at_wall_s, differs=True))
        return events

    def _bears_out(self, found: Discrepancy, device: str) -> bool:
        """Whether the device itself heard something of it now, rather than that it has not been heard since."""
        ear = self._hearing.ear(device)
        return ear is not None and (
            found.kind is DriftKind.MISSING
            or any(port.device == device and ear.heard.get(port.interface) for port in found.ports)
        )

    def _drop(self, key: Key, at_wall_s: float) -> list[Event]:
        """It is suspected no longer."""
        one = self._suspicions.pop(key, None)
        if one is None or not one.is_told:
            return []
        self._findings = None
        return [_event(one.found, at_wall_s, differs=False)]

    def _stands(self, key: Key, before: Mapping[str, object]) -> bool:
        """Whether a suspicion outlives the change of the inventory."""
        if isinstance(key, str):
            return key in self._declared.links and self._declared.links[key] == before.get(key)
        return (key in self._hearing.pairs or key in self._restored) and self._is_extra(key)

    def _is_about(self, key: Key, found: Discrepancy) -> bool:
        """Whether a finding of before a restart is still about something of the inventory."""
        if isinstance(key, str):
            link = self._declared.links.get(key)
            return link is not None and found.declared in {joined(*joint) for joint in joints(link)}
        assert self._inventory is not None
        return all(port.device in self._inventory.devices for port in key) and self._is_extra(key)


def _event(found: Discrepancy, at_wall_s: float, *, differs: bool) -> Event:
    detail: dict[str, str | bool] = {
        "kind": found.kind.value,
        "differs": differs,
        "declared": found.declared,
        "seen": found.seen,
        "evidence": "; ".join(found.evidence),
    }
    return Event(kind=EventKind.TOPOLOGY_DRIFT, subject=found.subject, at_wall_s=at_wall_s, detail=detail)

"""Who is seen: the verdicts on devices and the answers of what hangs on them in, the scene for `diagnosis` out.

Also what tells how much a silence is worth: when a neighbour's ports were last read, whether a device is only just
back, whether something behind a silent one still answers. Times are UTC epoch seconds.
"""

from collections.abc import Collection, Mapping

from netwatch.core.cadence import BACKOFF_INTERVALS
from netwatch.core.device.reachability import SNMP_REPROBES, Answer
from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.faults.parting import Parting, Told
from netwatch.core.faults.scene import End, LinkSight, Scene, said_by
from netwatch.core.field.record import FieldState
from netwatch.core.model import Inventory, Lane
from netwatch.core.topology.graph import Topology

PATIENCE_S = 3.0  # beyond the slowest ping and the slowest silence, for an answer newer than the darkness
LONGEST_SILENCE_S = 45.0  # of one agent with a timeout of minutes nobody is to wait for
AGENTS_REMEMBER_S = 5.0  # net-snmp, for one, reads its ports anew only every few seconds
ECHOES_MISSED = 3  # of what is behind a silent device, until nothing proves that it forwards
_SEEN = (DeviceVerdict.UP, DeviceVerdict.DEGRADED)


class Lookout:
    """Keeps `dark`, `mute` and `unseen` as the verdicts change."""

    def __init__(self) -> None:
        self._topology: Topology
        self._states: Mapping[str, DeviceState] = {}
        self._alive: dict[str, float] = {}  # switch -> when something on it last answered
        self._forwarding_since: dict[str, float] = {}  # silent devices -> when something behind them first answered
        self._seen_since: dict[str, float] = {}  # devices that came to be seen lately
        self.dark: dict[str, float] = {}  # silent in all that is asked of them -> since
        self.mute: dict[str, float] = {}  # their agent alone is silent -> since
        self.unseen: set[str] = set()
        self.parting = Parting()
        self.asked_wall_s: dict[str, float] = {}  # devices asked because a port towards them was told of -> when
        self.wall_s = 0.0  # wall clock minus monotonic clock
        self.window_s = 0.0
        self.patience_s = self.beginning_s = 0.0
        self._forgotten_s = 0.0
        self._began_wall_s: float | None = None
        self._was_blind = False

    def use(self, topology: Topology, states: Mapping[str, DeviceState]) -> None:
        """Look at these devices; `states` is a live view."""
        self._topology, self._states = topology, states
        _ = topology.whole, topology.reliance  # worked out with the inventory, not with the first fault
        self.dark, self.mute, self.unseen, self._forwarding_since = {}, {}, set(), {}
        inventory = topology.inventory
        for name in inventory.devices:
            self.see(name, states.get(name, DeviceState()))
        every = [device.every_s for device in inventory.devices.values()]
        status_s = max((every_s[Lane.STATUS] for every_s in every), default=10.0)
        ping_s = max((every_s[Lane.PING] for every_s in every), default=5.0)
        self.window_s = 1.5 * status_s + ping_s
        self._forgotten_s = ECHOES_MISSED * max(ping_s, inventory.settings.field_ping_every_s)
        self.patience_s = ping_s + _silence_s(inventory) + PATIENCE_S
        self.beginning_s = self.patience_s + BACKOFF_INTERVALS * status_s  # in our own darkness all were backed off

    def see(self, name: str, state: DeviceState) -> None:
        """The verdict on the device is another one: dark, mute, unseen, or well."""
        was_seen = name not in self.dark and name not in self.unseen
        self.dark.pop(name, None)
        self.mute.pop(name, None)
        self._forwarding_since.pop(name, None)
        self.unseen.discard(name)
        since_s = state.verdict_since_wall_s or 0.0
        if state.verdict is DeviceVerdict.DOWN:
            self.dark[name] = since_s
            if self._alive.get(name, 0.0) > since_s:
                self._forwarding_since[name] = self._alive[name]
        elif state.verdict is DeviceVerdict.DEGRADED and state.snmp.answer is Answer.SILENT:
            self.mute[name] = since_s
        elif state.verdict not in _SEEN:
            self.unseen.add(name)
        if state.verdict in _SEEN and not was_seen:
            self._seen_since[name] = since_s
        elif state.verdict not in _SEEN:
            self._seen_since.pop(name, None)

    def see_checks(self, name: str, state: FieldState) -> bool:
        """A check of a field device was made; whether that shows a silent switch to be forwarding."""
        port = self._topology.inventory.field_devices[name].port
        answered = [check.answered_wall_s for check in state.checks.values() if check.answered_wall_s is not None]
        if port is None or not answered:
            return False
        newest_s = self._alive[port.device] = max(self._alive.get(port.device, 0.0), *answered)
        dark_s = self.dark.get(port.device)
        if dark_s is None or newest_s <= dark_s:
            return False
        self._forwarding_since.setdefault(port.device, newest_s)
        return True

    def is_heard_since(self, name: str, since_wall_s: float) -> bool:
        """Whether the device answered an echo or a poll after a moment, and missed none since."""
        state = self._states[name]
        return any(
            seen.answer is Answer.ANSWERS
            and not seen.run
            and seen.last_s is not None
            and seen.last_s + self.wall_s >= since_wall_s
            for seen in (state.icmp, state.snmp)
        )

    def let_time_pass(self, now_wall_s: float) -> bool:
        """Who came to be seen long enough ago is just seen; whether a silent device is no longer known to forward."""
        long_ago_s = now_wall_s - self._forgotten_s
        over = [
            name
            for name in self._forwarding_since
            if self._alive.get(name, 0.0) < long_ago_s and not self._is_heard_behind(name, long_ago_s)
        ]
        for name in over:
            del self._forwarding_since[name]
        self._seen_since = {n: at_s for n, at_s in self._seen_since.items() if at_s > now_wall_s - self.patience_s}
        long_ago_s = now_wall_s - self.patience_s
        self.asked_wall_s = {name: at_s for name, at_s in self.asked_wall_s.items() if at_s > long_ago_s}
        return bool(over)

    def scene(
        self,
        sights: Mapping[str, LinkSight],
        broken: Collection[str],
        *,
        is_lit: bool | None,
        now_wall_s: float,
    ) -> Scene:
        """What is seen now."""
        if self._began_wall_s is None or (self._was_blind and is_lit is not False):
            self._began_wall_s = now_wall_s  # who sees again begins anew: who is silent is found out one by one
        self._was_blind = is_lit is False
        for name, since_s in self.dark.items():
            proof_s = max(since_s + PATIENCE_S, now_wall_s - self._forgotten_s)
            if name not in self._forwarding_since and self._leads_on(name, proof_s, sights):
                self._forwarding_since[name] = now_wall_s
        self._part(sights, broken, now_wall_s)
        beside = self._beside(broken)
        parted = self.parting.parted
        return Scene(
            dark={**parted, **self.dark},
            mute={name: since_s for name, since_s in self.mute.items() if name not in parted},
            unseen=frozenset(self.unseen),
            forwarding=frozenset(self._forwarding_since),
            links=sights,
            broken=frozenset(broken),
            read_wall_s=self._read_wall_s(beside),
            telling_since_wall_s=self._telling_since_wall_s(beside),
            alive_wall_s=self._alive_wall_s(beside),
            in_vain_wall_s=self._in_vain_wall_s(),
            seen_since_wall_s={**self._seen_since, **self._forwarding_since},
            observed=len(self._topology.names) - len(self.unseen),
            is_lit=is_lit,
            now_wall_s=now_wall_s,
            watched_since_wall_s=self._began_wall_s,
            window_s=self.window_s,
            beginning_s=self.beginning_s,
            patience_s=self.patience_s,
            memory_s=AGENTS_REMEMBER_S,
        )

    def _part(self, sights: Mapping[str, LinkSight], broken: Collection[str], now_wall_s: float) -> None:
        """Find who is cut off by what ports tell."""
        told = Told(
            sights=sights,
            broken=broken,
            silent=self.dark,
            unseen=self.unseen,
            asked_wall_s=self.asked_wall_s,
            heard_since=self.is_heard_since,
            now_wall_s=now_wall_s,
            patience_s=self.patience_s,
        )
        before = self.parting.parted
        self.parting.look(self._topology, told)
        for name in before.keys() - self.parting.parted.keys() - self.dark.keys():
            self._seen_since[name] = now_wall_s  # just back, though it was never proven to be away

    def _leads_on(self, name: str, since_wall_s: float, sights: Mapping[str, LinkSight]) -> bool:
        """Whether a silent device forwards: what hangs on it alone has answered since, and no neighbour denies it."""
        if not self._is_heard_behind(name, since_wall_s):
            return False
        links = [(link, self._topology.links[link]) for link in self._topology.links_of.get(name, ())]
        told = [
            said_by(self._topology.other_end(link, name), one, sights[link]) for link, one in links if link in sights
        ]
        return End.DOWN not in told

    def _is_heard_behind(self, name: str, since_wall_s: float) -> bool:
        behind = self._topology.reliance.get(name, frozenset())
        return any(one not in self.dark and self.is_heard_since(one, since_wall_s) for one in behind)

    def _read_wall_s(self, beside: Collection[str]) -> Mapping[str, float]:
        """When the ports of the devices beside whatever is dark or broken were last read."""
        read = ((name, self._states[name].status.read_wall_s) for name in beside if name in self._states)
        return {name: read_s for name, read_s in read if read_s is not None}

    def _telling_since_wall_s(self, beside: Collection[str]) -> Mapping[str, float]:
        """Since when the agents beside whatever is dark or broken have answered."""
        told = {name: self._states[name].snmp for name in beside if name in self._states}
        return {
            name: snmp.since_s + self.wall_s
            for name, snmp in told.items()
            if snmp.answer is Answer.ANSWERS and snmp.since_s is not None
        }

    def _alive_wall_s(self, beside: Collection[str]) -> Mapping[str, float]:
        """When the devices beside whatever is dark or broken last answered an echo, and missed none since."""
        alive = {}
        for name in beside:
            icmp = self._states[name].icmp if name in self._states else None
            if icmp is not None and icmp.answer is Answer.ANSWERS and icmp.last_s is not None:
                alive[name] = icmp.last_s + self.wall_s if not icmp.run else float("-inf")
        return alive

    def _in_vain_wall_s(self) -> Mapping[str, float]:
        """When silent agents, of devices that live, were last asked in vain; by echo, where that is silent as well.

        Never, once one has answered again, though it takes a second answer to be back.
        """
        asked = {}
        for name in (*self._forwarding_since, *self.mute):
            state = self._states[name]
            seen = state.icmp if state.icmp.answer is Answer.SILENT else state.snmp
            begins = state.icmp.run or state.snmp.run
            asked[name] = float("-inf") if begins or seen.last_s is None else seen.last_s + self.wall_s
        return asked

    def _beside(self, broken: Collection[str]) -> set[str]:
        """The devices next to whatever is dark or broken, and those that are mute."""
        topology = self._topology
        beside = {topology.other_end(link, name) for name in self.dark for link in topology.links_of.get(name, ())}
        beside |= self.mute.keys()
        for link in broken:
            beside |= {topology.links[link].a.device, topology.links[link].b.device}
        return beside


def _silence_s(inventory: Inventory) -> float:
    """How long it takes until an agent that says nothing is known to be silent: polls in a row, with their retries."""
    asked = [device.snmp for device in inventory.devices.values() if device.snmp is not None]
    polls_s = [one.timeout_s * (one.retries + 1) * (1 + SNMP_REPROBES) for one in asked]
    return min(max(polls_s, default=0.0), LONGEST_SILENCE_S)

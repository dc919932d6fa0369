"""A world watched by the real folding of devices, cameras and the city, in virtual time: polls come when they come.

Every device is asked on its own beat; what is silent costs a timeout; hints are followed. So parents are polled after
their children, and a port is read before or after the light in it went out, as chance has it.
"""

import heapq
from dataclasses import replace
from itertools import count

from netwatch.core.city import City
from netwatch.core.device.reachability import REPROBES, Answer, Reachability
from netwatch.core.device.record import DeviceState
from netwatch.core.device.state import fold
from netwatch.core.errors import Reason
from netwatch.core.events import EventKind
from netwatch.core.faults.vantage import View
from netwatch.core.field.record import FieldState, fold_check
from netwatch.core.model import Lane
from netwatch.core.observation import PingObservation
from netwatch.core.surroundings import watched_devices
from tests.proof.sight import EVERY_S
from tests.proof.world import ADMIN_DOWN, DOWN, FIELD, UP, Broken
from tests.unit.core.polled import WALL_S, Port, Switch, failed

TICK_S, SECOND_S = 0.1, 1.0
ECHO_TIMEOUT_S, POLL_TIMEOUT_S, REPLY_S = 1.0, 6.0, 0.05
CAMERA_EVERY_S = 30.0
DARK = View(canaries={"canary:192.0.2.1": Reachability(answer=Answer.SILENT, since_s=0.0)})
LIT = View(canaries={"canary:192.0.2.1": Reachability(answer=Answer.ANSWERS, since_s=0.0)})


class Watch:
    """`run(until_s)` lets the city live; `breaks` and `mends` change it in between."""

    def __init__(self, world, inventory, chance, *, tells_changes=0.5):
        self.world, self.chance = world, chance
        self.watched = watched_devices(inventory)
        self.states = {name: DeviceState() for name in inventory.devices}
        self.cameras = {name: FieldState() for name in inventory.field_devices}
        self.city = City(vendor_of=lambda _mac: "")
        self.city.use(inventory, self.states)
        self.agents = {name: self._agent(name, chance.random() < tells_changes) for name in self.states}
        self.broken, self.dead = Broken(world, []), set()
        self.reached = self.broken.reached(world.roots)
        self.now_s, self.events, self.reports, self.view = 0.0, [], [], LIT
        self._due, self._turn, self._under_way, self._changed = [], count(), set(), False
        for name in self.states:
            self._at(chance.uniform(0.0, 2.0), self._poll, name, Lane.DISCOVERY)
            self._at(chance.uniform(4.0, 4.0 + EVERY_S[Lane.PING]), self._beat_ping, name)
            self._at(chance.uniform(3.0, 3.0 + EVERY_S[Lane.STATUS]), self._beat_status, name)
        for name in self.cameras:
            self._at(chance.uniform(3.0, 3.0 + CAMERA_EVERY_S), self._beat_camera, name)
        self._at(SECOND_S, self._second)

    def _agent(self, name, tells_changes):
        ports = sorted(set(self._ports_of(name)), key=lambda port: int(port[1:]))
        rows = {port[1:]: Port(port.encode(), last_change=1 if tells_changes else None) for port in ports}
        return Switch(ports=rows, if_number=None, last_change=None, boots=None, engine_id=None)

    def _ports_of(self, name):
        world = self.world
        yield from (port[1] for line in world.lines.values() for port in (line.a, line.b) if port[0] == name)
        yield from (port[1] for port, _ in world.fields.values() if port[0] == name)

    # what happens

    def breaks(self, *failures):
        """From now on just these are broken."""
        before = self.broken
        self.broken = Broken(self.world, failures)
        self.dead = {one.name for one in failures if one.kind == FIELD}
        self.reached = self.broken.reached(self.world.roots)
        for name, agent in self.agents.items():
            if name in before.off and name not in self.broken.off:
                agent.reboot(self.now_s)
            for index, port in agent.ports.items():
                self._set_light(name, agent, port, f"p{index}")

    def mends(self):
        self.breaks()

    def _set_light(self, name, agent, port, interface):
        place = (name, interface)
        if place in self.world.line_at:
            light = self.broken.light(place)
        else:
            here = [camera for camera, (at, _) in self.world.fields.items() if at == place]
            light = DOWN if any(camera in self.dead for camera in here) else UP
        oper, admin = (1 if light == UP else 2), (2 if light == ADMIN_DOWN else 1)
        if oper != port.oper and port.last_change is not None:
            port.last_change = agent.uptime(self.now_s)
        port.oper, port.admin = oper, admin

    # when

    def run(self, until_s):
        tick_s = self.now_s
        while self._due and self._due[0][0] <= until_s:
            tick_s = max(tick_s, self._due[0][0]) + TICK_S
            while self._due and self._due[0][0] <= tick_s:
                self.now_s, _, work, arguments = heapq.heappop(self._due)
                work(*arguments)
            self.now_s = tick_s
            self._refold()
        self.now_s = until_s

    def _at(self, at_s, work, *arguments):
        heapq.heappush(self._due, (at_s, next(self._turn), work, arguments))

    def _second(self):
        self.city.let_time_pass(self.now_s + WALL_S)
        self._at(self.now_s + SECOND_S, self._second)

    def _refold(self):
        news = self.city.refold(self.view, now_wall_s=self.now_s + WALL_S)
        self.events += news.events
        self.reports.append((self.now_s, news))
        for name in news.ports_to_read:
            self._poll(name, Lane.STATUS)
        for name in news.checks_to_make:
            self._echo_camera(name)

    # who is asked

    def _beat_ping(self, name):
        self._echo(name, 0)
        self._at(self.now_s + EVERY_S[Lane.PING], self._beat_ping, name)

    def _beat_status(self, name):
        self._poll(name, Lane.STATUS)
        self._at(self.now_s + EVERY_S[Lane.STATUS], self._beat_status, name)

    def _beat_camera(self, name):
        self._echo_camera(name)
        self._at(self.now_s + CAMERA_EVERY_S, self._beat_camera, name)

    def _echo(self, name, attempt):
        is_lost = name not in self.reached or name in self.broken.deaf
        echo = self._echoed(f"device:{name}", is_lost, attempt)
        self._at(self.now_s + (ECHO_TIMEOUT_S if is_lost else REPLY_S), self._fold, name, echo)

    def _echo_camera(self, name):
        (device, _), _ = self.world.fields[name]
        is_lost = name in self.dead or device not in self.reached
        echo = self._echoed(f"field_device:{name}", is_lost, 0)
        self._at(self.now_s + (ECHO_TIMEOUT_S if is_lost else REPLY_S), self._fold_camera, name, echo)

    def _echoed(self, subject, is_lost, attempt):
        rtt_s, reason = (None, Reason.TIMEOUT) if is_lost else (0.001, None)
        return PingObservation(
            subject=subject, at_s=self.now_s, wall_s=WALL_S, rtt_s=rtt_s, reason=reason, attempt=attempt
        )

    def _poll(self, name, lane):
        if (name, lane) in self._under_way or self.watched[name].device.snmp is None:
            return
        self._under_way.add((name, lane))
        is_mute = name in self.broken.deaf or name in self.broken.mute
        if name not in self.reached or is_mute:
            poll = failed(lane, self.now_s + POLL_TIMEOUT_S)
            self._at(self.now_s + POLL_TIMEOUT_S, self._polled, name, replace(poll, device=name))
            return
        agent, epoch = self.agents[name], self.states[name].interfaces.epoch
        poll = agent.status(self.now_s, epoch) if lane is Lane.STATUS else agent.discovery(self.now_s)
        self._at(self.now_s + REPLY_S, self._polled, name, replace(poll, device=name))

    def _polled(self, name, poll):
        self._under_way.discard((name, poll.lane))
        self._fold(name, poll)

    # what is made of it

    def _fold(self, name, seen):
        before = self.states[name]
        folded = fold(self.watched[name], before, seen)
        self.states[name] = folded.state
        self.events += [*folded.events, *self.city.see_device(name, before, folded.state, wall_s=WALL_S)]
        if folded.wants.echoes_apart_s is not None:
            for attempt in range(1, REPROBES + 1):
                self._at(self.now_s + attempt * folded.wants.echoes_apart_s, self._echo, name, attempt)
        for lane in folded.wants.look_at:
            self._poll(name, lane)

    def _fold_camera(self, name, echo):
        self.cameras[name], events = fold_check(name, self.cameras[name], echo)
        self.events += events
        self.city.see_checks(name, self.cameras[name])

    # what is told

    def open_faults(self):
        return [fault for fault in self.city.book.faults.values() if fault.is_open]

    @staticmethod
    def wall_s(at_s):
        return at_s + WALL_S

    def told(self, kind=EventKind.FAULT_OPENED):
        return [event for event in self.events if event.kind is kind]

"""A city in motion: failures and driven rates in, the state of every agent and every port's true total out.

Synchronous, time is an argument (seconds since the simulation's start). Sockets and clocks are `server`'s.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from functools import partial
from types import MappingProxyType

from netwatch.core.model import FieldDevice, PortRef
from netwatch.simulate.announce import Announcement, Said
from netwatch.simulate.camera import Camera, camera_of
from netwatch.simulate.city import CANARIES, City
from netwatch.simulate.city_agents import DELIVERING, DOWN, RECEIVED, SEARCHING, SENT, UP, CityAgent, make_agent
from netwatch.simulate.equipment import Equipment
from netwatch.simulate.flow import STILL, Rate
from netwatch.simulate.mib import Arcs
from netwatch.simulate.surroundings import Surroundings
from netwatch.simulate.traffic import port_rates
from netwatch.simulate.wire import packed
from netwatch.simulate.world import WAYS, Consequences, How, UnknownSubjectError, Wiring

DIRECTIONS = {"in": RECEIVED, "out": SENT}
POWERED_BY_PORT = "cctv"  # the other kinds have a supply of their own


class Door(Enum):
    """What a TCP connection to a field device meets."""

    OPEN = "open"  # its services answer
    HUNG = "hung"  # its kernel accepts, and nobody ever answers
    DARK = "dark"  # nothing comes back


class LivingCity:
    """The one owner of a simulated city's changing state.

    `city` is the city as it was built, and as its inventory has it; `standing` is what stands there now.
    """

    def __init__(self, city: City) -> None:
        self.city = self.standing = city
        self.wiring = Wiring(city)
        self.failed: dict[str, How] = {}
        self.agents: dict[str, CityAgent] = {device.id: make_agent(device) for device in city.devices.values()}
        self.state: Consequences = self.wiring.consequences({})
        self._rows = {
            PortRef(device=device.id, interface=port.name): row
            for device in city.devices.values()
            for row, port in enumerate(device.ports)
        }
        self._wired = dict.fromkeys((*self.wiring.links_by_port, *self.wiring.fields_by_port))  # ports ever used
        self._driven: set[tuple[PortRef, int]] = set()
        self._announced: list[Announcement] = []
        self._hosts = {packed(device.address): ("device", device.id) for device in city.devices.values()}
        self._hosts |= {
            packed(thing.address): ("field_device", thing.id)
            for thing in city.field_devices.values()
            if thing.address is not None
        }
        self._hosts |= {packed(address): ("canary", address) for address in CANARIES}
        self._cameras = {
            packed(thing.address): camera_of(thing)
            for thing in city.field_devices.values()
            if thing.address is not None
        }
        self._begin()

    def _begin(self) -> None:
        """Everything has been running since each device's boot."""
        rates = port_rates(self.city, self.state)
        self._look_around()
        for port in self._wired:
            agent, row = self.agents[port.device], self._rows[port]
            agent.oper[row] = UP
            for direction, rate in zip((RECEIVED, SENT), rates.get(port, (STILL, STILL)), strict=True):
                agent.flow(row, direction, 0.0).change(rate, 0.0, total=int(-agent.boot * rate.steady))

    def fail(self, subject: str, t: float, *, how: How | None = None) -> str:
        """Let a subject fail; returns its canonical form. UnknownSubjectError when there is none such."""
        known = self.wiring.subject(subject)
        ways = WAYS[known.partition(":")[0]]
        if how is not None and how not in ways:
            raise UnknownSubjectError(f"{known} cannot fail by {how}; it can by {', '.join(ways)}")
        self.failed[known] = how or ways[0]
        self._settle(t)
        return known

    def restore(self, subject: str, t: float) -> str:
        """Mend a subject that was let fail. UnknownSubjectError when it had not failed."""
        known = self.wiring.subject(subject)
        if known not in self.failed:
            raise UnknownSubjectError(f"{known} has not failed")
        del self.failed[known]
        self._settle(t)
        return known

    def restore_all(self, t: float) -> int:
        """Mend everything; returns how many subjects had failed."""
        number = len(self.failed)
        self.failed.clear()
        self._settle(t)
        return number

    def exchange(self, field_device: str, mac: str, t: float) -> None:
        """Another box stands where this one stood. UnknownSubjectError when there is none such."""
        self._stand(replace(self._field_device(field_device), mac=mac), t)

    def move(self, field_device: str, port: PortRef, t: float) -> None:
        """Plug a field device into another port. UnknownSubjectError for no such thing, or no such port."""
        self._row(port)
        self._stand(replace(self._field_device(field_device), port=port), t)

    def take_announced(self) -> list[Announcement]:
        """What the switches have had to tell since this was asked last, and what of it can be heard."""
        announced, self._announced = self._announced, []
        return [one for one in announced if self.state.answers(one.device)]

    def _field_device(self, name: str) -> FieldDevice:
        return self.standing.field_devices[self.wiring.subject(f"field_device:{name}").partition(":")[2]]

    def _stand(self, thing: FieldDevice, t: float) -> None:
        things = MappingProxyType({**self.standing.field_devices, thing.id: thing})
        self.standing = replace(self.standing, field_devices=things)
        self.wiring = Wiring(self.standing)
        self._wired |= dict.fromkeys(self.wiring.fields_by_port)
        self._settle(t)

    def drive(self, port: PortRef, t: float, *, direction: str, octets_per_second: float) -> None:
        """From t on this port counts at exactly this rate, whatever the city does. UnknownSubjectError for no port."""
        row = self._row(port)
        which = DIRECTIONS[direction]
        self.agents[port.device].flow(row, which, t).change(Rate(octets_per_second), t)
        self._driven.add((port, which))

    def truth(self, port: PortRef, t: float, *, direction: str) -> int:
        """The octets that had passed a port at time t, past or present; what an answer at t said, to the octet."""
        return self.agents[port.device].flow(self._row(port), DIRECTIONS[direction], t).total(t)

    def echoes(self, address: bytes) -> bool:
        """Whether a host answers an echo. A hung camera does, a hung switch does not."""
        kind, name = self._hosts.get(address, ("", ""))
        if kind == "device":
            return self.state.answers(name)
        return kind == "canary" or (kind == "field_device" and name not in self.state.dead_fields)

    def door(self, field_device: str) -> Door:
        """What a TCP connection to this field device meets now."""
        if field_device in self.state.dead_fields:
            return Door.DARK
        return Door.HUNG if field_device in self.state.hung_fields else Door.OPEN

    def doors(self) -> Mapping[str, Door]:
        """Address -> door, for every field device with a service to connect to."""
        return {
            thing.address: self.door(thing.id)
            for thing in self.city.field_devices.values()
            if thing.address is not None and any(check.kind != "ping" for check in thing.checks)
        }

    def camera(self, address: bytes) -> Camera:
        """How the field device at an address answers. KeyError when there is none."""
        return self._cameras[address]

    def _row(self, port: PortRef) -> int:
        row = self._rows.get(port)
        if row is None:
            self.wiring.subject(f"port:{port}")
            raise UnknownSubjectError(f"the city has no port {str(port)!r}")
        return row

    def _settle(self, t: float) -> None:
        """Bring every agent to what the failures now mean."""
        before, self.state = self.state, self.wiring.consequences(self.failed)
        for device in before.dead - self.state.dead:
            self.agents[device].reboot(t)
            self._announced.append(Announcement(device, Said.COLD_START))
        for device, agent in self.agents.items():
            agent.silent = not self.state.answers(device)
        rates = port_rates(self.standing, self.state)
        self._look_around()
        for port in self._wired:
            agent, row = self.agents[port.device], self._rows[port]
            dark = port in self.state.down_ports or port.device in self.state.dead or not self._is_used(port)
            if agent.set_oper(row, DOWN if dark else UP, t):
                self._announced.append(Announcement(port.device, Said.LINK_DOWN if dark else Said.LINK_UP, row))
            for direction, rate in zip((RECEIVED, SENT), rates.get(port, (STILL, STILL)), strict=True):
                flow = agent.flow(row, direction, t)
                if (port, direction) not in self._driven and (flow.steady, flow.swing) != (rate.steady, rate.swing):
                    flow.change(rate, t)

    def _is_used(self, port: PortRef) -> bool:
        return port in self.wiring.links_by_port or port in self.wiring.fields_by_port

    def _look_around(self) -> None:
        """Let every agent see what is around and in it now, and every port know whether it feeds something."""
        feeding = frozenset(port for port in self._wired if self._feeds(port))
        around = Surroundings(self.standing, self._rows, self.state)
        inside = Equipment(self.standing, self._rows, self.state, feeding)
        for device, agent in self.agents.items():
            agent.around = partial(_told, device, around, inside)
            agent.look_again()
        for port in self._wired:
            agent, row = self.agents[port.device], self._rows[port]
            if row < len(agent.power):
                agent.set_power(row, DELIVERING if port in feeding else SEARCHING)

    def _feeds(self, port: PortRef) -> bool:
        things = (self.standing.field_devices[thing] for thing in self.wiring.fields_by_port.get(port, ()))
        return any(thing.kind == POWERED_BY_PORT and thing.id not in self.state.unpowered_fields for thing in things)


def _told(device: str, around: Surroundings, inside: Equipment) -> Mapping[Arcs, bytes]:
    return around.of(device) | inside.of(device)

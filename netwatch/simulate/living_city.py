"""A city in motion: failures and driven rates in, the state of every agent and every port's true total out.

Synchronous, time is an argument (seconds since the simulation's start). Sockets and clocks are `server`'s.
"""

from collections.abc import Mapping
from enum import Enum

from netwatch.core.model import PortRef
from netwatch.simulate.camera import Camera, camera_of
from netwatch.simulate.city import CANARIES, City
from netwatch.simulate.city_agents import DOWN, RECEIVED, SENT, UP, CityAgent, make_agent
from netwatch.simulate.flow import STILL, Rate
from netwatch.simulate.traffic import port_rates
from netwatch.simulate.wire import packed
from netwatch.simulate.world import WAYS, Consequences, How, UnknownSubjectError, Wiring

DIRECTIONS = {"in": RECEIVED, "out": SENT}


class Door(Enum):
    """What a TCP connection to a field device meets."""

    OPEN = "open"  # its services answer
    HUNG = "hung"  # its kernel accepts, and nobody ever answers
    DARK = "dark"  # nothing comes back


class LivingCity:
    """The one owner of a simulated city's changing state."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.wiring = Wiring(city)
        self.failed: dict[str, How] = {}
        self.agents: dict[str, CityAgent] = {device.id: make_agent(device) for device in city.devices.values()}
        self.state: Consequences = self.wiring.consequences({})
        self._rows = {
            PortRef(device=device.id, interface=port.name): row
            for device in city.devices.values()
            for row, port in enumerate(device.ports)
        }
        self._wired = (*self.wiring.links_by_port, *self.wiring.fields_by_port)
        self._driven: set[tuple[PortRef, int]] = set()
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
        for device, agent in self.agents.items():
            agent.silent = not self.state.answers(device)
        rates = port_rates(self.city, self.state)
        for port in self._wired:
            agent, row = self.agents[port.device], self._rows[port]
            dark = port in self.state.down_ports or port.device in self.state.dead
            agent.set_oper(row, DOWN if dark else UP, t)
            for direction, rate in zip((RECEIVED, SENT), rates.get(port, (STILL, STILL)), strict=True):
                flow = agent.flow(row, direction, t)
                if (port, direction) not in self._driven and (flow.steady, flow.swing) != (rate.steady, rate.swing):
                    flow.change(rate, t)

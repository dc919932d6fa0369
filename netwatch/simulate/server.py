"""A running simulation: agents on their addresses, echo responders, TCP listeners, and the clock they share.

`Simulation` is used in process by tests and by `serving.serve`. Starting needs a running event loop; nothing else does.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from pathlib import Path

from netwatch.core.model import PortRef
from netwatch.simulate.agent import Agent, from_recording
from netwatch.simulate.announce import datagram
from netwatch.simulate.answers import Answers
from netwatch.simulate.camera import reply_to
from netwatch.simulate.city import City
from netwatch.simulate.living_city import LivingCity
from netwatch.simulate.recording import read
from netwatch.simulate.tcp import TcpFace
from netwatch.simulate.wire import UdpFace, packed
from netwatch.simulate.world import How, UnknownSubjectError

NEVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where a simulation listens, and whom it tells. 0 lets the kernel choose (UDP only); None leaves it out."""

    snmp: int = 1161
    echo: int | None = 7007
    tcp: int | None = 7554
    traps_to: tuple[str, int] | None = None  # an IPv4 address and port: switches tell it of what befalls them


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From `after_s` after the call on, this many octets per second."""

    after_s: float
    octets_per_second: float


class Simulation:
    """Agents by address, and the city behind them where there is one. Building is inert."""

    def __init__(
        self,
        agents: Mapping[str, Agent],
        *,
        ports: Ports,
        communities: frozenset[bytes] = frozenset({b"public"}),
        city: LivingCity | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.city = city
        self._community = min(communities)
        self._traps_to = ports.traps_to
        self.answers = Answers(communities=communities)
        self._clock = clock
        self._origin = clock()
        self.started_at = time.time()  # the epoch second of simulation time 0
        self._agents = {packed(address): agent for address, agent in agents.items()}
        self._steps: list[tuple[float, int, PortRef, str, float]] = []
        self._serial = count()
        self._next_step = NEVER
        self._snmp = UdpFace(self._answer, port=ports.snmp)
        self._faces: list[UdpFace | TcpFace] = [self._snmp]
        self._faces.extend(
            UdpFace(self._answer, port=ports.snmp, address=address) for address in agents if ":" in address
        )
        self._echo = None if ports.echo is None else UdpFace(self._echoed, port=ports.echo)
        self._tcp = None if city is None or ports.tcp is None else TcpFace(city.doors(), self._served, port=ports.tcp)
        if self._echo is not None:
            self._faces.append(self._echo)
        if self._tcp is not None:
            self._faces.append(self._tcp)

    @property
    def snmp_port(self) -> int:
        return self._snmp.port

    @property
    def echo_port(self) -> int | None:
        return self._echo.port if self._echo else None

    @property
    def counts(self) -> Counter[str]:
        """What became of the datagrams that were not simply answered."""
        total = Counter(self.answers.counts)
        for face in self._faces:
            total.update(face.counts)
        return total

    def now(self) -> float:
        """Simulation time: seconds since it was built, never stepping."""
        return self._clock() - self._origin

    def start(self) -> None:
        """Open every socket. OSError when a port is taken; then nothing stays open."""
        try:
            for face in self._faces:
                face.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Close every socket. Harmless when stopped."""
        for face in self._faces:
            face.stop()

    def fail(self, subject: str, *, how: How | None = None) -> str:
        """Let a subject fail now; returns its canonical form. UnknownSubjectError when there is none such."""
        known = self._living().fail(subject, self.now(), how=how)
        self._settled()
        return known

    def restore(self, subject: str) -> str:
        """Mend a failed subject now."""
        known = self._living().restore(subject, self.now())
        self._settled()
        return known

    def restore_all(self) -> int:
        """Mend everything; returns how many subjects had failed."""
        number = self._living().restore_all(self.now())
        self._settled()
        return number

    def exchange(self, field_device: str, mac: str) -> None:
        """Put another box in a field device's place now."""
        self._living().exchange(field_device, mac, self.now())

    def move(self, field_device: str, port: PortRef) -> None:
        """Plug a field device into another port now."""
        self._living().move(field_device, port, self.now())
        self._settled()

    def drive(self, port: PortRef, steps: Sequence[Step], *, direction: str = "in") -> None:
        """Let a port count at known rates, each exactly from its own moment on."""
        now = self.now()
        self.truth(port, self.started_at + now, direction=direction)  # UnknownSubjectError now rather than later
        for step in steps:
            planned = (now + step.after_s, next(self._serial), port, direction, step.octets_per_second)
            heappush(self._steps, planned)
        self._advance(now)

    def truth(self, port: PortRef, at: float, *, direction: str = "in") -> int:
        """The octets that had passed a port at epoch second `at`, which must not lie in the future."""
        self._advance(self.now())
        return self._living().truth(port, at - self.started_at, direction=direction)

    def _advance(self, now: float) -> None:
        """Apply the steps that are due, each at its own planned moment."""
        while self._steps and self._steps[0][0] <= now:
            at, _, port, direction, rate = heappop(self._steps)
            self._living().drive(port, at, direction=direction, octets_per_second=rate)
        self._next_step = self._steps[0][0] if self._steps else NEVER

    def _living(self) -> LivingCity:
        if self.city is None:
            raise UnknownSubjectError("recordings stand alone: there is no city in which something could fail")
        return self.city

    def _settled(self) -> None:
        """Something has changed: let it be met at the doors, and told by the switches."""
        if self._tcp is not None and self.city is not None:
            self._tcp.turn(self.city.doors())
        announced = self.city.take_announced() if self.city is not None else []
        if self.city is None or self._traps_to is None:
            return
        for one in announced:
            agent = self.city.agents[one.device]
            told = datagram(agent, one, self.now(), community=self._community)
            self._snmp.send(told, packed(agent.device.address), self._traps_to)

    def _answer(self, datagram: bytes, address: bytes) -> bytes | None:
        agent = self._agents.get(address)
        if agent is None:
            return None
        now = self.now()
        if now >= self._next_step:
            self._advance(now)
        return self.answers.answer(agent, datagram, now)

    def _served(self, address: str, request: bytes) -> bytes | None:
        return reply_to(request, self._living().camera(packed(address)), self.started_at + self.now())

    def _echoed(self, payload: bytes, address: bytes) -> bytes | None:
        if self.city is not None:
            return payload if self.city.echoes(address) else None
        return payload if address in self._agents else None


def simulate_city(city: City, *, ports: Ports | None = None, community: bytes = b"public") -> Simulation:
    """A simulation of a generated city."""
    living = LivingCity(city)
    agents = {city.devices[device].address: agent for device, agent in living.agents.items()}
    return Simulation(agents, ports=ports or Ports(), communities=frozenset({community}), city=living)


def serve_recordings(
    recordings: Mapping[str, Path], *, ports: Ports | None = None, community: bytes = b"public", living: bool = False
) -> Simulation:
    """A simulation of recorded agents, `address -> file`. RecordingError when a file cannot be used."""
    agents = {address: from_recording(read(path), living=living) for address, path in recordings.items()}
    return Simulation(agents, ports=ports or Ports(), communities=frozenset({community}))

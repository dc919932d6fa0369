"""Simulated switches in a process of their own: devices and a folder as arguments, ports as JSON on standard output.

`--awake` keeps senders from paying for its waking.

Writes the inventory of the switches into the folder, and beside it `secured.yaml`, by which the same switches are asked
by SNMPv3. Reads control lines: `silence N` takes the last N switches off
the network (SNMP and echo) at once, `wake` brings all back, `count` does neither. Each is answered by the monotonic
second it was done at, and by the SNMP requests those switches got since the line before, per tenth of a second.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

import uvloop

from netwatch.simulate.city import City
from netwatch.simulate.city_text import inventory_files
from netwatch.simulate.growth import generate
from netwatch.simulate.living_city import LivingCity
from netwatch.simulate.server import Ports, Simulation
from netwatch.simulate.wire import packed
from netwatch.snmp import ber
from netwatch.snmp.ciphers import PrivProtocol
from netwatch.snmp.digests import AuthProtocol
from netwatch.snmp.keys import KeyRing, User
from tests.secured import Engine

SMALLEST_CITY = 4
SLICE_S = 0.1
NAP_S = 0.0005
COMMUNITY = ber.integer(1) + ber.octets(b"public")
PASSWORD = b"bench-password"
USER = User(
    name=b"netwatch",
    auth=AuthProtocol.SHA256,
    auth_password=PASSWORD,
    priv=PrivProtocol.AES128,
    priv_password=PASSWORD,
)
CREDENTIALS = """credentials:
  field:
    version: 3
    user: netwatch
    auth: {protocol: SHA-256, password: {file: secured}}
    priv: {protocol: AES-128, password: {file: secured}}"""


class Fleet(Simulation):
    """A simulation whose hosts can fall silent by the thousand, and which knows when who was asked."""

    def __init__(self, city: City) -> None:
        living = LivingCity(city)
        agents = {city.devices[device].address: agent for device, agent in living.agents.items()}
        super().__init__(agents, ports=Ports(snmp=0, echo=0, tcp=None), city=living)
        self.dark: frozenset[bytes] = frozenset()
        self.requests: Counter[int] = Counter()  # by tenth of a second, from those who are or were dark
        self.watched: frozenset[bytes] = frozenset()
        self._ring = KeyRing()
        self._engines: dict[bytes, Engine] = {}

    def _answer(self, datagram: bytes, address: bytes) -> bytes | None:
        if address in self.watched:
            self.requests[int(time.monotonic() / SLICE_S)] += 1
        if address in self.dark:
            return None
        if datagram.startswith(b"\x02\x01\x03", 4 if datagram[1] == 0x82 else 3 if datagram[1] == 0x81 else 2):
            return self._engine(address).answer(datagram, lambda pdu: self._respond(pdu, address))
        return super()._answer(datagram, address)

    def _engine(self, address: bytes) -> Engine:
        if address not in self._engines:
            self._engines[address] = Engine(b"\x80\0\x1f\x88\1" + address[-4:], [USER], ring=self._ring)
        return self._engines[address]

    def _respond(self, pdu: bytes, address: bytes) -> bytes | None:
        """As the switch answers SNMPv2c, without the community."""
        answer = super()._answer(ber.tlv(ber.SEQUENCE, COMMUNITY + pdu), address)
        if answer is None:
            return None
        _, start, _ = ber.read_tlv(answer, 0, len(answer))
        return answer[start + len(COMMUNITY) :]

    def _echoed(self, payload: bytes, address: bytes) -> bytes | None:
        return None if address in self.dark else super()._echoed(payload, address)

    def silence(self, devices: int) -> None:
        hosts = list(self.city.city.devices.values())
        self.dark = self.watched = frozenset(packed(host.address) for host in hosts[-devices:])

    def wake(self) -> None:
        self.dark = frozenset()


def fleet(devices: int) -> City:
    """Switches alone, all of one make with 28 ports and ifIndex from 1 on. The few upstream ones have more."""
    return generate(switches=max(devices, SMALLEST_CITY), ports=28, cameras_per_switch=0, vendors=("dasan",))


def write_inventory(city: City, folder: Path, ports: Ports) -> None:
    for name, text in inventory_files(city, ports=ports).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
    text, count = re.subn(r"(?m)^credentials:\n  field: .*$", CREDENTIALS, (folder / "inventory.yaml").read_text())
    assert count == 1
    (folder / "secured.yaml").write_text(text)
    (folder / "secured").write_bytes(PASSWORD)


async def serve(devices: int, folder: Path, *, awake: bool) -> None:
    city = fleet(devices)
    simulation = Fleet(city)
    simulation.start()
    ports = {"snmp_port": simulation.snmp_port, "echo_port": simulation.echo_port}
    write_inventory(city, folder, Ports(snmp=simulation.snmp_port, echo=simulation.echo_port, tcp=None))
    print(json.dumps(ports), flush=True)
    staying_awake = asyncio.create_task(stay_awake()) if awake else None
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async for line in reader:
        verb, *count = line.decode().split()
        if verb == "silence":
            simulation.silence(int(count[0]))
        elif verb == "wake":
            simulation.wake()
        print(json.dumps({"at_s": time.monotonic(), "requests": simulation.requests}), flush=True)
        simulation.requests.clear()
    if staying_awake is not None:
        staying_awake.cancel()


async def stay_awake() -> None:
    """Look for datagrams every NAP_S, and be woken by none: to wake a process costs 14 µs of whoever sends to it.

    No network does that to a manager, so it belongs into nobody's figures; nor does the heat of a core that spins
    beside the measured one. The wait is what a datagram takes through a city.
    """
    while True:
        time.sleep(NAP_S)  # noqa: ASYNC251 - asleep outside of the loop's own wait, which is what a datagram would end
        await asyncio.sleep(0)


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]), awake="--awake" in sys.argv[3:]))

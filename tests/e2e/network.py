"""A simulated network behind a test's daemon, in a thread of its own: a test may block, the agents answer."""

import asyncio
import threading
from pathlib import Path

from netwatch.core.model import PortRef
from netwatch.simulate.flow import Rate
from netwatch.simulate.server import Ports, Simulation
from netwatch.snmp.ber import oid_content

COMMUNITY = "c0mmun1ty-canary-5d1f"
# a walk happens when it is asked for: one by the clock, at any moment of a test, would bring what was told once again
EVERY = {"ping": "1s", "status": "1s", "traffic": "1s", "health": "10s", "discovery": "30d"}
KERNELS_CHOICE = Ports(snmp=0, echo=0, tcp=None)


class Network:
    """One Simulation. Everything that touches it runs on its own loop."""

    def __init__(self, build):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated network", daemon=True)
        self._thread.start()
        self._build = build
        self.simulation: Simulation = self.call(build)
        self.call(self.simulation.start)

    def call(self, work, *args, **kwargs):
        async def run():
            return work(*args, **kwargs)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(60)

    def close(self):
        self.call(self.simulation.stop)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    @property
    def snmp_port(self):
        return self.simulation.snmp_port

    @property
    def echo_port(self):
        return self.simulation.echo_port

    def fail(self, subject):
        self.call(self.simulation.fail, subject)

    def restore(self, subject):
        self.call(self.simulation.restore, subject)

    def drive(self, device, interface, steps):
        self.call(self.simulation.drive, PortRef(device=device, interface=interface), steps)

    def truth(self, device, interface, at):
        return self.call(self.simulation.truth, PortRef(device=device, interface=interface), at)


def set_counter(network, agent, oid, total):
    """Let a living counter of a recorded agent stand still at `total`; on the wire it is cut to the object's width."""
    living = agent.cells[agent.view.position(oid_content(oid))]
    network.call(lambda: agent.flows[living.source].change(Rate(), network.simulation.now(), total=total))


def write_inventory(folder: Path, network, devices, *, every=None, ping=None, timeout="300ms", more=""):
    """An inventory of these devices, id -> address or a whole YAML record; its path."""
    (folder / "secrets").mkdir(exist_ok=True)
    secret = folder / "secrets" / "field"
    if not secret.exists():
        secret.write_text(COMMUNITY)
        secret.chmod(0o600)
    paces = ", ".join(f"{lane}: {pace}" for lane, pace in {**EVERY, **(every or {})}.items())
    records = "".join(
        f"  {identity}: {record if record.startswith('{') else f'{{site: hall, address: {record}}}'}\n"
        for identity, record in devices.items()
    )
    ping = ping or f"udp/{network.echo_port}"
    path = folder / "inventory.yaml"
    path.write_text(
        "city: Yangju\n"
        "timezone: Asia/Seoul\n"
        "credentials:\n"
        "  field: {version: 2c, community: {file: secrets/field}, insecure: true}\n"
        f"defaults: {{snmp: {{credential: field, port: {network.snmp_port}, timeout: {timeout}, retries: 1}}, "
        f"every: {{{paces}}}, ping: {ping}}}\n"
        "sites:\n  hall: {name: 시청, district: 중앙동}\n"
        f"devices:\n{records}{more}"
    )
    return path

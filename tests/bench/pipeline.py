"""The whole pipeline, wire to page: devices per CPU-second, against others asking the same agents.

365 values a device: the 13 columns of the traffic lane at 28 ports, and sysUpTime. 100 devices in flight, no waiting
for due times. Counters are written out by the page, so every sweep ends with one page of all devices: each poll is
written out once. PDUs are held to the size of a row's name, as an agent would that has proven no larger one. Every row
is taken in one run, the sweeps of the prototype between our own: the pace of a shared machine drifts by a tenth within
minutes. Sending and receiving in the kernel is in all of them.
"""

import asyncio
import http.client
import importlib.util
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median
from types import ModuleType

import uvloop
from prometheus_client import CollectorRegistry

from netwatch.audit.committer import Committer
from netwatch.audit.store import Store
from netwatch.collect.agent import Agent
from netwatch.collect.asking import asking
from netwatch.collect.requests import Shared
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import NOTHING, Inventory, Lane
from netwatch.engine import Engine
from netwatch.expose.heap import Heap
from netwatch.expose.pages import Pages
from netwatch.expose.selection import EVERYTHING
from netwatch.inventory import load
from netwatch.profiles.load import load_profiles, plan_for
from netwatch.snmp import batch, ber
from netwatch.snmp.mux import Mux
from netwatch.snmp.template import Kind, Template
from tests.bench.harness import (
    ROOT,
    Agents,
    arguments,
    cores,
    cpu_s,
    note,
    on_core,
    simulated_agents,
    stay_on_core,
    table,
)

IN_FLIGHT = 100
SIZES = (50, 200)  # values in a PDU: as an agent is first asked, and as one that has proven large ones
WARM_UP_ROUNDS = 2  # the first poll is read strictly, and begins the counters
PROTOTYPE = Path(os.environ.get("NETWATCH_PROTOTYPE", ROOT.parent / "shared/prototype/strict_get.py"))
EXPORTER = Path("/usr/bin/prometheus-snmp-exporter")
COLUMNS = {
    **{f"1.3.6.1.2.1.2.2.1.{number}": f"if{number}" for number in (13, 14, 19, 20)},
    **{f"1.3.6.1.2.1.31.1.1.1.{number}": f"ifX{number}" for number in (6, 7, 8, 9, 10, 11, 12, 13, 19)},
}
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
OIDS = [SYS_UPTIME, *(f"{column}.{row}" for row in range(1, 29) for column in COLUMNS)]
CREDENTIALS = b"\x02\x01\x01\x04\x06public"  # version 2c and community, encoded


class Rows:
    """What the engine asks of `collect`, without its scheduler."""

    def __init__(self, agents: Mapping[str, Agent]) -> None:
        self._agents = agents

    def echo_again(self, subject: str, *, in_s: float, attempt: int) -> None:
        """Nobody is pinged here."""

    def look_now(self, device: str, lane: Lane) -> None:
        """Every lane is polled in its turn."""

    def check_now(self, field_device: str) -> None:
        """There are none."""

    def use_rows(self, device: str, interfaces: InterfaceMap) -> None:
        self._agents[device].use_rows(interfaces)

    def pace_s(self, _device: str) -> Mapping[Lane, float]:
        return NOTHING


class Pipeline:
    """Agents, mux, engine and pages, as the daemon wires them."""

    def __init__(self, inventory: Inventory, store: Store) -> None:
        profiles, shared = load_profiles(), Shared()
        self.mux = Mux()
        self.agents: dict[str, Agent] = {}
        for device in inventory.devices.values():
            assert device.snmp is not None
            agent = Agent(
                device.id,
                asking(device, device.snmp),
                plan_for(device, profiles),
                shared=shared,
                max_rows=inventory.settings.max_interfaces_per_device,
            )
            agent.stand_at(device.address)
            self.agents[device.id] = agent
        self.pages = Pages(own=CollectorRegistry())
        self.engine = Engine(pages=self.pages, committer=Committer(store), hints=Rows(self.agents))
        self.engine.use(inventory)
        self._ticking = asyncio.Lock()  # one after the other, as in the daemon: two at once fold the same twice

    def hold_pdus_to(self, values: int) -> None:
        """Ask so many values at once, never more."""
        for agent in self.agents.values():
            agent.remember({"size": values, "proven": values, "ceiling": values})

    async def let_pdus_grow(self) -> int:
        """Ask as the daemon does, from what fits one frame to what is proven; the values in a PDU of traffic then."""
        rows = [len(ber.oid(oid)) for oid in OIDS[1:]]
        for agent in self.agents.values():
            agent.remember(batch.first(rows).as_dict())
        before: set[int] = set()
        while (sizes := {agent.learned()["size"] for agent in self.agents.values()}) != before:
            before = sizes
            for _ in range(batch.GROW_AFTER):
                await self.sweep(Lane.TRAFFIC)
        (size,) = sizes
        return int(size)

    async def sweep(self, lane: Lane) -> None:
        """Poll every device once, and write a page of all that came."""
        waiting = iter(self.agents.values())
        await asyncio.gather(*(self._poll_in_turn(waiting, lane) for _ in range(IN_FLIGHT)))
        await self.engine.tick(time.monotonic(), time.time())
        for _ in self.pages.stream(EVERYTHING):
            pass

    async def _poll_in_turn(self, waiting: Iterator[Agent], lane: Lane) -> None:
        for count, agent in enumerate(waiting):
            seen = await agent.poll(self.mux, lane, deadline_s=time.monotonic() + 20)
            assert seen is not None
            assert seen.reason is None, seen.reason
            self.engine.offer(seen)
            if count % 16 == 15 and not self._ticking.locked():
                async with self._ticking:
                    await self.engine.tick(time.monotonic(), time.time())


async def netwatch(
    agents: Agents, rounds: int, sizes: Sequence[int] = SIZES, strict_get: ModuleType | None = None
) -> list[tuple[float, float | None]]:
    """Devices per CPU-second with PDUs of each of these sizes, and the prototype's beside it."""
    inventory = load(agents.inventory, environ={}, credentials_dir=None)
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        store = Store.open(Path(folder))
        pipeline = Pipeline(inventory, store)
        await pipeline.sweep(Lane.DISCOVERY)
        await pipeline.sweep(Lane.STATUS)
        reached = []
        for size in sizes:
            pipeline.hold_pdus_to(size)
            for _ in range(WARM_UP_ROUNDS):
                await pipeline.sweep(Lane.TRAFFIC)
            collect_garbage_like_the_daemon()
            async with prototype(strict_get, agents, size) as theirs:
                sweeps = [lambda: pipeline.sweep(Lane.TRAFFIC), *([theirs] if theirs is not None else [])]
                ours, *others = [rate * agents.devices for rate in await usual(sweeps, rounds)]
            told = sum(piece.count(b"_total{") for piece in pipeline.pages.stream(EVERYTHING))
            assert told >= 28 * 12 * len(pipeline.agents), "every counter of every device is on the page"
            reached.append((ours, others[0] if others else None))
        pipeline.mux.close()
        store.close(timeout_s=5)
    return reached


def collect_garbage_like_the_daemon() -> None:
    Heap().settle(time.monotonic())


async def usual(sweeps: Sequence[Callable[[], Awaitable[None]]], rounds: int) -> list[float]:
    """Sweeps per CPU-second of each kind in turn, the median of so many: some rounds are slower than their work."""
    spent_s: list[list[float]] = [[] for _ in sweeps]
    for _ in range(rounds):
        for kind, sweep in enumerate(sweeps):
            begun_s = time.process_time()
            await sweep()
            spent_s[kind].append(time.process_time() - begun_s)
    return [1 / median(seconds) for seconds in spent_s]


def load_prototype() -> ModuleType | None:
    if not PROTOTYPE.is_file():
        return None
    spec = importlib.util.spec_from_file_location("strict_get", PROTOTYPE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@asynccontextmanager
async def prototype(
    strict_get: ModuleType | None, agents: Agents, values_per_pdu: int
) -> AsyncIterator[Callable[[], Awaitable[None]] | None]:
    """A sweep by the prototype's own encoder, mux and decoder, asking the same; it neither folds nor renders."""
    if strict_get is None:
        yield None
        return
    loop = asyncio.get_running_loop()
    transport, mux = await loop.create_datagram_endpoint(strict_get.Mux, local_addr=("0.0.0.0", 0))
    cut = range(0, len(OIDS), values_per_pdu)
    templates = [strict_get.Template(OIDS[at : at + values_per_pdu], b"public") for at in cut]

    async def poll_in_turn(waiting: Iterator[str]) -> None:
        for address in waiting:
            values = []
            for template in templates:
                values += await mux.get((address, agents.snmp_port), template)
            assert len(values) == 365

    async def sweep() -> None:
        waiting = iter(agents.addresses)
        await asyncio.gather(*(poll_in_turn(waiting) for _ in range(IN_FLIGHT)))

    await sweep()
    yield sweep
    transport.close()


def exporter_text(community: str = "public") -> str:
    """What its generator would write for the same 13 columns."""
    index = "indexes: [{labelname: ifIndex, type: gauge}]"
    metrics = "".join(
        f"  - {{name: {name}, oid: {oid}, type: counter, help: {name}, {index}}}\n" for oid, name in COLUMNS.items()
    )
    walk = ", ".join([*COLUMNS, SYS_UPTIME])
    uptime = f"  - {{name: sysUpTime, oid: {SYS_UPTIME.removesuffix('.0')}, type: gauge, help: sysUpTime}}\n"
    head = f"bench:\n  walk: [{walk}]\n  version: 2\n  max_repetitions: 25\n  auth: {{community: {community}}}\n"
    return f"{head}  metrics:\n{metrics}{uptime}"


@contextmanager
def exporter() -> Iterator[tuple[int, int]]:
    """Debian's exporter on the measured core: its process id and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        config = Path(folder, "snmp.yml")
        config.write_text(exporter_text())
        command = [str(EXPORTER), f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"]
        process = subprocess.Popen(on_core(cores()[0], command), stderr=subprocess.DEVNULL)
        try:
            deadline_s = time.monotonic() + 10
            while time.monotonic() < deadline_s:
                with socket.socket() as client:
                    if client.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield process.pid, port
        finally:
            process.kill()
            process.wait()


def snmp_exporter(agents: Agents, devices: int) -> float:
    """Devices per CPU-second of the exporter's process, eight scrapes at a time."""
    with exporter() as (pid, port):
        _scrape(port, agents, agents.addresses[:8])
        begun_s = cpu_s(pid)
        addresses = agents.addresses[:devices]
        threads = [threading.Thread(target=_scrape, args=(port, agents, addresses[at::8])) for at in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(addresses) / (cpu_s(pid) - begun_s)


def _scrape(port: int, agents: Agents, addresses: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for address in addresses:
        connection.request("GET", f"/snmp?module=bench&target={address}:{agents.snmp_port}")
        page = connection.getresponse().read()
        samples = sum(not line.startswith((b"#", b"snmp_")) for line in page.splitlines())
        assert samples >= 13 * 28, page[:500]
    connection.close()


def udp_floor(agents: Agents, rounds: int, values_per_pdu: int) -> float:
    """The same octets sent and received, one system call each, and nothing else done."""
    runs = [OIDS[at : at + values_per_pdu] for at in range(0, len(OIDS), values_per_pdu)]
    templates = [Template(tuple(oids), (Kind.NUMBER,) * len(oids)) for oids in runs]
    datagrams = [template.encode(CREDENTIALS, bytes([0x10, 0, 0, at])) for at, template in enumerate(templates)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        udp.settimeout(5)
        begun_s = time.process_time()
        for _ in range(rounds):
            under_way = 0
            for address in agents.addresses:
                for datagram in datagrams:
                    udp.sendto(datagram, (address, agents.snmp_port))
                under_way += len(datagrams)
                while under_way > IN_FLIGHT:
                    udp.recv(65535)
                    under_way -= 1
            for _ in range(under_way):
                udp.recv(65535)
        return rounds * agents.devices / (time.process_time() - begun_s)


def main() -> None:
    chosen = arguments(__doc__, devices=1000, rounds=9, exporter_devices=200)
    stay_on_core()
    rows: list[tuple[str, object, object]] = []
    with simulated_agents(chosen.devices) as agents:
        strict_get = load_prototype()
        both = uvloop.run(netwatch(agents, chosen.rounds, strict_get=strict_get))
        ours = {size: reached for size, (reached, _) in zip(SIZES, both, strict=True)}
        rows += [(f"netwatch, {size} values a PDU", reached, "") for size, reached in ours.items()]
        rows += [
            (f"prototype, {size} values a PDU (no fold, no pages)", theirs, f"{reached / theirs:.2f}")
            for size, (reached, theirs) in zip(SIZES, both, strict=True)
            if theirs is not None
        ]
        if EXPORTER.exists():
            theirs = snmp_exporter(agents, chosen.exporter_devices)
            ratios = " and ".join(f"{reached / theirs:.1f}" for reached in ours.values())
            rows.append(("snmp_exporter 0.21, the same columns", theirs, ratios))
        rows.append(("UDP floor, 50 values a PDU", udp_floor(agents, chosen.rounds, 50), ""))
    title = f"Whole pipeline, wire to page: {chosen.devices} devices of 365 values, devices per CPU-second"
    table(title, ("", "devices/CPU-s", "netwatch is x times"), rows)
    if strict_get is None:
        note(f"The prototype is not at {PROTOTYPE}: its rows are left out.")
    if not EXPORTER.exists():
        note(f"{EXPORTER} is not installed: its row is left out.")


if __name__ == "__main__":
    main()

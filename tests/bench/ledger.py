"""How many events a second the ledger takes, what it adds to a poll, and how fast it is verified.

    python -m tests.bench.ledger [--rows 1000000] [--devices 300] [--directory DIR]

Events come in batches of 500, as a storm makes them, fifty batches under way at once, each acknowledged after its
fsync, while checkpoints are signed beside them; figures are of the wall clock and of this machine's disk.

What it adds to a poll is CPU time, of all threads: each sweep of the traffic lane over simulated switches of 28 ports,
six of them with cameras beside its links, is followed by counting what they carried, and by all that the ledger writes
in five minutes: usage, thirty heartbeats, five checkpoints. Of that a sweep bears its part: there are ten, where the
lane has its default pace of 30 s. All other lanes are left out: for them the ledger has as good as nothing to do.
"""

import argparse
import asyncio
import tempfile
import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from statistics import median

from netwatch.audit.checkpointer import Checkpointer
from netwatch.audit.records import Verdict, rows
from netwatch.audit.store import Store
from netwatch.audit.usage_recorder import UsageRecorder
from netwatch.audit.verify import verify
from netwatch.core.events import Event, EventKind
from netwatch.core.model import FieldDevice, Inventory, Lane, PortRef
from netwatch.engine import Engine
from netwatch.inventory import load
from tests.bench.harness import Agents, simulated_agents, stay_on_core
from tests.bench.pipeline import Pipeline

BATCH = 500
UNDER_WAY = 50
IDLE_STEPS = 200
SWEEPS = 9
T0 = 1_800_000_000.0


def storm(first: int):
    """500 devices change their state: an event and an interval each."""
    events, verdicts = [], []
    for n in range(first, first + BATCH):
        name, state = f"device:acc-{n % 10_000:05}", ("up", "down")[n // 10_000 % 2]
        detail = {"from": "up", "to": state, "icmp": "silent", "snmp": "silent", "found_after_gap": False}
        events.append(Event(kind=EventKind.DEVICE_STATE, subject=name, at_wall_s=T0 + n, detail=detail))
        verdicts.append(Verdict(subject=name, kind="device.state", state=state, since_wall_s=T0 + n))
    return rows(verdicts, events)


async def fill(store: Store, signer: Checkpointer, events: int) -> float:
    """Events acknowledged a second."""
    began_s, under_way = time.perf_counter(), deque()
    for first in range(0, events, BATCH):
        under_way.append(asyncio.wrap_future(store.submit(storm(first))))
        if len(under_way) == UNDER_WAY:
            await under_way.popleft()
        if first % 20_000 == 0:
            await signer.step()
    for answer in under_way:
        await answer
    return events / (time.perf_counter() - began_s)


async def idle(signer: Checkpointer) -> float:
    """Seconds of CPU that a second costs in which nothing happens: one look at whether something is to be signed."""
    await signer.step(least=1)
    began_s = time.process_time()
    for _ in range(IDLE_STEPS):
        await signer.step()
    return (time.process_time() - began_s) / IDLE_STEPS


def with_cameras(inventory: Inventory, engine: Engine) -> Inventory:
    """The inventory with cameras on six ports of each switch, beside its links."""
    cameras = {
        f"cam-{name}-{port}": FieldDevice(
            id=f"cam-{name}-{port}", kind="cctv", site=device.site, port=PortRef(device=name, interface=port)
        )
        for name, device in inventory.devices.items()
        for port in engine.states[name].interfaces.names[:6]
    }
    return replace(inventory, field_devices=cameras)


async def polls(agents: Agents, directory: Path) -> tuple[float, float, float]:
    """CPU seconds of a sweep, of counting usage after it, and a sweep's part of what the ledger writes."""
    inventory = load(agents.inventory, environ={}, credentials_dir=None)
    store = Store.open(directory)
    pipeline, signer = Pipeline(inventory, store), Checkpointer(store, directory)
    recorder = UsageRecorder(store, lambda: pipeline.engine.states)
    for lane in (Lane.DISCOVERY, Lane.STATUS, Lane.TRAFFIC, Lane.TRAFFIC):
        await pipeline.sweep(lane)
    recorder.use(with_cameras(inventory, pipeline.engine))
    await recorder.look()
    spent: list[tuple[float, float, float]] = []
    for _ in range(SWEEPS):
        began_s = time.process_time()
        await pipeline.sweep(Lane.TRAFFIC)
        swept_s = time.process_time()
        await recorder.look()
        looked_s = time.process_time()
        await recorder.save_all()
        for _ in range(30):
            await store.heartbeat(time.time())
        for _ in range(5):
            await signer.step(least=1)
        spent.append((swept_s - began_s, looked_s - swept_s, time.process_time() - looked_s))
    pipeline.mux.close()
    store.close()
    sweep_s, look_s, write_s = (median(column) for column in zip(*spent, strict=True))
    slowest_s = max(device.every_s[Lane.TRAFFIC] for device in inventory.devices.values())
    return sweep_s, look_s, write_s * slowest_s / 300


async def measure(directory: Path, wanted: int) -> None:
    store = Store.open(directory)
    signer = Checkpointer(store, directory)
    pace = await fill(store, signer, wanted // 2)
    print(f"{pace:10,.0f} events a second, each with its interval, acknowledged (aimed at: 20,000)")
    print(f"{1e6 * await idle(signer):10,.0f} us of CPU in a second in which nothing happens")
    store.close()
    began_s = time.perf_counter()
    report = verify(directory, on_progress=lambda _done, _there: None)
    took_s = time.perf_counter() - began_s
    size = (directory / "netwatch.db").stat().st_size
    print(
        f"{report.rows / took_s:10,.0f} rows a second verified, {report.checked} checkpoints: "
        f"ten million in {1e7 * took_s / report.rows:.0f} s (aimed at: 120)"
    )
    print(f"{size / report.rows:10,.0f} bytes a row on the disk")
    assert not report.findings, report.findings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--devices", type=int, default=300, help="simulated switches, for what it adds to a poll")
    parser.add_argument("--directory", type=Path, help="on the disk to be measured (default: the temporary one)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.directory) as folder:
        asyncio.run(measure(Path(folder), arguments.rows))
    with tempfile.TemporaryDirectory(dir=arguments.directory) as folder, simulated_agents(arguments.devices) as agents:
        stay_on_core()
        sweep_s, look_s, write_s = asyncio.run(polls(agents, Path(folder)))
        share = (look_s + write_s) / sweep_s
        print(
            f"{100 * share:10.1f} % more CPU for a sweep with the ledger (aimed at: below 10): {1e3 * sweep_s:.0f} ms, "
            f"{1e3 * look_s:.1f} ms counting usage, {1e3 * write_s:.1f} ms of writing"
        )


if __name__ == "__main__":
    main()

"""SNMPv3 beside v2c, wire to page: devices per CPU-second at authPriv SHA-256/AES-128, and pysnmp asking the same.

365 values a device as in `pipeline`, sweeps of both versions in turn: with PDUs held to a size, of which whole rows are
asked, so three of 13 where 50 values may be; and as the daemon runs, whose PDUs begin with what fits one Ethernet
frame, four rows, and grow as far as the agent proves (these answer whatever is asked).
pysnmp asks for the same objects in PDUs of 50 and does nothing with them: no fold, no page. A start is that of the
daemon as a process, and is over when its pages tell of a new poll of every device.
"""

import asyncio
import re
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pysnmp.hlapi.v3arch.asyncio as hlapi
import uvloop

from netwatch.audit.store import Store
from netwatch.core.model import Inventory, Lane
from netwatch.inventory import load
from netwatch.snmp import batch, ber
from tests.bench.agents import PASSWORD
from tests.bench.harness import Agents, arguments, cpu_s, simulated_agents, stay_on_core, table
from tests.bench.pipeline import OIDS, WARM_UP_ROUNDS, Pipeline, collect_garbage_like_the_daemon, usual
from tests.bench.watching import watching

VALUES = 50
RESTART_S = 300.0
STATUS_AT = re.compile(rb'^netwatch_device_last_success_timestamp_seconds{.*lane="status".*} (\S+)', re.MULTILINE)


async def pysnmp_rate(agents: Agents, devices: int) -> float:
    """Devices per CPU-second by pysnmp's own manager, ten at a time."""
    engine = hlapi.SnmpEngine()
    user = hlapi.UsmUserData(
        "netwatch",
        PASSWORD.decode(),
        PASSWORD.decode(),
        authProtocol=hlapi.usmHMAC192SHA256AuthProtocol,
        privProtocol=hlapi.usmAesCfb128Protocol,
    )
    objects = [hlapi.ObjectType(hlapi.ObjectIdentity(oid)) for oid in OIDS]

    async def ask(address: str) -> None:
        where = await hlapi.UdpTransportTarget.create((address, agents.snmp_port), timeout=10)
        for at in range(0, len(objects), VALUES):
            asked = objects[at : at + VALUES]
            error, status, _, found = await hlapi.get_cmd(
                engine, user, where, hlapi.ContextData(), *asked, lookupMib=False
            )
            assert not error, error
            assert not status
            assert len(found) == len(asked)

    addresses = agents.addresses[:devices]
    await asyncio.gather(*map(ask, addresses[:2]))
    begun_s = time.process_time()
    for at in range(0, len(addresses), 10):
        await asyncio.gather(*map(ask, addresses[at : at + 10]))
    spent_s = time.process_time() - begun_s
    engine.close_dispatcher()
    return len(addresses) / spent_s


FIRST = batch.first([len(ber.oid(oid)) for oid in OIDS[1:]]).size  # values that fit one frame


async def netwatch(plain: Agents, secured: Agents, rounds: int) -> list[tuple[str, list[float]]]:
    """For each way to size PDUs, devices per CPU-second by v2c and by SNMPv3."""
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        store = Store.open(Path(folder))
        pipelines = [Pipeline(inventory_of(agents), store) for agents in (plain, secured)]
        for pipeline in pipelines:
            await pipeline.sweep(Lane.DISCOVERY)
            await pipeline.sweep(Lane.STATUS)
        sweeps = [partial(pipeline.sweep, Lane.TRAFFIC) for pipeline in pipelines]
        reached = []
        for size in (VALUES, FIRST, None):
            for pipeline in pipelines:
                if size is None:
                    grown = await pipeline.let_pdus_grow()
                else:
                    pipeline.hold_pdus_to(size)
                for _ in range(WARM_UP_ROUNDS):
                    await pipeline.sweep(Lane.TRAFFIC)
            collect_garbage_like_the_daemon()
            rates = [rate * plain.devices for rate in await usual(sweeps, rounds)]
            held = f"PDUs of {size} values" + (" (as first asked)" if size == FIRST else "")
            reached.append((f"PDUs grown to {grown} values" if size is None else held, rates))
        for pipeline in pipelines:
            pipeline.mux.close()
        store.close(timeout_s=5)
    return reached


def restarts(agents: Agents) -> list[tuple[float, float]]:
    """Seconds on the wall and of CPU from the daemon's start until every device was polled: at first, and once more."""
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        return [until_polled(agents, Path(folder)) for _ in range(2)]


def until_polled(agents: Agents, state: Path) -> tuple[float, float]:
    begun_s, begun_at_s = time.monotonic(), time.time()
    with watching(agents, state=state) as watch:
        while (passed_s := time.monotonic() - begun_s) < RESTART_S:
            polled_at_s = map(float, STATUS_AT.findall(watch.page("/metrics")))
            if sum(at_s > begun_at_s for at_s in polled_at_s) == agents.devices:
                return passed_s, cpu_s(watch.pid)
            time.sleep(1)
    raise RuntimeError(f"not every device was polled within {RESTART_S} s")


def inventory_of(agents: Agents) -> Inventory:
    return load(agents.inventory, environ={}, credentials_dir=None)


def by_users(agents: Agents) -> Agents:
    """The same agents, asked by SNMPv3."""
    return replace(agents, inventory=agents.inventory.with_name("secured.yaml"))


def main() -> None:
    chosen = arguments(__doc__, devices=1000, rounds=9, pysnmp_devices=40, restarted=5000)
    stay_on_core()
    rows: list[tuple[str, object, object]] = []
    with simulated_agents(chosen.devices) as agents:
        ours = uvloop.run(netwatch(agents, by_users(agents), chosen.rounds))
        theirs = asyncio.run(pysnmp_rate(agents, chosen.pysnmp_devices))
    for how, (plain, secured) in ours:
        rows.append((f"SNMPv2c, {how}", plain, ""))
        rows.append((f"authPriv SHA-256/AES-128, {how}", secured, f"{secured / theirs:.0f}"))
    rows.append(("pysnmp, authPriv SHA-256/AES-128, 50 values a PDU", theirs, "1"))
    title = f"SNMPv3, wire to page: {chosen.devices} devices of 365 values, devices per CPU-second"
    table(title, ("", "devices/CPU-s", "times pysnmp"), rows)
    with simulated_agents(chosen.restarted, awake=False) as agents:
        cold, warm = restarts(by_users(agents))
    table(
        f"netwatch started, and all of {chosen.restarted} devices polled by SNMPv3, agents on the other core",
        ("", "seconds", "of CPU"),
        [("a first start", *cold), ("a restart", *warm)],
    )


if __name__ == "__main__":
    main()

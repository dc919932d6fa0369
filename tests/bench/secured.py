"""SNMPv3 beside v2c, wire to page: devices per CPU-second at authPriv SHA-256/AES-128, and pysnmp asking the same.

365 values a device as in `pipeline`, in one run. pysnmp asks for the same objects in PDUs of 50 and does nothing with
them: no fold, no page. The city's restart is the time until 5,000 devices, whose engines are remembered, have each been
polled once more.
"""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pysnmp.hlapi.v3arch.asyncio as hlapi
import uvloop

from tests.bench.agents import PASSWORD
from tests.bench.harness import Agents, arguments, simulated_agents, stay_on_core, table
from tests.bench.pipeline import OIDS, SIZES, netwatch

VALUES = 50


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


def main() -> None:
    chosen = arguments(__doc__, devices=1000, rounds=9, pysnmp_devices=40)
    stay_on_core()
    rows: list[tuple[str, object, object]] = []
    with simulated_agents(chosen.devices) as agents:
        plain = [ours for ours, _ in uvloop.run(netwatch(agents, chosen.rounds))]
        by_users = replace(agents, inventory=Path(agents.inventory).with_name("secured.yaml"))
        secured = [ours for ours, _ in uvloop.run(netwatch(by_users, chosen.rounds))]
        theirs = asyncio.run(pysnmp_rate(agents, chosen.pysnmp_devices))
    for size, before, reached in zip(SIZES, plain, secured, strict=True):
        rows.append((f"SNMPv2c, {size} values a PDU", before, ""))
        rows.append((f"authPriv SHA-256/AES-128, {size} values a PDU", reached, f"{reached / theirs:.0f}"))
    rows.append(("pysnmp, authPriv SHA-256/AES-128, 50 values a PDU", theirs, "1"))
    title = f"SNMPv3, wire to page: {chosen.devices} devices of 365 values, devices per CPU-second"
    table(title, ("", "devices/CPU-s", "times pysnmp"), rows)


if __name__ == "__main__":
    main()

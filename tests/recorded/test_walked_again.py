"""Every recorded device is discovered again: the same rows and cells each time, by fewer requests."""

import asyncio
from dataclasses import replace

from netwatch.collect.agent import Agent
from netwatch.collect.asking import asking
from netwatch.collect.requests import Shared
from netwatch.core.device.record import DeviceState
from netwatch.core.device.state import fold
from netwatch.core.model import Lane
from netwatch.core.surroundings import watched_devices
from netwatch.profiles.load import plan_for
from netwatch.simulate.server import Ports, serve_recordings
from netwatch.snmp.mux import Mux
from tests.polling import device, inventory, shipped_profiles
from tests.recorded.serving import AUTO, WRITTEN
from tests.tools import RECORDINGS, require_recordings

TIMES = 3  # each table by itself; those that fit together for the first time; and again


class Counting(Mux):
    """Counts what it asks by walks."""

    asked = 0

    async def ask(self, *question, **how):
        self.asked += 1
        return await super().ask(*question, **how)


def as_told(table):
    return table.indexes, {name: tuple(cells) for name, cells in table.columns.items()}, table.reason


async def discoveries(one):
    """Of one device: what each brought, and how many requests it took."""
    mux = Counting()
    agent = Agent(one.id, asking(one, one.snmp), plan_for(one, shipped_profiles()), shared=Shared(), max_rows=2000)
    agent.stand_at(one.address)
    watched, state, told, asked = watched_devices(inventory(one))[one.id], DeviceState(), [], []
    for _ in range(TIMES):
        before = mux.asked
        seen = await agent.poll(mux, Lane.DISCOVERY, deadline_s=asyncio.get_running_loop().time() + 60)
        state = fold(watched, state, seen).state
        agent.use_rows(state.interfaces)  # which are in doubt no more
        told.append({name: as_told(table) for name, table in seen.tables.items()})
        asked.append(mux.asked - before)
    mux.close()
    return told, asked


async def test_a_device_discovered_again_says_the_same_by_fewer_requests():
    require_recordings()
    files = [*sorted(RECORDINGS.glob("*.snmprec")), *sorted(WRITTEN.glob("*.snmprec"))]
    places = {f"127.{4 + n // 250}.{n % 250}.1": file for n, file in enumerate(files, 1)}
    simulation = serve_recordings(places, ports=Ports(snmp=0, echo=None, tcp=None))
    simulation.start()
    requests = [0] * TIMES
    try:
        for address, file in places.items():
            one = device(file.stem, address=address, port=simulation.snmp_port, timeout_s=2.0, retries=1)
            told, asked = await discoveries(replace(one, profile=AUTO))
            assert told[1:] == [told[0]] * (TIMES - 1), file.stem
            requests = [of_all + one for of_all, one in zip(requests, asked, strict=True)]
    finally:
        simulation.stop()
    first, _, third = requests
    assert third < 0.8 * first  # and fewer still where larger replies have been proven

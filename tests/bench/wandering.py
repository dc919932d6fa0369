"""A simulated city in a process of its own, in which whatever is measured wanders: light, load, memory, power, heat.

A number of switches and a folder as arguments; the inventory is written into the folder, and a line said once all can
be asked. Each line of standard input is a step, and answered by a line; it ends with standard input.
"""

import asyncio
import sys
from pathlib import Path

import uvloop

from netwatch.simulate import living_city
from netwatch.simulate.equipment import POE_GROUP, POWER_SOURCING, PROCESSOR_LOAD, SENSOR, STORAGE, Equipment
from netwatch.simulate.growth import generate
from netwatch.simulate.living_city import LivingCity
from netwatch.simulate.mib import Arcs
from netwatch.simulate.server import Ports, simulate_city
from tests.bench.agents import stay_awake, write_inventory

WANDERS: tuple[Arcs, ...] = ((*SENSOR, 4), PROCESSOR_LOAD, (*STORAGE, 6), (*POWER_SOURCING, 4, POE_GROUP))
steps = 0


class Wandering(Equipment):
    """Each number that is measured goes up a little, and down again."""

    def of(self, device: str) -> dict[Arcs, bytes]:
        rows = super().of(device)
        for arcs, value in rows.items():
            if arcs in WANDERS or arcs[:-1] in WANDERS:
                rows[arcs] = value[:-1] + bytes([(value[-1] + steps % 7) & 0x7F])
        return rows


async def wander(city: LivingCity) -> None:
    global steps  # noqa: PLW0603 - the equipment is made anew whenever the city changes
    while await asyncio.to_thread(sys.stdin.readline):
        steps += 1
        for agent in city.agents.values():
            agent.look_again()
        print("wandered", flush=True)


async def serve(switches: int, folder: Path, ports: Ports) -> None:
    living_city.Equipment = Wandering  # type: ignore[misc]
    simulation = simulate_city(generate(switches=switches), ports=ports)
    simulation.start()
    write_inventory(simulation.city.city, folder, ports)
    print("open", flush=True)
    awake = asyncio.create_task(stay_awake())
    await wander(simulation.city)
    awake.cancel()
    simulation.stop()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]), Ports(snmp=21161, echo=21007, tcp=21554)))

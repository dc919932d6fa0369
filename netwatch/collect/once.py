"""One device, asked once and now: everything the daemon would ask of it in one round, with what came back.

For people who want to know whether a switch answers, and with what; and for recording one.
"""

import asyncio
import time
from dataclasses import dataclass

from netwatch.collect.agent import Agent, failed
from netwatch.collect.asking import asking
from netwatch.collect.collector import SHORTEST_DEADLINE_S
from netwatch.collect.generators import Generators
from netwatch.collect.ping import Pinger
from netwatch.collect.requests import Shared
from netwatch.core.device.record import DeviceState
from netwatch.core.device.state import Watched, fold
from netwatch.core.errors import NetwatchError, PollError, Reason
from netwatch.core.model import Device, Inventory, Lane, PingMethod
from netwatch.core.observation import DEVICE, PingObservation, SnmpObservation
from netwatch.core.plan import Plan
from netwatch.core.surroundings import watched_devices
from netwatch.snmp.target import Target

LANES = (Lane.DISCOVERY, Lane.STATUS, Lane.TRAFFIC, Lane.HEALTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one round brought, and the state it amounts to. `address` is None where the name could not be resolved."""

    device: Device
    address: str | None
    echo: PingObservation | None
    complaints: tuple[str, ...]  # why no echo could be sent from here, as sentences
    polls: tuple[SnmpObservation, ...]
    state: DeviceState
    why: str = ""  # what made the last poll's plan the one


async def poll_once(inventory: Inventory, device: Device, plan: Plan) -> Polled:
    """Echo and poll `device` once in every lane. What fails is in the observations; nothing of the network's raises."""
    watched = watched_devices(inventory)[device.id]
    address = await resolved(device.address)
    state = DeviceState()
    echo, complaints = await _echo(inventory, device, address) if address else (None, ())
    if echo is not None:
        state = fold(watched, state, echo).state
    polls: tuple[SnmpObservation, ...] = ()
    why = ""
    if device.snmp is not None:
        state, polls, why = await _polls(watched, plan, state)
    return Polled(device=device, address=address, echo=echo, complaints=complaints, polls=polls, state=state, why=why)


async def target_of(device: Device) -> Target:
    """Where the device's agent is asked. PollError: its name has no address. NetwatchError: it is not asked by SNMP."""
    if device.snmp is None:
        raise NetwatchError(f"{device.id} has no SNMP credential, so there is nothing to ask it")
    how = asking(device, device.snmp)
    address = await resolved(how.address)
    if address is None:
        raise PollError(Reason.UNRESOLVED, f"{how.address} has no address")
    return how.target(address)


async def resolved(name: str) -> str | None:
    """The numeric address of a name, or None."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(SHORTEST_DEADLINE_S):
            found = await loop.getaddrinfo(name, None)
    except (OSError, UnicodeError):  # TimeoutError too
        return None
    return str(found[0][4][0]) if found else None


async def _echo(inventory: Inventory, device: Device, address: str) -> tuple[PingObservation | None, tuple[str, ...]]:
    """One echo, and what this machine lacks where it could not be sent."""
    if device.ping.method is PingMethod.OFF:
        return None, ()
    pinger = Pinger(inventory.settings)
    answer: asyncio.Future[PingObservation] = asyncio.get_running_loop().create_future()

    def take(observation: PingObservation) -> None:
        if not answer.done():  # told once more when the pinger stops under an interrupted wait
            answer.set_result(observation)

    await pinger.start()
    try:
        pinger.send(DEVICE + device.id, address=address, ping=device.ping, attempt=0, done=take)
        echo = await answer
        return echo, pinger.complaints_of({device.ping.method}) if echo.reason is Reason.LOCAL else ()
    finally:
        await pinger.stop()


async def _polls(
    watched: Watched, plan: Plan, state: DeviceState
) -> tuple[DeviceState, tuple[SnmpObservation, ...], str]:
    device = watched.device
    assert device.snmp is not None
    how = asking(device, device.snmp)
    address = await resolved(how.address)
    if address is None:
        unresolved = failed(device.id, Lane.DISCOVERY, Reason.UNRESOLVED)
        return fold(watched, state, unresolved).state, (unresolved,), ""
    agent = Agent(device.id, how, plan, shared=Shared(), max_rows=watched.ground.max_interfaces)
    agent.stand_at(address)
    generators = Generators()
    polls: list[SnmpObservation] = []
    try:
        for lane in LANES:
            agent.use_rows(state.interfaces)
            patience_s = max(device.every_s[lane], SHORTEST_DEADLINE_S)
            seen = await agent.poll(generators.of(how), lane, deadline_s=time.monotonic() + patience_s)
            if seen is None:
                continue
            polls.append(seen)
            state = fold(watched, state, seen).state
            if seen.reason is Reason.TIMEOUT and not seen.tables and len(polls) == 1:
                break  # silent: the other lanes would only cost their timeouts
    finally:
        generators.close()
    return state, tuple(polls), agent.why

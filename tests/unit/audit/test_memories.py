"""When what was learned of a device is saved: in its next turn where something happened, else in every fifth round."""

import asyncio
import contextlib
from collections import Counter
from dataclasses import replace

import pytest

from netwatch.audit.memories import COUNTED_EVERY, ROUND_S, Memories, Sources
from netwatch.core.device.record import DeviceState, InterfaceStatus
from tests.virtual_time import in_virtual_time

FLEET = [f"acc-{number}" for number in range(120)]
ROUNDS = 12


class KeepingStore:
    """As much of a store as this uses: which devices were saved in which round."""

    def __init__(self):
        self.rounds = [Counter() for _ in range(ROUNDS)]

    async def save_devices(self, memories):
        passed_s = asyncio.get_running_loop().time() - self.begun_s
        self.rounds[int((passed_s - 0.5) // ROUND_S)].update([memory.device for memory in memories])

    async def forget_verdicts(self, watched):
        assert watched == set()


def saved_while(happens=lambda _memories, _states: None):
    """What is saved in each round; `happens` is called after the second one."""
    store, states = KeepingStore(), dict.fromkeys(FLEET, DeviceState())
    sources = Sources(states=lambda: states, learned=lambda _d: {}, ports=lambda _d: frozenset(), watched=set)
    memories = Memories(store, sources)

    async def scenario():
        store.begun_s = asyncio.get_running_loop().time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ROUNDS * ROUND_S + 0.2):
                task = asyncio.create_task(memories.run())
                await asyncio.sleep(2 * ROUND_S + 0.2)
                happens(memories, states)
                await task

    in_virtual_time(scenario())
    return store.rounds


def test_at_first_all_are_saved_and_then_a_fifth_in_each_round():
    first, *later = saved_while()
    assert first == Counter(FLEET)
    for number in range(len(later) - COUNTED_EVERY + 1):
        assert sum(later[number : number + COUNTED_EVERY], Counter()) == Counter(FLEET)
    assert {len(saved) for saved in later} == {len(FLEET) / COUNTED_EVERY}


def _turn_ports(_memories, states):
    states.update({device: replace(states[device], status=InterfaceStatus(last_oper=(2,))) for device in FLEET})


def _reload(memories, _states):
    memories.watch_changed()


@pytest.mark.parametrize("happens", [_turn_ports, _reload])
def test_those_to_which_something_happened_are_saved_in_the_round_after_it_and_then_as_rarely_as_before(happens):
    rounds = saved_while(happens)
    assert rounds[2] == Counter(FLEET)
    assert [len(saved) for saved in rounds[3:]] == [len(FLEET) / COUNTED_EVERY] * (ROUNDS - 3)


def test_a_device_that_is_gone_is_not_looked_for():
    rounds = saved_while(lambda _memories, states: states.pop("acc-3"))
    assert all("acc-3" not in saved for saved in rounds[2:])

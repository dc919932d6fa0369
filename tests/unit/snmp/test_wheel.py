"""Timeouts by the thousand come each at its own time, whatever else is put in or goes wrong meanwhile."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.snmp.wheel import SLOT_S, Wheel
from tests.virtual_time import BEGINNING_S, in_virtual_time

TIMEOUT_S = 2.0


def repeated(begun_s: list[float], times: int) -> list[float]:
    """When each of the things begun at these times came out, put in again until it had come out so often."""
    came_s: list[float] = []
    left = dict.fromkeys(range(len(begun_s)), times)

    async def story() -> None:
        loop = asyncio.get_running_loop()

        def due(thing: int) -> None:
            came_s.append(loop.time())
            left[thing] -= 1
            if left[thing]:
                wheel.put(thing, TIMEOUT_S)

        wheel: Wheel[int] = Wheel(due)
        for thing, at_s in sorted(enumerate(begun_s), key=lambda pair: pair[1]):
            await asyncio.sleep(BEGINNING_S + at_s - loop.time())
            wheel.put(thing, TIMEOUT_S)
        await asyncio.sleep(TIMEOUT_S * (times + 1))
        wheel.close()

    in_virtual_time(story())
    return came_s


def test_what_is_put_in_again_as_it_comes_out_delays_nothing_else():
    # the first to come out is put in again 2 s ahead; those between must not wait for it and go in one burst
    came_s = repeated([0.0, 0.5, 1.0, 1.5], times=2)
    assert came_s == pytest.approx([BEGINNING_S + 2 + 0.5 * turn for turn in range(8)], abs=2 * SLOT_S + 1e-6)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 6), min_size=1, max_size=40), st.integers(1, 4))
def test_everything_comes_out_at_its_time_never_early_and_at_most_a_slot_late(begun_s, times):
    came_s = repeated(begun_s, times)
    earliest = sorted(BEGINNING_S + at_s + turn * TIMEOUT_S for at_s in begun_s for turn in range(1, times + 1))
    for came, due in zip(came_s, earliest, strict=True):
        assert due - 1e-6 <= came <= due + times * SLOT_S + 1e-6


def test_one_whose_owner_fails_does_not_stop_the_others():
    async def story() -> list[str]:
        came: list[str] = []

        def due(thing: str) -> None:
            came.append(thing)
            if thing == "bad":
                raise RuntimeError("a fault of netwatch")

        wheel: Wheel[str] = Wheel(due)
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        wheel.put("bad", 1.0)
        wheel.put("good", 2.0)
        await asyncio.sleep(3.0)
        return came

    assert in_virtual_time(story()) == ["bad", "good"]

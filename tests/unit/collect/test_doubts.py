"""The line of doubts, in virtual time."""

import asyncio

from netwatch.collect.doubts import Doubts
from tests.virtual_time import in_virtual_time


def looks(asked, *, per_s=10.0, for_s=10.0):
    """When each was looked at, seconds from the start: `asked` are (after_s, ids)."""
    seen = []

    async def work():
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        doubts = Doubts(lambda one: seen.append((round(loop.time() - begun_s, 3), one)), per_s=per_s)
        for after_s, ids in asked:
            loop.call_at(begun_s + after_s, lambda ids=ids: [doubts.put(one) for one in ids])
        running = loop.create_task(doubts.run())
        await asyncio.sleep(for_s)
        assert not running.done()
        running.cancel()

    in_virtual_time(work())
    return seen


def test_one_doubt_is_looked_into_at_once():
    assert looks([(3.0, ["cam-1"])]) == [(3.0, "cam-1")]


def test_who_stands_in_line_stands_once_and_may_come_again_afterwards():
    seen = looks([(0.0, ["a", "b", "c", "d"] * 2), (0.05, ["d"]), (5.0, ["a"])])
    assert [one for _, one in seen] == ["a", "b", "c", "d", "a"]
    assert seen[-1][0] == 5.0


def test_four_thousand_at_once_go_at_the_pace_in_their_order_each_once():
    ids = [f"cam-{n}" for n in range(4000)]
    seen = looks([(0.0, ids), (1.0, ids[-10:])], per_s=40.0, for_s=200.0)
    assert [one for _, one in seen] == ids
    for start in range(0, 100, 7):
        assert sum(start <= at_s < start + 1 for at_s, _ in seen) <= 40 + 5  # a tenth of a second may be saved up
    assert 95 < seen[-1][0] < 105


def test_one_that_is_put_again_and_again_holds_up_nobody():
    seen = looks([(n / 100, ["loud"]) for n in range(500)] + [(1.0, ["quiet"])])
    assert next(at_s for at_s, one in seen if one == "quiet") <= 1.2
    assert sum(one == "loud" for _, one in seen) <= 55

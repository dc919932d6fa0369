"""Passwords: what is let in, what it costs, and what guessing teaches."""

import asyncio
import statistics

import bcrypt
import pytest

from netwatch.expose import web_passwords
from netwatch.expose.web_bucket import Bucket
from netwatch.expose.web_config import Rate
from netwatch.expose.web_passwords import MOST_KEPT, MOST_WAITING_PER_PEER, Answer, Passwords
from tests.web import PASSWORD, basic, hashed

USERS = {"prometheus": hashed().encode(), "kim.옥정": hashed("x" * 72).encode()}


def header(user, password=PASSWORD):
    return basic(user, password)["Authorization"]


@pytest.fixture
async def passwords():
    it = Passwords()
    yield it
    it.close()


@pytest.fixture
def counted(monkeypatch):
    """Every check by bcrypt, as (password, hash)."""
    seen = []
    real = bcrypt.checkpw

    def check(password, stored):
        seen.append((password, stored))
        return real(password, stored)

    monkeypatch.setattr(web_passwords.bcrypt, "checkpw", check)
    return seen


async def check(passwords, given, users=USERS, peer="192.0.2.1"):
    return await passwords.check(users, given, peer)


async def test_a_name_typed_on_a_mac_is_the_same_as_one_typed_on_a_pc(passwords):
    decomposed = "kim.\u110b\u1169\u11a8\u110c\u1165\u11bc"
    assert await check(passwords, header(decomposed, "x" * 72)) is Answer.RIGHT


async def test_bcrypt_looks_at_72_octets_and_no_longer_password_is_an_accident(passwords):
    assert await check(passwords, header("kim.옥정", "x" * 100)) is Answer.RIGHT
    assert await check(passwords, header("kim.옥정", "x" * 71)) is Answer.WRONG


async def test_a_scrape_each_second_costs_one_bcrypt_and_no_more(passwords, counted):
    answers = [await check(passwords, header("prometheus")) for _ in range(100)]
    assert set(answers) == {Answer.RIGHT}
    assert len(counted) == 1


async def test_many_scrapes_at_once_wait_for_the_same_check(passwords, counted):
    answers = await asyncio.gather(*(check(passwords, header("prometheus")) for _ in range(20)))
    assert set(answers) == {Answer.RIGHT}
    assert len(counted) == 1


async def test_a_wrong_password_asked_again_and_again_costs_one_bcrypt(passwords, counted):
    answers = [await check(passwords, header("prometheus", "wrong")) for _ in range(10)]
    assert set(answers) == {Answer.WRONG}
    assert len(counted) == 1


async def test_no_flood_of_guesses_pushes_out_what_was_right(passwords, counted):
    assert await check(passwords, header("prometheus")) is Answer.RIGHT
    for number in range(MOST_KEPT + 10):
        assert await check(passwords, header("prometheus", str(number))) is Answer.WRONG
    asked = len(counted)
    assert await check(passwords, header("prometheus")) is Answer.RIGHT
    assert len(counted) == asked
    assert len(passwords._wrong._digests) == MOST_KEPT


async def test_a_changed_hash_counts_at_once(passwords):
    assert await check(passwords, header("prometheus")) is Answer.RIGHT
    changed = {"prometheus": hashed("another").encode()}
    assert await check(passwords, header("prometheus"), changed) is Answer.WRONG
    assert await check(passwords, header("prometheus"), {"kim": USERS["prometheus"]}) is Answer.WRONG


async def test_an_unknown_name_is_checked_against_the_costliest_hash(passwords, counted):
    users = {"cheap": hashed(cost=4).encode(), "dear": hashed(cost=6).encode()}
    assert await check(passwords, header("nobody"), users) is Answer.WRONG
    assert counted == [(PASSWORD.encode(), users["dear"])]


async def test_an_unknown_name_takes_as_long_as_a_known_one(passwords):
    users = {"prometheus": hashed(cost=8).encode()}
    took = {"prometheus": [], "nobody": []}
    clock = asyncio.get_running_loop().time
    for number in range(15):
        for user, each in took.items():
            began = clock()
            assert await check(passwords, header(user, f"guess {number}"), users) is Answer.WRONG
            each.append(clock() - began)
    known, unknown = (statistics.median(each) for each in took.values())
    assert 0.5 < unknown / known < 2
    assert known > 0.001  # it was bcrypt that was measured


async def test_one_peer_cannot_have_all_the_waiting_places(passwords):
    guesses = [check(passwords, header("prometheus", str(number))) for number in range(20)]
    answers = await asyncio.gather(*guesses, check(passwords, header("prometheus"), peer="192.0.2.2"))
    assert answers.count(Answer.BUSY) == 20 - MOST_WAITING_PER_PEER
    assert answers[-1] is Answer.RIGHT
    assert not passwords._waiting
    assert not passwords._per_peer


async def test_the_event_loop_goes_on_while_a_password_is_checked(passwords):
    users = {"prometheus": hashed(cost=10).encode()}
    checking = asyncio.create_task(check(passwords, header("prometheus"), users))
    turns = 0
    while not checking.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert await checking is Answer.RIGHT
    assert turns > 5


async def test_one_that_gives_up_waiting_spoils_nothing_for_the_others(passwords):
    users = {"prometheus": hashed(cost=8).encode()}
    first = asyncio.create_task(check(passwords, header("prometheus"), users))
    second = asyncio.create_task(check(passwords, header("prometheus"), users))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is Answer.RIGHT


async def test_nothing_kept_shows_a_password(passwords):
    await check(passwords, header("prometheus"))
    kept = repr((vars(passwords), passwords._right._digests, passwords._wrong._digests))
    assert PASSWORD not in kept
    assert "prometheus" not in kept


def test_a_bucket_is_full_at_first_and_fills_at_its_rate():
    bucket = Bucket(Rate(interval_s=2.0, burst=3))
    assert [bucket.takes(100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.takes(at_s) for at_s in (101.9, 102.1, 102.2, 104.1)] == [False, True, False, True]
    assert [bucket.takes(1000.0) for _ in range(4)] == [True, True, True, False]

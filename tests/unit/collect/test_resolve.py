import asyncio
import socket
import threading
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from netwatch.collect.resolve import Family, Resolver, Terms, is_numeric, system_lookup

QUICK = Terms(every_s=0.05, again_after_failure_s=0.05, deadline_s=0.15, at_once=4, slow_at_once=1)


class Zone:
    """A name server of the test's own: names to addresses, errors or hanging."""

    def __init__(self, **names):
        self.names = names
        self.asked = []
        self.released = threading.Event()
        self.hanging = 0

    def __call__(self, name, prefer):
        self.asked.append(name)
        found = self.names[name]
        if found == "hang":
            self.hanging += 1
            self.released.wait(60)
            self.hanging -= 1
            return []
        if isinstance(found, Exception):
            raise found
        return found


@asynccontextmanager
async def resolving(zone, terms=QUICK, names=None):
    resolver = Resolver(terms, lookup=zone)
    resolver.watch(zone.names if names is None else names)
    task = asyncio.create_task(resolver.run())
    try:
        yield resolver
        assert not task.done(), "it runs for ever"
    finally:
        zone.released.set()
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(0.01)


async def until(condition, within_s=60.0):
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  threads of lookups set no event
            await asyncio.sleep(0.005)


async def test_a_name_gets_its_address_without_anyone_waiting():
    zone = Zone(sw=["10.0.0.1"])
    async with resolving(zone) as resolver:
        assert resolver.address_of("sw") is None
        await until(lambda: resolver.address_of("sw") == "10.0.0.1")


async def test_numeric_addresses_pass_through_and_are_never_looked_up():
    zone = Zone(sw=["10.0.0.1"])
    async with resolving(zone, names=["10.0.0.9", "::1", "sw", "fe80::1%lo"]) as resolver:
        assert resolver.address_of("10.0.0.9") == "10.0.0.9"
        assert resolver.address_of("::1") == "::1"
        await until(lambda: resolver.address_of("sw"))
        assert set(zone.asked) == {"sw"}


async def test_an_address_that_changes_is_followed():
    zone = Zone(sw=["10.0.0.1"])
    async with resolving(zone) as resolver:
        await until(lambda: resolver.address_of("sw") == "10.0.0.1")
        zone.names["sw"] = ["10.0.0.2"]
        await until(lambda: resolver.address_of("sw") == "10.0.0.2")


async def test_an_address_in_use_stays_while_the_name_has_it_in_whatever_order():
    zone = Zone(sw=["10.0.0.1", "10.0.0.2"])
    async with resolving(zone) as resolver:
        await until(lambda: resolver.address_of("sw") == "10.0.0.1")
        zone.names["sw"] = ["10.0.0.2", "10.0.0.1"]
        asked = len(zone.asked)
        await until(lambda: len(zone.asked) >= asked + 3)
        assert resolver.address_of("sw") == "10.0.0.1"


@pytest.mark.parametrize("failure", [socket.gaierror(-2, "Name or service not known"), [], ValueError("a bad label")])
async def test_the_last_good_address_outlives_a_failure_which_is_told_once_and_heals(failure, caplog):
    zone = Zone(sw=["10.0.0.1"])
    async with resolving(zone) as resolver:
        await until(lambda: resolver.address_of("sw") == "10.0.0.1")
        zone.names["sw"] = failure
        await until(lambda: resolver.resolutions["sw"].failure)
        asked = len(zone.asked)
        await until(lambda: len(zone.asked) >= asked + 3)
        assert resolver.address_of("sw") == "10.0.0.1"
        zone.names["sw"] = ["10.0.0.3"]
        await until(lambda: resolver.address_of("sw") == "10.0.0.3")
        assert resolver.resolutions["sw"].failure == ""
    assert [record.message.endswith("going on with 10.0.0.1") for record in caplog.records] == [True]


async def test_one_bad_name_costs_no_other():
    zone = Zone(bad=socket.gaierror(-2, "not known"), worse=UnicodeError("label too long"), good=["10.0.0.1"])
    async with resolving(zone) as resolver:
        await until(lambda: resolver.address_of("good") == "10.0.0.1")
        asked = zone.asked.count("good")
        await until(lambda: zone.asked.count("good") >= asked + 3)
        assert resolver.address_of("bad") is None
        assert resolver.address_of("worse") is None


async def test_hanging_names_starve_no_healthy_one_and_hold_few_threads():
    zone = Zone(**{f"hang-{number}": "hang" for number in range(12)}, good=["10.0.0.1"])
    terms = replace(QUICK, deadline_s=0.4)
    async with resolving(zone, terms=terms) as resolver:
        await until(lambda: resolver.address_of("good") == "10.0.0.1")
        await until(lambda: all(resolver.resolutions[f"hang-{number}"].is_slow for number in range(12)))
        assert "no answer in 0.4 s" in resolver.resolutions["hang-0"].failure
        asked = zone.asked.count("good")
        await until(lambda: zone.asked.count("good") >= asked + 5)
        assert zone.hanging <= 12 + QUICK.slow_at_once, "a slow name hangs in its own few places only"
        zone.names |= {f"hang-{number}": [f"10.1.0.{number}"] for number in range(12)}
        zone.released.set()
        await until(lambda: all(resolver.address_of(f"hang-{n}") == f"10.1.0.{n}" for n in range(12)))
        assert not any(resolver.resolutions[f"hang-{number}"].is_slow for number in range(12))
        assert resolver._stuck == 0


async def test_a_lookup_for_which_there_is_no_thread_is_a_failure_like_any_other(monkeypatch):
    zone = Zone(sw=["10.0.0.1"])

    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    async with resolving(zone) as resolver:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", refuse)
            await until(lambda: resolver.resolutions["sw"].failure == "can't start new thread")
        await until(lambda: resolver.address_of("sw") == "10.0.0.1")
        assert resolver._turns._value <= QUICK.at_once


async def test_a_resolver_that_hangs_keeps_the_event_loop_free():
    zone = Zone(sw="hang")
    async with resolving(zone):
        loop = asyncio.get_running_loop()
        await until(lambda: zone.hanging)
        begun_s = loop.time()
        await asyncio.sleep(0.01)
        assert loop.time() - begun_s < 5  # it hangs for a minute


async def test_names_no_longer_watched_are_forgotten_and_new_ones_looked_up_at_once():
    zone = Zone(old=["10.0.0.1"], new=["10.0.0.2"], kept=["10.0.0.3"])
    async with resolving(zone, names=["old", "kept"], terms=Terms()) as resolver:
        await until(lambda: resolver.address_of("old") and resolver.address_of("kept"))
        resolver.watch(["new", "kept"])
        assert resolver.address_of("old") is None
        assert resolver.address_of("kept") == "10.0.0.3"
        await until(lambda: resolver.address_of("new") == "10.0.0.2")
        assert zone.asked.count("kept") == 1, "not due again for five minutes"


def test_the_preferred_family_comes_first(monkeypatch):
    found = [
        (socket.AF_INET6, socket.SOCK_DGRAM, 17, "", ("2001:db8::1", 0, 0, 0)),
        (socket.AF_INET, socket.SOCK_DGRAM, 17, "", ("10.0.0.1", 0)),
        (socket.AF_INET6, socket.SOCK_DGRAM, 17, "", ("2001:db8::2", 0, 0, 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)
    assert system_lookup("sw", Family.IPV4.value) == ["10.0.0.1", "2001:db8::1", "2001:db8::2"]
    assert system_lookup("sw", Family.IPV6.value) == ["2001:db8::1", "2001:db8::2", "10.0.0.1"]


def test_the_systems_own_resolver_knows_localhost():
    assert system_lookup("localhost", Family.IPV4.value)[0] == "127.0.0.1"


def test_only_addresses_are_numeric():
    assert all(is_numeric(address) for address in ("10.0.0.1", "::1", "fe80::1%eth0"))
    assert not any(is_numeric(name) for name in ("sw-1", "10.0.0", "1", "", "스위치.example"))

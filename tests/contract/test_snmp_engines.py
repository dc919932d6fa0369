"""SNMPv3 engines that reboot, forget, step and change: the next poll is right, and an event says what happened."""

import pytest

from netwatch.core.events import EventKind
from netwatch.core.model import Auth, AuthProtocol, Lane, Priv, PrivProtocol, Secret, UserCredential
from netwatch.snmp import ciphers, digests, usm
from netwatch.snmp.engine import EngineChange
from netwatch.snmp.errors import NotInTimeWindow, Outcome, Refused, SendFailed, Timeout
from netwatch.snmp.keys import User
from netwatch.snmp.layout import LayoutSlot
from netwatch.snmp.mux import Mux
from netwatch.snmp.template import Kind, Template
from tests.contract.snmp_agents import UPTIME, running, small_tree
from tests.polling import device, inventory, watching
from tests.secured import Engine, SecuredAgent

PASSWORD = b"engines-canary-9"
USER = User(
    name=b"netwatch",
    auth=digests.AuthProtocol.SHA256,
    auth_password=PASSWORD,
    priv=ciphers.PrivProtocol.AES128,
    priv_password=PASSWORD,
)
CREDENTIAL = UserCredential(
    id="core",
    user="netwatch",
    auth=Auth(protocol=AuthProtocol.SHA256, password=Secret(PASSWORD)),
    priv=Priv(protocol=PrivProtocol.AES128, password=Secret(PASSWORD)),
)
ONE, OTHER = bytes.fromhex("80001f880401020304"), bytes.fromhex("80001f8804aabbccdd")
SYSTEM = Template((UPTIME, "1.3.6.1.2.1.1.5.0"), (Kind.NUMBER, Kind.OCTETS))
VALUES = [123_456, "교차로-7".encode()]


@pytest.fixture
async def mux():
    one = Mux()
    yield one
    one.close()


@pytest.fixture
async def agent():
    one = SecuredAgent(small_tree(2), Engine(ONE, [USER], boots=5, time_s=10_000))
    async with running(one):
        yield one


async def polled(mux, target, slot=None):
    """Values of one poll that is asked once, and what each datagram counted as."""
    before = dict(mux.outcomes)
    reply = await mux.get(target, SYSTEM, slot, retries=0)
    assert reply.values == VALUES
    return {outcome: count - before[outcome] for outcome, count in mux.outcomes.items() if count != before[outcome]}


async def test_a_first_contact_takes_three_datagrams_and_those_after_it_one(mux, agent):
    target, slot = agent.target(), LayoutSlot()
    contact = {Outcome.ENGINE_DISCOVERY: 1, Outcome.TIME_SYNCHRONIZATION: 1, Outcome.OK: 1}
    assert await polled(mux, target, slot) == contact
    assert await polled(mux, target, slot) == {Outcome.OK: 1}
    assert (target.engine.id, target.engine.boots) == (ONE, 5)
    assert target.engine.news is None


@pytest.mark.parametrize(
    ("restart", "change"),
    [
        ({"boots": 6, "time_s": 0}, EngineChange.REBOOTED),
        ({"boots": 0, "time_s": 0}, EngineChange.RESET),
        ({"boots": 1, "time_s": 20_000}, EngineChange.RESET),
        ({"boots": 5, "time_s": 20_000}, EngineChange.CLOCK_STEPPED),
        ({"boots": 5, "time_s": 100}, EngineChange.CLOCK_STEPPED),
    ],
    ids=["reboot", "factory reset", "older configuration", "clock forward", "clock back"],
)
async def test_an_engine_that_began_anew_is_read_by_the_same_poll(mux, agent, restart, change):
    target, slot = agent.target(), LayoutSlot()
    await polled(mux, target, slot)
    agent.engine.restart(**restart)
    assert await polled(mux, target, slot) == {Outcome.TIME_SYNCHRONIZATION: 1, Outcome.OK: 1}
    assert (target.engine.boots, target.engine.news.change) == (restart["boots"], change)
    assert await polled(mux, target, slot) == {Outcome.OK: 1}


async def test_another_box_at_the_old_address_is_read_by_the_same_poll(mux, agent):
    target, slot = agent.target(), LayoutSlot()
    await polled(mux, target, slot)
    agent.engine = Engine(OTHER, [USER], boots=77, time_s=5)
    assert await polled(mux, target, slot) == {
        Outcome.ENGINE_DISCOVERY: 1,
        Outcome.TIME_SYNCHRONIZATION: 1,
        Outcome.OK: 1,
    }
    assert (target.engine.id, target.engine.boots) == (OTHER, 77)
    assert target.engine.news.change is EngineChange.REPLACED
    assert (target.engine.news.before_id, target.engine.news.before_boots) == (ONE, 5)


async def test_what_the_kernel_refuses_to_send_is_waited_for_by_nobody(mux, agent):
    target = agent.target(host="127.0.0.1", interface="nosuch0")
    with pytest.raises(SendFailed):
        await mux.get(target, SYSTEM)
    large = Template(tuple(f"1.3.6.1.2.1.1.{n}.0" for n in range(1, 6_000)), (Kind.ANY,) * 5_999)
    await polled(mux, agent.target())
    with pytest.raises(SendFailed, match="too long"):
        await mux.get(agent.target(), large)
    assert mux._security._sent == {}


async def test_another_box_that_does_not_know_the_user_is_not_believed_to_stand_there(mux, agent):
    target = agent.target(timeout_s=0.1)
    await polled(mux, target)
    stranger = User(name=b"netwatch", auth=digests.AuthProtocol.SHA256, auth_password=b"another-password")
    agent.engine = Engine(OTHER, [stranger])
    with pytest.raises(Timeout):
        await mux.get(target, SYSTEM, retries=1)
    assert (target.engine.id, target.engine.boots) == (ONE, 5)


async def test_two_devices_with_one_engine_id_each_keep_their_own_time(mux, agent):
    async with running(SecuredAgent(small_tree(2), Engine(ONE, [USER], boots=90, time_s=7))) as twin:
        targets = agent.target(), twin.target()
        for target in targets * 3:
            await polled(mux, target)
        assert [target.engine.boots for target in targets] == [5, 90]
    assert mux.outcomes[Outcome.TIME_SYNCHRONIZATION] == 2


async def test_a_response_out_of_the_window_is_refused_though_rightly_signed(mux, agent):
    target = agent.target(timeout_s=0.15)
    await polled(mux, target)
    engine = agent.engine
    true_clock, engine.seal = engine.seal, None

    def long_ago(number, scoped, keys, level):
        stamp = usm.Stamp(number, engine.boots, engine.time_s - 151, level, reportable=False)
        return usm.seal(scoped, stamp, keys)

    engine.seal = long_ago
    with pytest.raises(Timeout):
        await mux.get(target, SYSTEM, retries=0)
    assert mux.outcomes[NotInTimeWindow.outcome] == 1
    engine.seal = true_clock
    assert await polled(mux, target) == {Outcome.OK: 1}


async def test_an_engine_that_is_never_in_time_ends_as_refused_after_few_datagrams(mux, agent):
    def never(data, respond):
        agent.engine.restart()
        return type(agent.engine).answer(agent.engine, data, respond)

    agent.engine.answer = never
    with pytest.raises(Refused, match="notInTimeWindows"):
        await mux.get(agent.target(timeout_s=0.1), SYSTEM, retries=1)
    assert mux.outcomes[Outcome.TIME_SYNCHRONIZATION] <= 8
    assert mux.outcomes[Outcome.REFUSED] == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": b"nobody"}, "unknownUserNames"),
        ({"auth_password": b"not-that-one"}, "wrongDigests"),
        ({"auth": digests.AuthProtocol.SHA512}, "wrongDigests"),
    ],
)
async def test_wrong_keys_end_as_refused_after_all_retries_with_what_was_reported(mux, agent, wrong, says):
    plain = {"name": USER.name, "auth": USER.auth, "auth_password": PASSWORD}
    target = agent.target(user=User(**(plain | wrong)), timeout_s=0.08, retries=1)
    with pytest.raises(Refused, match=f"no answer to 2 requests, but somebody reports {says}"):
        await mux.get(target, SYSTEM)
    assert not target.engine.synchronized
    assert PASSWORD.decode() not in repr(target)


# the same through collector and engine, as the daemon joins them


def secured(agent, **more):
    return device("sw-7", credential=CREDENTIAL, port=agent.port, **more)


async def settled(watch, name="sw-7", more=2):
    """Some further polls."""
    seen = len(watch.of(name, Lane.STATUS))
    await watch.until(lambda: len(watch.of(name, Lane.STATUS)) >= seen + more)


@pytest.mark.parametrize(
    ("happens", "kind", "detail"),
    [
        (lambda agent: agent.engine.restart(boots=0), EventKind.ENGINE_CHANGED, "reset"),
        (lambda agent: agent.engine.restart(boots=5, time_s=90_000), EventKind.ENGINE_CHANGED, "clock_stepped"),
    ],
    ids=["factory reset", "clock step"],
)
async def test_no_false_down_and_an_event(tmp_path, agent, happens, kind, detail):
    async with watching(tmp_path, inventory(secured(agent))) as watch:
        await watch.until(lambda: watch.samples()["sw-7"].get(("device_snmp_up",)) == 1.0)
        happens(agent)
        await settled(watch)
        assert all(seen.reason is None for seen in watch.seen["sw-7"]), "no poll was lost"
        assert watch.samples()["sw-7"]["device_snmp_up",] == 1.0
        told = [event for event in watch.events if event.kind is kind]
    assert [(event.subject, event.detail["change"]) for event in told] == [("device:sw-7", detail)]
    assert {change for change, count in watch.collector.engines.changes.items() if count} == {detail}


async def test_two_devices_with_one_engine_id_are_told_of_once_and_both_polled(tmp_path, agent):
    async with running(SecuredAgent(small_tree(2), Engine(ONE, [USER], boots=90, time_s=7))) as twin:
        twins = (secured(agent), device("sw-8", credential=CREDENTIAL, port=twin.port))
        async with watching(tmp_path, inventory(*twins)) as watch:
            await watch.until(lambda: watch.seen["sw-7"] and watch.seen["sw-8"])
            await settled(watch, "sw-7")
            await settled(watch, "sw-8")
            assert all(seen.reason is None for seen in (*watch.seen["sw-7"], *watch.seen["sw-8"]))
            shared = [event for event in watch.events if event.kind is EventKind.ENGINE_SHARED]
    assert len(shared) == 1
    assert watch.collector.engines.changes["shared"] == 1
    assert shared[0].detail["engine_id"] == ONE.hex()
    assert {shared[0].subject, f"device:{shared[0].detail['with']}"} == {"device:sw-7", "device:sw-8"}


async def test_a_restarted_manager_takes_up_engine_and_clock_and_asks_at_once(tmp_path, agent):
    async with watching(tmp_path, inventory(secured(agent))) as watch:
        await watch.until(lambda: watch.of("sw-7", Lane.STATUS))
        interfaces = watch.engine.states["sw-7"].interfaces
        learned = watch.collector.learned("sw-7")
    assert learned["engine"]["id"] == ONE.hex()
    assert PASSWORD.decode() not in str(learned)
    again = tmp_path / "again"
    again.mkdir()
    agent.engine.reports.clear()
    stock = inventory(secured(agent))
    async with watching(again, inventory()) as watch:
        watch.collector.recall("sw-7", interfaces, learned)
        watch.use(stock)
        await watch.until(lambda: watch.of("sw-7", Lane.STATUS))
        assert watch.of("sw-7", Lane.STATUS)[0].reason is None
        outcomes = watch.collector.mux.outcomes
        assert outcomes[Outcome.ENGINE_DISCOVERY] == outcomes[Outcome.TIME_SYNCHRONIZATION] == 0
    assert agent.engine.reports == {}

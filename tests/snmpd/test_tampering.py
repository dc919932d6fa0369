"""A proxy tampers with live SNMPv3 traffic of a real snmpd: what is forged moves nothing, and the wait goes on."""

import asyncio
from dataclasses import replace

import pysnmp.hlapi.v3arch.asyncio as hlapi
import pytest

from netwatch.snmp import usm
from netwatch.snmp.errors import Outcome, Refused, Timeout
from netwatch.snmp.layout import LayoutSlot
from netwatch.snmp.message import Version
from netwatch.snmp.mux import Mux
from netwatch.snmp.template import Kind, Template
from tests.contract.snmp_agents import until
from tests.secured import UNKNOWN_ENGINE
from tests.snmpd.attacks import ATTACKS, FOREIGN_ENGINE, FORGED, a_response_of_another_boot, report
from tests.snmpd.daemon import NAME, USER, Snmpd
from tests.snmpd.proxy import between

SYSTEM = Template(("1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.3.0"), (Kind.OCTETS, Kind.NUMBER))
LARGE = Template(
    (*SYSTEM.oids, *(f"1.3.6.1.2.1.1.{n}.0" for n in (1, 4, 6)), *(f"1.3.6.1.2.1.11.{n}.0" for n in range(1, 7))) * 3,
    (Kind.OCTETS, Kind.NUMBER, *(Kind.ANY,) * 9) * 3,
)
PYSNMP_BELIEVES = {a_response_of_another_boot}  # it keeps RFC 3414's window for requests alone
CONTACT = (Outcome.ENGINE_DISCOVERY, Outcome.TIME_SYNCHRONIZATION)


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory):
    one = Snmpd(tmp_path_factory.mktemp("snmpd"))
    asyncio.run(one.start())
    yield one
    asyncio.run(one.kill())


@pytest.fixture
async def mux():
    one = Mux()
    yield one
    one.close()


def target_at(snmpd, proxy, **changes):
    return snmpd.target(version=Version.V3, **({"timeout_s": 5.0, "retries": 0, "port": proxy.port} | changes))


def told(mux, *, but=()):
    return {outcome: count for outcome, count in mux.outcomes.items() if count and outcome not in but}


def trusted(target):
    return target.engine.id, target.engine.boots, target.engine.time_s


@pytest.mark.parametrize("template", [SYSTEM, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_what_is_forged_is_counted_and_the_true_answer_still_waited_for(mux, snmpd, attack, template):
    async with between(snmpd.port) as proxy:
        target, slot = target_at(snmpd, proxy), LayoutSlot()
        for _ in range(2):  # engine, clock, glance and layout are known
            true = await mux.get(target, template, slot)
        engine, before = trusted(target)[:2], told(mux)
        proxy.tamper = attack
        reply = await mux.get(target, template, slot)
    assert reply.values[0] == NAME.encode()
    assert len(reply.values) == len(true.values)
    assert (reply.attempts, trusted(target)[:2]) == (1, engine)
    assert abs(target.engine.time_s - usm_time(proxy)) <= 1, "the trusted time is that of the true agent"
    assert reply.received_s - reply.sent_s >= 0.9 * proxy.late_s
    after = told(mux)
    counted = {outcome: after[outcome] - before.get(outcome, 0) for outcome in after}
    assert counted[ATTACKS[attack]] >= 1
    assert counted[Outcome.OK] == 1


def usm_time(proxy):
    return usm.parse(proxy.exchanges[-1].answer).time_s


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_what_is_forged_never_shortens_the_wait_and_never_counts_for_an_answer(mux, snmpd, attack):
    async with between(snmpd.port) as proxy:
        patient, slot = target_at(snmpd, proxy), LayoutSlot()
        for _ in range(2):
            await mux.get(patient, SYSTEM, slot)
        target, engine = replace(patient, timeout_s=0.12), trusted(patient)[:2]
        proxy.tamper, proxy.drops_answers = attack, True
        begun_s = asyncio.get_running_loop().time()
        with pytest.raises(Timeout) as caught:
            await mux.get(target, SYSTEM, slot)
    assert asyncio.get_running_loop().time() - begun_s >= 0.115
    assert trusted(target)[:2] == engine
    claims = ATTACKS[attack] is Outcome.UNAUTHENTICATED_REPORT
    assert isinstance(caught.value, Refused) == claims
    assert FORGED not in str(caught.value)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_pysnmp_through_the_same_proxy_is_the_control(snmpd, attack):
    """That the attacks are real: pysnmp reads the agent's answer too, or an error, but for the one it falls for."""
    engine = hlapi.SnmpEngine()
    who = hlapi.UsmUserData(
        USER.name.decode(),
        USER.auth_password.decode(),
        USER.priv_password.decode(),
        authProtocol=hlapi.usmHMAC192SHA256AuthProtocol,
        privProtocol=hlapi.usmAesCfb128Protocol,
    )

    async def ask(timeout_s=5):
        where = await hlapi.UdpTransportTarget.create(("127.0.0.1", proxy.port), timeout=timeout_s, retries=0)
        name = hlapi.ObjectType(hlapi.ObjectIdentity(SYSTEM.oids[0]))
        return await hlapi.get_cmd(engine, who, where, hlapi.ContextData(), name, lookupMib=False)

    async with between(snmpd.port) as proxy:
        try:
            for _ in range(2):
                error, _, _, found = await ask()
                assert (error, bytes(found[0][1])) == (None, NAME.encode())
            proxy.tamper = attack
            error, _, _, found = await ask(timeout_s=0.25)
        finally:
            engine.close_dispatcher()
    is_fooled = not error and bytes(found[0][1]) == FORGED.encode()
    assert is_fooled == (attack in PYSNMP_BELIEVES)
    assert is_fooled or error or bytes(found[0][1]) == NAME.encode()


async def test_a_first_contact_that_somebody_else_answers_first_still_finds_the_true_engine(mux, snmpd):
    def tamper(_proxy, exchange):
        return report(exchange, UNKNOWN_ENGINE, engine_id=FOREIGN_ENGINE)

    async with between(snmpd.port, tamper) as proxy:
        target = target_at(snmpd, proxy)
        reply = await mux.get(target, SYSTEM)
    assert reply.values[0] == NAME.encode()
    assert target.engine.id not in (b"", FOREIGN_ENGINE)
    assert mux.outcomes[Outcome.ENGINE_DISCOVERY] >= 2


async def test_a_first_contact_where_only_others_answer_believes_nobody(mux, snmpd):
    def tamper(_proxy, exchange):
        return report(exchange, UNKNOWN_ENGINE, engine_id=FOREIGN_ENGINE)

    async with between(snmpd.port, tamper, drops_answers=True) as proxy:
        target = target_at(snmpd, proxy, timeout_s=0.2)
        with pytest.raises(Timeout):
            await mux.get(target, SYSTEM)
    assert trusted(target) == (b"", 0, 0)
    assert not target.engine.synchronized
    assert len(proxy.exchanges) <= 3, "each engine that is named is tried once"


async def test_a_true_answer_that_comes_twice_is_a_duplicate(mux, snmpd):
    async with between(snmpd.port, lambda _proxy, exchange: [exchange.answer], late_s=0.01) as proxy:
        target = target_at(snmpd, proxy)
        for _ in range(2):
            assert (await mux.get(target, SYSTEM)).values[0] == NAME.encode()
        await until(lambda: mux.outcomes[Outcome.DUPLICATE] >= 1)
    assert set(told(mux)) <= {Outcome.OK, Outcome.DUPLICATE, Outcome.UNAUTHENTICATED_REPORT, *CONTACT}

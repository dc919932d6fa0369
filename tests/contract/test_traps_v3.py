"""Traps and informs by SNMPv3: from net-snmp and pysnmp as they are, and tampered with on the way."""

import asyncio
import socket

import pytest
from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    NotificationType,
    ObjectIdentity,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    send_notification,
    usmAesCfb128Protocol,
    usmHMAC192SHA256AuthProtocol,
)

from netwatch.core.model import Auth, AuthProtocol, Device, Priv, PrivProtocol, Secret, SnmpSettings, UserCredential
from tests.contract.test_traps import Listener, at, run
from tests.signed_traps import AUTH_PASSWORD, BOOTS, ENGINE, PRIV_PASSWORD, TIME_S, inform
from tests.traps import COLD_START, EVERY_S, IF_INDEX, LINK_DOWN

SHA256 = Auth(protocol=AuthProtocol.SHA256, password=Secret(AUTH_PASSWORD.encode()))
AES = Priv(protocol=PrivProtocol.AES128, password=Secret(PRIV_PASSWORD.encode()))
LEVELS = {
    "authPriv": (SHA256, AES),
    "authNoPriv": (SHA256, None),
    "noAuthNoPriv": (None, None),
}


def switch(auth=SHA256, priv=AES, name="sw-1"):
    credential = UserCredential(id="core", user="netwatch", auth=auth, priv=priv)
    return Device(id=name, site="hall", address="127.0.0.1", snmp=SnmpSettings(credential=credential), every_s=EVERY_S)


def words(level, *, auth=AUTH_PASSWORD):
    """The user, in the words of net-snmp."""
    told = ["-v3", "-unetwatch", f"-l{level}", "-r0", "-t20"]
    told += ["-aSHA-256", f"-A{auth}"] if level != "noAuthNoPriv" else []
    return told + (["-xAES", f"-X{PRIV_PASSWORD}"] if level == "authPriv" else [])


def listening(level="authPriv", **more):
    """A listener that has polled the switch: its engine is proven."""
    one = Listener(switch(*LEVELS[level]), **more)
    one.engines["sw-1"].id = ENGINE
    if level != "noAuthNoPriv":
        one.engines["sw-1"].take(BOOTS, TIME_S, asyncio.get_running_loop().time())
    return one


def as_engine(boots=BOOTS, time_s=TIME_S):
    return [f"-e0x{ENGINE.hex()}", f"-Z{boots},{time_s}"]


@pytest.mark.parametrize("level", LEVELS)
async def test_snmptrap_by_the_engine_that_polling_has_proven(level):
    with listening(level) as listener:
        code, said = await run("snmptrap", *words(level), *as_engine(), at(listener), "", LINK_DOWN)
        assert (code, said) == (0, "")
        assert await listener.hears(1) == {"acted_on": 1}
        assert listener.looks == ["sw-1"]


@pytest.mark.parametrize("level", LEVELS)
async def test_snmpinform_learns_our_engine_and_is_answered(level, tmp_path):
    with listening(level) as listener:
        code, said = await run(
            "snmpinform", *words(level), at(listener), "", COLD_START, environ={"SNMP_PERSISTENT_DIR": str(tmp_path)}
        )
        assert code == 0, said
        heard = await listener.hears(listener.traps.received)
        assert heard["acted_on"] == 1
        assert set(heard) == {"acted_on", "synchronization"}


async def test_pysnmp_informs_us(tmp_path):
    with listening() as listener:
        engine = SnmpEngine()
        error, status, _, _ = await send_notification(
            engine,
            UsmUserData(
                "netwatch",
                AUTH_PASSWORD,
                PRIV_PASSWORD,
                authProtocol=usmHMAC192SHA256AuthProtocol,
                privProtocol=usmAesCfb128Protocol,
            ),
            await UdpTransportTarget.create(("127.0.0.1", listener.port), timeout=20, retries=0),
            ContextData(),
            "inform",
            NotificationType(ObjectIdentity(LINK_DOWN)),
        )
        engine.close_dispatcher()
        assert not error
        assert not status
        assert listener.outcomes["acted_on"] == 1


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ([*words("authPriv", auth="another password"), *as_engine()], "not_authentic"),
        ([*words("authNoPriv"), *as_engine()], "wrong_level"),
        ([*words("noAuthNoPriv"), *as_engine()], "wrong_level"),
        ([*words("authPriv"), "-unobody", *as_engine()], "unknown_user"),
        ([*words("authPriv"), "-e0x80001f880431323334", f"-Z{BOOTS},{TIME_S}"], "unknown_engine"),
        ([*words("authPriv"), *as_engine(boots=BOOTS - 1)], "replayed"),
        ([*words("authPriv"), *as_engine(time_s=TIME_S - 200)], "replayed"),
        ([*words("authPriv"), *as_engine(time_s=TIME_S - 100)], "acted_on"),
        ([*words("authPriv"), *as_engine(boots=BOOTS + 1, time_s=3)], "acted_on"),  # it has just restarted
        (["-v2c", "-cpublic"], "wrong_community"),
        (["-v2c", "-cnetwatch"], "wrong_community"),
    ],
)
async def test_who_cannot_prove_it_is_refused_by_the_reason(told, outcome):
    with listening() as listener:
        await run("snmptrap", *told, at(listener), "", LINK_DOWN)
        assert await listener.hears(1) == {outcome: 1}
        assert listener.looks == (["sw-1"] if outcome == "acted_on" else [])
        assert listener.engines["sw-1"].boots == BOOTS  # a trap moves nothing that polling goes by


async def test_an_engine_that_was_never_polled_is_not_believed():
    with Listener(switch()) as listener:
        await run("snmptrap", *words("authPriv"), *as_engine(), at(listener), "", LINK_DOWN)
        assert await listener.hears(1) == {"unknown_engine": 1}


async def test_what_was_taken_is_not_taken_again_and_the_next_is(tmp_path):
    """Somebody at the cabinet records a trap and sends it again, from the switch's own address."""
    with listening() as listener, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tap:
        tap.bind(("127.0.0.1", 0))
        tap.settimeout(5)
        where = f"127.0.0.1:{tap.getsockname()[1]}"
        recorded = []
        for _ in range(2):
            await run("snmptrap", *words("authPriv"), *as_engine(), where, "", LINK_DOWN, f"{IF_INDEX}.3", "i", 3)
            recorded.append(tap.recv(2000))
        first, second = recorded
        for datagram in (first, first, first, second):
            tap.sendto(datagram, ("127.0.0.1", listener.port))
        assert await listener.hears(4) == {"acted_on": 1, "replayed": 2, "duplicate": 1}


async def test_an_inform_that_was_recorded_is_not_answered_again(tmp_path):
    with listening() as listener:
        own = listener.traps._known.signed._own
        message = inform(own, int(own.time_s(asyncio.get_running_loop().time())))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.settimeout(0.3)
            sender.bind(("127.0.0.1", 0))
            for expected in ({"acted_on": 1}, {"acted_on": 1, "replayed": 1}):
                sender.sendto(message, ("127.0.0.1", listener.port))
                assert await listener.hears(sum(expected.values())) == expected
            assert sender.recv(2000)
            with pytest.raises(TimeoutError):
                sender.recv(2000)

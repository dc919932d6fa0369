"""Traps over real sockets, from who really sends them: net-snmp, pysnmp, and forgers by scapy."""

import asyncio
import logging
import os
import socket
import subprocess
import sys
from collections import Counter

import pytest
from pysnmp.hlapi.v1arch.asyncio import (
    CommunityData,
    NotificationType,
    ObjectIdentity,
    SnmpDispatcher,
    UdpTransportTarget,
    send_notification,
)
from scapy.asn1.asn1 import ASN1_OID
from scapy.layers.snmp import SNMP, SNMPtrapv1, SNMPtrapv2, SNMPvarbind

from netwatch.collect.trap_gate import TrapOutcome
from netwatch.collect.trap_looks import Doors
from netwatch.collect.trap_socket import passed_sockets
from netwatch.collect.traps import Traps
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.errors import NetwatchError
from netwatch.core.model import Settings
from netwatch.snmp.engine import RemoteEngine
from tests.contract.snmp_agents import until
from tests.ports import free_tcp_port, free_udp_port
from tests.tools import require_tool
from tests.traps import COLD_START, IF_INDEX, INFORM, LINK_DOWN, device, inventory, port, trap

PATIENCE_S = 60.0


class Listener:
    """Traps heard on loopback, and what they led to."""

    def __init__(self, *devices, host="127.0.0.1", environ=None, **settings):
        self.looks, self.events = [], []
        doors = Doors(
            look=lambda name, lane: self.looks.append(name),
            echo=lambda name, in_s: None,
            check=lambda name: None,
            interfaces=lambda name: InterfaceMap(),
            record=self.events.append,
            asked=lambda _: None,
        )
        self.engines = {one.id: RemoteEngine() for one in devices}
        self.traps = Traps(doors, address_of=lambda name: name, engine_of=self.engines.__getitem__)
        self.traps.use(inventory(*devices, settings=Settings(**settings)))
        self.traps.open((host, 0) if environ is None else None, environ or {})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.traps.close()

    @property
    def port(self):
        return self.traps.addresses[0][1]

    @property
    def outcomes(self):
        return +Counter({one.value: number for one, number in self.traps.outcomes.items()})

    async def hears(self, number):
        """Wait until so many have come; each is counted under one outcome."""
        await until(lambda: self.traps.received >= number)
        assert self.traps.received == sum(self.outcomes.values()) == number
        return self.outcomes


@pytest.fixture
def here():
    return device("sw-1", "127.0.0.1")


async def run(program, *words, environ=None):
    """A program to its end; whatever it said."""
    process = await asyncio.create_subprocess_exec(
        require_tool(program),
        *map(str, words),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "MIBS": "", **(environ or {})},
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode()


def at(listener, host="127.0.0.1"):
    return f"udp6:[{host}]:{listener.port}" if ":" in host else f"{host}:{listener.port}"


async def test_snmptrap_of_v1(here):
    with Listener(here) as listener:
        words = ("1.3.6.1.4.1.6296.1", "10.9.9.9", 2, 0, "", f"{IF_INDEX}.3", "i", 3)
        assert (await run("snmptrap", "-v1", "-cpublic", at(listener), *words))[0] == 0
        assert await listener.hears(1) == {"acted_on": 1}
        assert listener.looks == ["sw-1"]


async def test_snmptrap_of_v2c(here):
    with Listener(here) as listener:
        words = ("", LINK_DOWN, f"{IF_INDEX}.3", "i", 3)
        assert (await run("snmptrap", "-v2c", "-cpublic", at(listener), *words))[0] == 0
        assert await listener.hears(1) == {"acted_on": 1}


async def test_snmpinform_is_answered_once_it_was_counted(here):
    with Listener(here) as listener:
        code, said = await run("snmpinform", "-v2c", "-cpublic", "-r0", "-t20", at(listener), "", COLD_START)
        assert (code, said) == (0, "")
        assert await listener.hears(1) == {"acted_on": 1}


async def test_snmpinform_with_a_wrong_community_gets_no_answer(here):
    with Listener(here) as listener:
        code, said = await run("snmpinform", "-v2c", "-cwrong", "-r1", "-t0.2", at(listener), "", COLD_START)
        assert code != 0
        assert "Timeout" in said
        assert await listener.hears(2) == {"wrong_community": 2}


async def test_over_ipv6():
    with Listener(device("sw-1", "::1"), host="::1") as listener:
        code, said = await run("snmpinform", "-v2c", "-cpublic", "-r0", "-t20", at(listener, "::1"), "", COLD_START)
        assert (code, said) == (0, "")
        assert await listener.hears(1) == {"acted_on": 1}


async def test_an_ipv4_device_is_known_on_a_socket_for_both_and_answered_from_where_it_asked(here):
    with Listener(here, host="::") as listener, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        sender.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        sender.sendto(trap(COLD_START, tag=INFORM), ("127.0.0.77", listener.port))
        assert await listener.hears(1) == {"acted_on": 1}
        async with asyncio.timeout(PATIENCE_S):
            _, peer = await asyncio.get_running_loop().sock_recvfrom(sender, 2000)
        assert peer == ("127.0.0.77", listener.port)


@pytest.mark.parametrize(("version", "kind"), [(0, "trap"), (1, "trap"), (1, "inform")])
async def test_pysnmp_as_the_sender(here, version, kind):
    with Listener(here) as listener:
        dispatcher = SnmpDispatcher()
        error, status, _, _ = await send_notification(
            dispatcher,
            CommunityData("public", mpModel=version),
            await UdpTransportTarget.create(("127.0.0.1", listener.port), timeout=20, retries=0),
            kind,
            NotificationType(ObjectIdentity(LINK_DOWN)),
        )
        dispatcher.transport_dispatcher.close_dispatcher()
        assert not error
        assert not status
        assert await listener.hears(1) == {"acted_on": 1}


def forged():
    """What somebody at an open cabinet might send, and how it ends."""
    bound = [SNMPvarbind(oid=ASN1_OID(f"{IF_INDEX}.1"), value=1)]
    v2 = [
        SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.1.3.0"), value=1),
        SNMPvarbind(oid=ASN1_OID("1.3.6.1.6.3.1.1.4.1.0"), value=ASN1_OID(LINK_DOWN)),
    ]
    return [
        (
            bytes(SNMP(version=0, community="public", PDU=SNMPtrapv1(generic_trap=2, time_stamp=1, varbindlist=bound))),
            "acted_on",
        ),
        (bytes(SNMP(version=1, community="public", PDU=SNMPtrapv2(id=1, varbindlist=v2))), "acted_on"),
        (bytes(SNMP(version=1, community="guess", PDU=SNMPtrapv2(id=1, varbindlist=v2))), "wrong_community"),
        (bytes(SNMP(version=0, community="public", PDU=SNMPtrapv1(generic_trap=99, time_stamp=1))), "malformed"),
        (bytes(SNMP(version=0, community="public", PDU=SNMPtrapv2(id=1, varbindlist=v2))), "wrong_pdu"),
        (bytes(SNMP(version=1, community="public", PDU=SNMPtrapv2(id=1))), "malformed"),
        (b"\x30\x82\xff\xff" + b"\x30\x80" * 9000, "malformed"),
        (b"", "malformed"),
        (bytes(65_000), "malformed"),
    ]


async def test_forged_datagrams_each_end_in_one_outcome_and_leave_the_next_trap_its_way(here):
    with Listener(here) as listener, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        expected = Counter()
        for datagram, outcome in forged():
            sender.sendto(datagram, ("127.0.0.1", listener.port))
            expected[outcome] += 1
        sender.sendto(trap(LINK_DOWN, port(99)), ("127.0.0.1", listener.port))
        expected["acted_on"] += 1
        assert await listener.hears(len(forged()) + 1) == expected


async def test_a_stranger_is_counted_and_told_of_by_address(here, caplog):
    with Listener(here) as listener, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.66", 0))
        for _ in range(3):
            sender.sendto(trap(), ("127.0.0.1", listener.port))
        assert await listener.hears(3) == {"unknown_source": 3}
        with caplog.at_level(logging.WARNING):
            listener.traps._tell_strangers()
            listener.traps._tell_strangers()
        (line,) = caplog.messages
        assert "3 traps" in line
        assert "127.0.0.66" in line


async def test_what_the_kernel_had_no_room_for_is_counted_too(here):
    with Listener(here) as listener, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        target, big = ("127.0.0.1", listener.port), bytes(60_000)
        sent = 0
        while not listener.traps.outcomes[TrapOutcome.KERNEL_DROPPED] and sent < 5000:
            sender.sendto(big, target)  # the loop does not run meanwhile, so nobody reads
            sent += 1
        assert 0 < sent < 5000
        outcomes = await listener.hears(sent)
        assert outcomes["kernel_dropped"] >= 1


def nobody():
    return Traps(None, address_of=None, engine_of=None)


async def test_a_port_that_is_taken_is_one_sentence(here):
    with Listener(here) as listener:
        with pytest.raises(NetwatchError, match=rf"cannot hear traps at 127\.0\.0\.1 port {listener.port}: Address"):
            nobody().open(("127.0.0.1", listener.port), {})
        with pytest.raises(NetwatchError, match="cannot hear traps at nowhere"):
            nobody().open(("nowhere", 0), {})


def test_sockets_passed_to_another_process_are_not_ours():
    assert passed_sockets({"LISTEN_PID": "1", "LISTEN_FDS": "1"}) == []
    assert passed_sockets({}) == []


PASSED = """
import asyncio, os
from netwatch.collect.trap_socket import passed_sockets
for one in passed_sockets(os.environ):
    print(one.getsockname()[:2], one.get_inheritable())
"""


@pytest.mark.parametrize(("option", "said"), [("--datagram", "('127.0.0.1', {port}) False"), ("", "no UDP socket")])
def test_systemd_passes_its_socket_and_only_one_for_traps_is_taken(option, said):
    kind = socket.SOCK_DGRAM if option else socket.SOCK_STREAM
    number = free_udp_port() if option else free_tcp_port()
    activate = [require_tool("systemd-socket-activate"), f"--listen=127.0.0.1:{number}", *filter(None, [option])]
    process = subprocess.Popen(
        [*activate, f"--setenv=PYTHONPATH={os.pathsep.join(sys.path)}", sys.executable, "-c", PASSED],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout.readline().startswith("Listening on")
        with socket.socket(socket.AF_INET, kind) as waker:
            waker.connect(("127.0.0.1", number))
            waker.send(b"wake")
            told, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert said.format(port=number) in told

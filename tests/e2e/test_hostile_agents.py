"""One hostile agent per class of pain beside ten healthy ones, polled by the real Collector and Engine.

Whatever it does, its own page tells the right thing with the right reason, the whole page parses, and the healthy
ones' samples are complete and their polls on time.
"""

import asyncio
import contextlib
import statistics
from dataclasses import replace
from itertools import pairwise

import pytest
from scapy.asn1.asn1 import ASN1_INTEGER, ASN1_OID
from scapy.layers.snmp import SNMP

from netwatch.core.model import Lane, Settings, SnmpVersion
from netwatch.simulate.server import Ports, serve_recordings
from netwatch.snmp import ber
from netwatch.snmp.errors import Outcome
from netwatch.snmp.message import PduType, VarBind, encode, encode_value
from tests.contract.snmp_agents import Agent, running
from tests.polling import device, inventory, watching
from tests.switches import (
    IF_ALIAS,
    IF_HC_IN,
    IF_IN_ERRORS,
    IF_NAME,
    IF_OPER,
    IN_FROM,
    NAME,
    snmprec,
    switch,
)

HEALTHY = {f"healthy-{number}": f"127.4.0.{number}" for number in range(1, 11)}
EVERY_S = 0.5
HOSTILE = "hostile"
PORTS = 28


@contextlib.asynccontextmanager
async def healthy_city(folder, *devices, settings=None):
    """Ten healthy switches of four ports, and these devices; held to account at the end."""
    every_s = {Lane.STATUS: EVERY_S, Lane.TRAFFIC: EVERY_S}
    recording = folder / "switch.snmprec"
    recording.write_text(snmprec(switch(4)))
    simulation = serve_recordings(
        dict.fromkeys(HEALTHY.values(), recording), ports=Ports(snmp=0, echo=None, tcp=None), living=True
    )
    simulation.start()
    try:
        healthy = [
            device(name, address=address, port=simulation.snmp_port, every_s=every_s, timeout_s=2.0)
            for name, address in HEALTHY.items()
        ]
        async with watching(folder / "state", inventory(*healthy, *devices, settings=settings)) as watch:
            yield watch
            await watch.until(lambda: all(len(watch.of(name, Lane.TRAFFIC)) >= 5 for name in HEALTHY))
            await asyncio.sleep(0.3)  # three ticks of the engine
            hold_to_account(watch)
    finally:
        simulation.stop()


def hold_to_account(watch):
    """The healthy ones' samples are complete, and nothing was late."""
    told = watch.samples()
    late_s = []
    for name in HEALTHY:
        for index in range(1, 5):
            for direction in ("receive", "transmit"):
                assert told[name][f"interface_{direction}_bytes_total", f"Gi1/0/{index}"] >= IN_FROM
            assert told[name]["interface_up", f"Gi1/0/{index}"] == 1
        assert not [key for key in told[name] if key[0] == "poll_failures_total"]
        assert told[name]["device_snmp_up",] == 1
        assert all(one.completeness.value == "complete" for one in watch.seen[name])
        for lane in (Lane.STATUS, Lane.TRAFFIC):
            regular = watch.of(name, lane)[1:]  # the first one is asked for at once
            late_s += [abs(later.started_s - one.started_s - EVERY_S) for one, later in pairwise(regular)]
    assert statistics.median(late_s) < EVERY_S / 10  # of our own time, in which others' work does not pass
    assert not [name for name, _ in watch.overruns if name in HEALTHY]


@contextlib.asynccontextmanager
async def beside_healthy(folder, twist=None, *, tree=None, settings=None, discovery_s=3600.0, **snmp):
    """The healthy city and one hostile agent of 28 ports in it."""
    async with running(Agent(tree or switch(PORTS), twist)) as agent:
        every_s = {Lane.STATUS: EVERY_S, Lane.TRAFFIC: EVERY_S, Lane.DISCOVERY: discovery_s}
        hostile = device(HOSTILE, port=agent.port, every_s=every_s, **snmp)
        async with healthy_city(folder, hostile, settings=settings) as watch:
            yield watch, agent


def failures(watch):
    """What the page tells of the hostile device's failures: (lane, reason) -> count."""
    told = watch.samples()[HOSTILE]
    return {frozenset(key[1:]): value for key, value in told.items() if key[0] == "poll_failures_total"}


def reasons(watch):
    return {label for labels in failures(watch) for label in labels} - {lane.value for lane in Lane}


def column(watch, metric):
    """Port -> value of one family of the hostile device."""
    return {key[1]: value for key, value in watch.samples()[HOSTILE].items() if key[0] == metric}


def all_rows(watch, metric="interface_receive_bytes_total"):
    return lambda: len(column(watch, metric)) == PORTS


RIGHT = {f"Gi1/0/{index}": IN_FROM + index for index in range(1, PORTS + 1)}


# pain 4: large replies


def limited(values, otherwise, *kinds):
    """Answers of more variables than that are replaced, for these kinds of request or for all."""

    def twist(_agent, request, answer):
        if len(answer.varbinds) <= values or (kinds and request.pdu_type not in kinds):
            return [answer]
        return otherwise(answer)

    return twist


def too_big(answer):
    return [replace(answer, varbinds=(), error_status=1)]


@pytest.mark.parametrize("otherwise", [too_big, lambda _: []], ids=["says tooBig", "drops them"])
async def test_an_agent_of_small_replies_is_read_completely_and_its_size_remembered(tmp_path, otherwise):
    async with beside_healthy(tmp_path, limited(20, otherwise)) as (watch, agent):
        await watch.until(all_rows(watch))
        assert column(watch, "interface_receive_bytes_total") == RIGHT
        assert len(column(watch, "interface_up")) == PORTS
        asked = len(agent.requests)
        await asyncio.sleep(1.2)
        assert 0 < watch.collector.learned(HOSTILE)["proven"] <= 20
        sizes = [len(request.varbinds) for request in agent.requests[asked:]]
        assert len(sizes) > 10
        assert len([size for size in sizes if size > 20]) <= 2  # it is tried again now and then, in single steps
    assert reasons(watch) == set()


async def test_an_agent_that_cannot_answer_one_row_has_no_figures_because_of_too_big_and_never_because_absent(tmp_path):
    async with beside_healthy(tmp_path, limited(3, too_big, PduType.GET)) as (watch, _):
        await watch.until(lambda: frozenset({"traffic", "too_big"}) in failures(watch))
        assert "absent" not in reasons(watch)
        assert len(column(watch, "interface_receive_bytes_total")) == 0
        assert watch.samples()[HOSTILE]["device_snmp_up",] == 1  # it does answer
        assert len(watch.engine.states[HOSTILE].interfaces.names) == PORTS


# pain 5: walks


def turns_back(agent, _request, answer):
    """Having reached the name of port 20, begins again at port 10."""
    back, limit = agent.get(ber.oid_content(f"{IF_NAME}.10")), ber.oid_content(f"{IF_NAME}.20")
    beyond = ber.oid_content(f"{IF_NAME}.999")
    if answer.varbinds and _request.pdu_type is PduType.GET:
        return [answer]
    return [replace(answer, varbinds=tuple(back if limit < one.oid < beyond else one for one in answer.varbinds))]


async def test_a_walk_in_circles_keeps_its_rows_is_told_as_a_loop_and_costs_nothing_else(tmp_path):
    async with beside_healthy(tmp_path, turns_back, discovery_s=1.0) as (watch, agent):
        await watch.until(lambda: len(watch.of(HOSTILE, Lane.DISCOVERY)) >= 3)
        await watch.until(all_rows(watch))
        assert reasons(watch) == {"loop"}
        assert {frozenset({"discovery", "loop"})} == set(failures(watch))
        walked = [request for request in agent.requests if request.pdu_type is PduType.GET_BULK]
        others = len(watch.of(HOSTILE, Lane.DISCOVERY)[0].tables) - 1  # not there, and asked for once each
        assert len(walked) / len(watch.of(HOSTILE, Lane.DISCOVERY)) < 8 + others
        names = column(watch, "interface_up")
        assert {f"Gi1/0/{index}" for index in range(1, 21)} <= names.keys()
        assert "GigabitEthernet 1/0/28" in names  # its name was never read, its description was


async def test_a_table_without_end_is_cut_off_at_its_cap_and_told(tmp_path):
    def invents(_agent, request, answer):
        if request.pdu_type is PduType.GET:
            return [answer]
        row, varbinds = [varbind.oid for varbind in request.varbinds], []
        for _ in range(max(1, request.max_repetitions)):
            following = []
            for oid in row:
                arcs = ber.content_arcs(oid)
                at = 11 if arcs[7] == 31 else 10  # where ifXTable's and ifTable's index stands
                following.append(
                    ber.oid_content(".".join(map(str, (*arcs[:at], (arcs[at] if len(arcs) > at else 0) + 1))))
                )
            varbinds += [VarBind(oid, ber.OCTET_STRING, b"port") for oid in following]
            row = following
        return [replace(answer, varbinds=tuple(varbinds))]

    settings = Settings(max_interfaces_per_device=50)
    async with beside_healthy(tmp_path, invents, settings=settings) as (watch, _):
        await watch.until(lambda: frozenset({"discovery", "truncated"}) in failures(watch))
        told = watch.samples()[HOSTILE]
        assert told["device_interfaces_dropped",] == 50  # twice the cap was looked at
        assert len([key for key in told if key[0] == "interface_info"]) == 50


# pain 8: text


TEXTS = [
    b"\xff\xfe\x80",
    "교차로 카메라".encode("cp949"),
    b"line\nbreak",
    b'say "hi"',
    b"nul\0nul",
    b"\xed\xa0\x80",  # a lone surrogate
    b"back\\slash\\",
    b"",
    b"   ",
    b"twin",
    b"twin",
    "\u202eright to left".encode(),
    b'{a="b"} 1',
    b"# HELP x y",
    b"x" * 255,
    b"\r\n\t\x1b[31m",
    "é́".encode(),
    b"%s%d%%",
]


async def test_text_of_any_octets_never_breaks_the_page(tmp_path):
    tree = switch(len(TEXTS))
    for index, text in enumerate(TEXTS, start=1):
        tree[f"{IF_NAME}.{index}"] = tree[f"{IF_ALIAS}.{index}"] = (ber.OCTET_STRING, text)
    tree[NAME] = (ber.OCTET_STRING, b'\xb1\xb3\n"\xff')
    async with beside_healthy(tmp_path, tree=tree) as (watch, _):
        await watch.until(lambda: len(column(watch, "interface_receive_bytes_total")) == len(TEXTS))
        totals = column(watch, "interface_receive_bytes_total")
        assert sorted(totals.values()) == [IN_FROM + index for index in range(1, len(TEXTS) + 1)]
        assert totals["교차로 카메라"] == IN_FROM + 2
        assert {"twin (10)", "twin (11)"} <= totals.keys()
        assert {"GigabitEthernet 1/0/8", "GigabitEthernet 1/0/9"} <= totals.keys()  # nameless ones by ifDescr
        assert len([line for line in watch.page().splitlines() if "interface_up{" in line]) == len(TEXTS) + 40
        assert watch.engine.tally.render_errors == 0
    assert reasons(watch) == set()


# pain 12: numbers


def rewritten(changes):
    """An answer whose values of these columns are written as these octets, tag and length included."""

    def twist(_agent, request, answer):
        varbinds = b""
        for one in answer.varbinds:
            octets = next((octets for column, octets in changes.items() if one.dotted.startswith(f"{column}.")), None)
            octets = octets if octets is not None and one.value is not None else encode_value(one.syntax, one.value)
            varbinds += ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, one.oid) + octets)
        errors = bytes.fromhex("020100020100")
        pdu = ber.tlv(PduType.RESPONSE, ber.integer(request.request_id) + errors + ber.tlv(ber.SEQUENCE, varbinds))
        return [ber.tlv(ber.SEQUENCE, ber.integer(request.version) + ber.octets(request.community) + pdu)]

    return twist


async def test_counters_written_as_negative_numbers_are_read_as_unsigned(tmp_path):
    twist = rewritten({IF_HC_IN: b"\x46\x08" + b"\xff" * 8, IF_IN_ERRORS: b"\x41\x04\xff\xff\xff\xfe"})
    async with beside_healthy(tmp_path, twist) as (watch, _):
        await watch.until(all_rows(watch))
        assert set(column(watch, "interface_receive_bytes_total").values()) == {2**64 - 1}
        assert set(column(watch, "interface_receive_errors_total").values()) == {2**32 - 2}
    assert reasons(watch) == set()


async def test_a_value_of_a_wrong_type_costs_its_own_column_and_is_told(tmp_path):
    async with beside_healthy(tmp_path, rewritten({IF_OPER: b"\x04\x02up", IF_IN_ERRORS: b"\x04\x00"})) as (watch, _):
        await watch.until(all_rows(watch))
        assert column(watch, "interface_up") == {}
        assert len(column(watch, "interface_admin_up")) == PORTS
        assert column(watch, "interface_receive_errors_total") == {}
        assert column(watch, "interface_receive_bytes_total") == RIGHT
    assert reasons(watch) == {"wrong_type"}


# pain 13: replies that are none


async def test_an_agent_slower_than_the_timeout_is_read_all_the_same(tmp_path):
    def twist(agent, _request, answer):
        agent.send(answer, after_s=0.3)
        return []

    async with beside_healthy(tmp_path, twist, tree=switch(2), timeout_s=0.2, retries=2) as (watch, _):
        await watch.until(lambda: len(column(watch, "interface_receive_bytes_total")) == 2)
        assert watch.collector.mux.outcomes[Outcome.DUPLICATE] > 0  # each retry is answered too
        assert watch.samples()[HOSTILE]["device_snmp_up",] == 1


async def test_answers_three_times_over_are_duplicates_and_change_no_figure(tmp_path):
    async with beside_healthy(tmp_path, lambda _a, _r, answer: [answer] * 3) as (watch, _):
        await watch.until(all_rows(watch))
        assert column(watch, "interface_receive_bytes_total") == RIGHT
        assert watch.collector.mux.outcomes[Outcome.DUPLICATE] > 0
    assert reasons(watch) == set()


def other_id(packet):
    packet.PDU.id = ASN1_INTEGER(packet.PDU.id.val ^ 1)


def zero_id(packet):
    packet.PDU.id = ASN1_INTEGER(0)


def foreign_object(packet):
    packet.PDU.varbindlist[-1].oid = ASN1_OID("1.3.6.1.2.1.99.1")


@pytest.mark.parametrize(
    ("forge", "outcome"),
    [
        (other_id, Outcome.UNKNOWN_REQUEST),
        (zero_id, Outcome.UNKNOWN_REQUEST),
        (foreign_object, Outcome.WRONG_OIDS),
    ],
)
async def test_a_forged_reply_before_the_right_one_is_counted_and_no_figure_is_wrong(tmp_path, forge, outcome):
    def twist(agent, request, answer):
        if request.pdu_type is not PduType.GET:
            return [answer]
        values = [replace_number(one) for one in answer.varbinds]
        packet = SNMP(encode(replace(answer, varbinds=tuple(values))))
        forge(packet)
        agent.send(answer, after_s=0.02)
        return [bytes(packet)]

    async with beside_healthy(tmp_path, twist) as (watch, _):
        await watch.until(all_rows(watch))
        assert column(watch, "interface_receive_bytes_total") == RIGHT
        assert watch.collector.mux.outcomes[outcome] > 0
    assert reasons(watch) == set()


def replace_number(varbind):
    """The variable with another number: wrong if it were believed."""
    return varbind._replace(value=7) if varbind.syntax in (ber.COUNTER32, ber.COUNTER64) else varbind


# pain 14: another address


@pytest.mark.parametrize("listed", [False, True], ids=["not listed", "accept_from"])
async def test_an_answer_from_another_address_counts_only_where_it_is_listed(tmp_path, listed):
    elsewhere = []

    def twist(agent, _request, answer):
        elsewhere[0].sendto(encode(answer), agent.peer)
        return []

    accept_from = ("127.0.1.2",) if listed else ()
    async with beside_healthy(tmp_path, twist, accept_from=accept_from) as (watch, agent):
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.1.2", agent.port)
        )
        elsewhere.append(transport)
        if listed:
            await watch.until(all_rows(watch))
            assert reasons(watch) == set()
        else:
            await watch.until(lambda: watch.samples()[HOSTILE].get(("device_snmp_up",)) == 0)
            assert watch.samples()[HOSTILE]["device_state", "down"] == 1
            assert reasons(watch) == {"timeout"}
            assert watch.collector.mux.outcomes[Outcome.FOREIGN_ADDRESS] > 0
        transport.close()


# pain 32: octets made to hurt


def bombs(answer):
    """Datagrams no decoder should choke on, made of a right answer."""
    right = encode(answer)
    packet = SNMP(right)
    head = ber.integer(1) + ber.octets(b"public")
    ids = ber.integer(answer.request_id) + bytes.fromhex("020100020100")
    return {
        "truncated": bytes(packet)[: len(right) // 2],
        "one octet short": bytes(packet)[:-1],
        "one octet more": bytes(packet) + b"\0",
        "length": right[:1] + b"\x84\xff\xff\xff\xff" + right[2:],
        "length inside": ber.tlv(0x30, head + ber.tlv(0xA2, ids + b"\x30\x84\x7f\xff\xff\xff" + bytes(40_000))),
        "nested": b"\x30\x84\x00\x00\xff\x00" * 10_000,
        "nested in the PDU": ber.tlv(0x30, head + ber.tlv(0xA2, ids + b"\x30\x83\x00\xea\x60" * 12_000)),
        "indefinite": b"\x30\x80" + right[2:] + b"\0\0",
        "indefinite throughout": b"\x30\x80" * 30_000,
        "endless object identifier": ber.tlv(
            0x30, head + ber.tlv(0xA2, ids + ber.tlv(0x30, ber.tlv(0x30, ber.tlv(6, b"\x81" * 60_000) + b"\5\0")))
        ),
        "nothing": b"",
        "two octets": b"\x30\x00",
    }


async def test_bombs_before_the_right_answer_are_counted_and_every_figure_is_right(tmp_path):
    def twist(agent, _request, answer):
        agent.send(answer, after_s=0.03)
        return list(bombs(answer).values())

    async with beside_healthy(tmp_path, twist, tree=switch(PORTS)) as (watch, _):
        await watch.until(all_rows(watch))
        assert column(watch, "interface_receive_bytes_total") == RIGHT
        assert watch.collector.mux.outcomes[Outcome.MALFORMED] > 20
    assert reasons(watch) == set()


async def test_an_agent_that_sends_nothing_but_bombs_is_silent_to_us(tmp_path):
    async with beside_healthy(tmp_path, lambda _a, _r, answer: list(bombs(answer).values())) as (watch, _):
        await watch.until(lambda: watch.samples()[HOSTILE].get(("device_snmp_up",)) == 0)
        assert reasons(watch) == {"timeout"}
        assert column(watch, "interface_up") == {}
        assert watch.collector.mux.outcomes[Outcome.MALFORMED] > 20


# and an SNMPv1 agent that refuses whole requests


async def test_an_snmpv1_agent_that_lacks_half_of_what_is_asked_is_read_for_the_other_half(tmp_path):
    tree = switch(PORTS, high_capacity=False)
    async with beside_healthy(tmp_path, tree=tree, version=SnmpVersion.V1) as (watch, agent):
        await watch.until(all_rows(watch))
        names = [f"GigabitEthernet 1/0/{index}" for index in range(1, PORTS + 1)]
        assert column(watch, "interface_receive_bytes_total") == {
            name: (IN_FROM + index) % 2**32 for index, name in enumerate(names, start=1)
        }
        asked = len(agent.requests)
        polls = len(watch.seen[HOSTILE])
        await asyncio.sleep(1.2)
        # what it lacks was found out once and is asked no more
        assert (len(agent.requests) - asked) / (len(watch.seen[HOSTILE]) - polls) < 8
    assert reasons(watch) == set()

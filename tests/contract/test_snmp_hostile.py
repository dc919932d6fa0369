"""One hostile agent per class of pain, each beside ten healthy ones whose samples and timing must not change."""

import asyncio
import contextlib
import statistics
from dataclasses import replace

import pytest
from scapy.asn1.asn1 import ASN1_INTEGER, ASN1_OID, ASN1_STRING
from scapy.layers.snmp import SNMP, SNMPget, SNMPresponse

from netwatch.snmp import ber
from netwatch.snmp.course import FlawKind
from netwatch.snmp.errors import ErrorStatus, NoSuchName, Outcome, Timeout, TooBig
from netwatch.snmp.layout import LayoutSlot
from netwatch.snmp.message import COMMUNITY_VERSIONS, Message, PduType, VarBind, Version, encode
from netwatch.snmp.mux import Mux
from netwatch.snmp.rows import AgentMemory, RowRequest, read_rows
from netwatch.snmp.template import Kind, Template, TemplateCache
from netwatch.snmp.walk import walk
from tests.contract.snmp_agents import IF_NAME, IN_OCTETS, OPER, OUT_OCTETS, UPTIME, Agent, running, small_tree, until
from tests.own_time import own_time
from tests.unit.snmp.rubbish import MOST_S, alone_s, thread_s

PAIR = Template((UPTIME, f"{IN_OCTETS}.1"), (Kind.NUMBER, Kind.NUMBER))
PAIR_VALUES = [123_456, 10**9 + 1]
HEALTHY = 10
SMALL = 10_000  # octets


def wanted(ports=28, columns=(OPER, IN_OCTETS, OUT_OCTETS)):
    return RowRequest(
        head=((UPTIME, Kind.NUMBER),),
        rows=tuple(tuple((f"{column}.{port}", Kind.NUMBER) for column in columns) for port in range(1, ports + 1)),
    )


def soon(seconds=10.0):
    return now() + seconds


def now():
    return asyncio.get_running_loop().time()


@contextlib.asynccontextmanager
async def beside_healthy(twist, **agent):
    """A mux and a hostile agent, while ten healthy agents are polled all the time by the same mux and checked.

    All of it in our own time: what is late is late by our own doing.
    """
    mux = Mux()
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(own_time())
        stack.callback(mux.close)
        healthy = [await stack.enter_async_context(running(Agent(small_tree(4)))) for _ in range(HEALTHY)]
        hostile = await stack.enter_async_context(running(Agent(small_tree(), twist, **agent)))
        stop, waits = asyncio.Event(), []

        async def poll(one):
            target, slot = one.target(), LayoutSlot()
            while not stop.is_set():
                reply = await mux.get(target, PAIR, slot)
                assert (reply.values, reply.attempts) == (PAIR_VALUES, 1)
                waits.append(reply.received_s - reply.sent_s)
                await asyncio.sleep(0.01)

        async with asyncio.TaskGroup() as group:
            for one in healthy:
                group.create_task(poll(one))
            yield mux, hostile
            await until(lambda: len(waits) >= 5 * HEALTHY)  # however short the hostile part was
            stop.set()
        assert statistics.median(waits) < 0.02
        assert max(waits) < 0.2


# pain 4: large replies


def at_most(values, otherwise):
    def twist(_agent, request, answer):
        return [answer] if len(request.varbinds) <= values else otherwise(answer)

    return twist


def says_too_big(answer):
    return [replace(answer, varbinds=(), error_status=1)]


@pytest.mark.parametrize("limit", [60, 25, 7])
async def test_too_big_halves_the_size_and_every_row_is_read(limit):
    async with beside_healthy(at_most(limit, says_too_big)) as (mux, hostile):
        memory = AgentMemory(TemplateCache())
        reply = await read_rows(mux, hostile.target(), wanted(), memory, deadline_s=soon())
        assert reply.complete
        assert reply.columns[2] == [10**12 + port for port in range(1, 29)]
        before = mux.outcomes[Outcome.TOO_BIG]
        again = await read_rows(mux, hostile.target(), wanted(), memory, deadline_s=soon())
        assert again.complete
        assert mux.outcomes[Outcome.TOO_BIG] == before  # it was remembered
        assert max(len(request.varbinds) for request in hostile.requests[-again.requests :]) <= limit


async def test_silence_above_a_size_is_learned_and_every_row_is_read():
    async with beside_healthy(at_most(20, lambda _: [])) as (mux, hostile):
        memory = AgentMemory(TemplateCache())
        reply = await read_rows(mux, hostile.target(), wanted(), memory, deadline_s=soon())
        assert reply.complete
        assert memory.batch.size <= 20
        again = await read_rows(mux, hostile.target(), wanted(), memory, deadline_s=soon())
        assert (again.complete, again.requests) == (True, len(again.pdus))


async def test_an_agent_that_cannot_even_answer_one_row_says_too_big_and_never_absent():
    async with beside_healthy(at_most(2, says_too_big)) as (mux, hostile):
        reply = await read_rows(mux, hostile.target(), wanted(ports=3), AgentMemory(TemplateCache()), deadline_s=soon())
        assert {failure.outcome for failure in reply.failures} == {Outcome.TOO_BIG}
        assert sum(failure.span.row_count for failure in reply.failures) == 3
        with pytest.raises(TooBig):
            await mux.get(hostile.target(), Template((UPTIME,) * 3, (Kind.ANY,) * 3))


async def test_a_getbulk_that_is_too_big_asks_for_less_and_keeps_all_rows():
    def twist(_agent, request, answer):
        return [answer] if len(answer.varbinds) <= 8 else says_too_big(answer)

    async with beside_healthy(twist) as (mux, hostile):
        found = await walk(mux, hostile.target(), [OPER, IF_NAME, IN_OCTETS], deadline_s=soon())
        assert found.complete
        assert [len(found.columns[column]) for column in (OPER, IF_NAME, IN_OCTETS)] == [28, 28, 28]


# pain 5: walks without end


def repeats(_agent, request, answer):
    """Answers with what was asked, for ever."""
    return [replace(answer, varbinds=tuple(VarBind(varbind.oid, ber.INTEGER, 1) for varbind in request.varbinds))]


def turns_back(agent, request, answer):
    """Having reached port 20, begins again at port 10."""
    back = agent.get(ber.oid_content(f"{IF_NAME}.10"))
    limit = ber.oid_content(f"{IF_NAME}.20")
    return [replace(answer, varbinds=tuple(back if varbind.oid > limit else varbind for varbind in answer.varbinds))]


def invents(_agent, request, answer):
    """Always has one more row."""
    varbinds, oid = [], request.varbinds[0].oid
    for _ in range(max(1, request.max_repetitions)):
        *column, index = ber.content_arcs(oid) if len(oid) > 11 else (*ber.content_arcs(oid), 0)
        oid = ber.oid_content(".".join(map(str, (*column, index + 1))))
        varbinds.append(VarBind(oid, ber.INTEGER, 1))
    return [replace(answer, varbinds=tuple(varbinds))]


@pytest.mark.parametrize(
    ("twist", "rows", "kind", "requests"),
    [
        (repeats, 0, FlawKind.NOT_INCREASING, 1),
        (turns_back, 20, FlawKind.NOT_INCREASING, 2),
        (invents, 50, FlawKind.TRUNCATED, 3),
        (lambda _a, _r, answer: [replace(answer, varbinds=())], 0, FlawKind.EMPTY, 3),
    ],
    ids=["repeats", "turns back", "invents", "empty"],
)
@pytest.mark.parametrize("version", COMMUNITY_VERSIONS)
async def test_a_walk_without_end_stops_keeps_its_rows_and_is_flagged(twist, rows, kind, requests, version):
    async with beside_healthy(twist) as (mux, hostile):
        target = hostile.target(version=version, retries=0)
        found = await walk(mux, target, [IF_NAME], max_rows=50, deadline_s=soon())
        if version is Version.V1 and kind is FlawKind.EMPTY:
            kind = FlawKind.TIMEOUT  # a GETNEXT reply has as many variables as were asked, or it is none
        assert [(flaw.column, flaw.kind) for flaw in found.flaws] == [(IF_NAME, kind)]
        assert not found.is_complete(IF_NAME)
        assert len(found.columns[IF_NAME]) == rows
        if version is Version.V2C:
            assert found.requests <= requests


async def test_one_looping_column_leaves_the_others_complete():
    def twist(agent, request, answer):
        return turns_back(agent, request, answer) if IF_NAME in request.varbinds[0].dotted else [answer]

    async with beside_healthy(twist) as (mux, hostile):
        looping = await walk(mux, hostile.target(), [IF_NAME], deadline_s=soon())
        found = await walk(mux, hostile.target(), [OPER, IN_OCTETS], deadline_s=soon())
        assert not looping.complete
        assert found.complete
        assert len(found.columns[OPER]) == len(found.columns[IN_OCTETS]) == 28


# pain 12: counters encoded as if signed


async def test_counters_written_as_if_signed_are_read_as_unsigned():
    def twist(_agent, request, _answer):
        contents = [b"\x43\x04\xff\xff\xff\xfe", b"\x46\x08" + b"\xff" * 8]
        varbinds = b"".join(
            ber.tlv(0x30, ber.tlv(6, asked.oid) + content)
            for asked, content in zip(request.varbinds, contents, strict=True)
        )
        pdu = ber.tlv(0xA2, ber.integer(request.request_id) + bytes.fromhex("020100020100") + ber.tlv(0x30, varbinds))
        return [ber.tlv(0x30, ber.integer(1) + ber.octets(b"public") + pdu)]

    async with beside_healthy(twist) as (mux, hostile):
        slot = LayoutSlot()
        for _ in range(2):  # strictly, then at a glance
            reply = await mux.get(hostile.target(), PAIR, slot)
            assert (reply.values, reply.wrong_type) == ([2**32 - 2, 2**64 - 1], ())


# pain 13: late, duplicate and foreign replies


async def test_an_agent_slower_than_the_timeout_is_read_because_the_request_id_stays():
    def twist(agent, _request, answer):
        if len(agent.requests) == 1:
            agent.send(answer, after_s=0.4)  # the timeout is 0.25 s
        return []

    async with beside_healthy(twist) as (mux, hostile):
        reply = await mux.get(hostile.target(), PAIR)
        assert (reply.values, reply.attempts) == (PAIR_VALUES, 2)
        assert reply.received_s - reply.first_sent_s >= 0.38
        assert reply.received_s - reply.sent_s < 0.25
        assert len({request.request_id for request in hostile.requests}) == 1


async def test_an_answer_after_giving_up_is_late_and_its_copy_a_duplicate():
    def twist(agent, _request, answer):
        agent.send(answer, after_s=0.35)
        agent.send(answer, after_s=0.4)
        return []

    async with beside_healthy(twist) as (mux, hostile):
        with pytest.raises(Timeout):
            await mux.get(hostile.target(retries=0), PAIR)
        await until(lambda: mux.outcomes[Outcome.DUPLICATE])
        assert (mux.outcomes[Outcome.TIMEOUT], mux.outcomes[Outcome.LATE], mux.outcomes[Outcome.DUPLICATE]) == (1, 1, 1)


async def test_copies_of_an_answer_are_duplicates_and_change_nothing():
    async with beside_healthy(lambda _a, _r, answer: [answer] * 3) as (mux, hostile):
        assert (await mux.get(hostile.target(), PAIR)).values == PAIR_VALUES
        await until(lambda: mux.outcomes[Outcome.DUPLICATE] == 2)


def scapy_forgeries():
    """What an answer must not be, forged from the right one: (name, change, how it is counted)."""

    def request_id(packet):
        packet.PDU.id = ASN1_INTEGER(packet.PDU.id.val ^ 1)

    def zero_id(packet):
        packet.PDU.id = ASN1_INTEGER(0)

    def community(packet):
        packet.community = ASN1_STRING(b"private")

    def version(packet):
        packet.version = ASN1_INTEGER(0)

    def version_3(packet):
        packet.version = ASN1_INTEGER(3)

    def pdu(packet):
        packet.PDU = SNMPget(id=packet.PDU.id.val, varbindlist=packet.PDU.varbindlist)

    def other_object(packet):
        packet.PDU.varbindlist[1].oid = ASN1_OID(f"{IN_OCTETS}.2")

    def swapped(packet):
        packet.PDU = SNMPresponse(id=packet.PDU.id.val, varbindlist=packet.PDU.varbindlist[::-1])

    def fewer(packet):
        packet.PDU = SNMPresponse(id=packet.PDU.id.val, varbindlist=packet.PDU.varbindlist[:1])

    return [
        (request_id, Outcome.UNKNOWN_REQUEST),
        (zero_id, Outcome.UNKNOWN_REQUEST),
        (community, Outcome.WRONG_COMMUNITY),
        (version, Outcome.WRONG_VERSION),
        (version_3, Outcome.MALFORMED),
        (pdu, Outcome.WRONG_PDU),
        (other_object, Outcome.WRONG_OIDS),
        (swapped, Outcome.WRONG_OIDS),
        (fewer, Outcome.WRONG_OIDS),
    ]


@pytest.mark.parametrize(("change", "outcome"), scapy_forgeries(), ids=lambda one: getattr(one, "__name__", str(one)))
async def test_a_reply_that_matches_in_all_but_one_thing_is_counted_and_the_wait_goes_on(change, outcome):
    def twist(agent, _request, answer):
        forged = SNMP(encode(answer))
        change(forged)
        agent.send(answer, after_s=0.1)
        return [bytes(forged)]

    async with beside_healthy(twist) as (mux, hostile):
        slot = LayoutSlot()
        for count in (1, 2):  # the second time a layout is known
            reply = await mux.get(hostile.target(), PAIR, slot)
            assert reply.values == PAIR_VALUES
            assert reply.received_s - reply.sent_s > 0.08
            assert mux.outcomes[outcome] == count


async def test_junk_neither_shortens_nor_ends_a_timeout():
    def twist(agent, _request, answer):
        junk = [encode(answer)[:-1], b"\x30", b"\x30\x80\x00\x00", bytes(2), encode(answer) + b"\0"]
        for number, datagram in enumerate(junk):
            agent.send(datagram, after_s=0.02 * number)
        return []

    async with beside_healthy(twist) as (mux, hostile):
        started = now()
        with pytest.raises(Timeout):
            await mux.get(hostile.target(retries=1), PAIR)
        assert 0.5 <= now() - started < 0.8
        assert mux.outcomes[Outcome.MALFORMED] == 10
        assert mux.outcomes[Outcome.TIMEOUT] == 1


# pain 14: multi-homed agents


async def test_an_answer_from_another_address_is_counted_and_accepted_only_where_listed():
    async def elsewhere(agent):
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.1.2", agent.port)
        )
        return transport

    other = []
    async with beside_healthy(lambda agent, _r, answer: other[0].sendto(encode(answer), agent.peer) or []) as (
        mux,
        hostile,
    ):
        other.append(await elsewhere(hostile))
        with pytest.raises(Timeout):
            await mux.get(hostile.target(retries=0), PAIR)
        assert mux.outcomes[Outcome.FOREIGN_ADDRESS] == 1
        reply = await mux.get(hostile.target(accept_from=frozenset({"127.0.1.2"})), PAIR)
        assert reply.values == PAIR_VALUES
        other[0].close()


async def test_an_answer_laid_out_as_the_last_one_is_still_foreign_from_elsewhere():
    async with running(Agent(small_tree())) as neighbour:

        def twist(agent, _request, answer):
            if len(agent.requests) == 1:
                return [answer]
            neighbour.peer = agent.peer
            neighbour.send(answer)
            return []

        async with beside_healthy(twist) as (mux, hostile):
            slot, target = LayoutSlot(), hostile.target(retries=0)
            await mux.get(target, PAIR, slot)
            assert slot.layout(target.credentials) is not None
            with pytest.raises(Timeout):
                await mux.get(target, PAIR, slot)
            assert mux.outcomes[Outcome.FOREIGN_ADDRESS] == 1


async def test_an_answer_from_another_port_is_foreign_though_the_address_is_right():
    async with running(Agent(small_tree())) as neighbour:

        def twist(agent, _request, answer):
            neighbour.peer = agent.peer
            neighbour.send(answer)
            return []

        async with beside_healthy(twist) as (mux, hostile):
            with pytest.raises(Timeout):
                await mux.get(hostile.target(retries=0), PAIR)
            assert mux.outcomes[Outcome.FOREIGN_ADDRESS] == 1


# pain 32: datagrams made to hurt


def bomb(name, request_id):
    head = ber.integer(1) + ber.octets(b"public")
    errors = ber.integer(request_id) + bytes.fromhex("020100020100")
    oid = ber.tlv(0x30, ber.tlv(6, b"\x81" * 60_000 + b"\x01") + b"\x05\x00")
    return {
        "nested": b"\x30\x84\x00\x00\xff\x00" * 10_000,
        "indefinite": b"\x30\x80" * 30_000,
        "length": b"\x30\x84\xff\xff\xff\xff" + bytes(60_000),
        "nested in the PDU": ber.tlv(0x30, head + ber.tlv(0xA2, errors + b"\x30\x83\x00\xea\x60" * 12_000)),
        "oid": ber.tlv(0x30, head + ber.tlv(0xA2, errors + ber.tlv(0x30, oid))),
        "varbinds": ber.tlv(
            0x30, head + ber.tlv(0xA2, errors + ber.tlv(0x30, b"\x30\x05\x06\x01\x2b\x05\x00" * 9_000))
        ),
        "request-id": ber.tlv(0x30, head + ber.tlv(0xA2, ber.tlv(2, b"\x01" * 60_000))),
    }[name]


@pytest.mark.parametrize(
    "name", ["nested", "indefinite", "length", "nested in the PDU", "oid", "varbinds", "request-id"]
)
async def test_a_bomb_is_counted_within_milliseconds_and_the_right_answer_still_accepted(name):
    def twist(agent, request, answer):
        agent.send(answer, after_s=0.1)
        return [bomb(name, request.request_id)]

    async with beside_healthy(twist) as (mux, hostile):
        received, spent = mux._received, []

        def timed(data, peer):
            took_s = thread_s(received, data, peer)
            if len(data) > SMALL:
                spent.append(alone_s(took_s))

        mux._received = timed  # no socket is open yet
        for number in (1, 2, 3):
            assert (await mux.get(hostile.target(), PAIR)).values == PAIR_VALUES
            assert mux.outcomes[Outcome.MALFORMED] + mux.outcomes[Outcome.WRONG_OIDS] == len(spent) == number
        assert min(spent) < MOST_S


# errors that agents report


async def test_an_error_for_one_row_costs_that_row_and_no_other():
    bad = ber.oid_content(f"{IN_OCTETS}.13")

    def twist(_agent, request, answer):
        asked = [varbind.oid for varbind in request.varbinds]
        if bad not in asked:
            return [answer]
        return [replace(answer, varbinds=request.varbinds, error_status=5, error_index=asked.index(bad) + 1)]

    async with beside_healthy(twist) as (mux, hostile):
        reply = await read_rows(mux, hostile.target(), wanted(), AgentMemory(TemplateCache()), deadline_s=soon())
        assert [(failure.span.first_row, failure.span.row_count) for failure in reply.failures] == [(12, 1)]
        assert reply.failures[0].outcome is Outcome.ERROR_STATUS
        assert [port for port, value in enumerate(reply.columns[0], 1) if value is None] == [13]
        with pytest.raises(ErrorStatus, match="genErr at variable 1"):
            await mux.get(hostile.target(), Template((f"{IN_OCTETS}.13",), (Kind.NUMBER,)))


async def test_an_error_without_a_useful_index_is_isolated_by_halving():
    bad = ber.oid_content(f"{IN_OCTETS}.13")

    def twist(_agent, request, answer):
        hit = any(varbind.oid == bad for varbind in request.varbinds)
        return [replace(answer, varbinds=(), error_status=5, error_index=0) if hit else answer]

    async with beside_healthy(twist) as (mux, hostile):
        reply = await read_rows(mux, hostile.target(), wanted(), AgentMemory(TemplateCache()), deadline_s=soon())
        assert [(failure.span.first_row, failure.span.row_count) for failure in reply.failures] == [(12, 1)]


async def test_an_agent_that_only_reports_errors_is_left_alone_soon():
    def twist(_agent, request, answer):
        return [replace(answer, varbinds=request.varbinds, error_status=5, error_index=0)]

    async with beside_healthy(twist) as (mux, hostile):
        reply = await read_rows(mux, hostile.target(), wanted(), AgentMemory(TemplateCache()), deadline_s=soon())
        assert sum(failure.span.row_count for failure in reply.failures) == 28
        assert reply.requests < 20


@pytest.mark.parametrize("useless", [None, 0, 250], ids=["right index", "index 0", "wild index"])
async def test_v1_no_such_name_prunes_the_culprits_and_keeps_the_rest(useless):
    def twist(_agent, _request, answer):
        return [answer if useless is None or not answer.error_status else replace(answer, error_index=useless)]

    request = wanted(ports=30)  # the agent has 28
    async with beside_healthy(twist) as (mux, hostile):
        target, memory = hostile.target(version=Version.V1), AgentMemory(TemplateCache())
        reply = await read_rows(mux, target, request, memory, deadline_s=soon())
        assert reply.complete
        assert reply.columns[1] == [10**9 + port for port in range(1, 29)] + [None, None]
        assert memory.pruned == {f"{column}.{port}" for column in (OPER, IN_OCTETS, OUT_OCTETS) for port in (29, 30)}
        again = await read_rows(mux, target, request, memory, deadline_s=soon())
        assert again.columns == reply.columns
        assert again.requests == len(again.pdus)


async def test_v1_no_such_name_is_an_error_of_its_own():
    async with beside_healthy(None) as (mux, hostile):
        with pytest.raises(NoSuchName, match="variable 2"):
            await mux.get(hostile.target(version=Version.V1), Template((UPTIME, "1.3.6.1.9.9"), (Kind.ANY,) * 2))


async def test_an_agent_that_dies_mid_read_keeps_what_was_read():
    def twist(agent, _request, answer):
        return [answer] if len(agent.requests) <= 1 else []

    async with beside_healthy(twist) as (mux, hostile):
        reply = await read_rows(
            mux, hostile.target(retries=0), wanted(), AgentMemory(TemplateCache()), deadline_s=soon()
        )
        read = reply.pdus[0].span.row_count
        assert 0 < read < 28
        assert [failure.outcome for failure in reply.failures] == [Outcome.TIMEOUT]
        assert sum(failure.span.row_count for failure in reply.failures) == 28 - read
        assert reply.columns[0][:read].count(None) == 0
        assert set(reply.columns[0][read:]) == {None}


async def test_a_deadline_ends_a_read_with_what_is_there():
    def twist(agent, _request, answer):
        return [answer] if len(agent.requests) <= 1 else []

    async with beside_healthy(twist) as (mux, hostile):
        started = now()
        reply = await read_rows(
            mux, hostile.target(timeout_s=5), wanted(), AgentMemory(TemplateCache()), deadline_s=soon(0.3)
        )
        assert now() - started < 0.6
        assert [failure.outcome for failure in reply.failures] == [Outcome.CANCELLED]
        assert len(reply.pdus) == 1
        assert (mux.in_flight, mux.outcomes[Outcome.CANCELLED]) == (pytest.approx(0, abs=HEALTHY), 1)


async def test_getbulk_replies_cut_short_anywhere_are_read_to_the_end():
    def twist(_agent, _request, answer):
        return [replace(answer, varbinds=answer.varbinds[:7])]  # three columns: ends inside a row

    async with beside_healthy(twist) as (mux, hostile):
        found = await walk(mux, hostile.target(), [OPER, IF_NAME, IN_OCTETS], deadline_s=soon())
        assert found.complete
        assert found.columns[IF_NAME]["28"] == b"Gi1/0/28"
        assert {len(rows) for rows in found.columns.values()} == {28}


async def test_an_unasked_message_from_a_stranger_is_counted_and_nothing_else():
    async with beside_healthy(lambda _a, _r, answer: [answer]) as (mux, hostile):
        await mux.get(hostile.target(), PAIR)
        stray = Message(version=Version.V2C, community=b"public", pdu_type=PduType.RESPONSE, request_id=7)
        hostile.send(stray)
        await until(lambda: mux.outcomes[Outcome.UNKNOWN_REQUEST] == 1)

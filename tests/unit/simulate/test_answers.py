"""What agents say, decoded by the manager's own reader."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.simulate.agent import RecordedAgent, from_recording
from netwatch.simulate.answers import Answers
from netwatch.simulate.cells import UPTIME, Living
from netwatch.simulate.flow import Flow, Rate
from netwatch.simulate.mib import MibView
from netwatch.simulate.recording import parse
from netwatch.snmp import ber
from netwatch.snmp.errors import NO_SUCH_NAME_STATUS, TOO_BIG_STATUS
from netwatch.snmp.message import PduType, Version, decode, encode
from tests.unit.simulate.asking import Manager, datagram

UPTIME_OID = "1.3.6.1.2.1.1.3.0"
RECORDING = b"""\
1.3.6.1.2.1.1.1.0|4|a switch
1.3.6.1.2.1.1.3.0|67|100000
1.3.6.1.2.1.2.2.1.10.1|65|4294967000
1.3.6.1.2.1.2.2.1.10.2|65|5
1.3.6.1.2.1.31.1.1.1.6.1|70|1000
1.3.6.1.2.1.31.1.1.1.6.2|70|2000
1.3.6.1.2.1.31.1.1.1.15.1|66|1000
"""


@pytest.fixture
def manager():
    return Manager(from_recording(parse(RECORDING, source="x")))


@pytest.fixture
def living():
    return Manager(from_recording(parse(RECORDING, source="x"), living=True))


def values(reply):
    return [(varbind.dotted, varbind.value) for varbind in reply.varbinds]


def test_a_get_brings_the_recorded_values_in_the_order_asked(manager):
    reply = manager.get("1.3.6.1.2.1.31.1.1.1.6.2", "1.3.6.1.2.1.1.1.0")
    assert values(reply) == [("1.3.6.1.2.1.31.1.1.1.6.2", 2000), ("1.3.6.1.2.1.1.1.0", b"a switch")]


def test_a_missing_instance_and_a_missing_object_are_told_apart(manager):
    reply = manager.get("1.3.6.1.2.1.31.1.1.1.6.9", "1.3.6.1.2.1.99.1.0")
    assert [varbind.syntax for varbind in reply.varbinds] == [ber.NO_SUCH_INSTANCE, ber.NO_SUCH_OBJECT]


def test_a_repeated_get_is_answered_for_its_own_request_id_and_time(manager):
    assert [manager.number(UPTIME_OID, t) for t in (0.0, 1.5, 1.51)] == [100_000, 100_150, 100_151]


def test_uptime_wraps_after_497_days_and_its_octets_stay_shortest(manager):
    left = (2**32 - 100_000) / 100
    assert [manager.number(UPTIME_OID, left + s) for s in (-0.5, 0.5, 3.0)] == [2**32 - 50, 50, 300]


def test_counters_of_a_recording_rest_unless_told_to_live(manager, living):
    oid = "1.3.6.1.2.1.31.1.1.1.6.1"
    assert manager.number(oid, 100.0) == 1000
    grown = living.number(oid, 100.0) - 1000
    assert grown > 0
    assert living.number(oid, 200.0) == 1000 + 2 * grown


def test_a_living_counter32_wraps(living):
    before, after = (living.number("1.3.6.1.2.1.2.2.1.10.1", t) for t in (0.0, 1.0))
    assert before == 4294967000
    assert after < before


def test_a_counter_that_needs_another_octet_is_laid_out_anew():
    flow = Flow(126, Rate(1.0))
    view = MibView([(1, 3, 6, 1, 1), (1, 3, 6, 1, 2)])
    manager = Manager(RecordedAgent(view=view, flows=(flow,), cells=(Living(ber.COUNTER64, 0), b"\x02\x01\x05")))
    totals = [values(manager.get("1.3.6.1.1", "1.3.6.1.2", t=float(t))) for t in range(4)]
    assert totals == [[("1.3.6.1.1", 126 + t), ("1.3.6.1.2", 5)] for t in range(4)]
    assert manager.answers.counts["laid_out_anew"] == 1


def test_a_counter64_wraps_at_its_end():
    view = MibView([(1, 3, 6, 1, 1)])
    agent = RecordedAgent(view=view, flows=(Flow(2**64 - 2, Rate(1.0)),), cells=(Living(ber.COUNTER64, 0),))
    manager = Manager(agent)
    assert [manager.number("1.3.6.1.1", float(t)) for t in range(4)] == [2**64 - 2, 2**64 - 1, 0, 1]


@pytest.mark.parametrize("request_id", ["05", "00000005", "fffffffb", "12345678"])
def test_a_request_id_is_echoed_octet_by_octet_the_first_time_and_later(manager, request_id):
    plain = datagram(PduType.GET, [UPTIME_OID], request_id=0x12345678)
    octets = bytes.fromhex(request_id)
    shorter = 4 - len(octets)
    asked = plain.replace(b"\x02\x04\x12\x34\x56\x78", bytes((2, len(octets))) + octets)
    asked = bytes((0x30, asked[1] - shorter)) + asked[2:13] + b"\xa0" + bytes((asked[14] - shorter,)) + asked[15:]
    for _ in range(3):
        reply = manager.answers.answer(manager.agent, asked, 0.0)
        assert decode(reply).request_id == int.from_bytes(octets, "big", signed=True)
        assert bytes((2, len(octets))) + octets in reply


def test_lengths_in_long_form_are_understood_too(manager):
    plain = datagram(PduType.GET, [UPTIME_OID])
    asked = b"\x30\x81" + bytes((plain[1] + 1,)) + plain[2:5] + b"\x04\x81\x06" + plain[7:]
    replies = [decode(manager.answers.answer(manager.agent, asked, 0.0)) for _ in range(2)]
    assert [reply.varbinds[0].value for reply in replies] == [100_000, 100_000]


def test_a_counter32_beyond_its_wrap_is_the_low_32_bits_however_often_it_is_asked():
    agent = RecordedAgent(
        view=MibView([(1, 3, 6, 1, 1)]),
        flows=(Flow(2**32 + 2**31 + 7, Rate(1.0)),),
        cells=(Living(ber.COUNTER32, 0, wraps=True),),
    )
    manager = Manager(agent)
    assert [manager.number("1.3.6.1.1", float(t)) for t in range(3)] == [2**31 + 7, 2**31 + 8, 2**31 + 9]


def test_agents_of_one_view_share_what_was_understood_and_keep_their_own_values():
    view = MibView([(1, 3, 6, 1, 1), (1, 3, 6, 1, 2)])
    answers = Answers(communities=frozenset({b"public"}))
    for total in (5, 6, 100_000):
        cells = (Living(ber.COUNTER64, 0), Living(ber.TIME_TICKS, UPTIME))
        manager = Manager(RecordedAgent(view=view, flows=(Flow(total, Rate()),), cells=cells, boot=-float(total)))
        manager.answers = answers
        assert [value for _, value in values(manager.get("1.3.6.1.1", "1.3.6.1.2"))] == [total, total * 100]


def test_a_getnext_steps_through_everything_and_then_says_end(manager):
    oid, seen = "1.3", []
    while (varbind := manager.next(oid).varbinds[0]).syntax != ber.END_OF_MIB_VIEW:
        oid = varbind.dotted
        seen.append(oid)
    assert seen == [line.split(b"|")[0].decode() for line in RECORDING.splitlines()]
    assert varbind.dotted == oid


def test_a_getbulk_repeats_columns_side_by_side_and_asks_the_first_ones_once(manager):
    reply = manager.bulk("1.3.6.1.2.1.1.3", "1.3.6.1.2.1.2.2.1.10", "1.3.6.1.2.1.31.1.1.1.6", once=1, repetitions=2)
    assert [name for name, _ in values(reply)] == [
        "1.3.6.1.2.1.1.3.0",
        "1.3.6.1.2.1.2.2.1.10.1",
        "1.3.6.1.2.1.31.1.1.1.6.1",
        "1.3.6.1.2.1.2.2.1.10.2",
        "1.3.6.1.2.1.31.1.1.1.6.2",
    ]


def test_a_getbulk_ends_after_the_repetition_that_is_all_end(manager):
    reply = manager.bulk("1.3.6.1.2.1.31.1.1.1.15", repetitions=50)
    assert [varbind.syntax for varbind in reply.varbinds] == [ber.GAUGE32, ber.END_OF_MIB_VIEW]


def test_a_getbulk_is_cut_to_what_the_agent_can_send(manager):
    whole = values(manager.bulk("1.3", repetitions=50))
    for largest in range(100, 250, 10):
        manager.agent.largest_message = largest
        reply = manager.bulk("1.3", repetitions=50)
        assert len(encode(reply)) <= largest
        assert values(reply) == whole[: len(reply.varbinds)]


@pytest.mark.parametrize(("version", "left"), [(Version.V2C, 0), (Version.V1, 7)])
def test_a_get_too_big_for_the_agent_is_refused_as_its_version_says(manager, version, left):
    manager.agent.largest_message = 100
    reply = manager.get(*["1.3.6.1.2.1.1.1.0"] * 7, version=version)
    assert (reply.error_status, len(reply.varbinds)) == (TOO_BIG_STATUS, left)


@pytest.mark.parametrize("missing", ["1.3.6.1.2.1.99.0", "1.3.6.1.2.1.31.1.1.1.6.1"])
def test_version_1_refuses_the_whole_pdu_for_what_it_cannot_express(manager, missing):
    reply = manager.get("1.3.6.1.2.1.1.1.0", missing, version=Version.V1)
    assert (reply.error_status, reply.error_index) == (NO_SUCH_NAME_STATUS, 2)
    assert [name for name, _ in values(reply)] == ["1.3.6.1.2.1.1.1.0", missing]


def test_version_1_steps_over_counter64_and_ends_with_no_such_name(manager):
    assert manager.next("1.3.6.1.2.1.2.2.1.10.2", version=Version.V1).varbinds[0].dotted == "1.3.6.1.2.1.31.1.1.1.15.1"
    assert manager.next("1.3.6.1.2.1.31.1.1.1.15.1", version=Version.V1).error_status == NO_SUCH_NAME_STATUS


def test_a_wrong_community_meets_silence_even_where_the_right_one_was_heard(manager):
    assert manager.get(UPTIME_OID) is not None
    assert manager.get(UPTIME_OID, community=b"Public") is None
    assert manager.answers.counts == {"wrong_community": 1}


def test_a_silent_agent_says_nothing_and_speaks_again_later(manager):
    assert manager.get(UPTIME_OID) is not None
    manager.agent.silent = True
    assert manager.get(UPTIME_OID) is None
    manager.agent.silent = False
    assert manager.get(UPTIME_OID) is not None


def test_a_response_and_a_version_1_getbulk_are_no_requests(manager):
    assert manager.ask(PduType.RESPONSE, UPTIME_OID) is None
    assert manager.bulk(UPTIME_OID, version=Version.V1) is None
    assert manager.answers.counts == {"malformed": 2}


@given(st.binary(max_size=80))
def test_octets_that_are_no_request_meet_silence(octets):
    manager = Manager(from_recording(parse(RECORDING, source="x")))
    assert manager.answers.answer(manager.agent, octets, 0.0) is None


@given(st.data())
def test_a_damaged_request_is_answered_only_if_it_still_is_one(data):
    manager = Manager(from_recording(parse(RECORDING, source="x")))
    request = bytearray(datagram(PduType.GET, [UPTIME_OID, "1.3.6.1.2.1.1.1.0"]))
    manager.answers.answer(manager.agent, bytes(request), 0.0)  # so that the fast way is tried too
    request[data.draw(st.integers(0, len(request) - 1))] = data.draw(st.integers(0, 255))
    fast = manager.answers.answer(manager.agent, bytes(request), 1.0)
    fresh = Answers(communities=frozenset({b"public"})).answer(manager.agent, bytes(request), 1.0)
    assert fast == fresh


def test_repeated_requests_are_answered_at_300000_values_a_cpu_second():
    rng = random.Random(1)
    arcs = [(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column, row) for column in range(6, 14) for row in range(1, 7)]
    flows = tuple(Flow(rng.randrange(2**40, 2**46), Rate(5e5, 1e4)) for _ in arcs)
    agent = RecordedAgent(
        view=MibView(arcs), flows=flows, cells=tuple(Living(ber.COUNTER64, n) for n in range(len(arcs)))
    )
    answers = Answers(communities=frozenset({b"public"}))
    names = [".".join(map(str, a)) for a in arcs]
    asked = [datagram(PduType.GET, names, request_id=n + 2**24) for n in range(1000)]
    started = time.process_time()
    for request in asked:
        answers.answer(agent, request, 1.0)
    assert len(asked) * len(arcs) / (time.process_time() - started) > 300_000

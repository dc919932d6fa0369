"""Reading rows from any agent: each row is read rightly or named as failed, once, whatever the agent cannot do."""

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.snmp.batch import SMALL
from netwatch.snmp.errors import Outcome, TooBig
from netwatch.snmp.message import COMMUNITY_VERSIONS
from netwatch.snmp.rows import AgentMemory, Kind, RowRequest, read_rows
from netwatch.snmp.template import TemplateCache
from tests.contract.snmp_agents import IN_OCTETS, OPER, OUT_OCTETS, UPTIME, Agent, small_tree
from tests.unit.snmp.direct import DirectMux, silence

COLUMNS = (OPER, IN_OCTETS, OUT_OCTETS)
SYS_NAME = "1.3.6.1.2.1.1.5.0"


def wanted(ports, scalars=1):
    return RowRequest(
        head=((UPTIME, Kind.NUMBER),),
        scalars=((SYS_NAME, Kind.OCTETS),) * scalars,
        rows=tuple(tuple((f"{column}.{port}", Kind.NUMBER) for column in COLUMNS) for port in range(1, ports + 1)),
    )


def read(mux, request, memory):
    return asyncio.run(read_rows(mux, mux.target, request, memory, deadline_s=time_limit()))


def time_limit():
    return time.monotonic() + 60  # noqa: TID251 - a deadline is one of the manager's clock


def failed_rows(reply):
    return [
        row
        for failure in reply.failures
        for row in range(failure.span.first_row, failure.span.first_row + failure.span.row_count)
    ]


@settings(deadline=None, max_examples=150)
@given(
    st.integers(0, 28),
    st.integers(0, 2),
    st.tuples(st.integers(1, 100), st.sampled_from([TooBig, silence])),
    st.sets(st.integers(1, 28), max_size=6),
    st.sampled_from(COMMUNITY_VERSIONS),
)
def test_every_row_is_read_rightly_or_named_as_failed(ports, scalars, too_large, bad, version):
    limit, on_large = too_large
    tree = small_tree(20)  # rows beyond are absent
    broken = frozenset(f"{IN_OCTETS}.{port}" for port in bad)
    mux = DirectMux(Agent(tree), limit=limit, on_large=on_large, bad=broken, version=version)
    request, memory = wanted(ports, scalars), AgentMemory(TemplateCache())
    reply = read(mux, request, memory)
    failed = failed_rows(reply)
    assert len(failed) == len(set(failed))
    read_rows_ = sorted(
        row for pdu in reply.pdus for row in range(pdu.span.first_row, pdu.span.first_row + pdu.span.row_count)
    )
    assert sorted(read_rows_ + failed) == list(range(ports))
    for place, column in enumerate(COLUMNS):
        for row in range(ports):
            truth = tree.get(f"{column}.{row + 1}", (None, None))[1]
            assert reply.columns[place][row] == (None if row in failed else truth)
    # one row and the head fit; to what is small, silence is no matter of size
    if limit >= (4 + 1 if on_large is TooBig else SMALL + 1) and not bad:
        assert reply.complete


@pytest.mark.parametrize("limit", [5, 20, 60])
def test_what_was_learned_makes_the_next_read_free_of_errors(limit):
    mux = DirectMux(Agent(small_tree(28)), limit=limit)
    request, memory = wanted(28), AgentMemory(TemplateCache())
    read(mux, request, memory)
    mux.asked.clear()
    reply = read(mux, request, memory)
    assert reply.complete
    assert reply.requests == len(reply.pdus) == len(mux.asked)
    assert max(mux.asked) <= limit


def test_a_silent_agent_is_asked_twice_and_teaches_nothing():
    mux = DirectMux(Agent(small_tree(28)), limit=0, on_large=silence)
    request, memory = wanted(28), AgentMemory(TemplateCache())
    before = memory.batch_for(request).size
    reply = read(mux, request, memory)
    assert reply.requests == 2
    assert mux.asked[1] < mux.asked[0]
    assert [(failure.span, failure.outcome) for failure in reply.failures] == [((0, 1, 0, 28), Outcome.TIMEOUT)]
    assert memory.batch.size == before


def known_agent(*, limit=10_000):
    """An agent that has answered what is wanted of it, and fell silent above `limit` variables since."""
    mux = DirectMux(Agent(small_tree(28)), on_large=silence)
    request, memory = wanted(28), AgentMemory(TemplateCache())
    assert read(mux, request, memory).complete
    mux.limit = limit
    mux.asked.clear()
    mux.retries.clear()
    return mux, request, memory


def test_an_agent_that_answered_before_is_known_to_be_silent_after_the_attempts_of_one_request():
    mux, request, memory = known_agent(limit=0)
    reply = read(mux, request, memory)
    assert mux.retries == [None]
    assert [(failure.span, failure.outcome) for failure in reply.failures] == [((0, 1, 0, 28), Outcome.TIMEOUT)]
    assert not reply.pdus


def test_the_next_read_of_a_silent_agent_begins_with_little_and_once():
    mux, request, memory = known_agent(limit=0)
    size = memory.batch.size
    for _ in range(2):
        read(mux, request, memory)
    assert mux.asked[1] <= SMALL + 1 < mux.asked[0]
    assert mux.retries == [None, 0]
    mux.limit = 10_000  # it is back: nothing was learned about sizes
    assert read(mux, request, memory).complete
    assert memory.batch.size >= size
    assert not memory.batch.away


def test_an_agent_that_chokes_on_sizes_it_used_to_answer_is_read_by_the_second_poll():
    mux, request, memory = known_agent(limit=20)
    assert not read(mux, request, memory).pdus
    assert read(mux, request, memory).complete
    mux.asked.clear()
    assert read(mux, request, memory).complete
    assert max(mux.asked) <= 20


def test_an_agent_that_comes_back_choking_is_read_by_the_poll_that_finds_it():
    mux, request, memory = known_agent(limit=0)
    for _ in range(2):
        read(mux, request, memory)
    mux.limit = 20
    assert read(mux, request, memory).complete


def test_silence_after_an_answer_in_the_same_read_is_doubted_at_once():
    mux, request, memory = known_agent()
    first_get = mux.get

    async def get(*args, **options):
        try:
            return await first_get(*args, **options)
        finally:
            mux.limit = 20

    mux.get = get
    assert read(mux, request, memory).complete
    assert mux.retries[:3] == [None, None, 0]


def test_an_empty_request_asks_nothing():
    mux = DirectMux(Agent(small_tree(1)))
    reply = read(mux, wanted(0, scalars=0), AgentMemory(TemplateCache()))
    assert (reply.complete, reply.requests, reply.columns, reply.pdus) == (True, 0, [], ())

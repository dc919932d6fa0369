"""Reading rows from any agent: each row is read rightly or named as failed, once, whatever the agent cannot do."""

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.snmp.batch import SMALL
from netwatch.snmp.errors import Outcome, TooBig
from netwatch.snmp.message import Version
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
    st.sampled_from(Version),
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


def test_an_empty_request_asks_nothing():
    mux = DirectMux(Agent(small_tree(1)))
    reply = read(mux, wanted(0, scalars=0), AgentMemory(TemplateCache()))
    assert (reply.complete, reply.requests, reply.columns, reply.pdus) == (True, 0, [], ())

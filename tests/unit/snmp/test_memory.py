"""Cutting a table into PDUs: every value in exactly one, rows whole, scalars first, pruned objects left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.snmp import batch
from netwatch.snmp.memory import MOST_REQUESTS, AgentMemory, RowRequest
from netwatch.snmp.template import Kind, TemplateCache

HEAD = (("1.3.6.1.2.1.1.3.0", Kind.NUMBER),)


def request(scalars, rows, width):
    return RowRequest(
        head=HEAD,
        scalars=tuple((f"1.3.6.1.2.1.1.{n + 1}.0", Kind.ANY) for n in range(scalars)),
        rows=tuple(
            tuple((f"1.3.6.1.2.1.2.2.1.{c + 1}.{r + 1}", Kind.NUMBER) for c in range(width)) for r in range(rows)
        ),
    )


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 20), st.integers(1, 200))
def test_pdus_cover_everything_once_in_whole_rows(scalars, rows, width, most):
    wanted = request(scalars, rows, width)
    memory = AgentMemory(TemplateCache())
    start, seen = 0, []
    while start < wanted.size:
        pdu = memory.pdu(wanted, start, wanted.size, most)
        assert pdu.oids[0] == HEAD[0][0]
        assert len(pdu.oids) == 1 + pdu.span.scalar_count + pdu.span.row_count * width
        assert pdu.stop - start <= max(most, width)
        seen += pdu.oids[1:]
        start = pdu.stop
    assert seen == [oid for oid, _ in wanted.scalars] + [oid for row in wanted.rows for oid, _ in row]


@pytest.mark.parametrize("widths", [(2, 3), (0, 0)])
def test_rows_have_one_width(widths):
    with pytest.raises(ValueError, match="rows of different or no length"):
        RowRequest(head=HEAD, rows=tuple((HEAD[0],) * width for width in widths))


def test_a_pdu_is_made_once_and_equal_devices_share_its_template():
    templates = TemplateCache()
    one, other, wanted = AgentMemory(templates), AgentMemory(templates), request(0, 4, 3)
    pdu = one.pdu(wanted, 0, 12, 50)
    assert one.pdu(wanted, 0, 12, 50) is pdu
    assert other.pdu(wanted, 0, 12, 50) is not pdu
    assert other.pdu(wanted, 0, 12, 50).template is pdu.template
    assert other.pdu(wanted, 0, 12, 50).oids is pdu.oids


def test_another_size_leaves_alone_what_was_asked_whole():
    memory, small, large = AgentMemory(TemplateCache()), request(1, 4, 3), request(0, 40, 3)
    whole, cut, rest = memory.pdu(small, 0, 13, 50), memory.pdu(large, 0, 120, 50), memory.pdu(large, 48, 120, 80)
    memory.resized()
    assert memory.pdu(small, 0, 13, 100) is whole
    assert memory.pdu(large, 0, 120, 100) is not cut
    assert memory.pdu(large, 48, 120, 80) is not rest
    assert memory.pdu(small, 0, 13, 10).stop == 10


def test_pruned_objects_are_not_asked_and_their_places_stay():
    memory, wanted = AgentMemory(TemplateCache()), request(1, 1, 2)
    memory.prune("1.3.6.1.2.1.1.1.0")
    memory.prune("1.3.6.1.2.1.2.2.1.2.1")
    pdu = memory.pdu(wanted, 0, 3, 50)
    assert pdu.oids == ("1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.2.2.1.1.1")
    assert pdu.complete([99, 7]) == [99, None, 7, None]
    memory.forget_pruned()
    assert len(memory.pdu(wanted, 0, 3, 50).oids) == 4


def test_nothing_left_to_ask_is_no_pdu():
    memory, wanted = AgentMemory(TemplateCache()), request(1, 0, 1)
    memory.prune(HEAD[0][0])
    memory.prune("1.3.6.1.2.1.1.1.0")
    assert memory.pdu(wanted, 0, 1, 50).template is None


def test_a_caller_that_makes_new_requests_each_time_fills_no_memory():
    memory = AgentMemory(TemplateCache())
    for _ in range(100):
        memory.pdu(request(1, 0, 1), 0, 1, 50)
    assert len(memory._pdus) == MOST_REQUESTS


def test_a_restored_batch_is_used_and_a_new_one_follows_the_names():
    wanted = request(0, 4, 13)
    assert AgentMemory(TemplateCache()).batch_for(wanted).size > 40
    assert AgentMemory(TemplateCache(), batch.BatchState(size=7)).batch_for(wanted).size == 7

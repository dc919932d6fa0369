"""What spans were like, through the store and back."""

import pytest

from netwatch.audit.city_rows import city_memory
from netwatch.audit.records import Verdict
from netwatch.audit.span_rows import KIND, span_memory, span_row
from netwatch.core.events import EventKind
from netwatch.core.links.span import Span
from netwatch.core.links.state import Spans

NEW = Span(commissioned=-8.1234, commissioned_loss=6.0, since_wall_s=1.76e9, days=((20_000, -8.1), (20_001, -8.2)))
YOUNG = Span(received=-8.0, since_wall_s=1.76e9)


def test_what_it_was_like_comes_back_and_what_it_is_now_does_not():
    spans = Spans(to_a=NEW, to_b=YOUNG)
    (found,) = span_memory([span_row("ring-a-1", spans, 1.77e9)]).values()
    assert found.to_a == NEW._replace(commissioned=-8.123)
    assert found.to_b == Span(since_wall_s=1.76e9)


def test_a_restarted_link_begins_with_its_spans():
    row = span_row("ring-a-1", Spans(to_a=NEW), 1.77e9)
    link = Verdict(subject="link:ring-a-1", kind=EventKind.LINK_STATE, state="up", since_wall_s=1.76e9)
    for rows in ((row, link), (link, row)):
        assert city_memory(rows).links["ring-a-1"].spans.to_a.commissioned_loss == 6.0


@pytest.mark.parametrize(
    "state", ["", "{}", '{"to_a":{},"to_b":{}}', "[1]", '{"to_a":{"days":[[2,1],[1,1]]},"to_b":{"days":[]}}']
)
def test_a_row_that_cannot_be_read_is_left_out(state):
    row = Verdict(subject="link:x light", kind=KIND, state=state, since_wall_s=0.0)
    assert span_memory([row]) == {}

"""Spans of a town's links: read with every health poll of their receivers, dark with their links, kept by name."""

from dataclasses import replace

import pytest

from netwatch.core.device.record import LaneHealth
from netwatch.core.health.equipment import Equipment
from netwatch.core.health.measures import Measure
from netwatch.core.links.span import DAY_S
from netwatch.core.model import Lane
from tests.unit.core.links.test_board import RING, Board, state
from tests.unit.core.streets import NOW

LINK, A, B = "a-b", "a", "b"


def seeing(device, *, received=None, sent=None, limit=None, read_s=0.0, **changes):
    """A switch whose ports all have this light, as read then."""
    one = state(device, city=RING, **changes)
    names = one.interfaces.names
    told = {Measure.RECEIVE_POWER: received, Measure.TRANSMIT_POWER: sent}
    return replace(
        one,
        equipment=Equipment(
            readings={measure: dict.fromkeys(names, value) for measure, value in told.items() if value is not None},
            fixed={Measure.RECEIVE_LOW_ALARM: dict.fromkeys(names, limit)} if limit is not None else {},
        ),
        lanes={Lane.HEALTH: LaneHealth(last_success_wall_s=NOW + read_s)},
    )


@pytest.fixture
def board():
    return Board()


def test_each_direction_is_what_one_end_sends_and_the_other_receives(board):
    board.tell(a=seeing("a", sent=-2.0, received=-9.0), b=seeing("b", sent=-3.0, received=-7.5))
    board.tell(a=seeing("a", sent=-2.0, received=-9.0, read_s=60.0))
    spans = board.links[LINK].spans
    assert (spans.to_b.received, spans.to_b.loss) == (-7.5, 5.5)
    assert (spans.to_a.received, spans.to_a.loss) == (-9.0, 6.0)


def test_a_link_without_modules_that_tell_has_no_spans(board):
    board.tell(a=seeing("a", read_s=1.0), b=seeing("b", read_s=1.0))
    assert board.links[LINK].spans.to_a == board.links[LINK].spans.to_b
    assert board.links[LINK].spans.to_a.received is None


def test_a_dark_link_has_no_drift(board):
    board.tell(a=seeing("a", sent=-2.0, received=-9.0), b=seeing("b", sent=-3.0, received=-7.5))
    board.tell(b=seeing("b", sent=-3.0, received=-7.5, read_s=60.0))
    cut = {"dark": ("a", "b"), "sent": -2.0, "received": -40.0}
    board.tell(a=seeing("a", **cut, read_s=120.0), b=seeing("b", **cut, read_s=120.0))
    board.tell(a=seeing("a", **cut, read_s=180.0), b=seeing("b", **cut, read_s=180.0))
    assert board.links[LINK].spans.to_b.received is None


def test_what_a_restart_must_not_lose_is_gathered_once_a_day(board):
    for step in range(100):
        board.tell(
            at_s=step * 900.0,
            a=seeing("a", sent=-2.0, received=-9.0, read_s=step * 900.0),
            b=seeing("b", sent=-3.0, received=-7.5, read_s=step * 900.0),
        )
        if step == 1:
            assert board.changed_spans == dict.fromkeys(board.links), "its first light was read"
            board.changed_spans = {}
    assert board.links[LINK].spans.to_b.commissioned == pytest.approx(-7.5)
    assert set(board.changed_spans) == set(board.links)
    assert board.links[LINK].spans.to_b.day >= NOW // DAY_S

"""What one end of a link says, taken from the state of its device."""

import pytest

from netwatch.core.device.record import InterfaceTraffic
from netwatch.core.device.state import blind
from netwatch.core.links.ends import Sight, end_seen, totals_at
from netwatch.core.links.port_seen import PortRows
from netwatch.core.model import Lane
from netwatch.core.records import replace
from tests.unit.core.polled import WALL_S, Folding, failed

GI1 = "Gi1/0/1"


def silenced(folding):
    folding.see(*(failed(Lane.STATUS, 21.0 + 6 * again) for again in range(3)))
    return folding


def blinded(folding):
    folding.state = blind(folding.watched, folding.state, at_s=20.0, wall_s=WALL_S).state
    return folding


def doubting(folding):
    folding.switch.if_number = 3
    folding.status(21.0)
    return folding


def half_read(folding):
    folding.status(21.0, unread=("1",))
    return folding


@pytest.mark.parametrize(
    ("made", "port", "sight"),
    [
        (lambda folding: folding, GI1, Sight.WATCHED),
        (lambda folding: folding, "Gi9", Sight.UNMATCHED),
        (silenced, GI1, Sight.SILENT),
        (silenced, "Gi9", Sight.SILENT),
        (blinded, GI1, Sight.NOT_OBSERVED),
        (doubting, GI1, Sight.IN_DOUBT),
        (half_read, GI1, Sight.NOT_READ),
    ],
)
def test_an_end_tells_how_well_it_is_seen(made, port, sight):
    seen = end_seen(made(Folding().settle()).state, port)
    assert seen.sight is sight
    assert (seen.is_up is True) is (sight is Sight.WATCHED)
    assert (seen.port is None) is (port == "Gi9")


def test_a_device_of_which_nothing_is_known_is_not_observed():
    assert end_seen(None, GI1).sight is Sight.NOT_OBSERVED
    assert end_seen(Folding().state, GI1, PortRows()).sight is Sight.NOT_OBSERVED


def test_an_agent_that_answers_but_was_not_discovered_yet_is_not_observed_rather_than_unmatched():
    folding = Folding()
    folding.status(11.0)
    assert end_seen(folding.state, GI1).sight is Sight.NOT_OBSERVED


def test_totals_come_with_the_time_of_their_pdu_and_packets_of_every_cast():
    columns = {
        "receive_bytes": (10, 20),
        "transmit_bytes": (None, 40),
        "receive_unicast_packets": (5, 6),
        "receive_multicast_packets": (7, 8),
        "receive_broadcast_packets": (None, 9),
        "transmit_multicast_packets": (1, 1),
        "receive_errors": (3, 4),
    }
    state = replace(
        Folding().settle().state, traffic=InterfaceTraffic(totals=columns, stamp_ms=(1000, 2000), read_s=1.0)
    )
    first, second = totals_at(state, 0), totals_at(state, 1)
    assert (first.stamp_ms, second.stamp_ms) == (1000, 2000)
    assert (first.receive_bytes, first.transmit_bytes, second.transmit_bytes) == (10, None, 40)
    assert (first.receive_packets, second.receive_packets) == (12, 23)
    assert first.transmit_packets is None, "without unicast packets there is no sum"
    assert (first.receive_errors, first.transmit_errors, first.transmit_discards) == (3, None, None)


def test_a_row_that_was_not_read_and_a_map_in_doubt_have_no_totals():
    folding = Folding().settle()
    folding.traffic(31.0, unread=("1",))
    assert totals_at(folding.state, 0) is None
    assert totals_at(folding.state, 1) is not None
    assert totals_at(doubting(folding).state, 1) is None

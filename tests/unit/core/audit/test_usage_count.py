"""What ports carried, by five minutes of the clock: every byte once, in its time, and nothing where nobody looked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.audit.usage_code import NOTHING, light
from netwatch.core.audit.usage_count import LIGHT_MS, TRAFFIC_MS, UsageCount, monitored
from netwatch.core.model import Link, PortRef
from tests.unit.core.audit.carrying import T0_MS, inventory, port, silent, told
from tests.unit.core.polled import make_device

RATE = 1_000_000  # bytes/s
FOREVER = float("inf")


def counting(**changes):
    count = UsageCount()
    count.use(inventory(**changes))
    return count


def slots(count):
    """Beginning in seconds after T0 -> the cells of the first port."""
    return {
        (begin_ms - T0_MS) / 1000: {name: cells[0] for name, cells in one.cells.items()}
        for begin_ms, one in count.take_carried(FOREVER)
    }


def look(count, at_s, **counts):
    count.see_traffic("acc-17", told(at_s, **counts))


def test_the_ports_that_links_their_members_and_field_devices_name_are_counted_where_snmp_is_spoken():
    dumb = make_device("dumb", snmp=None)
    members = ((port("acc-17", 2), port("agg-1", 2)),)
    whole = Link(id="l-2", a=port("acc-17", 2), b=PortRef(device="dumb", interface="x"), members=members)
    assert [str(one) for one in monitored(inventory(whole, dumb=dumb))] == [
        "acc-17 Gi1/0/1",  # of links one end each, then the other; then all the rest
        "acc-17 Gi1/0/2",
        "agg-1 Gi1/0/1",
        "acc-17 Gi1/0/3",
        "agg-1 Gi1/0/2",
    ]


def test_a_steady_flow_is_exact_in_every_five_minutes_however_polls_lie_to_the_clock():
    count = counting()
    for at_s in range(-17, 700, 30):
        total = (at_s + 17) * RATE
        look(
            count,
            at_s,
            receive_bytes=total,
            transmit_bytes=2 * total,
            receive_unicast_packets=total // 500,
            receive_errors=0,
        )
    found = slots(count)
    assert list(found) == [-300.0, 0.0, 300.0, 600.0]
    for begin_s in (0.0, 300.0):
        cells = found[begin_s]
        assert cells["in_seen_s"] == pytest.approx(300)
        assert cells["in_bytes"] == pytest.approx(300 * RATE)
        assert cells["out_bytes"] == pytest.approx(600 * RATE)
        assert (cells["in_peak"], cells["out_peak"]) == (RATE, 2 * RATE)
        assert cells["in_packets"] == pytest.approx(300 * RATE / 500)
    assert found[-300.0]["in_seen_s"] == pytest.approx(17)


def test_a_burst_is_a_peak_of_the_five_minutes_that_it_touched_and_of_no_other():
    count = counting()
    for at_s, total in ((0, 0), (30, 0), (60, 90 * RATE), (90, 90 * RATE), (330, 90 * RATE)):
        look(count, at_s, receive_bytes=total)
    found = slots(count)
    assert found[0.0]["in_peak"] == 3 * RATE
    assert found[0.0]["in_bytes"] == 90 * RATE
    assert 300.0 not in found  # 240 s between two polls at 30 s: nobody looked


@pytest.mark.parametrize(
    "broken",
    [
        silent,
        lambda: told(30, receive_bytes=None),
        lambda: replace(told(30), interfaces=replace(told(0).interfaces, in_doubt=True)),
    ],
)
def test_between_readings_that_are_not_to_be_compared_nothing_was_seen(broken):
    count = counting()
    look(count, 0, receive_bytes=5)
    count.see_traffic("acc-17", broken())
    look(count, 60, receive_bytes=100)
    look(count, 90, receive_bytes=130)
    [cells] = slots(count).values()
    assert (cells["in_seen_s"], cells["in_bytes"]) == (30, 30)


def test_totals_that_begin_anew_are_no_traffic_and_one_way_may_be_missing_alone():
    count = counting()
    look(count, 0, receive_bytes=500, transmit_bytes=7)
    look(count, 30, receive_bytes=20, transmit_bytes=None)
    look(count, 60, receive_bytes=50, transmit_bytes=9)
    look(count, 60, receive_bytes=50, transmit_bytes=9)
    [cells] = slots(count).values()
    assert (cells["in_seen_s"], cells["in_bytes"], cells["out_seen_s"]) == (30, 30, 0)


def test_packets_and_errors_are_those_from_the_first_poll_of_five_minutes_to_that_of_the_next():
    count = counting()
    for at_s, packets, errors in ((-10, 0, 0), (20, 10, 1), (290, 900, 2), (320, 1010, 4), (620, 1010, 4)):
        look(count, at_s, receive_unicast_packets=packets, receive_errors=errors)
    found = slots(count)
    assert [(found[at]["in_packets"], found[at]["in_errors"]) for at in (-300.0, 0.0)] == [(10, 1), (1000, 3)]


def test_packets_that_began_anew_or_are_not_told_are_none():
    count = counting()
    for at_s, packets in ((10, 900), (310, 20), (610, None), (910, 70)):
        look(count, at_s, receive_unicast_packets=packets)
    assert sum(cells["in_packets"] for cells in slots(count).values()) == 0


def test_what_comes_of_five_minutes_that_were_taken_is_not_counted_but_parts_are_added_to():
    count = counting()
    look(count, 280)
    look(count, 310, receive_bytes=30)
    assert [begin_ms - T0_MS for begin_ms, _ in count.take_carried(T0_MS + TRAFFIC_MS)] == [0]
    count.see_traffic("agg-1", told(250))
    count.see_traffic("agg-1", told(295, receive_bytes=30))
    carried, lit = count.take_parts()
    assert ([*carried], lit) == ([T0_MS + TRAFFIC_MS], {})
    look(count, 340, receive_bytes=60)
    assert list(slots(count)) == [300.0]


def test_another_inventory_keeps_the_last_reading_of_the_ports_that_stay():
    count = counting()
    look(count, 0, receive_bytes=0)
    count.use(inventory(Link(id="l-0", a=port("acc-17", 2), b=port("agg-1", 2))))
    look(count, 30, receive_bytes=60)
    [(_, one)] = count.take_carried(FOREVER)
    assert list(one.cells["in_bytes"]) == [60, 0, 0, 0, 60]  # port 2 is new; the camera's port comes last


@given(st.lists(st.tuples(st.integers(1, 80_000), st.integers(0, 10**9)), min_size=1, max_size=60))
def test_every_byte_counts_once_and_no_peak_is_below_its_mean(steps):
    count = counting()
    at_ms = total = 0
    count.see_traffic("acc-17", told(0))
    for step_ms, octets in steps:
        at_ms, total = at_ms + step_ms, total + octets
        count.see_traffic("acc-17", told(at_ms / 1000, receive_bytes=total))
    found = slots(count)
    assert sum(cells["in_bytes"] for cells in found.values()) == pytest.approx(total)
    assert sum(cells["in_seen_s"] for cells in found.values()) == pytest.approx(at_ms / 1000)
    for cells in found.values():
        assert cells["in_seen_s"] <= 300.001
        assert cells["in_peak"] * 1.000001 >= cells["in_bytes"] / cells["in_seen_s"]


def test_light_is_summed_by_the_hour_with_its_least_and_the_alarm_of_its_module():
    count = counting()
    begin_ms = T0_MS - T0_MS % LIGHT_MS
    for power in (-18.0, -19.0, -18.5):
        count.see_light("acc-17", told(0, light=power, alarm=-24.0), begin_ms + 5)
    count.see_light("agg-1", told(0), begin_ms + 5)
    assert list(count.take_lit(begin_ms + LIGHT_MS - 1)) == []
    [(begins, lit)] = count.take_lit(begin_ms + LIGHT_MS)
    coded = lit.coded()
    assert (begins, list(coded["samples"])) == (begin_ms, [3, 0, 0])
    assert [light(coded[name][0]) for name in ("mean_dbm", "least_dbm", "low_alarm_dbm")] == [-18.5, -19.0, -24.0]
    assert {coded[name][1] for name in ("mean_dbm", "least_dbm", "low_alarm_dbm")} == {NOTHING}

import math
from array import array
from dataclasses import replace

import pytest

from netwatch.core.device.counter_state import CounterState
from netwatch.core.device.counters import CounterReading, Finding, Oddity, fold
from netwatch.core.device.interface_map import InterfaceMap

GIGABIT = 125e6  # bytes/s
PORTS = InterfaceMap(epoch=1, indexes=("1", "2"), names=("Gi1", "Gi2"))


def reading(at_s, first, second=0, *, bits=64, column="receive_bytes", **more):
    """One column, two ports."""
    return CounterReading(
        at_s=(at_s, at_s),
        columns={column: (first, second)},
        widths={column: bytes([bits, bits])},
        **{"line_rates": (GIGABIT, GIGABIT), **more},
    )


def followed(*readings, column="receive_bytes", row=0, ports=PORTS):
    """The totals of one cell over several readings, and every finding."""
    state, totals, findings = CounterState(), [], []
    for one in readings:
        counted = fold(state, one, ports)
        state = counted.state
        totals.append(counted.totals[column][row])
        findings += counted.findings
    return totals, findings


def test_totals_begin_at_the_first_raw_reading_and_add_what_is_counted():
    assert followed(reading(0, 5000), reading(30, 7500), reading(60, 7500)) == ([5000, 7500, 7500], [])


def test_a_counter32_that_passes_its_end_goes_on():
    totals, findings = followed(reading(0, 2**32 - 100, bits=32), reading(30, 400, bits=32), reading(60, 900, bits=32))
    assert totals == [2**32 - 100, 2**32 + 400, 2**32 + 900]
    assert findings == [Finding(Oddity.WRAPPED, 0, "receive_bytes")]


def test_a_counter32_that_wraps_again_and_again_loses_nothing():
    step = 3_000_000_000
    totals, _ = followed(*(reading(30 * n, n * step % 2**32, bits=32) for n in range(50)))
    assert totals == [n * step for n in range(50)]


def test_a_counter64_that_falls_began_anew_and_is_no_wrap():
    totals, findings = followed(reading(0, 10**15), reading(30, 400), reading(60, 1400))
    assert totals == [10**15, None, 10**15 + 1000]
    assert findings == [Finding(Oddity.FELL, 0, "receive_bytes")]


def test_a_counter32_whose_wrap_would_be_above_line_rate_began_anew():
    slow = {"line_rates": (125_000.0, 125_000.0), "bits": 32}  # 1 Mb/s
    totals, findings = followed(reading(0, 10**9, **slow), reading(30, 400, **slow), reading(60, 1400, **slow))
    assert totals == [10**9, None, 10**9 + 1000]
    assert findings == [Finding(Oddity.FELL, 0, "receive_bytes")]


@pytest.mark.parametrize(("last", "total"), [(2**32 - 100, 2**32 + 400), (10**9, None)])
def test_without_a_known_speed_only_a_wrap_of_less_than_half_the_range_is_believed(last, total):
    unknown = {"line_rates": (None, None), "bits": 32}
    totals, _ = followed(reading(0, last, **unknown), reading(30, 400, **unknown))
    assert totals == [last, total]


def test_a_reboot_is_one_gap_and_the_total_goes_on_from_where_it_was():
    totals, findings = followed(reading(0, 5000), reading(30, 9000, rebooted=True), reading(60, 9700))
    assert totals == [5000, None, 5700]
    assert findings == [Finding(Oddity.REBOOTED)]


def test_a_reboot_is_never_taken_for_a_wrap():
    totals, _ = followed(reading(0, 2**32 - 100, bits=32), reading(30, 400, bits=32, rebooted=True))
    assert totals == [2**32 - 100, None]


def test_a_discontinuity_is_a_gap_of_that_row_only():
    before, after = reading(0, 5000, 100, discontinuity=(0, 0)), reading(30, 6000, 200, discontinuity=(0, 777))
    assert followed(before, after) == ([5000, 6000], [Finding(Oddity.DISCONTINUITY, 1)])
    again = reading(60, 6000, 250, discontinuity=(None, 777))
    assert followed(before, after, again, row=1)[0] == [100, None, 150]


def test_a_discontinuity_time_that_was_not_told_once_is_compared_with_the_one_before():
    readings = [reading(30 * n, 5000 + n, discontinuity=(told, 0)) for n, told in enumerate((1, None, 1, 2))]
    assert followed(*readings)[0] == [5000, 5001, 5002, None]


def test_a_jump_above_line_rate_is_a_gap_and_what_follows_is_counted_again():
    jump = 10**12
    totals, findings = followed(reading(0, 0), reading(30, jump), reading(60, jump + 1000))
    assert totals == [0, None, 1000]
    assert findings == [Finding(Oddity.ABOVE_LINE_RATE, 0, "receive_bytes")]


def test_full_line_rate_is_believed_with_the_time_a_request_takes_to_spare():
    full = int(GIGABIT * 30 * 1.05)
    assert followed(reading(0, 0), reading(30, full))[0] == [0, full]
    assert followed(reading(0, 0), reading(30, full + 1000))[0] == [0, None]
    assert followed(reading(0, 0), reading(30, full + 1000, slack_s=0.01))[0] == [0, full + 1000]


def test_frames_are_limited_by_the_smallest_frame():
    most = int(GIGABIT * 30 * 1.05 / 64)
    for column in ("receive_unicast_packets", "receive_errors", "transmit_discards"):
        for count, total in ((most, most), (most + 1, None)):
            assert (
                followed(reading(0, 0, column=column), reading(30, count, column=column), column=column)[0][1] == total
            )


def test_a_port_that_has_just_become_slower_is_measured_by_its_old_speed_once():
    slow = {"line_rates": (GIGABIT / 100, GIGABIT)}
    first, second = int(GIGABIT * 20), int(GIGABIT * 20) + 30_000_000
    assert followed(reading(0, 0), reading(30, first, **slow), reading(60, second, **slow))[0] == [0, first, second]
    assert followed(reading(0, 0, **slow), reading(30, first, **slow))[0] == [0, None]


def test_even_an_unknown_speed_has_a_limit():
    unknown = {"line_rates": (None, None)}
    assert followed(reading(0, 0, **unknown), reading(30, 10**13, **unknown))[0] == [0, 10**13]
    assert followed(reading(0, 0, **unknown), reading(30, 10**15, **unknown))[0] == [0, None]


def test_a_cell_missed_is_a_gap_and_its_next_reading_catches_up():
    line = int(GIGABIT * 60)  # more than one interval can carry, not more than two
    totals, findings = followed(reading(0, 100), reading(30, None), reading(60, line))
    assert (totals, findings) == ([100, None, line], [])


def test_a_row_missed_is_a_gap_and_its_next_reading_catches_up():
    lost = replace(reading(30, None, 20), at_s=(math.nan, 30))
    line = int(GIGABIT * 60)
    assert followed(reading(0, 100), lost, reading(60, line, 20)) == ([100, None, line], [])
    assert followed(reading(0, 100, 10), lost, reading(60, line, 30), row=1)[0] == [10, 20, 30]


def test_a_cell_missed_during_a_reboot_is_rebased_when_it_is_next_read():
    readings = reading(0, 5000), reading(30, None, rebooted=True), reading(60, 5500), reading(90, 5600)
    assert followed(*readings)[0] == [5000, None, None, 5100]


def test_a_column_left_out_of_one_poll_catches_up():
    errors = "receive_errors"
    both = reading(0, 100)
    both = replace(both, columns={**both.columns, errors: (5, 6)}, widths={**both.widths, errors: b"\x20\x20"})
    state = fold(CounterState(), both, PORTS).state
    counted = fold(state, reading(30, 200), PORTS)
    assert counted.totals[errors] == (None, None)
    later = replace(both, at_s=(60, 60), columns={"receive_bytes": (300, 0), errors: (8, 9)})
    assert list(fold(counted.state, later, PORTS).totals[errors]) == [8, 9]


def test_a_value_that_is_never_there_is_never_told_and_disturbs_no_other_row():
    assert followed(*(reading(30 * n, None, n) for n in range(3))) == ([None] * 3, [])
    assert followed(*(reading(30 * n, None, n) for n in range(3)), row=1) == ([0, 1, 2], [])


def test_a_value_that_appears_late_begins_its_total_then():
    assert followed(reading(0, None), reading(30, 10**18), reading(60, 10**18 + 5)) == (
        [None, 10**18, 10**18 + 5],
        [],
    )


def test_a_port_that_changes_from_32_to_64_bits_is_another_counter():
    totals, findings = followed(reading(0, 1000, bits=32), reading(30, 10**10), reading(60, 10**10 + 7))
    assert totals == [1000, None, 1007]
    assert findings[0] == Finding(Oddity.WIDTH, 0, "receive_bytes")


def test_a_missing_value_does_not_change_the_width():
    readings = reading(0, 1000, bits=32), reading(30, None, bits=64), reading(60, 1010, bits=32)
    assert followed(*readings) == ([1000, None, 1010], [Finding(Oddity.WIDTH, 1, "receive_bytes")] * 2)


@pytest.mark.parametrize("at_s", [29.0, 30.0])
def test_a_reading_that_is_not_after_the_last_is_ignored(at_s):
    late = reading(at_s, 150)
    assert followed(reading(0, 100), reading(30, 200), late, reading(60, 300)) == ([100, 200, None, 300], [])


def test_a_renumbered_port_keeps_its_total_over_one_gap_and_the_others_have_none():
    state = fold(CounterState(), reading(0, 5000, 800), PORTS).state
    moved = InterfaceMap(epoch=2, indexes=("1", "7"), names=("Gi1", "Gi2"))
    counted = fold(state, reading(30, 5100, 850), moved)
    assert list(counted.totals["receive_bytes"]) == [5100, None]
    assert list(fold(counted.state, reading(60, 5200, 870), moved).totals["receive_bytes"]) == [5200, 820]


def test_totals_follow_the_names_when_rows_are_added_removed_and_reordered():
    state = fold(CounterState(), reading(0, 5000, 800), PORTS).state
    other = InterfaceMap(epoch=2, indexes=("2", "3"), names=("Gi2", "Gi3"))
    counted = fold(state, reading(30, 900, 77), other)
    assert list(counted.totals["receive_bytes"]) == [900, 77]
    assert counted.findings == ()


def test_swapped_indexes_mix_no_totals():
    state = fold(CounterState(), reading(0, 5000, 800), PORTS).state
    swapped = InterfaceMap(epoch=2, indexes=("1", "2"), names=("Gi2", "Gi1"))
    counted = fold(state, reading(30, 5100, 850), swapped)
    assert counted.totals["receive_bytes"] == (None, None)
    assert list(fold(counted.state, reading(60, 5200, 851), swapped).totals["receive_bytes"]) == [900, 5001]


def test_a_device_without_ports_has_no_totals():
    empty = CounterReading(at_s=(), columns={"receive_bytes": ()}, widths={"receive_bytes": b""}, line_rates=())
    assert followed_empty(empty) == {"receive_bytes": ()}


def followed_empty(empty):
    return fold(fold(CounterState(), empty, InterfaceMap()).state, empty, InterfaceMap()).totals


def test_what_was_published_before_is_never_changed_afterwards():
    first = fold(CounterState(), reading(0, 5000, 1), PORTS)
    published = first.totals["receive_bytes"]
    before = list(published)
    fold(first.state, reading(30, 6000, 2), PORTS)
    assert list(published) == before


def test_a_width_that_changes_is_a_gap_even_where_the_figures_would_fit():
    assert followed(reading(0, 1000, bits=32), reading(30, 2000), reading(60, 2005))[0] == [1000, None, 1005]


def test_a_speed_that_has_just_become_known_limits_at_once():
    jump = 10**12
    assert followed(reading(0, 0, line_rates=(None, None)), reading(30, jump))[0] == [0, None]


def test_a_row_that_never_has_a_counter_leaves_the_others_exact_through_a_reboot():
    readings = [reading(0, None, 5), reading(30, None, 9), reading(60, None, 2, rebooted=True), reading(90, None, 8)]
    assert followed(*readings, row=1)[0] == [5, 9, None, 15]
    assert followed(*readings)[0] == [None] * 4


def test_another_cell_missed_beside_one_that_is_never_there_catches_up():
    three = InterfaceMap(indexes=("1", "2", "3"), names=("Gi1", "Gi2", "Vlan1"))
    state, seen = CounterState(), []
    for at_s, raw in ((0, (1, 2, None)), (30, (None, 3, None)), (60, (None, 4, None)), (90, (9, 5, None))):
        one = CounterReading(at_s=(at_s,) * 3, columns={"x": raw}, widths={"x": b"\x40" * 3}, line_rates=(GIGABIT,) * 3)
        counted = fold(state, one, three)
        state = counted.state
        seen.append(list(counted.totals["x"]))
    assert seen == [[1, 2, None], [None, 3, None], [None, 4, None], [9, 5, None]]


@pytest.mark.parametrize(
    ("raw", "more"),
    [(400, {"rebooted": True}), (400, {}), (10**13, {})],
    ids=["rebooted", "fell", "above line rate"],
)
def test_after_a_crash_a_total_that_cannot_go_on_begins_anew_instead_of_falling_a_little(raw, more):
    """More may have been told than was saved: a fall of a few bytes would read as a reset that adds terabytes."""
    saved = replace(fold(CounterState(), reading(0, 10**12), PORTS).state, unsaved=True)
    counted = fold(saved, reading(60, raw, **more), PORTS)
    assert counted.totals["receive_bytes"][0] == raw
    after = fold(counted.state, reading(90, raw + 100), PORTS)
    assert after.totals["receive_bytes"][0] == raw + 100
    assert not after.state.unsaved


def test_after_a_crash_a_counter_that_ran_on_goes_on():
    saved = replace(fold(CounterState(), reading(0, 10**12), PORTS).state, unsaved=True)
    assert fold(saved, reading(60, 10**12 + 500), PORTS).totals["receive_bytes"][0] == 10**12 + 500


def test_totals_of_a_device_that_rebooted_stay_packed_and_one_beyond_64_bits_is_still_exact():
    readings = (reading(0, 5000), reading(30, 10, rebooted=True), reading(60, 20))
    state = CounterState()
    for one in readings:
        counted = fold(state, one, PORTS)
        state = counted.state
    assert counted.totals["receive_bytes"] == array("Q", [5010, 0])
    state = replace(state, offsets={"receive_bytes": (2**64, 0)})
    assert list(fold(state, reading(90, 30), PORTS).totals["receive_bytes"]) == [2**64 + 30, 0]

import json
import math
from dataclasses import replace

import pytest

from netwatch.core.device.counter_state import CounterState, from_document, to_document
from netwatch.core.device.counters import CounterReading, Oddity, fold
from netwatch.core.device.interface_map import InterfaceMap

PORTS = InterfaceMap(epoch=4, indexes=("1", "2", "3"), names=("Gi1", "Gi2", "Gi3"))
BYTES = "receive_bytes"


def reading(at_s, *raw, rebooted=False, rows=(1, 1, 1)):
    return CounterReading(
        at_s=[at_s if read else math.nan for read in rows],
        columns={BYTES: raw},
        widths={BYTES: b"\x40" * len(raw)},
        line_rates=(125e6,) * len(raw),
        rebooted=rebooted,
        discontinuity=(7,) * len(raw),
    )


def before_the_stop():
    """Gi1 has an offset from a reboot, Gi2 was missed since, Gi3 was never read."""
    state = CounterState()
    for one in (reading(1000, 100, 50, None), reading(1030, 10, 5, None, rebooted=True), reading(1060, 15, None, None)):
        state = fold(state, one, PORTS).state
    return state


def restarted(state, *, stopped_wall_s, started_wall_s, now_s=0.0):
    """The state after a restart: the monotonic clock began anew, at `now_s` when the wall clock said so."""
    document = json.loads(json.dumps(to_document(state, stopped_wall_s - 1060)))
    return from_document(document, wall_s=started_wall_s - now_s, now_s=now_s)


def test_totals_go_on_after_a_restart_where_the_device_ran_on():
    state = restarted(before_the_stop(), stopped_wall_s=1e9, started_wall_s=1e9 + 600)
    counted = fold(state, reading(5, 40, 25, 9), PORTS)
    assert list(counted.totals[BYTES]) == [130, 70, 9]
    assert counted.findings == ()


def test_totals_go_on_over_one_gap_where_the_device_rebooted_while_we_were_away():
    state = restarted(before_the_stop(), stopped_wall_s=1e9, started_wall_s=1e9 + 600)
    counted = fold(state, reading(5, 3, 4, 9, rebooted=True), PORTS)
    assert list(counted.totals[BYTES]) == [None, None, 9]
    assert list(fold(counted.state, reading(35, 13, 24, 9), PORTS).totals[BYTES]) == [115, 70, 9]


def test_what_passed_while_we_were_away_is_measured_by_that_time():
    hour = int(125e6 * 3600)
    away = {"stopped_wall_s": 1e9}
    for started_wall_s, total in ((1e9 + 3600, 100 + hour), (1e9 + 1800, None)):
        state = restarted(before_the_stop(), started_wall_s=started_wall_s, **away)
        assert fold(state, reading(5, 10 + hour, 5, 0), PORTS).totals[BYTES][0] == total


def test_a_wall_clock_that_was_set_back_meanwhile_blinds_nobody():
    state = restarted(before_the_stop(), stopped_wall_s=1e9, started_wall_s=1e9 - 7200, now_s=50.0)
    counted = fold(state, reading(55, 40, 25, 9), PORTS)
    assert list(counted.totals[BYTES]) == [130, 70, 9]


def test_ports_renumbered_while_we_were_away_are_found_by_name_over_one_gap():
    state = restarted(before_the_stop(), stopped_wall_s=1e9, started_wall_s=1e9 + 60)
    moved = InterfaceMap(epoch=5, indexes=("11", "2", "3"), names=PORTS.names)
    assert list(fold(state, reading(5, 40, 25, 9), moved).totals[BYTES]) == [None, 70, 9]


def test_a_line_card_reset_while_we_were_away_is_seen_by_its_discontinuity():
    state = restarted(before_the_stop(), stopped_wall_s=1e9, started_wall_s=1e9 + 60)
    counted = fold(state, replace(reading(5, 40, 25, 9), discontinuity=(7, 8, 7)), PORTS)
    assert list(counted.totals[BYTES]) == [130, None, 9]
    assert [(f.oddity, f.row) for f in counted.findings] == [(Oddity.DISCONTINUITY, 1)]


def test_a_document_says_the_same_again():
    state = restarted(before_the_stop(), stopped_wall_s=1e9, started_wall_s=1e9)
    assert to_document(state, 1e9) == to_document(before_the_stop(), 1e9 - 1060)


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d.pop("raw"),
        lambda d: d.update(raw=None),
        lambda d: d["raw"].update({BYTES: [1, 2, -3]}),
        lambda d: d["raw"].update({BYTES: [1, 2]}),
        lambda d: d["raw"].update({BYTES: ["1", 2, 3]}),
        lambda d: d["names"].append("Gi4"),
        lambda d: d["widths"].clear(),
        lambda d: d["offsets"].update({"other": [0, 0, 0]}),
        lambda d: d["widths"].update({BYTES: [640, 64, 64]}),
        lambda d: d["odd"].append([BYTES, 3, "stale"]),
        lambda d: d["odd"].append([BYTES, 0, "stuck"]),
        lambda d: d["odd"].append([BYTES]),
        lambda d: d.update(discontinuity=[1]),
    ],
)
def test_a_damaged_document_is_refused_whole(damage):
    document = json.loads(json.dumps(to_document(before_the_stop(), 0.0)))
    damage(document)
    with pytest.raises(ValueError):
        from_document(document, wall_s=0.0, now_s=0.0)

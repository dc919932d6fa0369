"""Links, rings, the registry and capacity: what is wrong for long, or wrong with what is written down."""

from typing import NamedTuple

import pytest

from tests.rules.scenario import GONE, MISSED, firing, over, series, silent, unbroken, up, value

FILES = ("faults", "links", "registry")
STEP_S = 30
LIT = up("netwatch-faults", "1x9999") | up("netwatch-city", "1x9999")

LINK = series("netwatch_link_state", link="ring-a-1", district="옥정동", state="degraded")
SWITCHED = series("netwatch_ring_state", ring="ring-a", district="옥정동", state="switched")
NO_BLOCK = series("netwatch_ring_state", ring="ring-a", district="옥정동", state="no_block")


class Long(NamedTuple):
    """An alert that waits, the state it waits on, and how long."""

    alert: str
    state: str
    subject: str
    after_s: int


LONG = [
    Long("LinkDegraded", LINK, "link:ring-a-1", 900),
    Long("RingUnprotected", SWITCHED, "ring:ring-a", 14400),
    Long("RingLoopRisk", NO_BLOCK, "ring:ring-a", 60),
]
each_long = pytest.mark.parametrize("case", LONG, ids=[case.alert for case in LONG])


def over30(*spans):
    return over(*spans, step_s=STEP_S)


def check(promtool, told, *expected):
    promtool.holds(LIT | told, *expected, files=FILES, step_s=STEP_S)


@each_long
def test_each_fires_only_when_it_lasts_and_ends_with_the_state(promtool, case):
    ends_s = case.after_s + 600
    check(
        promtool,
        {case.state: over30((ends_s, 1), (600, 0))},
        silent(case.after_s - 30, case.alert),
        firing(case.after_s, case.alert, {"subject": case.subject, "district": "옥정동"}),
        silent(ends_s, case.alert),
    )


@each_long
@pytest.mark.parametrize("gap", [GONE, MISSED])
def test_a_restart_neither_ends_it_nor_makes_it_wait_anew(promtool, case, gap):
    told = {case.state: over30((case.after_s - 30, 1), (120, gap), (600, 1))}
    whole = unbroken(case.after_s + 30, case.after_s + 600, case.alert, step_s=STEP_S, subject=case.subject)
    check(promtool, told, whole)


@each_long
def test_a_healthy_one_is_silent(promtool, case):
    check(promtool, {case.state: over30((case.after_s + 600, 0))}, silent(case.after_s + 300, case.alert))


@each_long
def test_nothing_begins_in_maintenance(promtool, case):
    window = series("netwatch_maintenance_active", subject=case.subject)
    told = {case.state: over30((case.after_s + 1800, 1)), window: over30((case.after_s + 600, 1), (1200, 0))}
    check(promtool, told, silent(case.after_s + 570, case.alert))


@each_long
def test_what_was_told_before_the_maintenance_is_not_ended_by_it(promtool, case):
    window = series("netwatch_maintenance_active", subject=case.subject)
    told = {case.state: over30((case.after_s + 1800, 1)), window: over30((case.after_s + 600, 0), (1200, 1))}
    whole = unbroken(case.after_s + 30, case.after_s + 1700, case.alert, step_s=STEP_S, subject=case.subject)
    check(promtool, told, whole)


def test_a_ring_that_goes_from_switched_to_split_is_one_alert(promtool):
    split = series("netwatch_ring_state", ring="ring-a", district="옥정동", state="split")
    told = {SWITCHED: over30((15000, 1), (1200, 0)), split: over30((15000, 0), (1200, 1))}
    check(promtool, told, unbroken(14430, 16000, "RingUnprotected", step_s=STEP_S, ring="ring-a"))


def test_drift_is_told_after_an_hour_by_kind_and_outlives_the_quarter_of_an_hour_after_a_restart(promtool):
    missing = series("netwatch_topology_discrepancies", kind="missing")
    swapped = series("netwatch_topology_discrepancies", kind="swapped")
    told = {missing: over30((4500, 2), (900, 0), (3000, 2), (3000, 0)), swapped: over30((9000, 0))}
    check(
        promtool,
        told,
        silent(3570, "TopologyDrift"),
        firing(3600, "TopologyDrift", {"kind": "missing", "severity": "warning"}),
        unbroken(3630, 8370, "TopologyDrift", step_s=STEP_S, kind="missing"),
        silent(9630, "TopologyDrift"),
    )


def test_a_stranger_is_told_at_once_by_port_and_for_twenty_minutes_after_it_was_last_seen(promtool):
    port = {"device": "acc-17", "site": "okjeong-3", "interface": "Gi1/0/3"}
    told = {series("netwatch_port_unregistered_macs", **port): over30((300, MISSED), (300, 2), (600, GONE))}
    check(
        promtool,
        told,
        silent(270, "UnregisteredMacs"),
        firing(300, "UnregisteredMacs", {**port, "severity": "minor"}),
        unbroken(300, 1740, "UnregisteredMacs", step_s=STEP_S),
        silent(1800, "UnregisteredMacs"),
    )


def test_a_link_is_nearly_full_when_no_five_minutes_of_twenty_were_below_80_percent(promtool):
    names = {"link": "l-1", "district": "옥정동"}
    full = series("netwatch_link_utilization_ratio", **names, direction="a_to_b")
    peak = series("netwatch_link_utilization_ratio", link="l-2", district="옥정동", direction="a_to_b")
    minute = 60
    told = {
        full: over((1800, 0.5), (3600, 0.9), (1800, 0.5), step_s=minute),
        peak: over((1800, 0.1), (900, 0.99), (4500, 0.1), step_s=minute),
    }
    promtool.holds(
        told,
        silent(2400, "LinkNearlyFull"),
        firing(3600, "LinkNearlyFull", {**names, "subject": "link:l-1"}),
        silent(5880, "LinkNearlyFull"),
        files=("capacity",),
        step_s=minute,
    )


def test_days_to_80_percent_follow_the_growth_of_two_weeks(promtool):
    hour, day = 3600, 24
    grows = series("netwatch_link_utilization_ratio", link="l-1", district="", direction="a_to_b")
    flat = series("netwatch_link_utilization_ratio", link="l-2", district="", direction="a_to_b")
    told = {grows: f"0.30+{0.01 / day:.8f}x{20 * day}", flat: f"0.3+0x{20 * day}"}
    # the P95 of the last day trails the newest value by 5 % of a day's growth
    labels = {"link": "l-1", "district": "", "direction": "a_to_b"}
    promtool.holds(
        told,
        value(
            20 * day * hour,
            "round(netwatch:link:days_to_80_percent)",
            ({key: word for key, word in labels.items() if word}, 30),
        ),
        files=("capacity",),
        step_s=hour,
    )


def test_in_the_first_week_no_day_is_named(promtool):
    """A few hours of a morning's growth, drawn on, would fill every link by tomorrow."""
    hour, day = 3600, 24
    grows = series("netwatch_link_utilization_ratio", link="l-1", direction="a_to_b")
    promtool.holds(
        {grows: f"0.30+{0.01 / day:.8f}x{9 * day}"},
        value(6 * day * hour, "netwatch:link:days_to_80_percent"),
        value(9 * day * hour, "count(netwatch:link:days_to_80_percent)", ({}, 1)),
        files=("capacity",),
        step_s=hour,
    )

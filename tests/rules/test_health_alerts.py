"""How devices are: each alert fires when it lasts, names what it is about, and none begins in maintenance."""

from typing import NamedTuple

from tests.rules.scenario import GONE, firing, over, series, silent, up

STEP_S = 60
LIT = up("netwatch-faults", "1x9999") | up("netwatch-city", "1x9999")
DEVICE = {"device": "acc-17", "site": "okjeong-3"}
PORT = DEVICE | {"interface": "Gi1/0/25"}
LINK = {"link": "ring-a-1", "district": "옥정동", "direction": "a_to_b"}
SUPPLY = DEVICE | {"district": "옥정동", "role": "access", "sensor": "input 1"}
HOUR_S = 3600


class Case(NamedTuple):
    """An alert, the series it reads, a value that is well and one that is not, and how long that must last."""

    alert: str
    metric: str
    labels: dict
    well: float
    ill: float
    after_s: int

    @property
    def series(self):
        return series(self.metric, **self.labels)

    @property
    def about(self):
        told = {key: value for key, value in self.labels.items() if key not in ("district", "role")}
        return self.labels if "link" in self.labels else told


CASES = [
    Case("OpticalMarginLow", "netwatch_optical_receive_margin_db", PORT, 6, 1, 1800),
    Case("FibreWeakening", "netwatch_link_optical_days_to_limit", LINK, 300, 40, 21600),
    Case("FibreDrift", "netwatch_link_optical_drift_db", LINK, 0.4, 4, 21600),
    Case("AggregateMemberDown", "netwatch_interface_aggregate_member_up", PORT, 1, 0, 900),
    Case("RoutingSessionDown", "netwatch_device_session_up", SUPPLY, 1, 0, 300),
    Case("PowerSupplyLost", "netwatch_device_power_supply_up", SUPPLY, 1, 0, 300),
    Case("OnBattery", "netwatch_device_mains_up", SUPPLY, 1, 0, 120),
    Case("BatteryLow", "netwatch_device_battery_charge_ratio", SUPPLY, 0.9, 0.2, 300),
    Case("PoePortFault", "netwatch_poe_port_fault", PORT, 0, 1, 600),
    Case("DeviceHot", "netwatch_device_temperature_celsius", SUPPLY, 41, 91, 900),
    Case("DeviceAlarm", "netwatch_device_alarm", SUPPLY, 0, 1, 900),
]
LOST = [case for case in CASES if case.alert in ("RoutingSessionDown", "PowerSupplyLost")]
BEGAN_S = 70 * 60
DEVICE_SUBJECT = "device:acc-17"


def run(promtool, told, *expected, files=("health",)):
    promtool.holds(LIT | told, *expected, files=files, step_s=STEP_S)


def ill(case):
    return {case.series: over((BEGAN_S, case.well), (case.after_s + HOUR_S, case.ill), step_s=STEP_S)}


def test_each_fires_when_it_lasts_and_not_before_and_says_what_it_is_about(promtool):
    told, expected = {}, []
    for case in CASES:
        told |= ill(case)
        at_s = BEGAN_S + case.after_s
        expected += [silent(at_s - 2 * STEP_S, case.alert), firing(at_s + 2 * STEP_S, case.alert, case.about)]
    run(promtool, told, *expected)


def test_the_well_are_silent(promtool):
    told = {case.series: over((12 * HOUR_S, case.well), step_s=STEP_S) for case in CASES}
    run(promtool, told, *(silent(11 * HOUR_S, case.alert) for case in CASES))


def test_a_second_input_that_was_never_used_is_nobodys_trouble(promtool):
    told = {case.series: over((12 * HOUR_S, case.ill), step_s=STEP_S) for case in LOST}
    run(promtool, told, *(silent(11 * HOUR_S, case.alert) for case in LOST))


def test_a_supply_stays_lost_for_as_long_as_it_is(promtool):
    (case,) = (case for case in LOST if case.alert == "PowerSupplyLost")
    told = {case.series: over((BEGAN_S, 1), (30 * HOUR_S, 0), (HOUR_S, 1), step_s=STEP_S)}
    still, mended = BEGAN_S + 29 * HOUR_S, BEGAN_S + 30 * HOUR_S + 300
    run(promtool, told, firing(still, case.alert, case.about), silent(mended, case.alert))


def test_nothing_begins_in_maintenance(promtool):
    short = [case for case in CASES if case.after_s <= 900]
    told = {series("netwatch_maintenance_active", subject=DEVICE_SUBJECT): over((2 * HOUR_S, 1), step_s=STEP_S)}
    for case in short:
        told |= ill(case)
    expected = (silent(BEGAN_S + case.after_s + 600, case.alert) for case in short)
    run(promtool, told, *expected, files=("faults", "health"))


def test_a_restart_of_netwatch_ends_none(promtool):
    short = [case for case in CASES if case.after_s <= 900]
    told, lasts_s = {}, 1500
    for case in short:
        spans = ((BEGAN_S, case.well), (lasts_s, case.ill), (180, GONE), (600, case.ill))
        told |= {case.series: over(*spans, step_s=STEP_S)}
    run(promtool, told, *(firing(BEGAN_S + lasts_s + 120, case.alert, case.about) for case in short))

"""netwatch's own blindness, lateness and losses: each alert fires, waits, ends, and outlives restarts where it must."""

from typing import NamedTuple

import pytest

from tests.rules.scenario import GONE, MISSED, firing, over, series, silent, unbroken, up, value

FILES = ("netwatch",)
STEP_S = 5
BROKER_OK = series("netwatch_broker_requests_total", outcome="ok")
BROKER_FAILED = series("netwatch_broker_requests_total", outcome="failed")
WEBHOOK_DROPPED = series("netwatch_webhook_messages_total", outcome="dropped")
BROKER_REFUSED = series("netwatch_broker_entities_total", fate="refused")
HEALTHY = (
    up("netwatch-faults", "1x999")
    | up("netwatch-city", "1x999")
    | up("netwatch-shards", "1x999")
    | {
        "netwatch_last_sweep_timestamp_seconds": f"0+{STEP_S}x999",
        "netwatch_vantage_up": "1x999",
        "netwatch_inventory_reload_success": "1x999",
        "netwatch_web_config_reload_success": "1x999",
        "netwatch_web_certificate_not_after_timestamp_seconds": f"{30 * 86400}x999",
        "netwatch_ledger_ok": "1x999",
        "netwatch_store_queue_length": "0 3 0 5x999",
        "netwatch_ledger_checkpoint_timestamp_seconds": f"0+{STEP_S}x999",
        "netwatch_ledger_usage_timestamp_seconds": f"0+{STEP_S}x999",
        series("netwatch_ledger_checkpoint_failures_total", outlet="webhook"): "3x999",
        "netwatch_loop_lag_seconds": "0.01x999",
        "netwatch_own_loss_ratio": "0x999",
        "netwatch_fold_errors_total": "0x999",
        "netwatch_render_errors_total": "0x999",
        series("netwatch_poll_overruns_total", device="acc-1", site="s", lane="status"): "2x999",
        series("netwatch_traps_total", outcome="acted_on"): "0+50x999",
        series("netwatch_traps_total", outcome="unknown_source"): "0 1x999",
        series("netwatch_traps_total", outcome="kernel_dropped"): "0x999",
        "netwatch_webhook_waiting_seconds": "0 0 3 0x999",
        "netwatch_webhook_queue_length": "0 0 1 0x999",
        WEBHOOK_DROPPED: "4x999",
        BROKER_OK: "0+1x999",
        series("netwatch_broker_requests_total", outcome="refused"): "0x999",
        BROKER_FAILED: "0x99 0+1x900",
        BROKER_REFUSED: "4x999",
    }
)
OVERRUNS = series("netwatch_poll_overruns_total", device="acc-1", site="s", lane="status")
UP_FAULTS = series("up", job="netwatch-faults", instance="netwatch-faults")
UP_SHARDS = series("up", job="netwatch-shards", instance="netwatch-shards")
CERTIFICATE = "netwatch_web_certificate_not_after_timestamp_seconds"
DAY_S = 86400
SWEEP = "netwatch_last_sweep_timestamp_seconds"


class Case(NamedTuple):
    """An alert, its series, the values that are well and not, and after how long of the latter it fires."""

    alert: str
    metric: str
    well: float
    ill: float
    after_s: int


CASES = [
    Case("NetwatchDown", UP_FAULTS, 1, 0, 30),
    Case("NetwatchPageMissing", UP_SHARDS, 1, 0, 120),
    Case("NetwatchBlind", "netwatch_vantage_up", 1, 0, 30),
    Case("NetwatchReloadFailed", "netwatch_inventory_reload_success", 1, 0, 60),
    Case("NetwatchWebConfigFailed", "netwatch_web_config_reload_success", 1, 0, 60),
    Case("NetwatchCertificateEnding", CERTIFICATE, 90 * DAY_S, 13 * DAY_S, 600),
    Case("NetwatchStoreFailing", "netwatch_ledger_ok", 1, 0, 30),
    Case("NetwatchStoreBehind", "netwatch_store_queue_length", 0, 7, 600),
    Case("NetwatchWebhookBehind", "netwatch_webhook_waiting_seconds", 0, 700, 120),
    Case("NetwatchWebhookBehind", "netwatch_webhook_queue_length", 0, 6000, 120),
    Case("NetwatchLoopLag", "netwatch_loop_lag_seconds", 0.01, 0.4, 300),
    Case("NetwatchOwnLoss", "netwatch_own_loss_ratio", 0, 0.2, 120),
]


def over5(*spans):
    return over(*spans, step_s=STEP_S)


def check(promtool, told, *expected):
    promtool.holds(HEALTHY | told, *expected, files=FILES, step_s=STEP_S)


def test_only_the_watchdog_fires_while_all_is_well(promtool):
    fires = 'count by (alertname) (ALERTS{alertstate="firing"})'
    check(
        promtool,
        {"netwatch_store_queue_length": "0 4 0 7 0 0 2 0 0 0 0x999"},
        value(900, fires, ({"alertname": "NetwatchWatchdog"}, 1)),
    )


@pytest.mark.parametrize("case", CASES, ids=[case.alert for case in CASES])
def test_each_fires_in_time_and_ends_in_time(promtool, case):
    begins_s, ends_s = 300, 300 + case.after_s + 300
    fires_s = begins_s + case.after_s + 10
    check(
        promtool,
        {case.metric: over5((begins_s, case.well), (ends_s - begins_s, case.ill), (300, case.well))},
        silent(begins_s + case.after_s - 10, case.alert),
        unbroken(fires_s, ends_s - STEP_S, case.alert, step_s=STEP_S),
        silent(ends_s + 5, case.alert),
    )


@pytest.mark.parametrize(
    ("alert", "metric", "ill"),
    [
        ("NetwatchReloadFailed", "netwatch_inventory_reload_success", 0),
        ("NetwatchWebConfigFailed", "netwatch_web_config_reload_success", 0),
        ("NetwatchBlind", "netwatch_vantage_up", 0),
        ("NetwatchStoreFailing", "netwatch_ledger_ok", 0),
    ],
)
@pytest.mark.parametrize("gap", [GONE, MISSED])
def test_a_restart_of_two_minutes_ends_none_that_goes_on(promtool, alert, metric, ill, gap):
    check(promtool, {metric: over5((300, ill), (110, gap), (300, ill))}, unbroken(100, 700, alert, step_s=STEP_S))


def test_a_dark_uplink_that_is_told_as_a_fault_is_not_told_again_nor_while_the_city_page_lags_behind(promtool):
    """The fault from 300 s to 600 s; the city's page is read as dark until 620 s."""
    check(
        promtool,
        {
            "netwatch_vantage_up": over5((300, 1), (320, 0), (900, 1)),
            series("netwatch:fault:open", fault="1", kind="vantage"): over5((300, GONE), (300, 1), (900, GONE)),
        },
        *(silent(at_s, "NetwatchBlind") for at_s in range(300, 800, 5)),
    )


def test_a_dark_uplink_beside_another_fault_is_told(promtool):
    check(
        promtool,
        {
            "netwatch_vantage_up": over5((300, 1), (600, 0)),
            series("netwatch:fault:open", fault="1", kind="cable_cut"): "1x999",
        },
        firing(340, "NetwatchBlind", {"severity": "critical"}),
    )


def test_a_certificate_that_has_ended_is_still_told_when_nobody_can_scrape_any_more(promtool):
    check(
        promtool,
        {CERTIFICATE: over5((700, 1000), (4000, GONE)), UP_FAULTS: over5((1000, 1), (3700, 0))},
        firing(650, "NetwatchCertificateEnding", {"severity": "minor"}),
        unbroken(650, 4500, "NetwatchCertificateEnding", step_s=STEP_S),
        silent(900, "NetwatchDown"),
    )


def test_the_watchdog_falls_silent_a_minute_after_the_last_sweep(promtool):
    stands = over5((300, (0, STEP_S)), (600, 295))
    check(
        promtool,
        {SWEEP: stands},
        unbroken(10, 350, "NetwatchWatchdog", step_s=STEP_S),
        silent(355, "NetwatchWatchdog"),
        silent(440, "NetwatchSweepLate"),
        firing(450, "NetwatchSweepLate", {"severity": "major"}),
    )


def test_the_watchdog_falls_silent_when_netwatch_is_gone(promtool):
    check(
        promtool,
        {SWEEP: over5((300, (0, STEP_S)), (600, GONE))},
        silent(355, "NetwatchWatchdog"),
        silent(600, "NetwatchWatchdog"),
    )


def test_the_watchdog_outlives_a_restart_of_half_a_minute(promtool):
    check(
        promtool,
        {SWEEP: over5((300, (0, STEP_S)), (30, GONE), (300, (330, STEP_S)))},
        unbroken(10, 600, "NetwatchWatchdog", step_s=STEP_S),
    )


def test_netwatch_that_prometheus_was_never_told_of_is_down_too(promtool):
    promtool.holds(
        {"nothing": "1x99"}, firing(60, "NetwatchDown", {"severity": "critical"}), files=FILES, step_s=STEP_S
    )


def test_a_short_restart_of_netwatch_is_not_told(promtool):
    check(
        promtool, {UP_FAULTS: over5((60, 1), (25, 0), (120, 1))}, *[silent(at, "NetwatchDown") for at in (80, 90, 95)]
    )


def test_polls_left_out_are_told_by_lane_with_the_number_of_devices(promtool):
    other = series("netwatch_poll_overruns_total", device="acc-2", site="s", lane="status")
    check(
        promtool,
        {OVERRUNS: over5((300, 0), (900, (0, 1)), (2000, 180)), other: over5((300, 0), (2000, 1))},
        silent(310, "NetwatchPollOverruns"),
        firing(700, "NetwatchPollOverruns", {"lane": "status", "severity": "minor"}),
        value(
            700,
            "count by (lane) (sum by (device, lane) (increase(netwatch_poll_overruns_total[15m])) >= 3)",
            ({"lane": "status"}, 1),
        ),
        silent(2400, "NetwatchPollOverruns"),
    )


@pytest.mark.parametrize("metric", ["netwatch_fold_errors_total", "netwatch_render_errors_total"])
def test_a_mistake_of_ours_is_told_for_a_quarter_of_an_hour(promtool, metric):
    check(
        promtool,
        {metric: over5((300, 0), (2000, 2))},
        silent(295, "NetwatchErrors"),
        firing(310, "NetwatchErrors", {"severity": "minor"}),
        silent(1210, "NetwatchErrors"),
    )


@pytest.mark.parametrize("outcome", ["kernel_dropped", "overloaded", "rate_limited"])
def test_a_flood_of_traps_is_told_until_five_minutes_after_it(promtool, outcome):
    flood = over5((300, 0), (30, (0, 500)), (2000, 3000))
    check(
        promtool,
        {series("netwatch_traps_total", outcome=outcome): flood},
        silent(300, "NetwatchTrapsDropped"),
        firing(400, "NetwatchTrapsDropped", {"severity": "minor"}),
        firing(600, "NetwatchTrapsDropped", {"severity": "minor"}),
        silent(700, "NetwatchTrapsDropped"),
    )


@pytest.mark.parametrize("outcome", ["unknown_source", "wrong_community", "not_authentic", "replayed", "malformed"])
def test_who_goes_on_sending_what_is_refused_is_told_of_by_the_reason(promtool, outcome):
    check(
        promtool,
        {series("netwatch_traps_total", outcome=outcome): over5((300, 0), (300, (0, 1)), (2000, 60))},
        silent(350, "NetwatchTrapsRefused"),
        firing(600, "NetwatchTrapsRefused", {"severity": "minor", "outcome": outcome}),
        silent(1300, "NetwatchTrapsRefused"),
    )


def test_a_switch_that_somebody_scans_once_is_no_alert(promtool):
    told = {series("netwatch_traps_total", outcome="wrong_community"): over5((300, 0), (2000, 20))}
    check(promtool, told, silent(400, "NetwatchTrapsRefused"), silent(900, "NetwatchTrapsRefused"))


def test_missing_pages_are_counted(promtool):
    told = {series("up", job="netwatch-shards", instance=f"netwatch-shard-{k}"): "0x999" for k in range(3)}
    case = {
        "eval_time": "200s",
        "alertname": "NetwatchPageMissing",
        "exp_alerts": [
            {
                "exp_labels": {"severity": "major"},
                "exp_annotations": {
                    "summary": "3 of netwatch's pages cannot be read: what stands on them is not recorded. "
                    "Send: whoever runs the netwatch server.",
                    "summary_ko": "netwatch 수집 페이지 3개 응답 없음, 기록 공백 발생, netwatch 서버 담당 확인",
                    "dashboard": "http://grafana/d/netwatch-own-ko",
                    "runbook": "http://runbook#netwatchpagemissing",
                },
            }
        ],
    }
    promtool.holds(HEALTHY | told, files=FILES, step_s=STEP_S, annotations=[case])


def test_a_ledger_that_nobody_signs_for_is_told_after_ten_minutes_until_it_is_signed(promtool):
    signed = over5((300, (0, STEP_S)), (1200, 295), (300, (1500, STEP_S)))
    check(
        promtool,
        {"netwatch_ledger_checkpoint_timestamp_seconds": signed},
        silent(1010, "NetwatchLedgerUnsigned"),
        firing(1030, "NetwatchLedgerUnsigned", {"severity": "minor"}),
        silent(1510, "NetwatchLedgerUnsigned"),
    )


def test_usage_that_is_not_recorded_is_told_after_three_quarters_of_an_hour_until_it_is(promtool):
    recorded = over5((300, (0, STEP_S)), (3600, 295), (300, (3900, STEP_S)))
    check(
        promtool,
        {"netwatch_ledger_usage_timestamp_seconds": recorded},
        silent(3110, "NetwatchUsageUnrecorded"),
        firing(3130, "NetwatchUsageUnrecorded", {"severity": "minor"}),
        silent(3910, "NetwatchUsageUnrecorded"),
    )


def test_checkpoints_that_reach_nobody_are_told_by_where_they_should_go_and_one_that_is_lost_is_not(promtool):
    syslog, folder = (
        series("netwatch_ledger_checkpoint_failures_total", outlet=outlet) for outlet in ("syslog", "directory")
    )
    check(
        promtool,
        {syslog: over5((300, 0), (1500, (0, 1))), folder: over5((300, 0), (1500, 1))},
        silent(890, "NetwatchCheckpointsUndelivered"),
        firing(1000, "NetwatchCheckpointsUndelivered", {"severity": "minor", "outlet": "syslog"}),
    )


@pytest.mark.parametrize("gap", [GONE, MISSED])
def test_a_broker_that_takes_nothing_is_told_over_a_restart_of_netwatch_until_it_takes_something(promtool, gap):
    tries = over5(*[(60, count) for count in range(15)], (60, gap), *[(60, count) for count in range(10)])
    check(
        promtool,
        {
            BROKER_FAILED: tries,
            BROKER_OK: over5((900, 40), (60, gap), (300, 0), (300, (1, 1))),
        },
        silent(650, "NetwatchBrokerFailing"),
        unbroken(680, 1255, "NetwatchBrokerFailing", step_s=STEP_S),
        silent(1275, "NetwatchBrokerFailing"),
    )


def test_a_broker_that_answers_now_and_then_is_not_told_of(promtool):
    check(promtool, {BROKER_FAILED: "0+1x999", BROKER_OK: "0x40 1x40 2x40 3x999"}, silent(640, "NetwatchBrokerFailing"))


def test_a_broker_that_refuses_entities_is_told_for_an_hour_and_does_not_count_as_failing(promtool):
    refused = series("netwatch_broker_requests_total", outcome="refused")
    check(
        promtool,
        {
            BROKER_OK: "0x999",
            BROKER_FAILED: "0+1x999",
            refused: "0+1x999",
            BROKER_REFUSED: over5((300, 0), (4400, 7)),
        },
        silent(340, "NetwatchBrokerRefuses"),
        firing(380, "NetwatchBrokerRefuses", {"severity": "warning"}),
        silent(3910, "NetwatchBrokerRefuses"),
        silent(2000, "NetwatchBrokerFailing"),
    )


def test_messages_that_the_webhook_lost_are_told_for_an_hour(promtool):
    check(
        promtool,
        {WEBHOOK_DROPPED: over5((300, 4), (4400, 9))},
        silent(340, "NetwatchWebhookLost"),
        firing(380, "NetwatchWebhookLost", {"severity": "warning"}),
        silent(3910, "NetwatchWebhookLost"),
    )

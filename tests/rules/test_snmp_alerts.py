"""Whom SNMP believes: engines that are others, refused keys, refused replies; each alert fires, waits and ends."""

import pytest

from tests.rules.scenario import firing, over, series, silent

FILES = ("snmp",)
STEP_S = 10
REFUSED = ("wrong_digest", "wrong_user", "wrong_community", "undecipherable", "not_in_time_window", "foreign_address")
USUAL = {
    series("netwatch_snmp_replies_total", outcome="ok"): "0+500x999",
    series("netwatch_snmp_replies_total", outcome="late"): "0+3x999",
    series("netwatch_snmp_replies_total", outcome="unauthenticated_report"): "0+30x999",
    series("netwatch_snmp_replies_total", outcome="malformed"): "4x999",
    series("netwatch_snmp_engine_changes_total", change="rebooted"): "0+1x999",
    series("netwatch_snmp_engine_changes_total", change="replaced"): "1x999",
    series("netwatch_snmp_engine_changes_total", change="shared"): "2x999",
    series("netwatch_poll_failures_total", device="acc-2", site="s", lane="status", reason="timeout"): "0+1x999",
}


def over10(*spans):
    return over(*spans, step_s=STEP_S)


def check(promtool, told, *expected):
    promtool.holds(USUAL | told, *expected, files=FILES, step_s=STEP_S)


def refusing(device, values):
    return {
        series("netwatch_poll_failures_total", device=device, site="s", lane="status", reason="refused_keys"): values
    }


def test_reboots_late_replies_and_what_was_long_ago_raise_nothing(promtool):
    alerts = ("SnmpEngineChanged", "SnmpEngineShared", "SnmpKeysRefused", "SnmpRepliesRefused")
    check(promtool, {}, *(silent(at_s, alert) for alert in alerts for at_s in (600, 5000)))


@pytest.mark.parametrize("change", ["replaced", "reset", "clock_stepped"])
def test_an_engine_that_is_another_is_told_for_an_hour(promtool, change):
    told = {series("netwatch_snmp_engine_changes_total", change=change): over10((600, 0), (6000, 1))}
    check(
        promtool,
        told,
        silent(590, "SnmpEngineChanged"),
        firing(620, "SnmpEngineChanged", {"severity": "minor", "change": change}),
        silent(600 + 3620, "SnmpEngineChanged"),
    )


def test_two_devices_of_one_engine_are_told_for_an_hour(promtool):
    told = {series("netwatch_snmp_engine_changes_total", change="shared"): over10((600, 0), (6000, 1))}
    check(
        promtool,
        told,
        silent(590, "SnmpEngineShared"),
        firing(620, "SnmpEngineShared", {"severity": "warning"}),
        silent(600 + 3620, "SnmpEngineShared"),
    )


def test_devices_that_refuse_our_keys_poll_after_poll_are_counted_until_they_answer(promtool):
    told = refusing("acc-1", over10((300, 0), (600, (0, 1)), (3000, 60))) | refusing("acc-3", "1x999")
    check(
        promtool,
        told,
        silent(310, "SnmpKeysRefused"),
        firing(500, "SnmpKeysRefused", {"severity": "minor"}),
        firing(1700, "SnmpKeysRefused", {"severity": "minor"}),
        silent(900 + 910, "SnmpKeysRefused"),
    )


def test_one_refusal_that_may_be_anybodys_is_no_alert(promtool):
    told = refusing("acc-1", over10((300, 0), (3000, 1)))
    check(promtool, told, silent(400, "SnmpKeysRefused"), silent(900, "SnmpKeysRefused"))


@pytest.mark.parametrize("outcome", REFUSED)
def test_replies_that_are_refused_again_and_again_are_told_of_by_the_reason(promtool, outcome):
    told = {series("netwatch_snmp_replies_total", outcome=outcome): over10((300, 0), (300, (0, 2)), (2000, 60))}
    check(
        promtool,
        told,
        silent(350, "SnmpRepliesRefused"),
        firing(600, "SnmpRepliesRefused", {"severity": "minor", "outcome": outcome}),
        silent(1300, "SnmpRepliesRefused"),
    )

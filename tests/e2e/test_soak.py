"""Endurance, under `make soak`: the full chain over a city in which something breaks every half minute.

NETWATCH_SOAK_SECONDS of it, two hours unless told otherwise, and an eighth of that with traps. Prometheus and
Alertmanager are restarted all the while, netwatch in the first third: so one process of it is measured over the rest.
"""

import os
import random
import statistics
import time

import pytest

from tests.e2e.chain.storm import ENDED_S, Storm, account, delays, story
from tests.e2e.chain.whole import RealChain
from tests.e2e.process import until

SECONDS = float(os.environ.get("NETWATCH_SOAK_SECONDS", "7200"))
SAMPLED_EVERY_S = 5.0
WARM_UP = 0.25  # of the time that one process is measured: caches fill, PDUs grow, closed faults are kept 20 minutes
GROWTH_ALLOWED = 0.05  # of the resident memory, over all the time measured, by the straight line through the samples
LAG_ALLOWED_S = 0.05  # more in the last third than in the first, median against median
NO_FAULT_OF_OURS = "sum(increase(netwatch_fold_errors_total[1d])) + sum(increase(netwatch_render_errors_total[1d]))"
TOTALS_FELL = "sum(resets(netwatch_interface_receive_bytes_total[1d]))"
OWN_ALERTS = (
    'count by (alertname) (ALERTS{alertstate="firing", alertname=~"Netwatch.+", alertname!="NetwatchWatchdog"})'
)


@pytest.mark.soak
@pytest.mark.parametrize(("traps", "seconds"), [(False, SECONDS), (True, SECONDS / 8)], ids=["polls alone", "traps"])
def test_every_fault_is_told_once_and_ended_once_nothing_else_is_and_netwatch_stays_as_it_was(traps, seconds):
    began_s, chance = time.monotonic(), random.Random(7)
    with RealChain(traps=traps) as chain:
        storm, samples = Storm(chain, chance, parts=["netwatch", "prometheus", "alertmanager"]), []
        while time.monotonic() < began_s + seconds or not storm.calm():
            storm.step()
            if "netwatch" in storm.parts and time.monotonic() > began_s + seconds / 3:
                storm.parts, samples = ["prometheus", "alertmanager"], []
            if not samples or time.monotonic() > samples[-1][0] + SAMPLED_EVERY_S:
                lag_s = chain.page().value("netwatch_loop_lag_seconds") or 0.0
                samples.append((time.monotonic(), *chain.netwatch.use(), lag_s))
            time.sleep(0.2)
        try:
            until(chain.is_quiet, within_s=ENDED_S, what="a well city of which nothing is told")
        except AssertionError as unrest:  # the account says of what
            storm.unanswered.append(str(unrest))
        notes = list(chain.notified.notes)
        tell(storm, notes, samples)
        wrong = [*storm.unanswered, *account(storm.cases, notes)]
        if wrong:
            print(*wrong, story(storm.cases, notes, began_s), chain.netwatch.journal(), sep="\n")
        assert not wrong
        until(lambda: len(chain.mail.letters) >= len(notes), what="a letter for each note")
        assert len(chain.mail.letters) == len(notes)
        own = chain.history(OWN_ALERTS, seconds=time.monotonic() - began_s, step_s=5)
        assert {labels["alertname"] for labels, _ in own} == set()
        assert chain.value(NO_FAULT_OF_OURS) == 0
        assert chain.value(TOTALS_FELL) == 0
    check_flat(samples[int(len(samples) * WARM_UP) :])


def check_flat(samples):
    """Memory by its slope, descriptors by what is always open, lag by its median."""
    at_s, resident, opened, lag_s = zip(*samples, strict=True)
    slope, _ = statistics.linear_regression(at_s, resident)
    assert slope * (at_s[-1] - at_s[0]) <= GROWTH_ALLOWED * statistics.median(resident)
    third = len(samples) // 3
    assert min(opened[-third:]) == min(opened[:third])
    assert statistics.median(lag_s[-third:]) <= statistics.median(lag_s[:third]) + LAG_ALLOWED_S


def tell(storm, notes, samples):
    """The figures of the run, for whoever reads its log."""
    at_s, resident, opened, lag_s = zip(*samples[int(len(samples) * WARM_UP) :], strict=True)
    slope, _ = statistics.linear_regression(at_s, resident)
    told, ended = map(sorted, delays(storm.cases, notes))
    print(f"\n{len(storm.cases)} faults, {len(notes)} notes, restarts {dict(storm.restarts)}")
    for what, took_s in (("told", told), ("ended", ended)):
        print(f"{what} after {statistics.median(took_s):.1f} s in the median, {took_s[-1]:.1f} s at worst")
    print(f"netwatch, measured for {at_s[-1] - at_s[0]:.0f} s, load {os.getloadavg()[2]:.1f}:")
    print(f"{statistics.median(resident) / 2**20:.1f} MiB resident, {slope * 3600 / 2**20:+.2f} MiB an hour;")
    print(f"{min(opened)} to {max(opened)} descriptors;")
    print(f"lag {statistics.median(lag_s) * 1e3:.1f} ms in the median, {max(lag_s) * 1e3:.0f} ms at worst")

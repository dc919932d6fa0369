"""What a real Prometheus makes of the pages: rates that are true, shards that fit together, a format it accepts."""

import subprocess
import time

import pytest

from netwatch.simulate.server import Step
from tests.e2e.lost_time import lost_s
from tests.e2e.network import write_inventory
from tests.e2e.process import until
from tests.e2e.prometheus import Prometheus
from tests.tools import require_tool

RECEIVED = "netwatch_interface_receive_bytes_total"
POLL_S, SCRAPE_S = 1.5, 1.0  # the scrape is at most two thirds of the poll
WINDOW_S = 12  # eight polls
WATCHED_S = 32
EXACT = 0.01
ENOUGH = 20  # rates
TIMES = 4  # that we watch, where the machine stands still meanwhile
STEP_S = 0.5
# octets per second: steady, a jump, and saw teeth quicker than the poll
COURSES = {
    "core-1": [Step(after_s=0, octets_per_second=1_000_000)],
    "core-2": [Step(after_s=0, octets_per_second=2_000_000), Step(after_s=15, octets_per_second=90_000_000)],
    "acc-0001": [Step(after_s=0.7 * n, octets_per_second=40_000_000 if n % 2 else 3_000_000) for n in range(60)],
}


def scrape_job(daemon, name, every_s):
    return {
        "job_name": name,
        "honor_timestamps": True,
        "scrape_interval": f"{every_s * 1000:.0f}ms",
        "scrape_timeout": f"{every_s * 1000:.0f}ms",
        "static_configs": [{"targets": [daemon.url.removeprefix("http://")]}],
    }


@pytest.fixture
def ports(network, city):
    """device -> the port that is driven: one of a link's, whose counter is far from 0.

    Prometheus takes a counter near 0 for one that has just begun, and lets it begin at 0.
    """
    ends = [end for link in city.links.values() for end in (link.a, link.b)]
    driven = {}
    for device, steps in COURSES.items():
        driven[device] = next(end.interface for end in ends if end.device == device)
        network.drive(device, driven[device], steps)
    return driven


def true_rate(network, device, port, samples):
    """Δtruth/Δt between the first and the last of these (time, value)."""
    (first_s, _), (last_s, _) = samples[0], samples[-1]
    return (network.truth(device, port, last_s) - network.truth(device, port, first_s)) / (last_s - first_s)


def stood_still(daemon, seconds):
    """Watch for so long; the moments at which the daemon, or we, had no processor for long enough to miss a poll."""
    found, ends_s = [], time.monotonic() + seconds
    while (now_s := time.monotonic()) < ends_s:
        lost_before_s = lost_s(daemon.pid)
        time.sleep(STEP_S)
        if time.monotonic() - now_s - STEP_S + lost_s(daemon.pid) - lost_before_s > STEP_S:
            found.append(time.time())
    return found


def errors(prometheus, network, ports, job, stalls):
    """(device, evaluation time, rate / truth - 1, samples in the window) for every second that can be judged."""
    found = []
    now_s = time.time()
    for device, port in ports.items():
        series = f'{RECEIVED}{{job="{job}",device="{device}",interface="{port}"}}'
        all_of_it = prometheus.query(f"{series}[{2 * TIMES * WATCHED_S}s]", now_s)[0]["values"]
        begun_s = float(all_of_it[0][0])  # Prometheus takes some seconds to find its targets
        for at_s in range(int(begun_s + WINDOW_S + 1), int(now_s - POLL_S - SCRAPE_S) + 1):
            if any(at_s - WINDOW_S - POLL_S < stall_s < at_s + POLL_S + SCRAPE_S for stall_s in stalls):
                continue
            window = f"{series}[{WINDOW_S}s]"
            raw = prometheus.query(window, at_s)[0]["values"]
            samples = [(float(stamp), float(value)) for stamp, value in raw]
            rate = float(prometheus.query(f"rate({window})", at_s)[0]["value"][1])
            found.append((device, at_s, rate / true_rate(network, device, port, samples) - 1, len(samples)))
    return found


def test_rates_are_within_one_percent_of_the_truth(folder, network, addresses, run, ports):
    every = {"traffic": f"{POLL_S * 1000:.0f}ms"}
    daemon = run(write_inventory(folder, network, addresses, every=every))
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses))
    jobs = [scrape_job(daemon, "quick", SCRAPE_S), scrape_job(daemon, "equal", POLL_S)]
    with Prometheus(folder / "prometheus", jobs) as prometheus:
        stalls, found = [], []
        for _ in range(TIMES):
            stalls += stood_still(daemon, WATCHED_S)  # real time is what is measured here
            found = errors(prometheus, network, ports, "quick", stalls)
            if len(found) > ENOUGH:
                break
        equal = errors(prometheus, network, ports, "equal", stalls)
    worst = max(found, key=lambda one: abs(one[2]))
    print(f"scrape {SCRAPE_S} s, poll {POLL_S} s: {len(found)} rates, the worst {worst}")
    print(f"scrape = poll = {POLL_S} s: {len(equal)} rates, the worst {max(equal, key=lambda one: abs(one[2]))}")
    assert {device for device, *_ in found} == set(COURSES)
    assert len(found) > ENOUGH
    assert min(count for *_, count in found) >= WINDOW_S / POLL_S - 1  # no poll is missing in Prometheus
    assert abs(worst[2]) < EXACT


def test_every_series_is_found_once_through_service_discovery(folder, network, addresses, run):
    daemon = run(write_inventory(folder, network, addresses)).ready()
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses))
    job = scrape_job(daemon, "sd", SCRAPE_S)
    del job["static_configs"]
    job["http_sd_configs"] = [{"url": f"{daemon.url}/sd?shards=3"}]
    with Prometheus(folder / "prometheus", [job]) as prometheus:
        mine = '{__name__=~"netwatch_.+"}'
        wanted = {identity(s.name, s.labels) for s in daemon.page().samples if s.name.startswith("netwatch_")}

        def found():
            return [
                (one.pop("instance"), one.pop("job"), identity(one.pop("__name__"), one))
                for one in prometheus.series(mine)
            ]

        until(lambda: {one[2] for one in found()} >= wanted, what="all series in Prometheus")
        series = found()
        assert len({one[2] for one in series}) == len(series)  # none stands on two pages
        instances = {one[0] for one in series}
        assert instances == {"netwatch-city", "netwatch-shard-0", "netwatch-shard-1", "netwatch-shard-2"}
        healthy = dict.fromkeys({*instances, "netwatch-faults"}, "up")

        def health():
            targets = prometheus.ask("targets", state="active")["activeTargets"]
            return {target["labels"]["instance"]: target["health"] for target in targets}

        until(lambda: health() == healthy, what="each target scraped")  # the faults' page holds no series on a good day


def identity(name, labels):
    return name, tuple(sorted((key, value) for key, value in labels.items() if value))  # an empty label is none


def test_promtool_accepts_every_page(folder, network, addresses, run):
    daemon = run(write_inventory(folder, network, addresses)).ready()
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses))
    promtool = require_tool("promtool")
    for path in ("/metrics", "/metrics?shard=0&of=3", "/metrics?shard=city", "/metrics/faults"):
        page = daemon.fetch(path)[1]
        told = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True, text=True, check=False)
        print(path, told.returncode, told.stdout, told.stderr)
        assert told.returncode == 0, told.stderr

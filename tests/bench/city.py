"""A city of switches with all default lanes on, watched by the real daemon on one core and scraped as Prometheus would.

Ping each 5 s by UDP echo, status each 10 s, traffic each 30 s, discovery each 15 min; every shard scraped each 10 s.
`--settle` is how long the measuring waits, beyond the time in which all would be discovered if nothing else were to do:
PDUs grow on proof for a minute or two, and each step is learned anew. Where a city leaves little of the core the first
discoveries take up to a quarter of an hour; how many of its 28 ports a device tells on average shows how far they are.
`--small 1` measures 100 and 1,000 devices as well.
"""

import os
import threading
import time
from dataclasses import dataclass

from tests.bench.harness import (
    Agents,
    arguments,
    busy_s,
    cores,
    cpu_s,
    note,
    rss_bytes,
    simulated_agents,
    table,
)
from tests.bench.watching import Watch, watching

SHARDS = 8
SCRAPE_EVERY_S = 10.0
PING_EVERY_S = 5.0
DISCOVERIES_PER_S = 100  # at most
PORT, DEVICE = b"netwatch_interface_receive_bytes_total{", b"netwatch_device_up{"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one city came to."""

    devices: int
    seconds: float
    cpu_s: float
    start_cpu_s: float
    simulator_cpu_s: float
    others_s: float  # core-seconds of everything else on the machine
    rss_bytes: int
    overruns: float
    failures: float
    timeouts: float
    superseded: float  # polls left out for newer ones: there was not CPU enough
    pings: float  # per device and interval; the daemon's echoes to itself are among them
    lag_p99_s: float
    page_bytes: int
    scrapes: int
    slowest_scrape_s: float
    ports_told: float  # of a device, on average

    @property
    def share(self) -> float:
        return self.cpu_s / self.seconds

    @property
    def us_per_device_s(self) -> float:
        return self.cpu_s / self.seconds / self.devices * 1e6


class Scraper(threading.Thread):
    """Takes every shard once in SCRAPE_EVERY_S, one after the other, evenly spread."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(daemon=True)
        self._watch = watch
        self._over = threading.Event()
        self.sizes: list[int] = []
        self.durations_s: list[float] = []

    def run(self) -> None:
        due_s, shard = time.monotonic(), 0
        while not self._over.wait(max(0.0, due_s - time.monotonic())):
            begun_s = time.monotonic()
            self.sizes.append(self._watch.scrape(f"/metrics?shard={shard}&of={SHARDS}"))
            self.durations_s.append(time.monotonic() - begun_s)
            shard = (shard + 1) % SHARDS
            due_s += SCRAPE_EVERY_S / SHARDS

    def stop(self) -> None:
        self._over.set()
        self.join()


def watch_city(agents: Agents, watch: Watch, *, settle_s: float, seconds: float) -> Run:
    """Warm up, measure for so long, and tell."""
    scraper = Scraper(watch)
    scraper.start()
    time.sleep(agents.devices / DISCOVERIES_PER_S + settle_s)
    start_cpu_s = cpu_s(watch.pid)
    sums = watch.sums(SHARDS)
    time.sleep(SCRAPE_EVERY_S)  # the sums themselves were work
    scraper.sizes.clear()
    scraper.durations_s.clear()
    own, before = watch.own(), _clocks(agents, watch)
    time.sleep(seconds)
    own_after, after = watch.own(), _clocks(agents, watch)
    sizes, durations_s = list(scraper.sizes), list(scraper.durations_s)
    scraper.stop()
    sums_after = watch.sums(SHARDS)
    page = watch.page(f"/metrics?shard=0&of={SHARDS}")
    ports, told_of = (page.count(b"\n" + name) for name in (PORT, DEVICE))
    passed, spent, simulated, busy = (later - earlier for later, earlier in zip(after, before, strict=True))
    answered = 'netwatch_icmp_replies_total{outcome="answered"}'
    timeout = 'netwatch_snmp_replies_total{outcome="timeout"}'
    return Run(
        devices=agents.devices,
        seconds=passed,
        cpu_s=spent,
        start_cpu_s=start_cpu_s,
        simulator_cpu_s=simulated,
        others_s=busy - spent - simulated,
        rss_bytes=rss_bytes(watch.pid),
        **{
            name: sums_after.get(f"netwatch_poll_{name}_total", 0) - sums.get(f"netwatch_poll_{name}_total", 0)
            for name in ("overruns", "failures")
        },
        timeouts=own_after[timeout] - own[timeout],
        superseded=own_after["netwatch_polls_superseded_total"] - own["netwatch_polls_superseded_total"],
        pings=(own_after[answered] - own[answered]) / (agents.devices * passed / PING_EVERY_S),
        lag_p99_s=own_after["netwatch_loop_lag_seconds"],
        page_bytes=sum(sizes),
        scrapes=len(sizes),
        slowest_scrape_s=max(durations_s, default=0.0),
        ports_told=ports / max(1, told_of),
    )


def _clocks(agents: Agents, watch: Watch) -> tuple[float, float, float, float]:
    return time.monotonic(), cpu_s(watch.pid), cpu_s(agents.process.pid), busy_s()


def told(run: Run) -> list[object]:
    return [
        f"{run.devices:,}",
        f"{run.share:.1%}",
        run.us_per_device_s,
        f"{run.rss_bytes / 2**20:,.0f}",
        f"{run.overruns:.0f}",
        f"{run.failures:.0f}",
        f"{run.superseded:.0f}",
        f"{run.lag_p99_s * 1e3:.1f}",
        f"{run.pings:.3f}",
        f"{run.ports_told:.1f}",
        f"{run.page_bytes / 1e6 / run.seconds:.1f}",
        f"{run.slowest_scrape_s:.2f}",
        f"{run.simulator_cpu_s / run.seconds:.1%}",
        f"{run.others_s / run.seconds:.1%}",
    ]


HEADS = (
    "devices",
    "CPU of a core",
    "µs/device/s",
    "RSS MiB",
    "overruns",
    "missed polls",
    "left out",
    "lag p99 ms",
    "pings answered of due",
    "ports told",
    "scraped MB/s",
    "slowest scrape s",
    "simulator",
    "others",
)


def main() -> None:
    chosen = arguments(__doc__, devices=10_000, seconds=90, settle=300, small=0)
    os.sched_setaffinity(0, {cores()[1]})
    sizes = [size for size in (100, 1000) if chosen.small and size < chosen.devices] + [chosen.devices]
    runs: list[Run] = []
    for size in sizes:
        with simulated_agents(size) as agents, watching(agents) as watch:
            runs.append(watch_city(agents, watch, settle_s=chosen.settle, seconds=chosen.seconds))
            complaints = watch.log.read_text()
    table(f"A city with all default lanes on, for {chosen.seconds} s", HEADS, [told(run) for run in runs])
    last = runs[-1]
    note(f"starting, first discovery and settling of {last.devices:,} devices took {last.start_cpu_s:.0f} s of CPU")
    if last.simulator_cpu_s > 0.9 * last.seconds:
        note("The simulator was at its limit: misses may be its own.")
    if complaints.strip():
        note("netwatch said:\n    " + "\n    ".join(complaints.strip().splitlines()[-12:]))


if __name__ == "__main__":
    main()

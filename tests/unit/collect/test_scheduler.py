"""The scheduler in virtual time: hours of polling thousands of devices, to the millisecond."""

import asyncio
import contextlib
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from netwatch.collect.discovery_line import AT_ONCE, FULL, MUCH_UNFOLDED
from netwatch.collect.scheduler import JOBS_AT_ONCE, MOST_UNFOLDED, SLOWEST_HINTS_PER_S, Outlets, Scheduler
from netwatch.core.device.reachability import Answer, Reachability, fold_snmp
from netwatch.core.model import Lane
from netwatch.core.observation import Completeness, SnmpObservation
from tests.virtual_time import in_virtual_time

LATE_S = 0.006  # the scheduler's own step is 5 ms
NO_ANSWER_S = 6.0  # three attempts of two seconds


def now():
    return asyncio.get_running_loop().time()


@dataclass
class Network:
    """Devices that answer after `takes_s`, or not at all; everything asked of them is kept."""

    takes_s: float = 0.02
    slow: dict = field(default_factory=dict)  # subject -> seconds
    dark: set = field(default_factory=set)
    broken: set = field(default_factory=set)  # polling these raises
    asked: list = field(default_factory=list)  # (when, subject, lane)
    answers: list = field(default_factory=list)
    under_way: Counter = field(default_factory=Counter)
    most_under_way: Counter = field(default_factory=Counter)  # by subject, and by lane
    overruns: Counter = field(default_factory=Counter)
    crashes: list = field(default_factory=list)
    unfolded: int = 0  # how much of what came waits to be folded
    cpu_share: float = 0.0  # how much of a core all this takes
    after: object = None  # called with (subject, lane, began_s, answered)

    async def launch(self, subject, lane):
        began_s = now()
        self.asked.append((began_s, subject, lane))
        for key in (subject, lane):
            self.under_way[key] += 1
            self.most_under_way[key] = max(self.most_under_way[key], self.under_way[key])
        try:
            if subject in self.broken:
                raise LookupError(f"a fault of ours in {subject}")
            silent = subject in self.dark
            await asyncio.sleep(self.slow.get(subject, NO_ANSWER_S) if silent else self.slow.get(subject, self.takes_s))
        finally:
            for key in (subject, lane):
                self.under_way[key] -= 1
        if not silent:
            self.answers.append((began_s, subject, lane))
        if self.after:
            self.after(subject, lane, began_s, not silent)
        return not silent

    def times(self, subject, lane=None):
        return [at for at, who, what in self.asked if who == subject and lane in (None, what)]


@contextlib.asynccontextmanager
async def running(network):
    scheduler = Scheduler(
        Outlets(
            launch=network.launch,
            overrun=lambda subject, lane: network.overruns.update([(subject, lane)]),
            crashed=lambda *crash: network.crashes.append(crash),
            unfolded=lambda: network.unfolded,
            cpu_s=lambda: network.cpu_share * now(),
        ),
        chance=random.Random(7),
    )
    task = asyncio.get_running_loop().create_task(scheduler.run())
    try:
        yield scheduler
        assert not task.done(), "the scheduler goes on for ever"
    finally:
        task.cancel()
        await scheduler.drain(0)


def watch(scheduler, subject, fires=None, **intervals):
    """Schedule a device with these lanes; its jobs."""
    jobs = [
        scheduler.job(subject, Lane(lane), interval_s, (fires or {}).get(lane))
        for lane, interval_s in intervals.items()
    ]
    scheduler.replace((), jobs)
    return jobs


def busiest(times, window_s=0.1):
    """The most starts within any window."""
    times, most, first = sorted(times), 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most


# the grid


def test_polls_of_a_lane_are_spread_evenly_over_its_interval():
    async def scenario():
        network = Network()
        async with running(network) as scheduler:
            for number in range(3000):
                watch(scheduler, f"device:{number}", status=30.0)
            await asyncio.sleep(60)
            assert len(network.asked) == pytest.approx(6000, abs=2)
            assert busiest([at for at, *_ in network.asked]) <= 14  # 10 on average
            gaps = [later - at for (at, *_), (later, *_) in pairwise(network.asked)]
            assert max(gaps) < 0.1

    in_virtual_time(scenario())


def test_the_grid_does_not_drift_in_an_hour_although_every_poll_starts_a_little_late():
    async def scenario():
        network = Network()
        async with running(network) as scheduler:
            (job,) = watch(scheduler, "device:a", status=7.0)
            await asyncio.sleep(3600)
            times = network.times("device:a")
            assert len(times) == pytest.approx(3600 / 7, abs=1)
            for at in times:
                assert 0 <= (at / 7.0 - job.phase) % 1.0 * 7.0 < LATE_S
        assert not network.overruns

    in_virtual_time(scenario())


def test_a_poll_that_outlasts_its_interval_has_the_next_left_out_and_counted():
    async def scenario():
        network = Network(slow={"device:a": 25.0})
        async with running(network) as scheduler:
            watch(scheduler, "device:a", status=10.0)
            watch(scheduler, "device:b", status=10.0)
            await asyncio.sleep(120)
        times = network.times("device:a")
        assert [round(later - at) for at, later in pairwise(times)] == [30] * (len(times) - 1)
        assert network.overruns == {("device:a", Lane.STATUS): pytest.approx(2 * len(times), abs=2)}
        assert len(network.times("device:b")) == 12

    in_virtual_time(scenario())


def test_what_our_own_standing_still_left_out_is_counted_and_not_made_up_for():
    async def scenario():
        network = Network()
        async with running(network) as scheduler:
            watch(scheduler, "device:a", status=10.0)
            await asyncio.sleep(30)
            before = len(network.asked)
            asyncio.get_running_loop().now_s += 45
            await asyncio.sleep(0.1)
            assert len(network.asked) - before == 1  # one, late, and no burst
            assert network.overruns[("device:a", Lane.STATUS)] in (3, 4)
            await asyncio.sleep(20)
            assert len(network.asked) - before == 3

    in_virtual_time(scenario())


def test_behind_a_stall_others_get_their_turns_between_the_jobs_that_fell_due_meanwhile():
    async def scenario():
        network, turns, fired = Network(), [], []
        async with running(network) as scheduler:
            for number in range(10 * JOBS_AT_ONCE):
                watch(scheduler, f"device:{number}", {"ping": lambda: fired.append(len(turns))}, ping=3600.0)
            loop = asyncio.get_running_loop()

            def turn():
                turns.append(len(fired))
                if len(turns) < 100:
                    loop.call_soon(turn)

            loop.now_s += 3600
            loop.call_soon(turn)
            await asyncio.sleep(1)
        assert len(fired) >= 10 * JOBS_AT_ONCE
        assert max(Counter(fired).values()) <= JOBS_AT_ONCE

    in_virtual_time(scenario())


def test_a_look_asked_for_by_a_hint_serves_for_the_regular_one_due_meanwhile():
    async def scenario():
        network = Network(slow={"device:a": 3.0})
        async with running(network) as scheduler:
            (job,) = watch(scheduler, "device:a", status=10.0)
            await asyncio.sleep(10 - now() % 10 + job.phase * 10 - 1)  # a second before it is due
            for _ in range(5):
                scheduler.hint("device:a", Lane.STATUS)
                await asyncio.sleep(10)
        assert not network.overruns
        assert len(network.asked) == 5

    in_virtual_time(scenario())


def test_a_look_serves_for_every_hint_given_before_it_began_and_for_none_given_after():
    async def scenario():
        network = Network(slow={"device:a": 3.0, "device:b": 3.0})
        async with running(network) as scheduler:
            watch(scheduler, "device:a", status=1e9, discovery=1e9)
            watch(scheduler, "device:b", discovery=1e9)
            scheduler.hint("device:a", Lane.STATUS)
            await asyncio.sleep(0.1)
            for _ in range(3):  # the first waits for its turn, as the poll of status is under way
                scheduler.hint("device:a", Lane.DISCOVERY)
                await asyncio.sleep(0.5)
            await asyncio.sleep(2)
            assert scheduler.is_asking("device:a", Lane.DISCOVERY)
            await asyncio.sleep(20)
            assert len(network.times("device:a", Lane.DISCOVERY)) == 1
            assert not scheduler.is_asking("device:a", Lane.DISCOVERY)
            for _ in range(2):
                scheduler.hint("device:b", Lane.DISCOVERY)
                await asyncio.sleep(1)  # the second comes while the first is walked
            await asyncio.sleep(20)
            assert len(network.times("device:b")) == 2

    in_virtual_time(scenario())


def test_a_regular_poll_serves_for_the_hint_that_still_stands_in_the_line():
    async def scenario():
        network = Network()
        async with running(network) as scheduler:
            (job,) = watch(scheduler, "device:a", status=100.0)
            for number in range(500):
                watch(scheduler, f"device:{number}", status=1e9)
            await asyncio.sleep(100 - now() % 100 + job.phase * 100 - 1)
            for number in range(500):  # five seconds of hints
                scheduler.hint(f"device:{number}", Lane.STATUS)
            scheduler.hint("device:a", Lane.STATUS)
            before = len(network.times("device:a"))
            await asyncio.sleep(20)
        assert len(network.times("device:a")) == before + 1

    in_virtual_time(scenario())


# turns


def test_a_device_is_asked_one_thing_at_a_time_and_the_most_urgent_first():
    async def scenario():
        network = Network(slow={"device:a": 2.0})
        async with running(network) as scheduler:
            watch(scheduler, "device:a", status=60.0, traffic=60.0, health=60.0, discovery=60.0)
            scheduler.hint("device:a", Lane.STATUS)
            await asyncio.sleep(0.5)
            for lane in (Lane.DISCOVERY, Lane.HEALTH, Lane.TRAFFIC, Lane.STATUS):
                scheduler.hint("device:a", lane)
            start = len(network.asked)
            await asyncio.sleep(8.2)
            lanes = [lane for _, _, lane in network.asked[start:]]
            assert lanes[:4] == [Lane.STATUS, Lane.TRAFFIC, Lane.HEALTH, Lane.DISCOVERY]
            await asyncio.sleep(600)
        assert network.most_under_way["device:a"] == 1

    in_virtual_time(scenario())


def test_discoveries_are_bounded_and_a_device_that_waits_for_one_is_polled_all_the_same():
    async def scenario():
        network = Network()
        async with running(network) as scheduler:
            many = [f"device:{number}" for number in range(200)]
            for subject in many:
                watch(scheduler, subject, status=10.0, discovery=10_000.0)

            async def launch(subject, lane):
                network.takes_s = 20.0 if lane is Lane.DISCOVERY else 0.02
                return await Network.launch(network, subject, lane)

            scheduler._outlets = Outlets(
                launch=launch, overrun=scheduler._outlets.overrun, crashed=scheduler._outlets.crashed
            )
            await asyncio.sleep(11)
            network.asked.clear()
            for subject in many:
                scheduler.hint(subject, Lane.DISCOVERY)
            await asyncio.sleep(150)
        discovered = [subject for _, subject, lane in network.asked if lane is Lane.DISCOVERY]
        assert sorted(discovered) == sorted(many)  # each once: 7 rounds of 32
        assert network.most_under_way[Lane.DISCOVERY] == AT_ONCE
        waiting_longest = network.times(discovered[-1], Lane.STATUS)
        before_its_own = [at for at in waiting_longest if at < network.times(discovered[-1], Lane.DISCOVERY)[0]]
        assert max(later - at for at, later in pairwise(before_its_own)) < 10 + LATE_S

    in_virtual_time(scenario())


# when folding does not keep up


def test_no_poll_is_begun_while_too_much_waits_and_what_was_left_out_is_told_but_echoes_go_on():
    async def scenario():
        network, echoes = Network(), []
        async with running(network) as scheduler:
            for number in range(10):
                watch(scheduler, f"device:{number}", {"ping": lambda: echoes.append(now())}, status=10.0, ping=5.0)
            await asyncio.sleep(30)
            network.unfolded = MOST_UNFOLDED + 1
            scheduler.hint("device:3", Lane.STATUS)
            await asyncio.sleep(0.1)
            begun, echoed = len(network.asked), len(echoes)
            await asyncio.sleep(35)
            assert len(network.asked) == begun
            assert len(echoes) == echoed + 70
            network.unfolded = 0
            await asyncio.sleep(1)
            assert {subject for _, subject, _ in network.asked[begun:]} == {f"device:{n}" for n in range(10)}
        for number in range(10):
            assert network.overruns[f"device:{number}", Lane.STATUS] in (2, 3)  # of the four that fell due
            assert not network.overruns[f"device:{number}", Lane.PING]
        assert not network.crashes

    in_virtual_time(scenario())


@pytest.mark.parametrize("full", [{"cpu_share": FULL + 0.1}, {"unfolded": MUCH_UNFOLDED + 1}])
def test_while_there_is_no_room_discoveries_are_rare_but_go_on_and_polls_are_on_time(full):
    async def scenario():
        network = Network(takes_s=1.0, **full)
        async with running(network) as scheduler:
            await asyncio.sleep(30)
            for number in range(400):
                watch(scheduler, f"device:{number}", status=10.0, discovery=10_000.0)
                scheduler.hint(f"device:{number}", Lane.DISCOVERY)
            await asyncio.sleep(60)
            begun = [at for at, _, lane in network.asked if lane is Lane.DISCOVERY]
            assert len(begun) < 300  # the pace is found within seconds
            assert len([at for at in begun if at > now() - 30]) == pytest.approx(30, abs=1)
            network.cpu_share = network.unfolded = 0
            await asyncio.sleep(40)
        assert len({subject for _, subject, lane in network.asked if lane is Lane.DISCOVERY}) == 400
        assert not network.overruns

    in_virtual_time(scenario())


def test_regular_discoveries_are_all_made_however_full_the_core_is():
    async def scenario():
        network = Network(cpu_share=FULL + 0.1)
        async with running(network) as scheduler:
            for number in range(400):
                watch(scheduler, f"device:{number}", discovery=100.0)
                scheduler.hint(f"device:{number}", Lane.DISCOVERY)
            await asyncio.sleep(400)
        assert not network.overruns
        assert set(Counter(subject for _, subject, _ in network.asked).values()) <= {4, 5}

    in_virtual_time(scenario())


def test_discoveries_that_wait_for_a_place_begin_only_when_folding_has_caught_up():
    async def scenario():
        network = Network(takes_s=20.0)
        async with running(network) as scheduler:
            for number in range(60):
                watch(scheduler, f"device:{number}", discovery=10_000.0)
                scheduler.hint(f"device:{number}", Lane.DISCOVERY)
            await asyncio.sleep(10)
            assert network.under_way[Lane.DISCOVERY] == AT_ONCE
            network.unfolded = MOST_UNFOLDED + 1
            await asyncio.sleep(30)
            assert network.under_way[Lane.DISCOVERY] == 0
            assert len(network.asked) == AT_ONCE
            network.unfolded = 0
            await asyncio.sleep(30)
        assert len({subject for _, subject, _ in network.asked}) == 60

    in_virtual_time(scenario())


# silence


def test_a_silent_device_is_asked_by_its_probe_alone_ever_more_rarely():
    async def scenario():
        network = Network(dark={"device:a"})
        async with running(network) as scheduler:
            watch(scheduler, "device:a", status=30.0, traffic=60.0, discovery=900.0)
            await asyncio.sleep(3600)
        assert {lane for _, _, lane in network.asked[1:]} == {Lane.STATUS}
        gaps = {round(later - at) for at, later in pairwise(network.times("device:a", Lane.STATUS))}
        assert gaps <= {30, 60, 90}
        assert {60, 90} <= gaps  # the jitter decides between two places of its grid
        assert len(network.asked) < 3600 / 60 + 3
        assert not network.overruns

    in_virtual_time(scenario())


def test_a_device_that_returns_is_asked_in_every_lane_on_its_own_phase():
    async def scenario():
        network = Network()
        async with running(network) as scheduler:
            jobs = watch(scheduler, "device:a", status=30.0, traffic=60.0)
            await asyncio.sleep(300)
            network.dark.add("device:a")
            await asyncio.sleep(300)
            assert scheduler.pace_s("device:a") == {Lane.STATUS: 60.0, Lane.TRAFFIC: 120.0}
            network.dark.clear()
            await asyncio.sleep(120)
            back = len(network.answers)
            await asyncio.sleep(300)
            assert scheduler.pace_s("device:a") == {Lane.STATUS: 30.0, Lane.TRAFFIC: 60.0}
            lanes = Counter(lane for _, _, lane in network.answers[back:])
            assert lanes == {Lane.STATUS: 10, Lane.TRAFFIC: 5}
            for at, _, lane in network.answers:
                (job,) = [job for job in jobs if job.lane is lane]
                late_s = (at / job.interval_s - job.phase) % 1.0 * job.interval_s
                assert 0 <= late_s < network.takes_s + LATE_S  # at most behind its own other lane

    in_virtual_time(scenario())


def test_a_hint_makes_a_silent_device_be_probed_at_once_but_nothing_else():
    async def scenario():
        network = Network(dark={"device:a"})
        async with running(network) as scheduler:
            watch(scheduler, "device:a", status=1000.0, traffic=9000.0, discovery=9000.0)
            scheduler.hint("device:a", Lane.STATUS)
            await asyncio.sleep(NO_ANSWER_S + 1)
            network.asked.clear()
            for lane in (Lane.TRAFFIC, Lane.DISCOVERY, Lane.STATUS):
                scheduler.hint("device:a", lane)
            await asyncio.sleep(0.1)
            assert [lane for _, _, lane in network.asked] == [Lane.STATUS]
            assert not network.overruns

    in_virtual_time(scenario())


def five_thousand_dark():
    """A city of 6,000, its polls as they were asked and its verdicts as they were reached."""
    network, reached, silent_at = Network(), defaultdict(Reachability), {}

    async def scenario():
        async with running(network) as scheduler:

            def fold(subject, lane, began_s, answered):
                poll = SnmpObservation(
                    device=subject,
                    lane=lane,
                    epoch=1,
                    started_s=began_s,
                    finished_s=now(),
                    read_s=now(),
                    wall_s=0.0,
                    completeness=Completeness.COMPLETE if answered else Completeness.FAILED,
                )
                before = reached[subject]
                reached[subject], again_in_s = fold_snmp(before, poll)
                if again_in_s is not None:
                    scheduler.hint(subject, Lane.STATUS)
                if reached[subject].answer is Answer.SILENT is not before.answer:
                    silent_at[subject] = now()
                if before.answer is Answer.SILENT and answered:  # a box that may have rebooted
                    scheduler.hint(subject, Lane.DISCOVERY)
                    scheduler.hint(subject, Lane.STATUS)

            network.after = fold
            dark = [f"device:{number}" for number in range(6000) if number % 6]
            for number in range(6000):
                watch(scheduler, f"device:{number}", status=30.0, traffic=60.0, discovery=900.0)
            await asyncio.sleep(90)
            marks = [now()]
            network.dark = set(dark)
            await asyncio.sleep(90)
            marks.append(now())
            network.dark = set()
            await asyncio.sleep(120)
            return dark, marks

    dark, marks = in_virtual_time(scenario())
    return network, reached, silent_at, dark, marks


@pytest.fixture(scope="module")
def blackout():
    return five_thousand_dark()


def test_five_thousand_gone_dark_at_once_are_all_seen_silent_within_two_intervals(blackout):
    _, _, silent_at, dark, (went_s, _) = blackout
    assert silent_at.keys() == set(dark)
    assert max(silent_at.values()) - went_s <= 2 * 30.0


def test_meanwhile_the_healthy_ones_are_polled_on_time(blackout):
    network, _, _, dark, _ = blackout
    dark, seen = set(dark), defaultdict(list)
    for at, subject, lane in network.asked:
        if subject not in dark and lane is not Lane.DISCOVERY:
            seen[subject, lane].append(at)
    assert len(seen) == 2000
    for (_, lane), times in seen.items():
        every_s = 30.0 if lane is Lane.STATUS else 60.0
        # late by at most one poll of its own other lane
        assert all(abs(later - at - every_s) < 2 * network.takes_s + LATE_S for at, later in pairwise(times))
    assert not any(subject not in dark for subject, _ in network.overruns)


def test_when_they_return_there_is_no_storm_and_all_are_back_within_four_intervals(blackout):
    network, reached, _, dark, (went_s, back_s) = blackout
    regular = busiest([at for at, *_ in network.asked if 1030 < at < went_s])
    returning = busiest([at for at, *_ in network.asked if at > back_s])
    assert regular <= 40
    assert returning <= 2.5 * regular
    assert all(reached[subject].answer is Answer.ANSWERS for subject in dark)
    rediscovered = [at for at, _, lane in network.asked if lane is Lane.DISCOVERY and at > back_s]
    assert len(rediscovered) >= 5000
    assert busiest(rediscovered, 1.0) <= 350  # the regular rate is 300 a second and a bit


# hints


def test_hints_are_asked_once_each_and_paced():
    async def scenario():
        network = Network()
        async with running(network) as scheduler:
            for number in range(500):
                watch(scheduler, f"device:{number}", status=1e9, discovery=1e9)
            for _ in range(3):
                for number in range(500):
                    scheduler.hint(f"device:{number}", Lane.DISCOVERY)
            await asyncio.sleep(20)
        asked = [subject for _, subject, lane in network.asked if lane is Lane.DISCOVERY]
        assert Counter(asked) == {f"device:{number}": 1 for number in range(500)}
        times = [at for at, *_ in network.asked]
        assert busiest(times) <= SLOWEST_HINTS_PER_S * 0.2 + 2
        assert times[-1] - times[0] == pytest.approx(5.0, abs=0.3)

    in_virtual_time(scenario())


def test_a_hint_for_what_is_not_watched_is_nothing():
    async def scenario():
        network = Network()
        async with running(network) as scheduler:
            jobs = watch(scheduler, "device:a", status=100_000.0)
            scheduler.hint("device:b", Lane.STATUS)
            scheduler.hint("device:a", Lane.TRAFFIC)
            scheduler.hint("device:a", Lane.STATUS)
            scheduler.replace(jobs, ())  # gone before its hint comes through
            await asyncio.sleep(1)
        assert network.asked == []

    in_virtual_time(scenario())


def test_a_hint_whose_device_fell_silent_while_it_waited_is_dropped():
    async def scenario():
        network = Network(dark={"device:499"})
        async with running(network) as scheduler:
            for number in range(500):
                watch(scheduler, f"device:{number}", status=1e9, discovery=1e9)
            for number in range(500):
                scheduler.hint(f"device:{number}", Lane.DISCOVERY)  # five seconds of hints; the probe goes first
            scheduler.hint("device:499", Lane.STATUS)
            network.slow["device:499"] = 1.0
            await asyncio.sleep(20)
        asked = Counter(subject for _, subject, lane in network.asked if lane is Lane.DISCOVERY)
        assert len(asked) == 499
        assert "device:499" not in asked

    in_virtual_time(scenario())


def test_whether_a_missed_poll_is_silence_is_settled_before_all_other_looks():
    async def scenario():
        network = Network(dark={"device:0"})
        async with running(network) as scheduler:
            for number in range(1000):
                watch(scheduler, f"device:{number}", status=1e9)
            scheduler.hint("device:0", Lane.STATUS)
            await asyncio.sleep(NO_ANSWER_S + 0.5)
            for number in range(1000):  # ten seconds of hints
                scheduler.hint(f"device:{999 - number}", Lane.STATUS)
            hinted_s = now()
            await asyncio.sleep(0.2)
            assert network.times("device:0")[1] - hinted_s < 0.1
            await asyncio.sleep(12)
        assert len(network.times("device:0")) == 2
        assert {subject for _, subject, _ in network.asked} == {f"device:{number}" for number in range(1000)}

    in_virtual_time(scenario())


# coming and going


def test_a_removed_device_is_asked_no_more_and_a_poll_under_way_ends_quietly():
    async def scenario():
        network = Network(slow={"device:a": 5.0})
        async with running(network) as scheduler:
            jobs = watch(scheduler, "device:a", status=10.0, traffic=10.0)
            scheduler.hint("device:a", Lane.STATUS)
            await asyncio.sleep(1)
            asked = len(network.asked)
            scheduler.replace(jobs, ())
            assert scheduler.pace_s("device:a") == {}
            await asyncio.sleep(100)
            assert len(network.asked) == asked
            assert scheduler.in_flight == 0
            assert not scheduler._turns
        assert network.crashes == []

    in_virtual_time(scenario())


def test_added_again_during_its_last_poll_it_is_still_asked_one_thing_at_a_time():
    async def scenario():
        network = Network(slow={"device:a": 5.0})
        async with running(network) as scheduler:
            jobs = watch(scheduler, "device:a", status=30.0)
            scheduler.hint("device:a", Lane.STATUS)
            await asyncio.sleep(1)
            scheduler.replace(jobs, ())
            watch(scheduler, "device:a", status=30.0)
            scheduler.hint("device:a", Lane.STATUS)
            await asyncio.sleep(100)
        assert network.most_under_way["device:a"] == 1
        assert len(network.asked) >= 4

    in_virtual_time(scenario())


def test_a_reload_moves_no_phase_but_that_of_a_changed_interval():
    async def scenario():
        network = Network()
        async with running(network) as scheduler:
            jobs = {name: watch(scheduler, name, status=30.0, traffic=60.0) for name in ("a", "b", "c", "d")}
            scheduler.replace(jobs.pop("a"), ())  # its place is free: nobody else may move to it
            phases = {}
            for name in ("d", "b", "c"):  # touched, in another order
                every_s = 20.0 if name == "b" else 60.0
                after = [scheduler.job(name, Lane.STATUS, 30.0), scheduler.job(name, Lane.TRAFFIC, every_s)]
                scheduler.replace(jobs[name], after)
                phases[name] = [job.phase for job in after]
            for name in ("c", "d"):
                assert phases[name] == [job.phase for job in jobs[name]]
            assert phases["b"][0] == jobs["b"][0].phase
            watch(scheduler, "e", status=30.0, traffic=60.0)  # takes the free place, and nobody else's
            again = [scheduler.job("c", Lane.STATUS, 30.0), scheduler.job("c", Lane.TRAFFIC, 60.0)]
            assert [job.phase for job in again] == phases["c"]
            await asyncio.sleep(120)
            assert len(network.times("b", Lane.TRAFFIC)) == 6

    in_virtual_time(scenario())


def test_a_removed_device_leaves_its_place_to_the_next():
    async def scenario():
        async with running(Network()) as scheduler:
            first = watch(scheduler, "a", status=30.0)
            watch(scheduler, "b", status=30.0)
            scheduler.replace(first, ())
            (new,) = watch(scheduler, "c", status=30.0)
            assert new.phase == first[0].phase

    in_virtual_time(scenario())


# faults of our own


def test_a_poll_that_raises_is_told_with_its_device_and_ends_nothing():
    async def scenario():
        network = Network(broken={"device:bad"})
        async with running(network) as scheduler:
            watch(scheduler, "device:bad", status=10.0, traffic=20.0)
            watch(scheduler, "device:good", status=10.0)
            await asyncio.sleep(100)
            assert scheduler.sweep.completed_s is not None
            assert scheduler.pace_s("device:bad")[Lane.STATUS] == 10.0  # our fault says nothing about its silence
        assert len(network.times("device:good")) == 10
        assert Counter(lane for _, lane, _ in network.crashes) == {Lane.STATUS: 10, Lane.TRAFFIC: 5}
        assert {(subject, type(error)) for subject, _, error in network.crashes} == {("device:bad", LookupError)}

    in_virtual_time(scenario())


def test_an_echo_that_raises_is_told_and_ends_nothing():
    async def scenario():
        network, echoes = Network(), []

        def raises():
            raise OSError(9, "Bad file descriptor")

        async with running(network) as scheduler:
            watch(scheduler, "device:bad", fires={"ping": raises}, ping=5.0)
            watch(scheduler, "device:good", fires={"ping": lambda: echoes.append(now())}, ping=5.0, status=10.0)
            await asyncio.sleep(50)
        assert len(echoes) == 10
        assert len(network.asked) == 5
        assert [(subject, lane) for subject, lane, _ in network.crashes] == [("device:bad", Lane.PING)] * 10

    in_virtual_time(scenario())


# sweeps and stopping


def test_a_sweep_waits_for_the_poll_that_hangs_and_for_no_silent_device():
    async def scenario():
        network = Network(slow={"device:hung": 500.0})
        async with running(network) as scheduler:
            hung = watch(scheduler, "device:hung", status=10.0)
            watch(scheduler, "device:dark", status=10.0)
            watch(scheduler, "device:good", status=10.0, fires={"ping": lambda: None}, ping=5.0)
            network.dark.add("device:dark")
            await asyncio.sleep(100)
            assert scheduler.sweep.completed_s is None
            scheduler.replace(hung, ())
            await asyncio.sleep(60)
            assert now() - scheduler.sweep.completed_s < 31

    in_virtual_time(scenario())


def test_stopping_lets_short_polls_end_cancels_long_ones_and_starts_no_more():
    async def scenario():
        network = Network(slow={"device:short": 1.0, "device:long": 100.0})
        async with running(network) as scheduler:
            for subject in ("device:short", "device:long", "device:late"):
                watch(scheduler, subject, status=0.5 if subject == "device:late" else 1000.0)
            scheduler.hint("device:short", Lane.STATUS)
            scheduler.hint("device:long", Lane.STATUS)
            await asyncio.sleep(0.05)
            asked, began_s = len(network.asked), now()
            await scheduler.drain(3.0)
            assert now() - began_s == pytest.approx(3.0, abs=0.01)
            assert (scheduler.in_flight, len(network.asked)) == (0, asked)
            assert [subject for _, subject, _ in network.answers] == ["device:short"]

    in_virtual_time(scenario())

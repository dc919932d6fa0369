"""From the fibre to the message: a city of real parts, netwatch under its unit, Prometheus, Alertmanager, who is told.

Everything shipped is used as it is shipped (`tests.e2e.chain.whole` says what is not). Each owner is told once of what
breaks and once of its end, whatever restarts in between. The long list of cases is `make soak`'s.
"""

import time
from itertools import pairwise

import pytest

from tests.e2e.chain.deeds import (
    cabinet_of_the_ring,
    cut,
    dead_host,
    hung_agent,
    hung_host,
    no_stream,
    our_uplink,
    without_power,
)
from tests.e2e.chain.whole import RealChain, by_day
from tests.e2e.process import until

TOLD_S, ENDED_S = 120, 180  # on two busy cores; alone 6 s to 18 s, and 12 s to 25 s
RESENT_S = 60  # Prometheus sends an alert again that often: what a stopped Alertmanager missed comes so much later
COUNTED_S = 90  # several polls of every lane but discovery
A_REPEAT_OF_ALL_S = 12  # longer than group_interval: whatever Alertmanager has to say, it has said
PARTS = ("netwatch", "prometheus", "alertmanager")
CASES = [
    *map(cut, ("c-near", "d-far", "r23", "r41")),
    without_power("c1", "c-near"),
    without_power("d2", "d-far"),
    cabinet_of_the_ring("s3"),
    hung_host("cam-c2"),
    no_stream("cam-d2"),
    dead_host("cam-s2"),
    hung_host("sign-d1"),
    hung_agent("c1"),
    our_uplink(),
]


@pytest.fixture(scope="module")
def running():
    with RealChain() as chain:
        yield chain


@pytest.fixture
def chain(running):
    """Whole, and nobody told anything but its end, before and after a test; what a failed one left is forgotten."""
    running.notified.forget()
    yield running
    running.city.restore()
    until(running.is_quiet, within_s=ENDED_S, what="a well city of which nothing is told")


def told(chain, *deeds, within_s=TOLD_S):
    """Exactly what these deeds must bring, and in their words."""
    wanted = [cause for deed in deeds for cause in deed.causes]
    for note in chain.notified.wait_for(*wanted, within_s=within_s, by=lambda note: note.cause):
        assert note.status == "firing", note
        (deed,) = (one for one in deeds if note.cause in one.causes)
        deed.check_words(note)


def ended(chain, *deeds):
    wanted = [cause for deed in deeds for cause in deed.causes]
    notes = chain.notified.wait_for(*wanted, within_s=ENDED_S, by=lambda note: note.cause)
    assert {note.status for note in notes} == {"resolved"}


class TestShort:
    def test_a_cut_and_a_hung_camera_are_told_and_ended_once_each_though_netwatch_restarts_meanwhile(self, chain):
        fibre, camera = cut("d-near"), hung_host("cam-c2")
        fibre.begin(chain.city)
        told(chain, fibre)
        chain.netwatch.restart()
        camera.begin(chain.city)
        told(chain, camera)
        chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
        for deed in (fibre, camera):
            deed.end(chain.city)
        ended(chain, fibre, camera)

    def test_the_mail_says_the_same_as_the_webhooks(self, chain):
        until(lambda: len(chain.mail.letters) == len(chain.notified.notes), what="as many letters")
        for note in chain.notified.notes:
            word = {"firing": "중대" if note.labels["severity"] == "major" else "경미", "resolved": "해소"}[note.status]
            subject = f"[{word}] {note.words['summary_ko']}"
            assert len(subject) <= 90
            assert subject in {letter.subject for letter in chain.mail.letters if letter.is_for(note.receiver)}

    def test_netwatch_was_held_to_its_unit_s_restrictions_all_the_while(self, chain):
        held = chain.netwatch.restrictions()
        assert {int(held[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
        assert (held["NoNewPrivs"].strip(), held["Seccomp"].strip()) == ("1", "2")
        assert chain.netwatch.shows("User", "ProtectSystem", "MemoryDenyWriteExecute", "NRestarts") == {
            "User": "netwatch",
            "ProtectSystem": "strict",
            "MemoryDenyWriteExecute": "yes",
            "NRestarts": "0",
        }


@pytest.mark.parametrize("utc_hour", range(24))
def test_by_day_it_is_between_ten_and_eleven_at_any_hour(utc_hour):
    config = by_day("{location: Asia/Seoul}", now_s=utc_hour * 3600.0)
    ahead = -int(config.removeprefix("{location: Etc/GMT").removesuffix("}"))
    assert -12 <= ahead <= 14
    assert (utc_hour + ahead) % 24 == 10


@pytest.mark.soak
class TestLong:
    @pytest.mark.parametrize("deed", CASES, ids=str)
    def test_each_thing_that_breaks_is_told_once_to_each_owner_and_so_is_its_end(self, chain, deed):
        deed.begin(chain.city)
        told(chain, deed)
        chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
        deed.end(chain.city)
        ended(chain, deed)
        chain.notified.nothing_for(A_REPEAT_OF_ALL_S)

    @pytest.mark.parametrize("part", PARTS)
    @pytest.mark.parametrize("deed", [cut("c-near"), cut("r34"), hung_host("cam-d2")], ids=str)
    def test_a_restart_ends_nothing_and_repeats_nothing(self, chain, deed, part):
        deed.begin(chain.city)
        told(chain, deed)
        getattr(chain, part).restart()
        chain.notified.nothing_for(2 * A_REPEAT_OF_ALL_S)
        deed.end(chain.city)
        ended(chain, deed)
        chain.notified.nothing_for(A_REPEAT_OF_ALL_S)

    def test_netwatch_killed_outright_is_started_by_systemd_and_tells_nothing_anew(self, chain):
        deed = cut("d-far")
        deed.begin(chain.city)
        told(chain, deed)
        chain.netwatch.kill()
        chain.notified.nothing_for(2 * A_REPEAT_OF_ALL_S)
        deed.end(chain.city)
        ended(chain, deed)

    @pytest.mark.parametrize("part", PARTS)
    def test_what_breaks_while_a_part_is_down_is_told_when_it_is_back(self, chain, part):
        deed = cut("c-far")
        getattr(chain, part).stop()
        deed.begin(chain.city)
        time.sleep(10)
        getattr(chain, part).start()
        told(chain, deed, within_s=TOLD_S + RESENT_S)
        chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
        deed.end(chain.city)
        ended(chain, deed)

    @pytest.mark.parametrize("part", PARTS)
    def test_what_is_mended_while_a_part_is_down_is_ended_when_it_is_back(self, chain, part):
        deed = cut("d-near")
        deed.begin(chain.city)
        told(chain, deed)
        getattr(chain, part).stop()
        deed.end(chain.city)
        time.sleep(10)
        getattr(chain, part).start()
        ended(chain, deed)
        chain.notified.nothing_for(A_REPEAT_OF_ALL_S)

    def test_our_own_darkness_ends_nothing_that_was_told(self, chain):
        fibre, uplink = cut("c-near"), our_uplink()
        fibre.begin(chain.city)
        told(chain, fibre)
        uplink.begin(chain.city)
        told(chain, uplink)
        chain.notified.nothing_for(40)  # longer than it takes to say that netwatch is blind, which follows from it
        uplink.end(chain.city)
        ended(chain, uplink)
        chain.notified.nothing_for(2 * A_REPEAT_OF_ALL_S)
        fibre.end(chain.city)
        ended(chain, fibre)

    def test_the_second_cut_of_a_ring_is_told_with_all_it_costs_and_the_first_stays_told(self, chain):
        first = cut("r12")
        first.begin(chain.city)
        told(chain, first)
        chain.city.cut("r34")
        notes = chain.notified.wait_for(
            ("network-owner", "NetworkFault", "firing", "critical"),
            ("cctv-owner", "ServiceOut", "firing", "critical"),
            ("cctv-owner", "ServiceOut", "firing", "critical"),
            ("service-owner", "ServiceOut", "firing", "critical"),
            within_s=TOLD_S,
        )
        assert {note.labels["subject"] for note in notes} == {"cable:k-r34"}
        summaries = sorted(note.words["summary_ko"] for note in notes if note.receiver == "cctv-owner")
        assert [summary[:24] for summary in summaries] == [
            "cctv 남부 현장장비 2대 중단, 원인 k",
            "cctv 북부 현장장비 1대 중단, 원인 k",
        ]
        assert "Because also cable:k-r12" in next(n.words["details"] for n in notes if n.receiver == "network-owner")
        chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
        chain.city.mend("r34")
        notes = chain.notified.wait_for(*[(*n.brief[:2], "resolved", "critical") for n in notes], within_s=ENDED_S)
        first.end(chain.city)
        ended(chain, first)

    def test_a_second_prometheus_tells_nothing_twice_and_costs_no_agent_a_question(self, chain):
        def asked():
            before = chain.asked()
            time.sleep(COUNTED_S)
            return chain.asked() - before

        deed, alone = cut("c-far"), asked()
        with chain.second_prometheus():
            beside = asked()
            deed.begin(chain.city)
            told(chain, deed)
            chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
            deed.end(chain.city)
            ended(chain, deed)
            chain.notified.nothing_for(A_REPEAT_OF_ALL_S)
        assert 0 < beside < 1.5 * alone  # twice, if a scrape asked; a discovery falls into one of them or not

    def test_the_watchdog_is_heard_all_the_while(self, chain):
        beats = chain.notified.beats
        assert len(beats) > 1
        assert max(after - before for before, after in pairwise(beats)) < 150  # every minute, but for the restarts

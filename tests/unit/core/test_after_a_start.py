"""Soon after a start not everyone was asked yet: nothing new is told of half a region, and what was told stays told."""

import pytest

from netwatch.core.faults.book import FaultBook, Found
from netwatch.core.faults.severity import Severity
from netwatch.core.records import replace
from tests.unit.core.streets import NOW, causes, only, town

CHAIN = town("core-a", "a-b", "b-c", cables={"c1": "a-b"})
SEEN_S = NOW + 60.0  # when the scenes are seen, with a patience of 20


@pytest.mark.parametrize(("age_s", "is_sure"), [(5.0, False), (20.0, True)])
def test_the_end_of_a_chain_found_silent_before_its_head_waits_for_it(age_s, is_sure):
    cause = only(CHAIN, dark="c", unseen={"b"}, watched_since_wall_s=SEEN_S - age_s)
    assert cause.is_sure is is_sure


def test_who_was_backed_off_while_we_were_blind_is_waited_for_longer_than_an_answer_takes():
    cause = only(CHAIN, dark="c", unseen={"b"}, watched_since_wall_s=SEEN_S - 25.0, beginning_s=60.0)
    assert not cause.is_sure


def test_who_has_seen_everybody_is_sure_at_once():
    cause = only(CHAIN, dark="b c", no_light="a-b", watched_since_wall_s=SEEN_S - 1.0)
    assert cause.is_sure


def test_a_fault_from_before_the_restart_is_no_other_until_that_is_sure():
    (whole,) = causes(CHAIN, dark="b c", no_light="a-b").values()
    book = FaultBook()
    book.fold([Found(cause=whole, severity=Severity.MAJOR)], now_wall_s=SEEN_S, is_well=lambda _: False)
    (told,) = book.faults.values()
    restarted = FaultBook()
    restarted.recall([told])
    half = Found(cause=replace(whole, devices=frozenset(), is_sure=False), severity=Severity.MINOR)
    assert restarted.fold([half], now_wall_s=SEEN_S + 5.0, is_well=lambda _: False) == ()
    (fault,) = restarted.faults.values()
    assert (fault.found, fault.is_recalled) == (told.found, True)
    seen_again = Found(cause=whole, severity=Severity.MAJOR)
    assert restarted.fold([seen_again], now_wall_s=SEEN_S + 9.0, is_well=lambda _: False) == ()
    (fault,) = restarted.faults.values()
    assert (fault.id, fault.is_recalled) == (told.id, False)


FOUND_S = NOW + 50.0  # the silence is found long after the cut, by a daemon that began just before


def test_a_cut_of_before_the_start_and_the_silence_found_only_then_are_one_fault():
    since = {"a-b": NOW, "b": FOUND_S, "c": FOUND_S}
    cause = only(CHAIN, dark="b c", no_light="a-b", since=since, watched_since_wall_s=FOUND_S - 5.0)
    assert (cause.subject, cause.since_wall_s, cause.devices) == ("cable:c1", NOW, {"b", "c"})


def test_a_silence_that_is_seen_to_begin_has_its_own_date():
    since = {"a-b": NOW, "b": FOUND_S, "c": FOUND_S}
    found = causes(CHAIN, dark="b c", no_light="a-b", since=since, watched_since_wall_s=NOW - 600.0)
    assert max(cause.since_wall_s for cause in found.values()) == FOUND_S

"""Every camera of a town: judged when something about it changes, told once, counted always."""

import json
from dataclasses import replace

import pytest

from netwatch.core.errors import Reason
from netwatch.core.events import EventKind
from netwatch.core.field.baseline import IngressBaseline, PortIngress
from netwatch.core.field.board import FieldBoard
from netwatch.core.field.record import FieldState, fold_check
from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict, Reach
from netwatch.core.neighbours.sightings import PoeStatus, Sightings
from netwatch.core.observation import PingObservation
from netwatch.core.topology.graph import Topology
from tests.unit.core.links.test_board import state
from tests.unit.core.streets import NOW, camera, port, town

FINE, FAULT, UNREACHABLE, UNKNOWN = FieldCondition
SEARCHING = PoeStatus.SEARCHING
CITY = town("core-a", cameras={"cam-1": "a", "cam-2": "a"}, anchors={"cctv": ("core",)})


class Surveyor:
    """The rest of the city, as it is told to be."""

    is_blind = False

    def __init__(self):
        self.reaches, self.places, self.wanted = {}, {}, []
        self.is_read, self.can_be_read = True, True
        self.is_heard, self.is_new = True, False

    def reach(self, one):
        return self.reaches.get(one.id, Reach.REACHABLE)

    def elsewhere(self, mac):
        return self.places.get(mac)

    def was_read_since(self, _device, _since_wall_s):
        return self.is_read

    def read_now(self, device):
        self.wanted.append(device)
        return self.can_be_read

    def is_heard_since(self, _device, _since_wall_s):
        return self.is_heard

    def has_restarted(self, _device, *, within_s):
        return self.is_new and within_s > 0

    @staticmethod
    def vendor_of(_mac):
        return ""


def switch(*dark, read_s=100.0):
    """Switch a, with the ports of these cameras dark."""
    told = state("a", city=CITY)
    names = ("cam-1", "cam-2")
    oper = tuple(2 if name in dark else 1 for name in names)
    status = replace(
        told.status,
        admin=(1, 1),
        oper=oper,
        last_oper=oper,
        changed_wall_s=tuple(NOW if one == 2 else NOW - 3600.0 for one in oper),
        read_s=read_s,
        read_wall_s=NOW + read_s,
    )
    interfaces = replace(told.interfaces, indexes=names, names=names)
    return replace(told, status=status, interfaces=interfaces)


class Board(FieldBoard):
    def __init__(self, city=CITY):
        super().__init__()
        self.surveyor, self.asked, self.states, self.told = Surveyor(), [], {}, []
        self.use(Topology(city))

    def sees(self, after, at_s=10.0):
        self.see_device("a", self.states.get("a"), after)
        self.states["a"] = after
        return self.judged(at_s)

    def pings(self, answers, *, name="cam-1", at_s=10.0):
        one = self.states.get(name, FieldState())
        for turn, answer in enumerate(answers.split()):
            answered = answer == "answered"
            reason = None if answered else Reason.TIMEOUT
            echo = PingObservation(
                subject=f"field_device:{name}",
                at_s=at_s + turn,
                wall_s=NOW,
                rtt_s=0.001 if answered else None,
                reason=reason,
            )
            one, _ = fold_check(name, one, echo)
        self.states[name] = one
        self.see_checks(name, one)
        return self.judged(at_s)

    def judged(self, at_s=10.0):
        self.asked.clear()
        self.told, changed = self.judge(self.surveyor, now_wall_s=NOW + at_s, ask=self.asked.append)
        return changed


@pytest.fixture
def board():
    one = Board()
    one.sees(switch())
    one.pings("answered")
    one.pings("answered", name="cam-2")
    return one


def test_what_answers_is_fine_and_that_is_no_news():
    board = Board()
    board.sees(switch())
    board.pings("answered")
    assert board.verdicts["cam-1"].condition is FINE
    assert board.told == ()


def test_what_was_never_seen_is_unknown_and_counted_as_such():
    board = Board()
    board.judged()
    assert board.counts["cctv", "district of at-a", UNKNOWN] == 2


def test_nothing_is_judged_twice_for_the_same_sight(board):
    assert board.judged() == ()
    board.sees(switch())
    assert board.judged() == ()


def test_two_lost_echoes_are_a_hung_device_told_once(board):
    assert board.pings("lost lost", at_s=20.0) == ("cam-1",)
    (event,) = board.told
    assert (event.kind, event.subject) == (EventKind.FIELD_DEVICE_STATE, "field_device:cam-1")
    assert (event.detail["to"], event.detail["cause"]) == ("fault", "device_hung")
    assert board.in_fault.keys() == {"cam-1"}
    assert board.pings("lost", at_s=30.0) == ()


def test_the_port_of_a_silent_camera_is_read_before_the_camera_is_called_hung(board):
    board.surveyor.is_read = False
    assert board.pings("lost lost", at_s=20.0) == ()
    assert board.surveyor.wanted == ["a"]
    board.surveyor.is_read = True
    assert board.judged(21.0) == ("cam-1",)


def test_a_switch_asked_in_vain_is_not_waited_for(board):
    board.surveyor.is_read = board.surveyor.can_be_read = False
    assert board.pings("lost lost", at_s=20.0) == ("cam-1",)


def test_a_silent_camera_on_a_switch_that_may_be_falling_silent_itself_is_not_judged_yet(board):
    board.surveyor.is_heard = board.surveyor.can_be_read = False
    assert board.pings("lost lost", at_s=20.0) == ()
    board.surveyor.is_heard = True
    assert board.judged(26.0) == ("cam-1",)


def test_while_netwatch_itself_is_cut_off_nothing_is_known_of_any(board):
    board.surveyor.is_blind = True
    board.touch(["cam-1", "cam-2"])
    board.judged()
    assert {one.condition for one in board.verdicts.values()} == {UNKNOWN}


def test_a_port_dark_in_two_reads_and_an_unanswered_echo_is_its_cable_or_port(board):
    board.sees(switch("cam-1", read_s=110.0), at_s=110.0)
    board.pings("lost lost", at_s=111.0)
    board.sees(switch("cam-1", read_s=120.0), at_s=120.0)
    assert board.verdicts["cam-1"].cause is FieldCause.CABLE_OR_PORT
    assert board.verdicts["cam-2"].condition is FINE


def test_a_port_that_blinked_between_two_reads_changes_no_verdict(board):
    board.sees(switch("cam-1", read_s=110.0), at_s=110.0)
    assert board.sees(switch(read_s=120.0), at_s=120.0) == ()
    assert board.verdicts["cam-1"].condition is FINE


def test_a_port_that_goes_dark_asks_for_the_checks_at_once(board):
    board.sees(switch("cam-1", read_s=110.0), at_s=110.0)
    assert board.asked == ["cam-1"]


def test_behind_a_cut_it_is_unreachable_and_nothing_is_known_against_it(board):
    board.surveyor.reaches["cam-1"] = Reach.CUT
    board.touch(["cam-1"])
    assert board.pings("lost lost", at_s=20.0) == ("cam-1",)
    assert (board.verdicts["cam-1"].condition, board.verdicts["cam-1"].cause) == (UNREACHABLE, FieldCause.UPSTREAM)
    assert board.in_fault == {}


def test_merely_unseen_it_is_unknown_and_not_down(board):
    board.surveyor.reaches["cam-1"] = Reach.UNSEEN
    board.pings("lost lost", at_s=20.0)
    assert board.verdicts["cam-1"].condition is UNKNOWN


def test_the_counts_always_add_up_to_all_of_them(board):
    board.pings("lost lost", at_s=20.0)
    board.surveyor.reaches["cam-2"] = Reach.CUT
    board.touch(["cam-2"])
    board.pings("lost lost", name="cam-2", at_s=20.0)
    assert {key[2]: number for key, number in board.counts.items() if number} == {FAULT: 1, UNREACHABLE: 1}


def test_a_fault_that_is_over_is_told_and_forgotten(board):
    board.pings("lost lost", at_s=20.0)
    assert board.pings("answered answered", at_s=30.0) == ("cam-1",)
    assert [event.detail["to"] for event in board.told] == ["fine"]
    assert board.in_fault == {}


def test_a_reload_keeps_verdicts_by_name_and_forgets_who_is_gone(board):
    board.pings("lost lost", at_s=20.0)
    since_s = board.verdicts["cam-1"].since_wall_s
    board.use(Topology(replace(CITY, field_devices={"cam-1": CITY.field_devices["cam-1"]})))
    board.judged(40.0)
    assert board.told == ()
    assert (board.verdicts.keys(), board.in_fault.keys()) == ({"cam-1"}, {"cam-1"})
    assert board.verdicts["cam-1"].since_wall_s == since_s
    assert sum(board.counts.values()) == 1


def test_after_a_restart_what_is_found_as_it_was_told_is_no_event_and_keeps_its_date():
    board = Board()
    told = FieldVerdict(condition=FAULT, cause=FieldCause.DEVICE_HUNG, since_wall_s=NOW - 3600.0)
    board.recall({"cam-1": told})
    board.sees(switch())
    board.pings("lost lost")
    assert board.told == ()
    assert board.verdicts["cam-1"].since_wall_s == NOW - 3600.0


def test_after_a_restart_what_changed_meanwhile_is_told_as_found_after_a_gap():
    board = Board()
    board.recall({"cam-1": FieldVerdict(condition=FAULT, cause=FieldCause.DEVICE_HUNG, since_wall_s=NOW - 3600.0)})
    board.sees(switch())
    board.pings("answered")
    (event,) = board.told
    assert (event.detail["from"], event.detail["to"], event.detail["found_after_gap"]) == ("fault", "fine", True)


def test_a_port_that_the_switch_does_not_have_says_nothing_about_the_camera(board):
    gone = switch(read_s=110.0)
    names = ("other-1", "other-2")
    board.sees(replace(gone, interfaces=replace(gone.interfaces, names=names, epoch=2)), at_s=110.0)
    assert board.verdicts["cam-1"].condition is FINE


def test_a_shared_port_convicts_nobody_while_another_on_it_answers():
    both = {name: camera(name, "a", "at-a", port=port("a", "cam-1"), shared=True) for name in ("cam-1", "cam-2")}
    board = Board(replace(CITY, field_devices=both))
    board.sees(switch())
    board.pings("answered", name="cam-2")
    board.pings("lost lost")
    assert board.verdicts["cam-1"].cause is FieldCause.DEVICE_HUNG
    board.pings("lost lost", name="cam-2", at_s=20.0)
    assert {board.verdicts[name].cause for name in both} == {FieldCause.CABLE_OR_PORT}


def test_what_the_streams_usually_are_outlives_a_restart(board):
    port = CITY.field_devices["cam-1"].port
    usual = PortIngress(baseline=IngressBaseline(rate=500_000.0, credit=40.0))
    board.ingress["a"] = {port.interface: usual}
    learned = {"size": 200, **board.learned("a")}
    again = FieldBoard()
    again.use(Topology(CITY))
    again.recall_learned("a", json.loads(json.dumps(learned)))
    assert again.ingress == {"a": {port.interface: usual}}  # a total from before the restart is none to count from
    again.recall_learned("a", {"stream x": "nonsense", "stream y": [-1.0, 5.0]})
    assert again.learned("a") == board.learned("a")


def test_a_camera_whose_check_has_just_failed_is_not_well_again_yet(board):
    assert board.is_well("cam-1")
    board.pings("lost", at_s=20.0)
    assert board.verdicts["cam-1"].condition is FINE
    assert not board.is_well("cam-1")
    board.pings("answered", at_s=30.0)
    assert board.is_well("cam-1")


def test_one_that_answers_while_its_port_looks_for_somebody_to_feed_has_power_of_its_own(board):
    looking = replace(
        switch(read_s=110.0), sightings=Sightings(poe={CITY.field_devices["cam-1"].port.interface: SEARCHING})
    )
    board.sees(looking, at_s=110.0)
    board.pings("answered", at_s=111.0)
    board.pings("lost lost", at_s=120.0)
    assert board.verdicts["cam-1"].cause is FieldCause.DEVICE_HUNG

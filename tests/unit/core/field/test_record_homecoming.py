"""A camera that is back within reach: its services start after its kernel, and its checks come in their turn."""

from dataclasses import dataclass, field

import pytest

from netwatch.core.field.board import BACK_AGAIN_S, HOME_AGAIN_S, FieldBoard
from netwatch.core.field.doubt import SteadyPort
from netwatch.core.field.record import CheckState, FieldState
from netwatch.core.field.verdict import FieldCause, FieldCondition, PortFacts, Reach
from netwatch.core.model import Check, Device, FieldDevice, Inventory, PortRef, Site
from netwatch.core.topology.graph import Topology

CAMERA = FieldDevice(
    id="cam",
    kind="cctv",
    site="hall",
    port=PortRef(device="sw", interface="1"),
    address="192.0.2.7",
    checks=(Check(kind="ping"), Check(kind="rtsp")),
)
INVENTORY = Inventory(
    city="",
    timezone="UTC",
    charset="utf-8",
    fingerprint="",
    files=(),
    sites={"hall": Site(id="hall", name="hall")},
    devices={"sw": Device(id="sw", site="hall", address="192.0.2.1", every_s={})},
    field_devices={"cam": CAMERA},
)
CUT_S, BACK_S = 1000.0, 1600.0


def fails(since_s, tried_s=CUT_S + 300.0):
    return CheckState(up=False, since_wall_s=since_s, failures=2, first_failure_wall_s=since_s, failed_wall_s=tried_s)


def answers(at_s):
    return CheckState(up=True, since_wall_s=at_s, answered_wall_s=at_s)


@dataclass
class Camera:
    """One board, and what it asks of the city around it."""

    at: Reach = Reach.REACHABLE
    board: FieldBoard = field(default_factory=FieldBoard)
    is_blind: bool = False
    is_new: bool = False

    def reach(self, _one):
        return self.at

    def elsewhere(self, _mac):
        return None

    def vendor_of(self, _mac):
        return ""

    def was_read_since(self, _device, _since_wall_s):
        return True

    def is_heard_since(self, _device, _since_wall_s):
        return True

    def has_restarted(self, _device, *, within_s):
        return self.is_new and within_s > 0

    def read_now(self, _device):
        return False

    def judged(self, *, ping, rtsp, now_s):
        self.board.see_checks("cam", FieldState(checks={"ping": ping, "rtsp": rtsp}))
        self.board.let_time_pass(now_s)
        self.board.judge(self, now_wall_s=now_s, ask=lambda _name: None)
        verdict = self.board.verdicts["cam"]
        return verdict.condition, verdict.cause


@pytest.fixture
def camera():
    """Cut off for ten minutes, and within reach again since BACK_S."""
    one = Camera()
    one.board.use(Topology(INVENTORY))
    assert one.judged(ping=answers(CUT_S - 5), rtsp=answers(CUT_S - 5), now_s=CUT_S)[0] is FieldCondition.FINE
    one.at = Reach.CUT
    cut = one.judged(ping=fails(CUT_S), rtsp=fails(CUT_S), now_s=CUT_S + 10)
    assert cut == (FieldCondition.UNREACHABLE, FieldCause.UPSTREAM)
    one.at = Reach.REACHABLE
    assert one.judged(ping=fails(CUT_S), rtsp=fails(CUT_S), now_s=BACK_S) == (FieldCondition.UNKNOWN, None)
    return one


def test_an_echo_convicts_nobody_whose_stream_was_last_asked_while_the_way_was_cut(camera):
    told = camera.judged(ping=answers(BACK_S + 1), rtsp=fails(CUT_S), now_s=BACK_S + 1)
    assert told == (FieldCondition.UNKNOWN, None)
    told = camera.judged(ping=answers(BACK_S + 1), rtsp=answers(BACK_S + 2), now_s=BACK_S + 2)
    assert told == (FieldCondition.FINE, None)


def test_what_fails_after_all_was_well_is_told_at_once(camera):
    camera.judged(ping=answers(BACK_S + 1), rtsp=answers(BACK_S + 2), now_s=BACK_S + 2)
    told = camera.judged(ping=answers(BACK_S + 9), rtsp=fails(BACK_S + 5), now_s=BACK_S + 9)
    assert told == (FieldCondition.FAULT, FieldCause.DEVICE_HUNG)


def test_behind_a_switch_that_restarted_it_has_two_minutes_to_start(camera):
    camera.is_new = True
    at_s = BACK_S + HOME_AGAIN_S
    told = camera.judged(ping=answers(at_s - 2), rtsp=fails(CUT_S, at_s - 2), now_s=at_s - 1)
    assert told == (FieldCondition.UNKNOWN, None)
    told = camera.judged(ping=answers(at_s), rtsp=fails(CUT_S, at_s), now_s=at_s)
    assert told == (FieldCondition.FAULT, FieldCause.DEVICE_HUNG)


def test_behind_a_switch_that_ran_through_it_is_told_once_it_was_asked_again(camera):
    at_s = BACK_S + BACK_AGAIN_S
    told = camera.judged(ping=answers(at_s), rtsp=fails(CUT_S), now_s=at_s)
    assert told == (FieldCondition.UNKNOWN, None)
    told = camera.judged(ping=answers(at_s), rtsp=fails(CUT_S, at_s), now_s=at_s)
    assert told == (FieldCondition.FAULT, FieldCause.DEVICE_HUNG)


# behind a port of its own that was dark


@pytest.fixture
def relit():
    """In fault by its port's darkness; the port has light again since BACK_S."""
    one = Camera()
    one.board.use(Topology(INVENTORY))
    one.board._ports["cam"] = SteadyPort(facts=PortFacts(oper_up=False, since_wall_s=CUT_S))
    dark = one.judged(ping=fails(CUT_S), rtsp=fails(CUT_S), now_s=CUT_S + 10)
    assert dark == (FieldCondition.FAULT, FieldCause.CABLE_OR_PORT)
    one.board._ports["cam"] = SteadyPort(facts=PortFacts(oper_up=True, since_wall_s=BACK_S))
    assert one.judged(ping=fails(CUT_S), rtsp=fails(CUT_S), now_s=BACK_S) == (FieldCondition.UNKNOWN, None)
    return one


def test_what_starts_behind_a_port_that_has_light_again_has_not_hung(relit):
    """Else its fault would end under one name and begin under another, and somebody be called twice."""
    assert not relit.board.is_well("cam")
    told = relit.judged(ping=answers(BACK_S + 20), rtsp=fails(CUT_S, BACK_S + 20), now_s=BACK_S + 20)
    assert told == (FieldCondition.UNKNOWN, None)
    told = relit.judged(ping=answers(BACK_S + 30), rtsp=answers(BACK_S + 30), now_s=BACK_S + 30)
    assert told == (FieldCondition.FINE, None)
    assert relit.board.is_well("cam")


def test_what_answers_nothing_two_minutes_after_its_port_has_light_again_has_hung(relit):
    at_s = BACK_S + HOME_AGAIN_S
    told = relit.judged(ping=fails(CUT_S, at_s), rtsp=fails(CUT_S, at_s), now_s=at_s)
    assert told == (FieldCondition.FAULT, FieldCause.DEVICE_HUNG)


def test_a_port_that_loses_its_light_again_meanwhile_is_the_fault_it_was(relit):
    relit.board._ports["cam"] = SteadyPort(facts=PortFacts(oper_up=False, since_wall_s=BACK_S + 5))
    told = relit.judged(ping=fails(CUT_S, BACK_S + 6), rtsp=fails(CUT_S, BACK_S + 6), now_s=BACK_S + 6)
    assert told == (FieldCondition.FAULT, FieldCause.CABLE_OR_PORT)

"""The ladder of one camera: each rung says what was seen there, and whether that is good."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from netwatch.core.errors import Reason
from netwatch.core.field.record import CheckState
from netwatch.core.field.verdict import PortFacts, Reach
from netwatch.core.model import Check, FieldDevice, PortRef
from netwatch.core.neighbours.sightings import PoeStatus
from netwatch.expose.page.ladder import rungs

MAC, OTHER = "00:40:8c:00:00:01", "02:00:00:00:00:09"
CAMERA = FieldDevice(
    id="cam-1",
    kind="cctv",
    site="s",
    port=PortRef(device="acc-1", interface="Gi1"),
    address="10.30.1.1",
    mac=MAC,
    checks=(Check(kind="rtsp"), Check(kind="ping")),
)
WELL = PortFacts(
    oper_up=True, admin_up=True, since_wall_s=5.0, poe=PoeStatus.DELIVERING, macs=frozenset({MAC}), ingress=True
)


def told(camera=CAMERA, port=WELL, reach=Reach.REACHABLE, checks=None):
    fields = SimpleNamespace(facts=lambda _name, _one: port, checks={"cam-1": checks or {}})
    city = SimpleNamespace(reach=lambda _one: reach, fields=fields)
    return {one.get("check", one["rung"]): (one["said"], one["good"]) for one in rungs(city, camera)}


def test_the_rungs_stand_from_the_switch_to_what_is_sent():
    checks = {"ping": CheckState(up=True), "rtsp": CheckState(up=False, failures=2, reason=Reason.TIMEOUT)}
    assert told(checks=checks) == {
        "reach": ("reachable", True),
        "port": ("up", True),
        "poe": ("delivering", True),
        "mac": ("there", True),
        "ping": ("answers", True),
        "rtsp": ("silent", False),
        "ingress": ("usual", True),
    }
    assert list(told(checks=checks)) == ["reach", "port", "poe", "mac", "ping", "rtsp", "ingress"]


@pytest.mark.parametrize(("reach", "good"), [(Reach.CUT, False), (Reach.UNSEEN, None)])
def test_behind_a_cut_what_the_port_said_last_is_not_told_as_if_it_were_now(reach, good):
    assert told(reach=reach)["reach"] == (reach.value, good)
    assert told(reach=reach)["port"] == ("unknown", None)
    assert not {"poe", "mac", "ingress"} & set(told(reach=reach))


def test_behind_a_cut_silence_convicts_nobody_and_an_answer_is_still_one():
    checks = {"ping": CheckState(up=True), "rtsp": CheckState(up=False, failures=2)}
    seen = told(reach=Reach.CUT, checks=checks)
    assert (seen["ping"], seen["rtsp"]) == (("answers", True), ("silent", None))


@pytest.mark.parametrize(
    ("macs", "said", "good"),
    [({OTHER}, "another", False), ({OTHER, "02::1"}, "others", None), (set(), "none", None)],
)
def test_one_other_mac_convicts_and_several_or_none_do_not(macs, said, good):
    assert told(port=replace(WELL, macs=frozenset(macs)))["mac"] == (said, good)


def test_a_port_that_is_shut_is_not_called_down_and_poe_that_searches_convicts_nobody():
    assert told(port=replace(WELL, admin_up=False, oper_up=False))["port"] == ("shut", False)
    assert told(port=replace(WELL, oper_up=None))["port"] == ("unknown", None)
    assert told(port=replace(WELL, poe=PoeStatus.SEARCHING))["poe"] == ("searching", None)


def test_a_shared_port_tells_of_the_others_and_not_of_the_traffic():
    shared = told(camera=replace(CAMERA, shared=True), port=replace(WELL, others_alive=False))
    assert shared["shared"] == ("silent", False)
    assert "ingress" not in shared


def test_a_camera_without_a_port_has_its_checks_alone():
    assert set(told(camera=replace(CAMERA, port=None))) == {"ping", "rtsp"}

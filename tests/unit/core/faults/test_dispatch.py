import pytest

from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.faults.dispatch import Crew, Dispatch, dispatch
from netwatch.core.records import replace
from tests.unit.core.streets import NOW, camera, town


def city():
    told = town("core-a", "a-b", cables={"c1": "core-a"})
    devices = {**told.devices, "a": replace(told.devices["a"], contractor="hanbit")}
    cameras = {"cam-1": camera("cam-1", "a", "at-a", contractor="hanbit"), "cam-2": camera("cam-2", "b", "at-b")}
    return replace(told, devices=devices, field_devices=cameras)


CITY = city()
HANBIT = {"contractor": "hanbit", "name": "한빛통신", "phone": "031-000-0000"}


def sent(kind, subject, **changes):
    return dispatch(CITY, Cause(kind=kind, subject=subject, since_wall_s=NOW, **changes))


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_ends_in_whom_to_send(kind):
    assert isinstance(sent(kind, "device:b").crew, Crew)


@pytest.mark.parametrize(
    ("kind", "subject", "crew", "contractor"),
    [
        (FaultKind.CABLE_CUT, "cable:c1", Crew.FIBRE, True),
        (FaultKind.LINK_CUT, "link:core-a", Crew.FIBRE, True),
        (FaultKind.LINK_CUT, "link:a-b", Crew.FIBRE, False),
        (FaultKind.REDUNDANCY_LOST, "cable:c1", Crew.FIBRE, True),
        (FaultKind.DEVICE_POWER, "device:a", Crew.ELECTRICIAN, True),
        (FaultKind.DEVICE_POWER, "device:b", Crew.ELECTRICIAN, False),
        (FaultKind.DEVICE_POWER, "site:at-a", Crew.ELECTRICIAN, False),
        (FaultKind.DEVICE_HANG, "device:a", Crew.NETWORK, True),
        (FaultKind.POE, "device:a", Crew.ELECTRICIAN, True),
        (FaultKind.FIELD_DEVICE, "field_device:cam-1", Crew.CAMERA, True),
        (FaultKind.FIELD_DEVICE, "field_device:cam-2", Crew.CAMERA, False),
        (FaultKind.WRONG_DEVICE, "field_device:cam-1", Crew.SECURITY, True),
        (FaultKind.VANTAGE, "vantage:", Crew.NETWORK, False),
    ],
)
def test_who_goes_and_who_is_called(kind, subject, crew, contractor):
    assert sent(kind, subject) == Dispatch(crew=crew, **(HANBIT if contractor else {}))


def test_a_shut_port_of_the_network_is_the_network_engineers_and_one_of_a_camera_is_not():
    assert sent(FaultKind.PORT, "port:a b").crew is Crew.NETWORK
    assert sent(FaultKind.PORT, "port:a cam-1", field_devices=frozenset({"cam-1"})).crew is Crew.CAMERA


def test_a_port_is_in_the_hands_of_whoever_has_its_switch():
    assert sent(FaultKind.PORT, "port:a b").contractor == "hanbit"


@pytest.mark.parametrize("subject", ["cable:gone", "link:gone", "device:gone", "port:gone 1", "field_device:gone"])
def test_what_the_inventory_does_not_know_any_more_has_nobody_to_call(subject):
    assert sent(FaultKind.LINK_CUT, subject) == Dispatch(crew=Crew.FIBRE)

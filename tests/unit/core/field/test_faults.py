import pytest

from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.field.faults import field_causes
from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict
from netwatch.core.records import replace
from netwatch.core.topology.graph import Topology
from tests.unit.core.streets import NOW, camera, port, town

CITY = town("core-a", "core-b", cameras={"cam-1": "a", "cam-2": "a", "cam-3": "a", "cam-4": "b"})


def fault(cause, *, since=NOW, said="said"):
    return FieldVerdict(condition=FieldCondition.FAULT, cause=cause, evidence=(said,), since_wall_s=since)


def found(verdicts, city=CITY):
    return list(field_causes(Topology(city), verdicts, now_wall_s=NOW + 60.0, window_s=20.0))


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (FieldCause.NO_POWER, FaultKind.POE),
        (FieldCause.CABLE_OR_PORT, FaultKind.PORT),
        (FieldCause.DEVICE_HUNG, FaultKind.FIELD_DEVICE),
        (FieldCause.STREAM_SILENT, FaultKind.FIELD_DEVICE),
        (FieldCause.WRONG_DEVICE, FaultKind.WRONG_DEVICE),
        (FieldCause.MOVED, FaultKind.WRONG_DEVICE),
    ],
)
def test_each_verdict_has_its_kind_of_fault(cause, kind):
    (one,) = found({"cam-1": fault(cause)})
    assert (one.kind, one.subject, one.field_devices) == (kind, "field_device:cam-1", {"cam-1"})


def test_without_light_it_could_be_the_port_and_with_light_it_could_not():
    (dark,) = found({"cam-1": fault(FieldCause.CABLE_OR_PORT)})
    assert dark.ambiguous_with == ("port:a cam-1",)
    (hung,) = found({"cam-1": fault(FieldCause.DEVICE_HUNG)})
    assert hung.ambiguous_with == ()


def test_what_is_fine_unreachable_or_unknown_is_no_fault():
    fine = {
        name: FieldVerdict(condition=condition)
        for name, condition in zip(
            ("cam-1", "cam-2", "cam-3"),
            [FieldCondition.FINE, FieldCondition.UNREACHABLE, FieldCondition.UNKNOWN],
            strict=True,
        )
    }
    assert found(fine) == []


def test_every_port_of_a_switch_dark_at_once_is_the_power_of_its_field_side():
    (one,) = found({name: fault(FieldCause.CABLE_OR_PORT, said=name) for name in ("cam-1", "cam-2", "cam-3")})
    assert (one.kind, one.subject) == (FaultKind.POE, "device:a")
    assert one.field_devices == {"cam-1", "cam-2", "cam-3"}
    assert one.ambiguous_with == ("site:at-a", "field_device:cam-1", "field_device:cam-2", "field_device:cam-3")


def test_all_but_one_of_them_are_faults_of_their_own():
    assert [
        one.subject for one in found({"cam-1": fault(FieldCause.CABLE_OR_PORT), "cam-2": fault(FieldCause.NO_POWER)})
    ] == [
        "field_device:cam-1",
        "field_device:cam-2",
    ]


def test_all_of_them_at_different_times_are_faults_of_their_own():
    times = {"cam-1": NOW, "cam-2": NOW - 3600.0, "cam-3": NOW}
    assert len(found({name: fault(FieldCause.CABLE_OR_PORT, since=at_s) for name, at_s in times.items()})) == 3


def test_a_date_that_nobody_knows_makes_no_moment():
    times = {"cam-1": NOW, "cam-2": None, "cam-3": NOW}
    assert len(found({name: fault(FieldCause.CABLE_OR_PORT, since=at_s) for name, at_s in times.items()})) == 3


def test_the_only_camera_of_a_switch_is_itself_the_fault():
    (one,) = found({"cam-4": fault(FieldCause.NO_POWER)})
    assert one.subject == "field_device:cam-4"


def test_several_on_one_dark_port_are_one_fault_of_the_port():
    both = {name: camera(name, "a", "at-a", port=port("a", "hub"), shared=True) for name in ("cam-1", "cam-2")}
    city = replace(town("core-a"), field_devices=both)
    (one,) = found({name: fault(FieldCause.CABLE_OR_PORT) for name in both}, city)
    assert (one.subject, one.field_devices) == ("port:a hub", {"cam-1", "cam-2"})
    assert one.ambiguous_with == ("field_device:cam-1", "field_device:cam-2")


def test_two_that_hang_behind_one_port_are_two_faults():
    both = {name: camera(name, "a", "at-a", port=port("a", "hub"), shared=True) for name in ("cam-1", "cam-2")}
    city = replace(town("core-a"), field_devices=both)
    assert len(found({name: fault(FieldCause.DEVICE_HUNG) for name in both}, city)) == 2


def test_a_field_device_without_a_port_names_itself_alone():
    city = replace(town("core-a"), field_devices={"cam-9": camera("cam-9", "a", "at-a", port=None)})
    (one,) = found({"cam-9": fault(FieldCause.CABLE_OR_PORT)}, city)
    assert (one.subject, one.ambiguous_with) == ("field_device:cam-9", ())


def test_a_fault_dates_from_its_first_and_one_without_a_date_from_now():
    (together,) = found(
        {n: fault(FieldCause.NO_POWER, since=NOW - n_s) for n, n_s in (("cam-1", 0), ("cam-2", 9), ("cam-3", 4))}
    )
    assert together.since_wall_s == NOW - 9
    (undated,) = found({"cam-1": fault(FieldCause.DEVICE_HUNG, since=None)})
    assert undated.since_wall_s == NOW + 60.0


def test_each_field_device_is_in_one_fault():
    verdicts = {
        name: fault(cause)
        for name, cause in zip(CITY.field_devices, FieldCause, strict=False)
        if cause in (FieldCause.NO_POWER, FieldCause.CABLE_OR_PORT, FieldCause.DEVICE_HUNG, FieldCause.STREAM_SILENT)
    }
    named = [name for one in found(verdicts) for name in one.field_devices]
    assert sorted(named) == sorted(verdicts)

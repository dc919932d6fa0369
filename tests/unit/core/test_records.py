import dataclasses

import pytest

from netwatch.core.device.reachability import Reachability
from netwatch.core.device.record import DeviceState, Identity, LaneHealth
from netwatch.core.records import replace


@pytest.mark.parametrize("kind", [DeviceState, Identity, LaneHealth, Reachability])
def test_every_field_is_kept_but_those_that_change(kind):
    record = kind()
    for one in dataclasses.fields(kind):
        advanced = replace(record, **{one.name: "changed"})
        assert advanced == dataclasses.replace(record, **{one.name: "changed"})
        assert type(advanced) is kind
    assert record == kind(), "the record itself never changes"


def test_a_field_that_does_not_exist_is_refused():
    with pytest.raises(TypeError, match="Identity has no field 'sys_nam'"):
        replace(Identity(), sys_nam="x")


def test_what_comes_out_is_as_frozen_as_what_went_in():
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(Identity(), sys_name="x").sys_name = "y"

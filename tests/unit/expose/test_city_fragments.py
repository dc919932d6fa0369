from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.metrics import BY_NAME
from netwatch.core.model import FieldDevice, Site
from netwatch.expose.city_fragments import CheckResult, render_field_device, render_maintenance, render_vantage
from netwatch.expose.labels import field_device_labels
from tests.unit.expose.city import SITE
from tests.unit.expose.reading import samples_of

CAMERA = FieldDevice(id="cam-0412", kind="cctv", site=SITE.id, service="cctv")
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=30)


def test_a_field_devices_clock_is_told_once_where_a_check_told_it():
    labels, name = field_device_labels(CAMERA, SITE), "netwatch_field_device_clock_offset_seconds"
    told = {"rtsp": CheckResult(up=True), "onvif": CheckResult(up=True, clock_offset_s=-3.25)}
    (offset,) = samples_of(render_field_device(labels, told)[name])
    assert offset.value == -3.25
    assert "check" not in offset.labels
    assert render_field_device(labels, {"onvif": CheckResult(up=True)})[name] == b""


def test_a_field_device_tells_each_check_that_was_tried_and_how_long_a_success_took():
    checks = {"ping": CheckResult(up=True, duration_s=0.004), "tcp/554": CheckResult(up=False)}
    fragments = render_field_device(field_device_labels(CAMERA, SITE), checks)
    up = samples_of(fragments["netwatch_field_device_check_up"])
    took = samples_of(fragments["netwatch_field_device_check_duration_seconds"])
    assert {s.labels["check"]: s.value for s in up} == {"ping": 1, "tcp/554": 0}
    assert {s.labels["check"]: s.value for s in took} == {"ping": 0.004}
    for sample in (*up, *took):
        assert set(sample.labels) == set(BY_NAME[sample.name].labels)
        assert (sample.labels["district"], sample.labels["service"]) == (SITE.district, "cctv")


def test_a_field_device_that_was_never_tried_tells_nothing():
    assert set(render_field_device(b"", {}).values()) == {b""}


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_whatever_a_district_or_a_subject_is_called_the_lines_parse(district, service, subject):
    camera = FieldDevice(id="cam-1", kind="cctv", site="s", service=service)
    labels = field_device_labels(camera, Site(id="s", name="", district=district))
    fragments = {**render_field_device(labels, {"ping": CheckResult(up=True)}), **render_maintenance([(subject, True)])}
    assert len(samples_of(b"".join(fragments.values()))) == 2


def test_a_subject_with_two_windows_is_one_series_that_is_1_while_either_runs():
    told = render_maintenance([("site:a", False), ("site:a", True), ("site:b", False)])["netwatch_maintenance_active"]
    assert told == b'netwatch_maintenance_active{subject="site:a"} 1\nnetwatch_maintenance_active{subject="site:b"} 0\n'


def test_a_vantage_that_is_not_known_is_not_told():
    assert render_vantage(None) == {"netwatch_vantage_up": b""}
    assert render_vantage(up=False) == {"netwatch_vantage_up": b"netwatch_vantage_up 0\n"}

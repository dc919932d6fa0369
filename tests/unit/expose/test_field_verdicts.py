from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict
from netwatch.core.metrics import BY_NAME
from netwatch.core.model import FieldDevice
from netwatch.expose.city_fragments import render_field_verdict, render_services, render_strangers
from netwatch.expose.labels import field_device_labels
from tests.unit.expose.city import SITE
from tests.unit.expose.reading import samples_of

LABELS = field_device_labels(FieldDevice(id="cam-0412", kind="cctv", site=SITE.id, service="cctv"), SITE)
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)


def told_of(verdict: FieldVerdict) -> tuple[dict[str, float], list[str]]:
    fragments = render_field_verdict(LABELS, verdict)
    states = samples_of(fragments["netwatch_field_device_state"])
    causes = samples_of(fragments["netwatch_field_device_cause"])
    for sample in (*states, *causes):
        assert set(sample.labels) == set(BY_NAME[sample.name].labels)
    return {s.labels["state"]: s.value for s in states}, [s.labels["cause"] for s in causes if s.value == 1]


@pytest.mark.parametrize("condition", FieldCondition)
def test_every_state_is_present_and_one_of_them_is_1(condition):
    states, _ = told_of(FieldVerdict(condition=condition))
    assert states == {one.value: float(one is condition) for one in FieldCondition}


@pytest.mark.parametrize("cause", FieldCause)
def test_a_cause_is_told_while_in_fault(cause):
    assert told_of(FieldVerdict(condition=FieldCondition.FAULT, cause=cause))[1] == [cause.value]


def test_what_is_behind_a_cut_has_no_cause_of_its_own():
    behind = FieldVerdict(condition=FieldCondition.UNREACHABLE, cause=FieldCause.UPSTREAM)
    assert told_of(behind)[1] == []
    assert told_of(FieldVerdict(condition=FieldCondition.FINE))[1] == []


def test_a_service_in_a_district_is_counted_in_all_four_states():
    counts = Counter({("cctv", "중앙동", FieldCondition.FINE): 30, ("cctv", "중앙동", FieldCondition.FAULT): 2})
    counts["its", "", FieldCondition.UNKNOWN] += 1
    told = {
        (s.labels["service"], s.labels["district"], s.labels["state"]): s.value
        for s in samples_of(render_services(counts)["netwatch_service_field_devices"])
    }
    assert len(told) == 2 * len(FieldCondition)
    assert told["cctv", "중앙동", "fine"] == 30
    assert told["cctv", "중앙동", "fault"] == 2
    assert told["cctv", "중앙동", "unreachable"] == 0
    assert sum(told.values()) == counts.total()


def test_ports_without_strangers_are_not_told():
    fragments = render_strangers([("acc-17", SITE.id, {"Gi1/0/3": 2, "Gi1/0/4": 0}), ("acc-18", SITE.id, {})])
    (sample,) = samples_of(fragments["netwatch_port_unregistered_macs"])
    assert (sample.labels, sample.value) == ({"device": "acc-17", "site": SITE.id, "interface": "Gi1/0/3"}, 2)
    assert set(sample.labels) == set(BY_NAME[sample.name].labels)


@given(ANY_TEXT, ANY_TEXT)
def test_whatever_things_are_called_the_lines_parse(one, other):
    counts = Counter({(one, other, FieldCondition.FINE): 1})
    lines = {**render_services(counts), **render_strangers([(one, other, {one: 1})])}
    assert len(samples_of(b"".join(lines.values()))) == 5

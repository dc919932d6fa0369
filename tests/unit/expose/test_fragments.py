import itertools
from array import array
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import (
    DeviceState,
    DeviceVerdict,
    Identity,
    InterfaceMap,
    InterfaceStatus,
    InterfaceTraffic,
)
from netwatch.core.metrics import BY_NAME, CATALOGUE, Scope
from netwatch.expose.fragments import PARTS, DeviceView
from netwatch.expose.port_states import STATE_FAMILIES
from netwatch.expose.totals import TRAFFIC_FAMILIES, Fragment
from tests.unit.expose.city import SITE, STAMP_MS, make_device, make_interfaces, make_state
from tests.unit.expose.reading import samples_of, series_of, text_of, values_of

SILENT = Reachability(answer=Answer.SILENT)
UNOBSERVED = Reachability(answer=Answer.NOT_OBSERVED)


def never(error: Exception) -> None:
    raise AssertionError("nothing may fail here") from error


def texts(fragments: Mapping[str, Fragment]) -> dict[str, bytes]:
    return {family: text_of(fragment, family) for family, fragment in fragments.items()}


def page_of(state: DeviceState, **device: object) -> bytes:
    return b"".join(texts(DeviceView(make_device(**device), SITE).render(state, never)).values())


def test_every_device_and_interface_family_of_the_catalogue_is_told_by_exactly_one_part():
    told = [family for part in PARTS for family in part.families]
    wanted = {metric.name for metric in CATALOGUE if metric.scope in (Scope.DEVICE, Scope.INTERFACE)}
    assert len(told) == len(set(told))
    assert set(told) == wanted


def test_a_device_that_is_fully_known_tells_every_family_with_the_labels_of_the_catalogue():
    for family, fragment in texts(DeviceView(make_device(), SITE).render(make_state(), never)).items():
        read = samples_of(fragment)
        assert read, family
        for sample in read:
            assert sample.name == family
            assert set(sample.labels) == set(BY_NAME[family].labels)


def test_stamped_families_carry_the_time_of_their_poll_and_no_other_does():
    for family, fragment in texts(DeviceView(make_device(), SITE).render(make_state(), never)).items():
        stamps = {sample.timestamp for sample in samples_of(fragment)}
        assert stamps == ({STAMP_MS / 1000} if BY_NAME[family].stamped else {None}), family


def test_totals_stand_in_the_row_and_column_they_came_from():
    state = make_state(("a", "b"))
    read = {
        (sample.name, sample.labels["interface"], sample.labels.get("cast")): sample.value
        for sample in samples_of(page_of(state))
        if sample.name.startswith("netwatch_interface_") and sample.name.endswith("_total")
    }
    totals = state.traffic.totals
    for row, port in enumerate(("a", "b")):
        for direction in ("receive", "transmit"):
            for what in ("bytes", "errors", "discards"):
                name = f"netwatch_interface_{direction}_{what}_total"
                assert read[name, port, None] == totals[f"{direction}_{what}"][row]
            for cast in ("unicast", "multicast", "broadcast"):
                name = f"netwatch_interface_{direction}_packets_total"
                assert read[name, port, cast] == totals[f"{direction}_{cast}_packets"][row]
    assert len(read) == 2 * 12


def test_a_gap_has_no_line_and_its_neighbours_keep_their_own_values_and_stamps():
    traffic = InterfaceTraffic(totals={"receive_bytes": (5, None, 7)}, stamp_ms=(1000, 2000, 3000))
    page = page_of(make_state(("a", "b", "c"), traffic=traffic))
    read = [s for s in samples_of(page) if s.name == "netwatch_interface_receive_bytes_total"]
    assert [(s.labels["interface"], s.value, s.timestamp) for s in read] == [("a", 5, 1.0), ("c", 7, 3.0)]


def test_a_column_with_gaps_only_is_absent():
    traffic = InterfaceTraffic(totals={"receive_bytes": (None, None)}, stamp_ms=(0, 0))
    assert values_of(page_of(make_state(traffic=traffic)), "netwatch_interface_receive_bytes_total") == []


def test_a_counter64_near_its_end_is_told_to_the_last_digit():
    traffic = InterfaceTraffic(totals={"receive_bytes": (2**64 - 1,)}, stamp_ms=(1,))
    assert b"} 18446744073709551615 1\n" in page_of(make_state(("a",), traffic=traffic))


@pytest.mark.parametrize(
    ("icmp", "snmp", "up"),
    [
        (Answer.ANSWERS, Answer.SILENT, [1]),
        (Answer.SILENT, Answer.ANSWERS, [1]),
        (Answer.SILENT, Answer.NOT_OBSERVED, [0]),
        (Answer.SILENT, Answer.SILENT, [0]),
        (Answer.NOT_OBSERVED, Answer.NOT_OBSERVED, []),
    ],
)
def test_a_device_is_up_if_it_answers_anything_and_neither_up_nor_down_if_it_was_not_asked(icmp, snmp, up):
    page = page_of(make_state(icmp=Reachability(answer=icmp), snmp=Reachability(answer=snmp)))
    assert values_of(page, "netwatch_device_up") == up


@pytest.mark.parametrize("verdict", list(DeviceVerdict))
def test_a_state_set_has_every_state_and_a_one_only_at_the_current(verdict):
    page = page_of(make_state(verdict=verdict))
    read = {s.labels["state"]: s.value for s in samples_of(page) if s.name == "netwatch_device_state"}
    assert read == {state.value: float(state is verdict) for state in DeviceVerdict}


def test_a_silent_agent_takes_its_last_known_port_states_and_uptime_from_the_page_but_not_its_state():
    page = page_of(make_state(snmp=SILENT))
    names = {sample.name for sample in samples_of(page)}
    assert not names & {"netwatch_interface_up", "netwatch_device_uptime_seconds"}
    assert {"netwatch_device_state", "netwatch_device_last_success_timestamp_seconds"} <= names
    assert values_of(page, "netwatch_device_snmp_up") == [0]


def test_rows_in_doubt_tell_neither_states_nor_counters():
    page = page_of(make_state(interfaces=make_interfaces(("Gi1/0/1", "Gi1/0/2"), in_doubt=True)))
    assert {s.name for s in samples_of(page) if s.name.startswith("netwatch_interface")} == {"netwatch_interface_info"}


def test_a_device_never_observed_tells_its_name_and_that_it_is_unknown():
    page = page_of(DeviceState())
    assert {sample.name for sample in samples_of(page)} == {"netwatch_device_info", "netwatch_device_state"}


def test_a_port_whose_state_is_unknown_to_its_agent_is_not_told_to_be_down():
    status = InterfaceStatus(admin=(1, 2, None), oper=(4, 2, 1), speed_bps=(None, 64_000, 9_600))
    page = page_of(make_state(("a", "b", "c"), status=status))
    assert values_of(page, "netwatch_interface_up") == [0, 1]
    assert values_of(page, "netwatch_interface_admin_up") == [1, 0]
    assert values_of(page, "netwatch_interface_speed_bytes_per_second") == [8000, 1200]


def test_uptime_goes_on_past_the_wrap_of_sysuptime():
    page = page_of(make_state(identity=Identity(uptime_ticks=100, uptime_wraps=2)))
    assert values_of(page, "netwatch_device_uptime_seconds") == [(2 * 2**32 + 100) / 100]


def test_no_page_holds_the_community():
    assert b"canary-secret" not in page_of(make_state())


def test_only_what_changed_is_rendered_anew():
    view = DeviceView(make_device(), SITE)
    before = view.render(make_state(), never)
    state = replace(make_state(), rtt_s=0.5)
    after = view.render(state, never)
    changed = {family for family in after if after[family] is not before[family]}
    assert "netwatch_device_icmp_rtt_seconds" in changed
    assert changed <= {"netwatch_device_icmp_rtt_seconds", "netwatch_device_icmp_up", "netwatch_device_icmp_loss_ratio"}
    assert texts(after) == texts(DeviceView(make_device(), SITE).render(state, never))


def test_what_was_rendered_before_is_left_as_it_was():
    view = DeviceView(make_device(), SITE)
    before = view.render(make_state(), never)
    kept = texts(before)
    view.render(make_state(icmp=SILENT, snmp=SILENT, traffic=InterfaceTraffic()), never)
    assert texts(before) == kept


VARIANTS = {
    "icmp": (SILENT, UNOBSERVED),
    "snmp": (SILENT, UNOBSERVED),
    "verdict": (DeviceVerdict.DOWN,),
    "rtt_s": (None, 0.7),
    "loss_ratio": (None, 1.0),
    "identity": (Identity(), Identity(sys_name="renamed", uptime_ticks=5)),
    "interfaces": (
        make_interfaces(("Gi1/0/1", "Gi1/0/2"), in_doubt=True),
        make_interfaces(("x", "y"), epoch=2),
        make_interfaces(("Gi1/0/1", "Gi1/0/2"), dropped=3, epoch=3),
    ),
    "status": (InterfaceStatus(), InterfaceStatus(admin=(2, 2), oper=(2, 2), speed_bps=(None, None))),
    "traffic": (InterfaceTraffic(), InterfaceTraffic(totals={"receive_bytes": (1, 2)}, stamp_ms=(9, 9))),
    "lanes": ({},),
}
STEPS = [{key: value} for key, values in VARIANTS.items() for value in values]


@given(st.lists(st.sampled_from(STEPS), max_size=6))
def test_rendering_step_by_step_ends_where_rendering_at_once_does(steps):
    view, state = DeviceView(make_device(), SITE), make_state()
    view.render(state, never)
    for step in steps:
        state = replace(state, **step)
        told = view.render(state, never)
        assert texts(told) == texts(DeviceView(make_device(), SITE).render(state, never))


def test_a_part_that_cannot_be_rendered_is_counted_and_left_out_and_the_others_stay():
    errors: list[Exception] = []
    misaligned = InterfaceStatus(admin=(1,), oper=(1,), speed_bps=(1,))
    fragments = DeviceView(make_device(), SITE).render(make_state(status=misaligned), errors.append)
    assert len(errors) == 1
    assert {fragments[family] for family in STATE_FAMILIES} == {b""}
    assert fragments["netwatch_interface_receive_bytes_total"]


@pytest.mark.parametrize("values", [(1,), (1, 2, 3), (None,), (None, 1, 2), array("Q", [1]), (1, "2"), (b"1", None)])
def test_a_column_that_cannot_be_written_out_is_found_when_it_is_folded_and_never_told(values):
    errors: list[Exception] = []
    traffic = InterfaceTraffic(totals={"receive_bytes": values}, stamp_ms=(1,) * len(values))
    fragments = DeviceView(make_device(), SITE).render(make_state(("a", "b"), traffic=traffic), errors.append)
    assert errors
    assert {fragments[family] for family in TRAFFIC_FAMILIES} == {b""}


HOSTILE = st.text(
    alphabet=st.characters(exclude_categories=()) | st.sampled_from('\\"\n\r\t\x00\x1b%{}, =#\u2028\u202e\udc80'),
    max_size=40,
)


@given(st.lists(HOSTILE, min_size=1, max_size=6, unique=True), HOSTILE, HOSTILE)
def test_whatever_a_device_calls_its_ports_the_page_parses_and_every_port_is_one_series(names, alias, descr):
    ports = len(names)
    interfaces = make_interfaces(tuple(names), aliases=(alias,) * ports, descriptions=(descr,) * ports)
    state = make_state(tuple(names), interfaces=interfaces, identity=Identity(sys_descr=descr, sys_name=alias))
    page = page_of(state, name=alias)
    series = series_of(page)
    assert len(series) == len(set(series))
    assert len(values_of(page, "netwatch_interface_up")) == ports
    assert len(values_of(page, "netwatch_interface_receive_bytes_total")) == ports


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), max_size=60))
def test_ordinary_text_of_any_script_comes_back_as_it_was(name):
    interfaces = make_interfaces((name,), aliases=(name,))
    page = page_of(make_state((name,), interfaces=interfaces))
    info = [s for s in samples_of(page) if s.name == "netwatch_interface_info"]
    assert [(s.labels["interface"], s.labels["alias"]) for s in info] == [(name, name)]


def test_names_that_look_alike_once_escaped_get_their_index_and_others_keep_their_name():
    names = ("a\x00", "a\\x00", "b")
    page = page_of(make_state(names))
    read = [s.labels["interface"] for s in samples_of(page) if s.name == "netwatch_interface_up"]
    assert read == ["a\\x00 10101", "a\\x00 10102", "b"]


def test_names_alike_in_their_first_255_characters_are_cut_and_told_apart():
    names = tuple("x" * 300 + tail for tail in "ab")
    page = page_of(make_state(names))
    read = [s.labels["interface"] for s in samples_of(page) if s.name == "netwatch_interface_up"]
    assert len(set(read)) == 2
    assert all(len(name) < 300 for name in read)


def test_ten_thousand_characters_of_description_are_cut():
    page = page_of(make_state(identity=Identity(sys_descr="y" * 10_000)))
    info = next(s for s in samples_of(page) if s.name == "netwatch_device_info")
    assert len(info.labels["sys_descr"]) == 255


def test_a_map_without_rows_tells_no_port():
    state = make_state((), interfaces=InterfaceMap(epoch=4))
    assert not [s for s in samples_of(page_of(state)) if s.name.startswith("netwatch_interface")]


def test_answers_of_both_kinds_in_every_combination_give_a_page_that_parses():
    for icmp, snmp, verdict in itertools.product(Answer, Answer, DeviceVerdict):
        state = make_state(icmp=Reachability(answer=icmp), snmp=Reachability(answer=snmp), verdict=verdict)
        assert samples_of(page_of(state))


@given(st.lists(st.sampled_from(["echo", "lost", "polled", "silent", "counted", "renamed"]), max_size=8))
def test_what_is_rendered_step_by_step_is_what_is_rendered_anew(history):
    view, state = DeviceView(make_device(), SITE), make_state()
    for turn, what in enumerate(history):
        match what:
            case "echo":
                state = replace(state, rtt_s=0.001 * turn, icmp=replace(state.icmp, answer=Answer.ANSWERS))
            case "lost":
                state = replace(state, icmp=SILENT, loss_ratio=0.05 * turn, verdict=DeviceVerdict.DEGRADED)
            case "polled":
                lanes = {lane: replace(one, duration_s=0.1 * turn) for lane, one in state.lanes.items()}
                state = replace(state, lanes=lanes, identity=replace(state.identity, uptime_ticks=turn))
            case "silent":
                state = replace(state, snmp=SILENT, verdict=DeviceVerdict.DOWN)
            case "counted":
                state = replace(state, traffic=InterfaceTraffic() if turn % 2 else make_state().traffic)
            case _:
                state = replace(state, identity=replace(state.identity, sys_name=f"renamed {turn}"))
        assert texts(view.render(state, never)) == texts(DeviceView(make_device(), SITE).render(state, never))

from dataclasses import replace

import pytest

from netwatch.core.events import EventKind
from netwatch.core.maintenance.windows import (
    OVER_SHOWN_S,
    Origin,
    Phase,
    Window,
    active,
    active_subjects,
    covered,
    ended,
    is_in_maintenance,
    next_change_s,
    told_of,
)
from netwatch.core.model import Cable, FibreRun, FieldDevice, Link, Maintenance, PortRef, Ring, Site
from tests.unit.core.polled import make_device
from tests.unit.engine.town import inventory

FROM_S, UNTIL_S = 1000.0, 2000.0


def port(text):
    device, _, interface = text.partition(" ")
    return PortRef(device=device, interface=interface)


def link(name, a, b, *, cables=(), ring=None, members=()):
    return Link(
        id=name,
        a=port(a),
        b=port(b),
        fibre=tuple(FibreRun(cable=cable) for cable in cables),
        ring=ring,
        members=tuple((port(one), port(other)) for one, other in members),
    )


def camera(name, on, site):
    return FieldDevice(id=name, kind="cctv", site=site, port=port(on) if on else None)


CITY = inventory(
    replace(make_device("core-1"), site="hall"),
    replace(make_device("acc-1"), site="street"),
    replace(make_device("acc-2"), site="street"),
    cameras=(camera("cam-1", "acc-1 Gi3", "street"), camera("cam-2", "acc-2 Gi3", "pole"), camera("cam-3", "", "pole")),
    sites={name: Site(id=name, name=name) for name in ("hall", "street", "pole")},
    cables={name: Cable(id=name) for name in ("c-1", "c-2", "c-3")},
    rings={"ring-a": Ring(id="ring-a")},
    links={
        one.id: one
        for one in (
            link("up-1", "core-1 Te1", "acc-1 Te1", cables=("c-1", "c-3"), ring="ring-a"),
            link("up-2", "core-1 Te2", "acc-2 Te1", cables=("c-2", "c-3"), ring="ring-a"),
            link("lag", "acc-1 Po1", "acc-2 Po1", members=(("acc-1 Gi1", "acc-2 Gi1"), ("acc-1 Gi2", "acc-2 Gi2"))),
        )
    },
)


def window(subject="ring:ring-a", *, from_s=FROM_S, until_s=UNTIL_S, declared_s=500.0, **changes):
    plan = Maintenance(id="m-1", subject=subject, from_s=from_s, until_s=until_s, by="kim", approved_by="lee")
    return Window(**{"plan": plan, "origin": Origin.COMMAND, "declared_wall_s": declared_s, **changes})


def beside(*subjects):
    """What is covered with these subjects."""
    return covered(CITY, subjects) - set(subjects)


def test_a_link_a_field_device_and_the_vantage_cover_themselves_alone():
    assert beside("link:lag") == beside("field_device:cam-1") == beside("vantage:") == set()


def test_nothing_covers_nothing():
    assert covered(CITY, ()) == frozenset()


def test_a_cable_covers_the_links_that_run_in_it():
    assert beside("cable:c-3") == {"link:up-1", "link:up-2", "cable:c-1", "cable:c-2", "ring:ring-a"}


def test_a_ring_covers_its_links_but_no_device_of_it():
    assert {"link:up-1", "link:up-2"} <= beside("ring:ring-a")
    assert not any(subject.startswith(("device:", "site:", "field_device:")) for subject in beside("ring:ring-a"))


def test_a_cable_is_covered_only_once_every_link_in_it_is():
    assert beside("link:up-1") == {"cable:c-1"}
    assert beside("link:up-1", "link:up-2") == {"cable:c-1", "cable:c-2", "cable:c-3", "ring:ring-a"}


def test_a_device_covers_its_ports_the_links_that_end_there_and_what_hangs_on_it():
    assert beside("device:acc-1") == {
        *("port:acc-1 Te1", "port:acc-1 Po1", "port:acc-1 Gi1", "port:acc-1 Gi2", "port:acc-1 Gi3"),
        *("link:up-1", "link:lag", "cable:c-1", "field_device:cam-1"),
    }


def test_a_port_covers_what_hangs_on_it_also_as_a_member():
    assert beside("port:acc-1 Gi3") == {"field_device:cam-1"}
    assert beside("port:acc-2 Gi2") == {"link:lag"}


def test_a_site_covers_what_stands_there_and_what_hangs_on_that():
    street = beside("site:street")
    assert {"device:acc-1", "device:acc-2", "link:up-1", "link:lag", "field_device:cam-1"} <= street
    assert "field_device:cam-2" in street  # on a pole, but on a switch of the street
    assert not {"device:core-1", "site:hall", "site:pole", "field_device:cam-3"} & street


def test_a_camera_on_the_pole_of_a_site_takes_its_port_with_it_but_not_the_switch():
    assert beside("site:pole") == {"field_device:cam-2", "field_device:cam-3", "port:acc-2 Gi3"}


def test_a_site_whose_only_switch_is_worked_on_is_worked_on():
    assert "site:hall" in beside("device:core-1")
    assert "site:street" not in beside("device:acc-1")


def test_a_port_that_no_inventory_names_is_covered_by_its_device():
    subjects = active_subjects(CITY, [window("device:acc-1"), window("device:acc-2", from_s=1900.0)], 1500.0)
    assert is_in_maintenance(subjects, "port:acc-1 Gi1/0/48")
    assert not is_in_maintenance(subjects, "port:acc-10 Gi1/0/48")
    assert not is_in_maintenance(subjects, "port:acc-2 Gi1/0/48")
    assert is_in_maintenance(subjects, "link:up-1")
    assert not is_in_maintenance(subjects, "device:acc-2")


@pytest.mark.parametrize(
    ("at_s", "phase"),
    [(999.9, Phase.PLANNED), (1000.0, Phase.RUNNING), (1999.9, Phase.RUNNING), (2000.0, Phase.OVER)],
)
def test_a_window_runs_from_its_first_second_to_before_its_last(at_s, phase):
    assert window().phase(at_s) is phase
    assert (active([window()], at_s) == {"ring:ring-a"}) == (phase is Phase.RUNNING)


def test_a_window_that_was_ended_is_over_from_then_on():
    early = ended(window(), 1500.0, by="lee")
    assert (early.until_s, early.ended_by) == (1500.0, "lee")
    assert early.phase(1499.0) is Phase.RUNNING
    assert early.phase(1500.0) is Phase.OVER


def test_a_window_that_was_ended_before_it_began_never_runs():
    called_off = ended(window(), 700.0, by="lee")
    assert [called_off.phase(at_s) for at_s in (699.0, 1500.0)] == [Phase.PLANNED, Phase.OVER]


def test_a_window_that_is_over_cannot_be_ended():
    assert ended(window(), 2000.0, by="lee") is not None
    assert ended(window(), 2000.0, by="lee").ended_wall_s is None


def test_declared_before_means_before_the_first_second():
    assert window(declared_s=999.9).is_declared_before
    assert not window(declared_s=FROM_S).is_declared_before
    assert not window(declared_s=5000.0).is_declared_before


def test_nobody_approves_their_own_request():
    assert window().is_approved
    assert not window(user="lee").is_approved
    assert not replace(window(), plan=replace(window().plan, approved_by="kim")).is_approved
    assert not replace(window(), plan=replace(window().plan, approved_by="")).is_approved


def test_the_subjects_told_are_all_that_are_covered_and_the_windows_that_do_not_run():
    windows = [window("cable:c-1"), window("site:hall", from_s=3000.0, until_s=4000.0)]
    assert active_subjects(CITY, windows, 1500.0) == {"cable:c-1": True, "link:up-1": True, "site:hall": False}


def test_one_of_two_windows_of_a_subject_that_runs_is_enough():
    windows = [window("link:lag"), window("link:lag", from_s=1900.0, until_s=4000.0)]
    assert [active_subjects(CITY, windows, at_s)["link:lag"] for at_s in (900.0, 1950.0, 2500.0, 4000.0)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_window_of_the_command_leaves_the_pages_a_while_after_its_end_and_one_of_the_inventory_stays():
    gone_s = UNTIL_S + OVER_SHOWN_S
    assert active_subjects(CITY, [window()], gone_s - 1) == {"ring:ring-a": False}
    assert active_subjects(CITY, [window()], gone_s) == {}
    assert active_subjects(CITY, [window(origin=Origin.INVENTORY)], gone_s) == {"ring:ring-a": False}


def test_what_is_active_changes_only_at_the_times_foretold():
    windows = [window("cable:c-1"), window("link:lag", from_s=1500.0, until_s=1600.0)]
    at_s, steps = 0.0, []
    while (later_s := next_change_s(windows, at_s)) != float("inf"):
        just_before = active_subjects(CITY, windows, later_s - 0.001)
        assert just_before == active_subjects(CITY, windows, at_s)
        assert just_before != active_subjects(CITY, windows, later_s)
        at_s = later_s
        steps.append(at_s)
    assert steps == [1000.0, 1500.0, 1600.0, 2000.0, 1600.0 + OVER_SHOWN_S, 2000.0 + OVER_SHOWN_S]


def test_the_event_of_a_window_is_about_its_subject_and_says_who_and_until_when():
    called_off = ended(window(), 1500.0, by="park")
    event = told_of(called_off, EventKind.MAINTENANCE_ENDED, 1500.0)
    assert (event.subject, event.at_wall_s) == ("ring:ring-a", 1500.0)
    assert {"id": "m-1", "until": 1500.0, "by": "kim", "ended_by": "park", "declared_before": True}.items() <= dict(
        event.detail
    ).items()

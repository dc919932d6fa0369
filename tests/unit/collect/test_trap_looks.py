"""What a trap leads to, in virtual time."""

import asyncio

from netwatch.collect.trap_gate import Heard, TrapOutcome
from netwatch.collect.trap_looks import REFUSALS_APART_S, SECOND_S, SETTLED_S, Doors, TrapLooks
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.events import EventKind
from netwatch.core.model import FieldDevice, Lane, Link, PortRef
from netwatch.core.notices import Meaning, Notice
from tests.traps import device, inventory
from tests.virtual_time import in_virtual_time

ROWS = InterfaceMap(epoch=1, indexes=("1", "2"), names=("Gi1", "Gi2"), descriptions=("", ""), aliases=("", ""))
CITY = inventory(
    device("sw", "10.0.0.1"),
    device("core", "10.0.0.2"),
    links={"up": Link(id="up", a=PortRef(device="sw", interface="Gi1"), b=PortRef(device="core", interface="Te1"))},
    field_devices={"cam": FieldDevice(id="cam", kind="cctv", site="hall", port=PortRef(device="sw", interface="Gi2"))},
)


def heard(meaning, index=None, *, outcome=TrapOutcome.ACTED_ON):
    notice = Notice(name="some", root=(1,), meaning=meaning)
    return Heard(outcome=outcome, devices=("sw",), notice=notice, index=index)


def followed(*told, for_s=20.0):
    """What was asked for: (after_s, what, of whom); and the events. `told` are (after_s, Heard)."""
    asked, events = [], []

    async def work():
        loop = asyncio.get_running_loop()
        begun_s = loop.time()

        def note(what):
            return lambda name, *more: asked.append((round(loop.time() - begun_s, 3), what, name, *more))

        looks = TrapLooks(
            Doors(
                look=note("look"),
                echo=note("echo"),
                check=note("check"),
                interfaces=lambda name: ROWS if name == "sw" else InterfaceMap(),
                record=events.append,
                asked=lambda _: None,
            )
        )
        looks.use(CITY)
        for after_s, one in told:
            loop.call_at(begun_s + after_s, looks.follow, one)
        await asyncio.sleep(for_s)

    in_virtual_time(work())
    return asked, events


def test_a_port_of_a_link_has_both_its_ends_asked_at_once_and_again():
    asked, _ = followed((0.0, heard(Meaning.PORT, 1)))
    assert asked == [
        (0.0, "look", "sw", Lane.STATUS),
        (0.0, "echo", "core", 0.0),
        (0.0, "echo", "core", 0.3),
        (0.0, "look", "core", Lane.STATUS),
        (SECOND_S, "look", "core", Lane.STATUS),
        (SECOND_S, "look", "sw", Lane.STATUS),
        (SETTLED_S, "look", "sw", Lane.STATUS),
    ]


def test_a_port_of_a_camera_has_the_camera_checked():
    asked, _ = followed((0.0, heard(Meaning.PORT, 2)))
    assert (0.0, "check", "cam") in asked


def test_a_port_that_is_not_known_has_its_device_asked():
    assert {name for _, _, name, *_ in followed((0.0, heard(Meaning.PORT, 99)))[0]} == {"sw"}
    assert {name for _, _, name, *_ in followed((0.0, heard(Meaning.PORT)))[0]} == {"sw"}


def test_a_start_has_the_device_asked_and_echoed_twice():
    asked, _ = followed((0.0, heard(Meaning.STARTED)), for_s=1.0)
    assert asked == [
        (0.0, "look", "sw", Lane.STATUS),
        (0.0, "echo", "sw", 0.0),
        (0.0, "echo", "sw", 0.3),
        (SECOND_S, "look", "sw", Lane.STATUS),
    ]


def test_power_has_the_health_read_as_well():
    asked, _ = followed((0.0, heard(Meaning.POWER)), for_s=1.0)
    assert [one[3] for one in asked] == [Lane.STATUS, Lane.HEALTH]


def test_a_port_that_flaps_on_is_looked_at_when_a_moment_is_over_so_that_its_last_state_is_seen():
    again = heard(Meaning.PORT, 1, outcome=TrapOutcome.DUPLICATE)
    asked, _ = followed((0.0, heard(Meaning.PORT, 1)), (0.2, again), (0.4, again), (0.6, again))
    assert [at_s for at_s, what, name, *_ in asked if (what, name) == ("look", "sw")] == [
        0.0,
        SECOND_S,
        1.2,
        SETTLED_S,
    ]


def test_what_means_nothing_leads_to_nothing():
    assert followed((0.0, Heard(outcome=TrapOutcome.UNKNOWN_SOURCE))) == ([], [])


def test_wrong_credentials_are_an_event_and_nothing_is_asked():
    asked, events = followed((0.0, heard(Meaning.REFUSED)))
    assert asked == []
    (event,) = events
    assert (event.kind, event.subject) == (EventKind.AUTHENTICATION_FAILURE, "device:sw")
    assert event.detail == {"times": 1, "told_by": "trap"}


def test_who_goes_on_guessing_is_told_seldom_with_how_often():
    told = [(n * 10.0, heard(Meaning.REFUSED)) for n in range(100)]
    told += [(5.5, heard(Meaning.REFUSED, outcome=TrapOutcome.DUPLICATE))]
    _, events = followed(*told, for_s=1000.0)
    assert [event.detail["times"] for event in events] == [1, 1 + REFUSALS_APART_S / 10]

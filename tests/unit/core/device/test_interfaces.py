from dataclasses import replace

import pytest

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.interfaces import Discovery, rediscover
from netwatch.core.events import EventKind
from netwatch.core.names import NoMatch, match

LIMIT = 100


def discovery(names, *, complete=True, descriptions=None, aliases=None):
    """What a device said: {index: ifName}; ifDescr is `Port <ifName>` unless given."""
    return Discovery(
        device="acc-17",
        at_wall_s=1000.0,
        complete=complete,
        indexes=tuple(names),
        names=tuple(names.values()),
        descriptions=descriptions or tuple(f"Port {name}" for name in names.values()),
        aliases=aliases or ("",) * len(names),
        types=(6,) * len(names),
    )


def discovered(names):
    return rediscover(InterfaceMap(), discovery(names), limit=LIMIT)[0]


THREE = {"1": "Gi1", "2": "Gi2", "3": "Gi3"}


def test_the_first_discovery_makes_the_map_and_is_no_news():
    ports, events = rediscover(InterfaceMap(), discovery(THREE), limit=LIMIT)
    assert (ports.epoch, ports.indexes, ports.names) == (1, ("1", "2", "3"), ("Gi1", "Gi2", "Gi3"))
    assert ports.types == (6, 6, 6)
    assert events == ()


def test_the_same_rows_again_change_nothing():
    ports = discovered(THREE)
    assert rediscover(ports, discovery(THREE), limit=LIMIT) == (ports, ())


def test_renumbered_ports_keep_their_names_and_are_one_event():
    ports, events = rediscover(discovered(THREE), discovery({"11": "Gi1", "12": "Gi2", "3": "Gi3"}), limit=LIMIT)
    assert ports.epoch == 2
    assert dict(zip(ports.names, ports.indexes, strict=True)) == {"Gi1": "11", "Gi2": "12", "Gi3": "3"}
    (event,) = events
    assert (event.kind, event.subject, event.at_wall_s) == (EventKind.IFINDEX_CHANGED, "device:acc-17", 1000.0)
    assert event.detail == {"moved": 2, "ports": "Gi1 1→11, Gi2 2→12"}


def test_the_ports_of_a_renumbered_chassis_are_listed_up_to_twenty():
    before = discovered({str(n): f"Gi{n}" for n in range(1, 49)})
    _, (event,) = rediscover(before, discovery({str(n + 100): f"Gi{n}" for n in range(1, 49)}), limit=LIMIT)
    assert event.detail["moved"] == 48
    assert event.detail["ports"].endswith("Gi20 20→120 and 28 more")


def test_a_complete_discovery_adds_and_retires_ports_by_name():
    ports, events = rediscover(discovered(THREE), discovery({"1": "Gi1", "3": "Gi3", "4": "Gi4"}), limit=LIMIT)
    assert ports.names == ("Gi1", "Gi3", "Gi4")
    assert [(e.kind, e.subject) for e in events] == [
        (EventKind.INTERFACE_REMOVED, "port:acc-17 Gi2"),
        (EventKind.INTERFACE_ADDED, "port:acc-17 Gi4"),
    ]


def test_a_line_card_of_many_ports_is_one_event():
    many = {str(n): f"Gi{n}" for n in range(1, 90)}
    _, events = rediscover(discovered(THREE), discovery(many), limit=LIMIT)
    assert [(e.kind, e.subject, e.detail["count"]) for e in events] == [
        (EventKind.INTERFACE_ADDED, "device:acc-17", 86)
    ]


def test_a_partial_discovery_adds_and_moves_what_it_saw_and_retires_nothing():
    before = discovered(THREE)
    ports, events = rediscover(before, discovery({"11": "Gi1", "4": "Gi4"}, complete=False), limit=LIMIT)
    assert dict(zip(ports.names, ports.indexes, strict=True)) == {"Gi2": "2", "Gi3": "3", "Gi4": "4", "Gi1": "11"}
    assert not ports.in_doubt
    assert [e.kind for e in events] == [EventKind.IFINDEX_CHANGED, EventKind.INTERFACE_ADDED]


def test_a_partial_discovery_that_shows_another_port_at_an_unseen_ports_index_leaves_all_in_doubt():
    before = discovered(THREE)
    ports, events = rediscover(before, discovery({"2": "Gi1"}, complete=False), limit=LIMIT)
    assert (ports, events) == (replace(before, in_doubt=True), ())


def test_a_partial_discovery_without_ifname_renames_no_port():
    before = discovered(THREE)
    blind = discovery(
        {"1": "", "2": "", "3": ""}, complete=False, descriptions=("Port Gi1", "Port Gi2", ""), aliases=("a", "b", "c")
    )
    ports, events = rediscover(before, blind, limit=LIMIT)
    assert (ports.names, ports.epoch, events) == (before.names, before.epoch, ())
    assert ports.aliases == ("a", "b", "c")


def test_a_partial_discovery_that_saw_one_of_two_namesakes_keeps_its_suffix():
    before = discovered({"1": "eth", "2": "eth"})
    ports, events = rediscover(before, discovery({"1": "eth"}, complete=False), limit=LIMIT)
    assert (ports.names, events) == (("eth (1)", "eth (2)"), ())


def test_an_empty_table_puts_known_ports_in_doubt_and_retires_none():
    before = discovered(THREE)
    assert rediscover(before, discovery({}), limit=LIMIT) == (replace(before, in_doubt=True), ())
    assert rediscover(InterfaceMap(), discovery({}), limit=LIMIT) == (InterfaceMap(), ())


def test_a_walk_that_failed_before_its_first_row_is_not_an_empty_table():
    for before in (discovered(THREE), replace(discovered(THREE), in_doubt=True)):
        assert rediscover(before, discovery({}, complete=False), limit=LIMIT) == (before, ())


@pytest.mark.parametrize(
    ("seen", "complete", "in_doubt"),
    [(THREE, True, False), (THREE, False, False), ({"1": "Gi1"}, False, True), ({"1": "Gi1"}, True, False)],
)
def test_doubt_ends_when_the_discovery_is_complete_or_saw_every_port(seen, complete, in_doubt):
    doubtful = replace(discovered(THREE), in_doubt=True)
    assert rediscover(doubtful, discovery(seen, complete=complete), limit=LIMIT)[0].in_doubt is in_doubt


def test_new_aliases_are_taken_without_a_new_epoch():
    before = discovered(THREE)
    ports, events = rediscover(before, discovery(THREE, aliases=("camera", "", "")), limit=LIMIT)
    assert (ports.aliases[0], ports.epoch, events) == ("camera", before.epoch, ())


def test_rows_beyond_the_cap_are_dropped_in_index_order_counted_and_told_once():
    many = {str(n): f"Gi{n}" for n in (10, 9, 2, 1)}
    ports, (event,) = rediscover(InterfaceMap(), discovery(many), limit=3)
    assert (ports.names, ports.dropped) == (("Gi1", "Gi2", "Gi9"), 1)
    assert (event.kind, event.detail) == (EventKind.INTERFACES_DROPPED, {"dropped": 1, "limit": 3})
    assert rediscover(ports, discovery(many), limit=3) == (ports, ())


def test_a_port_the_inventory_names_is_the_last_to_be_dropped_and_stays_in_index_order():
    many = {"3": "Gi3", "40": "Gi40", "1": "Gi1", "2": "Gi2", "50": "Gi50"}
    ports, (event,) = rediscover(InterfaceMap(), discovery(many), limit=3, ports={"Port Gi40", "Gi3"})
    assert (ports.names, ports.dropped) == (("Gi1", "Gi3", "Gi40"), 2)
    assert event.detail == {"dropped": 2, "limit": 3}


def test_a_port_text_that_means_several_rows_keeps_them_all_and_stays_ambiguous():
    rows = discovery({str(n): f"Gi{n}" for n in range(1, 7)}, aliases=("", "", "", "", "camera", "camera"))
    ports, _ = rediscover(InterfaceMap(), rows, limit=3, ports={"camera", "no such port"})
    assert ports.names == ("Gi1", "Gi5", "Gi6")
    assert match("camera", ports) is NoMatch.AMBIGUOUS


def test_no_more_ports_are_kept_than_the_cap_even_if_the_inventory_names_them_all():
    many = {str(n): f"Gi{n}" for n in range(1, 7)}
    ports, _ = rediscover(InterfaceMap(), discovery(many), limit=3, ports=set(many.values()))
    assert (len(ports.names), ports.dropped) == (3, 3)

from netwatch.core.neighbours.bridging import added_macs, stations
from netwatch.core.neighbours.local_ports import local_ports
from tests.unit.core.tables import bridged, fdb, interfaces

A, B, C, GROUP = "00:40:8c:00:00:01", "00:40:8c:00:00:02", "00:40:8c:00:00:03", "01:00:5e:00:00:01"
NAMES = ["Gi1", "Gi2", "Gi3"]
LEARNED, SELF, MANAGEMENT = 3, 4, 5


def seen(entries, *, bridge=(101, 102, 103), first=101):
    found = stations(fdb(entries), local_ports(interfaces(NAMES, first=first), bridged(bridge)))
    return {name: sorted(macs) for name, macs in found.macs.items()}, found.unmapped


def test_a_learned_station_is_on_the_interface_behind_its_bridge_port():
    macs, unmapped = seen({A: (1, LEARNED), (20, B): (3, LEARNED), (30, B): (3, LEARNED)})
    assert (macs, unmapped) == ({"Gi1": [A], "Gi2": [], "Gi3": [B]}, 0)


def test_what_was_not_learned_and_what_is_no_station_does_not_count():
    macs, unmapped = seen({A: (1, SELF), B: (2, MANAGEMENT), GROUP: (2, LEARNED), C: (2, LEARNED)})
    assert (macs, unmapped) == ({"Gi1": [], "Gi2": [C], "Gi3": []}, 0)


def test_an_agent_that_does_not_tell_how_it_learned_has_learned():
    assert seen({A: (1, None)})[0]["Gi1"] == [A]


def test_nothing_is_known_of_an_interface_that_is_no_bridge_port():
    assert "Gi3" not in seen({A: (1, LEARNED)}, bridge=(101, 102))[0]


def test_a_table_that_numbers_ports_by_ifindex_is_read_so():
    """A PON head-end and an office switch among the recordings do."""
    macs, unmapped = seen({A: (101, LEARNED), B: (103, LEARNED), C: (701, LEARNED)})
    assert (macs, unmapped) == ({"Gi1": [A], "Gi2": [], "Gi3": [B]}, 1)


def test_where_most_stations_have_no_port_an_empty_port_is_not_known_to_be_empty():
    macs, unmapped = seen({A: (1, LEARNED), B: (0, LEARNED), C: (0, LEARNED)})
    assert (macs, unmapped) == ({"Gi1": [A]}, 2)


def test_hostile_rows_cost_no_others():
    table = fdb({A: (1, LEARNED), B: (b"2", LEARNED), C: (None, LEARNED)})
    indexes = (*table.indexes, "1.2.3", "1.0.64.140.0.0.999")
    columns = {"port": [*table.columns["port"], 1, 1], "status": [*table.columns["status"], LEARNED, LEARNED]}
    broken = type(table)(indexes=indexes, columns=columns, at_s=[1.0] * 5, uptime_ticks=[None] * 5)
    found = stations(broken, local_ports(interfaces(NAMES, first=101), bridged((101, 102, 103))))
    assert {name: set(macs) for name, macs in found.macs.items() if macs} == {"Gi1": {A}}


def test_what_a_broken_off_table_shows_is_added_and_moved_and_the_rest_stays():
    before = {"Gi1": frozenset({A}), "Gi2": frozenset({B})}
    after = added_macs(before, {"Gi3": frozenset({A}), "Gi1": frozenset({C})})
    assert after == {"Gi1": {C}, "Gi2": {B}, "Gi3": {A}}


def test_ports_without_a_station_share_one_empty_set_for_a_city_has_a_quarter_of_a_million_of_them():
    found = stations(fdb({A: (1, LEARNED)}), local_ports(interfaces(NAMES, first=101), bridged((101, 102, 103)))).macs
    assert found["Gi2"] is found["Gi3"]
    left = added_macs({"Gi1": frozenset({A}), "Gi2": frozenset()}, {"Gi3": frozenset({A})})
    assert left["Gi1"] is left["Gi2"]

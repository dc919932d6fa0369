"""Measured tables folded into how a device is: placed on ports, named, bounded; each table for itself."""

from dataclasses import replace
from math import nan

import pytest

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.ports import Ground
from netwatch.core.device.record import DeviceState, InterfaceStatus
from netwatch.core.errors import Reason
from netwatch.core.health.entities import Entities
from netwatch.core.health.equipment import MOST_LABELS
from netwatch.core.health.fold import fold_equipment, unread
from netwatch.core.health.gauges import Around, gauges_of, rows_to_read, told_of_ports
from netwatch.core.health.measures import Measure, Rejection, Tells
from netwatch.core.model import Device, Lane
from netwatch.core.neighbours.local_ports import local_ports
from netwatch.core.observation import Completeness, SnmpObservation, TableReading
from netwatch.profiles.load import load_profiles, read_profile

GROUND = Ground(
    device=Device(id="sw-1", site="s", address="10.0.0.1", every_s={}),
    charset="cp949",
    max_interfaces=100,
    capacities_bps={},
)
PORTS = InterfaceMap(
    epoch=1,
    indexes=("1", "2", "49"),
    names=("Gi1/0/1", "Gi1/0/2", "Te1/1/1"),
    aliases=("", "", ""),
    descriptions=("GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "TenGigabitEthernet1/1/1"),
    types=(6, 6, 6),
)
PROFILE = """\
profile: cabinet
vendor: Hanbit
tables:
  optics:
    index: module.ifIndex
    columns:
      rx: {oid: 1.3.6.1.4.1.9.5.1.2, syntax: INTEGER, lane: health, means: receive_power, unit: 0.01 dBm, invalid: 0}
      limit: {oid: 1.3.6.1.4.1.9.5.1.3, syntax: INTEGER, lane: discovery, means: receive_low_alarm, unit: 0.01 dBm}
  lanes:
    index: ifIndex.lane
    columns:
      tx: {oid: 1.3.6.1.4.1.9.6.1.2, syntax: INTEGER, lane: health, means: transmit_power, unit: dBm}
  memory:
    index: pool
    columns:
      name: {oid: 1.3.6.1.4.1.9.7.1.1, syntax: DisplayString, lane: discovery, means: name}
      used: {oid: 1.3.6.1.4.1.9.7.1.2, syntax: INTEGER, lane: health, means: memory_used_amount}
      free: {oid: 1.3.6.1.4.1.9.7.1.3, syntax: INTEGER, lane: health, means: memory_free_amount}
  gauge:
    index: gauge
    kinds:
      of: unit
      1: {means: temperature, unit: °C}
      2: {means: fan_speed, unit: rpm}
    columns:
      unit: {oid: 1.3.6.1.4.1.9.8.1.1, syntax: INTEGER, lane: discovery}
      value: {oid: 1.3.6.1.4.1.9.8.1.2, syntax: INTEGER, lane: health}
  box:
    index: scalars
    label: system
    columns:
      serial: {oid: 1.3.6.1.4.1.9.9.1, syntax: DisplayString, lane: discovery, means: serial}
      load: {oid: 1.3.6.1.4.1.9.9.2, syntax: INTEGER, lane: health, means: cpu, unit: "%"}
"""
PLAN = read_profile(PROFILE, file="cabinet.yaml")


def reading(indexes, *, reason=None, read=True, **columns):
    return TableReading(
        indexes=tuple(indexes),
        columns=columns,
        at_s=[1.0 if read else nan] * len(indexes),
        uptime_ticks=[None] * len(indexes),
        reason=reason,
    )


def poll(lane, tables, plan=PLAN):
    return SnmpObservation(
        device="sw-1",
        lane=lane,
        epoch=1,
        started_s=0.0,
        finished_s=1.0,
        read_s=1.0,
        wall_s=0.0,
        completeness=Completeness.COMPLETE,
        tables=tables,
        plan=plan,
    )


FOUND = {
    "optics": reading(["1.49", "1.77"], rx=[-650, -650], limit=[-1900, None]),
    "lanes": reading(["49.1", "49.2", "49"], tx=[1, 2, 3]),
    "memory": reading(["1", "2", "3"], name=[b"DRAM", "업".encode("cp949"), b"DRAM"], used=[None] * 3, free=[None] * 3),
    "gauge": reading(["1", "2", "3"], unit=[1, 2, 6], value=[None] * 3),
    "box": reading(["0"], serial=[b" SN-1 \0"], load=[None]),
}
READ = {
    "optics": reading(["1.49", "1.77"], rx=[-650, -650]),
    "lanes": reading(["49.1", "49.2", "49"], tx=[-2, -3, -1]),
    "memory": reading(["1", "2", "3"], used=[25, 50, 0], free=[75, 50, 0]),
    "gauge": reading(["1", "2", "3"], value=[41, 3000, 0]),
    "box": reading(["0"], load=[17]),
}


@pytest.fixture
def found():
    state = DeviceState(interfaces=PORTS)
    return replace(state, equipment=fold_equipment(GROUND, state, poll(Lane.DISCOVERY, FOUND)))


def read(state, tables=READ):
    return fold_equipment(GROUND, state, poll(Lane.HEALTH, tables))


def test_values_stand_at_ports_or_under_the_names_of_sensors(found):
    told = read(found)
    assert told.readings[Measure.RECEIVE_POWER] == {"Te1/1/1": -6.5}
    assert told.readings[Measure.TEMPERATURE] == {"gauge 1": 41.0}
    assert told.readings[Measure.FAN_SPEED] == {"gauge 2": 3000.0}
    assert told.readings[Measure.CPU] == {"system": 0.17}
    assert told.fixed == {Measure.RECEIVE_LOW_ALARM: {"Te1/1/1": -19.0}}
    assert (told.profile, told.vendor, told.serial) == ("cabinet", "Hanbit", "SN-1")


def test_of_the_lanes_of_a_module_the_weakest_is_told_and_a_row_of_another_shape_is_not(found):
    assert read(found).readings[Measure.TRANSMIT_POWER] == {"Te1/1/1": -3.0}
    assert found.equipment.unplaced == {"optics": 1, "lanes": 1}


def test_memory_is_told_as_a_share_and_pools_called_alike_keep_their_index(found):
    assert read(found).readings[Measure.MEMORY_USED] == {"DRAM 1": 0.25, "업": 0.5}


def test_what_is_rejected_is_counted_with_its_reason(found):
    told = read(found, {**READ, "optics": reading(["1.49"], rx=[0]), "box": reading(["0"], load=[200])})
    assert told.rejected == {("optics.rx", Rejection.SENTINEL): 1, ("box.load", Rejection.IMPLAUSIBLE): 1}
    assert Measure.RECEIVE_POWER not in told.readings
    assert Measure.CPU not in told.readings


def test_a_row_that_was_not_read_has_no_value_and_the_others_have(found):
    told = read(found, {**READ, "box": reading(["0"], load=[None], read=False, reason=Reason.TIMEOUT)})
    assert Measure.CPU not in told.readings
    assert told.reasons == {"box": Reason.TIMEOUT}
    assert told.readings[Measure.RECEIVE_POWER]
    assert read(replace(found, equipment=told)).reasons == {}


def test_a_discovery_that_broke_off_retires_no_row(found):
    broken = {**FOUND, "optics": reading([], rx=[], limit=[], reason=Reason.TIMEOUT)}
    told = fold_equipment(GROUND, found, poll(Lane.DISCOVERY, broken))
    assert told.gauges == found.equipment.gauges
    assert told.reasons == {"optics": Reason.TIMEOUT}
    gone = {**FOUND, "optics": reading([], rx=[], limit=[])}
    assert "optics" not in fold_equipment(GROUND, found, poll(Lane.DISCOVERY, gone)).gauges


def test_while_rows_are_in_doubt_nothing_of_ports_is_told_and_no_row_is_placed(found):
    doubted = replace(found, interfaces=replace(PORTS, in_doubt=True))
    assert Measure.RECEIVE_POWER not in read(doubted).readings
    assert Measure.CPU in read(doubted).readings
    assert fold_equipment(GROUND, doubted, poll(Lane.DISCOVERY, {})) is found.equipment


def test_a_poll_that_failed_leaves_no_old_values(found):
    told = unread(read(found))
    assert told.readings == {}
    assert told.serial == "SN-1"
    assert unread(told) is told


def test_another_lane_and_a_plan_nobody_knows_change_nothing(found):
    assert fold_equipment(GROUND, found, poll(Lane.STATUS, {})) is found.equipment
    assert fold_equipment(GROUND, found, poll(Lane.HEALTH, READ, plan=None)) is found.equipment


def test_no_device_tells_more_of_one_kind_than_it_may():
    many = [str(n) for n in range(MOST_LABELS + 10)]
    state = DeviceState(interfaces=PORTS)
    rows = reading(many, unit=[1] * len(many), value=[None] * len(many))
    state = replace(state, equipment=fold_equipment(GROUND, state, poll(Lane.DISCOVERY, {"gauge": rows})))
    told = read(state, {"gauge": reading(many, value=[20] * len(many))})
    assert (len(told.readings[Measure.TEMPERATURE]), told.dropped) == (MOST_LABELS, 10)


STANDARD = load_profiles()["standard"]
TREE = {  # chassis 1, module slot 10 with port 11 (mapped) and sensor 12; port 20 by name alone with sensor 21
    "class": [3, 5, 10, 8, 10, 8],
    "parent": [0, 1, 10, 10, 1, 20],
    "name": [b"Chassis", b"Slot", b"port", b"Rx Power", b"TenGigabitEthernet1/1/1", b"Rx Power 1/1"],
    "description": [b""] * 6,
    "serial": [b"FCW1", b"", b"", b"", b"", b""],
    "model": [b"C-2960", b"", b"", b"", b"", b""],
    "software": [b"15.0", b"", b"", b"", b"", b""],
    "firmware": [b""] * 6,
    "maker": [b"Hanbit"] + [b""] * 5,
}
ALIAS = reading(["11.0"], identifier=[b"1.3.6.1.2.1.2.2.1.1.2"])
SENSOR = reading(["12", "21"], type=[14, 14], scale=[9, 9], precision=[1, 1], units=[None, None])


def test_a_sensor_is_on_the_interface_that_is_mapped_beside_it_or_that_its_port_is_called():
    physical = reading(["1", "10", "11", "12", "20", "21"], **TREE)
    tables = {"entity": physical, "entity_alias": ALIAS, "entity_sensor": SENSOR}
    state = DeviceState(interfaces=PORTS)
    equipment = fold_equipment(GROUND, state, poll(Lane.DISCOVERY, tables, plan=STANDARD))
    assert (equipment.model, equipment.serial, equipment.firmware, equipment.vendor) == (
        "C-2960",
        "FCW1",
        "15.0",
        "Hanbit",
    )
    values = {"entity_sensor": reading(["12", "21"], value=[-62, -70], status=[1, 2])}
    told = fold_equipment(GROUND, replace(state, equipment=equipment), poll(Lane.HEALTH, values, plan=STANDARD))
    assert told.readings == {Measure.RECEIVE_POWER: {"Gi1/0/2": -6.2}}
    assert told.rejected == {("entity_sensor.value", Rejection.NOT_IN_SERVICE): 1}
    values = {"entity_sensor": reading(["12", "21"], value=[-62, -70], status=[1, 1])}
    told = fold_equipment(GROUND, replace(state, equipment=equipment), poll(Lane.HEALTH, values, plan=STANDARD))
    assert told.readings == {Measure.RECEIVE_POWER: {"Gi1/0/2": -6.2, "Te1/1/1": -7.0}}


def test_a_tree_that_runs_in_a_circle_places_nothing():
    tree = {**TREE, "parent": [0, 12, 10, 10, 1, 20]}
    physical = reading(["1", "10", "11", "12", "20", "21"], **tree)
    tables = {"entity": physical, "entity_sensor": SENSOR}
    equipment = fold_equipment(GROUND, DeviceState(interfaces=PORTS), poll(Lane.DISCOVERY, tables, plan=STANDARD))
    assert [gauge.label for gauge in equipment.gauges["entity_sensor"]] == ["Te1/1/1"]
    assert equipment.unplaced == {"entity_sensor": 1}


LINKS = """\
profile: links
tables:
  lag:
    index: ifIndex
    but: {aggregate: 0}
    columns:
      aggregate: {oid: 1.3.6.1.4.1.9.5.1.1, syntax: INTEGER, lane: discovery, means: aggregate}
      state: # dot3adAggPortActorOperState
        {oid: 1.3.6.1.4.1.9.5.1.2, syntax: OCTET STRING, lane: health, means: aggregate_member, transform: lacp_actor}
  module:
    index: module
    columns:
      port: {oid: 1.3.6.1.4.1.9.6.1.1, syntax: DisplayString, lane: discovery, means: interface_name}
      type: {oid: 1.3.6.1.4.1.9.6.1.2, syntax: DisplayString, lane: discovery, means: module_type}
      rx: {oid: 1.3.6.1.4.1.9.6.1.3, syntax: INTEGER, lane: health, means: receive_power, unit: dBm}
  tree:
    index: scalars
    columns:
      root: {oid: 1.3.6.1.4.1.9.7.1, syntax: OCTET STRING, lane: discovery, means: stp_root}
"""
BUNDLED = replace(
    PORTS,
    indexes=("1", "2", "49", "1000"),
    names=("Gi1/0/1", "Gi1/0/2", "GigabitEthernet25", "Po1"),
    aliases=("",) * 4,
    descriptions=("",) * 4,
    types=(6, 6, 6, 161),
)
SEEN = {
    "lag": reading(["1", "2", "49"], aggregate=[1000, 2, 0], state=[None] * 3),
    "module": reading(["7"], port=[b"GE25"], type=[b"1000BASE-LX"], rx=[None]),
    "tree": reading(["0"], root=[bytes.fromhex("8000001122334455")]),
}
POLLED = {
    "lag": reading(["1", "2"], state=[b"\x3c", b"\x3c"]),
    "module": reading(["7"], rx=[-16]),
}


@pytest.fixture
def bundled():
    plan = read_profile(LINKS, file="links.yaml")
    up = InterfaceStatus(last_oper=(1, 1, 1, 1))
    state = DeviceState(interfaces=BUNDLED, status=up)
    state = replace(state, equipment=fold_equipment(GROUND, state, poll(Lane.DISCOVERY, SEEN, plan)))
    return state, plan


def test_members_are_told_with_their_aggregate_and_ports_by_themselves_are_none(bundled):
    state, plan = bundled
    assert state.equipment.aggregates == {"Gi1/0/1": "Po1"}
    read_ = fold_equipment(GROUND, state, poll(Lane.HEALTH, POLLED, plan))
    assert read_.readings[Measure.AGGREGATE_MEMBER] == {"Gi1/0/1": 1.0}


def test_where_no_table_of_aggregation_tells_members_are_told_by_the_layers_over_them():
    (stack,) = (table for table in load_profiles()["standard"].tables if table.name == "aggregate_stack")
    over = InterfaceMap(indexes=("1", "2", "9", "10"), names=("ge1", "ge2", "lag1", "vlan5"), types=(6, 6, 161, 136))
    around = Around(ports=local_ports(over, None), entities=Entities(), charset="utf-8")
    layers = reading(["0.9", "0.10", "9.1", "9.7", "10.2", "10.9", "1.0", "77.2"], status=[1] * 8)
    told = told_of_ports((stack,), {"aggregate_stack": layers}, around)
    assert told[Tells.AGGREGATE] == {"ge1": "lag1"}, "a VLAN over a port is no aggregate, nor what discovery never saw"


LISTED = """\
profile: listed
tables:
  module:
    index: module
    columns:
      port: {oid: 1.3.6.1.4.1.9.6.1.1, syntax: OCTET STRING, lane: discovery, means: port_list}
      rx: {oid: 1.3.6.1.4.1.9.6.1.3, syntax: INTEGER, lane: health, means: receive_power, unit: dBm}
"""


@pytest.mark.parametrize(
    ("cell", "port"),
    [(8, "ge5"), (0x20, "ge3"), (b"\x08", "ge5"), (b"\x08\x00\x00\x00", "ge5"), (b"\x00\x20", "ge11")],
)
def test_a_row_is_on_the_port_whose_bit_is_the_only_one_in_its_list(cell, port):
    (table,) = read_profile(LISTED, file="listed.yaml").tables
    found, lost = gauges_of(table, reading(["0"], port=[cell], rx=[None]), _twelve_ports())
    assert ([gauge.label for gauge in found], lost) == ([port], 0)


@pytest.mark.parametrize("cell", [0, -1, b"", b"\x0c", b"\x00\x01", None])
def test_a_list_of_no_port_or_of_several_or_of_one_that_is_not_there_places_nothing(cell):
    (table,) = read_profile(LISTED, file="listed.yaml").tables
    assert gauges_of(table, reading(["0"], port=[cell], rx=[None]), _twelve_ports()) == ((), 1)


def _twelve_ports():
    numbers = range(1, 13)
    ports = InterfaceMap(
        indexes=tuple(map(str, numbers)), names=tuple(f"ge{n}" for n in numbers), types=(6,) * len(numbers)
    )
    return Around(ports=local_ports(ports, None), entities=Entities(), charset="utf-8")


def test_a_port_in_short_is_the_one_it_can_only_be_and_its_modules_type_gives_the_margin(bundled):
    state, plan = bundled
    assert state.equipment.fixed[Measure.RECEIVE_SENSITIVITY] == {"GigabitEthernet25": -19.0}
    assert state.equipment.stp_root == "32768/00:11:22:33:44:55"
    up = fold_equipment(GROUND, state, poll(Lane.HEALTH, POLLED, plan))
    assert up.readings[Measure.RECEIVE_MARGIN] == {"GigabitEthernet25": 3.0}
    dark = replace(state, status=InterfaceStatus(last_oper=(1, 1, 2, 1)))
    down = fold_equipment(GROUND, dark, poll(Lane.HEALTH, POLLED, plan))
    assert Measure.RECEIVE_MARGIN not in down.readings


def test_rows_that_cannot_tell_anything_are_not_asked_for():
    plan = read_profile(LINKS, file="links.yaml")
    assert rows_to_read(plan.tables[0], SEEN["lag"]) == ("1", "2")
    assert rows_to_read(plan.tables[1], SEEN["module"]) == ("7",)
    (sensor,) = (table for table in load_profiles()["standard"].tables if table.name == "entity_sensor")
    seen = reading(["1", "2", "3"], type=[8, 12, None], scale=[9] * 3, precision=[0] * 3, units=[None] * 3)
    assert rows_to_read(sensor, seen) == ("1", "3")

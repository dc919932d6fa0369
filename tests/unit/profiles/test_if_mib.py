"""The shipped profile against the RFCs, by a table written from them by hand."""

import pytest

from netwatch.core.metrics import CATALOGUE
from netwatch.core.model import Lane
from netwatch.core.plan import Syntax
from netwatch.profiles.load import load_profiles

SYSTEM = "1.3.6.1.2.1.1"  # RFC 3418
ENGINE = "1.3.6.1.6.3.10.2.1"  # RFC 3411
IF_ENTRY = "1.3.6.1.2.1.2.2.1"  # RFC 2863
IF_X_ENTRY = "1.3.6.1.2.1.31.1.1.1"

SCALARS = {
    "sys_descr": (f"{SYSTEM}.1.0", Syntax.TEXT, Lane.DISCOVERY),
    "sys_object_id": (f"{SYSTEM}.2.0", Syntax.OBJECT_ID, Lane.DISCOVERY),
    "sys_name": (f"{SYSTEM}.5.0", Syntax.TEXT, Lane.DISCOVERY),
    "sys_uptime": (f"{SYSTEM}.3.0", Syntax.TIMETICKS, Lane.STATUS),
    "engine_id": (f"{ENGINE}.1.0", Syntax.OCTETS, Lane.STATUS),
    "engine_boots": (f"{ENGINE}.2.0", Syntax.INTEGER, Lane.STATUS),
    "engine_time": (f"{ENGINE}.3.0", Syntax.INTEGER, Lane.STATUS),
    "if_number": ("1.3.6.1.2.1.2.1.0", Syntax.INTEGER, Lane.STATUS),
    "if_table_last_change": ("1.3.6.1.2.1.31.1.5.0", Syntax.TIMETICKS, Lane.STATUS),
}

COLUMNS = {
    "description": (f"{IF_ENTRY}.2", Syntax.TEXT, Lane.DISCOVERY, None),  # ifDescr
    "type": (f"{IF_ENTRY}.3", Syntax.INTEGER, Lane.DISCOVERY, None),  # ifType
    "name": (f"{IF_X_ENTRY}.1", Syntax.TEXT, Lane.DISCOVERY, None),  # ifName
    "alias": (f"{IF_X_ENTRY}.18", Syntax.TEXT, Lane.DISCOVERY, None),  # ifAlias
    "admin": (f"{IF_ENTRY}.7", Syntax.INTEGER, Lane.STATUS, None),  # ifAdminStatus
    "oper": (f"{IF_ENTRY}.8", Syntax.INTEGER, Lane.STATUS, None),  # ifOperStatus
    "last_change": (f"{IF_ENTRY}.9", Syntax.TIMETICKS, Lane.STATUS, None),  # ifLastChange
    "high_speed": (f"{IF_X_ENTRY}.15", Syntax.GAUGE32, Lane.STATUS, None),  # ifHighSpeed
    "speed": (f"{IF_ENTRY}.5", Syntax.GAUGE32, Lane.STATUS, None),  # ifSpeed
    "receive_bytes": (f"{IF_X_ENTRY}.6", Syntax.COUNTER64, Lane.TRAFFIC, f"{IF_ENTRY}.10"),
    "transmit_bytes": (f"{IF_X_ENTRY}.10", Syntax.COUNTER64, Lane.TRAFFIC, f"{IF_ENTRY}.16"),
    "receive_unicast_packets": (f"{IF_X_ENTRY}.7", Syntax.COUNTER64, Lane.TRAFFIC, f"{IF_ENTRY}.11"),
    "receive_multicast_packets": (f"{IF_X_ENTRY}.8", Syntax.COUNTER64, Lane.TRAFFIC, f"{IF_X_ENTRY}.2"),
    "receive_broadcast_packets": (f"{IF_X_ENTRY}.9", Syntax.COUNTER64, Lane.TRAFFIC, f"{IF_X_ENTRY}.3"),
    "transmit_unicast_packets": (f"{IF_X_ENTRY}.11", Syntax.COUNTER64, Lane.TRAFFIC, f"{IF_ENTRY}.17"),
    "transmit_multicast_packets": (f"{IF_X_ENTRY}.12", Syntax.COUNTER64, Lane.TRAFFIC, f"{IF_X_ENTRY}.4"),
    "transmit_broadcast_packets": (f"{IF_X_ENTRY}.13", Syntax.COUNTER64, Lane.TRAFFIC, f"{IF_X_ENTRY}.5"),
    "receive_errors": (f"{IF_ENTRY}.14", Syntax.COUNTER32, Lane.TRAFFIC, None),
    "transmit_errors": (f"{IF_ENTRY}.20", Syntax.COUNTER32, Lane.TRAFFIC, None),
    "receive_discards": (f"{IF_ENTRY}.13", Syntax.COUNTER32, Lane.TRAFFIC, None),
    "transmit_discards": (f"{IF_ENTRY}.19", Syntax.COUNTER32, Lane.TRAFFIC, None),
    "discontinuity": (f"{IF_X_ENTRY}.19", Syntax.TIMETICKS, Lane.TRAFFIC, None),  # ifCounterDiscontinuityTime
}


@pytest.fixture(scope="module")
def plan():
    return load_profiles()["if-mib"]


def test_every_scalar_is_the_rfcs(plan):
    assert {scalar.name: (scalar.oid, scalar.syntax, scalar.lane) for scalar in plan.scalars} == SCALARS


def test_every_column_is_the_rfcs_with_its_32_bit_stand_in(plan):
    (table,) = plan.tables
    assert table.name == "interface"
    found = {
        column.name: (column.oid, column.syntax, column.lane, column.otherwise.oid if column.otherwise else None)
        for column in table.columns
    }
    assert found == COLUMNS
    stand_ins = [column.otherwise for column in table.columns if column.otherwise is not None]
    assert {stand_in.syntax for stand_in in stand_ins} == {Syntax.COUNTER32}
    assert all(stand_in.lane is Lane.TRAFFIC for stand_in in stand_ins)


def test_every_port_counter_of_the_metrics_catalogue_has_its_column(plan):
    wanted = set()
    for metric in CATALOGUE:
        if not metric.stamped:
            continue
        direction, what = metric.name.removeprefix("netwatch_interface_").removesuffix("_total").split("_")
        casts = ("unicast_", "multicast_", "broadcast_") if "cast" in metric.labels else ("",)
        wanted |= {f"{direction}_{cast}{what}" for cast in casts}
    assert len(wanted) == 12
    (table,) = plan.tables
    assert wanted == {column.name for column in table.of(Lane.TRAFFIC)} - {"discontinuity"}


def test_thirteen_columns_make_up_a_traffic_poll(plan):
    assert len(plan.tables[0].of(Lane.TRAFFIC)) == 13

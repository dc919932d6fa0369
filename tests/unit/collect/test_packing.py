"""Several small tables asked in one request: each keeps its own rows, times and Reason."""

from math import isnan

from netwatch.collect.packing import Unpacked
from netwatch.collect.requests import Choices, compose
from netwatch.core.errors import Reason
from netwatch.core.model import Lane, SnmpVersion
from netwatch.profiles.load import read_profile
from netwatch.snmp.errors import Outcome
from netwatch.snmp.memory import Span
from netwatch.snmp.rows import Failure, PduReading, RowsReply

PLAN = read_profile(
    """\
profile: cabinet
scalars:
  sys_uptime: {oid: 1.3.6.1.2.1.1.3.0, syntax: TimeTicks, lane: status}
  load: {oid: 1.3.6.1.4.1.9.1.0, syntax: INTEGER, lane: health}
tables:
  fan:
    index: fan
    columns:
      speed: {oid: 1.3.6.1.4.1.9.2.1, syntax: INTEGER, lane: health, means: fan_speed, unit: rpm}
      heat: {oid: 1.3.6.1.4.1.9.2.2, syntax: INTEGER, lane: health, means: temperature, unit: °C}
  supply:
    index: supply
    columns:
      volts: {oid: 1.3.6.1.4.1.9.3.1, syntax: INTEGER, lane: health, means: voltage, unit: V}
  absent:
    index: none
    columns:
      volts: {oid: 1.3.6.1.4.1.9.4.1, syntax: INTEGER, lane: health, means: voltage, unit: V}
""",
    file="cabinet.yaml",
)
(ASKED,) = compose(PLAN, Lane.HEALTH, {"fan": ("1", "2"), "supply": ("1", "2")}, Choices(SnmpVersion.V2C))


def reply(scalars, *, pdus, failures=(), wrong_type=()):
    readings = tuple(
        PduReading(Span(first, count, 0, 0), (ticks,), sent_s, sent_s + 0.5, sent_s)
        for first, count, ticks, sent_s in pdus
    )
    return RowsReply(
        scalars=scalars,
        columns=[],
        pdus=readings,
        failures=tuple(Failure(Span(first, count, 0, 0), outcome, "") for first, count, outcome in failures),
        wrong_type=wrong_type,
        requests=len(readings),
    )


def test_one_request_asks_scalars_and_every_table_that_has_rows():
    oids = [oid for oid, _ in ASKED.request.scalars]
    assert oids[0] == "1.3.6.1.4.1.9.1.0"
    assert oids[1:5] == [f"1.3.6.1.4.1.9.2.{column}.{row}" for row in (1, 2) for column in (1, 2)]
    assert oids[5:] == ["1.3.6.1.4.1.9.3.1.1", "1.3.6.1.4.1.9.3.1.2"]
    assert list(ASKED.packed) == ["fan", "supply"]


def test_each_table_has_its_rows_with_the_time_of_their_pdu():
    tables = Unpacked(ASKED, reply([17, 1, 2, 3, 4, 5, 6], pdus=[(0, 4, 100, 1.0), (4, 3, 200, 2.0)]))
    fan, supply = tables["fan"], tables["supply"]
    assert (fan.indexes, fan.columns) == (("1", "2"), {"speed": [1, 3], "heat": [2, 4]})
    assert (supply.indexes, supply.columns) == (("1", "2"), {"volts": [5, 6]})
    assert (fan.at_s, fan.uptime_ticks) == ([1.25, 1.25], [100, 100])
    assert (supply.at_s, supply.uptime_ticks, supply.slack_s) == ([2.25, 2.25], [200, 200], 0.5)
    assert (fan.reason, supply.reason) == (None, None)


def test_what_failed_costs_its_own_table_alone():
    broken = reply([17, 1, 2, 3, 4, None, None], pdus=[(0, 5, 100, 1.0)], failures=[(5, 2, Outcome.TIMEOUT)])
    tables = Unpacked(ASKED, broken)
    assert (tables["fan"].reason, tables["supply"].reason) == (None, Reason.TIMEOUT)
    assert all(map(isnan, tables["supply"].at_s))
    lacking = reply([17, 1, 2, 3, 4, None, 6], pdus=[(0, 7, 100, 1.0)], failures=[(5, 1, Outcome.NO_SUCH_NAME)])
    assert Unpacked(ASKED, lacking)["supply"].reason is None, "an SNMPv1 agent that lacks an object is no failure"
    wrong = reply([17, None, 2, 3, 4, 5, 6], pdus=[(0, 7, 100, 1.0)], wrong_type=((-1, 1),))
    assert [table.reason for table in Unpacked(ASKED, wrong).values()] == [Reason.WRONG_TYPE, None]


def test_what_is_said_is_the_same_only_where_rows_and_values_are():
    whole = [(0, 7, 100, 1.0)]
    said = Unpacked(ASKED, reply([17, 1, 2, 3, 4, 5, 6], pdus=whole)).said
    assert set(said) == {"fan", "supply"}
    assert said == Unpacked(ASKED, reply([18, 1, 2, 3, 4, 5, 6], pdus=whole)).said, "the scalars are no table's"
    assert said != Unpacked(ASKED, reply([17, 1, 2, 3, 4, 5, 7], pdus=whole)).said
    (others,) = compose(PLAN, Lane.HEALTH, {"fan": ("1", "3"), "supply": ("1", "2")}, Choices(SnmpVersion.V2C))
    assert said != Unpacked(others, reply([17, 1, 2, 3, 4, 5, 6], pdus=whole)).said
    cut = reply([17, 1, 2, 3, 4, 5, None], pdus=whole, failures=[(6, 1, Outcome.TIMEOUT)])
    assert Unpacked(ASKED, cut).said == {}


def test_the_other_lanes_are_asked_table_by_table():
    (status,) = compose(PLAN, Lane.STATUS, {"fan": ("1",)}, Choices(SnmpVersion.V2C)) or (None,)
    assert status is None
    assert compose(PLAN, Lane.HEALTH, {}, Choices(SnmpVersion.V2C))[0].packed == {}

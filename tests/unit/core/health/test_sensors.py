"""Rows that say of themselves what they measure."""

import pytest

from netwatch.core.health.entities import FAN, POWER_SUPPLY
from netwatch.core.health.measures import Measure, Unit, measured
from netwatch.core.health.sensors import (
    DECODERS,
    LIMIT_DECODERS,
    NEEDED,
    Row,
    cisco_fru,
    cisco_limits,
    entity_sensor,
    entity_state,
    may_be_sensed,
    sensor_limits,
    ubiquoss_sensor,
)
from netwatch.core.plan import Decoder

OTHER, VOLTS_DC, AMPERES, WATTS, CELSIUS, HUMIDITY, RPM, CISCO_DBM = 1, 4, 5, 6, 8, 9, 10, 14
MICRO, MILLI, UNITS = 7, 8, 9


def row(kind, scale=UNITS, precision=0, *, words="", units=None, on_port=False):
    cells = {"type": kind, "scale": scale, "precision": precision, "units": units}
    return Row(cells=cells, words=words, on_port=on_port)


@pytest.mark.parametrize(
    ("told", "raw", "measure", "value"),
    [
        (row(CELSIUS, words="Inlet"), 31, Measure.TEMPERATURE, 31.0),
        (row(CELSIUS, precision=1, on_port=True), 346, Measure.MODULE_TEMPERATURE, 34.6),
        (row(AMPERES, MILLI, 2, on_port=True), 610, Measure.LASER_BIAS, 0.0061),
        (row(VOLTS_DC, MILLI), 3300, Measure.VOLTAGE, 3.3),
        (row(RPM), 5400, Measure.FAN_SPEED, 5400.0),
        (
            row(CISCO_DBM, precision=1, words="Te1/1 Receive Power Sensor", on_port=True),
            -62,
            Measure.RECEIVE_POWER,
            -6.2,
        ),
        (row(CISCO_DBM, precision=1, words="FS Tx Power 1/1", on_port=True), -56, Measure.TRANSMIT_POWER, -5.6),
        (row(WATTS, MICRO, words="DOM RX Power Sensor for Et1", on_port=True), 250, Measure.RECEIVE_POWER, -6.0206),
        (
            row(OTHER, precision=2, units=b"dBm ", words="port 1 rx power", on_port=True),
            -721,
            Measure.RECEIVE_POWER,
            -7.21,
        ),
    ],
)
def test_a_standard_sensor_is_read_by_its_type_scale_precision_and_name(told, raw, measure, value):
    found, scale = entity_sensor(told)
    assert found is measure
    assert measured(found, scale, raw) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(
    "told",
    [
        row(WATTS, words="PoE", on_port=True),
        row(CISCO_DBM, words="Power", on_port=True),  # neither sent nor received
        row(OTHER, units=b"bananas", words="rx power", on_port=True),
        row(CELSIUS, scale=99),
        row(CELSIUS, precision=100),
        row(7),
        Row(cells={}, words=""),
    ],
)
def test_what_cannot_be_told_for_certain_is_left_out(told):
    assert entity_sensor(told) is None


def test_fans_and_supplies_work_or_do_not():
    measure, scale = entity_state(Row(cells={}, words="", kind=FAN))
    assert (measure, measured(measure, scale, 3), measured(measure, scale, 2)) == (Measure.FAN, 1.0, 0.0)
    measure, scale = cisco_fru(Row(cells={}, words="", kind=POWER_SUPPLY))
    told = [measured(measure, scale, code) for code in (2, 8, 9)]
    assert (measure, told) == (Measure.POWER_SUPPLY, [1.0, 0.0, 1.0])
    assert entity_state(Row(cells={}, words="", kind=9)) is cisco_fru(Row(cells={}, words="", kind=FAN)) is None


def test_ubiquoss_is_read_by_name_for_its_types_contradict_themselves():
    cells = {"scale": UNITS, "name": b"gi1/1 RX Power"}
    measure, scale = ubiquoss_sensor(Row(cells=cells, words="", on_port=True))
    assert (measure, scale.unit, measured(measure, scale, b"-12.50")) == (Measure.RECEIVE_POWER, Unit.DBM, -12.5)
    measure, _ = ubiquoss_sensor(Row(cells={"scale": UNITS, "name": b"Temperature"}, words=""))
    assert measure is Measure.TEMPERATURE
    assert ubiquoss_sensor(Row(cells={"scale": UNITS, "name": b"?"}, words="")) is None


def test_every_decoder_has_its_function_and_its_columns():
    assert set(DECODERS) | set(LIMIT_DECODERS) == set(NEEDED) == set(Decoder)
    assert not set(DECODERS) & set(LIMIT_DECODERS)
    assert all("value" in NEEDED[decoder] for decoder in DECODERS)


@pytest.mark.parametrize(
    ("told", "raw", "measure", "value"),
    [
        (row(WATTS, words="Power supply 1 input power"), 250, Measure.POWER, 250.0),
        (row(AMPERES, words="PSU 1 Output", precision=2), 1066, Measure.CURRENT, 10.66),
        (row(HUMIDITY, words="cabinet"), 41, Measure.HUMIDITY, 0.41),
        (row(VOLTS_DC, words="Supply Voltage", precision=2, on_port=True), 331, Measure.MODULE_VOLTAGE, 3.31),
    ],
)
def test_what_is_on_no_port_is_of_the_box(told, raw, measure, value):
    found, scale = entity_sensor(told)
    assert found is measure
    assert measured(found, scale, raw) == pytest.approx(value)


def test_truth_values_and_the_like_need_not_be_asked():
    assert [may_be_sensed({"type": kind}) for kind in (OTHER, CELSIUS, 12, 11)] == [True, True, False, False]
    assert may_be_sensed({}), "who knows"


def test_a_row_that_is_one_limit_is_the_one_its_relation_and_severity_say():
    said = {
        (relation, severity): [
            measure for _, measure in cisco_limits({"relation": relation, "severity": severity}, Measure.RECEIVE_POWER)
        ]
        for relation, severity in ((2, 30), (1, 10), (4, 20), (3, 10), (9, 20), (4, 1))
    }
    assert said == {
        (2, 30): [Measure.RECEIVE_LOW_ALARM],
        (1, 10): [Measure.RECEIVE_LOW_WARNING],
        (4, 20): [Measure.RECEIVE_HIGH_ALARM],
        (3, 10): [Measure.RECEIVE_HIGH_WARNING],
        (9, 20): [],
        (4, 1): [],
    }
    assert list(cisco_limits({"relation": 2, "severity": 30}, Measure.TEMPERATURE)) == []


def test_a_row_with_all_limits_has_each_in_its_column():
    found = dict(sensor_limits({}, Measure.TRANSMIT_POWER))
    assert found["low_alarm"] is Measure.TRANSMIT_LOW_ALARM
    assert len(set(found.values())) == 4
    assert dict(sensor_limits({}, Measure.VOLTAGE)) == {}

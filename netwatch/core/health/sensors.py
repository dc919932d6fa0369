"""Tables whose rows say of themselves what they measure: one row's fixed cells in, its measure and scale out.

One named function for each `plan.Decoder`; what a table must have for it stands in NEEDED.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from netwatch.core.health.entities import FAN, POWER_SUPPLY
from netwatch.core.health.measures import MEANINGS, Cell, Measure, Scale, Unit, can_become
from netwatch.core.plan import Decoder

_EXPONENTS = {1: -24, 2: -21, 3: -18, 4: -15, 5: -12, 6: -9, 7: -6, 8: -3, 9: 0, 10: 3, 11: 6, 12: 9, 13: 12}
_UNITS = {
    3: Unit.VOLT,
    4: Unit.VOLT,
    5: Unit.AMPERE,
    6: Unit.WATT,
    8: Unit.CELSIUS,
    9: Unit.RATIO,
    10: Unit.RPM,
    14: Unit.DBM,
}
_HUNDREDTHS = 9  # percentRH
_OTHER = 1  # EntitySensorDataType: then the units are text
_RECEIVED = re.compile(r"\b(?:rx|rcv|receive|received|input)(?![a-z])|rxpower", re.IGNORECASE)
_SENT = re.compile(r"\b(?:tx|transmit|transmitted|output)(?![a-z])|txpower", re.IGNORECASE)
_LIGHT = re.compile(r"power|optical|light", re.IGNORECASE)
_WORKS = (("3", "up"), ("2", "down"))  # entStateOper: enabled, disabled (RFC 4268)
_FRU = (*((str(code), "down") for code in (1, 3, 4, 5, 6, 7, 8, 10, 11)), ("2", "up"), ("9", "up"), ("12", "up"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is known of one row besides its values. `cells` are those of the discovery lane, by column."""

    cells: Mapping[str, Cell]
    words: str  # all that the entity says of itself
    kind: int = 0  # PhysicalClass
    on_port: bool = False


Sensed = tuple[Measure, Scale]
"""What a row's value column means, and how it is read."""


def entity_sensor(row: Row) -> Sensed | None:
    """A row of entPhySensorTable (RFC 3433) or of Cisco's entSensorValueTable, whose type 14 is dBm. None: no use."""
    kind, scale, precision = (_number(row.cells.get(name)) for name in ("type", "scale", "precision"))
    said = row.cells.get("units")
    units = said.decode("latin-1").strip().lower() if isinstance(said, bytes) else ""
    unit = _UNITS.get(kind)
    if kind == _OTHER and units in ("dbm", "dbmw"):
        unit = Unit.DBM
    if unit is None or scale not in _EXPONENTS or not -8 <= precision <= 9:
        return None
    measure = _measure(unit, row)
    if measure is None or not can_become(unit, MEANINGS[measure].unit):
        return None
    factor = 10.0 ** (_EXPONENTS[scale] - precision)
    return measure, Scale(unit=unit, factor=factor / 100 if kind == _HUNDREDTHS else factor)


def may_be_sensed(cells: Mapping[str, Cell]) -> bool:
    """Whether a row of entPhySensorTable can be something that is measured here; truth values and the like cannot."""
    kind = cells.get("type")
    return not isinstance(kind, int) or kind == _OTHER or kind in _UNITS


def entity_state(row: Row) -> Sensed | None:
    """A row of entStateTable (RFC 4268), where it is a fan or a power supply."""
    measure = {FAN: Measure.FAN, POWER_SUPPLY: Measure.POWER_SUPPLY}.get(row.kind)
    return (measure, Scale(unit=Unit.STATE, states=_WORKS)) if measure is not None else None


def cisco_fru(row: Row) -> Sensed | None:
    """A row of cefcFRUPowerStatusTable, where it is a power supply: other modules are no feed."""
    return (Measure.POWER_SUPPLY, Scale(unit=Unit.STATE, states=_FRU)) if row.kind == POWER_SUPPLY else None


def ubiquoss_sensor(row: Row) -> Sensed | None:
    """A row of ubiEntSensorTable. Its types contradict their own description, so the name decides what is meant."""
    scale = _EXPONENTS.get(_number(row.cells.get("scale")), 0)
    name = row.cells.get("name")
    words = f"{row.words} {name.decode('latin-1') if isinstance(name, bytes) else ''}".lower()
    for sign, unit in (("power", Unit.DBM), ("temp", Unit.CELSIUS), ("bias", Unit.AMPERE), ("volt", Unit.VOLT)):
        if sign in words:
            measure = _measure(unit, Row(cells=row.cells, words=words, on_port=row.on_port))
            return (measure, Scale(unit=unit, factor=10.0**scale)) if measure is not None else None
    return None


_ON_PORT = {
    Unit.CELSIUS: Measure.MODULE_TEMPERATURE,
    Unit.AMPERE: Measure.LASER_BIAS,
    Unit.VOLT: Measure.MODULE_VOLTAGE,
}
_IN_BOX = {
    Unit.CELSIUS: Measure.TEMPERATURE,
    Unit.VOLT: Measure.VOLTAGE,
    Unit.AMPERE: Measure.CURRENT,
    Unit.WATT: Measure.POWER,
    Unit.RATIO: Measure.HUMIDITY,
    Unit.RPM: Measure.FAN_SPEED,
}


def _measure(unit: Unit, row: Row) -> Measure | None:
    """What a value in this unit is, by where the sensor is and what it is called."""
    light = unit is Unit.DBM or (unit is Unit.WATT and row.on_port and _LIGHT.search(row.words) is not None)
    if light:
        received, sent = _RECEIVED.search(row.words), _SENT.search(row.words)
        if (received is None) == (sent is None):
            return None
        return Measure.RECEIVE_POWER if received else Measure.TRANSMIT_POWER
    if row.on_port:
        return _ON_PORT.get(unit)
    return _IN_BOX.get(unit)


def sensor_limits(cells: Mapping[str, Cell], measure: Measure) -> Iterator[tuple[str, Measure]]:
    """(column, what it is a limit of) of a row that has all four; `measure`: what its sensor measures."""
    del cells  # each column is always the same limit
    for column in ("low_alarm", "low_warning", "high_warning", "high_alarm"):
        limit = LIMITS.get((measure, column))
        if limit is not None:
            yield column, limit


def cisco_limits(cells: Mapping[str, Cell], measure: Measure) -> Iterator[tuple[str, Measure]]:
    """The same of a row of entSensorThresholdTable, which is one limit: by its relation and severity."""
    side = _SIDES.get(_number(cells.get("relation")))
    grade = _GRADES.get(_number(cells.get("severity")))
    limit = LIMITS.get((measure, f"{side}_{grade}"))
    if limit is not None:
        yield "value", limit


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


DECODERS: Mapping[Decoder, Callable[[Row], Sensed | None]] = MappingProxyType(
    {
        Decoder.ENTITY_SENSOR: entity_sensor,
        Decoder.ENTITY_STATE: entity_state,
        Decoder.CISCO_FRU: cisco_fru,
        Decoder.UBIQUOSS_SENSOR: ubiquoss_sensor,
    }
)
LIMITS: Mapping[tuple[Measure, str], Measure] = MappingProxyType(
    {
        (of, f"{side}_{grade}"): Measure(f"{direction}_{side}_{grade}")
        for of, direction in ((Measure.RECEIVE_POWER, "receive"), (Measure.TRANSMIT_POWER, "transmit"))
        for side in ("low", "high")
        for grade in ("alarm", "warning")
    }
)
"""What is measured, and which limit of it -> the limit as a measure of its own."""
_SIDES = {1: "low", 2: "low", 3: "high", 4: "high"}  # SensorThresholdRelation: less than ... greater or equal
_GRADES = {10: "warning", 20: "alarm", 30: "alarm"}  # SensorThresholdSeverity: minor, major, critical
LIMIT_DECODERS: Mapping[Decoder, Callable[[Mapping[str, Cell], Measure], Iterator[tuple[str, Measure]]]] = (
    MappingProxyType({Decoder.SENSOR_LIMITS: sensor_limits, Decoder.CISCO_LIMITS: cisco_limits})
)
NEEDED: Mapping[Decoder, frozenset[str]] = MappingProxyType(
    {
        Decoder.ENTITY_SENSOR: frozenset({"type", "scale", "precision", "value", "status"}),
        Decoder.ENTITY_STATE: frozenset({"value"}),
        Decoder.CISCO_FRU: frozenset({"value"}),
        Decoder.UBIQUOSS_SENSOR: frozenset({"scale", "value", "name"}),
        Decoder.SENSOR_LIMITS: frozenset({"low_alarm", "low_warning", "high_warning", "high_alarm"}),
        Decoder.CISCO_LIMITS: frozenset({"severity", "relation", "value"}),
    }
)
"""The columns without which a decoder could not read a table. `value` is the one that is measured."""

"""What a profile's columns may mean to netwatch, and how a raw cell becomes a number in the unit of its meaning.

In: a cell as the agent sent it and what the profile says of its column. Out: a float in the base unit, or the reason
why there is none. The lists are closed: what is not in them, no profile can say.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

Cell = int | bytes | None


class Unit(StrEnum):
    """The base units of what is measured."""

    DBM = "dBm"
    WATT = "W"
    VOLT = "V"
    AMPERE = "A"
    CELSIUS = "°C"
    FAHRENHEIT = "°F"
    KELVIN = "K"
    RATIO = "ratio"
    RPM = "rpm"
    SECOND = "s"
    AMOUNT = "amount"  # of memory, in whatever units the agent counts: only shares of it are told
    STATE = "state"  # 1 up, 0 down


class Measure(StrEnum):
    """A number or a state that is told of a port or of the device; `MEANINGS` has more of each."""

    RECEIVE_POWER = "receive_power"
    TRANSMIT_POWER = "transmit_power"
    LASER_BIAS = "laser_bias"
    MODULE_TEMPERATURE = "module_temperature"
    RECEIVE_LOW_ALARM = "receive_low_alarm"
    POE_POWER = "poe_power"
    POE_USED = "poe_used"
    POE_LIMIT = "poe_limit"
    TEMPERATURE = "temperature"
    VOLTAGE = "voltage"
    FAN_SPEED = "fan_speed"
    FAN = "fan"
    POWER_SUPPLY = "power_supply"
    CPU = "cpu"
    MEMORY_USED = "memory_used"
    MEMORY_USED_AMOUNT = "memory_used_amount"
    MEMORY_FREE_AMOUNT = "memory_free_amount"
    MEMORY_TOTAL_AMOUNT = "memory_total_amount"
    BATTERY_CHARGE = "battery_charge"
    BATTERY_TIME = "battery_time"
    OUTPUT_LOAD = "output_load"
    MAINS = "mains"


class Tells(StrEnum):
    """What else a column may be good for."""

    NAME = "name"  # what its row is called
    IF_INDEX = "interface_index"
    PORT_NAME = "interface_name"
    BRIDGE_PORT = "bridge_port"
    ENTITY = "entity_index"
    MODEL = "model"
    SERIAL = "serial"
    FIRMWARE = "firmware"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Of what a measure is told, in which unit, and between which bounds a value can be one at all."""

    of_port: bool
    unit: Unit
    least: float
    most: float


def _meaning(unit: Unit, least: float, most: float, *, of_port: bool = False) -> Meaning:
    return Meaning(of_port=of_port, unit=unit, least=least, most=most)


_SHARE = _meaning(Unit.RATIO, 0.0, 1.0)
_UP = _meaning(Unit.STATE, 0.0, 1.0)
_MEMORY = _meaning(Unit.AMOUNT, 0.0, 2.0**63)
MEANINGS: Mapping[Measure, Meaning] = MappingProxyType(
    {
        Measure.RECEIVE_POWER: _meaning(Unit.DBM, -60.0, 20.0, of_port=True),
        Measure.TRANSMIT_POWER: _meaning(Unit.DBM, -60.0, 20.0, of_port=True),
        Measure.LASER_BIAS: _meaning(Unit.AMPERE, 0.0, 2.0, of_port=True),
        Measure.MODULE_TEMPERATURE: _meaning(Unit.CELSIUS, -60.0, 150.0, of_port=True),
        Measure.RECEIVE_LOW_ALARM: _meaning(Unit.DBM, -45.0, 5.0, of_port=True),
        Measure.POE_POWER: _meaning(Unit.WATT, 0.0, 120.0, of_port=True),
        Measure.POE_USED: _meaning(Unit.WATT, 0.0, 10_000.0),
        Measure.POE_LIMIT: _meaning(Unit.WATT, 0.0, 10_000.0),
        Measure.TEMPERATURE: _meaning(Unit.CELSIUS, -60.0, 200.0),
        Measure.VOLTAGE: _meaning(Unit.VOLT, -1000.0, 1000.0),
        Measure.FAN_SPEED: _meaning(Unit.RPM, 0.0, 100_000.0),
        Measure.FAN: _UP,
        Measure.POWER_SUPPLY: _UP,
        Measure.CPU: _SHARE,
        Measure.MEMORY_USED: _SHARE,
        Measure.MEMORY_USED_AMOUNT: _MEMORY,
        Measure.MEMORY_FREE_AMOUNT: _MEMORY,
        Measure.MEMORY_TOTAL_AMOUNT: _MEMORY,
        Measure.BATTERY_CHARGE: _SHARE,
        Measure.BATTERY_TIME: _meaning(Unit.SECOND, 0.0, 10_000_000.0),
        Measure.OUTPUT_LOAD: _meaning(Unit.RATIO, 0.0, 3.0),
        Measure.MAINS: _UP,
    }
)

SPELLINGS: Mapping[str, tuple[Unit, float]] = MappingProxyType(
    {
        **{unit.value: (unit, 1.0) for unit in Unit if unit not in (Unit.AMOUNT, Unit.STATE)},
        "mW": (Unit.WATT, 1e-3),
        "uW": (Unit.WATT, 1e-6),
        "µW": (Unit.WATT, 1e-6),
        "mV": (Unit.VOLT, 1e-3),
        "uV": (Unit.VOLT, 1e-6),
        "mA": (Unit.AMPERE, 1e-3),
        "uA": (Unit.AMPERE, 1e-6),
        "C": (Unit.CELSIUS, 1.0),
        "F": (Unit.FAHRENHEIT, 1.0),
        "%": (Unit.RATIO, 0.01),
        "min": (Unit.SECOND, 60.0),
        "ticks": (Unit.SECOND, 0.01),
    }
)
"""How a profile may write a unit -> the base unit and the factor to it. A number may stand before it: `0.01 dBm`."""


class Rejection(StrEnum):
    """Why a cell gave no value."""

    ABSENT = "the agent has no such value"
    SENTINEL = "it is what the maker sends where there is nothing"
    NOT_A_NUMBER = "it is no number"
    NO_POWER = "no light at all has no dBm"
    IMPLAUSIBLE = "it is beyond what can be"
    UNKNOWN_STATE = "it is no state that the profile knows"
    NO_PORT = "no interface for sure"
    NOT_IN_SERVICE = "the agent says itself that it is not to be believed"


CONVERSIONS: Mapping[tuple[Unit, Unit], Callable[[float], float]] = MappingProxyType(
    {
        (Unit.WATT, Unit.DBM): lambda watts: 10 * math.log10(watts * 1000) if watts > 0 else -math.inf,
        (Unit.FAHRENHEIT, Unit.CELSIUS): lambda degrees: (degrees - 32) / 1.8,
        (Unit.KELVIN, Unit.CELSIUS): lambda kelvin: kelvin - 273.15,
    }
)


class Transform(StrEnum):
    """What is done to a raw value before its unit counts. Each is one named function; there are no expressions."""

    COMPLEMENT = "complement"  # what is free where what is used is wanted: 100 % less the value
    POSITIVE_IS_MICROWATT = "positive_is_microwatt"  # Huawei: 0.01 dBm by its MIB, but older releases send µW above 0
    LOWEST_OF_LIST = "lowest_of_list"  # the lanes of one module as text: -2.1,-2.3
    SFF8472_OR_TEXT = "sff8472_or_text"  # Dasan: a raw SFF-8472 power word (0.1 µW), or dBm as text


_NUMBER = re.compile(rb"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")
_WORD_OCTETS = 2
_PADDING = b' \0\r\n\t"'


def state_value(word: str) -> float | None:
    """The value of a profile's word for a state; None: there is nothing that could be up or down."""
    return {"up": 1.0, "down": 0.0}.get(word)


STATE_WORDS = ("up", "down", "absent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From a raw value to the unit of its measure."""

    unit: Unit
    factor: float = 1.0
    transform: Transform | None = None
    invalid: frozenset[str] = frozenset()
    states: tuple[tuple[str, str], ...] = ()  # raw value as text -> one of STATE_WORDS


def measured(measure: Measure, scale: Scale, cell: Cell, *, divisor: float = 1.0) -> float | Rejection:
    """The value of one cell in the unit of `measure`."""
    if cell is None:
        return Rejection.ABSENT
    if scale.invalid or scale.states:
        told = str(cell) if isinstance(cell, int) else cell.strip(_PADDING).decode("utf-8", "replace")
        if told in scale.invalid:
            return Rejection.SENTINEL
        if scale.states:
            return _state(scale, told)
    unit, raw = _raw(scale, cell)
    if raw is None:
        return Rejection.NOT_A_NUMBER
    value = in_unit(raw / divisor, unit, MEANINGS[measure].unit)
    if scale.transform is Transform.COMPLEMENT:
        value = 1.0 - value
    return believed(measure, value)


def in_unit(value: float, unit: Unit, wanted: Unit) -> float:
    """A value of one unit in another one. KeyError where `can_become` is False."""
    return value if unit is wanted else CONVERSIONS[unit, wanted](value)


def can_become(unit: Unit, wanted: Unit) -> bool:
    return unit is wanted or (unit, wanted) in CONVERSIONS


def believed(measure: Measure, value: float) -> float | Rejection:
    """The value, if it can be one."""
    if value == -math.inf:
        return Rejection.NO_POWER
    meaning = MEANINGS[measure]
    return value if meaning.least <= value <= meaning.most else Rejection.IMPLAUSIBLE  # NaN is not between them


def _state(scale: Scale, told: str) -> float | Rejection:
    word = dict(scale.states).get(told)
    if word is None:
        return Rejection.UNKNOWN_STATE
    value = state_value(word)
    return Rejection.SENTINEL if value is None else value


def _raw(scale: Scale, cell: int | bytes) -> tuple[Unit, float | None]:
    """The number in a cell, already times the factor, and the unit it is in."""
    match scale.transform:
        case Transform.POSITIVE_IS_MICROWATT if isinstance(cell, int) and cell > 0:
            return Unit.WATT, cell * 1e-6
        case Transform.SFF8472_OR_TEXT if isinstance(cell, bytes):
            if len(cell) == _WORD_OCTETS and cell.strip(b"0123456789 +-.") != b"":
                return Unit.WATT, int.from_bytes(cell, "big") * 1e-7
        case Transform.LOWEST_OF_LIST if isinstance(cell, bytes):
            found = [float(number) * scale.factor for number in _NUMBER.findall(cell)]
            return scale.unit, min(found, default=None)
    if isinstance(cell, int):
        return scale.unit, cell * scale.factor
    number = _NUMBER.search(cell)
    return scale.unit, float(number[0]) * scale.factor if number else None

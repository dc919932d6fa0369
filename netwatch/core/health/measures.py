"""What a profile's columns may mean to netwatch, and how a raw cell becomes a number in the unit of its meaning.

In: a cell as the agent sent it and what the profile says of its column. Out: a float in the base unit, or the reason
why there is none. The lists are closed: what is not in them, no profile can say.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import MappingProxyType

Cell = int | bytes | None


class Unit(StrEnum):
    """The base units of what is measured."""

    DBM = "dBm"
    DECIBEL = "dB"
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
    MODULE_VOLTAGE = "module_voltage"
    RECEIVE_SENSITIVITY = "receive_sensitivity"  # by the module's type
    RECEIVE_MARGIN = "receive_margin"  # of ports that are up
    RECEIVE_LOW_ALARM = "receive_low_alarm"
    RECEIVE_HIGH_ALARM = "receive_high_alarm"
    RECEIVE_LOW_WARNING = "receive_low_warning"
    RECEIVE_HIGH_WARNING = "receive_high_warning"
    TRANSMIT_LOW_ALARM = "transmit_low_alarm"
    TRANSMIT_HIGH_ALARM = "transmit_high_alarm"
    TRANSMIT_LOW_WARNING = "transmit_low_warning"
    TRANSMIT_HIGH_WARNING = "transmit_high_warning"
    FULL_DUPLEX = "full_duplex"
    STP_FORWARDING = "stp_forwarding"
    AGGREGATE_MEMBER = "aggregate_member"
    POE_FAULT = "poe_fault"
    POE_POWER = "poe_power"
    POE_USED = "poe_used"
    POE_LIMIT = "poe_limit"
    TEMPERATURE = "temperature"
    VOLTAGE = "voltage"
    CURRENT = "current"
    POWER = "power"
    HUMIDITY = "humidity"
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
    ALARM = "alarm"
    RING = "ring"
    SESSION = "session"
    STP_CHANGES = "stp_changes"


class Tells(StrEnum):
    """What else a column may be good for."""

    NAME = "name"  # what its row is called
    IF_INDEX = "interface_index"
    PORT_NAME = "interface_name"
    BRIDGE_PORT = "bridge_port"
    PORT_LIST = "port_list"  # a PortList (RFC 4363), of the one bridge port that the row is on
    ENTITY = "entity_index"
    MODEL = "model"
    SERIAL = "serial"
    FIRMWARE = "firmware"
    AGGREGATE = "aggregate"  # ifIndex of the aggregate that the row's port is a member of
    STP_ROOT = "stp_root"
    MODULE_TYPE = "module_type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Of what a measure is told, in which unit, and between which bounds a value can be one at all.

    `words`: of a state, what each value is called in a profile, from 0 on.
    """

    of_port: bool
    unit: Unit
    least: float
    most: float
    words: tuple[str, ...] = ()


ABSENT = "absent"  # in a profile's states: there is nothing that could be in one
RING_WORDS = ("intact", "switched", "split", "manual", "restoring", "no_block", "unknown")
"""`core.links.rings.RingCondition`, which every maker's words for the state of a ring are mapped to."""


def _meaning(unit: Unit, least: float, most: float, *, of_port: bool = False) -> Meaning:
    return Meaning(of_port=of_port, unit=unit, least=least, most=most)


def _state(*words: str, of_port: bool = False) -> Meaning:
    return Meaning(of_port=of_port, unit=Unit.STATE, least=0.0, most=len(words) - 1.0, words=words)


_SHARE = _meaning(Unit.RATIO, 0.0, 1.0)
_UP = _state("down", "up")
_LIMIT = _meaning(Unit.DBM, -45.0, 15.0, of_port=True)
_MEMORY = _meaning(Unit.AMOUNT, 0.0, 2.0**63)
MEANINGS: Mapping[Measure, Meaning] = MappingProxyType(
    {
        Measure.RECEIVE_POWER: _meaning(Unit.DBM, -60.0, 20.0, of_port=True),
        Measure.TRANSMIT_POWER: _meaning(Unit.DBM, -60.0, 20.0, of_port=True),
        Measure.LASER_BIAS: _meaning(Unit.AMPERE, 0.0, 2.0, of_port=True),
        Measure.MODULE_TEMPERATURE: _meaning(Unit.CELSIUS, -60.0, 150.0, of_port=True),
        Measure.MODULE_VOLTAGE: _meaning(Unit.VOLT, 0.0, 20.0, of_port=True),
        Measure.RECEIVE_SENSITIVITY: _meaning(Unit.DBM, -45.0, 0.0, of_port=True),
        Measure.RECEIVE_MARGIN: _meaning(Unit.DECIBEL, -60.0, 60.0, of_port=True),
        Measure.RECEIVE_LOW_ALARM: _meaning(Unit.DBM, -45.0, -0.5, of_port=True),
        Measure.RECEIVE_HIGH_ALARM: _LIMIT,
        Measure.RECEIVE_LOW_WARNING: _LIMIT,
        Measure.RECEIVE_HIGH_WARNING: _LIMIT,
        Measure.TRANSMIT_LOW_ALARM: _LIMIT,
        Measure.TRANSMIT_HIGH_ALARM: _LIMIT,
        Measure.TRANSMIT_LOW_WARNING: _LIMIT,
        Measure.TRANSMIT_HIGH_WARNING: _LIMIT,
        Measure.FULL_DUPLEX: _state("half", "full", of_port=True),
        Measure.STP_FORWARDING: _state("blocking", "forwarding", of_port=True),
        Measure.AGGREGATE_MEMBER: _state("down", "up", of_port=True),
        Measure.POE_FAULT: _state("fine", "fault", of_port=True),
        Measure.POE_POWER: _meaning(Unit.WATT, 0.0, 120.0, of_port=True),
        Measure.POE_USED: _meaning(Unit.WATT, 0.0, 10_000.0),
        Measure.POE_LIMIT: _meaning(Unit.WATT, 0.0, 10_000.0),
        Measure.TEMPERATURE: _meaning(Unit.CELSIUS, -60.0, 200.0),
        Measure.VOLTAGE: _meaning(Unit.VOLT, -1000.0, 1000.0),
        Measure.CURRENT: _meaning(Unit.AMPERE, -10_000.0, 10_000.0),
        Measure.POWER: _meaning(Unit.WATT, 0.0, 1_000_000.0),
        Measure.HUMIDITY: _SHARE,
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
        Measure.ALARM: _state("clear", "raised"),
        Measure.RING: _state(*RING_WORDS),
        Measure.SESSION: _UP,
        Measure.STP_CHANGES: _meaning(Unit.AMOUNT, 0.0, 2.0**32),
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
        "kW": (Unit.WATT, 1e3),
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
    SMALL_IS_MILLIAMPERE = "small_is_milliampere"  # Huawei: µA, and mA of routers; no laser runs on less than 200 µA
    LOWEST_OF_LIST = "lowest_of_list"  # the lanes of one module as text: -2.1,-2.3
    SFF8472_OR_TEXT = "sff8472_or_text"  # Dasan: a raw SFF-8472 power word (0.1 µW), or dBm as text
    SFF8472_TEMPERATURE = "sff8472_temperature"  # likewise, a raw word of 1/256 °C with a sign
    LACP_ACTOR = "lacp_actor"  # dot3adAggPortActorOperState: in sync, collecting and distributing is up
    ANY_BIT = "any_bit"  # bitmaps of errors, counts of alarms: all but zero is one
    MAJOR_ALARM = "major_alarm"  # entStateAlarm (RFC 4268): critical or major
    UNIT_ALARM_1 = "unit_alarm_1"  # NTCIP 1202: flashing, or a cycle or a coordination that failed
    UNIT_ALARM_2 = "unit_alarm_2"  # likewise: time stopped, no response, an empty battery
    SHORT_ALARM = "short_alarm"  # likewise: critical or not, a detector, the coordination, flashing


_NUMBER = re.compile(rb"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")
_LEAST_BIAS_UA = 200
_WORD_OCTETS = 2
_PADDING = b' \0\r\n\t"'


# BITS of LacpState (IEEE 802.1AX): aggregation, and synchronization to distributing. Some agents send the octet as it
# is on the wire, the other way round; of what counts here that swaps aggregation and distributing, and nothing else.
_AGGREGATED, _PASSING = 0x24, 0x3C
_FAULT_BITS = {  # the others tell of what may well be so: warnings, a signal that is coordinated or that was preempted
    Transform.MAJOR_ALARM: 0x30,
    Transform.UNIT_ALARM_1: 0x3F,
    Transform.UNIT_ALARM_2: 0x16,
    Transform.SHORT_ALARM: 0xF2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From a raw value to the unit of its measure."""

    unit: Unit
    factor: float = 1.0
    transform: Transform | None = None
    invalid: frozenset[str] = frozenset()
    states: tuple[tuple[str, str], ...] = ()  # raw value as text, in small letters -> a word of its measure, or ABSENT


def measured(measure: Measure, scale: Scale, cell: Cell, *, divisor: float = 1.0) -> float | Rejection:
    """The value of one cell in the unit of `measure`."""
    if cell is None:
        return Rejection.ABSENT
    if scale.invalid or scale.states:
        told = str(cell) if isinstance(cell, int) else cell.strip(_PADDING).decode("utf-8", "replace")
        if told in scale.invalid:
            return Rejection.SENTINEL
        if scale.states:
            return _state_told(measure, scale, told)
    if scale.transform is not None and scale.transform in STATE_TRANSFORMS:
        return STATE_TRANSFORMS[scale.transform](_bits(cell))
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


def _state_told(measure: Measure, scale: Scale, told: str) -> float | Rejection:
    word = dict(scale.states).get(told.lower())
    if word is None:
        return Rejection.UNKNOWN_STATE
    return Rejection.SENTINEL if word == ABSENT else float(MEANINGS[measure].words.index(word))


def _bits(cell: int | bytes) -> bytes:
    """The octets of BITS or of a bitmap; a number is its own."""
    return cell if isinstance(cell, bytes) else b"" if cell < 0 else cell.to_bytes(8, "big").lstrip(b"\0")


def _lacp_actor(octets: bytes) -> float | Rejection:
    first = _first(octets)
    if not first & _AGGREGATED:
        return Rejection.SENTINEL  # a port by itself is a member of nothing
    return float(first & _PASSING == _PASSING)


def _first(octets: bytes) -> int:
    """The first octet of BITS, whose bit 0 is the highest (RFC 2578 §7.1.4)."""
    return octets[0] if octets else 0


def _any_of(bits: int, octets: bytes) -> float:
    return float(bool(_first(octets) & bits))


STATE_TRANSFORMS: Mapping[Transform, Callable[[bytes], float | Rejection]] = MappingProxyType(
    {
        Transform.LACP_ACTOR: _lacp_actor,
        Transform.ANY_BIT: lambda octets: float(any(octets)),
        **{transform: partial(_any_of, bits) for transform, bits in _FAULT_BITS.items()},
    }
)
"""Transforms that give a state themselves."""


def _is_word(cell: bytes) -> bool:
    """Whether two octets are a word of SFF-8472, and no text."""
    return len(cell) == _WORD_OCTETS and cell.strip(b"0123456789 +-.") != b""


def _raw(scale: Scale, cell: int | bytes) -> tuple[Unit, float | None]:
    """The number in a cell, already times the factor, and the unit it is in."""
    quirk = _of_number(scale, cell) if isinstance(cell, int) else _of_octets(scale, cell)
    if quirk is not None:
        return quirk
    if isinstance(cell, int):
        return scale.unit, cell * scale.factor
    number = _NUMBER.search(cell)
    return scale.unit, float(number[0]) * scale.factor if number else None


def _of_number(scale: Scale, cell: int) -> tuple[Unit, float] | None:
    """What a quirk of the maker makes of a number; None: nothing else than what it is."""
    if scale.transform is Transform.POSITIVE_IS_MICROWATT and cell > 0:
        return Unit.WATT, cell * 1e-6
    if scale.transform is Transform.SMALL_IS_MILLIAMPERE and cell < _LEAST_BIAS_UA:
        return Unit.AMPERE, cell * 1e-3
    return None


def _of_octets(scale: Scale, cell: bytes) -> tuple[Unit, float | None] | None:
    """Likewise of octets."""
    if scale.transform is Transform.LOWEST_OF_LIST:
        found = [float(number) * scale.factor for number in _NUMBER.findall(cell)]
        return scale.unit, min(found, default=None)
    if scale.transform is Transform.SFF8472_OR_TEXT and _is_word(cell):
        return Unit.WATT, int.from_bytes(cell, "big") * 1e-7
    if scale.transform is Transform.SFF8472_TEMPERATURE and _is_word(cell):
        return Unit.CELSIUS, int.from_bytes(cell, "big", signed=True) / 256
    return None

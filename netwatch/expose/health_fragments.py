"""Equipment -> bytes per metric family: optics and power of ports, sensors of the device.

In: a device's labels, its ports' label bytes by name, and its state. Out: one fragment per family, in the order of
HEALTH_FAMILIES. Told only while the agent answers; what is told of ports, only while it is known which they are.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState
from netwatch.core.health.measures import MEANINGS, RING_WORDS, Measure
from netwatch.core.model import NOTHING
from netwatch.expose.labels import DeviceLabels, pairs
from netwatch.expose.samples import HeadedLines, headed_lines, number, sample, state_set
from netwatch.expose.text import label_value

FAMILIES: Mapping[Measure, str] = MappingProxyType(
    {
        Measure.RECEIVE_POWER: "netwatch_optical_receive_power_dbm",
        Measure.RECEIVE_LOW_ALARM: "netwatch_optical_receive_low_alarm_dbm",
        Measure.RECEIVE_LOW_WARNING: "netwatch_optical_receive_low_warning_dbm",
        Measure.RECEIVE_HIGH_WARNING: "netwatch_optical_receive_high_warning_dbm",
        Measure.RECEIVE_HIGH_ALARM: "netwatch_optical_receive_high_alarm_dbm",
        Measure.RECEIVE_SENSITIVITY: "netwatch_optical_receive_sensitivity_dbm",
        Measure.RECEIVE_MARGIN: "netwatch_optical_receive_margin_db",
        Measure.TRANSMIT_LOW_ALARM: "netwatch_optical_transmit_low_alarm_dbm",
        Measure.TRANSMIT_LOW_WARNING: "netwatch_optical_transmit_low_warning_dbm",
        Measure.TRANSMIT_HIGH_WARNING: "netwatch_optical_transmit_high_warning_dbm",
        Measure.TRANSMIT_HIGH_ALARM: "netwatch_optical_transmit_high_alarm_dbm",
        Measure.TRANSMIT_POWER: "netwatch_optical_transmit_power_dbm",
        Measure.LASER_BIAS: "netwatch_optical_bias_amperes",
        Measure.MODULE_VOLTAGE: "netwatch_optical_voltage_volts",
        Measure.MODULE_TEMPERATURE: "netwatch_optical_temperature_celsius",
        Measure.POE_POWER: "netwatch_poe_port_watts",
        Measure.POE_FAULT: "netwatch_poe_port_fault",
        Measure.FULL_DUPLEX: "netwatch_interface_full_duplex",
        Measure.STP_FORWARDING: "netwatch_interface_stp_forwarding",
        Measure.AGGREGATE_MEMBER: "netwatch_interface_aggregate_member_up",
        Measure.POE_USED: "netwatch_device_poe_used_watts",
        Measure.POE_LIMIT: "netwatch_device_poe_limit_watts",
        Measure.TEMPERATURE: "netwatch_device_temperature_celsius",
        Measure.VOLTAGE: "netwatch_device_voltage_volts",
        Measure.CURRENT: "netwatch_device_current_amperes",
        Measure.POWER: "netwatch_device_power_watts",
        Measure.HUMIDITY: "netwatch_device_humidity_ratio",
        Measure.FAN_SPEED: "netwatch_device_fan_speed_rpm",
        Measure.FAN: "netwatch_device_fan_up",
        Measure.POWER_SUPPLY: "netwatch_device_power_supply_up",
        Measure.CPU: "netwatch_device_cpu_utilization_ratio",
        Measure.MEMORY_USED: "netwatch_device_memory_used_ratio",
        Measure.BATTERY_CHARGE: "netwatch_device_battery_charge_ratio",
        Measure.BATTERY_TIME: "netwatch_device_battery_remaining_seconds",
        Measure.OUTPUT_LOAD: "netwatch_device_output_load_ratio",
        Measure.MAINS: "netwatch_device_mains_up",
        Measure.ALARM: "netwatch_device_alarm",
        Measure.RING: "netwatch_device_ring_state",
        Measure.SESSION: "netwatch_device_session_up",
        Measure.STP_CHANGES: "netwatch_device_stp_topology_changes",
    }
)
"""Amounts of memory are told as a share alone."""
DROPPED = "netwatch_device_sensors_dropped"
AGGREGATE, STP_ROOT = "netwatch_interface_aggregate_info", "netwatch_device_stp_root_info"
HEALTH_FAMILIES = (*FAMILIES.values(), DROPPED, AGGREGATE, STP_ROOT)
_DIGITS = 6  # significant ones: more are the conversion's, not the sensor's


def render_health(
    device: DeviceLabels, ports: Mapping[str, bytes], state: DeviceState
) -> tuple[bytes | HeadedLines, ...]:
    """`ports`: interface -> `interface="..."`."""
    equipment = state.equipment
    if state.snmp.answer is not Answer.ANSWERS:
        return (b"",) * len(HEALTH_FAMILIES)
    fixed, readings, in_doubt = equipment.fixed, equipment.readings, state.interfaces.in_doubt
    told: list[bytes | HeadedLines] = []
    for measure, family in FAMILIES.items():
        known, values = fixed.get(measure, NOTHING), readings.get(measure, NOTHING)
        is_of_port = MEANINGS[measure].of_port
        if not (known or values) or (is_of_port and in_doubt):
            told.append(b"")
            continue
        values = {**known, **values} if known else values
        if measure is Measure.RING:
            told.append(_rings(family.encode(), device, values))
        elif is_of_port:
            told.append(headed_lines(family, device.short, _of_ports(ports, values)))
        else:
            told.append(headed_lines(family, device.full, _of_sensors(values)))
    dropped = sample(DROPPED.encode(), device.full, equipment.dropped) if equipment.gauges else b""
    aggregates = headed_lines(AGGREGATE, device.short, _aggregates(ports, state))
    return *told, dropped, aggregates, _root(device, equipment.stp_root)


def _rings(family: bytes, device: DeviceLabels, values: Mapping[str, float]) -> bytes:
    sensors = zip(_sensors(tuple(values)), values.values(), strict=True)
    return b"".join(
        state_set(family, device.full + sensor, states=RING_WORDS, current=RING_WORDS[int(value)])
        for sensor, value in sensors
    )


def _aggregates(ports: Mapping[str, bytes], state: DeviceState) -> list[bytes]:
    if state.interfaces.in_doubt:
        return []
    return [
        b",%b,%b} 1\n" % (ports[member], pairs({"aggregate": aggregate}))
        for member, aggregate in state.equipment.aggregates.items()
        if member in ports
    ]


def _root(device: DeviceLabels, root: str) -> bytes:
    return sample(STP_ROOT.encode(), b"%b,%b" % (device.full, pairs({"root": root})), 1) if root else b""


def _of_ports(ports: Mapping[str, bytes], values: Mapping[str, float]) -> list[bytes]:
    """A name that is none of the ports was one when it was read."""
    return [b",%b} %b\n" % (ports[name], _number(value)) for name, value in values.items() if name in ports]


def _of_sensors(values: Mapping[str, float]) -> list[bytes]:
    sensors = zip(_sensors(tuple(values)), map(_number, values.values()), strict=True)
    return [b"%b} %b\n" % told for told in sensors]


@lru_cache(maxsize=1024)
def _sensors(names: tuple[str, ...]) -> tuple[bytes, ...]:
    """`,sensor="..."` of each.

    Names are unique, but two may look alike once cut or escaped: then the later ones get their place's number.
    """
    texts: dict[str, None] = {}
    for place, name in enumerate(names):
        text = label_value(name)
        text = next(one for one in chain((text, f"{text} ({place})"), _numbered(text)) if one not in texts)
        texts[text] = None
    return tuple([b',sensor="%b"' % text.encode() for text in texts])


def _numbered(text: str) -> Iterator[str]:
    number = 2
    while True:
        yield f"{text} #{number}"
        number += 1


@lru_cache(maxsize=16_384)
def _number(value: float) -> bytes:
    """As it is told, without digits that are the conversion's own. Thousands of devices measure the same values."""
    return number(int(value) if value.is_integer() else float(f"{value:.{_DIGITS}g}"))

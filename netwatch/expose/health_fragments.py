"""Equipment -> bytes per metric family: optics and power of ports, sensors of the device.

In: a device's labels, its ports' label bytes by name, and its state. Out: one fragment per family, in the order of
HEALTH_FAMILIES. Told only while the agent answers; what is told of ports, only while it is known which they are.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState
from netwatch.core.health.measures import MEANINGS, Measure
from netwatch.expose.labels import DeviceLabels
from netwatch.expose.samples import sample
from netwatch.expose.text import label_value

FAMILIES: Mapping[Measure, str] = MappingProxyType(
    {
        Measure.RECEIVE_POWER: "netwatch_optical_receive_power_dbm",
        Measure.RECEIVE_LOW_ALARM: "netwatch_optical_receive_low_alarm_dbm",
        Measure.TRANSMIT_POWER: "netwatch_optical_transmit_power_dbm",
        Measure.LASER_BIAS: "netwatch_optical_bias_amperes",
        Measure.MODULE_TEMPERATURE: "netwatch_optical_temperature_celsius",
        Measure.POE_POWER: "netwatch_poe_port_watts",
        Measure.POE_USED: "netwatch_device_poe_used_watts",
        Measure.POE_LIMIT: "netwatch_device_poe_limit_watts",
        Measure.TEMPERATURE: "netwatch_device_temperature_celsius",
        Measure.VOLTAGE: "netwatch_device_voltage_volts",
        Measure.FAN_SPEED: "netwatch_device_fan_speed_rpm",
        Measure.FAN: "netwatch_device_fan_up",
        Measure.POWER_SUPPLY: "netwatch_device_power_supply_up",
        Measure.CPU: "netwatch_device_cpu_utilization_ratio",
        Measure.MEMORY_USED: "netwatch_device_memory_used_ratio",
        Measure.BATTERY_CHARGE: "netwatch_device_battery_charge_ratio",
        Measure.BATTERY_TIME: "netwatch_device_battery_remaining_seconds",
        Measure.OUTPUT_LOAD: "netwatch_device_output_load_ratio",
        Measure.MAINS: "netwatch_device_mains_up",
    }
)
"""Amounts of memory are told as a share alone."""
DROPPED = "netwatch_device_sensors_dropped"
HEALTH_FAMILIES = (*FAMILIES.values(), DROPPED)
_DIGITS = 6  # significant ones: more are the conversion's, not the sensor's


def render_health(device: DeviceLabels, ports: Mapping[str, bytes], state: DeviceState) -> tuple[bytes, ...]:
    """`ports`: interface -> `interface="..."`."""
    equipment = state.equipment
    if state.snmp.answer is not Answer.ANSWERS:
        return (b"",) * len(HEALTH_FAMILIES)
    told = []
    for measure, family in FAMILIES.items():
        values = {**equipment.fixed.get(measure, {}), **equipment.readings.get(measure, {})}
        lines = _of_ports(device, ports, values) if MEANINGS[measure].of_port else _of_sensors(device, values)
        if MEANINGS[measure].of_port and state.interfaces.in_doubt:
            lines = iter(())
        told.append(b"".join(sample(family.encode(), labels, value) for labels, value in lines))
    dropped = sample(DROPPED.encode(), device.full, equipment.dropped) if equipment.gauges else b""
    return *told, dropped


def _of_ports(
    device: DeviceLabels, ports: Mapping[str, bytes], values: Mapping[str, float]
) -> Iterator[tuple[bytes, float]]:
    for name, value in values.items():
        port = ports.get(name)
        if port is not None:  # else it was one when it was read, and is none now
            yield b"%b,%b" % (device.short, port), _rounded(value)


def _of_sensors(device: DeviceLabels, values: Mapping[str, float]) -> Iterator[tuple[bytes, float]]:
    """Names are unique, but two may look alike once cut or escaped: then the later ones get their place's number."""
    seen: set[str] = set()
    for place, (name, value) in enumerate(values.items()):
        text = label_value(name)
        text = next(one for one in chain((text, f"{text} ({place})"), _numbered(text)) if one not in seen)
        seen.add(text)
        yield b'%b,sensor="%b"' % (device.full, text.encode()), _rounded(value)


def _numbered(text: str) -> Iterator[str]:
    number = 2
    while True:
        yield f"{text} #{number}"
        number += 1


def _rounded(value: float) -> float:
    return int(value) if value.is_integer() else float(f"{value:.{_DIGITS}g}")

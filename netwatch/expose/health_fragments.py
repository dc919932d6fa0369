"""Equipment -> bytes per metric family: optics and power of ports, sensors of the device.

In: a device's labels, its ports' label bytes by name, and its state. Out: one fragment per family, in the order of
HEALTH_FAMILIES. Told only while the agent answers; what is told of ports, only while it is known which they are.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState
from netwatch.core.health.measures import MEANINGS, RING_WORDS, Measure
from netwatch.expose.labels import DeviceLabels, pairs
from netwatch.expose.samples import sample, state_set
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


def render_health(device: DeviceLabels, ports: Mapping[str, bytes], state: DeviceState) -> tuple[bytes, ...]:
    """`ports`: interface -> `interface="..."`."""
    equipment = state.equipment
    if state.snmp.answer is not Answer.ANSWERS:
        return (b"",) * len(HEALTH_FAMILIES)
    told = []
    for measure, family in FAMILIES.items():
        values = {**equipment.fixed.get(measure, {}), **equipment.readings.get(measure, {})}
        is_of_port = MEANINGS[measure].of_port
        if not values or (is_of_port and state.interfaces.in_doubt):
            told.append(b"")
        elif measure is Measure.RING:
            told.append(
                b"".join(_ring(family.encode(), labels, value) for labels, value in _of_sensors(device, values))
            )
        else:
            lines = _of_ports(device, ports, values) if is_of_port else _of_sensors(device, values)
            told.append(b"".join([sample(family.encode(), labels, value) for labels, value in lines]))
    dropped = sample(DROPPED.encode(), device.full, equipment.dropped) if equipment.gauges else b""
    return *told, dropped, _aggregates(device, ports, state), _root(device, equipment.stp_root)


def _ring(family: bytes, labels: bytes, value: float) -> bytes:
    return state_set(family, labels, states=RING_WORDS, current=RING_WORDS[int(value)])


def _aggregates(device: DeviceLabels, ports: Mapping[str, bytes], state: DeviceState) -> bytes:
    if state.interfaces.in_doubt:
        return b""
    return b"".join(
        sample(AGGREGATE.encode(), b"%b,%b,%b" % (device.short, ports[member], pairs({"aggregate": aggregate})), 1)
        for member, aggregate in state.equipment.aggregates.items()
        if member in ports
    )


def _root(device: DeviceLabels, root: str) -> bytes:
    return sample(STP_ROOT.encode(), b"%b,%b" % (device.full, pairs({"root": root})), 1) if root else b""


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

"""The part of the catalogue that tells how devices are: optics, power, temperature, processors, fans, batteries."""

from netwatch.core.metric import DEVICE, PORT, Metric, Scope, gauge

_SENSOR = (*DEVICE, "sensor")


def _limits(direction: str, limits: tuple[str, ...]) -> tuple[Metric, ...]:
    return tuple(
        gauge(
            f"netwatch_optical_{direction}_{limit}_dbm",
            Scope.INTERFACE,
            PORT,
            f"The module's own {limit.replace('_', ' ')} for the light it {direction}s; absent where it does not tell.",
            "dbm",
        )
        for limit in limits
    )


HEALTH_METRICS: tuple[Metric, ...] = (
    gauge(
        "netwatch_optical_receive_power_dbm",
        Scope.INTERFACE,
        PORT,
        "Light that a module receives; of several lanes the weakest. Absent where the module does not tell.",
        "dbm",
    ),
    gauge(
        "netwatch_optical_receive_low_alarm_dbm",
        Scope.INTERFACE,
        PORT,
        "The module's own limit, below which what it receives is too little; absent where it does not tell.",
        "dbm",
    ),
    *_limits("receive", ("low_warning", "high_warning", "high_alarm")),
    gauge(
        "netwatch_optical_receive_sensitivity_dbm",
        Scope.INTERFACE,
        PORT,
        "The least light that a module of this type works with, after IEEE 802.3; absent where the type is not known.",
        "dbm",
    ),
    gauge(
        "netwatch_optical_receive_margin_db",
        Scope.INTERFACE,
        PORT,
        "Light received beyond the module's own low alarm, else beyond its type's sensitivity; of ports that are up.",
        "db",
    ),
    *_limits("transmit", ("low_alarm", "low_warning", "high_warning", "high_alarm")),
    gauge(
        "netwatch_optical_transmit_power_dbm",
        Scope.INTERFACE,
        PORT,
        "Light that a module sends; of several lanes the weakest.",
        "dbm",
    ),
    gauge("netwatch_optical_bias_amperes", Scope.INTERFACE, PORT, "Current through a module's laser.", "amperes"),
    gauge("netwatch_optical_voltage_volts", Scope.INTERFACE, PORT, "Supply voltage of a module.", "volts"),
    gauge("netwatch_optical_temperature_celsius", Scope.INTERFACE, PORT, "Temperature of a module.", "celsius"),
    gauge(
        "netwatch_poe_port_watts",
        Scope.INTERFACE,
        PORT,
        "Power that a port delivers, as the maker's own objects tell it; RFC 3621 has none.",
        "watts",
    ),
    gauge(
        "netwatch_poe_port_fault",
        Scope.INTERFACE,
        PORT,
        "1 if the port says that power over Ethernet has a fault on it; 0 where it is well or has nothing to feed.",
    ),
    gauge(
        "netwatch_interface_full_duplex",
        Scope.INTERFACE,
        PORT,
        "1 if the port runs full duplex, 0 if half; absent where it does not tell.",
    ),
    gauge(
        "netwatch_interface_stp_forwarding",
        Scope.INTERFACE,
        PORT,
        "1 if the spanning tree lets the port forward, 0 while it blocks, listens or learns; as of the last discovery.",
    ),
    gauge(
        "netwatch_interface_aggregate_member_up",
        Scope.INTERFACE,
        PORT,
        "1 if LACP has the port in sync, collecting and distributing; absent where it is no member.",
    ),
    gauge(
        "netwatch_interface_aggregate_info",
        Scope.INTERFACE,
        (*PORT, "aggregate"),
        "Which aggregate the port is a member of; always 1.",
    ),
    gauge(
        "netwatch_device_poe_used_watts", Scope.DEVICE, _SENSOR, "Power that a group of PoE ports delivers.", "watts"
    ),
    gauge(
        "netwatch_device_poe_limit_watts", Scope.DEVICE, _SENSOR, "Power that a group of PoE ports may take.", "watts"
    ),
    gauge("netwatch_device_temperature_celsius", Scope.DEVICE, _SENSOR, "Temperature, by sensor.", "celsius"),
    gauge("netwatch_device_voltage_volts", Scope.DEVICE, _SENSOR, "Voltage, by sensor.", "volts"),
    gauge("netwatch_device_current_amperes", Scope.DEVICE, _SENSOR, "Current, by sensor.", "amperes"),
    gauge("netwatch_device_power_watts", Scope.DEVICE, _SENSOR, "Power, by sensor.", "watts"),
    gauge("netwatch_device_humidity_ratio", Scope.DEVICE, _SENSOR, "Relative humidity, 0 to 1.", "ratio"),
    gauge("netwatch_device_fan_speed_rpm", Scope.DEVICE, _SENSOR, "Turns of a fan per minute.", "rpm"),
    gauge("netwatch_device_fan_up", Scope.DEVICE, _SENSOR, "1 if the fan works; absent where there is none."),
    gauge(
        "netwatch_device_power_supply_up",
        Scope.DEVICE,
        _SENSOR,
        "1 if the power supply or input works; absent where there is none.",
    ),
    gauge("netwatch_device_cpu_utilization_ratio", Scope.DEVICE, _SENSOR, "Load of a processor, 0 to 1.", "ratio"),
    gauge("netwatch_device_memory_used_ratio", Scope.DEVICE, _SENSOR, "Memory in use, 0 to 1.", "ratio"),
    gauge("netwatch_device_battery_charge_ratio", Scope.DEVICE, _SENSOR, "Charge left in a battery, 0 to 1.", "ratio"),
    gauge(
        "netwatch_device_battery_remaining_seconds",
        Scope.DEVICE,
        _SENSOR,
        "How long a battery would last, by its own reckoning.",
        "seconds",
    ),
    gauge(
        "netwatch_device_output_load_ratio",
        Scope.DEVICE,
        _SENSOR,
        "Load of a power supply's output; 1 is all it is made for.",
        "ratio",
    ),
    gauge("netwatch_device_mains_up", Scope.DEVICE, _SENSOR, "1 if it is fed by the mains, 0 if by its battery."),
    gauge("netwatch_device_alarm", Scope.DEVICE, _SENSOR, "1 while the device says that something of it is wrong."),
    gauge(
        "netwatch_device_ring_state",
        Scope.DEVICE,
        (*_SENSOR, "state"),
        "What the device says of a ring, as a StateSet of the states of netwatch_ring_state, by the ring's name there.",
    ),
    gauge(
        "netwatch_device_session_up",
        Scope.DEVICE,
        _SENSOR,
        "1 if a routing session (BGP, OSPF) with a neighbour is established, by protocol and neighbour.",
    ),
    gauge(
        "netwatch_device_stp_topology_changes",
        Scope.DEVICE,
        _SENSOR,
        "Topology changes of the spanning tree since the agent began.",
    ),
    gauge(
        "netwatch_device_stp_root_info",
        Scope.DEVICE,
        (*DEVICE, "root"),
        "Priority and MAC address of the spanning tree's root; always 1.",
    ),
    gauge(
        "netwatch_device_sensors_dropped",
        Scope.DEVICE,
        DEVICE,
        "Values of sensors beyond the 256 that are told of one kind.",
    ),
)

_DIRECTION = ("link", "district", "direction")

LINK_LIGHT_METRICS: tuple[Metric, ...] = (
    gauge(
        "netwatch_link_optical_loss_db",
        Scope.CITY,
        _DIRECTION,
        "Light that one end sends less what the other receives; absent where an end tells nothing or the link is down.",
        "db",
    ),
    gauge(
        "netwatch_link_optical_commissioned_dbm",
        Scope.CITY,
        _DIRECTION,
        "Light that was received when the link was new: the mean of its first day.",
        "dbm",
    ),
    gauge(
        "netwatch_link_optical_drift_db",
        Scope.CITY,
        _DIRECTION,
        "Loss beyond that of the link's first day; where the far end tells nothing, light received less than then.",
        "db",
    ),
    gauge(
        "netwatch_link_optical_days_to_limit",
        Scope.CITY,
        _DIRECTION,
        "Days until the receiver's limit at the pace of the last thirty; absent where it does not fall for sure.",
    ),
)

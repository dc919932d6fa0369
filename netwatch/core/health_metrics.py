"""The part of the catalogue that tells how devices are: optics, power, temperature, processors, fans, batteries."""

from netwatch.core.metric import DEVICE, PORT, Metric, Scope, gauge

_SENSOR = (*DEVICE, "sensor")

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
    gauge(
        "netwatch_optical_transmit_power_dbm",
        Scope.INTERFACE,
        PORT,
        "Light that a module sends; of several lanes the weakest.",
        "dbm",
    ),
    gauge("netwatch_optical_bias_amperes", Scope.INTERFACE, PORT, "Current through a module's laser.", "amperes"),
    gauge("netwatch_optical_temperature_celsius", Scope.INTERFACE, PORT, "Temperature of a module.", "celsius"),
    gauge(
        "netwatch_poe_port_watts",
        Scope.INTERFACE,
        PORT,
        "Power that a port delivers, as the maker's own objects tell it; RFC 3621 has none.",
        "watts",
    ),
    gauge(
        "netwatch_device_poe_used_watts", Scope.DEVICE, _SENSOR, "Power that a group of PoE ports delivers.", "watts"
    ),
    gauge(
        "netwatch_device_poe_limit_watts", Scope.DEVICE, _SENSOR, "Power that a group of PoE ports may take.", "watts"
    ),
    gauge("netwatch_device_temperature_celsius", Scope.DEVICE, _SENSOR, "Temperature, by sensor.", "celsius"),
    gauge("netwatch_device_voltage_volts", Scope.DEVICE, _SENSOR, "Voltage, by sensor.", "volts"),
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
    gauge(
        "netwatch_device_sensors_dropped",
        Scope.DEVICE,
        DEVICE,
        "Values of sensors beyond the 256 that are told of one kind.",
    ),
)

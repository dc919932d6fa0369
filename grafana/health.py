"""How one device is: its light, power, temperature, processors and what else it measures of itself."""

from grafana import states
from grafana.panels import Look, Panel, Query, Row
from grafana.parts import figure
from grafana.variables import ITS_PORTS, THIS_DEVICE
from grafana.words import Text

_NO_SENSOR = Text("the device tells nothing of it", "장비가 제공하지 않음")
_PERCENT = "percentunit"


def _course(title: Text, about: Text, queries: tuple[Query, ...], *, unit: str) -> Panel:
    """What sensors show over time."""
    return Panel(
        look=Look.GRAPH, title=title, about=about, queries=queries, unit=unit, none=_NO_SENSOR, width=12, height=8
    )


def _of_port(metric: str, legend: str = "") -> Query:
    return Query(expr=f"{metric}{{{ITS_PORTS}}}", legend=f"{{{{interface}}}} {legend}".strip())


def _of_sensor(metric: str, legend: str = "") -> Query:
    return Query(expr=f"{metric}{{{THIS_DEVICE}}}", legend=f"{{{{sensor}}}} {legend}".strip())


ROW_HEALTH = Row(
    title=Text("Health", "장비 건강"),
    panels=(
        _course(
            Text("Optical power", "광 세기"),
            Text(
                "What the modules of the chosen ports receive and send, and their own limit of what is too little.",
                "선택한 포트의 수신·송신 광 세기와, 모듈이 알려 주는 수신 하한입니다.",
            ),
            (
                _of_port("netwatch_optical_receive_power_dbm", "in"),
                _of_port("netwatch_optical_transmit_power_dbm", "out"),
                _of_port("netwatch_optical_receive_low_alarm_dbm", "limit"),
            ),
            unit="dBm",
        ),
        _course(
            Text("Modules", "광 모듈"),
            Text(
                "Temperature of the modules of the chosen ports, and mA through their lasers.",
                "선택한 포트의 모듈 온도와 레이저 전류(mA)입니다.",
            ),
            (
                _of_port("netwatch_optical_temperature_celsius", "°C"),
                Query(expr=f"1000 * netwatch_optical_bias_amperes{{{ITS_PORTS}}}", legend="{{interface}} mA"),
            ),
            unit="short",
        ),
        _course(
            Text("Power over Ethernet", "PoE 전력"),
            Text(
                "What the chosen ports deliver, and all together against what there is.",
                "선택한 포트의 공급 전력과, 전체 공급량 및 한도입니다.",
            ),
            (
                _of_port("netwatch_poe_port_watts"),
                _of_sensor("netwatch_device_poe_used_watts"),
                _of_sensor("netwatch_device_poe_limit_watts", "limit"),
            ),
            unit="watt",
        ),
        _course(
            Text("Temperature", "온도"),
            Text("By sensor of the device.", "장비의 센서별 온도입니다."),
            (_of_sensor("netwatch_device_temperature_celsius"),),
            unit="celsius",
        ),
        _course(
            Text("Processor and memory", "CPU와 메모리"),
            Text("Share in use.", "사용률입니다."),
            (
                _of_sensor("netwatch_device_cpu_utilization_ratio"),
                _of_sensor("netwatch_device_memory_used_ratio", "memory"),
            ),
            unit=_PERCENT,
        ),
        Panel(
            look=Look.TIMELINE,
            title=Text("Fans, power supplies and mains", "팬, 전원 공급 장치, 상용 전원"),
            about=Text("Each as the device itself tells it.", "장비가 알려 주는 각각의 상태입니다."),
            queries=tuple(
                _of_sensor(f"netwatch_device_{what}_up", word)
                for what, word in (("fan", ""), ("power_supply", ""), ("mains", "mains"))
            ),
            states=states.UP_DOWN,
            none=_NO_SENSOR,
            width=12,
            height=8,
        ),
        _course(
            Text("Voltages and fan speeds", "전압과 팬 속도"),
            Text("Volts, and turns per minute of the fans.", "전압(V)과 분당 팬 회전수입니다."),
            (_of_sensor("netwatch_device_voltage_volts", "V"), _of_sensor("netwatch_device_fan_speed_rpm", "rpm")),
            unit="short",
        ),
        _course(
            Text("Battery and load", "배터리와 부하"),
            Text("Charge left, and load of the output.", "남은 충전량과 출력 부하입니다."),
            (
                _of_sensor("netwatch_device_battery_charge_ratio", "charge"),
                _of_sensor("netwatch_device_output_load_ratio", "load"),
            ),
            unit=_PERCENT,
        ),
        figure(
            Text("Battery would last", "배터리 예상 지속"),
            Text("By its own reckoning.", "배터리가 스스로 계산한 값입니다."),
            f"min(netwatch_device_battery_remaining_seconds{{{THIS_DEVICE}}})",
            unit="dtdurations",
            none=_NO_SENSOR,
        ),
        figure(
            Text("Sensors left out", "제외된 센서"),
            Text(
                "Values beyond the 256 that are told of one kind.",
                "종류별 256개를 넘어 내보내지 않은 센서 값의 수입니다.",
            ),
            f"max(netwatch_device_sensors_dropped{{{THIS_DEVICE}}})",
            unit="short",
            none=_NO_SENSOR,
        ),
    ),
)

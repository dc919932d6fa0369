"""How one device is: its light, power, temperature, processors and what else it measures of itself."""

from grafana import states, words
from grafana.panels import Column, Look, Panel, Query, Row, now
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
                _of_port("netwatch_optical_receive_sensitivity_dbm", "limit of the type"),
            ),
            unit="dBm",
        ),
        _course(
            Text("Optical margin", "수신 광 여유"),
            Text(
                "Light received beyond what the module needs: its own low alarm, else what its type works with.",
                "모듈 수신 하한(없으면 규격 하한) 대비 여유입니다.",
            ),
            (_of_port("netwatch_optical_receive_margin_db"),),
            unit="dB",
        ),
        _course(
            Text("Limits of modules", "광 모듈 한계값"),
            Text("As the modules tell them; what contradicts itself is left out.", "모듈이 알려 주는 한계값입니다."),
            tuple(
                _of_port(f"netwatch_optical_{direction}_{limit}_dbm", f"{word} {limit.replace('_', ' ')}")
                for direction, word in (("receive", "in"), ("transmit", "out"))
                for limit in ("low_alarm", "low_warning", "high_warning", "high_alarm")
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
                _of_port("netwatch_optical_voltage_volts", "V"),
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
        Panel(
            look=Look.TIMELINE,
            title=Text("Ports by the device's own word", "포트 자체 보고"),
            about=Text(
                "Full duplex, forwarding by the spanning tree, carrying in its aggregate, without a fault of PoE.",
                "전이중, STP 전달, LAG 참여, PoE 정상 여부입니다.",
            ),
            queries=(
                _of_port("netwatch_interface_full_duplex", "duplex"),
                _of_port("netwatch_interface_stp_forwarding", "STP"),
                _of_port("netwatch_interface_aggregate_member_up", "LAG"),
                Query(expr=f"1 - netwatch_poe_port_fault{{{ITS_PORTS}}}", legend="{{interface}} PoE"),
            ),
            states=states.UP_DOWN,
            none=_NO_SENSOR,
            width=12,
            height=8,
        ),
        Panel(
            look=Look.TIMELINE,
            title=Text("What it says of itself", "장비 자체 보고"),
            about=Text(
                "Sessions with routing neighbours, rings by its own MIB (down: not intact), alarms (down: raised).",
                "라우팅 세션, 장비가 보고하는 링 상태(이상 시 down), 자체 경보(발생 시 down)입니다.",
            ),
            queries=(
                _of_sensor("netwatch_device_session_up"),
                Query(expr=f'netwatch_device_ring_state{{{THIS_DEVICE}, state="intact"}}', legend="{{sensor}}"),
                Query(expr=f"1 - netwatch_device_alarm{{{THIS_DEVICE}}}", legend="{{sensor}}"),
            ),
            states=states.UP_DOWN,
            none=_NO_SENSOR,
            width=12,
            height=8,
        ),
        _course(
            Text("Currents, power and humidity", "전류, 전력, 습도"),
            Text("Amperes, watts and per cent, by sensor.", "센서별 전류(A), 전력(W), 습도(%)입니다."),
            (
                _of_sensor("netwatch_device_current_amperes", "A"),
                _of_sensor("netwatch_device_power_watts", "W"),
                Query(expr=f"100 * netwatch_device_humidity_ratio{{{THIS_DEVICE}}}", legend="{{sensor}} %"),
            ),
            unit="short",
        ),
        _course(
            Text("Changes of the spanning tree", "STP 토폴로지 변경"),
            Text("Topology changes since the agent began.", "에이전트 시작 이후 토폴로지 변경 횟수입니다."),
            (_of_sensor("netwatch_device_stp_topology_changes"),),
            unit="short",
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
        Panel(
            look=Look.TABLE,
            title=Text("Aggregates and the spanning tree's root", "LAG 구성과 STP 루트"),
            about=Text("As of the last discovery.", "마지막 탐색 기준입니다."),
            queries=(
                now(f"netwatch_interface_aggregate_info{{{THIS_DEVICE}}}"),
                now(f"netwatch_device_stp_root_info{{{THIS_DEVICE}}}"),
            ),
            columns=(
                Column(source="interface", title=words.INTERFACE),
                Column(source="aggregate", title=Text("Aggregate", "LAG")),
                Column(source="root", title=Text("Root bridge", "루트 브리지")),
            ),
            none=_NO_SENSOR,
            width=12,
            height=8,
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

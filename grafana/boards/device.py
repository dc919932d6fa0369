"""Device: one router or switch, from its verdict down to each port."""

from grafana import states, words
from grafana.board import Board
from grafana.panels import Column, Look, Panel, Query, Row, Step, now, stamped
from grafana.parts import TO_FIELD_DEVICE, TO_LINK, faults_table, verdict
from grafana.queries import POLL, as_number, rate, rate_now
from grafana.states import ORANGE, RED, YELLOW, numbered
from grafana.variables import DEVICE, DISTRICT, INTERFACE, SITE
from grafana.words import Text

_THIS = 'device="$device"'
_PORTS = f'{_THIS}, interface=~"$interface"'
_ITS_LINKS = 'netwatch_link_info{a_device="$device"} or netwatch_link_info{b_device="$device"}'
_ITS_FAULTS = (
    '(netwatch_fault_info{subject=~"(device|port):${device:regex}( .*)?"}'
    f' or label_replace(netwatch_fault_info, "link", "$1", "subject", "link:(.+)") and on (link) ({_ITS_LINKS})'
    ' or label_replace(netwatch_fault_info{subject=~"cable:.+"}, "cables", "$1", "subject", "cable:(.+)")'
    f" and on (cables) ({_ITS_LINKS}))"
)
_ANY_LINK, _ANY_FIELD = 'link!=""', 'field_device!=""'
_NO_SNMP = Text("no SNMP here", "SNMP 수집 없음")
_NO_TRAFFIC = Text("no counters read yet", "아직 수집된 카운터 없음")
_NOT_PINGED = Text("not pinged", "핑 미사용")
_SETTLING = Text(
    " The counters carry the poll's own time, so the graph ends 80 s before now, where it is exact.",
    " 카운터에 수집 시각이 있으므로, 정확한 값만 보이도록 현재보다 80초 앞에서 끝납니다.",
)


def _figure(title: Text, about: Text, expr: str, *, unit: str, none: Text) -> Panel:
    return Panel(
        look=Look.STAT,
        title=title,
        about=about,
        queries=(now(expr),),
        unit=unit,
        none=none,
        width=4,
        height=4,
    )


ROW_NOW = Row(
    title=Text("Now", "현재"),
    panels=(
        verdict(
            words.STATE,
            Text("The verdict from echoes, SNMP and the topology.", "핑, SNMP, 연결 구조를 종합한 판정입니다."),
            as_number("netwatch_device_state", _THIS, "device", states.DEVICE),
            shown=numbered(states.DEVICE),
            none=words.NOT_HEARD,
        ),
        verdict(
            Text("Answers at all", "응답"),
            Text("To an echo or to SNMP.", "핑 또는 SNMP에 응답하는지 여부입니다."),
            f"max(netwatch_device_up{{{_THIS}}})",
            shown=states.ANSWERS,
            none=Text("not tried yet", "아직 확인 전"),
        ),
        verdict(
            Text("Echo", "핑"),
            Text("ICMP, observed apart from SNMP.", "SNMP와 따로 관측한 ICMP 응답입니다."),
            f"max(netwatch_device_icmp_up{{{_THIS}}})",
            shown=states.ANSWERS,
            none=_NOT_PINGED,
        ),
        verdict(
            Text("SNMP agent", "SNMP"),
            Text("Observed apart from echoes.", "핑과 따로 관측한 SNMP 응답입니다."),
            f"max(netwatch_device_snmp_up{{{_THIS}}})",
            shown=states.ANSWERS,
            none=_NO_SNMP,
        ),
        _figure(
            Text("Uptime", "가동 시간"),
            Text("sysUpTime, wraps after 497 days undone.", "sysUpTime이며 497일 순환을 보정했습니다."),
            f"max(netwatch_device_uptime_seconds{{{_THIS}}})",
            unit="dtdurations",
            none=_NO_SNMP,
        ),
        _figure(
            Text("Ports left out", "제외된 포트"),
            Text(
                "Beyond settings.max_interfaces_per_device, so not exported.",
                "settings.max_interfaces_per_device를 넘어 내보내지 않은 포트 수입니다.",
            ),
            f"max(netwatch_device_interfaces_dropped{{{_THIS}}})",
            unit="short",
            none=_NO_SNMP,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("What it is", "장비 정보"),
            about=Text("As the inventory and the device itself tell it.", "인벤토리와 장비가 알려 준 정보입니다."),
            queries=(now(f"netwatch_device_info{{{_THIS}}}"),),
            columns=tuple(
                Column(source=source, title=title)
                for source, title in (
                    ("name", words.NAME),
                    ("role", words.ROLE),
                    ("site", words.SITE),
                    ("address", words.ADDRESS),
                    ("profile", Text("Profile", "프로파일")),
                    ("vendor", Text("Maker", "제조사")),
                    ("model", Text("Model", "모델")),
                    ("serial", Text("Serial number", "일련번호")),
                    ("firmware", Text("Firmware", "펌웨어")),
                    ("sys_name", Text("sysName", "sysName")),
                    ("sys_descr", Text("sysDescr", "sysDescr")),
                    ("sys_object_id", Text("sysObjectID", "sysObjectID")),
                    ("snmp_version", Text("SNMP version", "SNMP 버전")),
                )
            ),
            none=words.NOT_HEARD,
            width=24,
            height=3,
        ),
        faults_table(
            Text("Open faults of this device and its links", "이 장비와 연결 구간의 열린 장애"),
            Text(
                "Whose subject is the device, one of its ports, a link of it, or the cable that link lies in.",
                "장비, 그 포트, 연결 구간 또는 그 구간의 케이블이 대상인 장애입니다.",
            ),
            chosen=_ITS_FAULTS,
            none=Text("no open faults", "열린 장애 없음"),
            height=5,
        ),
    ),
)


def _passing(title: Text, about: Text, queries: tuple[Query, ...], *, unit: str) -> Panel:
    """Counters of the chosen ports over time: in upwards, out downwards."""
    return Panel(
        look=Look.GRAPH,
        title=title,
        about=Text(about.en + _SETTLING.en, about.ko + _SETTLING.ko),
        queries=queries,
        unit=unit,
        below_zero="/ out$/",
        is_settled=True,
        none=_NO_TRAFFIC,
        width=12,
        height=9,
    )


ROW_PORTS = Row(
    title=Text("Ports", "포트"),
    panels=(
        Panel(
            look=Look.TABLE,
            title=Text("Ports", "포트"),
            about=Text(
                "State, capacity, and what passes: over four minutes up to 80 s ago, which is exact.",
                "상태, 용량, 전송량입니다. 전송량은 80초 전까지 4분간의 정확한 값입니다.",
            ),
            queries=(
                now(f"netwatch_interface_info{{{_PORTS}}}"),
                now(f"max by (interface) (netwatch_interface_admin_up{{{_PORTS}}})"),
                now(f"max by (interface) (netwatch_interface_up{{{_PORTS}}})"),
                now(f"8 * max by (interface) (netwatch_interface_speed_bytes_per_second{{{_PORTS}}})"),
                *(
                    now(f"8 * max by (interface) ({rate_now(f'netwatch_interface_{way}_bytes_total{{{_PORTS}}}')})")
                    for way in ("receive", "transmit")
                ),
                now(
                    f"max by (interface) (netwatch_port_unregistered_macs{{{_PORTS}}})"
                    f" or 0 * max by (interface) (netwatch_interface_up{{{_PORTS}}})"
                ),
            ),
            key="interface",
            columns=(
                Column(source="interface", title=words.INTERFACE),
                Column(source="alias", title=Text("Alias", "설명")),
                Column(source="description", title=Text("Description", "포트 이름")),
                Column(source="type", title=Text("ifType", "ifType"), width=70),
                Column(source="Value #B", title=Text("Enabled", "사용 설정"), states=states.YES_NO_PLAIN, width=90),
                Column(source="Value #C", title=words.STATE, states=states.PORT, width=90),
                Column(source="Value #D", title=Text("Capacity", "용량"), unit="bps", width=110),
                Column(source="Value #E", title=Text("In", "수신"), unit="bps", width=110),
                Column(source="Value #F", title=Text("Out", "송신"), unit="bps", width=110),
                Column(
                    source="Value #G",
                    title=Text("Unregistered MACs", "미등록 MAC"),
                    unit="short",
                    decimals=0,
                    steps=(Step(1, ORANGE),),
                    width=120,
                ),
            ),
            sort=("Value #C", True),
            none=_NO_SNMP,
            width=24,
            height=10,
        ),
        _passing(
            Text("Traffic", "트래픽"),
            Text(
                "Bits per second, in upwards and out downwards.",
                "bit/s이며 수신은 위, 송신은 아래입니다.",
            ),
            tuple(
                stamped(
                    f"8 * {rate(f'netwatch_interface_{way}_bytes_total{{{_PORTS}}}')}",
                    f"{{{{interface}}}} {word}",
                    step=POLL,
                )
                for way, word in (("receive", "in"), ("transmit", "out"))
            ),
            unit="bps",
        ),
        _passing(
            Text("Packets by cast", "종류별 패킷"),
            Text(
                "Per second over the chosen ports; many broadcasts point at a loop.",
                "선택한 포트의 초당 패킷입니다. 브로드캐스트가 많으면 루프를 의심합니다.",
            ),
            tuple(
                stamped(
                    f"sum by (cast) ({rate(f'netwatch_interface_{way}_packets_total{{{_PORTS}}}')})",
                    f"{{{{cast}}}} {word}",
                    step=POLL,
                )
                for way, word in (("receive", "in"), ("transmit", "out"))
            ),
            unit="pps",
        ),
        _passing(
            Text("Errors and discards", "오류와 폐기"),
            Text(
                "Packets per second by port, in and out.",
                "포트별 초당 패킷이며 수신과 송신입니다.",
            ),
            tuple(
                stamped(
                    f"sum by (interface) ({rate(f'netwatch_interface_{way}_{what}_total{{{_PORTS}}}')})",
                    f"{{{{interface}}}} {what} {word}",
                    step=POLL,
                )
                for what in ("errors", "discards")
                for way, word in (("receive", "in"), ("transmit", "out"))
            ),
            unit="pps",
        ),
        Panel(
            look=Look.TIMELINE,
            title=Text("Port states", "포트 상태 추이"),
            about=Text("ifOperStatus of the chosen ports.", "선택한 포트의 ifOperStatus입니다."),
            queries=(Query(expr=f"max by (interface) (netwatch_interface_up{{{_PORTS}}})", legend="{{interface}}"),),
            states=states.PORT,
            none=_NO_SNMP,
            width=12,
            height=9,
        ),
    ),
)

ROW_BESIDE = Row(
    title=Text("What hangs on it", "연결 대상"),
    panels=(
        Panel(
            look=Look.TABLE,
            title=Text("Its links", "연결 구간"),
            about=Text(
                "Links that begin or end here, with the cables they lie in.",
                "이 장비에서 시작하거나 끝나는 구간과 사용 케이블입니다.",
            ),
            queries=(
                now(_ITS_LINKS),
                now(f"{as_number('netwatch_link_state', _ANY_LINK, 'link', states.LINK)} and on (link) ({_ITS_LINKS})"),
            ),
            key="link",
            columns=(
                Column(source="link", title=words.LINK, jump=TO_LINK, width=110),
                Column(source="Value #B", title=words.STATE, states=numbered(states.LINK), width=120),
                Column(source="a_device", title=Text("From", "시작")),
                Column(source="a_interface", title=Text("Port there", "시작 포트")),
                Column(source="b_device", title=Text("To", "끝")),
                Column(source="b_interface", title=Text("Port at the end", "끝 포트")),
                Column(source="cables", title=Text("Cables", "케이블"), width=110),
            ),
            sort=("Value #B", True),
            none=Text("no links in the inventory", "인벤토리에 구간 없음"),
            width=14,
            height=8,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Its field devices", "연결된 현장 장비"),
            about=Text("What is plugged into its ports.", "이 장비의 포트에 연결된 현장 장비입니다."),
            queries=(
                now(f"netwatch_field_device_info{{{_THIS}}}"),
                now(
                    f"{as_number('netwatch_field_device_state', _ANY_FIELD, 'field_device', states.FIELD)}"
                    f" and on (field_device) netwatch_field_device_info{{{_THIS}}}"
                ),
            ),
            key="field_device",
            columns=(
                Column(source="interface", title=words.INTERFACE, width=120),
                Column(source="field_device", title=words.FIELD_DEVICE, jump=TO_FIELD_DEVICE, width=110),
                Column(source="name", title=words.NAME),
                Column(source="Value #B", title=words.STATE, states=numbered(states.FIELD), width=120),
            ),
            sort=("Value #B", True),
            none=Text("no field device hangs on it", "연결된 현장 장비 없음"),
            width=10,
            height=8,
        ),
    ),
)

_NO_SENSOR = Text("the device tells nothing of it", "장비가 제공하지 않음")
_PERCENT = "percentunit"


def _course(title: Text, about: Text, queries: tuple[Query, ...], *, unit: str) -> Panel:
    """What sensors show over time."""
    return Panel(
        look=Look.GRAPH, title=title, about=about, queries=queries, unit=unit, none=_NO_SENSOR, width=12, height=8
    )


def _of_port(metric: str, legend: str = "") -> Query:
    return Query(expr=f"{metric}{{{_PORTS}}}", legend=f"{{{{interface}}}} {legend}".strip())


def _of_sensor(metric: str, legend: str = "") -> Query:
    return Query(expr=f"{metric}{{{_THIS}}}", legend=f"{{{{sensor}}}} {legend}".strip())


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
                Query(expr=f"1000 * netwatch_optical_bias_amperes{{{_PORTS}}}", legend="{{interface}} mA"),
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
        _figure(
            Text("Battery would last", "배터리 예상 지속"),
            Text("By its own reckoning.", "배터리가 스스로 계산한 값입니다."),
            f"min(netwatch_device_battery_remaining_seconds{{{_THIS}}})",
            unit="dtdurations",
            none=_NO_SENSOR,
        ),
        _figure(
            Text("Sensors left out", "제외된 센서"),
            Text(
                "Values beyond the 256 that are told of one kind.",
                "종류별 256개를 넘어 내보내지 않은 센서 값의 수입니다.",
            ),
            f"max(netwatch_device_sensors_dropped{{{_THIS}}})",
            unit="short",
            none=_NO_SENSOR,
        ),
    ),
)

ROW_REACH = Row(
    title=Text("How it answers", "응답 품질"),
    panels=(
        Panel(
            look=Look.TIMELINE,
            title=Text("Verdict and observations", "판정과 관측"),
            about=Text("The verdict, and the two observations it is made of.", "판정과 그 근거인 두 가지 관측입니다."),
            queries=(
                Query(
                    expr=as_number("netwatch_device_state", _THIS, "device", states.DEVICE),
                    legend=Text("verdict", "판정"),
                ),
            ),
            states=numbered(states.DEVICE),
            none=words.NOT_HEARD,
            width=12,
            height=5,
        ),
        Panel(
            look=Look.TIMELINE,
            title=Text("Echo and SNMP", "핑과 SNMP"),
            about=Text("Each observed for itself.", "서로 독립적으로 관측합니다."),
            queries=(
                Query(expr=f"max(netwatch_device_icmp_up{{{_THIS}}})", legend=Text("echo", "핑")),
                Query(expr=f"max(netwatch_device_snmp_up{{{_THIS}}})", legend="SNMP"),
            ),
            states=states.ANSWERS,
            none=Text("not tried yet", "아직 확인 전"),
            width=12,
            height=5,
        ),
        Panel(
            look=Look.GRAPH,
            title=Text("Round-trip time", "왕복 시간"),
            about=Text("Of the last answered echo.", "마지막으로 응답한 핑의 왕복 시간입니다."),
            queries=(Query(expr=f"netwatch_device_icmp_rtt_seconds{{{_THIS}}}", legend="{{device}}"),),
            unit="s",
            least=0,
            none=_NOT_PINGED,
            width=8,
            height=8,
        ),
        Panel(
            look=Look.GRAPH,
            title=Text("Echoes lost", "핑 손실"),
            about=Text(
                "Share of the last twenty. Loss while SNMP answers is policing by the device, not a fault.",
                "최근 20회 중 손실 비율입니다. SNMP가 응답하면 장비의 핑 제한일 뿐 장애가 아닙니다.",
            ),
            queries=(Query(expr=f"netwatch_device_icmp_loss_ratio{{{_THIS}}}", legend="{{device}}"),),
            unit="percentunit",
            least=0,
            most=1,
            none=_NOT_PINGED,
            width=8,
            height=8,
        ),
        Panel(
            look=Look.GRAPH,
            title=Text("How long a poll takes", "수집 소요 시간"),
            about=Text("Of each kind of poll.", "수집 종류별 소요 시간입니다."),
            queries=(Query(expr=f"netwatch_poll_duration_seconds{{{_THIS}}}", legend="{{lane}}"),),
            unit="s",
            least=0,
            none=_NO_SNMP,
            width=8,
            height=8,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Age of what is known", "마지막 수집 후 경과"),
            about=Text(
                "When each kind of poll last brought something in, and polls left out or failed in the time range.",
                "수집 종류별 마지막 성공 후 경과 시간과, 조회 기간 중 건너뛰거나 실패한 횟수입니다.",
            ),
            queries=(
                now(f"time() - max by (lane) (netwatch_device_last_success_timestamp_seconds{{{_THIS}}})"),
                now(f"round(sum by (lane) (increase(netwatch_poll_overruns_total{{{_THIS}}}[$__range])))"),
                now(
                    f"round(sum by (lane) (increase(netwatch_poll_failures_total{{{_THIS}}}[$__range])))"
                    f" or 0 * max by (lane) (netwatch_poll_overruns_total{{{_THIS}}})"
                ),
            ),
            key="lane",
            columns=(
                Column(source="lane", title=words.LANE, states=states.LANE),
                Column(source="Value #A", title=Text("Age", "경과"), unit="s", decimals=0),
                Column(source="Value #B", title=Text("Left out", "건너뜀"), unit="short", decimals=0),
                Column(
                    source="Value #C",
                    title=Text("Failed", "실패"),
                    unit="short",
                    decimals=0,
                    steps=(Step(1, YELLOW), Step(10, RED)),
                ),
            ),
            none=Text("not polled yet", "아직 수집 전"),
            width=24,
            height=6,
        ),
    ),
)

BOARD = Board(
    name="device",
    title=Text("netwatch · Device", "netwatch · 장비"),
    about=Text(
        "One router or switch, from its verdict down to each port.", "장비 한 대의 판정부터 포트까지 확인합니다."
    ),
    variables=(DISTRICT, SITE, DEVICE, INTERFACE),
    rows=(ROW_NOW, ROW_BESIDE, ROW_PORTS, ROW_HEALTH, ROW_REACH),
)

"""Device: one router or switch, from its verdict down to each port."""

from grafana import states, words
from grafana.board import Board
from grafana.health import ROW_HEALTH
from grafana.panels import Column, Look, Panel, Query, Row, Step, now
from grafana.parts import TO_FIELD_DEVICE, TO_LINK, faults_table, figure, verdict
from grafana.ports import ROW_PORTS
from grafana.queries import as_number
from grafana.states import RED, YELLOW, numbered
from grafana.variables import DEVICE, DISTRICT, INTERFACE, SITE, THIS_DEVICE
from grafana.words import NO_SNMP, Text

_ITS_LINKS = 'netwatch_link_info{a_device="$device"} or netwatch_link_info{b_device="$device"}'
_ITS_FAULTS = (
    '(netwatch_fault_info{subject=~"(device|port):${device:regex}( .*)?"}'
    f' or label_replace(netwatch_fault_info, "link", "$1", "subject", "link:(.+)") and on (link) ({_ITS_LINKS})'
    ' or label_replace(netwatch_fault_info{subject=~"cable:.+"}, "cables", "$1", "subject", "cable:(.+)")'
    f" and on (cables) ({_ITS_LINKS}))"
)
_ANY_LINK, _ANY_FIELD = 'link!=""', 'field_device!=""'
_NOT_PINGED = Text("not pinged", "핑 미사용")


ROW_NOW = Row(
    title=Text("Now", "현재"),
    panels=(
        verdict(
            words.STATE,
            Text("The verdict from echoes, SNMP and the topology.", "핑, SNMP, 연결 구조를 종합한 판정입니다."),
            as_number("netwatch_device_state", THIS_DEVICE, "device", states.DEVICE),
            shown=numbered(states.DEVICE),
            none=words.NOT_HEARD,
        ),
        verdict(
            Text("Answers at all", "응답"),
            Text("To an echo or to SNMP.", "핑 또는 SNMP에 응답하는지 여부입니다."),
            f"max(netwatch_device_up{{{THIS_DEVICE}}})",
            shown=states.ANSWERS,
            none=Text("not tried yet", "아직 확인 전"),
        ),
        verdict(
            Text("Echo", "핑"),
            Text("ICMP, observed apart from SNMP.", "SNMP와 따로 관측한 ICMP 응답입니다."),
            f"max(netwatch_device_icmp_up{{{THIS_DEVICE}}})",
            shown=states.ANSWERS,
            none=_NOT_PINGED,
        ),
        verdict(
            Text("SNMP agent", "SNMP"),
            Text("Observed apart from echoes.", "핑과 따로 관측한 SNMP 응답입니다."),
            f"max(netwatch_device_snmp_up{{{THIS_DEVICE}}})",
            shown=states.ANSWERS,
            none=NO_SNMP,
        ),
        figure(
            Text("Uptime", "가동 시간"),
            Text("sysUpTime, wraps after 497 days undone.", "sysUpTime이며 497일 순환을 보정했습니다."),
            f"max(netwatch_device_uptime_seconds{{{THIS_DEVICE}}})",
            unit="dtdurations",
            none=NO_SNMP,
        ),
        figure(
            Text("Ports left out", "제외된 포트"),
            Text(
                "Beyond settings.max_interfaces_per_device, so not exported.",
                "settings.max_interfaces_per_device를 넘어 내보내지 않은 포트 수입니다.",
            ),
            f"max(netwatch_device_interfaces_dropped{{{THIS_DEVICE}}})",
            unit="short",
            none=NO_SNMP,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("What it is", "장비 정보"),
            about=Text("As the inventory and the device itself tell it.", "인벤토리와 장비가 알려 준 정보입니다."),
            queries=(now(f"netwatch_device_info{{{THIS_DEVICE}}}"),),
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
                now(f"netwatch_field_device_info{{{THIS_DEVICE}}}"),
                now(
                    f"{as_number('netwatch_field_device_state', _ANY_FIELD, 'field_device', states.FIELD)}"
                    f" and on (field_device) netwatch_field_device_info{{{THIS_DEVICE}}}"
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

ROW_REACH = Row(
    title=Text("How it answers", "응답 품질"),
    panels=(
        Panel(
            look=Look.TIMELINE,
            title=Text("Verdict and observations", "판정과 관측"),
            about=Text("The verdict, and the two observations it is made of.", "판정과 그 근거인 두 가지 관측입니다."),
            queries=(
                Query(
                    expr=as_number("netwatch_device_state", THIS_DEVICE, "device", states.DEVICE),
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
                Query(expr=f"max(netwatch_device_icmp_up{{{THIS_DEVICE}}})", legend=Text("echo", "핑")),
                Query(expr=f"max(netwatch_device_snmp_up{{{THIS_DEVICE}}})", legend="SNMP"),
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
            queries=(Query(expr=f"netwatch_device_icmp_rtt_seconds{{{THIS_DEVICE}}}", legend="{{device}}"),),
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
            queries=(Query(expr=f"netwatch_device_icmp_loss_ratio{{{THIS_DEVICE}}}", legend="{{device}}"),),
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
            queries=(Query(expr=f"netwatch_poll_duration_seconds{{{THIS_DEVICE}}}", legend="{{lane}}"),),
            unit="s",
            least=0,
            none=NO_SNMP,
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
                now(f"time() - max by (lane) (netwatch_device_last_success_timestamp_seconds{{{THIS_DEVICE}}})"),
                now(f"round(sum by (lane) (increase(netwatch_poll_overruns_total{{{THIS_DEVICE}}}[$__range])))"),
                now(
                    f"round(sum by (lane) (increase(netwatch_poll_failures_total{{{THIS_DEVICE}}}[$__range])))"
                    f" or 0 * max by (lane) (netwatch_poll_overruns_total{{{THIS_DEVICE}}})"
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

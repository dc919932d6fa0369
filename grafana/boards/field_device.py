"""Field device: the verdict on one camera, controller, sign or sensor, and the evidence it stands on."""

from grafana import states, words
from grafana.board import Board
from grafana.panels import Column, Look, Panel, Query, Row, Step, now
from grafana.parts import TO_PORT, TO_SERVICE, TO_SITE, faults_table, verdict
from grafana.queries import as_number, rate_now
from grafana.states import RED, YELLOW, numbered
from grafana.variables import DISTRICT, FIELD_DEVICE, FIELD_SITE, PORT, PORT_DEVICE, SERVICE
from grafana.words import Text

_THIS = 'field_device="$field_device"'
_NOT_CHECKED = Text("nothing is checked here", "설정된 점검 없음")
_PORT = 'device="$port_device", interface="$port"'

ROW_VERDICT = Row(
    title=Text("The verdict", "판정"),
    panels=(
        verdict(
            words.STATE,
            Text(
                "At fault itself, behind a fault, or not observed: three different things.",
                "자체 고장, 앞단 장애, 관측 안 됨은 서로 다릅니다.",
            ),
            as_number("netwatch_field_device_state", _THIS, "field_device", states.FIELD),
            shown=numbered(states.FIELD),
            none=words.NOT_HEARD,
        ),
        Panel(
            look=Look.TABLE,
            title=words.CAUSE,
            about=Text("What is wrong with it; told only while it is at fault.", "고장일 때만 표시되는 원인입니다."),
            queries=(now(f"netwatch_field_device_cause{{{_THIS}}}"),),
            columns=(Column(source="cause", title=words.CAUSE, states=states.CAUSE),),
            none=Text("not at fault", "고장 아님"),
            width=5,
            height=4,
        ),
        Panel(
            look=Look.STAT,
            title=Text("Clock", "시계 오차"),
            about=Text(
                "Its clock minus ours, to half a second. A wrong clock makes its recordings worthless as evidence.",
                "현장 장비 시계와 관제 서버의 차이입니다. 오차가 크면 영상의 증거 능력이 떨어집니다.",
            ),
            queries=(now(f"max(abs(netwatch_field_device_clock_offset_seconds{{{_THIS}}}))"),),
            unit="s",
            decimals=1,
            steps=(Step(2, YELLOW), Step(60, RED)),
            none=Text("no time told now", "현재 시각 응답 없음"),
            width=5,
            height=4,
        ),
        Panel(
            look=Look.STAT,
            title=Text("Checks that succeed", "성공한 점검"),
            about=Text("Share of the checks that last succeeded.", "마지막 결과가 성공인 점검의 비율입니다."),
            queries=(now(f"avg(netwatch_field_device_check_up{{{_THIS}}})"),),
            unit="percentunit",
            decimals=0,
            none=_NOT_CHECKED,
            width=5,
            height=4,
        ),
        Panel(
            look=Look.STAT,
            title=Text("Working in the time range", "조회 기간 정상 비율"),
            about=Text(
                "Share of the samples in which it worked. Not an availability figure: the ledger's report is that.",
                "정상으로 관측된 표본의 비율입니다. 가용률 산정은 원장 보고서를 따릅니다.",
            ),
            queries=(now(f'max(avg_over_time(netwatch_field_device_state{{{_THIS}, state="fine"}}[$__range]))'),),
            unit="percentunit",
            decimals=2,
            none=words.NOT_HEARD,
            width=5,
            height=4,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("What it is", "장비 정보"),
            about=Text(
                "As the inventory tells it; a click on the device leads to the switch port it hangs on.",
                "인벤토리의 정보입니다. 연결 장비를 누르면 해당 스위치 포트로 이동합니다.",
            ),
            queries=(now(f"netwatch_field_device_info{{{_THIS}}}"),),
            columns=tuple(
                Column(source=source, title=title, jump=jump)
                for source, title, jump in (
                    ("name", words.NAME, None),
                    ("kind", words.KIND, None),
                    ("service", words.SERVICE, TO_SERVICE),
                    ("district", words.DISTRICT, None),
                    ("site", words.SITE, TO_SITE),
                    ("device", Text("Hangs on", "연결 장비"), TO_PORT),
                    ("interface", words.INTERFACE, None),
                    ("address", words.ADDRESS, None),
                    ("contractor", Text("Contractor", "계약 업체"), None),
                    ("asset_no", Text("Asset number", "자산 번호"), None),
                )
            ),
            none=words.NOT_HEARD,
            width=24,
            height=3,
        ),
        faults_table(
            Text("Open faults at its site or of its district", "같은 위치·행정동의 열린 장애"),
            Text(
                "What may stand between it and the centre; its own fault too.",
                "현장 장비와 관제센터 사이의 장애와 장비 자체의 장애입니다.",
            ),
            chosen=f"netwatch_fault_info and on (district) netwatch_field_device_state{{{_THIS}}}",
            none=Text("no open faults", "열린 장애 없음"),
            height=6,
        ),
    ),
)

ROW_EVIDENCE = Row(
    title=Text("The evidence, rung by rung", "단계별 판단 근거"),
    panels=(
        Panel(
            look=Look.TABLE,
            title=Text("Checks", "점검"),
            about=Text(
                "From the lowest rung up: an echo, the TCP port, the stream, what the device says of itself.",
                "핑, TCP 포트, 영상 스트림, 장비 응답 순서의 점검 결과입니다.",
            ),
            queries=(
                now(f"max by (check) (netwatch_field_device_check_up{{{_THIS}}})"),
                now(f"max by (check) (netwatch_field_device_check_duration_seconds{{{_THIS}}})"),
                now(f"max by (check) (avg_over_time(netwatch_field_device_check_up{{{_THIS}}}[$__range]))"),
            ),
            key="check",
            columns=(
                Column(source="check", title=words.CHECK),
                Column(source="Value #A", title=Text("Result", "결과"), states=states.ANSWERS, width=130),
                Column(source="Value #B", title=Text("Took", "소요"), unit="s", width=110),
                Column(
                    source="Value #C",
                    title=Text("Succeeded", "기간 성공률"),
                    unit="percentunit",
                    decimals=1,
                    is_bar=True,
                ),
            ),
            none=_NOT_CHECKED,
            width=12,
            height=8,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Its port on the switch", "연결된 스위치 포트"),
            about=Text(
                "A port that is down while its switch answers is the cable, the port or the power of the field device. "
                "What passes is over four minutes up to 80 s ago, which is exact.",
                "스위치는 응답하는데 포트만 중단이면 케이블, 포트 또는 현장 장비 전원 문제입니다. "
                "전송량은 80초 전까지 4분간의 정확한 값입니다.",
            ),
            queries=(
                now(f"netwatch_interface_info{{{_PORT}}}"),
                now(f"max by (interface) (netwatch_interface_admin_up{{{_PORT}}})"),
                now(f"max by (interface) (netwatch_interface_up{{{_PORT}}})"),
                *(
                    now(f"8 * max by (interface) ({rate_now(f'netwatch_interface_{way}_bytes_total{{{_PORT}}}')})")
                    for way in ("receive", "transmit")
                ),
            ),
            key="interface",
            columns=(
                Column(source="device", title=words.DEVICE, jump=TO_PORT, width=90),
                Column(source="interface", title=words.INTERFACE, width=120),
                Column(source="alias", title=Text("Alias", "설명")),
                Column(source="Value #B", title=Text("Enabled", "사용 설정"), states=states.YES_NO, width=80),
                Column(source="Value #C", title=words.STATE, states=states.PORT, width=80),
                Column(source="Value #D", title=Text("From it", "영상·데이터"), unit="bps", width=100),
                Column(source="Value #E", title=Text("To it", "제어"), unit="bps", width=100),
            ),
            none=Text("no port in the inventory, or no SNMP there", "인벤토리에 포트가 없거나 SNMP 수집 없음"),
            width=12,
            height=8,
        ),
        Panel(
            look=Look.TIMELINE,
            title=Text("State over time", "상태 추이"),
            about=Text("The verdict at each moment.", "시점별 판정입니다."),
            queries=(
                Query(
                    expr=as_number("netwatch_field_device_state", _THIS, "field_device", states.FIELD),
                    legend="{{field_device}}",
                ),
            ),
            states=numbered(states.FIELD),
            none=words.NOT_HEARD,
            width=12,
            height=6,
        ),
        Panel(
            look=Look.TIMELINE,
            title=Text("Checks over time", "점검 결과 추이"),
            about=Text("Each check for itself.", "점검별 결과입니다."),
            queries=(Query(expr=f"max by (check) (netwatch_field_device_check_up{{{_THIS}}})", legend="{{check}}"),),
            states=states.ANSWERS,
            none=_NOT_CHECKED,
            width=12,
            height=6,
        ),
        Panel(
            look=Look.GRAPH,
            title=Text("How long checks take", "점검 소요 시간"),
            about=Text("Of those that succeeded.", "성공한 점검의 소요 시간입니다."),
            queries=(
                Query(
                    expr=f"max by (check) (netwatch_field_device_check_duration_seconds{{{_THIS}}})",
                    legend="{{check}}",
                ),
            ),
            unit="s",
            least=0,
            none=Text("no check has succeeded", "성공한 점검 없음"),
            width=12,
            height=7,
        ),
        Panel(
            look=Look.GRAPH,
            title=Text("Clock offset", "시계 오차 추이"),
            about=Text(
                "Its clock minus ours; a jump is a restart without a time server.",
                "관제 서버 대비 오차입니다. 갑작스러운 변화는 시각 동기 없는 재시작을 뜻합니다.",
            ),
            queries=(
                Query(
                    expr=f"max(netwatch_field_device_clock_offset_seconds{{{_THIS}}})", legend=Text("offset", "오차")
                ),
            ),
            unit="s",
            none=Text("it does not tell the time", "시각을 알리지 않음"),
            width=12,
            height=7,
        ),
    ),
)

BOARD = Board(
    name="field-device",
    title=Text("netwatch · Field device", "netwatch · 현장 장비"),
    about=Text(
        "The verdict on one camera, controller, sign or sensor, and what it stands on.",
        "카메라, 제어기, 전광판, 센서 한 대의 판정과 그 근거입니다.",
    ),
    variables=(DISTRICT, FIELD_SITE, SERVICE, FIELD_DEVICE, PORT_DEVICE, PORT),
    rows=(ROW_VERDICT, ROW_EVIDENCE),
)

"""City: what is broken and whom to send, before anything else; then services, rings, sites, load, work under way."""

from grafana import states, words
from grafana.board import Board
from grafana.loads import fullest_now
from grafana.names import names_of
from grafana.panels import Column, Look, Panel, Query, Row, Step, now
from grafana.parts import TO_RING, WARN, count, faults_table, maintenance_table, verdict
from grafana.queries import IN_DISTRICT, as_number
from grafana.services import SERVICES_TABLE
from grafana.sites import SITES_MAP, SITES_TABLE
from grafana.states import GREEN, PURPLE, YELLOW, Shown
from grafana.variables import DISTRICT
from grafana.words import NOT_HEARD, Text

_RINGS = 'netwatch_ring_state{district=~"$district|"}'
_DEVICES = f"netwatch_device_state{{{IN_DISTRICT}}}"

NOW = Row(
    title=Text("Now", "현재"),
    panels=(
        count(
            Text("Open faults", "열린 장애"),
            Text(
                "Causes, not symptoms: a cut cable is one, however many cameras are behind it.",
                "증상이 아니라 원인의 수입니다. 케이블 하나가 끊기면 뒤에 카메라가 몇 대든 한 건입니다.",
            ),
            'count(netwatch_fault_info{district=~"$district|"})',
        ),
        count(
            Text("Devices down", "중단 장비"),
            Text(
                "Devices that are themselves the trouble. Those behind a fault are counted beside.",
                "스스로 문제가 있는 장비입니다. 앞단 장애로 보이지 않는 장비는 옆에 따로 셉니다.",
            ),
            f'sum({_DEVICES[:-1]}, state="down"}})',
        ),
        count(
            Text("Devices behind a fault", "앞단 장애로 가려진 장비"),
            Text(
                "Silent because what leads to them is broken; nothing is known against the devices themselves.",
                "가는 길이 끊겨 응답이 없는 장비입니다. 장비 자체의 고장은 확인되지 않았습니다.",
            ),
            f'sum({_DEVICES[:-1]}, state="unreachable"}})',
            steps=(Step(1, PURPLE),),
        ),
        count(
            Text("Devices not observed", "관측 안 된 장비"),
            Text(
                "Neither up nor down: netwatch has not looked, or cannot look, at them.",
                "정상도 중단도 아닙니다. netwatch가 아직 보지 못했거나 볼 수 없는 장비입니다.",
            ),
            f'sum({_DEVICES[:-1]}, state="unknown"}})',
            steps=WARN,
        ),
        count(
            Text("Rings without reserve", "예비 없는 링"),
            Text(
                "Rings that run over their last way, or are split. The next cut there darkens the field.",
                "마지막 경로로 운용 중이거나 분리된 링입니다. 한 번 더 끊기면 현장이 중단됩니다.",
            ),
            f'count({_RINGS[:-1]}, state=~"switched|split"}} == 1)',
        ),
        verdict(
            Text("netwatch's own uplink", "관제 서버 연결"),
            Text(
                "Cut off: the canaries just past our own uplink are silent, so nothing can be said of the city.",
                "고립: 관제 서버 바로 앞의 기준점이 응답하지 않아 도시 상태를 판단할 수 없습니다.",
            ),
            "min(netwatch_vantage_up)",
            shown=states.VANTAGE,
            none=Text("no canary configured", "기준점 미설정"),
        ),
        faults_table(
            Text("Open faults: where, since when, what it costs, whom to send", "열린 장애: 위치, 발생, 영향, 출동"),
            Text(
                "A click on where leads to the link, ring, device or camera; a click on the fault to all that is "
                "known of it.",
                "대상을 누르면 해당 구간, 링, 장비, 현장 장비로, 장애 번호를 누르면 장애 상세로 이동합니다.",
            ),
            chosen='netwatch_fault_info{district=~"$district|"}',
            none=Text("no open faults", "열린 장애 없음"),
        ),
    ),
)

RINGS_TABLE = Panel(
    look=Look.TABLE,
    title=Text("Rings", "링"),
    about=Text(
        "State of each ring, the time without reserve during the last 30 days, and the cables or ducts that two or "
        "more of its links share.",
        "각 링의 상태, 최근 30일간 예비 없이 운용된 시간, 두 구간 이상이 함께 쓰는 케이블·관로 수입니다.",
    ),
    queries=(
        now(as_number("netwatch_ring_state", 'district=~"$district|"', "ring", states.RING)),
        now('max by (ring) (increase(netwatch_ring_unprotected_seconds_total{district=~"$district|"}[30d]))'),
        now(
            'count by (ring) (netwatch_ring_shared_risk{district=~"$district|"})'
            ' or 0 * max by (ring) (netwatch_ring_state{district=~"$district|"})'
        ),
        now(names_of("ring", _RINGS)),
    ),
    key="ring",
    columns=(
        Column(source="ring", title=words.RING, jump=TO_RING),
        Column(source="name", title=words.NAME),
        Column(source="Value #A", title=words.STATE, states=states.numbered(states.RING), width=160),
        Column(source="Value #B", title=Text("Without reserve, 30 d", "예비 없음, 30일"), unit="dtdurations"),
        Column(
            source="Value #C",
            title=Text("In one cable or duct", "공유 케이블·관로"),
            unit="short",
            decimals=0,
            steps=(Step(1, YELLOW),),
        ),
    ),
    sort=("Value #A", True),
    none=Text("no rings in the inventory", "인벤토리에 링 없음"),
    width=12,
    height=9,
)

COURSE = Row(
    title=Text("Course, load and work under way", "추이, 부하, 작업"),
    panels=(
        Panel(
            look=Look.GRAPH,
            title=Text("Open faults by severity", "등급별 열린 장애"),
            about=Text("How many faults were open at each moment.", "시점별로 열려 있던 장애 수입니다."),
            queries=(
                # at the bottom of the stack, so that it lies on the ground and not on the faults
                Query(expr="0 * count(netwatch_build_info)", legend="no fault"),
                Query(expr="sum by (severity) (netwatch_fault_active)", legend="{{severity}}"),
            ),
            unit="short",
            decimals=0,
            least=0,
            series=(*states.SEVERITY, Shown("no fault", Text("no fault", "장애 없음"), GREEN)),
            is_stacked=True,
            none=NOT_HEARD,
            width=9,
            height=8,
        ),
        fullest_now(IN_DISTRICT, width=9, height=8),
        maintenance_table(width=6, height=8),
    ),
)

BOARD = Board(
    name="city",
    title=Text("netwatch · City", "netwatch · 도시 전체"),
    about=Text(
        "What is broken, and only that; then what it costs and whether the reserve is still there.",
        "무엇이 고장났는지 먼저 보고, 그 영향과 예비 경로가 남아 있는지 확인합니다.",
    ),
    variables=(DISTRICT,),
    rows=(
        NOW,
        Row(title=Text("Where", "위치"), panels=(SITES_MAP, SITES_TABLE)),
        Row(title=Text("Services and rings", "서비스와 링"), panels=(SERVICES_TABLE, RINGS_TABLE)),
        COURSE,
    ),
    refresh="5s",
)

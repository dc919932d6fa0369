"""Service: CCTV, traffic signals, signs, sensors, each as a whole, by district, and what is wrong with whom."""

from dataclasses import replace

from grafana import states, words
from grafana.board import Board
from grafana.panels import Column, Look, Panel, Query, Row, Step, now
from grafana.parts import TO_FIELD_DEVICE, TO_PORT, WARN, count, faults_table
from grafana.services import OF_SERVICE, counted, services_table, working_share
from grafana.states import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, YELLOW
from grafana.variables import DISTRICT, SERVICE
from grafana.words import NOT_HEARD, Text

_NOT_WELL = f'netwatch_field_device_state{{{OF_SERVICE}, state!="fine"}} == 1'
_CAUSE_COLOURS = (RED, ORANGE, PURPLE, BLUE, GREY, YELLOW, "#8f3bb8")  # told apart, not judged
_NO_SERVICE = Text("no services in the inventory", "인벤토리에 서비스 없음")

NOW = Row(
    title=Text("Now", "현재"),
    panels=(
        Panel(
            look=Look.STAT,
            title=Text("Working", "정상"),
            about=Text("Field devices that work.", "정상 동작하는 현장 장비 수입니다."),
            queries=(now(counted("fine", OF_SERVICE)),),
            unit="short",
            decimals=0,
            none=_NO_SERVICE,
            width=4,
            height=4,
        ),
        Panel(
            look=Look.STAT,
            title=Text("Working share", "정상 비율"),
            about=Text(
                "Of those that are observed. Not an availability figure: the ledger's report is that.",
                "관측된 장비 기준의 현재 비율입니다. 가용률 산정은 원장 보고서를 따릅니다.",
            ),
            queries=(now(working_share(OF_SERVICE)),),
            unit="percentunit",
            decimals=1,
            steps=(Step(0, RED), Step(0.95, ORANGE), Step(0.99, GREEN)),
            none=Text("none observed", "관측된 장비 없음"),
            width=4,
            height=4,
        ),
        count(
            Text("At fault", "고장"),
            Text("The field device itself, its port or its power.", "현장 장비 자체, 포트 또는 전원의 문제입니다."),
            counted("fault", OF_SERVICE),
        ),
        count(
            Text("Behind a fault", "앞단 장애"),
            Text(
                "Unreachable because of something before them; send nobody to them.",
                "앞단 장애로 도달할 수 없습니다. 이 장비로 출동할 필요가 없습니다.",
            ),
            counted("unreachable", OF_SERVICE),
            steps=(Step(1, PURPLE),),
        ),
        count(
            Text("Not observed", "관측 안 됨"),
            Text("Nothing is known of them now.", "현재 상태를 알 수 없는 장비입니다."),
            counted("unknown", OF_SERVICE),
            steps=WARN,
        ),
        count(
            Text("Open faults", "열린 장애"),
            Text(
                "Open faults that take field devices of it out of service.", "이 서비스에 영향을 주는 열린 장애입니다."
            ),
            f"count(count by (fault) (netwatch_fault_affected{{{OF_SERVICE}}} > 0))",
        ),
        faults_table(
            Text("Faults that touch it", "관련 장애"),
            Text(
                "Open faults that take field devices of this service out of it.",
                "이 서비스의 현장 장비를 중단시킨 장애입니다.",
            ),
            chosen=f"netwatch_fault_info and on (fault) (netwatch_fault_affected{{{OF_SERVICE}}} > 0)",
            none=Text("no open faults", "열린 장애 없음"),
            height=7,
        ),
    ),
)

WHERE = Row(
    title=Text("Where, and what is wrong", "위치와 원인"),
    panels=(
        services_table(OF_SERVICE, width=24),
        Panel(
            look=Look.TABLE,
            title=Text("Field devices that do not work", "정상이 아닌 현장 장비"),
            about=Text(
                "With the cause where it is known; a click leads to the evidence.",
                "원인이 확인된 경우 함께 표시합니다. 누르면 판단 근거로 이동합니다.",
            ),
            queries=(
                now(f"max by (field_device, state) ({_NOT_WELL})"),
                now(
                    f"max by (field_device, cause) (netwatch_field_device_cause{{{OF_SERVICE}}}) or 0 * max by"
                    f' (field_device) (netwatch_field_device_state{{{OF_SERVICE}, state=~"unreachable|unknown"}} == 1)'
                ),
                now(f"netwatch_field_device_info{{{OF_SERVICE}}} and on (field_device) ({_NOT_WELL})"),
            ),
            key="field_device",
            columns=(
                Column(source="field_device", title=words.FIELD_DEVICE, jump=TO_FIELD_DEVICE, width=100),
                Column(source="name", title=words.NAME),
                Column(source="site", title=words.SITE),
                Column(source="device", title=Text("Hangs on", "연결 장비"), jump=TO_PORT),
                Column(source="interface", title=words.INTERFACE),
                Column(source="state", title=words.STATE, states=states.FIELD, width=130),
                Column(source="cause", title=words.CAUSE, states=states.CAUSE),
            ),
            sort=("state", False),
            none=Text("every field device works", "모든 현장 장비 정상"),
            width=24,
            height=9,
        ),
    ),
)

COURSE = Row(
    title=Text("Course", "추이"),
    panels=(
        Panel(
            look=Look.GRAPH,
            title=Text("Field devices by state", "상태별 현장 장비"),
            about=Text("How many were in which state.", "시점별 상태 수입니다."),
            queries=(
                Query(
                    expr=f"sum by (state) (netwatch_service_field_devices{{{OF_SERVICE}}})",
                    legend="{{state}}",
                ),
            ),
            unit="short",
            decimals=0,
            least=0,
            series=states.FIELD,
            is_stacked=True,
            none=_NO_SERVICE,
            width=12,
            height=8,
        ),
        Panel(
            look=Look.GRAPH,
            title=Text("What is wrong with those at fault", "고장 원인별 현장 장비"),
            about=Text("Field devices at fault by cause.", "고장난 현장 장비의 원인별 수입니다."),
            queries=(
                Query(expr="0 * count(netwatch_build_info)", legend="none"),
                Query(expr=f"count by (cause) (netwatch_field_device_cause{{{OF_SERVICE}}})", legend="{{cause}}"),
            ),
            unit="short",
            decimals=0,
            least=0,
            series=(
                *(replace(one, colour=colour) for one, colour in zip(states.CAUSE, _CAUSE_COLOURS, strict=True)),
                states.Shown("none", Text("none at fault", "고장 없음"), GREEN),
            ),
            is_stacked=True,
            none=NOT_HEARD,
            width=12,
            height=8,
        ),
    ),
)

BOARD = Board(
    name="service",
    title=Text("netwatch · Service", "netwatch · 서비스"),
    about=Text(
        "One service or all: how much of it works, what does not and why, and what of it nobody can see.",
        "서비스별로 얼마나 정상인지, 무엇이 왜 안 되는지, 무엇이 보이지 않는지 확인합니다.",
    ),
    variables=(SERVICE, DISTRICT),
    rows=(NOW, WHERE, COURSE),
)

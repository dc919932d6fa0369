"""Fault: everything known of one fault. Alerts lead here."""

from grafana import states, words
from grafana.board import Board
from grafana.names import named
from grafana.panels import Column, Look, Panel, Query, Row, now
from grafana.parts import TO_DEVICE, TO_FIELD_DEVICE, TO_LINK, TO_SERVICE, faults_table
from grafana.queries import as_number
from grafana.states import numbered
from grafana.variables import FAULT
from grafana.words import NOT_HEARD, Text

_THIS = 'fault="$fault"'
_ITS_DISTRICT = f"and on (district) max by (district) (netwatch_fault_info{{{_THIS}}})"
_DEVICES = f'max by (device, state) (netwatch_device_state{{state!="up"}} == 1 {_ITS_DISTRICT})'
_FIELDS = f'max by (field_device, state) (netwatch_field_device_state{{state!="fine"}} == 1 {_ITS_DISTRICT})'
_OVER = Text("this fault is over", "종료된 장애")

WHAT = Row(
    title=Text("What it is", "장애 내용"),
    panels=(
        faults_table(
            Text("This fault", "이 장애"),
            Text(
                "Empty once it has cleared; its course below stays.",
                "복구되면 비워지고, 아래의 추이는 남습니다.",
            ),
            chosen=f"netwatch_fault_info{{{_THIS}}}",
            none=_OVER,
            height=5,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Who is affected", "영향 범위"),
            about=Text(
                "Field devices that it takes out of service, each counted in one fault only.",
                "이 장애로 서비스가 중단된 현장 장비입니다. 한 장비는 한 장애에만 집계됩니다.",
            ),
            queries=(now(f"sum by (service, district) (netwatch_fault_affected{{{_THIS}}})"),),
            columns=(
                Column(source="service", title=words.SERVICE, jump=TO_SERVICE),
                Column(source="district", title=words.DISTRICT),
                Column(source="Value", title=Text("Field devices out", "중단 현장 장비"), unit="short", decimals=0),
            ),
            sort=("Value", True),
            none=Text("nobody", "영향 없음"),
            width=6,
            height=8,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("What it may be instead, and what adds to it", "다른 가능성과 함께 기여한 장애"),
            about=Text(
                "Other causes that would look the same from here, and other faults without which it would cost less.",
                "같은 현상을 보일 수 있는 다른 원인과, 함께 영향을 키운 다른 장애입니다.",
            ),
            queries=(now(f"netwatch_fault_info{{{_THIS}}}"),),
            columns=(
                Column(source="ambiguous_with", title=Text("Or it is", "다른 가능성"), is_wrapped=True),
                Column(source="contributing", title=Text("Together with", "함께 기여"), width=150, is_wrapped=True),
            ),
            none=_OVER,
            width=12,
            height=8,
        ),
        Panel(
            look=Look.TIMELINE,
            title=Text("Its severity over time", "등급 추이"),
            about=Text(
                "From its opening to twenty minutes after it cleared.", "발생부터 복구 후 20분까지의 등급입니다."
            ),
            queries=(Query(expr=f"max by (severity) (netwatch_fault_active{{{_THIS}}})", legend="{{severity}}"),),
            states=(
                states.Shown("0", Text("no", "아님"), states.GREEN),
                states.Shown("1", Text("open", "열림"), states.RED),
            ),
            series=tuple(states.Shown(one.value, one.word) for one in states.SEVERITY),
            none=Text("not in this time range", "조회 기간에 없음"),
            width=6,
            height=8,
        ),
    ),
)

AROUND = Row(
    title=Text("Around it: what is not well in its district", "주변: 같은 행정동의 비정상 대상"),
    panels=(
        Panel(
            look=Look.TABLE,
            title=Text("Links", "구간"),
            about=Text("Links that are not up.", "정상이 아닌 구간입니다."),
            queries=(now(f'netwatch_link_state{{state!="up"}} == 1 {_ITS_DISTRICT}'),),
            columns=(
                Column(source="link", title=words.LINK, jump=TO_LINK),
                Column(source="state", title=words.STATE, states=states.LINK, width=140),
            ),
            none=Text("all links are up", "모든 구간 정상"),
            width=8,
            height=9,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Devices", "장비"),
            about=Text("Devices that are not up.", "정상이 아닌 장비입니다."),
            queries=(now(named(_DEVICES, "device", by="device, state")),),
            columns=(
                Column(source="device", title=words.DEVICE, jump=TO_DEVICE, width=100),
                Column(source="name", title=words.NAME),
                Column(source="state", title=words.STATE, states=states.DEVICE, width=140),
            ),
            none=Text("all devices are up", "모든 장비 정상"),
            width=8,
            height=9,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Field devices", "현장 장비"),
            about=Text("Field devices that do not work.", "정상이 아닌 현장 장비입니다."),
            queries=(now(named(_FIELDS, "field_device", by="field_device, state")),),
            columns=(
                Column(source="field_device", title=words.FIELD_DEVICE, jump=TO_FIELD_DEVICE, width=110),
                Column(source="name", title=words.NAME),
                Column(source="state", title=words.STATE, states=states.FIELD, width=140),
            ),
            none=Text("all field devices work", "모든 현장 장비 정상"),
            width=8,
            height=9,
        ),
        Panel(
            look=Look.TIMELINE,
            title=Text("Rings of the city", "링 상태 추이"),
            about=Text(
                "Whether this fault, or another, cost a ring its reserve.",
                "장애로 예비 경로를 잃은 링이 있는지 봅니다.",
            ),
            queries=(Query(expr=as_number("netwatch_ring_state", 'ring!=""', "ring", states.RING), legend="{{ring}}"),),
            states=numbered(states.RING),
            none=NOT_HEARD,
            width=24,
            height=8,
        ),
    ),
)

BOARD = Board(
    name="fault",
    title=Text("netwatch · Fault", "netwatch · 장애 상세"),
    about=Text("Everything known of one fault.", "장애 한 건에 대해 알려진 모든 것입니다."),
    variables=(FAULT,),
    rows=(WHAT, AROUND),
    refresh="5s",
    fault_marks=f"netwatch_fault_active{{{_THIS}}} == 1",
)

"""Audit: what changed, what was worked on, and what nobody saw. Availability itself is the ledger's to tell."""

import re
from dataclasses import replace

from grafana import states, words
from grafana.board import Board
from grafana.panels import Column, Look, Panel, Query, Row, now
from grafana.parts import TO_DEVICE, TO_PORT, WARN, contradicted_links, maintenance_table, verdict
from grafana.queries import IN_DISTRICT
from grafana.states import GREY, ORANGE, Shown
from grafana.variables import DISTRICT, SERVICE
from grafana.words import NOT_HEARD, Text

_UNSEEN = f'netwatch_device_state{{{IN_DISTRICT}, state="unknown"}}'
_FIELD_UNSEEN = f'netwatch_service_field_devices{{{IN_DISTRICT}, service=~"$service", state="unknown"}}'
_FIELD_ALL = f'netwatch_service_field_devices{{{IN_DISTRICT}, service=~"$service"}}'
_CHANGES = "inventory[.].*|device[.]swapped|interface[.](added|removed)|ifindex[.].*|mac[.].*|port[.].*|topology[.].*"
_WORK = "maintenance[.].*"


def _events(kinds: str) -> str:
    return f'round(sum by (kind) (increase(netwatch_events_total{{kind=~"{kinds}"}}[$__range])))'


def _course(title: Text, about: Text, kinds: str) -> Panel:
    return Panel(
        look=Look.GRAPH,
        title=title,
        about=about,
        queries=(
            Query(
                expr=f'sum by (kind) (increase(netwatch_events_total{{kind=~"{kinds}"}}[$__rate_interval]))',
                legend="{{kind}}",
                step="1m",
            ),
        ),
        series=tuple(one for one in states.EVENT if re.fullmatch(kinds, one.value)),
        unit="short",
        decimals=0,
        least=0,
        is_stacked=True,
        none=NOT_HEARD,
        width=8,
        height=10,
    )


ROW_CHANGES = Row(
    title=Text("What changed", "변경 사항"),
    panels=(
        Panel(
            look=Look.TABLE,
            title=Text("Events in the time range", "조회 기간의 이벤트"),
            about=Text(
                "How many of each kind. The ledger holds each of them with its time, subject and details.",
                "종류별 건수입니다. 개별 이벤트의 시각, 대상, 내용은 원장에 있습니다.",
            ),
            queries=(now(_events(".+")),),
            columns=(
                Column(source="kind", title=words.KIND, states=states.EVENT),
                Column(source="Value", title=Text("Events", "건수"), unit="short", decimals=0, width=110),
            ),
            sort=("Value", True),
            none=NOT_HEARD,
            width=8,
            height=10,
        ),
        _course(
            Text("Changes of the network and its books", "망과 인벤토리의 변경"),
            Text(
                "Swapped devices, ports that came or went, MACs, LLDP drift, inventories accepted or refused.",
                "장비 교체, 포트 추가·삭제, MAC, LLDP 불일치, 인벤토리 적용·거부입니다.",
            ),
            _CHANGES,
        ),
        _course(
            Text("Maintenance", "작업"),
            Text("Windows declared, started, ended early, over.", "작업 등록, 시작, 조기 종료, 종료입니다."),
            _WORK,
        ),
        replace(
            verdict(
                Text("Inventory in force", "인벤토리 적용"),
                Text(
                    "Whether the last reload was accepted; a refused one leaves the old in force.",
                    "마지막 적용 결과입니다. 거부되면 이전 인벤토리를 계속 씁니다.",
                ),
                "min(netwatch_inventory_reload_success)",
                shown=states.IN_FORCE,
                none=NOT_HEARD,
            ),
            height=7,
        ),
        Panel(
            look=Look.STAT,
            title=Text("In force since", "적용 시각"),
            about=Text("When the inventory in force was loaded.", "현재 인벤토리를 읽은 시각입니다."),
            queries=(now("1000 * max(netwatch_inventory_reload_timestamp_seconds)"),),
            unit="dateTimeFromNow",
            none=NOT_HEARD,
            width=4,
            height=7,
        ),
        maintenance_table(width=8, height=7),
        Panel(
            look=Look.TIMELINE,
            title=Text("When maintenance ran", "작업 진행 시간"),
            about=Text("Each subject's windows over the time range.", "대상별 작업 시간입니다."),
            queries=(Query(expr="max by (subject) (netwatch_maintenance_active)", legend="{{subject}}"),),
            states=states.RUNNING,
            none=Text("no maintenance declared", "등록된 작업 없음"),
            width=8,
            height=7,
        ),
    ),
)

ROW_UNSEEN = Row(
    title=Text("What was not observed", "관측되지 않은 것"),
    panels=(
        Panel(
            look=Look.STAT,
            title=Text("Devices: coverage", "장비 관측률"),
            about=Text(
                "Share of the time range in which something was known of the devices.",
                "조회 기간 중 장비 상태를 알 수 있었던 시간의 비율입니다.",
            ),
            queries=(now(f"1 - avg(avg_over_time({_UNSEEN}[$__range]))"),),
            unit="percentunit",
            decimals=3,
            none=NOT_HEARD,
            width=4,
            height=8,
        ),
        Panel(
            look=Look.STAT,
            title=Text("Field devices: coverage", "현장 장비 관측률"),
            about=Text(
                "Share of the time range in which something was known of the field devices.",
                "조회 기간 중 현장 장비 상태를 알 수 있었던 시간의 비율입니다.",
            ),
            queries=(
                now(f"1 - sum(avg_over_time({_FIELD_UNSEEN}[$__range])) / sum(avg_over_time({_FIELD_ALL}[$__range]))"),
            ),
            unit="percentunit",
            decimals=3,
            none=NOT_HEARD,
            width=4,
            height=8,
        ),
        Panel(
            look=Look.GRAPH,
            title=Text("Not observed over time", "관측되지 않은 대상 추이"),
            about=Text(
                "Devices and field devices of which nothing was known. A gap: netwatch itself was not heard.",
                "상태를 알 수 없던 장비와 현장 장비 수입니다. 빈 구간은 netwatch 자체가 수신되지 않은 때입니다.",
            ),
            queries=(
                Query(expr=f"sum({_UNSEEN})", legend="devices"),
                Query(expr=f"sum({_FIELD_UNSEEN})", legend="field devices"),
            ),
            unit="short",
            decimals=0,
            least=0,
            series=(
                Shown("devices", words.DEVICE, GREY),
                Shown("field devices", words.FIELD_DEVICE, ORANGE),
            ),
            none=NOT_HEARD,
            width=16,
            height=8,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Devices not observed in the time range", "조회 기간에 관측되지 않은 장비"),
            about=Text(
                "Share of the time range in which nothing was known of each; those with any.",
                "장비별로 상태를 알 수 없던 시간의 비율입니다.",
            ),
            queries=(now(f"topk(100, max by (device, site, district) (avg_over_time({_UNSEEN}[$__range])) > 0)"),),
            columns=(
                Column(source="device", title=words.DEVICE, jump=TO_DEVICE),
                Column(source="site", title=words.SITE),
                Column(source="district", title=words.DISTRICT),
                Column(
                    source="Value",
                    title=Text("Not observed", "관측 안 됨"),
                    unit="percentunit",
                    decimals=2,
                    is_bar=True,
                ),
            ),
            sort=("Value", True),
            none=Text("every device was observed throughout", "모든 장비가 계속 관측됨"),
            width=12,
            height=9,
        ),
        Panel(
            look=Look.TIMELINE,
            title=Text("netwatch's own uplink", "관제 서버 연결 추이"),
            about=Text(
                "While it was cut off, nothing was charged to anybody.",
                "고립된 동안의 상태는 누구의 책임으로도 계산하지 않습니다.",
            ),
            queries=(Query(expr="min(netwatch_vantage_up)", legend=Text("uplink", "연결")),),
            states=states.VANTAGE,
            none=Text("no canary configured", "기준점 미설정"),
            width=12,
            height=9,
        ),
    ),
)

ROW_BOOKS = Row(
    title=Text("Where the books and the network differ", "인벤토리와 현장의 차이"),
    panels=(
        Panel(
            look=Look.TABLE,
            title=Text("Ports with unregistered MACs", "미등록 MAC이 있는 포트"),
            about=Text(
                "Edge ports on which something is heard that the inventory does not know.",
                "인벤토리에 없는 장치가 연결된 포트입니다.",
            ),
            queries=(now("max by (device, site, interface) (netwatch_port_unregistered_macs)"),),
            columns=(
                Column(source="device", title=words.DEVICE, jump=TO_PORT),
                Column(source="interface", title=words.INTERFACE),
                Column(source="site", title=words.SITE),
                Column(source="Value", title=Text("MACs", "MAC 수"), unit="short", decimals=0, steps=WARN),
            ),
            sort=("Value", True),
            none=Text("every MAC is registered", "모든 MAC 등록됨"),
            width=12,
            height=8,
        ),
        contradicted_links('link!=""', height=8),
    ),
)

BOARD = Board(
    name="audit",
    title=Text("netwatch · Audit", "netwatch · 감사"),
    about=Text(
        "What changed, what was worked on, and what nobody saw. Availability is in the ledger's report.",
        "무엇이 바뀌었고, 무슨 작업이 있었고, 무엇이 관측되지 않았는지 봅니다. 가용률은 원장 보고서에 있습니다.",
    ),
    variables=(DISTRICT, SERVICE),
    rows=(ROW_CHANGES, ROW_UNSEEN, ROW_BOOKS),
    since="now-24h",
    refresh="1m",
)

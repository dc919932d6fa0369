"""The ports of one device: what passes, what is lost, and how they have been."""

from grafana import states, words
from grafana.panels import Column, Look, Panel, Query, Row, Step, now, stamped
from grafana.queries import POLL, rate, rate_now
from grafana.states import ORANGE
from grafana.variables import ITS_PORTS
from grafana.words import NO_SNMP, Text

_NO_TRAFFIC = Text("no counters read yet", "아직 수집된 카운터 없음")
_SETTLING = Text(
    " The counters carry the poll's own time, so the graph ends 80 s before now, where it is exact.",
    " 카운터에 수집 시각이 있으므로, 정확한 값만 보이도록 현재보다 80초 앞에서 끝납니다.",
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
                now(f"netwatch_interface_info{{{ITS_PORTS}}}"),
                now(f"max by (interface) (netwatch_interface_admin_up{{{ITS_PORTS}}})"),
                now(f"max by (interface) (netwatch_interface_up{{{ITS_PORTS}}})"),
                now(f"8 * max by (interface) (netwatch_interface_speed_bytes_per_second{{{ITS_PORTS}}})"),
                *(
                    now(f"8 * max by (interface) ({rate_now(f'netwatch_interface_{way}_bytes_total{{{ITS_PORTS}}}')})")
                    for way in ("receive", "transmit")
                ),
                now(
                    f"max by (interface) (netwatch_port_unregistered_macs{{{ITS_PORTS}}})"
                    f" or 0 * max by (interface) (netwatch_interface_up{{{ITS_PORTS}}})"
                ),
            ),
            key="interface",
            columns=(
                Column(source="interface", title=words.INTERFACE),
                Column(source="alias", title=Text("Alias", "설명")),
                Column(source="description", title=Text("Description", "포트 이름")),
                Column(source="type", title=Text("ifType", "ifType"), width=70),
                Column(source="Value #B", title=Text("Enabled", "사용 설정"), states=states.YES_NO, width=90),
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
            none=NO_SNMP,
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
                    f"8 * {rate(f'netwatch_interface_{way}_bytes_total{{{ITS_PORTS}}}')}",
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
                    f"sum by (cast) ({rate(f'netwatch_interface_{way}_packets_total{{{ITS_PORTS}}}')})",
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
                    f"sum by (interface) ({rate(f'netwatch_interface_{way}_{what}_total{{{ITS_PORTS}}}')})",
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
            queries=(Query(expr=f"max by (interface) (netwatch_interface_up{{{ITS_PORTS}}})", legend="{{interface}}"),),
            states=states.PORT,
            none=NO_SNMP,
            width=12,
            height=9,
        ),
    ),
)

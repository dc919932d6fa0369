"""Ring and link: is the reserve still there, what hangs on one link alone, and what passes."""

from grafana import states, words
from grafana.board import Board
from grafana.loads import fullest_course
from grafana.names import names_of
from grafana.panels import Column, Look, Panel, Query, Row, now
from grafana.parts import TO_LINK, TO_RING, WARN, contradicted_links, count
from grafana.queries import LINKS, RINGS, as_number
from grafana.states import numbered
from grafana.variables import DISTRICT, LINK, RING
from grafana.words import Text

_NO_RINGS = Text("no rings in the inventory", "인벤토리에 링 없음")
# step by step, not sample by sample: a week of a large city would be more samples than Prometheus takes
_TROUBLED = (
    f'topk(30, avg_over_time((sum by (link) (netwatch_link_state{{{LINKS}, state!="up"}}))[$__range:$__interval]'
    " @ end()) > 0)"
)
_NO_LINKS = Text("no links in the inventory", "인벤토리에 구간 없음")

ROW_NOW = Row(
    title=Text("Now", "현재"),
    panels=(
        count(
            Text("Rings without reserve", "예비 없는 링"),
            Text("Switched: one break. Split: two or more.", "절체: 한 곳 단절. 분리: 두 곳 이상 단절."),
            f'count(netwatch_ring_state{{{RINGS}, state=~"switched|split"}} == 1)',
        ),
        count(
            Text("Rings that may loop", "루프 위험 링"),
            Text("No port of the ring is blocked.", "차단된 포트가 없는 링입니다."),
            f'count(netwatch_ring_state{{{RINGS}, state="no_block"}} == 1)',
        ),
        count(
            Text("Links down", "중단 구간"),
            Text("Both ends, or one of them, say so.", "양쪽 또는 한쪽 끝이 중단을 알린 구간입니다."),
            f'count(netwatch_link_state{{{LINKS}, state=~"down|one_end"}} == 1)',
        ),
        count(
            Text("Links not observed", "관측 안 된 구간"),
            Text("Neither end is heard.", "양쪽 끝 모두 수신되지 않는 구간입니다."),
            f'sum(netwatch_link_state{{{LINKS}, state="unknown"}})',
            steps=WARN,
        ),
        count(
            Text("Links without another way", "우회로 없는 구간"),
            Text("Some service has no other way than this link.", "이 구간이 끊기면 중단되는 서비스가 있습니다."),
            f"sum(netwatch_link_single_point_of_failure{{{LINKS}}})",
            steps=WARN,
        ),
        count(
            Text("LLDP contradicts", "LLDP와 다른 구간 수"),
            Text(
                "What the devices say of their neighbours is not what the inventory says.",
                "인벤토리와 실제 이웃이 다른 구간입니다.",
            ),
            'count(count by (link) (netwatch_link_discrepancy{link=~"$link"}))',
            steps=WARN,
        ),
    ),
)

ROW_RINGS = Row(
    title=Text("Rings", "링"),
    panels=(
        Panel(
            look=Look.TIMELINE,
            title=Text("State of each ring", "링 상태 추이"),
            about=Text(
                "A port that its protocol blocks is healthy; switched means that the reserve is in use.",
                "프로토콜이 차단한 포트는 정상입니다. 절체는 예비 경로를 쓰고 있다는 뜻입니다.",
            ),
            queries=(Query(expr=as_number("netwatch_ring_state", RINGS, "ring", states.RING), legend="{{ring}}"),),
            states=numbered(states.RING),
            none=_NO_RINGS,
            width=12,
            height=10,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Time without reserve", "예비 없이 운용된 시간"),
            about=Text(
                "Switched or split, over the chosen time range.", "조회 기간 중 절체 또는 분리 상태였던 시간입니다."
            ),
            queries=(
                now(f"max by (ring) (increase(netwatch_ring_unprotected_seconds_total{{{RINGS}}}[$__range]))"),
                now(names_of("ring", f"netwatch_ring_state{{{RINGS}}}")),
            ),
            key="ring",
            columns=(
                Column(source="ring", title=words.RING, jump=TO_RING),
                Column(source="name", title=words.NAME),
                Column(source="Value #A", title=Text("Without reserve", "예비 없음"), unit="dtdurations", steps=WARN),
            ),
            sort=("Value #A", True),
            none=_NO_RINGS,
            width=6,
            height=10,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Both sides in one cable or duct", "같은 케이블·관로를 쓰는 링"),
            about=Text(
                "One dig cuts such a ring twice: its reserve is on paper only.",
                "한 번의 굴착으로 두 곳이 끊깁니다. 이중화가 도면상으로만 존재합니다.",
            ),
            queries=(now(f"netwatch_ring_shared_risk{{{RINGS}}}"),),
            columns=(
                Column(source="ring", title=words.RING, jump=TO_RING),
                Column(
                    source="kind",
                    title=words.KIND,
                    states=(
                        states.Shown("cable", Text("cable", "케이블")),
                        states.Shown("duct", Text("duct", "관로")),
                    ),
                ),
                Column(source="id", title=Text("Which", "번호")),
            ),
            none=Text("every ring's sides lie apart", "모든 링의 양쪽 경로가 분리됨"),
            width=6,
            height=10,
        ),
    ),
)

LINK_COLUMNS = (
    Column(source="link", title=words.LINK, jump=TO_LINK),
    Column(source="a_device", title=Text("From", "시작")),
    Column(source="b_device", title=Text("To", "끝")),
    Column(source="cables", title=Text("Cables", "케이블")),
    Column(source="ring", title=words.RING, jump=TO_RING),
    Column(source="Value #A", title=words.STATE, states=numbered(states.LINK), width=130),
    Column(source="Value #B", title=Text("In use", "사용률"), unit="percentunit", decimals=1, is_bar=True),
    Column(source="Value #C", title=Text("Passes", "전송량"), unit="bps"),
    Column(source="Value #D", title=Text("Another way", "우회로"), states=states.OTHER_WAY, width=130),
)

ROW_LINKS = Row(
    title=Text("Links", "구간"),
    panels=(
        Panel(
            look=Look.TABLE,
            title=Text("Links, the worst first", "구간별 상태 (나쁜 순)"),
            about=Text(
                "State as both ends tell it, load in the fuller direction, and whether some service hangs on it alone.",
                "양쪽 끝이 알린 상태, 높은 쪽 방향의 부하, 우회로 유무입니다.",
            ),
            queries=(
                now(as_number("netwatch_link_state", LINKS, "link", states.LINK)),
                now(f"max by (link) (netwatch_link_utilization_ratio{{{LINKS}}})"),
                now(f"8 * max by (link) (netwatch_link_rate_bytes_per_second{{{LINKS}}})"),
                now(f"max by (link) (netwatch_link_single_point_of_failure{{{LINKS}}})"),
                now(f"netwatch_link_info{{{LINKS}}}"),
            ),
            key="link",
            columns=LINK_COLUMNS,
            sort=("Value #A", True),
            none=_NO_LINKS,
            width=24,
            height=11,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Where LLDP and the inventory differ", "LLDP와 인벤토리 차이"),
            about=Text(
                "Missing: not heard where it should be. Moved: on another port. Swapped: another neighbour. "
                "Extra: heard, but in no inventory.",
                "누락: 있어야 할 곳에 없음. 이동: 다른 포트. 교체: 다른 이웃. 추가: 인벤토리에 없음.",
            ),
            queries=(
                now("max by (kind) (netwatch_topology_discrepancies)"),
                now(
                    "count by (kind) (netwatch_link_discrepancy) or 0 * max by (kind) (netwatch_topology_discrepancies)"
                ),
            ),
            key="kind",
            columns=(
                Column(
                    source="kind",
                    title=words.KIND,
                    states=states.DRIFT,
                ),
                Column(source="Value #A", title=Text("Found", "건수"), unit="short", decimals=0, steps=WARN),
                Column(source="Value #B", title=Text("Links of the inventory", "관련 구간"), unit="short", decimals=0),
            ),
            none=Text("no LLDP heard yet", "아직 LLDP 수집 없음"),
            width=12,
            height=6,
        ),
        contradicted_links('link=~"$link"', height=6),
        Panel(
            look=Look.TIMELINE,
            title=Text("Links that were not up in the time range", "조회 기간에 정상이 아니었던 구간"),
            about=Text(
                "At most 30 of the chosen links; with the longest trouble first chosen.",
                "선택한 구간 중 비정상 시간이 긴 순서로 최대 30개입니다.",
            ),
            queries=(
                Query(
                    expr=f"{as_number('netwatch_link_state', LINKS, 'link', states.LINK)} and on (link) {_TROUBLED}",
                    legend="{{link}}",
                ),
            ),
            states=numbered(states.LINK),
            none=Text("every link was up throughout", "모든 구간이 계속 정상"),
            width=24,
            height=10,
        ),
        Panel(
            look=Look.GRAPH,
            title=Text("What passes", "구간 전송량"),
            about=Text(
                "Bits per second over the last traffic interval; from a to b upwards, from b to a downwards. "
                "The 10 that are busiest at the end.",
                "최근 수집 주기의 bit/s입니다. a→b는 위, b→a는 아래로 그립니다. 마지막 시점 상위 10개 구간입니다.",
            ),
            queries=tuple(
                Query(
                    expr=f'8 * (netwatch_link_rate_bytes_per_second{{{LINKS}, direction="{direction}"}}'
                    f" and on (link) topk(10, max by (link) (netwatch_link_rate_bytes_per_second{{{LINKS}}} @ end())))",
                    legend=f"{{{{link}}}} {arrow}",
                )
                for direction, arrow in (("a_to_b", "a→b"), ("b_to_a", "b→a"))
            ),
            unit="bps",
            below_zero="/b→a/",
            none=Text("no traffic read yet", "아직 수집된 트래픽 없음"),
            width=12,
            height=9,
        ),
        fullest_course(LINKS, width=12),
    ),
)


def _light(title: Text, about: Text, metric: str, *, worst: str, none: Text) -> Panel:
    """What is lost on the way, of the ten links that are worst by `worst`."""
    return Panel(
        look=Look.GRAPH,
        title=title,
        about=about,
        queries=tuple(
            Query(
                expr=f'{metric}{{{LINKS}, direction="{direction}"}} and on (link) {worst}',
                legend=f"{{{{link}}}} {arrow}",
            )
            for direction, arrow in (("a_to_b", "a→b"), ("b_to_a", "b→a"))
        ),
        unit="dB",
        none=none,
        width=12,
        height=8,
    )


_WEAKEST = f"topk(10, max by (link) (netwatch_link_optical_drift_db{{{LINKS}}} @ end()))"
_FULLEST = f"topk(10, max by (link) (netwatch_link_optical_loss_db{{{LINKS}}} @ end()))"

ROW_LIGHT = Row(
    title=Text("Light", "광 상태"),
    panels=(
        _light(
            Text("Loss from end to end", "구간 손실"),
            Text(
                "What one end sends less what the other receives; the 10 with the most.",
                "송신 세기에서 수신 세기를 뺀 값입니다. 큰 순서로 10개 구간입니다.",
            ),
            "netwatch_link_optical_loss_db",
            worst=_FULLEST,
            none=Text(
                "no link is up that tells of its light at both ends", "양 끝의 광 세기를 모두 알려 주는 구간 없음"
            ),
        ),
        _light(
            Text("Drift since the link was new", "개통 대비 변화"),
            Text(
                "Loss beyond that of the first day; the 10 with the most.",
                "첫날 평균 대비 손실 증가분입니다. 큰 순서로 10개 구간입니다.",
            ),
            "netwatch_link_optical_drift_db",
            worst=_WEAKEST,
            none=Text("no light known for longer than its first day", "개통 첫날이 지난 광 세기 없음"),
        ),
        Panel(
            look=Look.TABLE,
            title=Text("First to have too little light", "수신 하한 도달 예상"),
            about=Text(
                "By the slope of the last thirty days; links whose light does not fall are not here.",
                "최근 30일 추세로 계산합니다. 감소하지 않는 구간은 표시하지 않습니다.",
            ),
            queries=(
                now(f"min by (link) (netwatch_link_optical_days_to_limit{{{LINKS}}})"),
                now(f"max by (link) (netwatch_link_optical_drift_db{{{LINKS}}})"),
                now(f"min by (link) (netwatch_link_optical_commissioned_dbm{{{LINKS}}})"),
            ),
            key="link",
            columns=(
                Column(source="link", title=words.LINK, jump=TO_LINK),
                Column(source="Value #A", title=Text("Days left", "남은 일수"), unit="short", decimals=0, steps=WARN),
                Column(source="Value #B", title=Text("Drift", "변화"), unit="dB", decimals=1),
                Column(source="Value #C", title=Text("When new", "개통 시 수신"), unit="dBm", decimals=1),
            ),
            sort=("Value #A", False),
            none=Text("no light falls", "감소 추세 구간 없음"),
            width=24,
            height=8,
        ),
    ),
)

BOARD = Board(
    name="ring-link",
    title=Text("netwatch · Rings and links", "netwatch · 링과 구간"),
    about=Text(
        "Whether the reserve is still there, what has no other way, and how full the links are.",
        "예비 경로가 남아 있는지, 우회로 없는 구간은 어디인지, 얼마나 찼는지 확인합니다.",
    ),
    variables=(DISTRICT, RING, LINK),
    rows=(ROW_NOW, ROW_RINGS, ROW_LINKS, ROW_LIGHT),
)

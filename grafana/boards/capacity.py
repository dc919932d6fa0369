"""Capacity: which links are full, which will be, and by when.

Everything here reads `netwatch_link_*`, gauges that netwatch works out itself from exact rates, so nothing has to wait
for stamped counters to settle. Weeks are read from what `deploy/prometheus/rules/capacity.yml` records every five
minutes: raw, seven days of a large city are more samples than Prometheus takes into one query (50 million), and the
alert and the dashboard would have each its own idea of "full".
"""

from grafana import words
from grafana.board import Board
from grafana.loads import BUSY, FULL, fullest_course, fullest_now
from grafana.panels import Column, Look, Panel, Row, now
from grafana.parts import TO_LINK, WARN, count
from grafana.queries import LINKS
from grafana.states import Shown
from grafana.variables import DISTRICT, LINK
from grafana.words import Text

_USE = f"netwatch_link_utilization_ratio{{{LINKS}}}"
_RATE = f"netwatch_link_rate_bytes_per_second{{{LINKS}}}"
_BUSY = f"quantile_over_time(0.95, netwatch:link_utilization_ratio:avg5m{{{LINKS}}}[7d])"
_BUSY_RATE = f"quantile_over_time(0.95, netwatch:link_rate_bytes_per_second:avg5m{{{LINKS}}}[7d])"
_DAILY = f"netwatch:link_utilization_ratio:p95_1d{{{LINKS}}}"
_GROWTH = f"86400 * deriv({_DAILY}[14d]) and {_DAILY} offset 7d"  # nothing in the first week, which says nothing
_DAYS = f"netwatch:link:days_to_80_percent{{{LINKS}}} < 3650"
_NO_TRAFFIC = Text("no traffic read yet", "아직 수집된 트래픽 없음")
_WAY = '"way", " ", "link", "direction"'


def _row(expression: str) -> str:
    """One row for each direction of a link."""
    return f"max by (way) (label_join({expression}, {_WAY}))"


ROW_NOW = Row(
    title=Text("Now", "현재"),
    panels=(
        count(
            Text("Links over 80 % now", "현재 80 % 초과 구간"),
            Text(
                "In either direction, over the last traffic interval.",
                "최근 수집 주기에 어느 한 방향이라도 초과한 구간입니다.",
            ),
            f"count(max by (link) ({_USE}) > {FULL})",
            width=6,
        ),
        count(
            Text("Links over 60 % now", "현재 60 % 초과 구간"),
            Text(
                "In either direction, over the last traffic interval.",
                "최근 수집 주기에 어느 한 방향이라도 초과한 구간입니다.",
            ),
            f"count(max by (link) ({_USE}) > {BUSY})",
            steps=WARN,
            width=6,
        ),
        Panel(
            look=Look.STAT,
            title=Text("Passes in all", "전체 전송량"),
            about=Text("Sum over the chosen links, both directions.", "선택한 구간의 양방향 합계입니다."),
            queries=(now(f"8 * sum({_RATE})"),),
            unit="bps",
            none=_NO_TRAFFIC,
            width=6,
            height=4,
        ),
        Panel(
            look=Look.STAT,
            title=Text("Capacity known", "용량 확인 비율"),
            about=Text(
                "Share of the links with traffic whose capacity is known. Without it there is no share in use.",
                "트래픽이 있는 구간 중 용량을 아는 비율입니다. 용량을 모르면 사용률도 없습니다.",
            ),
            queries=(now(f"(count({_USE}) or 0 * count({_RATE})) / count({_RATE})"),),
            unit="percentunit",
            decimals=0,
            none=_NO_TRAFFIC,
            width=6,
            height=4,
        ),
    ),
)

ROW_WEEK = Row(
    title=Text("The last seven days", "최근 7일"),
    panels=(
        Panel(
            look=Look.TABLE,
            title=Text("Links by their busy hours", "혼잡 시간 기준 구간"),
            about=Text(
                "P95 of five-minute averages over seven days, as transit is billed. Growth and days to 80 % are the "
                "straight line through the daily P95 of two weeks; empty in the first week, and beyond ten years.",
                "최근 7일간 5분 평균의 P95입니다. 증가율과 80 % 도달 일수는 2주간 일별 P95의 직선 추세이며, "
                "설치 후 첫 1주와, 10년 안에 도달하지 않는 구간은 비워 둡니다.",
            ),
            queries=(
                now(f"label_join({_BUSY}, {_WAY})"),
                now(f"8 * {_row(_BUSY_RATE)}"),
                now(_row(_USE)),
                now(_row(_GROWTH)),
                now(_row(_DAYS)),
            ),
            key="way",
            columns=(
                Column(source="link", title=words.LINK, jump=TO_LINK, width=180),
                Column(
                    source="direction",
                    title=words.DIRECTION,
                    states=(Shown("a_to_b", Text("a → b", "a → b")), Shown("b_to_a", Text("b → a", "b → a"))),
                    width=90,
                ),
                Column(
                    source="Value #A",
                    title=Text("P95 of 7 d", "P95 (7일)"),
                    unit="percentunit",
                    decimals=1,
                    is_bar=True,
                ),
                Column(source="Value #B", title=Text("P95 of 7 d, rate", "P95 (7일), 전송량"), unit="bps", width=140),
                Column(source="Value #C", title=Text("Now", "현재"), unit="percentunit", decimals=1, width=90),
                Column(
                    source="Value #D",
                    title=Text("Growth a day", "일 증가율"),
                    unit="percentunit",
                    decimals=3,
                    width=120,
                ),
                Column(
                    source="Value #E",
                    title=Text("Days to 80 %", "80 % 도달 (일)"),
                    unit="d",
                    decimals=0,
                    width=130,
                ),
            ),
            sort=("Value #A", True),
            none=_NO_TRAFFIC,
            width=24,
            height=12,
        ),
        fullest_now(LINKS, width=8, height=9),
        Panel(
            look=Look.BARS,
            title=Text("First to reach 80 %", "80 %에 먼저 도달할 구간"),
            about=Text(
                "Days until the busy hours fill 80 % of the capacity, if growth goes on as during the last two weeks.",
                "최근 2주의 증가가 이어질 때 혼잡 시간 사용률이 80 %에 이르는 일수입니다.",
            ),
            queries=(now(f"bottomk(10, min by (link) ({_DAYS}))", "{{link}}"),),
            unit="d",
            decimals=0,
            least=0,
            none=Text("no link grows towards 80 %", "80 %로 증가하는 구간 없음"),
            width=8,
            height=9,
        ),
        fullest_course(LINKS, width=8),
    ),
)

BOARD = Board(
    name="capacity",
    title=Text("netwatch · Capacity", "netwatch · 회선 용량"),
    about=Text(
        "Which links are full, which will be, and by when.", "어느 구간이 찼고, 언제 어느 구간이 찰지 확인합니다."
    ),
    variables=(DISTRICT, LINK),
    rows=(ROW_NOW, ROW_WEEK),
    since="now-7d",
    refresh="5m",
)

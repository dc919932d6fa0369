"""How full links are: one idea of "full" for every dashboard, with its colours."""

from grafana import words
from grafana.panels import Look, Panel, Query, Step, now
from grafana.parts import series_link
from grafana.states import RED, YELLOW
from grafana.words import Text

FULL = 0.8  # of the capacity: above it queues grow and bursts are lost
BUSY = 0.6
LOAD = (Step(BUSY, YELLOW), Step(FULL, RED))


def _use(selector: str, at: str = "") -> str:
    return f"max by (link) (netwatch_link_utilization_ratio{{{selector}}}{at})"


def fullest_now(selector: str, *, width: int, height: int) -> Panel:
    """The ten fullest of the links that `selector` chooses, as bars."""
    return Panel(
        look=Look.BARS,
        title=Text("Fullest links now", "현재 사용률 상위 구간"),
        about=Text(
            "Share of the capacity in use over the last traffic interval, in the fuller direction.",
            "최근 수집 주기의 회선 사용률입니다. 두 방향 중 높은 쪽입니다.",
        ),
        queries=(
            now(
                f"sort_desc(topk(10, {_use(selector)}) * on (link) group_left (a_device, b_device) netwatch_link_info)",
                "{{link}} · {{a_device}} – {{b_device}}",
            ),
        ),
        unit="percentunit",
        decimals=1,
        least=0,
        most=1,
        steps=LOAD,
        jump=series_link(words.LINK, "ring-link", "link"),
        none=Text("no traffic read yet", "아직 수집된 트래픽 없음"),
        width=width,
        height=height,
    )


def fullest_course(selector: str, *, width: int) -> Panel:
    """The ten that are fullest at the end, as lines: always the same ten, so that a line goes on."""
    return Panel(
        look=Look.GRAPH,
        title=Text("Share of the capacity of the fullest", "사용률 상위 구간 추이"),
        about=Text(
            "The 10 of the chosen links that are fullest at the end.", "마지막 시점 사용률 상위 10개 구간입니다."
        ),
        queries=(
            Query(expr=f"{_use(selector)} and on (link) topk(10, {_use(selector, ' @ end()')})", legend="{{link}}"),
        ),
        unit="percentunit",
        least=0,
        steps=LOAD,
        none=Text("no capacity known", "회선 용량 정보 없음"),
        width=width,
        height=9,
    )

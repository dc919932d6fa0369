"""What a dashboard says, before it is Grafana's: rows of panels, and the variables that narrow them down."""

from dataclasses import dataclass

from grafana_foundation_sdk.models import dashboard

from grafana.panels import Row
from grafana.render import DATASOURCE, render_panel
from grafana.variables import Variable, datasource_variable, render_variable
from grafana.words import Language, Text

COLUMNS = 24
FAULTS = Text("Open faults", "열린 장애")
ALL_BOARDS = Text("Dashboards", "대시보드")
OTHER_LANGUAGE = Text("한국어", "English")  # told to those who cannot read this one


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One dashboard. Its uid is `netwatch-NAME-LANGUAGE`, which links and alerts rely on."""

    name: str
    title: Text
    about: Text
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now-6h"
    refresh: str = "30s"
    fault_marks: str = "netwatch_fault_active == 1"  # the spans in which a fault is open, drawn in every graph


def uid(name: str, language: Language) -> str:
    return f"netwatch-{name}-{language}"


def render_board(board: Board, language: Language) -> dashboard.Dashboard:
    """The dashboard in one language."""
    return dashboard.Dashboard(
        uid=uid(board.name, language),
        title=board.title.in_(language),
        description=board.about.in_(language),
        tags=["netwatch", f"netwatch-{language}"],
        timezone="browser",
        editable=False,
        graph_tooltip=dashboard.DashboardCursorSync.CROSSHAIR,
        time=dashboard.DashboardDashboardTime(from_val=board.since, to="now"),
        timepicker=dashboard.TimePickerConfig(refresh_intervals=["5s", "10s", "30s", "1m", "5m"]),
        refresh=board.refresh,
        panels=_panels(board, language),
        templating=dashboard.DashboardDashboardTemplating(
            list_val=[datasource_variable(language), *(render_variable(one, language) for one in board.variables)]
        ),
        annotations=dashboard.AnnotationContainer(list_val=[_fault_marks(board, language)]),
        links=_links(board, language),
    )


def _panels(board: Board, language: Language) -> list[dashboard.Panel | dashboard.RowPanel]:
    """From left to right, and on below what stands highest where a line is full."""
    found: list[dashboard.Panel | dashboard.RowPanel] = []
    y = 0
    for row in board.rows:
        heading = dashboard.GridPos(h=1, w=COLUMNS, x=0, y=y)
        found.append(
            dashboard.RowPanel(title=row.title.in_(language), id_val=len(found) + 1, grid_pos=heading, panels=[])
        )
        y, x, tallest = y + 1, 0, 0
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                y, x, tallest = y + tallest, 0, 0
            at = dashboard.GridPos(h=panel.height, w=panel.width, x=x, y=y)
            found.append(render_panel(panel, language, identity=len(found) + 1, at=at))
            x, tallest = x + panel.width, max(tallest, panel.height)
        y += tallest
    return found


class FaultMarks(dashboard.AnnotationQuery):
    """An annotation with the two texts that Grafana's Prometheus plugin reads and the SDK's model has not."""

    def to_json(self) -> dict[str, object]:
        return {
            **super().to_json(),
            "titleFormat": "{{subject}}",
            "textFormat": "{{severity}} {{fault}}",
            "step": "30s",
        }


def _fault_marks(board: Board, language: Language) -> dashboard.AnnotationQuery:
    return FaultMarks(
        name=FAULTS.in_(language), datasource=DATASOURCE, enable=True, icon_color="red", expr=board.fault_marks
    )


def _links(board: Board, language: Language) -> list[dashboard.DashboardLink]:
    """All dashboards of this language, and this one in the other; variables and time range go along."""
    return [
        dashboard.DashboardLink(
            title=ALL_BOARDS.in_(language),
            type_val=dashboard.DashboardLinkType.DASHBOARDS,
            tags=[f"netwatch-{language}"],
            as_dropdown=True,
            include_vars=True,
            keep_time=True,
        ),
        dashboard.DashboardLink(
            title=OTHER_LANGUAGE.in_(language),
            type_val=dashboard.DashboardLinkType.LINK,
            icon="external link",
            url=f"/d/{uid(board.name, language.other)}",
            include_vars=True,
            keep_time=True,
        ),
    ]

"""How a value is told: its word, its colour, where it leads. Panels and columns share it."""

from grafana_foundation_sdk.models import dashboard

from grafana.panels import Jump, Step
from grafana.states import GREEN, States
from grafana.words import Language


def value_mappings(states: States, language: Language) -> list[dashboard.ValueMapping] | None:
    """Word and colour of each value."""
    if not states:
        return None
    shown = {
        one.value: dashboard.ValueMappingResult(text=one.word.in_(language), color=one.colour or None, index=number)
        for number, one in enumerate(states)
    }
    return [dashboard.ValueMap(options=shown)]


def thresholds(steps: tuple[Step, ...]) -> dashboard.ThresholdsConfig:
    """Green below the first step; without steps no colour that would judge."""
    base = dashboard.Threshold(value=None, color=GREEN if steps else "text")
    above = [dashboard.Threshold(value=step.at, color=step.colour) for step in steps]
    return dashboard.ThresholdsConfig(mode=dashboard.ThresholdsMode.ABSOLUTE, steps=[base, *above])


class DataLink(dashboard.DashboardLink):
    """The link of a value. The SDK types it as a dashboard's link, whose other fields a value's has not."""

    def to_json(self) -> dict[str, object]:
        return {"title": self.title, "url": self.url}


def data_link(jump: Jump, language: Language) -> DataLink:
    """Where a value leads. The chosen data source and time range go along."""
    board = jump.board if jump.board.startswith("$") else f"netwatch-{jump.board}"
    variables = "".join(f"&var-{name}={value}" for name, value in jump.variables)
    return DataLink(
        title=jump.title.in_(language),
        url=f"/d/{board}-{language}?${{datasource:queryparam}}&${{__url_time_range}}{variables}",
    )

"""Columns -> how Grafana joins, keeps, orders, names and paints the fields of a table."""

from grafana_foundation_sdk.models import common, dashboard, table

from grafana.panels import Column, Look, Panel
from grafana.values import data_link, thresholds, value_mappings
from grafana.words import Language

PLACE = ("latitude", "longitude")  # the labels, and fields, by which a map finds a point


class TableOptions(table.Options):
    """The SDK still writes a footer, which Grafana's own types know no more."""

    def to_json(self) -> dict[str, object]:
        return {name: value for name, value in super().to_json().items() if name != "footer"}


def table_options(panel: Panel, language: Language) -> table.Options:
    """The order of the rows as it is at first; a click on a heading gives another."""
    source, is_descending = panel.sort
    names = {column.source: column.title.in_(language) for column in panel.columns}
    order = [common.TableSortByFieldState(display_name=names[source], desc=is_descending)] if source else None
    return TableOptions(show_header=True, cell_height=common.TableCellHeight.SM, sort_by=order)


def table_transformations(panel: Panel) -> list[dashboard.DataTransformerConfig]:
    """Several queries become one table by their key; then only the columns stay, in their order.

    They keep the names they have in Prometheus, by which links take values from their row; titles are overrides.
    """
    sources = [column.source for column in panel.columns]
    steps = [
        *_numbers(panel),
        dashboard.DataTransformerConfig(id_val="filterFieldsByName", options={"include": {"names": sources}}),
        dashboard.DataTransformerConfig(
            id_val="organize",
            options={
                "excludeByName": {},
                "indexByName": {source: number for number, source in enumerate(sources)},
                "renameByName": {},
            },
        ),
    ]
    if len(panel.queries) > 1:
        join = {"byField": panel.key, "mode": "outer"}
        steps.insert(0, dashboard.DataTransformerConfig(id_val="joinByField", options=join))
    return steps


def _numbers(panel: Panel) -> list[dashboard.DataTransformerConfig]:
    """A map takes places as numbers only, and labels are text."""
    if panel.look is not Look.MAP:
        return []
    made = [{"targetField": name, "destinationType": "number"} for name in PLACE]
    return [dashboard.DataTransformerConfig(id_val="convertFieldType", options={"conversions": made, "fields": {}})]


def table_columns(panel: Panel, language: Language) -> list[dashboard.DashboardFieldConfigSourceOverrides]:
    """One override for each column: how it is called, told and painted, and where it leads."""
    overrides = []
    for column in panel.columns:
        matcher = dashboard.MatcherConfig(id_val="byName", options=column.source)
        properties = [
            dashboard.DynamicConfigValue(id_val=name, value=value)
            for name, value in (_meaning(column, language) | _appearance(column, panel.look)).items()
        ]
        overrides.append(dashboard.DashboardFieldConfigSourceOverrides(matcher=matcher, properties=properties))
    return overrides


def _meaning(column: Column, language: Language) -> dict[str, object]:
    found: dict[str, object] = {"displayName": column.title.in_(language)}
    if column.unit:
        found["unit"] = column.unit
    if column.decimals is not None:
        found["decimals"] = column.decimals
    if column.states:
        found["mappings"] = value_mappings(column.states, language)
    if column.steps:
        found["thresholds"] = thresholds(column.steps)
    if column.jump:
        found["links"] = [data_link(column.jump, language)]
    return found


def _appearance(column: Column, look: Look) -> dict[str, object]:
    found: dict[str, object] = {}
    if look is not Look.TABLE:
        return found
    if column.is_bar:
        found |= {"min": 0, "max": 1, "custom.cellOptions": {"type": "gauge", "mode": "basic"}}
    elif column.steps or any(state.colour for state in column.states):
        found["custom.cellOptions"] = {"type": "color-background", "mode": "basic"}
    if column.is_wrapped:
        found["custom.wrapText"] = True
    if column.width:
        found["custom.width"] = column.width
    if column.is_hidden:
        found["custom.hideFrom.viz"] = True
    return found

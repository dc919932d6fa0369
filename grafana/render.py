"""Panel -> Grafana's panel, by the models of grafana-foundation-sdk."""

from string import ascii_uppercase

from grafana_foundation_sdk.models import bargauge, common, dashboard, prometheus, stat, statetimeline, timeseries

from grafana.maps import map_options
from grafana.panels import Look, Panel, Query
from grafana.queries import SETTLED
from grafana.tables import table_columns, table_options, table_transformations
from grafana.values import data_link, thresholds, value_mappings
from grafana.words import Language, Text

_OF_ROWS = (Look.TABLE, Look.MAP)  # they take all labels of a moment, not a course
DATASOURCE = common.DataSourceRef(type_val="prometheus", uid="${datasource}")


def render_panel(panel: Panel, language: Language, *, identity: int, at: dashboard.GridPos) -> dashboard.Panel:
    """The panel in one language, at its place."""
    is_table = panel.look in _OF_ROWS
    return dashboard.Panel(
        type_val=panel.look.value,
        id_val=identity,
        grid_pos=at,
        title=panel.title.in_(language),
        description=panel.about.in_(language),
        datasource=DATASOURCE,
        targets=[_target(query, language, number, panel.look) for number, query in enumerate(panel.queries)],
        transformations=table_transformations(panel) if is_table else None,
        time_shift=SETTLED if panel.is_settled else None,
        options=_options(panel, language),
        field_config=dashboard.FieldConfigSource(
            defaults=_defaults(panel, language),
            overrides=table_columns(panel, language) if is_table else _series(panel, language),
        ),
    )


def _target(query: Query, language: Language, number: int, look: Look) -> prometheus.Dataquery:
    is_table = look in _OF_ROWS
    legend = query.legend.in_(language) if isinstance(query.legend, Text) else query.legend
    return prometheus.Dataquery(
        ref_id=ascii_uppercase[number],
        datasource=DATASOURCE,
        expr=query.expr,
        legend_format=legend or "__auto",
        instant=query.is_now,
        range_val=not query.is_now,
        interval=query.step or None,
        format_val=prometheus.PromQueryFormat.TABLE if is_table else prometheus.PromQueryFormat.TIME_SERIES,
        editor_mode=prometheus.QueryEditorMode.CODE,
    )


def _defaults(panel: Panel, language: Language) -> dashboard.FieldConfig:
    return dashboard.FieldConfig(
        unit=panel.unit,
        decimals=panel.decimals,
        min_val=panel.least,
        max_val=panel.most,
        mappings=value_mappings(panel.states, language),
        thresholds=thresholds(panel.steps),
        color=dashboard.FieldColor(mode=_colour_mode(panel)),
        no_value=panel.none.in_(language),
        links=[data_link(panel.jump, language)] if panel.jump else None,
        custom=_custom(panel),
    )


def _colour_mode(panel: Panel) -> dashboard.FieldColorModeId:
    if panel.look is Look.GRAPH:
        return dashboard.FieldColorModeId.PALETTE_CLASSIC_BY_NAME
    return dashboard.FieldColorModeId.THRESHOLDS


def _custom(panel: Panel) -> object:
    if panel.look is Look.GRAPH:
        stacking = common.StackingConfig(
            mode=common.StackingMode.NORMAL if panel.is_stacked else common.StackingMode.NONE, group="A"
        )
        return timeseries.FieldConfig(
            draw_style=common.GraphDrawStyle.LINE,
            line_width=1,
            fill_opacity=40 if panel.is_stacked else 10,
            show_points=common.VisibilityMode.NEVER,
            span_nulls=False,  # a gap is a gap
            stacking=stacking,
            axis_centered_zero=bool(panel.below_zero) or None,
        )
    if panel.look is Look.TIMELINE:
        return statetimeline.FieldConfig(line_width=0, fill_opacity=80)
    return None


def _series(panel: Panel, language: Language) -> list[dashboard.DashboardFieldConfigSourceOverrides]:
    """What holds for some series only."""
    found = [
        dashboard.DashboardFieldConfigSourceOverrides(
            matcher=dashboard.MatcherConfig(id_val="byName", options=one.value),
            properties=[
                dashboard.DynamicConfigValue(id_val="displayName", value=one.word.in_(language)),
                *_fixed(one.colour),
            ],
        )
        for one in panel.series
    ]
    if panel.below_zero:
        down = dashboard.DynamicConfigValue(id_val="custom.transform", value="negative-Y")
        matcher = dashboard.MatcherConfig(id_val="byRegexp", options=panel.below_zero)
        found.append(dashboard.DashboardFieldConfigSourceOverrides(matcher=matcher, properties=[down]))
    return found


def _fixed(colour: str) -> list[dashboard.DynamicConfigValue]:
    value = {"mode": "fixed", "fixedColor": colour}
    return [dashboard.DynamicConfigValue(id_val="color", value=value)] if colour else []


def _options(panel: Panel, language: Language) -> object:
    judges = bool(panel.steps or panel.states)  # without them a colour would mean nothing
    last = common.ReduceDataOptions(calcs=["lastNotNull"], values=False, fields="")
    legend = common.VizLegendOptions(
        show_legend=panel.look is Look.GRAPH,
        display_mode=common.LegendDisplayMode.LIST,
        placement=common.LegendPlacement.BOTTOM,
        calcs=[],
    )
    tooltip = common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING)
    match panel.look:
        case Look.TABLE:
            return table_options(panel, language)
        case Look.MAP:
            return map_options(language)
        case Look.STAT:
            return stat.Options(
                graph_mode=common.BigValueGraphMode.NONE,
                color_mode=common.BigValueColorMode.BACKGROUND if judges else common.BigValueColorMode.NONE,
                justify_mode=common.BigValueJustifyMode.AUTO,
                text_mode=common.BigValueTextMode.AUTO,
                reduce_options=last,
                orientation=common.VizOrientation.AUTO,
            )
        case Look.BARS:
            return bargauge.Options(
                display_mode=common.BarGaugeDisplayMode.BASIC,
                value_mode=common.BarGaugeValueMode.TEXT,
                reduce_options=last,
                orientation=common.VizOrientation.HORIZONTAL,
            )
        case Look.TIMELINE:
            return statetimeline.Options(
                show_value=common.VisibilityMode.AUTO, legend=legend, tooltip=tooltip, merge_values=True
            )
        case Look.GRAPH:
            return timeseries.Options(legend=legend, tooltip=tooltip)

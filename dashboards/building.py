"""Boards as Grafana's JSON, through the Grafana Foundation SDK."""

import json
from typing import Any, Final

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    heatmap,
    prometheus,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import heatmap as heatmap_models
from grafana_foundation_sdk.models import prometheus as prometheus_models

from dashboards.panels import Board, Panel, Query, Row, Step, Variable

DESK: Final = "http://127.0.0.1:8350"
"""Where the desk is unless the board's `desk` field says otherwise."""
_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_GREEN: Final = "green"
_REFRESH: Final = "30s"
OF_INTERVALS: Final = ("auto", "auto_count", "auto_min")
"""What the SDK writes into every variable, and Grafana's schema knows of intervals only."""
_UNTIL: Final = "now"
Picture = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel | heatmap.Panel


def as_json(board: Board) -> str:
    """The JSON of a board, always the same for the same board."""
    built: dict[str, Any] = json.loads(JSONEncoder().encode(_board(board).build()))
    return json.dumps(_completed(built, board), sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def _completed(built: dict[str, Any], board: Board) -> dict[str, Any]:
    """What holds for the whole board: where data comes from, limits drawn as lines, its times."""
    for variable in built["templating"]["list"]:
        for name in OF_INTERVALS:
            variable.pop(name, None)
        if variable["type"] == "query":
            variable["datasource"] = _SOURCE
    for number, panel_or_row in enumerate(built["panels"], 1):
        panel_or_row["id"] = number
    panels = [panel for panel in built["panels"] if panel["type"] != "row"]
    for made, panel in zip(panels, board.panels(), strict=True):
        made["datasource"] = _SOURCE
        for target in made["targets"]:
            target["datasource"] = _SOURCE
        if panel.kind == "lines" and panel.steps:
            made["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] = {"mode": "dashed"}
    if board.times:
        ranges = [{"display": name, "from": since, "to": _UNTIL} for name, since in board.times]
        built["timepicker"]["quick_ranges"] = ranges
    return built


def _board(board: Board) -> dashboard.Dashboard:
    made = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .description(board.description)
        .tags(["fundwatch", "医保基金监管"])
        .timezone("Asia/Shanghai")
        .time(board.since, _UNTIL)
        .refresh(_REFRESH)
        .timepicker(dashboard.TimePicker())
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(
            dashboard.DatasourceVariable("datasource")
            .label("数据源 Data source")
            .type("prometheus")
        )
        .link(
            dashboard.DashboardLink("fundwatch")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags(["fundwatch"])
            .as_dropdown(True)
            .keep_time(True)
        )
        .link(
            dashboard.DashboardLink("工作台 Desk")
            .type(models.DashboardLinkType.LINK)
            .url("${desk}/")
            .target_blank(True)
        )
    )
    for variable in board.variables:
        made = made.with_variable(_variable(variable))
    made = made.with_variable(
        dashboard.TextBoxVariable("desk").label("工作台 Desk").default_value(DESK)
    )
    for row in board.rows:
        made = _row(made, row)
    return made


def _variable(variable: Variable) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(variable.name)
        .label(variable.label)
        .query(f"label_values({variable.metric}, {variable.values_of})")
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(models.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def _row(made: dashboard.Dashboard, row: Row) -> dashboard.Dashboard:
    made = made.with_row(dashboard.Row(row.title))
    for panel in row.panels:
        made = made.with_panel(_panel(panel))
    return made


def _panel(panel: Panel) -> Picture:
    made = _KINDS[panel.kind](panel)
    made = (
        made.title(panel.title)
        .description(panel.description)
        .unit(panel.unit)
        .span(panel.width)
        .height(panel.height)
        .no_value("–")
    )
    if panel.decimals is not None:
        made = made.decimals(panel.decimals)
    if panel.steps:
        made = made.thresholds(_thresholds(panel.steps))
    if panel.link:
        link = dashboard.DashboardLink("在工作台打开 Open at the desk").url("${desk}" + panel.link)
        made = made.data_links([link.target_blank(True)])
    over_time = panel.kind in {"lines", "heatmap"}
    for place, query in enumerate(panel.queries):
        made = made.with_target(_target(query, chr(ord("A") + place), panel, over_time=over_time))
    return made


def _target(query: Query, ref: str, panel: Panel, *, over_time: bool) -> prometheus.Dataquery:
    forms = prometheus_models.PromQueryFormat
    form = {"table": forms.TABLE, "heatmap": forms.HEATMAP}.get(panel.kind, forms.TIME_SERIES)
    target = (
        prometheus.Dataquery()
        .ref_id(ref)
        .expr(query.expr)
        .legend_format(query.legend or "__auto")
        .format(form)
    )
    return target.range() if over_time else target.instant()


def _thresholds(steps: tuple[Step, ...]) -> dashboard.ThresholdsConfig:
    # Where the first step turns to green, what lies below it is not well.
    first = models.Threshold(value=None, color="red" if steps[0].colour == _GREEN else _GREEN)
    return (
        dashboard.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps([first, *[models.Threshold(step.value, step.colour) for step in steps]])
    )


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)


def _stat(panel: Panel) -> Picture:
    colour = common_models.BigValueColorMode
    return (
        stat.Panel()
        .reduce_options(_last())
        .graph_mode(common_models.BigValueGraphMode.NONE)
        .color_mode(colour.BACKGROUND if panel.steps else colour.VALUE)
    )


def _lines(panel: Panel) -> Picture:
    made = (
        timeseries.Panel()
        .line_width(1)
        .fill_opacity(30 if panel.stacked else 5)
        .show_points(common_models.VisibilityMode.NEVER)
        .min(0)
        .tooltip(
            common.VizTooltipOptions()
            .mode(common_models.TooltipDisplayMode.MULTI)
            .sort(common_models.SortOrder.DESCENDING)
        )
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(common_models.LegendDisplayMode.LIST)
            .placement(common_models.LegendPlacement.BOTTOM)
        )
    )
    if panel.stacked:
        made = made.stacking(common.StackingConfig().mode(common_models.StackingMode.NORMAL))
    return made


def _bars(_: Panel) -> Picture:
    return (
        bargauge.Panel()
        .reduce_options(_last())
        .orientation(common_models.VizOrientation.HORIZONTAL)
        .display_mode(common_models.BarGaugeDisplayMode.BASIC)
        .min(0)
    )


def _table(panel: Panel) -> Picture:
    made = table.Panel().with_transformation(models.DataTransformerConfig("merge", options={}))
    shown = {column.field: column for column in panel.columns}
    made = made.with_transformation(
        models.DataTransformerConfig(
            "organize",
            options={
                "excludeByName": {"Time": True},
                "indexByName": {field: place for place, field in enumerate(shown)},
                "renameByName": {field: column.heading for field, column in shown.items()},
            },
        )
    )
    for column in panel.columns:
        if column.unit:
            made = made.override_by_name(
                column.heading, [models.DynamicConfigValue("unit", column.unit)]
            )
    return made


def _heatmap(_: Panel) -> Picture:
    return (
        heatmap.Panel()
        .calculate(False)
        .color(
            heatmap.HeatmapColorOptions()
            .mode(heatmap_models.HeatmapColorMode.SCHEME)
            .scheme("Oranges")
            .steps(64)
        )
    )


_KINDS: Final = {
    "stat": _stat,
    "lines": _lines,
    "bars": _bars,
    "table": _table,
    "heatmap": _heatmap,
}

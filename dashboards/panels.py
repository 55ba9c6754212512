"""What a board consists of: rows of panels, each with what it asks and how it is read."""

from typing import Literal

from msgspec import Struct

Kind = Literal["stat", "lines", "bars", "table", "heatmap"]

YUAN = "currency:¥"
COUNT = "short"
SECONDS = "s"
SHARE = "percentunit"
BYTES = "bytes"
PER_SECOND = "cps"
TIME = "dateTimeFromNow"
NUMBER = "none"


class Query(Struct, frozen=True):
    """A PromQL expression; `$area`, `$family` and Grafana's own variables stand in it.

    `legend` names the series, `{{label}}` is replaced. The answer has few series: what is grouped
    by rule, area or institution is cut by `topk`.
    """

    expr: str
    legend: str = ""


class Step(Struct, frozen=True):
    """From a value on, a colour."""

    value: float
    colour: str


class Column(Struct, frozen=True):
    """A column of a table: the label or `Value #A` it shows, its heading, its unit."""

    field: str
    heading: str
    unit: str = ""


class Panel(Struct, frozen=True, kw_only=True):
    """One picture. `width` is of 24; `link` is an address at the desk, after `$desk`."""

    kind: Kind
    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    width: int = 8
    height: int = 8
    decimals: int | None = None
    steps: tuple[Step, ...] = ()
    stacked: bool = False
    columns: tuple[Column, ...] = ()
    link: str = ""


class Row(Struct, frozen=True):
    """Panels under a heading."""

    title: str
    panels: tuple[Panel, ...]


class Variable(Struct, frozen=True):
    """A choice at the top of a board: the values of a label of a metric."""

    name: str
    label: str
    metric: str
    values_of: str


class Board(Struct, frozen=True, kw_only=True):
    """A dashboard. `since` is the time it opens with, as Grafana writes it."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now-6h"
    times: tuple[tuple[str, str], ...] = ()
    """Times to choose from beside it: how they are called, and since when."""

    def panels(self) -> tuple[Panel, ...]:
        """All panels, in order."""
        return tuple(panel for row in self.rows for panel in row.panels)


AREA = Variable("area", "统筹区 Area", "fundwatch_events_total", "area")
FAMILY = Variable("family", "规则类别 Family", "fundwatch_open_alerts", "family")


def stat(
    title: str,
    description: str,
    unit: str,
    expr: str,
    *,
    steps: tuple[Step, ...] = (),
    link: str = "",
) -> Panel:
    """One number, as of now."""
    return Panel(
        kind="stat",
        title=title,
        description=description,
        unit=unit,
        queries=(Query(expr),),
        width=4,
        height=4,
        steps=steps,
        link=link,
    )


def lines(
    title: str,
    description: str,
    unit: str,
    *queries: Query,
    width: int = 8,
    stacked: bool = False,
    steps: tuple[Step, ...] = (),
    link: str = "",
) -> Panel:
    """Curves over time; with steps also the lines that must not be crossed."""
    return Panel(
        kind="lines",
        title=title,
        description=description,
        unit=unit,
        queries=queries,
        width=width,
        stacked=stacked,
        steps=steps,
        link=link,
    )


def bars(
    title: str,
    description: str,
    unit: str,
    *queries: Query,
    width: int = 8,
    steps: tuple[Step, ...] = (),
    link: str = "",
) -> Panel:
    """Bars, one a series, as of now."""
    return Panel(
        kind="bars",
        title=title,
        description=description,
        unit=unit,
        queries=queries,
        width=width,
        steps=steps,
        link=link,
    )


def table(
    title: str,
    description: str,
    unit: str,
    queries: tuple[Query, ...],
    columns: tuple[Column, ...],
    *,
    width: int = 12,
    link: str = "",
) -> Panel:
    """A table, one row a series; several queries are joined by their labels."""
    return Panel(
        kind="table",
        title=title,
        description=description,
        unit=unit,
        queries=queries,
        columns=columns,
        width=width,
        height=10,
        link=link,
    )


def heatmap(title: str, description: str, unit: str, expr: str, *, width: int = 8) -> Panel:
    """A histogram over time; the expression sums buckets by `le`."""
    return Panel(
        kind="heatmap",
        title=title,
        description=description,
        unit=unit,
        queries=(Query(expr, "{{le}}"),),
        width=width,
    )


def quantiles(metric: str, within: str = "$__rate_interval") -> tuple[Query, ...]:
    """Median, 95 and 99 of 100 of a histogram, over all processes."""
    return tuple(
        Query(f"histogram_quantile({share}, sum by (le) (rate({metric}_bucket[{within}])))", name)
        for share, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
    )

"""The board of fund risk: spending against the budget, reserves, growth, concentration.

Item 8 of the reform plan has the fund monitored monthly, analysed quarterly and assessed
half-yearly: each has its row.
"""

from typing import Final

from dashboards import thresholds
from dashboards.panels import (
    NUMBER,
    SHARE,
    TIME,
    Board,
    Column,
    Panel,
    Query,
    Row,
    Step,
    Variable,
    bars,
    lines,
    stat,
    table,
)

_VARIABLES: Final = (
    Variable("area", "统筹区 Area", "fundwatch_fund_indicator", "area"),
    Variable("fund", "基金 Fund", "fundwatch_fund_indicator", "fund"),
)
_CHOSEN: Final = 'area=~"$area", fund=~"$fund"'
_VIEWS: Final = (
    ("month", "月度监测", "the month"),
    ("quarter", "季度分析", "the quarter"),
    ("half", "半年评估", "the half year"),
)
_LEGEND: Final = "{{area}} {{fund}}"
_COLOURS: Final = (Step(thresholds.AMBER, "orange"), Step(thresholds.RED, "red"))


def _query(indicator: str, view: str, legend: str = _LEGEND) -> Query:
    labels = f'indicator="{indicator}", view="{view}", {_CHOSEN}'
    return Query(f"topk(10, max by (area, fund) (fundwatch:fund_indicator{{{labels}}}))", legend)


def _level(title: str, view: str, meant: str) -> Panel:
    labels = f'view="{view}", {_CHOSEN}'
    return bars(
        f"{title}：风险等级",
        f"Worst level of each indicator over {meant} so far: 0 green, 1 amber, 2 red.",
        NUMBER,
        Query(f"max by (indicator) (fundwatch:fund_level{{{labels}}})", "{{indicator}}"),
        width=6,
        steps=_COLOURS,
    )


def _row(view: str, title: str, meant: str) -> Row:
    return Row(
        f"{title} {view}",
        (
            bars(
                f"{title}：预算执行率",
                f"Spending of {meant} so far against the budget of the same days; the ten highest.",
                SHARE,
                _query("run_rate", view),
                width=6,
            ),
            bars(
                f"{title}：支出增幅",
                f"Spending of {meant} so far against the same days of the period before, and of the"
                " year before where events of it are known; the ten highest of each.",
                SHARE,
                _query("growth_previous", view, f"环比 before {_LEGEND}"),
                _query("growth_year", view, f"同比 a year before {_LEGEND}"),
                width=6,
            ),
            bars(
                f"{title}：前五机构占比",
                f"Share of the five institutions that were paid most in {meant}; the ten areas with"
                " the highest.",
                SHARE,
                _query("top_five_share", view, "{{area}}"),
                width=6,
            ),
            _level(title, view, meant),
        ),
    )


_NOW = Row(
    "总览 Overview",
    (
        stat(
            "红色指标",
            "Indicators that are red, over all areas, funds and views chosen.",
            NUMBER,
            f"count(fundwatch:fund_level{{{_CHOSEN}}} == {thresholds.RED}) or vector(0)",
            steps=(Step(1, "red"),),
        ),
        stat(
            "黄色指标",
            "Indicators that are amber, over all areas, funds and views chosen.",
            NUMBER,
            f"count(fundwatch:fund_level{{{_CHOSEN}}} == {thresholds.AMBER}) or vector(0)",
            steps=(Step(1, "orange"),),
        ),
        stat(
            "绿色指标",
            "Indicators that are green, over all areas, funds and views chosen.",
            NUMBER,
            f"count(fundwatch:fund_level{{{_CHOSEN}}} == 0) or vector(0)",
        ),
        stat(
            "最高预算执行率",
            "Highest share of the year's budget for the days so far that was spent.",
            SHARE,
            f'max(fundwatch:fund_indicator{{indicator="run_rate", view="year", {_CHOSEN}}})',
        ),
        stat(
            "最少结余月数",
            "Fewest months of average payments that a fund's balance lasts.",
            NUMBER,
            f'min(fundwatch:fund_indicator{{indicator="months_of_surplus", {_CHOSEN}}})',
        ),
        stat(
            "指标计算时间",
            "When the indicators were last worked out.",
            TIME,
            "max(fundwatch_fund_worked_out_seconds) * 1000",
        ),
    ),
)

_YEAR = Row(
    "全年 Year",
    (
        bars(
            "全年预计执行率",
            "The year's spending, if it goes on as so far, against its budget; the ten highest.",
            SHARE,
            _query("projection", "year"),
            width=6,
        ),
        bars(
            "预算余额可支付月数差",
            "Months that the rest of the year's budget lasts, less the months that are left; the"
            " ten lowest.",
            NUMBER,
            Query(
                "bottomk(10, max by (area, fund) (fundwatch:fund_indicator"
                f'{{indicator="months_of_budget", {_CHOSEN}}}))',
                _LEGEND,
            ),
            width=6,
        ),
        bars(
            "累计结余可支付月数",
            "Months of average payments that a fund's balance lasts; the ten lowest.",
            NUMBER,
            Query(
                "bottomk(10, max by (area, fund) (fundwatch:fund_indicator"
                f'{{indicator="months_of_surplus", {_CHOSEN}}}))',
                _LEGEND,
            ),
            width=6,
        ),
        bars(
            "机构集中度",
            "Herfindahl-Hirschman index of what institutions were paid in the year; the ten areas"
            " with the highest.",
            NUMBER,
            _query("hhi", "year", "{{area}}"),
            width=6,
        ),
        bars(
            "存疑金额占比",
            "Money in breach in open alerts against what the funds paid in the year; the ten areas"
            " with the highest.",
            SHARE,
            _query("at_risk_share", "year", "{{area}}"),
            width=12,
            link="/?area=${__field.labels.area}",
        ),
        lines(
            "预算执行率走势",
            "Spending of the year so far against the budget of the same days, over time.",
            SHARE,
            _query("run_rate", "year"),
            width=12,
        ),
    ),
)

_WARNINGS = Row(
    "预警 Early warnings",
    (
        table(
            "风险预警（前五十）",
            "Indicators that are amber (1) or red (2), red ones first, and their values.",
            NUMBER,
            (
                Query(
                    "topk(50, max by (area, fund, view, indicator)"
                    f" (fundwatch:fund_level{{{_CHOSEN}}} > 0))"
                ),
                Query(
                    "max by (area, fund, view, indicator)"
                    f" (fundwatch:fund_indicator{{{_CHOSEN}}}) and topk(50,"
                    " max by (area, fund, view, indicator)"
                    f" (fundwatch:fund_level{{{_CHOSEN}}} > 0))"
                ),
            ),
            (
                Column("area", "统筹区 Area"),
                Column("fund", "基金 Fund"),
                Column("view", "口径 View"),
                Column("indicator", "指标 Indicator"),
                Column("Value #A", "等级 Level", NUMBER),
                Column("Value #B", "数值 Value", NUMBER),
            ),
            width=24,
        ),
    ),
)

BOARD: Final = Board(
    uid="fundwatch-risk",
    title="基金运行风险 Fund risk",
    description="Run rate against the budget, months of surplus, growth and concentration; by"
    " month, quarter and half year.",
    rows=(_NOW, *(_row(view, title, meant) for view, title, meant in _VIEWS), _YEAR, _WARNINGS),
    variables=_VARIABLES,
    since="now-90d",
    times=(
        ("本月 Month", "now/M"),
        ("近三个月 Quarter", "now-3M"),
        ("近半年 Half year", "now-6M"),
        ("今年 Year", "now/y"),
    ),
)

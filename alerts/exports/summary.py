"""The first page of an export: its period in two dozen lines, and four charts."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from msgspec import Struct

from alerts.exports import parameter_tables
from alerts.exports.periods import Period
from alerts.exports.tables import Column, Table
from alerts.exports.tally import Sums, Tally
from alerts.exports.words import KINDS, told
from alerts.exports.workbook import Book, Sheet
from alerts.ledger.configuring import Configured
from alerts.risk.indicators import Indicator
from alerts.risk.points import Account
from events.money import yuan
from rules.packs import Policy


class Added(Struct, frozen=True):
    """The sums of a period, and of what came before it since the beginning of the year before."""

    period: Tally
    earlier: Tally
    since: int


class Found(Struct, frozen=True):
    """Everything that tables are made of; `on` is the day of which indicators are."""

    policy: Policy
    known: list[Configured]
    sums: Added
    indicators: list[Indicator]
    points: list[Account]
    parameters: Table
    on: date


SUMMARY: Final = (
    Column("name", "项目代码", "item"),
    Column("zh", "项目", "item in Chinese"),
    Column("en", "英文", "item in English"),
    Column("value", "值", "value"),
)


def summary(
    period: Period, version: str, found: Found, rows: Mapping[str, int]
) -> list[tuple[Column, Any]]:
    """Names and values of the summary, in order; `rows` are those of the tables."""
    tally = found.sums.period
    total = Sums()
    for sums in tally.cells.values():
        total.add(sums)
    reds = sum(one.level == "red" for one in found.indicators)
    ambers = sum(one.level == "amber" for one in found.indicators)
    head = found.known[-1] if found.known else None
    return [
        (Column("period", "期间", "period"), f"{period.name} {told(KINDS, period.kind)}"),
        (Column("first", "起始日", "first day", "date"), period.first),
        (Column("last", "截止日", "last day", "date"), period.last),
        (Column("events", "汇总事件数", "events added up", "count"), tally.events),
        (Column("settlements", "结算笔数", "settlements", "count"), total.settlements),
        (Column("persons", "就诊人数", "people", "count"), tally.persons),
        (Column("institutions", "定点机构数", "institutions", "count"), _institutions(tally)),
        (Column("medfee", "医疗费总额", "total cost", "money"), total.fee),
        (Column("fund_paid", "基金支付", "paid by funds", "money"), total.fund),
        (Column("fund_back", "基金退回", "returned to funds", "money"), total.fund_back),
        (Column("fund_net", "基金净支付", "net of funds", "money"), total.fund_net),
        (Column("account_paid", "个人账户支付", "from accounts", "money"), total.account),
        (Column("account_net", "个人账户净支付", "net of accounts", "money"), total.account_net),
        (Column("cash_paid", "个人现金支付", "in cash", "money"), total.cash),
        (Column("reversals", "退费笔数", "reversals", "count"), total.reversals),
        (Column("alerts", "预警", "alerts", "count"), rows["alerts"]),
        (Column("cases", "案件", "cases", "count"), rows["cases"]),
        (Column("red", "红色风险指标", "red indicators", "count"), reds),
        (Column("amber", "黄色风险指标", "amber indicators", "count"), ambers),
        (Column("policy", "政策摘要", "digest of the policy"), found.policy.digest),
        (
            Column("policy_since", "政策启用时间", "policy in use since", "time"),
            head.at_ms // 1000 if head else None,
        ),
        (Column("version", "软件版本", "version of fundwatch"), version),
        (
            Column("changed", "期内变更的参数", "parameters that changed in the period"),
            parameter_tables.changed_within(found.parameters),
        ),
    ]


def _institutions(tally: Tally) -> int:
    return len({cell.institution for cell in tally.cells})


def as_text(column: Column, value: Any) -> str | None:
    """A value of the summary as text; money in yuan."""
    if value is None:
        return None
    if column.kind == "money":
        return str(yuan(value))
    return value.isoformat() if column.kind == "date" else str(value)


def charts(book: Book, front: Any, sheets: Mapping[str, Sheet], below: int) -> None:
    """Four charts under the summary."""
    left, right = f"A{below + 1}", f"C{below + 1}"
    daily = sheets["daily"]
    book.chart(
        front,
        left,
        "每日基金与个人账户支付 Paid a day",
        daily,
        [(4, "基金 funds"), (5, "个人账户 accounts")],
    )
    book.chart(front, right, "每日结算笔数 Settlements a day", daily, [(1, "结算 settlements")])
    left, right = f"A{below + 17}", f"C{below + 17}"
    by_rule = sheets["rules"]
    book.chart(
        front,
        left,
        "各规则预警数 Alerts by rule",
        by_rule,
        [(5, "预警 alerts")],
        kind="bar",
        labels=2,
        most=30,
    )
    institutions = sheets["institutions"]
    book.chart(
        front,
        right,
        "各机构基金净支付 Net of funds by institution",
        institutions,
        [(14, "基金净支付 net of funds")],
        kind="bar",
        labels=1,
        most=20,
    )

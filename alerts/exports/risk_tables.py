"""Tables of fund risk and credit points."""

from collections.abc import Sequence
from datetime import date

from alerts.exports.money_tables import institution_told
from alerts.exports.tables import Row, Table, columns
from alerts.exports.words import INDICATORS, LEVELS, VIEWS, told
from alerts.risk.indicators import Indicator
from alerts.risk.points import Account
from alerts.risk.thresholds import load_thresholds
from events.codes import name_of
from rules.reference import Reference


def fund_risk(found: Sequence[Indicator], reference: Reference, on: date) -> Table:
    """Indicators by area, fund and view as of a day, with thresholds and where those are from."""
    known = load_thresholds()
    rows: list[Row] = []
    for one in found:
        threshold = known.get(one.name)
        place = reference.areas.get(one.area)
        rows.append(
            (
                one.area,
                place[0] if place else "",
                one.fund,
                _FUNDS.get(one.fund) or name_of("fund_pay_type", one.fund),
                told(VIEWS, one.view),
                one.name,
                told(INDICATORS, one.name),
                one.value,
                told(LEVELS, one.level),
                threshold.amber if threshold else None,
                threshold.red if threshold else None,
                one.basis,
                threshold.source if threshold else "",
            )
        )
    return Table(
        "fund_risk",
        "基金风险指标",
        "Fund risk",
        columns(
            "admdvs|统筹区|area",
            "area_name|名称|name",
            "fund|基金代码|fund",
            "fund_name|基金|name of fund",
            "view|分析周期|view",
            "indicator|指标代码|indicator",
            "indicator_name|指标|name",
            "value|值|value|number",
            "level|预警级别|level",
            "amber|黄色阈值|amber from|number",
            "red|红色阈值|red from|number",
            "basis|计算依据|made of",
            "source|阈值出处|source of thresholds",
        ),
        rows,
        f"截至{on.isoformat()}",
        f"as of {on.isoformat()}",
        clauses=("NXC-8a", "NXC-8b", "NXC-8c"),
    )


_FUNDS = {"pooling": "统筹等基金 all but accounts", "account": "个人账户 accounts"}


def credit_points(accounts: Sequence[Account], reference: Reference) -> tuple[Table, Table]:
    """Points of everybody with a finding, and every deduction with its reason."""
    rows: list[Row] = []
    reasons: list[Row] = []
    for account in accounts:
        name = (
            institution_told(account.subject, reference)[1]
            if account.holder == "institution"
            else account.subject
        )
        rows.append(
            (
                account.holder,
                account.subject,
                name,
                account.points,
                account.grade,
                account.confirmed,
                account.open,
                account.amount,
            )
        )
        reasons += [
            (
                account.holder,
                account.subject,
                one.points,
                one.reason_zh,
                one.reason_en,
                one.alert_id,
                one.case_id,
            )
            for one in account.deductions
        ]
    points = Table(
        "credit_points",
        "信用积分",
        "Credit points",
        columns(
            "holder|对象类别|kind of subject",
            "subject|对象|subject",
            "name|名称|name",
            "points|积分|points|number",
            "grade|等级|grade",
            "confirmed|查实预警|confirmed alerts|count",
            "open|未核实预警|open alerts|count",
            "amount|查实金额|confirmed money|money",
        ),
        rows,
        "自然年度满分100分，无记录者不列",
        "100 points a calendar year; who has no finding is not listed",
        clauses=("SC-15d", "NXC-16a"),
    )
    deducted = Table(
        "credit_reasons",
        "积分扣减明细",
        "Reasons of points",
        columns(
            "holder|对象类别|kind of subject",
            "subject|对象|subject",
            "deducted|扣分|deducted|number",
            "reason_zh|原因|reason",
            "reason_en|英文原因|reason in English",
            "alert_id|预警编号|alert",
            "case_id|案件编号|case",
        ),
        reasons,
        clauses=("SC-15d", "NXC-16a"),
    )
    return points, deducted

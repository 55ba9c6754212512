"""The board of those who supervise the fund: money, alerts, what became of them."""

from typing import Final

from dashboards import thresholds
from dashboards.panels import (
    AREA,
    COUNT,
    FAMILY,
    SECONDS,
    SHARE,
    YUAN,
    Board,
    Column,
    Query,
    Row,
    Step,
    bars,
    lines,
    stat,
    table,
)

_HERE: Final = '{area=~"$area"}'
_OPEN: Final = '{area=~"$area", family=~"$family"}'
_GRAVE: Final = '{area=~"$area", family=~"$family", severity="1"}'
_DAY: Final = 86_400

_NOW = Row(
    "总览 Overview",
    (
        stat(
            "未处置预警",
            "Open alerts in the ledger, as of its last reading.",
            COUNT,
            f"sum(fundwatch:open_alerts{_OPEN})",
            link="/?status=open",
        ),
        stat(
            "涉及金额",
            "Money in breach in open alerts, yuan.",
            YUAN,
            f"sum(fundwatch:open_amount_yuan{_OPEN})",
            link="/?status=open&order=amount",
        ),
        stat(
            "明确违规",
            "Open alerts of severity 1, clear breaches.",
            COUNT,
            f"sum(fundwatch:open_alerts{_GRAVE}) or vector(0)",
            steps=(Step(thresholds.WAITING_BREACHES, "red"),),
            link="/?severity=1",
        ),
        stat(
            "查实金额",
            "Money confirmed by verdicts, yuan, in all areas of the ledger.",
            YUAN,
            "sum(fundwatch:confirmed_yuan) or vector(0)",
            link="/?handling=confirmed",
        ),
        stat(
            "追回金额",
            "Money that came back after a verdict, yuan, in all areas.",
            YUAN,
            "sum(fundwatch:recovered_yuan) or vector(0)",
        ),
        stat(
            "处置时长中位数",
            "Median time from an alert's first writing to the verdict on it.",
            SECONDS,
            "fundwatch:time_to_verdict_seconds:p50",
            steps=(Step(thresholds.VERDICT_DAYS * _DAY, "red"),),
        ),
    ),
)

_SETTLEMENTS = Row(
    "结算与支付 Settlements and payments",
    (
        bars(
            "结算笔数（按待遇类别）",
            "Settlements and manual claims counted since the processes started, by benefit scheme.",
            COUNT,
            Query(f"sum by (scheme) (fundwatch_settlements_total{_HERE})", "{{scheme}}"),
        ),
        bars(
            "结算笔数（按机构等级）",
            "Settlements counted since the processes started, by level of the institution.",
            COUNT,
            Query(f"sum by (level) (fundwatch_settlements_total{_HERE})", "{{level}}"),
        ),
        bars(
            "结算笔数（按统筹区，前十）",
            "Settlements since the processes started in the ten areas with most of them.",
            COUNT,
            Query(f"topk(10, sum by (area) (fundwatch_settlements_total{_HERE}))", "{{area}}"),
        ),
        bars(
            "支付金额（按支付方）",
            "Paid since the processes started, by who paid: pooling fund, other funds, own account,"
            " family account, cash. Before reversals.",
            YUAN,
            Query(f"sum by (payer) (fundwatch_paid_yuan_total{_HERE})", "{{payer}}"),
        ),
        bars(
            "统筹基金支付（按待遇类别）",
            "Paid by the pooling fund since the processes started, by benefit scheme.",
            YUAN,
            Query(
                'sum by (scheme) (fundwatch_paid_yuan_total{area=~"$area", payer="pool"})',
                "{{scheme}}",
            ),
        ),
        bars(
            "统筹基金支付（按机构等级）",
            "Paid by the pooling fund since the processes started, by level of the institution.",
            YUAN,
            Query(
                'sum by (level) (fundwatch_paid_yuan_total{area=~"$area", payer="pool"})',
                "{{level}}",
            ),
        ),
        lines(
            "每小时支付",
            "Paid in an hour, by who paid, yuan, by the time the events came in.",
            YUAN,
            Query(
                f"sum by (payer) (rate(fundwatch_paid_yuan_total{_HERE}[$__rate_interval])) * 3600",
                "{{payer}}",
            ),
            width=12,
            stacked=True,
        ),
        bars(
            "退费金额",
            "Given back by reversals since the processes started, yuan, by whom it went back to.",
            YUAN,
            Query(f"sum by (payer) (fundwatch_returned_yuan_total{_HERE})", "{{payer}}"),
            width=12,
        ),
    ),
)

_ACCOUNTS = Row(
    "个人账户 Personal accounts",
    (
        bars(
            "个人账户支出",
            "What left personal accounts since the processes started: own care, care of the"
            " family, lump sums, premiums.",
            YUAN,
            Query(f"sum by (kind) (fundwatch_account_outflow_yuan_total{_HERE})", "{{kind}}"),
            link="/?family=cash_out",
        ),
        bars(
            "个人账户收入",
            "Credited to personal accounts since the processes started, by kind of credit.",
            YUAN,
            Query(f"sum by (kind) (fundwatch_account_income_yuan_total{_HERE})", "{{kind}}"),
        ),
        lines(
            "每小时账户支出",
            "What leaves personal accounts in an hour, yuan, by kind.",
            YUAN,
            Query(
                "sum by (kind) (rate("
                f"fundwatch_account_outflow_yuan_total{_HERE}[$__rate_interval])) * 3600",
                "{{kind}}",
            ),
            stacked=True,
        ),
    ),
)

_ALERTS = Row(
    "预警 Alerts",
    (
        table(
            "规则排行（按涉及金额，前二十）",
            "Open alerts of the twenty rules with most money in them, and that money.",
            COUNT,
            (
                Query(
                    f"topk(20, sum by (rule, family) (fundwatch:open_amount_yuan{_OPEN}))",
                ),
                Query(
                    f"sum by (rule, family) (fundwatch:open_alerts{_OPEN}) and topk(20, "
                    f"sum by (rule, family) (fundwatch:open_amount_yuan{_OPEN}))",
                ),
            ),
            (
                Column("rule", "规则 Rule"),
                Column("family", "类别 Family"),
                Column("Value #A", "涉及金额 Amount", YUAN),
                Column("Value #B", "预警数 Alerts", COUNT),
            ),
            link="/?rule=${__data.fields.rule}",
        ),
        bars(
            "未处置预警（按类别）",
            "Open alerts by family of rules.",
            COUNT,
            Query(f"sum by (family) (fundwatch:open_alerts{_OPEN})", "{{family}}"),
            width=6,
            link="/?family=${__field.labels.family}",
        ),
        bars(
            "未处置预警（按严重程度）",
            "Open alerts by severity: 1 clear breach, 2 highly suspicious, 3 slightly suspicious.",
            COUNT,
            Query(f"sum by (severity) (fundwatch:open_alerts{_OPEN})", "{{severity}}"),
            width=6,
            link="/?severity=${__field.labels.severity}",
        ),
        bars(
            "涉及金额（按统筹区，前十）",
            "Money in breach in open alerts in the ten areas with most of it, yuan.",
            YUAN,
            Query(f"topk(10, sum by (area) (fundwatch:open_amount_yuan{_OPEN}))", "{{area}}"),
            link="/?area=${__field.labels.area}",
        ),
        bars(
            "新增预警（按机构等级）",
            "Alerts raised since the processes started, by level of the institution concerned.",
            COUNT,
            Query(f"sum by (level) (fundwatch_level_alerts_total{_HERE})", "{{level}}"),
        ),
        bars(
            "新增涉及金额（按机构等级）",
            "Money in breach when alerts were raised, since the processes started, by level of the"
            " institution concerned, yuan.",
            YUAN,
            Query(f"sum by (level) (fundwatch_level_at_risk_yuan_total{_HERE})", "{{level}}"),
        ),
        lines(
            "未处置预警走势",
            "Open alerts by family over time.",
            COUNT,
            Query(f"sum by (family) (fundwatch:open_alerts{_OPEN})", "{{family}}"),
            width=12,
            stacked=True,
        ),
        lines(
            "新增涉及金额走势",
            "Money in breach raised in an hour, yuan, of the ten rules with most of it.",
            YUAN,
            Query(
                "topk(10, sum by (rule) ("
                f"rate(fundwatch_amount_at_risk_yuan_total{_HERE}[$__rate_interval])) * 3600)",
                "{{rule}}",
            ),
            width=12,
        ),
    ),
)

_WORK = Row(
    "处置 What became of them",
    (
        bars(
            "案件（按状态）",
            "Cases by where they stand.",
            COUNT,
            Query("sum by (status) (fundwatch:cases)", "{{status}}"),
            width=6,
            link="/cases",
        ),
        bars(
            "判定结果",
            "Alerts that were confirmed or dismissed.",
            COUNT,
            Query("sum by (verdict) (fundwatch:verdicts)", "{{verdict}}"),
            width=6,
        ),
        bars(
            "查实与追回（按统筹区，前十）",
            "Money confirmed by verdicts and money that came back, yuan, in the ten areas with"
            " most of each.",
            YUAN,
            Query("topk(10, sum by (area) (fundwatch:confirmed_yuan))", "查实 confirmed {{area}}"),
            Query("topk(10, sum by (area) (fundwatch:recovered_yuan))", "追回 recovered {{area}}"),
            width=6,
        ),
        bars(
            "查实率（按规则，后十）",
            "Share of verdicts on a rule's alerts that confirmed them; the ten rules with least.",
            SHARE,
            Query("bottomk(10, fundwatch:rule_precision)", "{{rule}}"),
            width=6,
            steps=(Step(thresholds.PRECISION_LEAST, "green"),),
        ),
    ),
)

BOARD: Final = Board(
    uid="fundwatch-supervision",
    title="基金监管总览 Fund supervision",
    description="Settlements, payments, accounts, alerts and what became of them.",
    rows=(_NOW, _SETTLEMENTS, _ACCOUNTS, _ALERTS, _WORK),
    variables=(AREA, FAMILY),
)

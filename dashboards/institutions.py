"""The board of designated institutions: where alerts gather, and the credit points."""

from typing import Final

from dashboards.panels import (
    AREA,
    COUNT,
    NUMBER,
    YUAN,
    Board,
    Column,
    Query,
    Row,
    Variable,
    bars,
    lines,
    table,
)

_INSTITUTION: Final = Variable(
    "institution", "机构 Institution", "fundwatch_institution_open_alerts", "institution"
)
_ONE: Final = '{institution=~"$institution"}'
_HERE: Final = '{area=~"$area"}'

_ASSESSMENT = Row(
    "机构考核 Assessment",
    (
        table(
            "机构预警（前五十）",
            "Open alerts about an institution itself, and the money in breach in them, of the fifty"
            " with most money.",
            COUNT,
            (
                Query(
                    "topk(50, max by (institution, name, level) "
                    f"(fundwatch_institution_open_amount_yuan{_ONE}))"
                ),
                Query(
                    "topk(50, max by (institution, name, level) "
                    f"(fundwatch_institution_open_alerts{_ONE}))"
                ),
            ),
            (
                Column("institution", "机构编码 Code"),
                Column("name", "机构 Institution"),
                Column("level", "等级 Level"),
                Column("Value #A", "涉及金额 Amount", YUAN),
                Column("Value #B", "预警数 Alerts", COUNT),
            ),
            link="/?subject=${__data.fields.institution}",
        ),
        bars(
            "信用分最低（后二十）",
            "Credit points of the twenty institutions with fewest, from confirmed cases and"
            " weighted open alerts.",
            NUMBER,
            Query(
                f"bottomk(20, max by (institution, name) (fundwatch:credit_points{_ONE}))",
                "{{name}} {{institution}}",
            ),
            width=12,
            link="/?subject=${__field.labels.institution}",
        ),
        lines(
            "机构预警走势（前十）",
            "Open alerts over time, of the ten institutions with most of them.",
            COUNT,
            Query(
                f"topk(10, max by (institution, name) (fundwatch_institution_open_alerts{_ONE}))",
                "{{name}}",
            ),
            width=12,
        ),
        lines(
            "信用分走势（后十）",
            "Credit points over time, of the ten institutions with fewest.",
            NUMBER,
            Query(
                f"bottomk(10, max by (institution, name) (fundwatch:credit_points{_ONE}))",
                "{{name}} {{institution}}",
            ),
            width=12,
        ),
    ),
)

_GRADES = bars(
    "信用等级",
    "Institutions with a finding this year, by grade of their credit points.",
    NUMBER,
    Query("max by (grade) (fundwatch_credit_grades)", "{{grade}}"),
    width=24,
)

_LEVELS = Row(
    "机构等级 Levels",
    (
        bars(
            "支付金额（按机构等级）",
            "Paid in settlements since the processes started, all payers, by level.",
            YUAN,
            Query(f"sum by (level) (fundwatch_paid_yuan_total{_HERE})", "{{level}}"),
        ),
        bars(
            "次均费用（按机构等级）",
            "Mean of a settlement, all payers, by level, yuan.",
            YUAN,
            Query(
                f"sum by (level) (fundwatch_paid_yuan_total{_HERE})"
                f" / sum by (level) (fundwatch_settlements_total{_HERE})",
                "{{level}}",
            ),
        ),
        bars(
            "每千笔结算预警（按机构等级）",
            "Alerts raised for a thousand settlements, by level of the institution concerned.",
            NUMBER,
            Query(
                f"1000 * sum by (level) (fundwatch_level_alerts_total{_HERE})"
                f" / sum by (level) (fundwatch_settlements_total{_HERE})",
                "{{level}}",
            ),
        ),
    ),
)

BOARD: Final = Board(
    uid="fundwatch-institutions",
    title="定点机构 Institutions",
    description="Alerts, money and credit points by designated institution and by level.",
    rows=(_ASSESSMENT, Row("信用等级 Grades", (_GRADES,)), _LEVELS),
    variables=(AREA, _INSTITUTION),
    since="now-7d",
)

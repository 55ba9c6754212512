"""The alerting rules of supervision, fund risk and models, and the series that prove them."""

from typing import Final

from dashboards import thresholds as limits
from dashboards.rules import Alarm, Group, Series, steady

SUPERVISION: Final = Group(
    "fundwatch-supervision",
    alarms=(
        Alarm(
            name="FundwatchAmountAtRiskSurge",
            severity="warning",
            expr=(
                "fundwatch:amount_at_risk_yuan:increase1h"
                f" > {limits.AT_RISK_TIMES:g}"
                " * avg_over_time(fundwatch:amount_at_risk_yuan:increase1h[7d] offset 1h)"
                f" and fundwatch:amount_at_risk_yuan:increase1h > {limits.AT_RISK_LEAST_YUAN}"
            ),
            minutes=0,
            zh="涉及金额突增：一小时内新增涉及金额远高于近一周",
            en="Money at risk raised within an hour is far above the mean hour of the week before.",
            fires=(
                Series(
                    'fundwatch_amount_at_risk_yuan_total{rule="r",area="640100"}',
                    "0+100x240 25000+1000x60",
                ),
            ),
            quiet=(
                Series('fundwatch_amount_at_risk_yuan_total{rule="r",area="640100"}', "0+500x300"),
            ),
            at=299,
        ),
        Alarm(
            name="FundwatchBreachesWaiting",
            severity="warning",
            expr=(f'sum(fundwatch:open_alerts{{severity="1"}}) > {limits.WAITING_BREACHES}'),
            minutes=60,
            zh="明确违规预警积压：无人处置",
            en="Clear breaches wait for somebody to decide on them.",
            fires=(
                Series(
                    'fundwatch_open_alerts{rule="r",severity="1",instance="a"}',
                    steady(limits.WAITING_BREACHES + 1, 120),
                ),
            ),
            quiet=(
                Series(
                    'fundwatch_open_alerts{rule="r",severity="1",instance="a"}',
                    steady(limits.WAITING_BREACHES, 120),
                ),
                # The same ledger, shown by a second process: not twice as many alerts.
                Series(
                    'fundwatch_open_alerts{rule="r",severity="1",instance="b"}',
                    steady(limits.WAITING_BREACHES, 120),
                ),
                Series('fundwatch_open_alerts{rule="r",severity="2",instance="a"}', "900+0x120"),
            ),
            at=90,
        ),
        Alarm(
            name="FundwatchVerdictsSlow",
            severity="info",
            expr=f"fundwatch:time_to_verdict_seconds:p50 > {limits.VERDICT_DAYS * 86400}",
            minutes=60,
            zh="处置过慢：处置时长中位数超过上限",
            en="Half of the alerts wait longer for a verdict than they should.",
            fires=(
                Series('fundwatch_time_to_verdict_seconds_bucket{le="1209600.0"}', "2+0x120"),
                Series('fundwatch_time_to_verdict_seconds_bucket{le="2592000.0"}', "9+0x120"),
                Series('fundwatch_time_to_verdict_seconds_bucket{le="+Inf"}', "9+0x120"),
            ),
            quiet=(
                Series('fundwatch_time_to_verdict_seconds_bucket{le="1209600.0"}', "8+0x120"),
                Series('fundwatch_time_to_verdict_seconds_bucket{le="2592000.0"}', "9+0x120"),
                Series('fundwatch_time_to_verdict_seconds_bucket{le="+Inf"}', "9+0x120"),
            ),
            at=90,
        ),
        Alarm(
            name="FundwatchRuleImprecise",
            severity="info",
            expr=(
                f"fundwatch:rule_precision < {limits.PRECISION_LEAST:g} and on (rule)"
                f" sum by (rule) (fundwatch:verdicts) >= {limits.PRECISION_VERDICTS}"
            ),
            minutes=60,
            zh="规则查实率过低：多数预警被排除",
            en="Most alerts of a rule are dismissed.",
            fires=(
                Series('fundwatch_verdicts{rule="r",verdict="confirmed"}', "5+0x120"),
                Series(
                    'fundwatch_verdicts{rule="r",verdict="dismissed"}',
                    steady(limits.PRECISION_VERDICTS, 120),
                ),
            ),
            quiet=(
                Series('fundwatch_verdicts{rule="r",verdict="confirmed"}', "5+0x120"),
                Series('fundwatch_verdicts{rule="r",verdict="dismissed"}', "5+0x120"),
                # Too few verdicts to say anything.
                Series('fundwatch_verdicts{rule="s",verdict="dismissed"}', "5+0x120"),
            ),
            at=90,
            labels={"rule": "r"},
        ),
    ),
)


def _level(level: int, indicator: str, fund: str = "pooling") -> Series:
    labels = f'indicator="{indicator}",area="640100",fund="{fund}",view="half",instance="a"'
    return Series(f"fundwatch_fund_level{{{labels}}}", steady(level, 120))


FUND: Final = Group(
    "fundwatch-fund",
    alarms=(
        Alarm(
            name="FundwatchFundRiskRed",
            severity="critical",
            expr=f"max by (area, indicator) (fundwatch:fund_level) == {limits.RED}",
            minutes=60,
            zh="基金运行风险红色预警",
            en="An indicator of fund risk is red.",
            fires=(_level(limits.RED, "run_rate"), _level(0, "run_rate", "account")),
            quiet=(_level(limits.AMBER, "run_rate"), _level(0, "growth_year")),
            at=90,
            labels={"area": "640100", "indicator": "run_rate"},
        ),
        Alarm(
            name="FundwatchFundRiskAmber",
            severity="warning",
            expr=f"max by (area, indicator) (fundwatch:fund_level) == {limits.AMBER}",
            minutes=60,
            zh="基金运行风险黄色预警",
            en="An indicator of fund risk is amber.",
            fires=(_level(limits.AMBER, "months_of_surplus"),),
            # Where another fund of the area is red, that one is told.
            quiet=(
                _level(limits.RED, "months_of_surplus", "account"),
                _level(limits.AMBER, "months_of_surplus"),
            ),
            at=90,
            labels={"area": "640100", "indicator": "months_of_surplus"},
        ),
        Alarm(
            name="FundwatchFundFiguresOld",
            severity="warning",
            expr=f"time() - max(fundwatch_fund_worked_out_seconds > 0) > {limits.RISK_SECONDS}"
            " and sum(increase(fundwatch_events_total[1h])) > 0",
            minutes=0,
            zh="基金风险指标陈旧",
            en="Fund risk has not been worked out for hours although events come in.",
            fires=(
                Series("fundwatch_fund_worked_out_seconds", "60+0x300"),
                Series('fundwatch_events_total{event_type="settlement"}', "0+1x300"),
            ),
            quiet=(
                Series("fundwatch_fund_worked_out_seconds", "60+0x300"),
                Series('fundwatch_events_total{event_type="settlement"}', "9+0x300"),
            ),
            at=290,
        ),
        Alarm(
            name="FundwatchCreditLow",
            severity="info",
            expr=f"min by (institution, name) (fundwatch:credit_points) < {limits.CREDIT_LEAST}",
            minutes=60,
            zh="定点机构信用分过低",
            en="An institution has few credit points left.",
            fires=(
                Series(
                    'fundwatch_credit_points{institution="H64010010001",name="甲"}',
                    steady(limits.CREDIT_LEAST - 1, 120),
                ),
            ),
            quiet=(
                Series(
                    'fundwatch_credit_points{institution="H64010010001",name="甲"}',
                    steady(limits.CREDIT_LEAST, 120),
                ),
            ),
            at=90,
            labels={"institution": "H64010010001", "name": "甲"},
        ),
    ),
)

MODELS: Final = Group(
    "fundwatch-models",
    alarms=(
        Alarm(
            name="FundwatchModelUnavailable",
            severity="warning",
            expr="max by (detector) (fundwatch_model_available) == 0",
            minutes=10,
            zh="模型不可用：该检测器没有在评分",
            en="A detector has no model in use and scores nothing.",
            fires=(Series('fundwatch_model_available{detector="person"}', "1 0+0x30"),),
            quiet=(
                Series('fundwatch_model_available{detector="person",instance="a"}', "0+0x30"),
                Series('fundwatch_model_available{detector="person",instance="b"}', "1+0x30"),
            ),
            at=20,
            labels={"detector": "person"},
        ),
        Alarm(
            name="FundwatchModelDrift",
            severity="warning",
            expr=f"max by (detector) (fundwatch_model_drift_psi) > {limits.DRIFT_ACT:g}",
            minutes=60,
            zh="模型漂移：数据分布已明显偏离训练时",
            en="What comes in no longer looks like what a detector was trained on.",
            fires=(
                Series('fundwatch_model_drift_psi{detector="person",feature="spend"}', "0.3+0x120"),
            ),
            quiet=(
                Series(
                    'fundwatch_model_drift_psi{detector="person",feature="spend"}', "0.25+0x120"
                ),
            ),
            at=90,
            labels={"detector": "person"},
        ),
        Alarm(
            name="FundwatchModelOld",
            severity="info",
            expr="scalar(max(fundwatch_watermark_seconds))"
            " - max by (model) (fundwatch_model_trained_seconds)"
            f" > {limits.MODEL_DAYS * 86400}",
            minutes=0,
            zh="模型过旧：应重新训练",
            en="A model in use was trained long ago.",
            fires=(
                Series('fundwatch_model_trained_seconds{model="m1"}', "100+0x10"),
                Series("fundwatch_watermark_seconds", f"{limits.MODEL_DAYS * 86400 + 101}+0x10"),
            ),
            quiet=(
                Series('fundwatch_model_trained_seconds{model="m1"}', "100+0x10"),
                Series("fundwatch_watermark_seconds", f"{limits.MODEL_DAYS * 86400 + 100}+0x10"),
            ),
            at=5,
            labels={"model": "m1"},
        ),
    ),
)

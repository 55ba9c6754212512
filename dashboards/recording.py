"""Recorded expressions: what every process says of the same ledger, said once."""

from typing import Final

from dashboards.rules import Group, Record

_ONCE: Final = "max without (instance, job) ({})"
"""Each process that serves a ledger shows all of it: the maximum is one of them, a sum is none."""

RECORDING: Final = Group(
    "fundwatch-ledger",
    records=(
        *[
            Record(f"fundwatch:{name}", _ONCE.format(f"fundwatch_{name}"))
            for name in (
                "open_alerts",
                "open_amount_yuan",
                "cases",
                "verdicts",
                "confirmed_yuan",
                "recovered_yuan",
                "dead_letters",
                "fund_indicator",
                "fund_level",
                "credit_points",
            )
        ],
        Record(
            "fundwatch:rule_precision",
            'sum by (rule) (fundwatch:verdicts{verdict="confirmed"})'
            " / sum by (rule) (fundwatch:verdicts)"
            " or 0 * sum by (rule) (fundwatch:verdicts)",
        ),
        Record(
            "fundwatch:time_to_verdict_seconds:p50",
            "histogram_quantile(0.5, max by (le) (fundwatch_time_to_verdict_seconds_bucket))",
        ),
        Record(
            "fundwatch:alert_visible_seconds:p95",
            "histogram_quantile(0.95,"
            " sum by (le) (rate(fundwatch_alert_visible_seconds_bucket[5m])))",
        ),
        Record(
            "fundwatch:precheck_seconds:p99",
            "histogram_quantile(0.99, sum by (le) (rate(fundwatch_precheck_seconds_bucket[5m])))",
        ),
        Record("fundwatch:events:rate5m", "sum(rate(fundwatch_events_total[5m]))"),
        Record("fundwatch:rejected:rate15m", "sum(rate(fundwatch_rejected_total[15m]))"),
        Record(
            "fundwatch:amount_at_risk_yuan:increase1h",
            "sum(increase(fundwatch_amount_at_risk_yuan_total[1h]))",
        ),
    ),
)

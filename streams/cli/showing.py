"""Tables for people who read a terminal."""

from collections.abc import Sequence
from decimal import Decimal

from rich.table import Table

from alerts.alert import Alert
from rules.clauses import citation


def alert_summary(alerts: Sequence[Alert]) -> Table:
    """Alerts by rule: how many stand, how many were withdrawn, what they cite and are worth."""
    table = Table(title="预警汇总 Alerts by rule")
    table.add_column("规则 Rule", overflow="fold")
    table.add_column("级别 Sev", justify="right")
    table.add_column("有效 Open", justify="right")
    table.add_column("撤回 Withdrawn", justify="right")
    table.add_column("涉嫌金额(元) Yuan", justify="right")
    table.add_column("依据 Clauses", overflow="fold")
    by_rule: dict[str, list[Alert]] = {}
    for alert in alerts:
        by_rule.setdefault(alert.rule_id, []).append(alert)
    for rule_id, found in sorted(by_rule.items()):
        standing = [alert for alert in found if alert.status == "open"]
        first = found[0]
        table.add_row(
            f"{first.name_zh}\n{rule_id}",
            str(min(alert.sev_deg for alert in found)),
            str(len(standing)),
            str(len(found) - len(standing)),
            f"{sum((alert.amount for alert in standing), Decimal(0)):,}",
            " ".join(first.clauses),
        )
    return table


def alert_list(alerts: Sequence[Alert]) -> Table:
    """Single alerts, the gravest and dearest first."""
    table = Table(title="重点预警 Alerts to look at first", show_lines=True)
    table.add_column("级别 Sev", justify="right")
    table.add_column("金额 Yuan", justify="right")
    table.add_column("发生了什么 What happened", ratio=1, overflow="fold")
    table.add_column("依据 Clauses", overflow="fold")
    for alert in alerts:
        table.add_row(
            str(alert.sev_deg),
            f"{alert.amount:,}",
            f"[bold]{alert.name_zh}[/bold] {alert.message_zh}",
            "\n".join(citation(name) for name in alert.clauses),
        )
    return table

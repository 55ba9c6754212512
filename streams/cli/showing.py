"""Tables for people who read a terminal."""

import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from rich.console import Console
from rich.table import Table

from alerts.alert import Alert
from rules.clauses import citation

_PIPE_COLUMNS: Final = 120


def cited(alert: Alert) -> list[str]:
    """What an alert cites, by document and article, each once."""
    return list(dict.fromkeys(citation(name) for name in alert.clauses))


def console() -> Console:
    """The terminal; a pipe gets lines of 120 columns."""
    return Console() if sys.stdout.isatty() else Console(width=_PIPE_COLUMNS)


def alert_summary(alerts: Sequence[Alert]) -> Table:
    """Alerts by rule: how many stand, how many were withdrawn, what they cite and are worth."""
    table = Table(title="预警汇总 Alerts by rule")
    table.add_column("规则\nRule", overflow="fold", ratio=1)
    for title in ("级别\nSev", "有效\nOpen", "撤回\nGone", "金额(元)\nYuan"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("依据\nClauses", overflow="fold")
    by_rule: dict[str, list[Alert]] = {}
    for alert in alerts:
        by_rule.setdefault(alert.rule_id, []).append(alert)
    for rule_id, found in sorted(by_rule.items()):
        standing = [alert for alert in found if alert.status == "open"]
        first = found[0]
        table.add_row(
            f"{first.name_zh} [dim]{rule_id}[/dim]",
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
            "\n".join(cited(alert)),
        )
    return table

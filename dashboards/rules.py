"""Recording and alerting rules of Prometheus as data, with the series that prove each of them."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

RUNBOOKS: Final = "docs/runbooks.md"
Severity = Literal["critical", "warning", "info"]


class Series(Struct, frozen=True):
    """Samples of one series, a minute apart, as promtool writes them (`0+10x60`)."""

    series: str
    values: str


def steady(value: float, minutes: int) -> str:
    """Samples that stay at a value for so many minutes."""
    return f"{value:g}+0x{minutes}"


class Record(Struct, frozen=True):
    """A recorded expression."""

    record: str
    expr: str


class Alarm(Struct, frozen=True, kw_only=True):
    """An alerting rule.

    `minutes` is how long the expression must hold. `fires` are series under which it fires at
    minute `at`, with these labels beside `alertname` and `severity`; `quiet` are series just on
    the other side, under which nothing must fire.
    """

    name: str
    severity: Severity
    expr: str
    minutes: int
    zh: str
    en: str
    fires: tuple[Series, ...]
    quiet: tuple[Series, ...]
    at: int
    labels: Mapping[str, str] = {}

    @property
    def runbook(self) -> str:
        """Where it stands what to do."""
        return f"{RUNBOOKS}#{self.name.lower()}"


class Group(Struct, frozen=True):
    """Rules that are evaluated together."""

    name: str
    records: tuple[Record, ...] = ()
    alarms: tuple[Alarm, ...] = ()


def rules_of(groups: tuple[Group, ...]) -> dict[str, Any]:
    """The rule file of Prometheus."""
    return {
        "groups": [
            {
                "name": group.name,
                "rules": [
                    *[{"record": one.record, "expr": one.expr} for one in group.records],
                    *[_alarm(one) for one in group.alarms],
                ],
            }
            for group in groups
        ]
    }


def _alarm(alarm: Alarm) -> dict[str, Any]:
    return {
        "alert": alarm.name,
        "expr": alarm.expr,
        "for": f"{alarm.minutes}m",
        "labels": {"severity": alarm.severity},
        "annotations": {
            "summary": alarm.zh,
            "description": alarm.en,
            "runbook_url": alarm.runbook,
        },
    }


def tests_of(groups: tuple[Group, ...], rules_file: str) -> dict[str, Any]:
    """promtool's tests: each alarm fires under its series, and does not just beside them."""
    return {
        "rule_files": [rules_file],
        "evaluation_interval": "1m",
        "tests": [
            test
            for group in groups
            for alarm in group.alarms
            for test in (_test(alarm, fires=True), _test(alarm, fires=False))
        ],
    }


def _test(alarm: Alarm, *, fires: bool) -> dict[str, Any]:
    told = _alarm(alarm)
    expected = {
        "exp_labels": {**alarm.labels, **told["labels"]},
        "exp_annotations": told["annotations"],
    }
    series = alarm.fires if fires else alarm.quiet
    return {
        "name": f"{alarm.name} {'fires' if fires else 'is quiet'}",
        "interval": "1m",
        "input_series": [{"series": one.series, "values": one.values} for one in series],
        "alert_rule_test": [
            {
                "eval_time": f"{alarm.at}m",
                "alertname": alarm.name,
                "exp_alerts": [expected] if fires else [],
            }
        ],
    }

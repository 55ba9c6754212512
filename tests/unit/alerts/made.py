"""Alerts for tests, complete and made up."""

from decimal import Decimal
from typing import Any

from alerts.alert import Alert
from events.times import moment

AT: int = 1_767_225_600


def an_alert(alert_id: str = "00a1", **changes: Any) -> Alert:
    """An alert; `changes` replace fields."""
    fields: dict[str, Any] = {
        "alert_id": alert_id,
        "rule_id": "batch_swiping",
        "rule_version": 1,
        "family": "cash_out",
        "sev_deg": 2,
        "subject_type": "person",
        "subject": "P-0123456789abcdef",
        "area": "640100",
        "event_ids": ("e2", "e1"),
        "setl_ids": ("s2", "s1"),
        "amount": Decimal("120.50"),
        "involved": Decimal("300.00"),
        "clauses": ("NXP-10",),
        "law": ("735-40",),
        "name_zh": "集中刷卡",
        "name_en": "Batch swiping",
        "message_zh": "一小时内结算12次",
        "message_en": "12 settlements within an hour",
        "evidence": {"paid": [Decimal("60.25"), Decimal("60.25")], "count": 12, "at": "12:30"},
        "assumed": (),
        "revision": 1,
        "status": "open",
        "first_event_time": moment(AT),
        "last_event_time": moment(AT + 3600),
    }
    return Alert(**{**fields, **changes})


def retracted(alert_id: str = "00a1", **changes: Any) -> Alert:
    """What is told when the ground of an alert never was: its id, and nothing of the finding."""
    nothing: dict[str, Any] = {
        "status": "retracted",
        "area": "",
        "event_ids": (),
        "setl_ids": (),
        "amount": Decimal("0.00"),
        "involved": Decimal("0.00"),
        "evidence": {},
        "message_zh": "",
        "message_en": "",
    }
    return an_alert(alert_id, **{**nothing, **changes})

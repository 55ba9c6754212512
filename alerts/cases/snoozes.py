"""Snoozes: a rule not shown for a subject until a date. Its alerts are kept and counted."""

import secrets
from datetime import date, timedelta
from typing import Final

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Connection, exists, or_, select

from alerts.access.users import User
from alerts.cases.clocks import today
from alerts.cases.refusals import ACTING, require, unknown, wrong
from alerts.cases.texts import kept_date, kept_text
from alerts.cases.work import seen_alert
from alerts.ledger.case_tables import SNOOZES
from alerts.ledger.journal import Entry, append, lock_head
from alerts.ledger.schema import ALERTS
from alerts.ledger.writing import upsert
from events.times import day_number, day_start

LONGEST: Final = timedelta(days=366)


class Snooze(Struct, frozen=True):
    """A snooze in the area of the alert it was made on; `until_ms` is the first moment after."""

    snooze_id: str
    rule_id: str
    subject: str
    area: str
    until_ms: int
    reason: str
    made_by: str
    made_ms: int
    ended_ms: int


_COLUMNS: Final = tuple(SNOOZES.c[name] for name in Snooze.__struct_fields__)


def snoozed(now_ms: int) -> ColumnElement[bool]:
    """The condition on the table of alerts that a snooze holds for one; `~snoozed(now)` hides."""
    return exists().where(
        SNOOZES.c.rule_id == ALERTS.c.rule_id,
        SNOOZES.c.subject == ALERTS.c.subject,
        SNOOZES.c.area == ALERTS.c.area,
        SNOOZES.c.until_ms > now_ms,
        SNOOZES.c.ended_ms == 0,
    )


def snooze(
    connection: Connection, by: User, now_ms: int, alert_id: str, until: str, reason: str
) -> Snooze:
    """Do not show the rule of an alert for its subject, through a date (ISO), for a reason."""
    require(by, ACTING)
    alert = seen_alert(connection, by, alert_id).alert
    last = kept_date(until, "截止日期", "until")
    if not last or not today(now_ms) <= date.fromisoformat(last) <= today(now_ms) + LONGEST:
        raise wrong(
            "截止日期须在今天之后一年以内", "found an end that is past or more than a year ahead"
        )
    if not alert.subject:
        raise wrong("该预警没有对象", "found an alert without a subject, expected one")
    head = lock_head(connection)
    made = Snooze(
        secrets.token_hex(6),
        alert.rule_id,
        alert.subject,
        alert.area,
        day_start(day_number(date.fromisoformat(last)) + 1) * 1000,
        kept_text(reason, "原因", "reason"),
        by.name,
        now_ms,
        0,
    )
    upsert(connection, SNOOZES, [structs.asdict(made)])
    told = {
        "snooze": made.snooze_id,
        "rule": made.rule_id,
        "subject": made.subject,
        "until": last,
        "reason": made.reason,
    }
    append(connection, [Entry(now_ms, by.name, "snooze.made", alert_id, told)], head)
    return made


def end_snooze(connection: Connection, by: User, now_ms: int, snooze_id: str) -> Snooze:
    """End a snooze before its time."""
    require(by, ACTING)
    head = lock_head(connection)
    row = connection.execute(
        select(*_COLUMNS).where(SNOOZES.c.snooze_id == snooze_id)
    ).one_or_none()
    if row is None or not by.sees(row.area) or row.ended_ms:
        raise unknown(f"snooze {snooze_id[:40]!r}")
    ended = structs.replace(Snooze(*row), ended_ms=now_ms)
    upsert(connection, SNOOZES, [structs.asdict(ended)])
    told = {"snooze": snooze_id, "rule": ended.rule_id, "subject": ended.subject}
    append(connection, [Entry(now_ms, by.name, "snooze.ended", "", told)], head)
    return ended


def active(connection: Connection, user: User, now_ms: int, limit: int = 500) -> list[Snooze]:
    """The snoozes that hold in areas a user may see, the next to end first."""
    statement = select(*_COLUMNS).where(SNOOZES.c.until_ms > now_ms, SNOOZES.c.ended_ms == 0)
    if user.areas:
        statement = statement.where(or_(*(SNOOZES.c.area.startswith(area) for area in user.areas)))
    ordered = statement.order_by(SNOOZES.c.until_ms, SNOOZES.c.snooze_id).limit(limit)
    return [Snooze(*row) for row in connection.execute(ordered)]

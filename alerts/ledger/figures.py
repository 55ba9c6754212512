"""Sums over the ledger for whoever watches it as a whole: alerts, cases, verdicts, money.

Amounts are fen. Money that was confirmed or recovered is that of the case where the case names
an amount, else that of its alerts: none is counted twice. An alert confirmed without an amount
counts as what it amounts to.
"""

from typing import Any, Final, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from alerts.ledger.case_tables import CASES, WORK
from alerts.ledger.schema import ALERTS, DEAD_LETTERS, JOURNAL_HEAD
from events.times import DAY, HOUR

VERDICT_BUCKETS: Final = (HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY)
"""Upper bounds of the times to a verdict, seconds."""


class OpenAlerts(NamedTuple):
    """Open alerts of a rule, severity and area, and the money in breach in them."""

    rule: str
    family: str
    severity: int
    area: str
    alerts: int
    amount: int


class AboutInstitution(NamedTuple):
    """Open alerts about an institution, and the money in breach in them."""

    code: str
    alerts: int
    amount: int


class Verdicts(NamedTuple):
    """Verdicts of one kind on alerts of a rule."""

    rule: str
    verdict: str
    alerts: int


class Times(NamedTuple):
    """Times from an alert's first writing to its verdict: counts up to each bound, all, sum (s)."""

    up_to: tuple[int, ...]
    verdicts: int
    seconds: float


class Figures(Struct, frozen=True):
    """The ledger in figures, as of one moment."""

    open: tuple[OpenAlerts, ...] = ()
    institutions: tuple[AboutInstitution, ...] = ()
    cases: tuple[tuple[str, str, int], ...] = ()
    """Status, area, number."""
    verdicts: tuple[Verdicts, ...] = ()
    confirmed: tuple[tuple[str, int], ...] = ()
    recovered: tuple[tuple[str, int], ...] = ()
    """Area and fen."""
    times: Times = Times((0,) * len(VERDICT_BUCKETS), 0, 0.0)
    dead_letters: tuple[tuple[str, int], ...] = ()
    """Reason and number."""
    journal: int = 0


def read_figures(connection: Connection, most_institutions: int = 100) -> Figures:
    """Read all figures; of institutions those with the most money in open alerts."""
    return Figures(
        open=_open(connection),
        institutions=_institutions(connection, most_institutions),
        cases=tuple(
            (row[0], row[1], row[2])
            for row in connection.execute(
                select(CASES.c.status, CASES.c.area, func.count()).group_by(
                    CASES.c.status, CASES.c.area
                )
            )
        ),
        verdicts=tuple(
            Verdicts(*row)
            for row in connection.execute(
                select(ALERTS.c.rule_id, WORK.c.verdict, func.count())
                .join_from(WORK, ALERTS, WORK.c.alert_id == ALERTS.c.alert_id)
                .where(WORK.c.verdict != "")
                .group_by(ALERTS.c.rule_id, WORK.c.verdict)
            )
        ),
        confirmed=_money(connection, "amount_confirmed"),
        recovered=_money(connection, "amount_recovered"),
        times=_times(connection),
        dead_letters=tuple(
            (row[0], row[1])
            for row in connection.execute(
                select(DEAD_LETTERS.c.reason, func.count()).group_by(DEAD_LETTERS.c.reason)
            )
        ),
        journal=connection.execute(select(JOURNAL_HEAD.c.seq)).scalar_one(),
    )


def _open(connection: Connection) -> tuple[OpenAlerts, ...]:
    columns = (ALERTS.c.rule_id, ALERTS.c.family, ALERTS.c.sev_deg, ALERTS.c.area)
    found = connection.execute(
        select(*columns, func.count(), func.sum(ALERTS.c.amount))
        .where(ALERTS.c.status == "open")
        .group_by(*columns)
    )
    return tuple(OpenAlerts(row[0], row[1], row[2], row[3], row[4], int(row[5])) for row in found)


def _institutions(connection: Connection, most: int) -> tuple[AboutInstitution, ...]:
    amount = func.sum(ALERTS.c.amount)
    found = connection.execute(
        select(ALERTS.c.subject, func.count(), amount)
        .where(ALERTS.c.subject_type == "institution", ALERTS.c.status == "open")
        .group_by(ALERTS.c.subject)
        .order_by(amount.desc(), ALERTS.c.subject)
        .limit(most)
    )
    return tuple(AboutInstitution(row[0], row[1], int(row[2])) for row in found)


def _money(connection: Connection, name: str) -> tuple[tuple[str, int], ...]:
    """Fen by area: of confirmed cases that name an amount, and of confirmed alerts in no such."""
    whole = CASES.c[name]
    single: ColumnElement[Any] = WORK.c[name]
    if name == "amount_confirmed":
        # Confirmed without an amount means what the alert amounts to.
        single = case((single >= 0, single), else_=ALERTS.c.amount)
    of_cases = connection.execute(
        select(CASES.c.area, func.sum(whole))
        .where(CASES.c.verdict == "confirmed", whole >= 0)
        .group_by(CASES.c.area)
    ).all()
    alone: ColumnElement[Any] = or_(CASES.c.case_id.is_(None), CASES.c.verdict == "", whole < 0)
    of_alerts = connection.execute(
        select(ALERTS.c.area, func.sum(single))
        .join_from(WORK, ALERTS, WORK.c.alert_id == ALERTS.c.alert_id)
        .outerjoin(CASES, WORK.c.case_id == CASES.c.case_id)
        .where(and_(WORK.c.verdict == "confirmed", single >= 0, alone))
        .group_by(ALERTS.c.area)
    ).all()
    total: dict[str, int] = {}
    for area, fen in (*of_cases, *of_alerts):
        total[area] = total.get(area, 0) + int(fen)
    return tuple(sorted(total.items()))


def _times(connection: Connection) -> Times:
    waited = WORK.c.verdict_ms - ALERTS.c.first_seen_ms
    up_to = [
        func.coalesce(func.sum(case((waited <= bound * 1000, 1), else_=0)), 0)
        for bound in VERDICT_BUCKETS
    ]
    row = connection.execute(
        select(*up_to, func.count(), func.coalesce(func.sum(waited), 0))
        .join_from(WORK, ALERTS, WORK.c.alert_id == ALERTS.c.alert_id)
        .where(WORK.c.verdict != "", WORK.c.verdict_ms > 0)
    ).one()
    return Times(tuple(int(n) for n in row[:-2]), int(row[-2]), float(row[-1]) / 1000)

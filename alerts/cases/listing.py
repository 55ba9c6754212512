"""Alerts with the work on them: filtered by both, and in an order of urgency."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, func, select

from alerts.cases.snoozes import snoozed
from alerts.cases.work import UNNAMED, Verdict, Work, works
from alerts.ledger import reading
from alerts.ledger.case_tables import WORK
from alerts.ledger.reading import Filters, Listed
from alerts.ledger.rows import alert_from
from alerts.ledger.schema import ALERTS
from alerts.ledger.triage_tables import TRIAGE

Order = Literal["changed", "event_time", "severity", "amount", "triage"]
Snoozed = Literal["hide", "show", "only"]

_ORDERS: Final[dict[Order, tuple[ColumnElement[Any], ...]]] = {
    "changed": (ALERTS.c.feed_seq.desc(),),
    "event_time": (ALERTS.c.last_event_time.desc(), ALERTS.c.alert_id),
    "severity": (ALERTS.c.sev_deg, ALERTS.c.amount.desc(), ALERTS.c.alert_id),
    "amount": (ALERTS.c.amount.desc(), ALERTS.c.alert_id),
    "triage": (
        func.coalesce(TRIAGE.c.score, -1.0).desc(),
        ALERTS.c.sev_deg,
        ALERTS.c.amount.desc(),
        ALERTS.c.alert_id,
    ),
}
_AT_ONCE: Final = 500
_NAMES: Final = Work.__struct_fields__


class WorkFilters(Struct, frozen=True):
    """Which work; None and empty filter nothing. `verdicts` may hold "" for none yet.

    `taken` is whether somebody took it, `taken_by` who.
    """

    verdicts: tuple[Verdict, ...] = ()
    taken: bool | None = None
    taken_by: str = ""
    case_id: str = ""
    snoozed: Snoozed = "hide"


ANY_WORK: Final = WorkFilters()


class Worked(Struct, frozen=True):
    """An alert with the work on it, its triage score (None without) and whether it is snoozed."""

    listed: Listed
    work: Work
    score: float | None
    snoozed: bool


def worked(
    connection: Connection,
    now_ms: int,
    limit: int,
    filters: Filters = reading.ALL,
    work: WorkFilters = ANY_WORK,
    *,
    order: Order = "changed",
    offset: int = 0,
    before_seq: int | None = None,
) -> list[Worked]:
    """A page of alerts; `before_seq` goes on where a page by change ended.

    `filters.within` must hold what the reader may see.
    """
    columns = (WORK.c[name].label(f"work_{name}") for name in _NAMES)
    is_snoozed = snoozed(now_ms).label("is_snoozed")
    statement = _joined(select(ALERTS, *columns, TRIAGE.c.score, is_snoozed))
    statement = statement.where(*_conditions(now_ms, filters, work))
    if before_seq is not None:
        statement = statement.where(ALERTS.c.feed_seq < before_seq)
    ordered = statement.order_by(*_ORDERS[order]).limit(limit).offset(offset)
    return [_worked(row) for row in connection.execute(ordered).mappings()]


def listed_as_worked(connection: Connection, now_ms: int, found: Sequence[Listed]) -> list[Worked]:
    """Alerts that were read already, in their order, with the work on them."""
    ids = [listed.alert.alert_id for listed in found]
    done = works(connection, ids)
    scores: dict[str, float] = {}
    hidden: set[str] = set()
    for begin in range(0, len(ids), _AT_ONCE):
        chunk = ids[begin : begin + _AT_ONCE]
        scored = select(TRIAGE.c.alert_id, TRIAGE.c.score).where(TRIAGE.c.alert_id.in_(chunk))
        scores.update((row.alert_id, row.score) for row in connection.execute(scored))
        asleep = select(ALERTS.c.alert_id).where(ALERTS.c.alert_id.in_(chunk), snoozed(now_ms))
        hidden |= set(connection.execute(asleep).scalars())
    return [
        Worked(listed, done[alert_id], scores.get(alert_id), alert_id in hidden)
        for listed, alert_id in zip(found, ids, strict=True)
    ]


def worked_count(
    connection: Connection,
    now_ms: int,
    filters: Filters = reading.ALL,
    work: WorkFilters = ANY_WORK,
) -> int:
    """How many alerts `worked` has."""
    statement = _joined(select(func.count()))
    conditions = _conditions(now_ms, filters, work)
    return int(connection.execute(statement.where(*conditions)).scalar_one())


def _joined(statement: Select[Any]) -> Select[Any]:
    joined = ALERTS.outerjoin(WORK, WORK.c.alert_id == ALERTS.c.alert_id)
    return statement.select_from(joined.outerjoin(TRIAGE, TRIAGE.c.alert_id == ALERTS.c.alert_id))


def _conditions(now_ms: int, filters: Filters, work: WorkFilters) -> Iterator[ColumnElement[bool]]:
    yield reading.matching(filters)
    if work.verdicts:
        yield func.coalesce(WORK.c.verdict, "").in_(work.verdicts)
    if work.taken is not None:
        taken = func.coalesce(WORK.c.taken_by, "") != ""
        yield taken if work.taken else ~taken
    if work.taken_by:
        yield WORK.c.taken_by == work.taken_by
    if work.case_id:
        yield WORK.c.case_id == work.case_id
    if work.snoozed == "hide":
        yield ~snoozed(now_ms)
    elif work.snoozed == "only":
        yield snoozed(now_ms)


def _worked(row: Any) -> Worked:
    listed = Listed(alert_from(row), row["feed_seq"], row["first_seen_ms"], row["changed_ms"])
    done = Work(row["alert_id"])
    if row["work_version"] is not None:
        done = Work(*(row[f"work_{name}"] for name in _NAMES))
    return Worked(listed, done, row["score"], bool(row["is_snoozed"]))


def named_amount(amount: int) -> int | None:
    """An amount of work or case in fen; None where none was named."""
    return None if amount == UNNAMED else amount

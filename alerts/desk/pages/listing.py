"""Reads pages of the feed: alerts with what people made of them, in four orders, by key.

A page goes on where the last one ended, so the thousandth costs what the first does. In order of
triage come first the alerts that a model scored, most suspect first, then the others, gravest and
largest first.
"""

from collections.abc import Collection, Iterator, Sequence
from math import isfinite
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    and_,
    case,
    func,
    or_,
    select,
)

from alerts.alert import Alert, AlertStatus
from alerts.cases.snoozes import snoozed
from alerts.desk.pages.filtering import STATUSES, WITHIN_MS, View
from alerts.ledger.case_tables import WORK
from alerts.ledger.reading import Filters, matching
from alerts.ledger.rows import alert_from
from alerts.ledger.schema import ALERTS
from alerts.ledger.triage_tables import TRIAGE
from alerts.table import in_fen
from events.times import epoch

SHOWN: Final = 50
"""Alerts on a page."""
_SEVERITIES: Final = (1, 2, 3)
_SCORED: Final = "s"
_SEPARATOR: Final = "~"
_MOST: Final = 2**63


class Reader(Struct, frozen=True):
    """Who reads, and when (wall time, epoch ms): areas bound what is shown, none bounds nothing."""

    name: str
    areas: tuple[str, ...]
    now_ms: int


class Row(Struct, frozen=True):
    """An alert on the page. `handling` is one of `none working confirmed dismissed snoozed`.

    `score` is the triage model's, None where it gave none.
    """

    alert: Alert
    seq: int
    first_seen_ms: int
    changed_ms: int
    handling: str
    taken_by: str
    case_id: str
    score: float | None


class Page(Struct, frozen=True):
    """Rows, and where the next page goes on; empty after the last one."""

    rows: tuple[Row, ...]
    onward: str


def page_of(
    connection: Connection, view: View, reader: Reader, after: str = "", size: int = SHOWN
) -> Page:
    """A page of the feed; `after` is the `onward` of the page before.

    What `after` does not name is taken as the beginning.
    """
    rows: list[Row] = []
    last = ""
    for phase, statement in _phases(view, reader, after):
        found = connection.execute(statement.limit(size + 1 - len(rows))).mappings()
        for row in found:
            if len(rows) == size:
                return Page(tuple(rows), last)
            rows.append(_row(row))
            last = _place(view, phase, rows[-1])
    return Page(tuple(rows), "")


def rows_among(
    connection: Connection, ids: Collection[str], view: View, reader: Reader
) -> tuple[dict[str, Row], set[str]]:
    """Of these alerts the rows that belong on the page, and the ids of others of the reader's."""
    matches = case((and_(True, *_conditions(view, reader)), 1), else_=0)
    statement = _select(reader, matches.label("matches"))
    statement = statement.where(ALERTS.c.alert_id.in_(ids), _may_see(reader))
    shown: dict[str, Row] = {}
    others: set[str] = set()
    for row in connection.execute(statement).mappings():
        if row["matches"]:
            shown[row["alert_id"]] = _row(row)
        else:
            others.add(row["alert_id"])
    return shown, others


def row_of(connection: Connection, alert_id: str, reader: Reader) -> Row | None:
    """One alert with what people made of it, also a retracted one; None outside the areas."""
    statement = _select(reader).where(ALERTS.c.alert_id == alert_id, _may_see(reader))
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _row(row)


def rows_of_subject(
    connection: Connection, alert: Alert, reader: Reader, size: int = 20
) -> list[Row]:
    """Other alerts of the same subject, last changed first."""
    statement = _select(reader).where(
        ALERTS.c.subject == alert.subject,
        ALERTS.c.alert_id != alert.alert_id,
        ALERTS.c.status != "retracted",
        _may_see(reader),
    )
    found = connection.execute(statement.order_by(ALERTS.c.feed_seq.desc()).limit(size))
    return [_row(row) for row in found.mappings()]


def rows_of_case(connection: Connection, case_id: str, reader: Reader) -> list[Row]:
    """The alerts of a case that the reader may see, earliest event first."""
    statement = _select(reader).where(WORK.c.case_id == case_id, _may_see(reader))
    found = connection.execute(statement.order_by(ALERTS.c.first_event_time, ALERTS.c.alert_id))
    return [_row(row) for row in found.mappings()]


def areas_of(connection: Connection, reader: Reader) -> list[str]:
    """The areas that have alerts the reader may see, by code."""
    # One probe of the index an area, whatever the number of alerts.
    area = ALERTS.c.area
    found: list[str] = []
    last = connection.execute(select(func.min(area))).scalar_one()
    while last is not None and len(found) < 1000:
        found.append(last)
        last = connection.execute(select(func.min(area)).where(area > last)).scalar_one()
    return [code for code in found if code and sees(reader.areas, code)]


def sees(areas: Sequence[str], area: str) -> bool:
    """Whether areas (codes or their beginnings, none: all) hold an area."""
    return not areas or any(area.startswith(begin) for begin in areas)


def _may_see(reader: Reader) -> ColumnElement[bool]:
    return matching(Filters(areas=reader.areas))


def has_status(statuses: Sequence[AlertStatus]) -> ColumnElement[bool]:
    """The condition on the table of alerts that one has one of these statuses.

    Said so that no index serves it: nearly all alerts have the same status, and SQLite would
    rather gather and sort them than walk an order that stands in an index.
    """
    return (ALERTS.c.status + "").in_(statuses)


def _select(reader: Reader, *more: ColumnElement[Any], start: Table = ALERTS) -> Select[Any]:
    """Alerts with their work and score; from TRIAGE on only those that have a score."""
    columns = (
        *ALERTS.c,
        WORK.c.taken_by,
        WORK.c.case_id,
        WORK.c.verdict,
        snoozed(reader.now_ms).label("snoozed"),
        TRIAGE.c.score,
        *more,
    )
    same = TRIAGE.c.alert_id == ALERTS.c.alert_id
    joined = start.join(ALERTS, same) if start is TRIAGE else start.outerjoin(TRIAGE, same)
    return select(*columns).select_from(
        joined.outerjoin(WORK, WORK.c.alert_id == ALERTS.c.alert_id)
    )


def _conditions(view: View, reader: Reader) -> Iterator[ColumnElement[bool]]:
    yield _may_see(reader)
    yield matching(view.filters)
    # What was withdrawn needs no decision any more.
    yield has_status(view.statuses or (STATUSES if view.handling else ("open",)))
    if view.within:
        yield ALERTS.c.first_seen_ms >= reader.now_ms - WITHIN_MS[view.within]
    if view.handling == "":
        yield or_(WORK.c.verdict.is_(None), WORK.c.verdict == "")
        yield ~snoozed(reader.now_ms)
    elif view.handling == "mine":
        yield WORK.c.taken_by == reader.name
    elif view.handling == "snoozed":
        yield snoozed(reader.now_ms)
    elif view.handling != "all":
        yield WORK.c.verdict == view.handling


def _phases(view: View, reader: Reader, after: str) -> Iterator[tuple[str, Select[Any]]]:
    """The statements whose rows one after the other make up the order, from a place on."""
    statement = _select(reader).where(*_conditions(view, reader))
    place = after.split(_SEPARATOR)
    if view.order == "triage":
        scored = _select(reader, start=TRIAGE).where(*_conditions(view, reader))
        yield from _triage(scored, statement, place)
    elif view.order == "new":
        before = _whole(place[0])
        if before is not None:
            statement = statement.where(ALERTS.c.feed_seq < before)
        yield "", statement.order_by(ALERTS.c.feed_seq.desc())
    else:
        column = ALERTS.c.amount if view.order == "amount" else ALERTS.c.last_event_time
        yield "", _falling(statement, column, _whole(place[0]), place)


def _triage(
    scored: Select[Any], statement: Select[Any], place: list[str]
) -> Iterator[tuple[str, Select[Any]]]:
    """First what has a score, then the rest by severity: a statement each, so each has an index."""
    phases = (_SCORED, *map(str, _SEVERITIES))
    begin = phases.index(place[0]) if place[0] in phases else 0
    for phase in phases[begin:]:
        here = place[1:] if phase == phases[begin] else []
        if phase == _SCORED:
            yield phase, _falling(scored, TRIAGE.c.score, _number(here), here)
        else:
            rest = statement.where(TRIAGE.c.score.is_(None), ALERTS.c.sev_deg == int(phase))
            before = _whole(here[0]) if here else None
            yield phase, _falling(rest, ALERTS.c.amount, before, here)


def _falling(
    statement: Select[Any], column: ColumnElement[Any], before: float | None, place: list[str]
) -> Select[Any]:
    """By a falling column and then by id, from a place on, so that an index on both serves it."""
    key = TRIAGE.c.alert_id if column is TRIAGE.c.score else ALERTS.c.alert_id
    if before is not None and len(place) > 1:
        statement = statement.where(column <= before, or_(column < before, key > place[1]))
    return statement.order_by(column.desc(), key)


def _place(view: View, phase: str, row: Row) -> str:
    alert = row.alert
    match view.order:
        case "new":
            parts: tuple[object, ...] = (row.seq,)
        case "time":
            parts = (epoch(alert.last_event_time), alert.alert_id)
        case "amount":
            parts = (in_fen(alert.amount), alert.alert_id)
        case "triage":
            falling = repr(row.score) if phase == _SCORED else in_fen(alert.amount)
            parts = (phase, falling, alert.alert_id)
    return _SEPARATOR.join(map(str, parts))


def _whole(text: str) -> int | None:
    try:
        found = int(text)
    except ValueError:
        return None
    return found if abs(found) < _MOST else None


def _number(place: list[str]) -> float | None:
    try:
        found = float(place[0]) if place else None
    except ValueError:
        return None
    return found if found is not None and isfinite(found) else None


def _row(row: RowMapping) -> Row:
    verdict = row["verdict"] or ""
    taken_by, case_id = row["taken_by"] or "", row["case_id"] or ""
    if not verdict and row["snoozed"]:
        handling = "snoozed"
    else:
        handling = verdict or ("working" if taken_by or case_id else "none")
    return Row(
        alert_from(row),
        row["feed_seq"],
        row["first_seen_ms"],
        row["changed_ms"],
        handling,
        taken_by,
        case_id,
        row["score"],
    )

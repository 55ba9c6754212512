"""Reads the ledger: the alert table, the feed and its filters, histories, counts, dead letters."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from alerts.alert import Alert, AlertStatus
from alerts.ledger.journal import Journaled
from alerts.ledger.rows import alert_from
from alerts.ledger.schema import ALERTS, DEAD_LETTERS, JOURNAL, META, POSITIONS
from alerts.table import AlertRow, alert_row
from events.deadletters import DeadLetter

Order = Literal["changed", "event_time", "severity", "amount"]

STANDING: Final[tuple[AlertStatus, ...]] = ("open", "withdrawn")
"""The statuses of the alert table."""
_AREA_DIGITS: Final = 6
_AT_ONCE: Final = 1000
_ORDERS: Final[dict[Order, tuple[ColumnElement[Any], ...]]] = {
    "changed": (ALERTS.c.feed_seq.desc(),),
    "event_time": (ALERTS.c.last_event_time.desc(), ALERTS.c.alert_id),
    "severity": (ALERTS.c.sev_deg, ALERTS.c.amount.desc(), ALERTS.c.alert_id),
    "amount": (ALERTS.c.amount.desc(), ALERTS.c.alert_id),
}
_SEARCHED: Final = (
    ALERTS.c.alert_id,
    ALERTS.c.rule_id,
    ALERTS.c.subject,
    ALERTS.c.name_zh,
    ALERTS.c.name_en,
    ALERTS.c.message_zh,
    ALERTS.c.message_en,
    ALERTS.c.setl_ids,
)


class Filters(Struct, frozen=True):
    """Which alerts; what is empty or None filters nothing, several values of one field are or'ed.

    `areas` are codes of six digits or the beginnings of codes (`64` is all of Ningxia); `within`
    are those that the reader may see at all. Amounts
    in fen, both ends included; event times epoch seconds, `until` not included, by the last event
    of an alert. `text` is searched in names, messages, subject, settlements and ids.
    """

    areas: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severities: tuple[int, ...] = ()
    statuses: tuple[AlertStatus, ...] = ()
    subject: str = ""
    least_amount: int | None = None
    most_amount: int | None = None
    since: int | None = None
    until: int | None = None
    text: str = ""


ALL: Final = Filters()


class Listed(Struct, frozen=True):
    """An alert with its place in the feed and when it was first and last written (epoch ms)."""

    alert: Alert
    feed_seq: int
    first_seen_ms: int
    changed_ms: int


class Count(Struct, frozen=True):
    """Alerts of one rule, severity and status: how many, and what they amount to, fen."""

    rule_id: str
    family: str
    sev_deg: int
    status: AlertStatus
    alerts: int
    amount: int
    involved: int


class SourcePosition(NamedTuple):
    """How far a source has been read."""

    source: str
    position: int
    fingerprint: str


class KeptLetter(Struct, frozen=True):
    """A dead letter, its raw record masked, and when it was kept (epoch ms)."""

    letter: DeadLetter
    at_ms: int


def alert_table(connection: Connection) -> Iterator[AlertRow]:
    """The canonical alert table, by alert id, without retracted alerts; in constant memory."""
    return (alert_row(alert) for alert in standing(connection))


def standing(connection: Connection, filters: Filters = ALL) -> Iterator[Alert]:
    """The alerts of the table, by alert id, without retracted ones; in constant memory."""
    statement = _filtered(select(ALERTS), filters).where(ALERTS.c.status.in_(STANDING))
    ordered = statement.order_by(ALERTS.c.alert_id).execution_options(yield_per=_AT_ONCE)
    with connection.execute(ordered) as found:
        for row in found.mappings():
            yield alert_from(row)


def feed(
    connection: Connection, after_seq: int, limit: int, filters: Filters = ALL
) -> list[Listed]:
    """Alerts that changed after a place in the feed, in the order of their last change.

    Going on from the `feed_seq` of the last one misses nothing; what changed several times
    meanwhile comes once, as it is now. Retracted alerts come too unless statuses are named: a
    reader who shows one must take it away.
    """
    statement = _filtered(select(ALERTS), filters).where(ALERTS.c.feed_seq > after_seq)
    return _listed(connection, statement.order_by(ALERTS.c.feed_seq).limit(limit))


def feed_end(connection: Connection) -> int:
    """The place of the last change in the feed, 0 where there is none."""
    return connection.execute(select(func.max(ALERTS.c.feed_seq))).scalar_one() or 0


def listing(
    connection: Connection,
    limit: int,
    filters: Filters = ALL,
    *,
    order: Order = "changed",
    offset: int = 0,
    before_seq: int | None = None,
) -> list[Listed]:
    """A page of alerts: last changed first, latest event first, gravest first, or largest first.

    `before_seq` goes on where a page by change ended, at any depth as quickly as at the first.
    """
    statement = _filtered(select(ALERTS), filters)
    if before_seq is not None:
        statement = statement.where(ALERTS.c.feed_seq < before_seq)
    return _listed(connection, statement.order_by(*_ORDERS[order]).limit(limit).offset(offset))


def get(connection: Connection, alert_id: str) -> Listed | None:
    """One alert, also a retracted one."""
    found = _listed(connection, select(ALERTS).where(ALERTS.c.alert_id == alert_id))
    return found[0] if found else None


def by_ids(connection: Connection, alert_ids: Collection[str]) -> list[Listed]:
    """The alerts of these ids that are there, by id, also retracted ones."""
    ids = sorted(set(alert_ids))
    found: list[Listed] = []
    for begin in range(0, len(ids), _AT_ONCE):
        chunk = ids[begin : begin + _AT_ONCE]
        statement = select(ALERTS).where(ALERTS.c.alert_id.in_(chunk))
        found += _listed(connection, statement.order_by(ALERTS.c.alert_id))
    return found


def history_of(connection: Connection, alert_id: str) -> list[Journaled]:
    """Everything the journal says of an alert, oldest first.

    The first entry of a rule's alert holds all of its fields, later ones those that changed.
    """
    statement = select(JOURNAL).where(JOURNAL.c.alert_id == alert_id).order_by(JOURNAL.c.seq)
    return [Journaled(*row) for row in connection.execute(statement)]


def counts(connection: Connection, filters: Filters = ALL) -> list[Count]:
    """Alerts and amounts by rule, severity and status."""
    keys = (ALERTS.c.rule_id, ALERTS.c.family, ALERTS.c.sev_deg, ALERTS.c.status)
    sums = (func.count(), func.sum(ALERTS.c.amount), func.sum(ALERTS.c.involved))
    statement = _filtered(select(*keys, *sums), filters).group_by(*keys).order_by(*keys)
    return [
        Count(rule_id, family, sev_deg, status, alerts, int(amount), int(involved))
        for rule_id, family, sev_deg, status, alerts, amount, involved in connection.execute(
            statement
        )
    ]


def position(connection: Connection, source: str) -> SourcePosition | None:
    """How far a source has been read; None if it was never read."""
    row = connection.execute(select(POSITIONS).where(POSITIONS.c.source == source)).one_or_none()
    return None if row is None else SourcePosition(*row)


def positions(connection: Connection) -> list[SourcePosition]:
    """How far every source has been read, by name."""
    rows = connection.execute(select(POSITIONS).order_by(POSITIONS.c.source))
    return [SourcePosition(*row) for row in rows]


def dead_letters(
    connection: Connection, limit: int, *, since_ms: int = 0, offset: int = 0
) -> list[KeptLetter]:
    """Dead letters kept since a wall time, latest first."""
    order = (DEAD_LETTERS.c.at_ms.desc(), DEAD_LETTERS.c.source, DEAD_LETTERS.c.position)
    statement = select(DEAD_LETTERS).where(DEAD_LETTERS.c.at_ms >= since_ms).order_by(*order)
    rows = connection.execute(statement.limit(limit).offset(offset))
    return [KeptLetter(DeadLetter(*row[:-1]), row.at_ms) for row in rows]


def rejected(connection: Connection) -> dict[str, int]:
    """Dead letters by reason."""
    reason = DEAD_LETTERS.c.reason
    statement = select(reason, func.count().label("letters")).group_by(reason).order_by(reason)
    return {row.reason: row.letters for row in connection.execute(statement)}


def generation(connection: Connection) -> int:
    """The generation that alerts are written under."""
    statement = select(META.c.value).where(META.c.name == "generation")
    return int(connection.execute(statement).scalar_one())


def _listed(connection: Connection, statement: Select[Any]) -> list[Listed]:
    return [
        Listed(alert_from(row), row["feed_seq"], row["first_seen_ms"], row["changed_ms"])
        for row in connection.execute(statement).mappings()
    ]


def matching(filters: Filters) -> ColumnElement[bool]:
    """The condition on the table of alerts that filters set; true where they set none."""
    return and_(True, *_conditions(filters))


def _filtered(statement: Select[Any], filters: Filters) -> Select[Any]:
    return statement.where(matching(filters))


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.areas:
        yield _in_areas(filters.areas)
    if filters.within:
        yield _in_areas(filters.within)
    named: tuple[tuple[ColumnElement[Any], Sequence[str | int]], ...] = (
        (ALERTS.c.family, filters.families),
        (ALERTS.c.rule_id, filters.rules),
        (ALERTS.c.sev_deg, filters.severities),
        (ALERTS.c.status, filters.statuses),
        (ALERTS.c.subject, (filters.subject,) if filters.subject else ()),
    )
    for column, values in named:
        if values:
            yield column.in_(values)
    if filters.least_amount is not None:
        yield ALERTS.c.amount >= filters.least_amount
    if filters.most_amount is not None:
        yield ALERTS.c.amount <= filters.most_amount
    if filters.since is not None:
        yield ALERTS.c.last_event_time >= filters.since
    if filters.until is not None:
        yield ALERTS.c.last_event_time < filters.until
    if filters.text:
        yield or_(*(column.icontains(filters.text, autoescape=True) for column in _SEARCHED))


def _in_areas(areas: Sequence[str]) -> ColumnElement[bool]:
    whole = [area for area in areas if len(area) >= _AREA_DIGITS]
    begun = [area for area in areas if len(area) < _AREA_DIGITS]
    conditions: list[ColumnElement[bool]] = [
        ALERTS.c.area.startswith(area, autoescape=True) for area in begun
    ]
    if whole:
        conditions.append(ALERTS.c.area.in_(whole))
    return or_(*conditions)

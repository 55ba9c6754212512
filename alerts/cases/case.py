"""A case: alerts that belong together, or a tip, and what became of it; read here, changed beside.

The steps: open, handed_over (a lead, 线索, is with whoever checks it), filed (立案), closed;
dismissed ends one from any step before.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from alerts.access.users import User
from alerts.cases.causes import Party
from alerts.cases.refusals import ACTING, conflict, require, unknown
from alerts.cases.work import UNNAMED, Verdict
from alerts.ledger import reading
from alerts.ledger.case_tables import CASES, WORK
from alerts.ledger.journal import Entry, Head, append, lock_head
from alerts.ledger.reading import Listed
from alerts.ledger.schema import ALERTS
from alerts.ledger.writing import upsert

Status = Literal["open", "handed_over", "filed", "closed", "dismissed"]
Source = Literal["MONITOR", "COMPLAINT", "INSPECTION", "TRANSFER", "ASSIGNED"]
Authority = Literal["", "department", "agency", "police"]

STATUSES: Final[dict[Status, tuple[str, str]]] = {
    "open": ("办理中", "open"),
    "handed_over": ("已移交线索", "handed over"),
    "filed": ("已立案", "filed"),
    "closed": ("已办结", "closed"),
    "dismissed": ("已排除", "dismissed"),
}
SOURCES: Final[dict[Source, tuple[str, str]]] = {
    "MONITOR": ("智能监控", "monitoring"),
    "COMPLAINT": ("投诉举报", "a tip from the public"),
    "INSPECTION": ("监督检查", "an inspection"),
    "TRANSFER": ("其他部门移送", "transferred by another authority"),
    "ASSIGNED": ("上级交办", "assigned from above"),
}
AUTHORITIES: Final[dict[Authority, tuple[str, str]]] = {
    "department": ("同级医疗保障行政部门", "healthcare-security department of the same level"),
    "agency": ("医疗保障经办机构（协议处理）", "agency, under the agreement"),
    "police": ("公安机关（涉嫌犯罪）", "police, for suspected crime"),
}
"""Whom a case can be handed to."""
PERSONAL_SUBJECTS: Final = frozenset({"person", "account"})


class Case(Struct, frozen=True, kw_only=True):
    """A case. Money in fen, -1 where not named; times epoch ms, 0 for never; dates ISO text.

    `area` is the beginning that the areas of its alerts share, `party` the kind of party
    (主体类别), `conduct_ended` the day the conduct ended (违法行为终了日).
    """

    case_id: str
    version: int = 0
    title: str = ""
    source: Source = "MONITOR"
    status: Status = "open"
    party: Party = "institution"
    subject_type: str = ""
    subject: str = ""
    area: str = ""
    taken_by: str = ""
    verdict: Verdict = ""
    cause: str = ""
    amount_confirmed: int = UNNAMED
    amount_recovered: int = UNNAMED
    officers: tuple[str, ...] = ()
    conduct_ended: str = ""
    handed_to: Authority = ""
    recipient: str = ""
    opened_by: str = ""
    opened_ms: int = 0
    handed_ms: int = 0
    closed_ms: int = 0
    verdict_ms: int = 0
    changed_by: str = ""
    changed_ms: int = 0


class CaseFilters(Struct, frozen=True):
    """Which cases; what is empty filters nothing. `areas` are codes or beginnings."""

    areas: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    sources: tuple[Source, ...] = ()
    subject: str = ""
    taken_by: str = ""
    text: str = ""


_COLUMNS: Final = tuple(CASES.c[name] for name in Case.__struct_fields__)


def get(connection: Connection, user: User, case_id: str) -> Case:
    """A case that a user may see. Raises RefusedError (404) otherwise."""
    row = connection.execute(select(*_COLUMNS).where(CASES.c.case_id == case_id)).mappings()
    found = row.one_or_none()
    if found is None or not user.sees(found["area"]):
        raise unknown(f"case {case_id[:40]!r}")
    return case_of(dict(found))


def listing(
    connection: Connection,
    user: User,
    limit: int,
    filters: CaseFilters | None = None,
    *,
    offset: int = 0,
) -> list[Case]:
    """The cases that a user may see, last changed first."""
    statement = select(*_COLUMNS).where(*_conditions(user, filters or CaseFilters()))
    ordered = statement.order_by(CASES.c.changed_ms.desc(), CASES.c.case_id)
    rows = connection.execute(ordered.limit(limit).offset(offset)).mappings()
    return [case_of(dict(row)) for row in rows]


def count(connection: Connection, user: User, filters: CaseFilters | None = None) -> int:
    """How many cases `listing` has."""
    statement = select(func.count()).select_from(CASES)
    conditions = _conditions(user, filters or CaseFilters())
    return connection.execute(statement.where(*conditions)).scalar_one()


def alerts_of(connection: Connection, case_id: str) -> list[Listed]:
    """The alerts of a case, gravest and largest first; to be asked after `get`."""
    ids = connection.execute(select(WORK.c.alert_id).where(WORK.c.case_id == case_id)).scalars()
    return alerts_by_id(connection, list(ids))


def alerts_by_id(connection: Connection, alert_ids: Collection[str]) -> list[Listed]:
    """Alerts by their ids, gravest and largest first; what is not there is left out."""
    found = reading.by_ids(connection, alert_ids)
    return sorted(found, key=lambda one: (one.alert.sev_deg, -one.alert.amount, one.alert.alert_id))


def shared_area(areas: Sequence[str]) -> str:
    """The beginning that area codes share: all six digits, the first four or two, or none."""
    for digits in (6, 4, 2):
        beginnings = {area[:digits] for area in areas}
        if len(beginnings) == 1:
            return beginnings.pop()
    return ""


def change(
    connection: Connection,
    by: User,
    now_ms: int,
    case_id: str,
    version: int,
    action: str,
    changes: Mapping[str, Any],
    *,
    head: Head | None = None,
    told: Mapping[str, Any] | None = None,
) -> Case:
    """Change a case and enter it with what is `told`, or else with the changes.

    Raises RefusedError: 403 without the role, 404 where it is not to be seen, 409 where somebody
    else changed it since.
    """
    require(by, ACTING)
    held = head or lock_head(connection)
    case = get(connection, by, case_id)
    if case.version != version:
        raise conflict(case.changed_by, case.changed_ms, case.version)
    changed = structs.replace(
        case, version=case.version + 1, changed_by=by.name, changed_ms=now_ms, **changes
    )
    save(connection, changed)
    content = dict(changes if told is None else told)
    append(connection, [Entry(now_ms, by.name, action, case_id, content)], held)
    return changed


def save(connection: Connection, case: Case) -> None:
    """Write a case as it is."""
    row = structs.asdict(case)
    row["officers"] = msgspec.json.encode(case.officers).decode()
    upsert(connection, CASES, [row])


def case_of(row: Mapping[Any, Any]) -> Case:
    """The case of a row's columns by name."""
    fields: dict[str, Any] = {name: row[name] for name in Case.__struct_fields__}
    fields["officers"] = msgspec.json.decode(fields["officers"], type=tuple[str, ...])
    return Case(**fields)


def _conditions(user: User, filters: CaseFilters) -> Iterator[ColumnElement[bool]]:
    for areas in (user.areas, filters.areas):
        if areas:
            begun = (CASES.c.area.startswith(area, autoescape=True) for area in areas)
            yield or_(*begun)
    named = (
        (CASES.c.status, filters.statuses),
        (CASES.c.verdict, filters.verdicts),
        (CASES.c.source, filters.sources),
        (CASES.c.subject, (filters.subject,) if filters.subject else ()),
        (CASES.c.taken_by, (filters.taken_by,) if filters.taken_by else ()),
    )
    for column, values in named:
        if values:
            yield column.in_(values)
    if filters.text:
        yield _mentions(filters.text)


def _mentions(text: str) -> ColumnElement[bool]:
    inside = (
        select(WORK.c.case_id)
        .join(ALERTS, ALERTS.c.alert_id == WORK.c.alert_id)
        .where(and_(WORK.c.case_id != "", ALERTS.c.subject.icontains(text, autoescape=True)))
    )
    own = (CASES.c.case_id, CASES.c.title, CASES.c.subject, CASES.c.recipient)
    return or_(
        CASES.c.case_id.in_(inside), *(name.icontains(text, autoescape=True) for name in own)
    )

"""The statutory clocks of a case: started, extended, kept, and those that end soon."""

from datetime import date
from typing import Final

from msgspec import Struct, structs
from sqlalchemy import Connection, or_, select

from alerts.access.users import User
from alerts.cases import case as cases
from alerts.cases.case import Case, case_of
from alerts.cases.periods import Calendar, Period, due, periods
from alerts.cases.refusals import ACTING, require, wrong
from alerts.cases.texts import kept_text
from alerts.ledger.case_tables import CASES, CLOCKS
from alerts.ledger.journal import Entry, append, lock_head
from alerts.ledger.writing import upsert
from events.times import moment


class Clock(Struct, frozen=True):
    """A period that runs or ran in a case; dates ISO text, `met` empty while it runs."""

    case_id: str
    period: str
    started: str
    due: str
    extensions: int
    met: str


_COLUMNS: Final = tuple(CLOCKS.c[name] for name in Clock.__struct_fields__)


def of_case(connection: Connection, case_id: str) -> list[Clock]:
    """The clocks of a case in the order they were started."""
    statement = select(*_COLUMNS).where(CLOCKS.c.case_id == case_id)
    ordered = statement.order_by(CLOCKS.c.started, CLOCKS.c.period)
    return [Clock(*row) for row in connection.execute(ordered)]


def running(connection: Connection, user: User, limit: int = 100) -> list[tuple[Clock, Case]]:
    """The clocks that run in cases a user may see, the next to end first."""
    statement = select(CLOCKS, CASES).join(CASES, CASES.c.case_id == CLOCKS.c.case_id)
    statement = statement.where(CLOCKS.c.met == "")
    if user.areas:
        statement = statement.where(or_(*(CASES.c.area.startswith(area) for area in user.areas)))
    rows = connection.execute(statement.order_by(CLOCKS.c.due, CLOCKS.c.case_id).limit(limit))
    return [
        (
            Clock(*(row[column] for column in _COLUMNS)),
            case_of({name: row[CASES.c[name]] for name in Case.__struct_fields__}),
        )
        for row in rows.mappings()
    ]


def start(
    connection: Connection,
    by: User,
    now_ms: int,
    case_id: str,
    period: str,
    calendar: Calendar,
    started: str = "",
) -> Clock:
    """Start a period, today where no date is given; one that ran begins anew."""
    require(by, ACTING)
    head = lock_head(connection)
    cases.get(connection, by, case_id)
    begun = _date(started) if started else today(now_ms)
    clock = Clock(
        case_id,
        _period(period).code,
        begun.isoformat(),
        due(_period(period), begun, calendar).isoformat(),
        0,
        "",
    )
    upsert(connection, CLOCKS, [structs.asdict(clock)])
    told = {"period": period, "started": clock.started, "due": clock.due}
    append(connection, [Entry(now_ms, by.name, "clock.started", case_id, told)], head)
    return clock


def extend(
    connection: Connection,
    by: User,
    now_ms: int,
    case_id: str,
    period: str,
    calendar: Calendar,
    reason: str,
) -> Clock:
    """Extend a period that runs, as often as the procedure allows, with a reason."""
    require(by, ACTING)
    head = lock_head(connection)
    clock = _running(connection, by, case_id, period)
    known = _period(period)
    if clock.extensions >= len(known.extensions):
        raise wrong(
            "该期限不能再延长",
            f"found {clock.extensions} extensions of {period}, expected no more of them",
        )
    kept = kept_text(reason, "延期原因", "reason")
    times = clock.extensions + 1
    last = due(known, date.fromisoformat(clock.started), calendar, times)
    extended = structs.replace(clock, extensions=times, due=last.isoformat())
    upsert(connection, CLOCKS, [structs.asdict(extended)])
    told = {"period": period, "due": extended.due, "extensions": times, "reason": kept}
    append(connection, [Entry(now_ms, by.name, "clock.extended", case_id, told)], head)
    return extended


def meet(connection: Connection, by: User, now_ms: int, case_id: str, period: str) -> Clock:
    """Say that what a period is for has been done."""
    require(by, ACTING)
    lock_head(connection)
    clock = _running(connection, by, case_id, period)
    return _stopped(connection, by, now_ms, clock)


def meet_if_running(
    connection: Connection, by: User, now_ms: int, case_id: str, period: str
) -> None:
    """The same where the period runs, and nothing where it does not."""
    for clock in of_case(connection, case_id):
        if clock.period == period and not clock.met:
            _stopped(connection, by, now_ms, clock)


def stop_all(connection: Connection, by: User, now_ms: int, case_id: str) -> None:
    """End all clocks of a case that is over."""
    for clock in of_case(connection, case_id):
        if not clock.met:
            _stopped(connection, by, now_ms, clock)


def today(now_ms: int) -> date:
    """The calendar date of a wall time in China."""
    return moment(now_ms // 1000).date()


def _stopped(connection: Connection, by: User, now_ms: int, clock: Clock) -> Clock:
    met = structs.replace(clock, met=today(now_ms).isoformat())
    upsert(connection, CLOCKS, [structs.asdict(met)])
    told = {"period": clock.period, "due": clock.due, "met": met.met}
    append(connection, [Entry(now_ms, by.name, "clock.met", clock.case_id, told)])
    return met


def _running(connection: Connection, by: User, case_id: str, period: str) -> Clock:
    cases.get(connection, by, case_id)
    for clock in of_case(connection, case_id):
        if clock.period == period and not clock.met:
            return clock
    raise wrong("该期限未在计算中", f"found no running period {period[:40]!r} in the case")


def _period(code: str) -> Period:
    if code not in periods():
        raise wrong("期限类型不正确", f"found {code[:40]!r}, expected {', '.join(periods())}")
    return periods()[code]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong("日期不正确", f"found {text[:20]!r}, expected YYYY-MM-DD") from None

"""`/v1/cases/{case_id}/...`: every step that a case can take."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from alerts.access.dependencies import NowMs, OpenLedger, Supervisor
from alerts.access.users import User
from alerts.cases import clocks, deciding, notes, opening
from alerts.cases.case import Case
from alerts.desk.api import shapes
from alerts.desk.api.answers import answer, documented
from alerts.desk.api.case_routes import CaseId
from alerts.desk.api.telling import amount_taken, case_told, clock_told, note_told
from alerts.desk.world import Known
from alerts.ledger import Ledger

ROUTES: Final = APIRouter(prefix="/v1/cases", tags=["cases"])


@ROUTES.post(
    "/{case_id}/take",
    summary="接办 Take it over",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def take(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, case_id: CaseId, body: shapes.Seen
) -> Response:
    """Take a case over."""
    return _done(ledger, opening.take_case, user, now_ms, case_id, body.version)


@ROUTES.post(
    "/{case_id}/title",
    summary="改名 Give it another title",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def retitle(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, case_id: CaseId, body: shapes.Retitle
) -> Response:
    """Give a case another title."""
    return _done(ledger, opening.rename, user, now_ms, case_id, body.version, body.title)


@ROUTES.post(
    "/{case_id}/alerts",
    summary="并入预警 Put alerts into it",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def join(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, case_id: CaseId, body: shapes.MoreAlerts
) -> Response:
    """Put more alerts into a case that is not over."""
    return _done(ledger, opening.add_alerts, user, now_ms, case_id, body.version, body.alert_ids)


@ROUTES.post(
    "/{case_id}/alerts/{alert_id}/leave",
    summary="移出预警 Take an alert out of it",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def leave(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Supervisor,
    case_id: CaseId,
    alert_id: Annotated[str, Path(max_length=64, pattern=r"^[^\x00]+$")],
    body: shapes.Seen,
) -> Response:
    """The alert stands by itself again."""
    return _done(ledger, opening.remove_alert, user, now_ms, case_id, body.version, alert_id)


@ROUTES.post(
    "/{case_id}/confirm",
    summary="确认 Confirm it with a cause",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def confirm(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, case_id: CaseId, body: shapes.ConfirmCase
) -> Response:
    """And with it those of its alerts on which there is no verdict yet."""
    return _done(
        ledger,
        deciding.confirm_case,
        user,
        now_ms,
        case_id,
        body.version,
        body.cause,
        amount_confirmed=amount_taken(body.amount_confirmed),
        amount_recovered=amount_taken(body.amount_recovered),
        conduct_ended=body.conduct_ended or "",
    )


@ROUTES.post(
    "/{case_id}/dismiss",
    summary="排除 Dismiss it with a reason",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def dismiss(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, case_id: CaseId, body: shapes.DismissIt
) -> Response:
    """And with it those of its alerts on which there is no verdict yet."""
    return _done(ledger, deciding.dismiss_case, user, now_ms, case_id, body.version, body.reason)


@ROUTES.post(
    "/{case_id}/amounts",
    summary="金额 Say what it came to and what has come back",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def amounts(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, case_id: CaseId, body: shapes.Amounts
) -> Response:
    """Of a confirmed case, also after it was closed."""
    return _done(
        ledger,
        deciding.set_amounts,
        user,
        now_ms,
        case_id,
        body.version,
        amount_confirmed=amount_taken(body.amount_confirmed),
        amount_recovered=amount_taken(body.amount_recovered),
    )


@ROUTES.post(
    "/{case_id}/hand-over",
    summary="移交线索 Hand it over as a lead",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def hand_over(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Supervisor,
    world: Known,
    case_id: CaseId,
    body: shapes.HandOver,
) -> Response:
    """Needs two officers and a cause; the fifteen working days of its check begin."""
    return _done(
        ledger,
        deciding.hand_over,
        user,
        now_ms,
        case_id,
        body.version,
        to=body.to,
        recipient=body.recipient,
        officers=body.officers,
        calendar=world.calendar,
        cause=body.cause,
    )


@ROUTES.post(
    "/{case_id}/file",
    summary="立案 File it",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def file(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Supervisor,
    world: Known,
    case_id: CaseId,
    body: shapes.FileCase,
) -> Response:
    """The check of the lead is done; the ninety days of the decision begin."""
    return _done(
        ledger,
        deciding.file_case,
        user,
        now_ms,
        case_id,
        body.version,
        calendar=world.calendar,
        officers=body.officers,
    )


@ROUTES.post(
    "/{case_id}/close",
    summary="办结 Close it",
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def close(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, case_id: CaseId, body: shapes.CloseCase
) -> Response:
    """A case that has a verdict, with its outcome in words."""
    return _done(ledger, deciding.close_case, user, now_ms, case_id, body.version, body.outcome)


@ROUTES.post(
    "/{case_id}/notes",
    summary="备注 Write a note",
    status_code=201,
    response_model=shapes.NoteShape,
    responses=documented(404),
)
def note(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, case_id: CaseId, body: shapes.NewNote
) -> Response:
    """Write a note on a case."""
    with ledger.begin() as connection:
        written = notes.note_case(connection, user, now_ms, case_id, body.text)
    return answer(note_told(written), 201)


@ROUTES.post(
    "/{case_id}/clocks",
    summary="起算期限 Start a statutory period",
    status_code=201,
    response_model=shapes.ClockShape,
    responses=documented(404),
)
def start_clock(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Supervisor,
    world: Known,
    case_id: CaseId,
    body: shapes.NewClock,
) -> Response:
    """Those of the lead and of the decision start by themselves."""
    with ledger.begin() as connection:
        clock = clocks.start(
            connection, user, now_ms, case_id, body.period, world.calendar, body.started or ""
        )
    return answer(clock_told(clock, now_ms, world.calendar), 201)


@ROUTES.post(
    "/{case_id}/clocks/{period}/extend",
    summary="延长期限 Extend a period, with a reason",
    response_model=shapes.ClockShape,
    responses=documented(404),
)
def extend_clock(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Supervisor,
    world: Known,
    case_id: CaseId,
    period: str,
    body: shapes.Extension,
) -> Response:
    """As often as the procedure allows."""
    with ledger.begin() as connection:
        clock = clocks.extend(
            connection, user, now_ms, case_id, period, world.calendar, body.reason
        )
    return answer(clock_told(clock, now_ms, world.calendar))


@ROUTES.post(
    "/{case_id}/clocks/{period}/met",
    summary="完成期限 What the period is for has been done",
    response_model=shapes.ClockShape,
    responses=documented(404),
)
def meet_clock(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Supervisor,
    world: Known,
    case_id: CaseId,
    period: str,
) -> Response:
    """The period stops."""
    with ledger.begin() as connection:
        clock = clocks.meet(connection, user, now_ms, case_id, period)
    return answer(clock_told(clock, now_ms, world.calendar))


def _done(
    ledger: Ledger,
    act: Callable[..., Case],
    user: User,
    now_ms: int,
    *given: Any,
    **named: Any,
) -> Response:
    with ledger.begin() as connection:
        case = act(connection, user, now_ms, *given, **named)
    return answer(case_told(case))

"""`/v1/alerts`: lists, one alert, and what a supervisor does with it."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from alerts.access.dependencies import (
    Auditor,
    NowMs,
    OpenLedger,
    Supervisor,
    Viewer,
    gate_of,
)
from alerts.access.gate import RefusedError
from alerts.access.limiting import EXPORTS
from alerts.access.users import User
from alerts.cases import notes, revealing, snoozes, work
from alerts.cases.listing import Worked, listed_as_worked, worked
from alerts.cases.work import Work, seen_alert
from alerts.desk.api import shapes
from alerts.desk.api.answers import answer, documented
from alerts.desk.api.filtering import AlertFilters, AlertQuery
from alerts.desk.api.telling import (
    alert_told,
    amount_taken,
    count_told,
    entry_told,
    note_told,
    snooze_told,
    work_told,
)
from alerts.ledger import Ledger, reading

ROUTES: Final = APIRouter(prefix="/v1/alerts", tags=["alerts"])
AlertId = Annotated[str, Path(max_length=64, pattern=r"^[^\x00]+$")]


@ROUTES.get(
    "",
    summary="预警列表 Alerts, filtered",
    response_model=shapes.AlertPage,
    responses=documented(),
)
def listed(
    ledger: OpenLedger, now_ms: NowMs, user: Viewer, asked: Annotated[AlertQuery, Query()]
) -> Response:
    """By change, event time, severity, amount or triage; retracted alerts only where asked for.

    With `after` it is a feed instead: what changed since that place, oldest first, retracted
    alerts too; go on with the `after` of the answer. `before` goes on in a list by change.
    """
    with ledger.read() as connection:
        if asked.after is not None:
            filters = asked.chosen(user, standing=False)
            feed = reading.feed(connection, asked.after, asked.limit, filters)
            found = listed_as_worked(connection, now_ms, feed)
        else:
            found = worked(
                connection,
                now_ms,
                asked.limit,
                asked.chosen(user, standing=True),
                asked.work(),
                order=asked.order,
                offset=asked.offset,
                before_seq=asked.before,
            )
    last = found[-1].listed.feed_seq if found else 0
    paged = asked.order == "changed" and asked.after is None
    return answer(
        {
            "alerts": [alert_told(one) for one in found],
            "after": last or (asked.after or 0),
            "before": last if paged else 0,
        }
    )


@ROUTES.get(
    "/counts",
    summary="汇总 Counts by rule, severity and status",
    response_model=shapes.Counts,
    responses=documented(),
)
def counted(ledger: OpenLedger, user: Viewer, asked: Annotated[AlertFilters, Query()]) -> Response:
    """How many alerts the filters leave, and what they amount to."""
    with ledger.read() as connection:
        counts = reading.counts(connection, asked.chosen(user, standing=False))
    return answer({"counts": [count_told(count) for count in counts]})


@ROUTES.get(
    "/{alert_id}",
    summary="一条预警 One alert",
    response_model=shapes.WholeAlert,
    responses=documented(404),
)
def one(ledger: OpenLedger, now_ms: NowMs, user: Viewer, alert_id: AlertId) -> Response:
    """With the work on it and its notes."""
    with ledger.read() as connection:
        seen = _seen(connection, user, now_ms, alert_id)
        written = notes.notes_of(connection, alert_id)
    return answer({**alert_told(seen), "notes": [note_told(note) for note in written]})


@ROUTES.get(
    "/{alert_id}/journal",
    summary="操作记录 Its entries in the journal",
    response_model=shapes.Journal,
    responses=documented(404),
)
def journal(ledger: OpenLedger, user: Auditor, alert_id: AlertId) -> Response:
    """Everything that happened to an alert, oldest first."""
    with ledger.read() as connection:
        seen_alert(connection, user, alert_id)
        entries = reading.history_of(connection, alert_id)
    return answer({"entries": [entry_told(entry) for entry in entries]})


@ROUTES.post(
    "/{alert_id}/take",
    summary="领取 Take it",
    response_model=shapes.WorkShape,
    responses=documented(404, 409),
)
def take(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, alert_id: AlertId, body: shapes.Seen
) -> Response:
    """Take an alert, also from somebody else, if that is what the actor saw."""
    return _worked(ledger, work.take, user, now_ms, alert_id, body.version)


@ROUTES.post(
    "/{alert_id}/release",
    summary="退回 Give it back",
    response_model=shapes.WorkShape,
    responses=documented(404, 409),
)
def release(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, alert_id: AlertId, body: shapes.Seen
) -> Response:
    """Give an alert back."""
    return _worked(ledger, work.release, user, now_ms, alert_id, body.version)


@ROUTES.post(
    "/{alert_id}/confirm",
    summary="确认 Confirm it with a cause",
    response_model=shapes.WorkShape,
    responses=documented(404, 409),
)
def confirm(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Supervisor,
    alert_id: AlertId,
    body: shapes.ConfirmAlert,
) -> Response:
    """Confirm an alert with a cause of the national list."""
    return _worked(
        ledger,
        work.confirm,
        user,
        now_ms,
        alert_id,
        body.version,
        body.cause,
        amount_taken(body.amount_confirmed),
        amount_taken(body.amount_recovered),
    )


@ROUTES.post(
    "/{alert_id}/dismiss",
    summary="排除 Dismiss it with a reason",
    response_model=shapes.WorkShape,
    responses=documented(404, 409),
)
def dismiss(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, alert_id: AlertId, body: shapes.DismissIt
) -> Response:
    """Dismiss an alert."""
    return _worked(ledger, work.dismiss, user, now_ms, alert_id, body.version, body.reason)


@ROUTES.post(
    "/{alert_id}/reopen",
    summary="撤回认定 Take the verdict back",
    response_model=shapes.WorkShape,
    responses=documented(404, 409),
)
def reopen(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, alert_id: AlertId, body: shapes.Seen
) -> Response:
    """Take a verdict back; that it was given stays in the journal."""
    return _worked(ledger, work.reopen, user, now_ms, alert_id, body.version)


@ROUTES.post(
    "/{alert_id}/notes",
    summary="备注 Write a note",
    status_code=201,
    response_model=shapes.NoteShape,
    responses=documented(404),
)
def note(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, alert_id: AlertId, body: shapes.NewNote
) -> Response:
    """Write a note on an alert."""
    with ledger.begin() as connection:
        written = notes.note_alert(connection, user, now_ms, alert_id, body.text)
    return answer(note_told(written), 201)


@ROUTES.post(
    "/{alert_id}/snooze",
    summary="暂缓 Do not show its rule for its subject until a day",
    status_code=201,
    response_model=shapes.SnoozeShape,
    responses=documented(404),
)
def snooze(
    ledger: OpenLedger, now_ms: NowMs, user: Supervisor, alert_id: AlertId, body: shapes.NewSnooze
) -> Response:
    """Alerts that come meanwhile are kept and counted, and hidden from lists."""
    with ledger.begin() as connection:
        made = snoozes.snooze(connection, user, now_ms, alert_id, body.until, body.reason)
    return answer(snooze_told(made), 201)


@ROUTES.post(
    "/{alert_id}/reveal",
    summary="查看身份 Who a pseudonym stands for",
    response_model=shapes.Person,
    responses=documented(404),
)
def reveal(
    request: Request, now_ms: NowMs, user: Supervisor, alert_id: AlertId, body: shapes.Reveal
) -> Response:
    """Needs a reason, and leaves an entry in the journal."""
    gate = gate_of(request)
    if not gate.limits.hit(EXPORTS, user.name):
        raise RefusedError(429, "查看过于频繁，请稍后再试", "found too many persons; wait a minute")
    with gate.ledger.begin() as connection:
        person = revealing.reveal(connection, user, now_ms, alert_id, body.pseudonym, body.reason)
    return answer(person)


def _worked(
    ledger: Ledger, act: Callable[..., Work], user: User, now_ms: int, *given: Any
) -> Response:
    with ledger.begin() as connection:
        done = act(connection, user, now_ms, *given)
    return answer(work_told(done))


def _seen(connection: Connection, user: User, now_ms: int, alert_id: str) -> Worked:
    listed = seen_alert(connection, user, alert_id)
    return listed_as_worked(connection, now_ms, [listed])[0]

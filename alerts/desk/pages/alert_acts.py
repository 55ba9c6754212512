"""What a supervisor does with one alert: its forms, each a step in the ledger and its journal."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection
from starlette.datastructures import FormData

from alerts.access.dependencies import NowMs, Supervisor, Viewer
from alerts.access.gate import RefusedError
from alerts.access.users import User
from alerts.cases import case as cases
from alerts.cases import notes, opening, snoozes, work
from alerts.cases.refusals import wrong
from alerts.cases.revealing import reveal
from alerts.desk.pages.acting import amount, form_of, onward, text, texts, told, version, writing
from alerts.desk.pages.alert_pages import AlertPage

Form = Annotated[FormData, Depends(form_of)]
Act = Callable[[Connection, User, int, str, FormData], str]
"""Does what a form asks; returns where to go on, empty for the alert's page."""


def make_acts(page: AlertPage) -> APIRouter:
    """The routes of the forms on an alert's page."""
    router = APIRouter(include_in_schema=False)
    ledger = page.ledger

    @router.post("/alerts/{alert_id}/reveal")
    def show_person(
        request: Request, user: Supervisor, now: NowMs, alert_id: str, form: Form
    ) -> Response:
        try:
            with writing(ledger) as connection:
                hidden, reason = text(form, "pseudonym"), text(form, "reason")
                found = reveal(connection, user, now, alert_id, hidden, reason)
        except RefusedError as refused:
            return _refused(request, user, alert_id, refused)
        return page.show(request, user, alert_id, revealed=found)

    @router.post("/alerts/{alert_id}/{name}")
    def act(
        request: Request, user: Supervisor, now: NowMs, alert_id: str, name: str, form: Form
    ) -> Response:
        try:
            if name not in _ACTS:
                raise wrong("没有这个操作", f"found no act {name[:40]!r}")
            with writing(ledger) as connection:
                where = _ACTS[name](connection, user, now, alert_id, form)
        except RefusedError as refused:
            return _refused(request, user, alert_id, refused)
        return onward(where or f"/alerts/{alert_id}", name)

    @router.get("/alerts/{alert_id}/version")
    def state(user: Viewer, alert_id: str) -> JSONResponse:
        with ledger.read() as connection:
            seen = work.seen_alert(connection, user, alert_id)
            now = work.works(connection, (alert_id,))[alert_id]
        return JSONResponse(
            {"version": f"{seen.alert.revision}.{now.version}", "by": now.changed_by}
        )

    def _refused(request: Request, user: User, alert_id: str, refused: RefusedError) -> Response:
        """The page as it is now, with why nothing was done."""
        if refused.status not in {409, 422}:
            raise refused
        return page.show(
            request,
            user,
            alert_id,
            refused.status,
            problem=told(request, refused),
            conflict=refused.status == 409,
        )

    return router


def _take(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    work.take(connection, by, now, alert_id, version(form))
    return ""


def _release(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    work.release(connection, by, now, alert_id, version(form))
    return ""


def _note(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    notes.note_alert(connection, by, now, alert_id, text(form, "text"))
    return ""


def _confirm(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    sums = (amount(form, "amount_confirmed"), amount(form, "amount_recovered"))
    work.confirm(connection, by, now, alert_id, version(form), text(form, "cause"), *sums)
    return ""


def _dismiss(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    work.dismiss(connection, by, now, alert_id, version(form), text(form, "reason"))
    return ""


def _reopen(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    work.reopen(connection, by, now, alert_id, version(form))
    return ""


def _snooze(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    snoozes.snooze(connection, by, now, alert_id, text(form, "until"), text(form, "reason"))
    return ""


def _wake(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    work.seen_alert(connection, by, alert_id)
    snoozes.end_snooze(connection, by, now, text(form, "snooze_id"))
    return ""


def _open(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    found = opening.open_case(
        connection, by, now, [alert_id, *texts(form, "with")], title=text(form, "title")
    )
    return f"/cases/{found.case_id}"


def _join(connection: Connection, by: User, now: int, alert_id: str, form: FormData) -> str:
    case_id = text(form, "case_id")
    case = cases.get(connection, by, case_id)
    opening.add_alerts(connection, by, now, case_id, case.version, [alert_id])
    return f"/cases/{case_id}"


_ACTS: Final[Mapping[str, Act]] = {
    "take": _take,
    "release": _release,
    "note": _note,
    "confirm": _confirm,
    "dismiss": _dismiss,
    "reopen": _reopen,
    "snooze": _snooze,
    "wake": _wake,
    "open": _open,
    "join": _join,
}

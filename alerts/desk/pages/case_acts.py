"""What a supervisor does with cases: the forms of the case pages, and the package."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.datastructures import FormData

from alerts.access.dependencies import Auditor, NowMs, Supervisor
from alerts.access.gate import RefusedError
from alerts.access.users import User
from alerts.cases import case as cases
from alerts.cases import clocks, deciding, notes, opening, snoozes, tips
from alerts.cases.case import AUTHORITIES, Authority, Source
from alerts.cases.packaging import package
from alerts.cases.periods import Calendar
from alerts.cases.refusals import wrong
from alerts.cases.workbook import workbook
from alerts.desk.pages.acting import amount, form_of, onward, text, texts, told, version, writing
from alerts.desk.pages.case_pages import CasePage

Form = Annotated[FormData, Depends(form_of)]
Act = Callable[[Connection, User, int, str, FormData, Calendar], object]
Item = TypeVar("Item")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_INDENTED: Final = msgspec.json.Encoder(decimal_format="number")


def make_case_acts(page: CasePage) -> APIRouter:
    """The routes of the forms."""
    router = APIRouter(include_in_schema=False)
    ledger = page.ledger

    @router.post("/cases")
    def open_empty(request: Request, user: Supervisor, now: NowMs, form: Form) -> Response:
        try:
            with writing(ledger) as connection:
                source = _among(text(form, "source"), _SOURCES)
                case = opening.open_case(
                    connection,
                    user,
                    now,
                    (),
                    title=text(form, "title"),
                    source=source,
                    area=text(form, "area"),
                )
        except RefusedError as refused:
            return _refused(request, user, "", refused)
        return onward(f"/cases/{case.case_id}", "open")

    @router.post("/tips")
    def take_tip(request: Request, user: Supervisor, now: NowMs, form: Form) -> Response:
        try:
            with writing(ledger) as connection:
                tip = tips.take_tip(
                    connection,
                    user,
                    now,
                    kind=_among(text(form, "kind"), tuple(tips.KINDS)),
                    text=text(form, "text"),
                    about=text(form, "about"),
                    area=text(form, "area"),
                    channel=_among(text(form, "channel"), tuple(tips.CHANNELS)),
                )
        except RefusedError as refused:
            return _refused(request, user, "", refused)
        return onward("/cases", "tip" if tip else "")

    @router.post("/tips/{tip_id}/open")
    def of_tip(request: Request, user: Supervisor, now: NowMs, tip_id: str, form: Form) -> Response:
        try:
            with writing(ledger) as connection:
                _, case = tips.open_from_tip(connection, user, now, tip_id)
        except RefusedError as refused:
            return _refused(request, user, "", refused)
        return onward(f"/cases/{case.case_id}", "open" if form is not None else "")

    @router.post("/snoozes/{snooze_id}/end")
    def wake(
        request: Request, user: Supervisor, now: NowMs, snooze_id: str, form: Form
    ) -> Response:
        try:
            with writing(ledger) as connection:
                snoozes.end_snooze(connection, user, now, snooze_id)
        except RefusedError as refused:
            return _refused(request, user, "", refused)
        return onward("/cases", "wake" if form is not None else "")

    @router.post("/cases/{case_id}/package.{form_name}")
    def packed(user: Auditor, now: NowMs, case_id: str, form_name: str) -> Response:
        if form_name not in {"json", "xlsx"}:
            raise RefusedError(404, "没有这种格式", "found no such format")
        with writing(ledger) as connection:
            packed = package(connection, user, now, case_id, page.calendar)
        name = f'attachment; filename="case-{packed["case"]["case_id"]}.{form_name}"'
        if form_name == "xlsx":
            body, kind = workbook(packed), _XLSX
        else:
            body = msgspec.json.format(_INDENTED.encode(packed), indent=2)
            kind = "application/json"
        return Response(body, media_type=kind, headers={"Content-Disposition": name})

    @router.post("/cases/{case_id}/{name}")
    def act(
        request: Request, user: Supervisor, now: NowMs, case_id: str, name: str, form: Form
    ) -> Response:
        try:
            if name not in _ACTS:
                raise wrong("没有这个操作", f"found no act {name[:40]!r}")
            with writing(ledger) as connection:
                _ACTS[name](connection, user, now, case_id, form, page.calendar)
        except RefusedError as refused:
            return _refused(request, user, case_id, refused)
        return onward(f"/cases/{case_id}", name)

    def _refused(request: Request, user: User, case_id: str, refused: RefusedError) -> Response:
        if refused.status not in {409, 422}:
            raise refused
        problem, conflict = told(request, refused), refused.status == 409
        if not case_id:
            return page.everything(
                request, user, refused.status, problem=problem, conflict=conflict
            )
        return page.one(request, user, case_id, refused.status, problem=problem, conflict=conflict)

    return router


_SOURCES: Final[tuple[Source, ...]] = ("INSPECTION", "TRANSFER", "ASSIGNED", "COMPLAINT", "MONITOR")


def _among(value: object, known: tuple[Item, ...]) -> Item:
    for one in known:
        if one == value:
            return one
    raise wrong("请选择", f"found {str(value)[:40]!r}, expected one of {known}")


def _take(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    opening.take_case(c, by, now, case_id, version(form))


def _rename(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    opening.rename(c, by, now, case_id, version(form), text(form, "title"))


def _note(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    notes.note_case(c, by, now, case_id, text(form, "text"))


def _add(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    opening.add_alerts(c, by, now, case_id, version(form), texts(form, "alert"))


def _remove(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    opening.remove_alert(c, by, now, case_id, version(form), text(form, "alert"))


def _confirm(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    deciding.confirm_case(
        c,
        by,
        now,
        case_id,
        version(form),
        text(form, "cause"),
        amount_confirmed=amount(form, "amount_confirmed"),
        amount_recovered=amount(form, "amount_recovered"),
        conduct_ended=text(form, "conduct_ended"),
    )


def _dismiss(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    deciding.dismiss_case(c, by, now, case_id, version(form), text(form, "reason"))


def _amounts(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    deciding.set_amounts(
        c,
        by,
        now,
        case_id,
        version(form),
        amount_confirmed=amount(form, "amount_confirmed"),
        amount_recovered=amount(form, "amount_recovered"),
    )


def _hand(
    c: Connection, by: User, now: int, case_id: str, form: FormData, calendar: Calendar
) -> None:
    to: Authority = _among(text(form, "to"), tuple(AUTHORITIES))
    deciding.hand_over(
        c,
        by,
        now,
        case_id,
        version(form),
        to=to,
        recipient=text(form, "recipient"),
        officers=texts(form, "officer"),
        calendar=calendar,
        cause=text(form, "cause"),
    )


def _file(
    c: Connection, by: User, now: int, case_id: str, form: FormData, calendar: Calendar
) -> None:
    officers = texts(form, "officer")
    deciding.file_case(c, by, now, case_id, version(form), calendar=calendar, officers=officers)


def _close(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    deciding.close_case(c, by, now, case_id, version(form), text(form, "outcome"))


def _start(
    c: Connection, by: User, now: int, case_id: str, form: FormData, calendar: Calendar
) -> None:
    cases.get(c, by, case_id)
    period, started = text(form, "period"), text(form, "started")
    clocks.start(c, by, now, case_id, period, calendar, started)


def _extend(
    c: Connection, by: User, now: int, case_id: str, form: FormData, calendar: Calendar
) -> None:
    clocks.extend(c, by, now, case_id, text(form, "period"), calendar, text(form, "reason"))


def _meet(c: Connection, by: User, now: int, case_id: str, form: FormData, _: Calendar) -> None:
    clocks.meet(c, by, now, case_id, text(form, "period"))


_ACTS: Final[Mapping[str, Act]] = {
    "take": _take,
    "rename": _rename,
    "note": _note,
    "add": _add,
    "remove": _remove,
    "confirm": _confirm,
    "dismiss": _dismiss,
    "amounts": _amounts,
    "hand": _hand,
    "file": _file,
    "close": _close,
    "start": _start,
    "extend": _extend,
    "meet": _meet,
}

"""`/v1/cases`: lists, one case, a new one, its journal and its package."""

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
from alerts.cases import case as cases
from alerts.cases import clocks, notes, opening
from alerts.cases.listing import listed_as_worked
from alerts.cases.packaging import amounts_of, package
from alerts.cases.tips import tips_of_case
from alerts.cases.workbook import workbook
from alerts.desk.api import shapes
from alerts.desk.api.answers import answer, documented
from alerts.desk.api.filtering import CaseQuery
from alerts.desk.api.telling import (
    alert_told,
    case_told,
    clock_told,
    entry_told,
    note_told,
    tip_told,
)
from alerts.desk.world import Known
from alerts.ledger import reading

ROUTES: Final = APIRouter(prefix="/v1/cases", tags=["cases"])
CaseId = Annotated[str, Path(max_length=64, pattern=r"^[^\x00]+$")]
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@ROUTES.get(
    "",
    summary="案件列表 Cases, filtered",
    response_model=shapes.CasePage,
    responses=documented(),
)
def listed(ledger: OpenLedger, user: Viewer, asked: Annotated[CaseQuery, Query()]) -> Response:
    """The cases that a user may see, last changed first."""
    filters = asked.chosen()
    with ledger.read() as connection:
        found = cases.listing(connection, user, asked.limit, filters, offset=asked.offset)
        total = cases.count(connection, user, filters)
    return answer({"cases": [case_told(case) for case in found], "total": total})


@ROUTES.post(
    "",
    summary="立项 Open a case",
    status_code=201,
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def opened(ledger: OpenLedger, now_ms: NowMs, user: Supervisor, body: shapes.NewCase) -> Response:
    """Of alerts that are in no other case, or an empty one in an area."""
    with ledger.begin() as connection:
        case = opening.open_case(
            connection,
            user,
            now_ms,
            body.alert_ids,
            title=body.title,
            source=body.source,
            party=body.party,
            area=body.area,
        )
    return answer(case_told(case), 201)


@ROUTES.get(
    "/{case_id}",
    summary="一个案件 One case",
    response_model=shapes.WholeCase,
    responses=documented(404),
)
def one(ledger: OpenLedger, now_ms: NowMs, user: Viewer, world: Known, case_id: CaseId) -> Response:
    """With its alerts, clocks, notes and tips."""
    with ledger.read() as connection:
        case = cases.get(connection, user, case_id)
        found = listed_as_worked(connection, now_ms, cases.alerts_of(connection, case_id))
        running = clocks.of_case(connection, case_id)
        written = notes.notes_of(connection, case_id)
        tips = tips_of_case(connection, case_id)
    done = {one.work.alert_id: one.work for one in found}
    return answer(
        {
            **case_told(case),
            "amounts": amounts_of(case, [one.listed for one in found], done),
            "alerts": [alert_told(one) for one in found],
            "clocks": [clock_told(clock, now_ms, world.calendar) for clock in running],
            "notes": [note_told(note) for note in written],
            "tips": [tip_told(tip) for tip in tips],
        }
    )


@ROUTES.get(
    "/{case_id}/journal",
    summary="操作记录 Its entries in the journal",
    response_model=shapes.Journal,
    responses=documented(404),
)
def journal(ledger: OpenLedger, user: Auditor, case_id: CaseId) -> Response:
    """Everything that happened to a case, oldest first."""
    with ledger.read() as connection:
        cases.get(connection, user, case_id)
        entries = reading.history_of(connection, case_id)
    return answer({"entries": [entry_told(entry) for entry in entries]})


@ROUTES.get(
    "/{case_id}/package",
    summary="案件包 The package, as JSON",
    response_model=dict[str, Any],
    responses=documented(404),
)
def packed(
    request: Request, now_ms: NowMs, user: Auditor, world: Known, case_id: CaseId
) -> Response:
    """All that whoever takes the case over needs; that it was made stands in the journal."""
    return answer(_package(request, now_ms, user, world, case_id))


@ROUTES.get(
    "/{case_id}/package.xlsx",
    summary="案件包 The package, as an Excel workbook",
    response_class=Response,
    responses={**documented(404), 200: {"content": {_EXCEL: {}}, "description": "A workbook"}},
)
def packed_as_workbook(
    request: Request, now_ms: NowMs, user: Auditor, world: Known, case_id: CaseId
) -> Response:
    """The same in sheets; text in it is never a formula."""
    made = workbook(_package(request, now_ms, user, world, case_id))
    name = f'attachment; filename="case-{case_id}.xlsx"'
    return Response(made, media_type=_EXCEL, headers={"Content-Disposition": name})


def _package(
    request: Request, now_ms: int, user: User, world: Known, case_id: str
) -> dict[str, Any]:
    gate = gate_of(request)
    if not gate.limits.hit(EXPORTS, user.name):
        raise RefusedError(
            429, "导出过于频繁，请稍后再试", "found too many packages; wait a minute"
        )
    with gate.ledger.begin() as connection:
        return _made(connection, user, now_ms, world, case_id)


def _made(
    connection: Connection, user: User, now_ms: int, world: Known, case_id: str
) -> dict[str, Any]:
    return package(connection, user, now_ms, case_id, world.calendar)

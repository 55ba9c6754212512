"""The pages of cases: the list with what is due, one case with its alerts, clocks and story."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from msgspec import Struct
from sqlalchemy import Connection

from alerts.access.dependencies import Viewer
from alerts.access.users import User
from alerts.cases import case as cases
from alerts.cases import clocks, tips
from alerts.cases.case import AUTHORITIES, SOURCES, Case, CaseFilters, Status
from alerts.cases.clocks import Clock, today
from alerts.cases.notes import notes_of
from alerts.cases.packaging import amounts_of, cause_of
from alerts.cases.periods import Calendar, periods, working_days_left
from alerts.cases.snoozes import active
from alerts.cases.work import works
from alerts.desk.pages.acting import choices, done_text
from alerts.desk.pages.feed_pages import reader_of
from alerts.desk.pages.listing import Row, rows_of_case, rows_of_subject
from alerts.desk.pages.rendering import Renderer, language_in
from alerts.desk.pages.revising import deeds
from alerts.desk.pages.wording import Words, words
from alerts.ledger import Ledger
from alerts.ledger.reading import history_of

_PILES: Final[Mapping[str, tuple[Status, ...]]] = {
    "": ("open", "handed_over", "filed"),
    "mine": ("open", "handed_over", "filed"),
    "closed": ("closed", "dismissed"),
    "all": (),
}
_PAGE: Final = 50
_MOST_PAGES: Final = 2000
_SOON: Final = 3


class Due(Struct, frozen=True):
    """A clock as the page tells it; `left` are working days, negative where it is late."""

    clock: Clock
    name: str
    left: int
    tone: str
    may_extend: bool


class CasePage:
    """Shows cases; clocks are counted by `calendar`."""

    def __init__(self, ledger: Ledger, renderer: Renderer, calendar: Calendar) -> None:
        self.ledger = ledger
        self.calendar = calendar
        self._renderer = renderer

    def everything(
        self, request: Request, user: User, status: int = 200, **more: Any
    ) -> HTMLResponse:
        """The list, with tips and snoozes."""
        spoken = words(language_in(request))
        query = request.query_params
        pile = query.get("pile", "") if query.get("pile", "") in _PILES else ""
        filters = CaseFilters(
            statuses=_PILES[pile],
            taken_by=user.name if pile == "mine" else "",
            text=query.get("text", "").strip()[:100],
        )
        number = query.get("page", "1")
        at = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1
        at = max(1, min(at, _MOST_PAGES))
        now = self._renderer.clock()
        with self.ledger.read() as connection:
            found = cases.listing(connection, user, _PAGE, filters, offset=(at - 1) * _PAGE)
            values = {
                "cases": [
                    (case, self.dues(connection, case.case_id, spoken, running=True)[:1])
                    for case in found
                ],
                "count": cases.count(connection, user, filters),
                "tips": tips.tips(connection, user, 50),
                "snoozes": active(connection, user, now, 100),
            }
        values |= {
            "pile": pile,
            "piles": list(_PILES),
            "text": filters.text,
            "at": at,
            "pages": max(1, -(-int(str(values["count"])) // _PAGE)),
            "sources": named(SOURCES, spoken),
            "kinds": named(tips.KINDS, spoken),
            "channels": named(tips.CHANNELS, spoken),
            "problem": "",
            "conflict": False,
            "done": done_text(request, spoken),
        }
        return self._renderer.page(request, "cases.html", values | more, status)

    def one(
        self, request: Request, user: User, case_id: str, status: int = 200, **more: Any
    ) -> HTMLResponse:
        """One case. Raises RefusedError where there is none to see."""
        spoken = words(language_in(request))
        with self.ledger.read() as connection:
            case = cases.get(connection, user, case_id)
            values = self._values(connection, request, user, case, spoken)
        values |= {"problem": "", "conflict": False, "done": done_text(request, spoken)} | more
        return self._renderer.page(request, "case.html", values, status)

    def dues(
        self, connection: Connection, case_id: str, spoken: Words, *, running: bool = False
    ) -> list[Due]:
        """The clocks of a case, the next to end first."""
        found = [
            self._due(clock, spoken)
            for clock in clocks.of_case(connection, case_id)
            if not (running and clock.met)
        ]
        return sorted(found, key=lambda due: (bool(due.clock.met), due.clock.due))

    def _due(self, clock: Clock, spoken: Words) -> Due:
        period = periods()[clock.period]
        now = today(self._renderer.clock())
        left = working_days_left(now, date.fromisoformat(clock.due), self.calendar)
        tone = "late" if left < 0 else "soon" if left <= _SOON else ""
        return Due(
            clock,
            getattr(period, spoken.language),
            left,
            "" if clock.met else tone,
            clock.extensions < len(period.extensions),
        )

    def _values(
        self, connection: Connection, request: Request, user: User, case: Case, spoken: Words
    ) -> dict[str, Any]:
        reader = reader_of(request, user)
        rows = rows_of_case(connection, case.case_id, reader)
        found = cases.alerts_of(connection, case.case_id)
        done = works(connection, [listed.alert.alert_id for listed in found])
        return {
            "case": case,
            "rows": rows,
            "hidden": len(found) - len(rows),
            "amounts": amounts_of(case, found, done),
            "dues": self.dues(connection, case.case_id, spoken),
            "notes": notes_of(connection, case.case_id),
            "tips": tips.tips_of_case(connection, case.case_id),
            "deeds": deeds(history_of(connection, case.case_id), spoken),
            "more_alerts": _related(connection, rows, reader),
            "choices": choices(spoken.language),
            "cause": cause_of(case.cause)[spoken.language],
            "authorities": named(AUTHORITIES, spoken),
            "periods": {code: getattr(one, spoken.language) for code, one in periods().items()},
            "sources": named(SOURCES, spoken),
            "kinds": named(tips.KINDS, spoken),
            "over": case.status in {"closed", "dismissed"},
            "today": today(self._renderer.clock()),
        }


def make_cases(page: CasePage) -> APIRouter:
    """The routes that read."""
    router = APIRouter(include_in_schema=False)

    @router.get("/cases")
    def everything(request: Request, user: Viewer) -> HTMLResponse:
        return page.everything(request, user)

    @router.get("/cases/{case_id}")
    def one(request: Request, user: Viewer, case_id: str) -> HTMLResponse:
        return page.one(request, user, case_id)

    return router


def named(names: Mapping[Any, tuple[str, str]], spoken: Words) -> dict[str, str]:
    """The names of codes in the reader's language."""
    at = 0 if spoken.language == "zh" else 1
    return {str(code): pair[at] for code, pair in names.items()}


def _related(connection: Connection, rows: list[Row], reader: Any) -> list[Row]:
    """Alerts of the subjects of a case that are in none."""
    related: dict[str, Row] = {}
    for subject in {row.alert.subject: row.alert for row in rows}.values():
        for other in rows_of_subject(connection, subject, reader):
            if not other.case_id:
                related.setdefault(other.alert.alert_id, other)
    return list(related.values())[:30]

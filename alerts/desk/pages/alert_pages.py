"""The page of one alert: what happened, why it matters, what was done."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from alerts.access.dependencies import Viewer
from alerts.access.gate import RefusedError
from alerts.access.users import User
from alerts.alert import Alert
from alerts.cases import case as cases
from alerts.cases.case import CaseFilters, Status
from alerts.cases.clocks import today
from alerts.cases.notes import notes_of
from alerts.cases.packaging import cause_of
from alerts.cases.snoozes import active as active_snoozes
from alerts.cases.work import works
from alerts.desk.pages.acting import choices, done_text
from alerts.desk.pages.evidence import evidence_of
from alerts.desk.pages.explaining import explanation_of
from alerts.desk.pages.feed_pages import reader_of
from alerts.desk.pages.grounds import grounds_of, used_by
from alerts.desk.pages.listing import Reader, Row, row_of, rows_of_subject
from alerts.desk.pages.rendering import Renderer, language_in
from alerts.desk.pages.revising import deeds, revisions
from alerts.desk.pages.timeline import Moment, timeline
from alerts.desk.pages.wording import Words, words
from alerts.ledger import Ledger, archive
from alerts.ledger.reading import history_of
from events.kinds import Event
from events.times import epoch
from rules.packs import Policy
from rules.rule import Meta

_GOING_ON: Final[tuple[Status, ...]] = ("open", "handed_over", "filed")
_PSEUDONYM: Final = re.compile(r"P-[0-9a-f]{16}")


class AlertPage:
    """Shows one alert; `rules` are the metadata by id, `policy` gives the packs in use."""

    def __init__(
        self,
        ledger: Ledger,
        renderer: Renderer,
        rules: Mapping[str, Meta],
        policy: Callable[[], Policy],
    ) -> None:
        self.ledger = ledger
        self._renderer = renderer
        self._rules = rules
        self._policy = policy

    def show(
        self, request: Request, user: User, alert_id: str, status: int = 200, **more: Any
    ) -> HTMLResponse:
        """The page, with what else the template is to know. Raises RefusedError for no alert."""
        spoken = words(language_in(request))
        reader = reader_of(request, user)
        with self.ledger.read() as connection:
            row = row_of(connection, alert_id, reader)
            if row is None:
                raise no_alert()
            values = self._values(connection, row, reader, spoken)
            values |= self._working(connection, row, user, spoken)
        values |= {
            "problem": "",
            "conflict": False,
            "revealed": None,
            "done": done_text(request, spoken),
        } | more
        return self._renderer.page(request, "alert.html", values, status)

    def _values(
        self, connection: Connection, row: Row, reader: Reader, spoken: Words
    ) -> dict[str, Any]:
        alert = row.alert
        meta = self._rules.get(alert.rule_id)
        entries = history_of(connection, alert.alert_id)
        moments, away = self._moments(connection, alert, spoken)
        clauses, law = grounds_of(tuple(dict.fromkeys([*alert.clauses, *alert.law])), spoken)
        return {
            "row": row,
            "alert": alert,
            "look_at": "" if meta is None else getattr(meta.look_at, spoken.language),
            "model": explanation_of(alert, spoken),
            "moments": moments,
            "archive_away": away,
            "missing": len(set(alert.event_ids)) - len(moments),
            "clauses": clauses,
            "law": law,
            "assumed": self._assumed(alert, spoken),
            "used": used_by(alert, meta, self._policy(), spoken),
            "evidence": evidence_of(alert, spoken),
            "others": rows_of_subject(connection, alert, reader),
            "revisions": revisions(entries, spoken),
            "deeds": deeds(entries, spoken),
        }

    def _working(
        self, connection: Connection, row: Row, user: User, spoken: Words
    ) -> dict[str, Any]:
        """What the forms need: the work as it stands, and what can be chosen."""
        alert = row.alert
        now = self._renderer.clock()
        open_cases = cases.listing(connection, user, 50, CaseFilters(statuses=_GOING_ON))
        return {
            "work": works(connection, (alert.alert_id,))[alert.alert_id],
            "notes": notes_of(connection, alert.alert_id),
            "choices": choices(spoken.language),
            "cause_of": cause_of,
            "open_cases": open_cases,
            "snoozes": [
                one
                for one in active_snoozes(connection, user, now)
                if (one.rule_id, one.subject, one.area)
                == (alert.rule_id, alert.subject, alert.area)
            ],
            "today": today(now),
            "persons": _persons(alert),
        }

    def _assumed(self, alert: Alert, spoken: Words) -> list[str]:
        known = self._policy().parameters()
        return [
            getattr(known[path], spoken.language) if path in known else path
            for path in alert.assumed
        ]

    def _moments(
        self, connection: Connection, alert: Alert, spoken: Words
    ) -> tuple[list[Moment], bool]:
        """The timeline, and whether the archive could not be read."""
        try:
            events = events_of(connection, alert)
        except (SQLAlchemyError, ValueError, OSError):
            return [], True
        away = not events and archive.extent(connection).events == 0
        return timeline(events, self._renderer.reference, spoken), away


def _persons(alert: Alert) -> list[str]:
    """The pseudonyms that an alert names, its subject first."""
    named = [alert.subject]
    for value in alert.evidence.values():
        named += value if isinstance(value, (list, tuple)) else [value]
    return list(dict.fromkeys(name for name in named if _PSEUDONYM.fullmatch(str(name))))


def make_alerts(page: AlertPage) -> APIRouter:
    """The routes that read."""
    router = APIRouter(include_in_schema=False)

    @router.get("/alerts/{alert_id}")
    def alert(request: Request, user: Viewer, alert_id: str) -> HTMLResponse:
        return page.show(request, user, alert_id)

    return router


def events_of(connection: Connection, alert: Alert) -> list[Event]:
    """The events of an alert that the archive has."""
    ids: Iterable[str] = dict.fromkeys(alert.event_ids)
    since, until = epoch(alert.first_event_time), epoch(alert.last_event_time) + 1
    return [kept.event for kept in archive.find(connection, list(ids), since, until)]


def no_alert() -> RefusedError:
    """For an alert that is not, or not in the reader's areas: both look the same."""
    return RefusedError(404, "没有这条预警，或不在您的地区", "found no such alert in your areas")

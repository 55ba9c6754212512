"""The routes of the live feed: the page at `/`, its list alone, and the stream of changes."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from msgspec import structs
from sqlalchemy import Connection

from alerts.access.dependencies import Viewer, gate_of
from alerts.access.gate import COOKIE
from alerts.access.sessions import find as find_session
from alerts.access.users import User
from alerts.access.users import find as find_user
from alerts.desk.pages.charting import chart_of
from alerts.desk.pages.counting import slots, waiting
from alerts.desk.pages.filtering import HANDLINGS, View, view_of
from alerts.desk.pages.listing import Page, Reader, areas_of, page_of
from alerts.desk.pages.places import area_name
from alerts.desk.pages.rendering import Renderer, language_in, money
from alerts.desk.pages.streaming import Messages, Pulse, Told, stream
from alerts.desk.pages.wording import Language, words
from alerts.ledger import Ledger
from alerts.ledger.journal import head_of
from events.money import yuan
from rules.rule import Meta

_NO_CACHE: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_SUMMARY_MS: Final = 2000
_CHECK_MS: Final = 3000
_MOST_SUMMARIES: Final = 200


class Summaries:
    """The counters and the chart as text, reckoned at most every two seconds for equal readers."""

    def __init__(self, ledger: Ledger, renderer: Renderer) -> None:
        self._ledger = ledger
        self._renderer = renderer
        self._known: dict[tuple[object, ...], tuple[int, str]] = {}

    def text(self, reader: Reader, view: View, language: Language) -> str:
        """The summary that a reader sees, as HTML."""
        key = (reader.areas, view.within, language)
        known = self._known.get(key)
        if known is not None and 0 <= reader.now_ms - known[0] < _SUMMARY_MS:
            return known[1]
        with self._ledger.read() as connection:
            values = summary_of(connection, reader, view)
        text = self._renderer.text("_summary.html", language, **values)
        if len(self._known) >= _MOST_SUMMARIES:
            self._known.clear()
        self._known[key] = (reader.now_ms, text)
        return text


def make_feed(
    ledger: Ledger,
    renderer: Renderer,
    rules: Iterable[Meta],
    sent: Callable[[float], None] | None = None,
) -> APIRouter:
    """The routes over a ledger; `rules` are those that run, to filter by.

    `sent` is told how old in seconds the news is that goes out.
    """
    router = APIRouter(include_in_schema=False)
    summaries = Summaries(ledger, renderer)
    named = sorted(rules, key=lambda meta: meta.id)
    messages = Messages(ledger, lambda row, language: renderer.text("_row.html", language, row=row))
    # It belongs to the loop that serves, which does not run yet.
    pulses: list[Pulse] = []

    @router.get("/")
    def feed(request: Request, user: Viewer, after: str = "") -> HTMLResponse:
        view = view_of(request.query_params)
        language = language_in(request)
        reader = reader_of(request, user)
        with ledger.read() as connection:
            values = _list_values(connection, renderer, view, reader, after, language)
            values |= summary_of(connection, reader, view)
            values["areas"] = areas_of(connection, reader)
        values["families"] = list(dict.fromkeys([*(meta.family for meta in named), "anomaly"]))
        values["rules_by_family"] = _by_family(named, language)
        for name in ("least", "most"):
            amount = getattr(view, name)
            values[name] = "" if amount is None else f"{yuan(amount).normalize():f}"
        return renderer.page(request, "feed.html", values)

    @router.get("/feed/list")
    def only_list(request: Request, user: Viewer, after: str = "") -> HTMLResponse:
        view = view_of(request.query_params)
        language = language_in(request)
        with ledger.read() as connection:
            values = _list_values(
                connection, renderer, view, reader_of(request, user), after, language
            )
        return HTMLResponse(renderer.text("_list.html", language, **values))

    @router.get("/feed/stream")
    async def changes(
        request: Request,
        user: Viewer,
        after: Annotated[int, Query(ge=0)] = 0,
        last_event_id: Annotated[str, Header()] = "",
    ) -> StreamingResponse:
        if not pulses:
            pulses.append(Pulse(ledger))
        begin = int(last_event_id) if _is_number(last_event_id) else after
        view, language = view_of(request.query_params), language_in(request)

        checked = [gate_of(request).clock()]

        def who() -> Reader | None:
            now = gate_of(request).clock()
            if now - checked[0] >= _CHECK_MS:
                # Gone, or with other areas: the browser loads the page anew and is told.
                if _still(request, user) != user:
                    return None
                checked[0] = now
            return reader_of(request, user)

        def told(begin: int, reader: Reader) -> Told:
            return messages.after(begin, view, reader, language)

        def summary() -> str:
            return summaries.text(reader_of(request, user), view, language)

        sending = stream(pulses[0], begin, who, told, summary, sent)
        return StreamingResponse(sending, media_type="text/event-stream", headers=_NO_CACHE)

    return router


def reader_of(request: Request, user: User) -> Reader:
    """Who reads, by their areas, now."""
    return Reader(user.name, user.areas, gate_of(request).clock())


def summary_of(connection: Connection, reader: Reader, view: View) -> dict[str, Any]:
    """What the summary shows."""
    return {
        "waiting": waiting(connection, reader),
        "chart": chart_of(slots(connection, reader, view.within)),
        "within": view.within,
    }


def _still(request: Request, user: User) -> User | None:
    """The user as they are now, while their session lasts; a stream is long."""
    gate = gate_of(request)
    cookie = request.cookies.get(COOKIE, "")
    with gate.ledger.read() as connection:
        if cookie:
            session = find_session(connection, cookie, gate.clock())
            return None if session is None else session.user
        known = find_user(connection, user.name)
        return known if known is not None and known.active else None


def _list_values(
    connection: Connection,
    renderer: Renderer,
    view: View,
    reader: Reader,
    after: str,
    language: Language,
) -> dict[str, Any]:
    # The place in the journal is read first: what comes meanwhile comes by the stream.
    seq = head_of(connection).seq
    page: Page = page_of(connection, view, reader, after)
    onward = urlencode({"after": page.onward})
    return {
        "view": view,
        "page": page,
        "seq": seq,
        "piles": [(pile, _address(structs.replace(view, handling=pile))) for pile in HANDLINGS],
        "chips": list(_chips(renderer, view, language)),
        "clear": _address(View(handling=view.handling, order=view.order)),
        "onward": f"/?{view.query}&{onward}" if view.query else f"/?{onward}",
    }


def _address(view: View) -> str:
    return f"/?{view.query}" if view.query else "/"


def _chips(renderer: Renderer, view: View, language: Language) -> Iterable[tuple[str, str]]:
    """The filters that are set, and where the page is without each."""
    spoken = words(language)
    groups = {"severities": "severity", "families": "family", "statuses": "status"}
    for field, group in groups.items():
        for value in getattr(view, field):
            yield spoken.of(group, value), _address(view.without(field, value))
    for code in view.areas:
        yield area_name(renderer.reference, code), _address(view.without("areas", code))
    for rule in view.rules:
        yield rule, _address(view.without("rules", rule))
    for name in ("least", "most"):
        amount = getattr(view, name)
        if amount is not None:
            yield spoken(f"chip.{name}", amount=money(yuan(amount))), _address(view.without(name))
    for name in ("text", "subject"):
        if value := getattr(view, name):
            yield spoken(f"chip.{name}", **{name: value}), _address(view.without(name))
    if view.within:
        yield spoken(f"within.{view.within}"), _address(view.without("within"))


def _by_family(
    rules: Iterable[Meta], language: Language
) -> list[tuple[str, list[tuple[str, str]]]]:
    grouped: dict[str, list[tuple[str, str]]] = {}
    for meta in rules:
        grouped.setdefault(meta.family, []).append((meta.id, getattr(meta.name, language)))
    return list(grouped.items())


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19

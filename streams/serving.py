"""The embedded run over HTTP: the live page, events in, metrics and health out."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import uvicorn
from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, StreamingResponse
from fastapi.templating import Jinja2Templates
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware

import alerts.feed
from alerts.alert import Alert
from alerts.ledger import Ledger, reading
from events.codec import MAX_BYTES
from events.money import yuan
from events.readers import Read, read_line, split_lines
from rules.clauses import citation
from streams.monitor import Monitor
from streams.prechecks.routing import precheck_routes

_PAGE: Final = Path(alerts.feed.__file__).parent
_LOOPBACK: Final = ["127.0.0.1", "localhost", "[::1]"]
_SHOWN: Final = 200
_STEP: Final = 500
_PAUSE: Final = 0.5
_MOST_BODY: Final = 64 * MAX_BYTES
_ASSETS: Final = {"page.css": "text/css", "page.js": "text/javascript"}
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def make_app(monitor: Monitor, listen: str) -> FastAPI:
    """The application over a monitor.

    It has no users yet: it is meant for the loopback interface, where it answers to the names of
    this machine only and to no other site's pages.
    """
    app = FastAPI(title="fundwatch", docs_url=None, redoc_url=None)
    host = listen.rpartition(":")[0] or _LOOPBACK[0]
    if host in _LOOPBACK:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK)
    ledger = monitor.ledger
    templates = Jinja2Templates(directory=_PAGE)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Any) -> Response:
        origin = request.headers.get("origin")
        if origin and origin.partition("://")[2] != request.headers.get("host"):
            response: Response = JSONResponse(
                {"error": "found a request from another site's page; call from here or by program"},
                status_code=403,
            )
        else:
            response = await call_next(request)
        response.headers.update(_HEADERS)
        return response

    @app.get("/", response_class=HTMLResponse)
    def page(request: Request) -> Response:
        shown, after = _newest(ledger)
        return templates.TemplateResponse(
            request,
            "page.html",
            {"alerts": [told(alert) for alert in shown], "totals": _totals(ledger), "after": after},
        )

    @app.get("/assets/{name}")
    def asset(name: str) -> Response:
        if name not in _ASSETS:
            return JSONResponse({"error": f"no asset {name!r}"}, status_code=404)
        return FileResponse(_PAGE / name, media_type=_ASSETS[name])

    @app.get("/v1/feed")
    async def feed(
        request: Request,
        after: Annotated[int, Query(ge=0)] = 0,
        last_event_id: Annotated[str, Header()] = "",
    ) -> StreamingResponse:
        begin = int(last_event_id) if last_event_id.isdigit() else after
        return StreamingResponse(
            _sent(monitor, begin, request), media_type="text/event-stream", headers=_NO_CACHE
        )

    @app.get("/v1/alerts")
    def listed(
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> JSONResponse:
        found = _read(ledger, after, limit)
        return JSONResponse(
            {
                "alerts": [{"seq": seen.feed_seq, **told(seen.alert)} for seen in found],
                "after": found[-1].feed_seq if found else after,
            }
        )

    @app.post("/v1/events")
    async def take(request: Request) -> JSONResponse:
        arrived = time.perf_counter()
        body = await request.body()
        if len(body) > _MOST_BODY:
            return JSONResponse(
                {"error": f"{len(body)} bytes; send at most {_MOST_BODY} at once"}, status_code=413
            )
        return await run_in_threadpool(_taken, monitor, body, arrived)

    app.include_router(precheck_routes(monitor, lambda: "loopback"))

    @app.get("/metrics")
    def metrics() -> Response:
        monitor.metrics.remembered(monitor.sizes())
        return Response(monitor.metrics.text(), media_type="text/plain; version=0.0.4")

    @app.get("/health")
    def health() -> JSONResponse:
        return JSONResponse({"status": "ok", "rules": len(monitor.engine.rules)})

    return app


_NO_CACHE: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def _taken(monitor: Monitor, body: bytes, arrived: float) -> JSONResponse:
    reads: list[Read] = [
        read_line(line, "http", position)
        for position, line in split_lines([body])
        if line and not line.isspace()
    ]
    taken = monitor.take(reads, arrived=arrived)
    return JSONResponse(
        {
            "events": taken.events,
            "alerts": [alert.alert_id for alert in taken.alerts],
            "refused": [
                {
                    "line": letter.position,
                    "reason": letter.reason,
                    "field": letter.field,
                    "found": letter.found,
                    "expected": letter.expected,
                }
                for letter in taken.refused
            ],
        }
    )


async def _sent(monitor: Monitor, after: int, request: Request) -> AsyncIterator[bytes]:
    """Server-sent events: each change of an alert with its place in the ledger as id."""
    ledger = monitor.ledger
    follows = False
    while not await request.is_disconnected():
        found = await run_in_threadpool(_read, ledger, after, _STEP)
        for seen in found:
            after = seen.feed_seq
            yield _event("alert", told(seen.alert), after)
            if follows:
                monitor.metrics.sent(time.time() - seen.changed_ms / 1000)
        follows = follows or not found
        if found:
            yield _event("totals", await run_in_threadpool(_totals, ledger))
        else:
            yield b": waiting\n\n"
            await asyncio.sleep(_PAUSE)


def _event(name: str, data: Mapping[str, Any], seq: int | None = None) -> bytes:
    place = "" if seq is None else f"id: {seq}\n"
    return f"{place}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _read(ledger: Ledger, after: int, limit: int) -> list[reading.Listed]:
    with ledger.read() as connection:
        return reading.feed(connection, after, limit)


def _newest(ledger: Ledger) -> tuple[list[Alert], int]:
    with ledger.read() as connection:
        shown = reading.listing(connection, _SHOWN)
        return [seen.alert for seen in shown], reading.feed_end(connection)


class Totals(NamedTuple):
    """The alert table in four numbers; `amount` is the money in breach that is open, yuan."""

    open: int
    withdrawn: int
    grave: int
    amount: Decimal


def totals_of(counts: Iterable[reading.Count]) -> Totals:
    """Add up the counts of a ledger."""
    counted = list(counts)
    standing = [count for count in counted if count.status == "open"]
    return Totals(
        sum(count.alerts for count in standing),
        sum(count.alerts for count in counted if count.status == "withdrawn"),
        sum(count.alerts for count in standing if count.sev_deg == 1),
        yuan(sum(count.amount for count in standing)),
    )


def _totals(ledger: Ledger) -> dict[str, str]:
    with ledger.read() as connection:
        totals = totals_of(reading.counts(connection))
    return {
        "open": f"{totals.open:,}",
        "withdrawn": f"{totals.withdrawn:,}",
        "grave": f"{totals.grave:,}",
        "amount": f"{totals.amount:,}",
    }


def told(alert: Alert) -> dict[str, Any]:
    """What the page shows of an alert."""
    return {
        "alert_id": alert.alert_id,
        "rule_id": alert.rule_id,
        "family": alert.family,
        "sev_deg": alert.sev_deg,
        "status": alert.status,
        "name_zh": alert.name_zh,
        "name_en": alert.name_en,
        "message_zh": alert.message_zh,
        "message_en": alert.message_en,
        "clauses": list(alert.clauses),
        "cites": list(dict.fromkeys(citation(name) for name in alert.clauses)),
        "subject": alert.subject,
        "area": alert.area,
        "amount": f"{alert.amount:,}",
        "last_event_time": alert.last_event_time.strftime("%Y-%m-%d %H:%M:%S"),
        "revision": alert.revision,
    }


class Server:
    """The application served from a thread, for as long as the run lasts."""

    def __init__(self, app: FastAPI, listen: str) -> None:
        host, _, port = listen.rpartition(":")
        config = uvicorn.Config(
            app, host=host or "127.0.0.1", port=int(port), log_level="warning", access_log=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    def __enter__(self) -> "Server":
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.02)
        if not self._server.started:
            raise OSError(f"cannot listen on {self._server.config.host}:{self._server.config.port}")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(5)

    @property
    def address(self) -> str:
        """Where the page is."""
        socket = self._server.servers[0].sockets[0]
        host, port = socket.getsockname()[:2]
        return f"http://{host}:{port}/"

"""The embedded run over HTTP: the desk, and what only a run with a monitor has beside it."""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from alerts.access.dependencies import Sender
from alerts.cases.periods import read_calendar
from alerts.desk.application import make_desk
from alerts.desk.world import World
from alerts.prechecks.callers import counter_name
from events.codec import MAX_BYTES
from events.readers import Read, read_line, split_lines
from rules.engine import Engine
from streams.identity import oidc_of
from streams.monitor import Monitor
from streams.prechecks.routing import precheck_routes
from streams.settings import Settings

_SWITCH_SECONDS: Final = 0.0001
_MOST_BODY: Final = 64 * MAX_BYTES


def make_app(
    monitor: Monitor, listen: str, settings: Settings, reference: Path | None = None
) -> FastAPI:
    """The desk over a monitor's ledger, with events in and metrics out.

    `reference` is the folder whose calendar the periods of cases are counted in.
    """
    return make_desk(
        monitor.ledger,
        listen,
        public_url=settings.public_url,
        oidc=oidc_of(settings),
        world=world_of(monitor.engine, reference),
        routers=(
            _event_routes(monitor),
            precheck_routes(monitor, counter_name),
            metric_routes(lambda: _metrics(monitor)),
        ),
        health=lambda: {"rules": len(monitor.engine.rules)},
        sent=monitor.metrics.sent,
    )


def world_of(engine: Engine, reference: Path | None) -> World:
    """What the desk explains an engine's alerts by; `reference` is the folder it was made from."""
    context = engine.context
    rules = tuple(rule.meta for rule in engine.rules)
    return World(context.reference, lambda: engine.context.policy, rules, read_calendar(reference))


def _event_routes(monitor: Monitor) -> APIRouter:
    router = APIRouter(tags=["events"])

    @router.post(
        "/v1/events",
        summary="报送事件 Send events, one JSON object a line",
        response_class=JSONResponse,
    )
    async def take(request: Request, _: Sender) -> JSONResponse:
        arrived = time.perf_counter()
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BODY:
                told = f"found more than {_MOST_BODY} bytes, expected at most that at once"
                return JSONResponse({"error": told, "error_zh": "内容过大"}, status_code=413)
        return await run_in_threadpool(_taken, monitor, body, arrived)

    return router


def metric_routes(text: Callable[[], bytes]) -> APIRouter:
    """`/metrics`, as Prometheus reads it; no token is asked for, nothing there is about anybody."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(text(), media_type="text/plain; version=0.0.4")

    return router


def _metrics(monitor: Monitor) -> bytes:
    monitor.metrics.remembered(monitor.sizes())
    return monitor.metrics.text()


def _taken(monitor: Monitor, body: bytes, arrived: float) -> JSONResponse:
    reads: list[Read] = [
        read_line(line, "http", position)
        for position, line in split_lines([body])
        if line and not line.isspace()
    ]
    taken = monitor.take(reads, arrived=arrived)
    refused: list[dict[str, Any]] = [
        {
            "line": letter.position,
            "reason": letter.reason,
            "field": letter.field,
            "found": letter.found,
            "expected": letter.expected,
        }
        for letter in taken.refused
    ]
    alerts = [alert.alert_id for alert in taken.alerts]
    return JSONResponse({"events": taken.events, "alerts": alerts, "refused": refused})


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
        # A batch must not keep the loop waiting for five milliseconds each time it wakes.
        sys.setswitchinterval(_SWITCH_SECONDS)
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

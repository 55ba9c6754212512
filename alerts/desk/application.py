"""Puts the desk together: the door, the login, the API, the pages and whatever a run adds."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

import alerts.access.links
from alerts.access.gate import Clock, Gate, RefusedError
from alerts.access.guard import Guard, refusal
from alerts.access.limiting import Limits
from alerts.access.oidc import OidcSettings, Provider
from alerts.access.oidc_routes import make_oidc_routes
from alerts.access.presenting import wants_page
from alerts.access.routes import make_routes
from alerts.desk import live
from alerts.desk.api import (
    alert_routes,
    case_routes,
    case_steps,
    desk_routes,
    user_routes,
    webhook_routes,
)
from alerts.desk.pages.application import make_pages
from alerts.desk.world import World
from alerts.ledger import Ledger
from alerts.webhooks.delivering import Deliverer

SENDING: Final = frozenset({"/v1/events", "/v1/prechecks", "/v1/prechecks/feedback"})
"""Where a token for sending may POST to."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")

Health = Callable[[], Mapping[str, Any]]
Sent = Callable[[float], None]


def make_desk(
    ledger: Ledger,
    listen: str,
    *,
    public_url: str = "",
    clock: Clock | None = None,
    routers: Sequence[APIRouter] = (),
    world: World | None = None,
    oidc: OidcSettings | None = None,
    health: Health | None = None,
    sent: Sent | None = None,
) -> FastAPI:
    """The application over a ledger.

    `listen` is its host:port: on the loopback interface it answers to the names of this machine
    only. `public_url` is where browsers find it, if that is elsewhere. `clock` is the wall time,
    epoch ms. `world` is what alerts are explained by, `oidc` an identity provider. `routers` are
    what a runtime adds; `health` what it says of itself; `sent` is told, for every alert that the
    live feed sends, how many seconds before it was written. While it is served, it also sends what
    webhooks wait for.
    """

    @asynccontextmanager
    async def serving(_: FastAPI) -> AsyncIterator[None]:
        deliverer = Deliverer(ledger, gate.clock)
        deliverer.start()
        yield
        await run_in_threadpool(deliverer.stop)

    known = world or World()
    app = FastAPI(
        lifespan=serving,
        title="fundwatch",
        version="1",
        summary="基金监管工作台 The supervisors' desk",
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    gate = Gate(
        ledger=ledger,
        clock=clock or _wall_ms,
        limits=Limits(),
        secure=public_url.startswith("https://"),
        sending=SENDING,
    )
    app.state.gate = gate
    app.state.world = known
    app.state.health = health or (dict)
    app.add_middleware(Guard, gate=gate)
    if not public_url and host_of(listen) in LOOPBACK:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK))
    pages = make_pages(ledger, known, gate.clock, sent)

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)
        if wants_page(request):
            return pages.entrance.problem(request, error)
        return refusal(error)

    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _failed)
    app.include_router(make_routes(pages.entrance, oidc=oidc is not None))
    if oidc is not None:
        app.include_router(make_oidc_routes(Provider(oidc)))
    for router in pages.routers:
        app.include_router(router)
    app.include_router(live.make_routes(gate, sent))
    for routes in (alert_routes, case_routes, case_steps, desk_routes, user_routes, webhook_routes):
        app.include_router(routes.ROUTES)
    for router in routers:
        app.include_router(router)

    @app.get("/health", tags=["health"], summary="状态 Whether it is well")
    def healthy() -> dict[str, Any]:
        return {"status": "ok", **(health() if health is not None else {})}

    return app


def first_link(ledger: Ledger, address: str, now_ms: int) -> str:
    """The link by which the first administrator comes in; empty where there is one already."""
    with ledger.begin() as connection:
        secret = alerts.access.links.first(connection, now_ms)
    return f"{address.rstrip('/')}/first/{secret}" if secret else ""


def host_of(listen: str) -> str:
    """The host of host:port; the loopback where none is named."""
    return listen.rpartition(":")[0] or LOOPBACK[0]


def _wall_ms() -> int:
    return int(time.time() * 1000)


def _failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse(
        {"error": str(error.detail), "error_zh": _ZH.get(error.status_code, "请求无法处理")},
        status_code=error.status_code,
        headers=error.headers,
    )


_ZH: Final = {404: "没有找到", 405: "不支持该方法"}


def _invalid(_: Request, error: Exception) -> Response:
    """What is wrong with a request, without repeating it: it may hold what nobody may read."""
    assert isinstance(error, RequestValidationError)
    told = "; ".join(
        f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
        for found in error.errors()
    )
    return JSONResponse({"error": told, "error_zh": "请求内容不符合要求"}, status_code=422)

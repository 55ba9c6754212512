"""The routes by which one gets in and out: /login, /logout, /first/{secret}."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from alerts.access import links, logins
from alerts.access.dependencies import Viewer, caller_of, gate_of
from alerts.access.gate import COOKIE, Gate, RefusedError
from alerts.access.guard import refusal
from alerts.access.presenting import Presenter, wants_page
from alerts.access.sessions import LONGEST_MS

_MOST_NAME: Final = 200
_MOST_PASSWORD: Final = 1000


def make_routes(presenter: Presenter, *, oidc: bool = False) -> APIRouter:
    """The routes, with the pages that a presenter shows; programs that want JSON get JSON."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    def login_page(request: Request, onward: Annotated[str, Query()] = "/") -> Response:
        if caller_of(request) is not None:
            return RedirectResponse(inside(onward), status_code=303)
        return presenter.login(request, inside(onward), None, oidc)

    @router.post("/login")
    def login(
        request: Request,
        name: Annotated[str, Form(max_length=_MOST_NAME)],
        password: Annotated[str, Form(max_length=_MOST_PASSWORD)],
        onward: Annotated[str, Form()] = "/",
    ) -> Response:
        gate = gate_of(request)
        try:
            secret = logins.by_password(gate, name, password, address_of(request))
        except RefusedError as refused:
            if wants_page(request):
                return presenter.login(request, inside(onward), refused, oidc)
            return refusal(refused)
        return entered(gate, secret, onward)

    @router.post("/logout")
    def logout(request: Request, user: Viewer) -> Response:
        gate = gate_of(request)
        logins.end(gate, user, request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=gate.secure)
        return response

    @router.get("/first/{secret}")
    def link_page(request: Request, secret: str) -> Response:
        gate = gate_of(request)
        with gate.ledger.read() as connection:
            link = links.look(connection, secret, gate.clock())
        return presenter.link(request, link, None)

    @router.post("/first/{secret}")
    def use_link(
        request: Request,
        secret: str,
        password: Annotated[str, Form(max_length=_MOST_PASSWORD)],
        name: Annotated[str, Form(max_length=_MOST_NAME)] = "",
    ) -> Response:
        gate = gate_of(request)
        try:
            cookie = logins.by_link(gate, secret, name, password, address_of(request))
        except RefusedError as refused:
            if not wants_page(request):
                return refusal(refused)
            with gate.ledger.read() as connection:
                link = links.look(connection, secret, gate.clock())
            return presenter.link(request, link, refused)
        return entered(gate, cookie, "/")

    return router


def entered(gate: Gate, secret: str, onward: str) -> Response:
    """On to where somebody wanted to go, with the cookie of their new session."""
    response = RedirectResponse(inside(onward), status_code=303)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=LONGEST_MS // 1000,
        httponly=True,
        # Strict would lose the cookie on the way back from an identity provider.
        samesite="lax",
        secure=gate.secure,
    )
    return response


def inside(onward: str) -> str:
    """A path of this application; anything that leads elsewhere becomes the first page."""
    parts = urlsplit(onward)
    clean = onward.startswith("/") and not onward.startswith(("//", "/\\"))
    whole = clean and onward.isprintable() and not parts.scheme and not parts.netloc
    return onward if whole and "\\" not in onward else "/"


def address_of(request: Request) -> str:
    """Where a request came from."""
    return request.client.host if request.client else "?"

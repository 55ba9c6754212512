"""The administrator's page: users with role and areas, links to come in by, tokens of programs."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection
from starlette.datastructures import FormData

from alerts.access import links, tokens, users
from alerts.access.dependencies import Administrator, NowMs
from alerts.access.gate import RefusedError
from alerts.access.roles import ROLES, Role
from alerts.access.users import AccessError, User
from alerts.desk.pages.acting import done_text, form_of, onward, text, told, writing
from alerts.desk.pages.rendering import Renderer, language_in
from alerts.desk.pages.wording import words
from alerts.ledger import Ledger

Form = Annotated[FormData, Depends(form_of)]
_SCOPES: Final[tuple[tokens.Scope, ...]] = ("send", "api")


def make_users(ledger: Ledger, renderer: Renderer) -> APIRouter:
    """The routes; what is secret is shown in the answer that made it and never again."""
    router = APIRouter(include_in_schema=False)

    def shown(request: Request, status: int = 200, **more: Any) -> HTMLResponse:
        with ledger.read() as connection:
            values: dict[str, Any] = {
                "users": users.everyone(connection),
                "tokens": [one for one in tokens.listed(connection) if not one.revoked_ms],
            }
        values |= {
            "roles": ROLES,
            "scopes": _SCOPES,
            "problem": "",
            "conflict": False,
            "link": "",
            "secret": "",
            "done": done_text(request, words(language_in(request))),
        }
        return renderer.page(request, "users.html", values | more, status)

    def acted(request: Request, act: Callable[[Connection], Any]) -> tuple[Any, Response | None]:
        """What an act gave, or the page with why it was not done."""
        try:
            with writing(ledger) as connection:
                return act(connection), None
        except AccessError as error:
            return None, shown(request, 422, problem=str(error))
        except RefusedError as refused:
            return None, shown(request, refused.status, problem=told(request, refused))

    @router.get("/users")
    def everyone(request: Request, _: Administrator) -> HTMLResponse:
        return shown(request)

    @router.post("/users")
    def add(request: Request, by: Administrator, now: NowMs, form: Form) -> Response:
        def act(connection: Connection) -> str:
            user = User(text(form, "name").strip(), _role(form), _areas(form))
            users.add(connection, user, now, by.name)
            return links.for_password(connection, user.name, now, by.name)

        secret, refused = acted(request, act)
        return refused or shown(request, link=_link(request, secret))

    @router.post("/users/{name}")
    def change(request: Request, by: Administrator, now: NowMs, name: str, form: Form) -> Response:
        def act(connection: Connection) -> None:
            users.change(
                connection,
                name,
                now,
                by.name,
                role=_role(form),
                areas=_areas(form),
                active=text(form, "active") == "1",
            )

        _, refused = acted(request, act)
        return refused or onward("/users", "user")

    @router.post("/users/{name}/link")
    def link(request: Request, by: Administrator, now: NowMs, name: str, _: Form) -> Response:
        secret, refused = acted(request, lambda c: links.for_password(c, name, now, by.name))
        return refused or shown(request, link=_link(request, secret))

    @router.post("/tokens")
    def token(request: Request, by: Administrator, now: NowMs, form: Form) -> Response:
        scope: tokens.Scope = "api" if text(form, "scope") == "api" else "send"

        def act(connection: Connection) -> str:
            purpose = text(form, "purpose").strip()[:200]
            _, secret = tokens.make(
                connection, text(form, "user"), purpose, now, by.name, scope=scope
            )
            return secret

        secret, refused = acted(request, act)
        return refused or shown(request, secret=secret)

    @router.post("/tokens/{token_id}/revoke")
    def revoke(request: Request, by: Administrator, now: NowMs, token_id: str, _: Form) -> Response:
        _, refused = acted(request, lambda c: tokens.revoke(c, token_id, now, by.name))
        return refused or onward("/users", "revoke")

    return router


def _role(form: FormData) -> Role:
    asked = text(form, "role")
    for role in ROLES:
        if role == asked:
            return role
    raise AccessError(f"found the role {asked[:40]!r}, expected one of {', '.join(ROLES)}")


def _areas(form: FormData) -> tuple[str, ...]:
    return tuple(text(form, "areas").replace("，", " ").replace(",", " ").split())


def _link(request: Request, secret: str) -> str:
    return f"{str(request.base_url).rstrip('/')}/first/{secret}"

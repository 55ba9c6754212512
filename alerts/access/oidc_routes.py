"""The routes of OpenID Connect: /oidc/begin and /oidc/back."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from alerts.access import logins, oidc
from alerts.access.dependencies import gate_of
from alerts.access.oidc import FLOW_MS, Provider
from alerts.access.routes import address_of, entered, inside

_COOKIE: Final = "fundwatch_oidc"


def make_oidc_routes(provider: Provider) -> APIRouter:
    """Out to the provider and back; refusals are shown as those of any route."""
    router = APIRouter(include_in_schema=False)

    @router.get("/oidc/begin")
    def out(request: Request, onward: Annotated[str, Query(max_length=2000)] = "/") -> Response:
        gate = gate_of(request)
        logins.limit(gate, f"oidc from {address_of(request)}", address_of(request))
        where, state = oidc.begin(gate, provider, inside(onward))
        response = RedirectResponse(where, status_code=303)
        response.set_cookie(
            _COOKIE,
            state,
            max_age=FLOW_MS // 1000,
            path="/oidc",
            httponly=True,
            # The provider sends the browser back from its own site.
            samesite="lax",
            secure=gate.secure,
        )
        return response

    @router.get("/oidc/back")
    def back(
        request: Request,
        state: Annotated[str, Query(max_length=200)] = "",
        code: Annotated[str, Query(max_length=4000)] = "",
    ) -> Response:
        gate = gate_of(request)
        bound = request.cookies.get(_COOKIE, "")
        user, onward = oidc.finish(gate, provider, state, code, bound)
        cookie = logins.begin(gate, user, address_of(request), "oidc")
        response = entered(gate, cookie, onward)
        response.delete_cookie(_COOKIE, path="/oidc")
        return response

    return router

"""What the pages must be by which one gets in; `alerts.desk.pages` has them."""

from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from alerts.access.gate import RefusedError
from alerts.access.links import Link


class Presenter(Protocol):
    """Shows the pages by which one gets in. The forms post the fields named here."""

    def login(
        self, request: Request, onward: str, problem: RefusedError | None, oidc: bool
    ) -> Response:
        """The login page: POST /login with `name`, `password`, `onward`.

        `oidc` says whether there is an identity provider, by GET /oidc/begin?onward=...
        """

    def link(self, request: Request, link: Link | None, problem: RefusedError | None) -> Response:
        """The page of a one-time link: POST to itself with `password`, and with `name` where the
        link names no user. `link` is None where it does not hold any more."""


def wants_page(request: Request) -> bool:
    """Whether who asks is a person at a browser, not a program."""
    return "text/html" in request.headers.get("accept", "")

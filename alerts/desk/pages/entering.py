"""The pages by which one gets in, and the page for what is refused."""

from fastapi import Request
from fastapi.responses import Response

from alerts.access.gate import RefusedError
from alerts.access.links import Link
from alerts.desk.pages.rendering import Renderer, language_in


class Entrance:
    """Shows them in the reader's language; a `Presenter` of `alerts.access`."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def login(
        self, request: Request, onward: str, problem: RefusedError | None, oidc: bool
    ) -> Response:
        """The login page."""
        values = {"onward": onward, "oidc": oidc, "problem": _told(request, problem)}
        return self._renderer.page(request, "login.html", values, _status(problem))

    def link(self, request: Request, link: Link | None, problem: RefusedError | None) -> Response:
        """The page of a one-time link, or that it does not hold any more."""
        if link is None:
            gone = problem or RefusedError(
                410,
                "该链接已使用或已失效，请向管理员另取一个",
                "found a link that was used or has expired; ask an administrator for another",
            )
            return self.problem(request, gone)
        values = {"link": link, "problem": _told(request, problem)}
        return self._renderer.page(request, "link.html", values, _status(problem))

    def problem(self, request: Request, problem: RefusedError) -> Response:
        """A page that says why something is not served."""
        values = {"problem": _told(request, problem), "status": problem.status}
        return self._renderer.page(request, "refused.html", values, problem.status)


def _told(request: Request, problem: RefusedError | None) -> str:
    if problem is None:
        return ""
    return problem.zh if language_in(request) == "zh" else problem.en


def _status(problem: RefusedError | None) -> int:
    return 200 if problem is None else problem.status

"""The plain login pages; a desk with pages of its own gives `make_desk` another presenter."""

from html import escape
from typing import Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

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


class Plain:
    """Pages without style, for a desk without others."""

    def login(
        self, request: Request, onward: str, problem: RefusedError | None, oidc: bool
    ) -> Response:
        """A form with name and password."""
        del request
        provider = (
            f'<p><a href="/oidc/begin?onward={escape(onward)}">统一身份认证 Single sign-on</a></p>'
            if oidc
            else ""
        )
        form = (
            '<form method="post" action="/login">'
            f'<input type="hidden" name="onward" value="{escape(onward)}">'
            '<p><label>用户名 Name <input name="name" autocomplete="username" required autofocus>'
            "</label></p>" + _PASSWORD + '<p><button type="submit">登录 Log in</button></p></form>'
        )
        return _page("登录 Log in", form + provider, problem)

    def link(self, request: Request, link: Link | None, problem: RefusedError | None) -> Response:
        """A form with a password, and a name where the link has none."""
        del request
        if link is None:
            gone = problem or RefusedError(
                410, "该链接已使用或已失效", "found a link that was used or has expired"
            )
            return _page("链接无效 Link gone", "", gone)
        name = (
            f"<p>用户 User: <b>{escape(link.user_name)}</b></p>"
            if link.user_name
            else '<p><label>用户名 Name <input name="name" autocomplete="username" required>'
            "</label></p>"
        )
        button = '<p><button type="submit">保存并登录 Save and log in</button></p>'
        return _page(
            "设置密码 Set a password",
            f'<form method="post">{name}{_PASSWORD_NEW}{button}</form>',
            problem,
        )


_PASSWORD = (
    '<p><label>密码 Password <input name="password" type="password"'
    ' autocomplete="current-password" required></label></p>'
)
_PASSWORD_NEW = (
    '<p><label>密码（至少 10 个字符） Password (10 characters or more) <input name="password"'
    ' type="password" autocomplete="new-password" minlength="10" required></label></p>'
)


def _page(title: str, body: str, problem: RefusedError | None) -> Response:
    told = ""
    if problem is not None:
        told = (
            f'<p role="alert">{escape(problem.zh)} <span lang="en">{escape(problem.en)}</span></p>'
        )
    return HTMLResponse(
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>fundwatch {title}</title></head><body><h1>{title}</h1>"
        f"{told}{body}</body></html>",
        status_code=problem.status if problem else 200,
    )

"""The door of the application: nothing behind it is reached by whom it does not know.

Plain ASGI around everything, so that a route added later is closed by itself and a body that
nobody may send is not even read. What goes out carries the security headers.
"""

from collections.abc import Mapping
from hmac import compare_digest
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.access import sessions, tokens
from alerts.access.gate import COOKIE, Caller, Gate, RefusedError
from alerts.access.limiting import REQUESTS, STRANGERS

OPEN: Final = frozenset({"/login", "/health", "/metrics", "/oidc/begin", "/oidc/back"})
"""Paths without personal data, and those by which one gets in."""
OPEN_BELOW: Final = ("/assets/", "/first/")
CSRF_HEADER: Final = "X-CSRF-Token"
CSRF_FIELD: Final = "csrf_token"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_FORM: Final = 1 << 20
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Stricter ones would make browsers hide where a form comes from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_UNKNOWN: Final = RefusedError(
    401,
    "请先登录，或在 Authorization 中提供有效令牌",
    "found no session or token that holds; log in, or send Authorization: Bearer TOKEN",
)


class Guard:
    """Puts `scope["state"]["caller"]` before the application, or refuses."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        sent = _with_headers(send, scope["path"], self._gate.secure)
        try:
            _readable(scope)
            _same_site(connection.headers)
            receive = await self._admitted(scope, connection, receive)
        except RefusedError as refused:
            await _answer(connection, scope["method"], refused)(scope, receive, sent)
            return
        await self._app(scope, receive, sent)

    async def _admitted(
        self, scope: Scope, connection: HTTPConnection, receive: Receive
    ) -> Receive:
        """The caller put into the scope; returns from where the body is to be read."""
        gate, path = self._gate, scope["path"]
        address = scope["client"][0] if scope.get("client") else "?"
        bearer = _bearer(connection.headers)
        cookie = connection.cookies.get(COOKIE, "")
        caller: Caller | None = None
        if bearer or cookie:
            caller = await run_in_threadpool(_known, gate, bearer, cookie)
        if caller is not None:
            scope.setdefault("state", {})["caller"] = caller
        if path in OPEN or path.startswith(OPEN_BELOW):
            return receive
        if caller is None:
            if (bearer or cookie) and not gate.limits.hit(STRANGERS, address):
                raise _too_often()
            raise _UNKNOWN
        sending = path in gate.sending and scope["method"] == "POST"
        if caller.scope == "send" and not sending:
            raise RefusedError(
                403,
                "该令牌只能用于报送",
                "found a token for sending only, expected one for the API",
            )
        if not sending and not gate.limits.hit(REQUESTS, caller.user.name):
            raise _too_often()
        if caller.by == "session" and scope["method"] not in _SAFE:
            return await _checked(connection.headers, caller, receive)
        return receive


def _known(gate: Gate, bearer: str, cookie: str) -> Caller | None:
    now = gate.clock()
    if bearer:
        with gate.ledger.read() as connection:
            held = tokens.holder(connection, bearer, now)
        if held is None:
            return None
        if held.stale:
            with gate.ledger.begin() as connection:
                tokens.note_use(connection, held.token_id, now)
        return Caller(held.user, "token", held.scope)
    with gate.ledger.read() as connection:
        session = sessions.find(connection, cookie, now)
    if session is None:
        return None
    if session.stale:
        with gate.ledger.begin() as connection:
            sessions.note_use(connection, cookie, now)
    return Caller(session.user, "session", csrf=session.csrf)


def _bearer(headers: Headers) -> str:
    kind, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.casefold() == "bearer" else ""


def _readable(scope: Scope) -> None:
    """Refuse addresses with a NUL, which no database keeps."""
    if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
        raise RefusedError(400, "地址不正确", "found a NUL in the address, expected text")


def _same_site(headers: Headers) -> None:
    """Refuse what another site's page sends with the browser's cookies."""
    origin = headers.get("origin")
    if origin and origin.partition("://")[2] != headers.get("host"):
        raise RefusedError(
            403,
            "拒绝来自其他网站页面的请求",
            "found a request from another site's page; call from here or by program",
        )


async def _checked(headers: Headers, caller: Caller, receive: Receive) -> Receive:
    """Hold a session's request against its CSRF token, in a header or in a form's field."""
    given = headers.get(CSRF_HEADER, "")
    if not given and headers.get("content-type", "").startswith(
        "application/x-www-form-urlencoded"
    ):
        body = await _read(receive)
        given = parse_qs(body.decode(errors="replace")).get(CSRF_FIELD, [""])[0]
        receive = _replayed(body, receive)
    if not _same(given, caller.csrf):
        raise RefusedError(
            403,
            "页面已过期，请刷新后重试",
            f"found no {CSRF_HEADER} of this session; load the page again",
        )
    return receive


def _same(given: str, expected: str) -> bool:
    return compare_digest(given.encode(errors="replace"), expected.encode())


async def _read(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _MOST_FORM:
            raise RefusedError(413, "表单过大", f"found a form of more than {_MOST_FORM} bytes")
    return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_headers(send: Send, path: str, secure: bool) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if secure:
                headers["Strict-Transport-Security"] = "max-age=31536000"
            if not path.startswith("/assets/"):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sent


def _too_often() -> RefusedError:
    return RefusedError(429, "请求过于频繁，请稍后再试", "found too many requests; wait a minute")


def _answer(connection: HTTPConnection, method: str, refused: RefusedError) -> Response:
    """The login page for a person without session, otherwise the refusal as JSON."""
    page = "text/html" in connection.headers.get("accept", "")
    if refused.status == 401 and page and method == "GET":
        url = connection.url
        onward = url.path + (f"?{url.query}" if url.query else "")
        return RedirectResponse(f"/login?onward={quote(onward)}", status_code=303)
    return refusal(refused)


def refusal(refused: RefusedError) -> Response:
    """A refusal as programs read it: `{"error": ..., "error_zh": ...}`."""
    headers = {}
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.status == 429:
        headers["Retry-After"] = "60"
    content = {"error": refused.en, "error_zh": refused.zh, **refused.details}
    return JSONResponse(content, status_code=refused.status, headers=headers)

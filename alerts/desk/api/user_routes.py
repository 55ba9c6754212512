"""`/v1/users` and `/v1/tokens`, for administrators; `/v1/me` and one's own tokens for everybody."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from alerts.access import links, tokens
from alerts.access import users as people
from alerts.access.dependencies import (
    Administrator,
    NowMs,
    OpenLedger,
    Viewer,
    caller_of,
)
from alerts.access.gate import RefusedError
from alerts.access.roles import at_least
from alerts.access.users import AccessError, User
from alerts.cases.refusals import unknown, wrong
from alerts.desk.api import shapes
from alerts.desk.api.answers import answer, documented
from alerts.desk.api.telling import token_told, user_told
from events.times import DAY

ROUTES: Final = APIRouter(prefix="/v1", tags=["users"])
Name = Annotated[str, Path(max_length=64, pattern=r"^[^\x00]+$")]


@ROUTES.get("/me", summary="当前用户 Who asks", response_model=shapes.Me, responses=documented())
def me(request: Request, user: Viewer) -> Response:
    """With the token that changes over a session must carry."""
    caller = caller_of(request)
    csrf = caller.csrf if caller is not None else ""
    return answer({**user_told(user), "csrf_token": csrf})


@ROUTES.get("/users", summary="用户列表 Users", response_model=shapes.Users, responses=documented())
def listed(ledger: OpenLedger, by: Administrator) -> Response:
    """By name, those whose areas an administrator sees whole."""
    with ledger.read() as connection:
        found = people.everyone(connection)
    return answer({"users": [user_told(user) for user in found if by.includes(user)]})


@ROUTES.post(
    "/users",
    summary="新增用户 Add a user",
    status_code=201,
    response_model=shapes.NewUserShape,
    responses=documented(409),
)
def add(ledger: OpenLedger, now_ms: NowMs, by: Administrator, body: shapes.NewUser) -> Response:
    """The answer holds the link by which they set their password, once, within a day."""
    user = User(body.name, body.role, tuple(body.areas))
    _check_grant(by, user)
    try:
        with ledger.begin() as connection:
            if people.find(connection, body.name) is not None:
                raise RefusedError(409, "用户名已存在", "found a user of that name already")
            added = people.add(connection, user, now_ms, by.name)
            secret = links.for_password(connection, body.name, now_ms, by.name)
    except AccessError as error:
        raise _refused(error) from None
    return answer({**user_told(added), "link": f"/first/{secret}"}, 201)


@ROUTES.patch(
    "/users/{name}",
    summary="修改用户 Change what a user may",
    response_model=shapes.UserShape,
    responses=documented(404),
)
def change(
    ledger: OpenLedger, now_ms: NowMs, by: Administrator, name: Name, body: shapes.ChangeUser
) -> Response:
    """Holds from their next request on; shutting somebody out ends their sessions and tokens."""
    try:
        with ledger.begin() as connection:
            before = _known(connection, by, name)
            if body.areas is not None:
                _check_grant(by, User(name, before.role, tuple(body.areas)))
            changed = people.change(
                connection,
                name,
                now_ms,
                by.name,
                role=body.role,
                areas=body.areas,
                active=body.active,
            )
    except AccessError as error:
        raise _refused(error) from None
    return answer(user_told(changed))


@ROUTES.post(
    "/users/{name}/link",
    summary="重设密码链接 A link by which a user sets a new password",
    status_code=201,
    response_model=shapes.Link,
    responses=documented(404),
)
def link(ledger: OpenLedger, now_ms: NowMs, by: Administrator, name: Name) -> Response:
    """Works once, within a day."""
    with ledger.begin() as connection:
        _known(connection, by, name)
        secret = links.for_password(connection, name, now_ms, by.name)
    return answer({"link": f"/first/{secret}"}, 201)


@ROUTES.get(
    "/tokens", summary="令牌列表 Tokens", response_model=shapes.Tokens, responses=documented()
)
def listed_tokens(
    ledger: OpenLedger, user: Viewer, everybody: Annotated[bool, Query()] = False
) -> Response:
    """One's own; an administrator may ask for everybody's."""
    if everybody and not at_least(user.role, "administrator"):
        raise RefusedError(403, "需要“管理员”角色", f"found the role {user.role}")
    with ledger.read() as connection:
        found = tokens.listed(connection, None if everybody else user.name)
        mine = {one.name for one in people.everyone(connection) if user.includes(one)}
    shown = [token for token in found if token.user_name in mine | {user.name}]
    return answer({"tokens": [token_told(token) for token in shown]})


@ROUTES.post(
    "/tokens",
    summary="新建令牌 Make a token",
    status_code=201,
    response_model=shapes.NewTokenShape,
    responses=documented(404),
)
def make(ledger: OpenLedger, now_ms: NowMs, user: Viewer, body: shapes.NewToken) -> Response:
    """Of oneself, or by an administrator of anybody; tokens for sending by administrators only."""
    name = body.user or user.name
    others = name != user.name or body.scope == "send"
    if others and not at_least(user.role, "administrator"):
        raise RefusedError(403, "需要“管理员”角色", f"found the role {user.role}")
    ends = now_ms + body.days * DAY * 1000 if body.days else 0
    with ledger.begin() as connection:
        if name != user.name:
            _known(connection, user, name)
        token, secret = tokens.make(
            connection, name, body.purpose, now_ms, user.name, scope=body.scope, expires_ms=ends
        )
    return answer({**token_told(token), "token": secret}, 201)


@ROUTES.delete(
    "/tokens/{token_id}",
    summary="吊销令牌 Revoke a token",
    status_code=204,
    response_class=Response,
    responses=documented(404),
)
def revoke(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Viewer,
    token_id: Annotated[str, Path(max_length=64, pattern=r"^[^\x00]+$")],
) -> Response:
    """One's own, or by an administrator anybody's; it ends at once."""
    with ledger.begin() as connection:
        held = {one.token_id: one.user_name for one in tokens.listed(connection)}
        holder = held.get(token_id, "")
        if holder != user.name:
            if not at_least(user.role, "administrator"):
                raise unknown(f"token {token_id[:40]!r}")
            _known(connection, user, holder)
        try:
            tokens.revoke(connection, token_id, now_ms, user.name)
        except AccessError:
            raise unknown(f"token {token_id[:40]!r}") from None
    return Response(status_code=204)


def _known(connection: Connection, by: User, name: str) -> User:
    """A user whose areas an administrator sees whole; others are not there for them."""
    found = people.find(connection, name)
    if found is None or not by.includes(found):
        raise unknown(f"user {name[:40]!r}")
    return found


def _check_grant(by: User, user: User) -> None:
    if not by.includes(user):
        raise wrong("不能授予本人不可见的区划", "found areas that you may not see yourself")


def _refused(error: AccessError) -> RefusedError:
    return wrong("用户信息不符合要求", str(error))

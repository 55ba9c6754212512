"""FastAPI dependencies: who asks, what they may, and the ledger.

The guard has let the request in already; here a route says which role it needs. An endpoint takes
`user: Viewer` (or `Auditor`, `Supervisor`, `Administrator`) and has a `User` of at least that role.
"""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from msgspec import structs

from alerts.access.gate import Caller, Gate, RefusedError
from alerts.access.roles import ROLE_NAMES, Role, at_least
from alerts.access.users import User
from alerts.ledger import Ledger
from alerts.ledger.reading import Filters

_BEARER: Final = HTTPBearer(
    auto_error=False, description="A token of `fundwatch users token` or of POST /v1/tokens"
)


def gate_of(request: Request) -> Gate:
    """The gate of the application."""
    gate: Gate = request.app.state.gate
    return gate


def caller_of(request: Request) -> Caller | None:
    """Who asks; None on the open paths, where nobody need be known."""
    caller: Caller | None = getattr(request.state, "caller", None)
    return caller


def require(role: Role) -> Callable[..., User]:
    """A dependency that gives the user where they have at least a role, and refuses otherwise."""

    def user(request: Request, _: Annotated[object, Security(_BEARER)] = None) -> User:
        caller = caller_of(request)
        if caller is None or caller.scope != "api":
            raise RefusedError(401, "请先登录", "found nobody logged in, expected a user")
        if not at_least(caller.user.role, role):
            zh, _en = ROLE_NAMES[role]
            raise RefusedError(
                403,
                f"需要“{zh}”及以上角色",
                f"found the role {caller.user.role}, expected at least {role}",
            )
        return caller.user

    return user


def sender_of(request: Request, _: Annotated[object, Security(_BEARER)] = None) -> User:
    """Whoever may send events: a token for sending, or an administrator."""
    caller = caller_of(request)
    if caller is None:
        raise RefusedError(401, "请先登录", "found no token, expected one for sending")
    if caller.scope != "send" and not at_least(caller.user.role, "administrator"):
        raise RefusedError(
            403,
            "需要报送令牌或“管理员”角色",
            f"found the role {caller.user.role}, expected a token for sending or an administrator",
        )
    return caller.user


def _ledger(request: Request) -> Ledger:
    return gate_of(request).ledger


def _now_ms(request: Request) -> int:
    return gate_of(request).clock()


Viewer = Annotated[User, Depends(require("viewer"))]
Auditor = Annotated[User, Depends(require("auditor"))]
Supervisor = Annotated[User, Depends(require("supervisor"))]
Administrator = Annotated[User, Depends(require("administrator"))]
Sender = Annotated[User, Depends(sender_of)]
OpenLedger = Annotated[Ledger, Depends(_ledger)]
NowMs = Annotated[int, Depends(_now_ms)]


def sender_name(user: Sender) -> str:
    """The name of whoever may send, as a dependency."""
    return user.name


def within(user: User, filters: Filters) -> Filters:
    """The same filters, kept to what a user may see; every list of alerts goes through here."""
    return structs.replace(filters, within=user.areas)

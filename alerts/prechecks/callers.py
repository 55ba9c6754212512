"""Who may ask before a payment: a token for sending, or a supervisor."""

from fastapi import Request

from alerts.access.dependencies import caller_of
from alerts.access.gate import RefusedError
from alerts.access.roles import at_least


async def counter_name(request: Request) -> str:
    """The name of whoever asks. Raises RefusedError for others.

    A coroutine, because FastAPI hands plain functions to a thread, and there and back takes longer
    than the answer.
    """
    caller = caller_of(request)
    if caller is None:
        raise RefusedError(401, "请先登录", "found no token, expected one for sending")
    if caller.scope != "send" and not at_least(caller.user.role, "supervisor"):
        raise RefusedError(
            403,
            "需要报送令牌或“监管员”及以上角色",
            f"found the role {caller.user.role}, expected a token for sending or a supervisor",
        )
    return caller.user.name

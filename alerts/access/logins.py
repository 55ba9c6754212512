"""Logging in and out: what is tried, what becomes of it, and its entry in the journal."""

from sqlalchemy import select

from alerts.access import links, sessions
from alerts.access.gate import Gate, RefusedError
from alerts.access.limiting import LOGINS, NAMED_LOGINS
from alerts.access.passwords import BadPasswordError, matches
from alerts.access.users import AccessError, User, find
from alerts.ledger.access_tables import USERS
from alerts.ledger.journal import Entry, append


def by_password(gate: Gate, name: str, password: str, address: str) -> str:
    """The cookie of a new session. Raises RefusedError: 401 if wrong, 429 if tried too often.

    `address` is where the request came from. A name that is no user's is not put into the journal:
    it may be a password in the wrong field.
    """
    limit(gate, name, address)
    with gate.ledger.read() as connection:
        user = find(connection, name)
        kept = connection.execute(select(USERS.c.password).where(USERS.c.name == name)).scalar()
    right = matches(password, kept or "")
    if user is None or not right or not user.active:
        known = "" if user is None else user.name
        _enter(gate, known or "unknown", "login.failed", {"user": known, "from": address})
        raise RefusedError(401, "用户名或密码不正确", "found a wrong name or password")
    return begin(gate, user, address, "password")


def begin(gate: Gate, user: User, address: str, how: str) -> str:
    """The cookie of a new session for a user who has shown who they are."""
    now = gate.clock()
    with gate.ledger.begin() as connection:
        secret = sessions.begin(connection, user.name, now)
        told = {"user": user.name, "from": address, "by": how}
        append(connection, [Entry(now, user.name, "login.succeeded", "", told)])
    return secret


def end(gate: Gate, user: User, secret: str) -> None:
    """End the session of a cookie."""
    now = gate.clock()
    with gate.ledger.begin() as connection:
        sessions.end(connection, secret)
        append(connection, [Entry(now, user.name, "logout", "", {"user": user.name})])


def by_link(gate: Gate, secret: str, name: str, password: str, address: str) -> str:
    """Use a one-time link up and log in; the cookie. Raises RefusedError with what is wrong."""
    limit(gate, "a link", address)
    try:
        with gate.ledger.begin() as connection:
            user = links.use(connection, secret, name, password, gate.clock())
    except BadPasswordError as error:
        raise RefusedError(422, "密码须为 10 至 256 个字符，且不能过于简单", str(error)) from None
    except AccessError as error:
        with gate.ledger.read() as connection:
            stands = links.look(connection, secret, gate.clock()) is not None
        if stands:
            zh = "用户名已存在，或不符合要求（以文字开头，可含字母、数字、. _ @ -）"
            raise RefusedError(422, zh, str(error)) from None
        raise RefusedError(410, "该链接已使用或已失效", str(error)) from None
    return begin(gate, user, address, "link")


def limit(gate: Gate, name: str, address: str) -> None:
    """Count a try to log in. Raises RefusedError where there were too many."""
    within = gate.limits.hit(LOGINS, address)
    if not (gate.limits.hit(NAMED_LOGINS, name[:200]) and within):
        raise RefusedError(
            429,
            "尝试次数过多，请一分钟后再试",
            "found too many tries to log in; wait a minute",
        )


def _enter(gate: Gate, actor: str, action: str, content: dict[str, str]) -> None:
    with gate.ledger.begin() as connection:
        append(connection, [Entry(gate.clock(), actor, action, "", content)])

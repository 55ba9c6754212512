"""API tokens: shown once, kept as a hash, for all that their user may or for sending only."""

import secrets
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from alerts.access.secret import TOKEN_BEGINNING, kept, new_secret
from alerts.access.users import AccessError, User, find, user_of
from alerts.ledger.access_tables import TOKENS, USERS
from alerts.ledger.journal import Entry, append, lock_head
from alerts.ledger.rows import storable

Scope = Literal["api", "send"]
_SEEN_EVERY_MS: Final = 3_600_000


class Token(Struct, frozen=True):
    """A token without its secret; times epoch ms, 0 for never."""

    token_id: str
    user_name: str
    purpose: str
    scope: Scope
    created_ms: int
    expires_ms: int
    revoked_ms: int
    used_ms: int


_COLUMNS: Final = tuple(TOKENS.c[name] for name in Token.__struct_fields__)


class Holder(Struct, frozen=True):
    """Whose token it is, what for, and whether its use is to be noted again."""

    user: User
    token_id: str
    scope: Scope
    stale: bool


def make(
    connection: Connection,
    user_name: str,
    purpose: str,
    now_ms: int,
    by: str,
    *,
    scope: Scope = "api",
    expires_ms: int = 0,
) -> tuple[Token, str]:
    """A new token and its secret, which is told here and never again. Raises AccessError."""
    head = lock_head(connection)
    if find(connection, user_name) is None:
        raise AccessError(f"found no user {user_name!r}")
    if expires_ms and expires_ms <= now_ms:
        raise AccessError("found an end that has passed, expected one to come")
    token = Token(
        secrets.token_hex(6), user_name, storable(purpose), scope, now_ms, expires_ms, 0, 0
    )
    secret = new_secret(TOKEN_BEGINNING)
    row = {name: getattr(token, name) for name in Token.__struct_fields__}
    connection.execute(insert(TOKENS).values(**row, secret_hash=kept(secret)))
    told = {"token": token.token_id, "user": user_name, "scope": scope, "expires_ms": expires_ms}
    append(connection, [Entry(now_ms, by, "token.made", "", told)], head)
    return token, secret


def holder(connection: Connection, secret: str, now_ms: int) -> Holder | None:
    """Whose token a secret is, if it still holds and its user is let in."""
    statement = (
        select(USERS, *(TOKENS.c[name] for name in ("token_id", "scope", "used_ms")))
        .join(TOKENS, TOKENS.c.user_name == USERS.c.name)
        .where(
            TOKENS.c.secret_hash == kept(secret),
            TOKENS.c.revoked_ms == 0,
            (TOKENS.c.expires_ms == 0) | (TOKENS.c.expires_ms > now_ms),
            USERS.c.active == 1,
        )
    )
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    stale = now_ms - row["used_ms"] > _SEEN_EVERY_MS
    return Holder(user_of(row), row["token_id"], row["scope"], stale)


def note_use(connection: Connection, token_id: str, now_ms: int) -> None:
    """Remember that a token was used; an hour's uses count as one."""
    connection.execute(update(TOKENS).where(TOKENS.c.token_id == token_id).values(used_ms=now_ms))


def listed(connection: Connection, user_name: str | None = None) -> list[Token]:
    """Tokens, latest first; of one user where named."""
    statement = select(*_COLUMNS).order_by(TOKENS.c.created_ms.desc(), TOKENS.c.token_id)
    if user_name is not None:
        statement = statement.where(TOKENS.c.user_name == user_name)
    return [Token(*row) for row in connection.execute(statement)]


def revoke(connection: Connection, token_id: str, now_ms: int, by: str) -> None:
    """End a token at once. Raises AccessError where there is none that holds."""
    head = lock_head(connection)
    mine = (TOKENS.c.token_id == token_id) & (TOKENS.c.revoked_ms == 0)
    if not connection.execute(update(TOKENS).where(mine).values(revoked_ms=now_ms)).rowcount:
        raise AccessError(f"found no token {token_id!r} that holds")
    append(connection, [Entry(now_ms, by, "token.revoked", "", {"token": token_id})], head)

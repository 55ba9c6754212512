"""Browser sessions: kept in the ledger, so that they end everywhere at once."""

from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, or_, select, update

from alerts.access.secret import kept, new_secret
from alerts.access.users import User, user_of
from alerts.ledger.access_tables import SESSIONS, USERS

IDLE_MS: Final = 8 * 3_600_000
"""After a working day without a request a session is over."""
LONGEST_MS: Final = 24 * 3_600_000
_SEEN_EVERY_MS: Final = 5 * 60_000


class Session(Struct, frozen=True):
    """Who is logged in; `csrf` must come with every request that changes something."""

    user: User
    csrf: str
    stale: bool


def begin(connection: Connection, user_name: str, now_ms: int) -> str:
    """Begin a session and return the secret for the cookie; takes ended ones away."""
    ended = or_(SESSIONS.c.expires_ms <= now_ms, SESSIONS.c.seen_ms <= now_ms - IDLE_MS)
    connection.execute(delete(SESSIONS).where(ended))
    secret = new_secret()
    row = {
        "secret_hash": kept(secret),
        "user_name": user_name,
        "csrf": new_secret(),
        "created_ms": now_ms,
        "seen_ms": now_ms,
        "expires_ms": now_ms + LONGEST_MS,
    }
    connection.execute(insert(SESSIONS).values(row))
    return secret


def find(connection: Connection, secret: str, now_ms: int) -> Session | None:
    """The session of a cookie, if it goes on and its user is let in."""
    statement = (
        select(USERS, SESSIONS.c.csrf, SESSIONS.c.seen_ms)
        .join(SESSIONS, SESSIONS.c.user_name == USERS.c.name)
        .where(
            SESSIONS.c.secret_hash == kept(secret),
            SESSIONS.c.expires_ms > now_ms,
            SESSIONS.c.seen_ms > now_ms - IDLE_MS,
            USERS.c.active == 1,
        )
    )
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    return Session(user_of(row), row["csrf"], now_ms - row["seen_ms"] > _SEEN_EVERY_MS)


def note_use(connection: Connection, secret: str, now_ms: int) -> None:
    """Remember that a session is used; some minutes' uses count as one."""
    connection.execute(
        update(SESSIONS).where(SESSIONS.c.secret_hash == kept(secret)).values(seen_ms=now_ms)
    )


def end(connection: Connection, secret: str) -> None:
    """End a session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.secret_hash == kept(secret)))

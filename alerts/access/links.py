"""One-time links: the first administrator's, an invitation, a new password. Used up by use."""

from typing import Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, RowMapping, insert, select, update

from alerts.access.roles import Role
from alerts.access.secret import kept, new_secret
from alerts.access.users import AccessError, User, add, administrated, find, set_password
from alerts.ledger.access_tables import LINKS
from alerts.ledger.journal import Entry, append, lock_head

Purpose = Literal["first", "password"]
VALID_MS: Final = 24 * 3_600_000


class Link(Struct, frozen=True):
    """What a link is for; `user_name` is empty where its holder still chooses one."""

    purpose: Purpose
    user_name: str
    role: Role
    areas: tuple[str, ...]


def first(connection: Connection, now_ms: int) -> str:
    """The secret of a link that makes the first administrator; empty where there is one.

    Every link made so works until one of them was used, for a day.
    """
    if administrated(connection):
        return ""
    return _make(connection, Link("first", "", "administrator", ()), now_ms, "fundwatch")


def for_password(connection: Connection, user_name: str, now_ms: int, by: str) -> str:
    """The secret of a link by which a user sets their password. Raises AccessError."""
    user = find(connection, user_name)
    if user is None:
        raise AccessError(f"found no user {user_name!r}")
    return _make(connection, Link("password", user_name, user.role, user.areas), now_ms, by)


def look(connection: Connection, secret: str, now_ms: int) -> Link | None:
    """What a link is for, without using it; None where it does not hold any more."""
    mine = (LINKS.c.secret_hash == kept(secret)) & (LINKS.c.used_ms == 0)
    row = connection.execute(select(LINKS).where(mine, LINKS.c.expires_ms > now_ms)).mappings()
    found = row.one_or_none()
    if found is None or (found["purpose"] == "first" and administrated(connection)):
        return None
    return _link(found)


def use(connection: Connection, secret: str, name: str, password: str, now_ms: int) -> User:
    """Use a link up: makes the user or sets the password. Raises AccessError, BadPasswordError."""
    head = lock_head(connection)
    link = look(connection, secret, now_ms)
    if link is None:
        raise AccessError("found a link that was used, has expired or never was; ask for another")
    connection.execute(
        update(LINKS).where(LINKS.c.secret_hash == kept(secret)).values(used_ms=now_ms)
    )
    told = {"purpose": link.purpose, "user": link.user_name or name}
    append(connection, [Entry(now_ms, "fundwatch", "link.used", "", told)], head)
    if link.user_name:
        set_password(connection, link.user_name, password, now_ms, link.user_name)
        user = find(connection, link.user_name)
        assert user is not None
        return user
    return add(
        connection, User(name, link.role, link.areas), now_ms, "fundwatch", password=password
    )


def _make(connection: Connection, link: Link, now_ms: int, by: str) -> str:
    secret = new_secret()
    row = {
        "secret_hash": kept(secret),
        "purpose": link.purpose,
        "user_name": link.user_name,
        "role": link.role,
        "areas": msgspec.json.encode(link.areas).decode(),
        "created_ms": now_ms,
        "expires_ms": now_ms + VALID_MS,
        "used_ms": 0,
    }
    connection.execute(insert(LINKS).values(row))
    told = {"purpose": link.purpose, "user": link.user_name}
    append(connection, [Entry(now_ms, by, "link.made", "", told)])
    return secret


def _link(row: RowMapping) -> Link:
    areas = msgspec.json.decode(row["areas"], type=tuple[str, ...])
    return Link(row["purpose"], row["user_name"], row["role"], areas)

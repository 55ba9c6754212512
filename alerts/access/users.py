"""Users: their role, the areas they may see, and changes to both, each in the journal.

Every function that writes belongs into a transaction of `Ledger.begin`; times are wall times,
epoch milliseconds.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from alerts.access.passwords import hashed
from alerts.access.roles import ROLES, Role
from alerts.ledger.access_tables import SESSIONS, TOKENS, USERS
from alerts.ledger.journal import Entry, append, lock_head

_NAME: Final = re.compile(r"[^\W\d][\w.@-]{0,63}")
_AREA: Final = re.compile(r"\d{2}|\d{4}|\d{6}")
_LONG_DIGITS: Final = re.compile(r"\d{11}")


class AccessError(ValueError):
    """A user, token or link that cannot be as asked; says what was found and expected."""


class User(Struct, frozen=True):
    """Somebody, or a program, known by name.

    `areas` are codes of six digits or their beginnings of two or four; empty stands for all.
    """

    name: str
    role: Role
    areas: tuple[str, ...] = ()
    active: bool = True
    version: int = 1

    def sees(self, area: str) -> bool:
        """Whether what happened in an area is theirs to see; what has none only those of all."""
        return not self.areas or area.startswith(self.areas)

    def includes(self, other: "User") -> bool:
        """Whether they see all that another may see, and so may say what that one may do."""
        return not self.areas or (bool(other.areas) and all(map(self.sees, other.areas)))


def find(connection: Connection, name: str) -> User | None:
    """The user of a name, also one who was shut out."""
    row = connection.execute(select(USERS).where(USERS.c.name == name)).mappings().one_or_none()
    return None if row is None else user_of(row)


def find_by_oidc(connection: Connection, key: str) -> User | None:
    """The user whom an identity provider knows by issuer and subject, with a blank between."""
    rows = connection.execute(select(USERS).where(USERS.c.oidc == key)).mappings()
    row = rows.one_or_none() if key else None
    return None if row is None else user_of(row)


def everyone(connection: Connection) -> list[User]:
    """All users by name."""
    rows = connection.execute(select(USERS).order_by(USERS.c.name)).mappings()
    return [user_of(row) for row in rows]


def administrated(connection: Connection) -> bool:
    """Whether there is an administrator who is let in."""
    those = select(func.count()).select_from(USERS)
    those = those.where(USERS.c.role == "administrator", USERS.c.active == 1)
    return connection.execute(those).scalar_one() > 0


def add(
    connection: Connection,
    user: User,
    now_ms: int,
    by: str,
    *,
    password: str = "",
    oidc: str = "",
) -> User:
    """Add a user; without a password they come in by token, by link or by identity provider.

    Raises AccessError for a name that is taken or cannot be one, and for areas that are none.
    """
    _check(user)
    head = lock_head(connection)
    if find(connection, user.name) is not None:
        raise AccessError(f"found a user {user.name!r} already, expected a new name")
    row = {
        "name": user.name,
        "role": user.role,
        "areas": _listed(user.areas),
        "password": hashed(password, user.name) if password else "",
        "oidc": oidc,
        "active": int(user.active),
        "version": 1,
        "created_ms": now_ms,
        "changed_ms": now_ms,
    }
    connection.execute(insert(USERS).values(row))
    told = {"user": user.name, "role": user.role, "areas": list(user.areas)}
    append(connection, [Entry(now_ms, by, "user.added", "", told)], head)
    return structs.replace(user, version=1)


def change(
    connection: Connection,
    name: str,
    now_ms: int,
    by: str,
    *,
    role: Role | None = None,
    areas: Iterable[str] | None = None,
    active: bool | None = None,
) -> User:
    """Change what a user may; it holds from their next request on. The user as they are now.

    Raises AccessError where there is none, and where no administrator would be left.
    """
    head = lock_head(connection)
    user = _known(connection, name)
    changed = structs.replace(
        user,
        role=user.role if role is None else role,
        areas=user.areas if areas is None else tuple(areas),
        active=user.active if active is None else active,
        version=user.version + 1,
    )
    _check(changed)
    row = {
        "role": changed.role,
        "areas": _listed(changed.areas),
        "active": int(changed.active),
        "version": changed.version,
        "changed_ms": now_ms,
    }
    connection.execute(update(USERS).where(USERS.c.name == name).values(row))
    if user.role == "administrator" and user.active and not administrated(connection):
        raise AccessError(f"{name!r} is the last administrator; name another one first")
    if not changed.active:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.user_name == name))
        standing = (TOKENS.c.user_name == name) & (TOKENS.c.revoked_ms == 0)
        connection.execute(update(TOKENS).where(standing).values(revoked_ms=now_ms))
    told = {
        "user": name,
        "role": changed.role,
        "areas": list(changed.areas),
        "active": changed.active,
    }
    append(connection, [Entry(now_ms, by, "user.changed", "", told)], head)
    return changed


def set_password(connection: Connection, name: str, password: str, now_ms: int, by: str) -> None:
    """Give a user a password and end their sessions. Raises AccessError."""
    head = lock_head(connection)
    _known(connection, name)
    row = {"password": hashed(password, name), "changed_ms": now_ms}
    connection.execute(update(USERS).where(USERS.c.name == name).values(row))
    connection.execute(delete(SESSIONS).where(SESSIONS.c.user_name == name))
    append(connection, [Entry(now_ms, by, "user.password_set", "", {"user": name})], head)


def user_of(row: RowMapping) -> User:
    """The user of a row."""
    areas = msgspec.json.decode(row["areas"], type=tuple[str, ...])
    return User(row["name"], row["role"], areas, bool(row["active"]), row["version"])


def _known(connection: Connection, name: str) -> User:
    user = find(connection, name)
    if user is None:
        raise AccessError(f"found no user {name!r}")
    return user


def _check(user: User) -> None:
    if not _NAME.fullmatch(user.name) or _LONG_DIGITS.search(user.name):
        raise AccessError(
            f"found the name {user.name[:80]!r}, expected a letter and then at most 63 letters,"
            " digits, . _ @ or -, without a number of eleven digits: names stand in the journal"
        )
    if user.role not in ROLES:
        raise AccessError(f"found the role {user.role!r}, expected one of {', '.join(ROLES)}")
    for area in user.areas:
        if not _AREA.fullmatch(area):
            raise AccessError(
                f"found the area {area!r}, expected a code of six digits or its first two or four"
            )


def _listed(areas: tuple[str, ...]) -> str:
    return msgspec.json.encode(sorted(set(areas))).decode()

"""Webhooks as the ledger keeps them: added and removed by administrators, each in the journal."""

import secrets
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update

from alerts.access.users import User
from alerts.cases.refusals import require, unknown, wrong
from alerts.ledger import reading
from alerts.ledger.access_tables import DELIVERIES, WEBHOOKS
from alerts.ledger.journal import Entry, append, lock_head
from alerts.webhooks.signing import new_secret

MOST: Final = 20
"""So many webhooks may stand at once."""


class Webhook(Struct, frozen=True):
    """A webhook. It takes alerts of these areas and families, and of this severity or graver.

    `after_seq` is the place in the feed up to which alerts were taken up; times epoch ms.
    """

    webhook_id: str
    url: str
    areas: tuple[str, ...]
    families: tuple[str, ...]
    least_severity: int
    made_by: str
    created_ms: int
    after_seq: int
    delivered: int
    given_up: int
    last_ms: int
    last_answer: str
    waiting: int = 0


_FIELDS: Final = Webhook.__struct_fields__[:-1]
_LISTS: Final = ("areas", "families")


def add(
    connection: Connection,
    by: User,
    now_ms: int,
    url: str,
    *,
    areas: tuple[str, ...] = (),
    families: tuple[str, ...] = (),
    least_severity: int = 3,
) -> tuple[Webhook, str]:
    """Add a webhook, from the next alert on; it and its secret. Raises RefusedError."""
    require(by, "administrator")
    _check(url)
    if by.areas and not areas:
        areas = by.areas
    if not all(by.sees(area) for area in areas):
        raise unknown("area")
    head = lock_head(connection)
    if len(listed(connection)) >= MOST:
        raise wrong("推送地址过多", f"found {MOST} webhooks, expected fewer; remove one")
    secret = new_secret()
    row: dict[str, Any] = {
        "webhook_id": secrets.token_hex(6),
        "url": url,
        "areas": areas,
        "families": families,
        "least_severity": least_severity,
        "made_by": by.name,
        "created_ms": now_ms,
        "after_seq": reading.feed_end(connection),
        "delivered": 0,
        "given_up": 0,
        "last_ms": 0,
        "last_answer": "",
    }
    added = Webhook(**row)
    row.update({name: msgspec.json.encode(row[name]).decode() for name in _LISTS})
    connection.execute(
        insert(WEBHOOKS).values(**row, secret=secret, removed_ms=0, lease_until_ms=0)
    )
    told = {"webhook": added.webhook_id, "url": url, "areas": areas, "families": families}
    append(connection, [Entry(now_ms, by.name, "webhook.added", "", told)], head)
    return added, secret


def remove(connection: Connection, by: User, now_ms: int, webhook_id: str) -> None:
    """Remove a webhook and what waits for it. Raises RefusedError where there is none."""
    require(by, "administrator")
    head = lock_head(connection)
    mine = (WEBHOOKS.c.webhook_id == webhook_id) & (WEBHOOKS.c.removed_ms == 0)
    gone = update(WEBHOOKS).where(mine).values(removed_ms=now_ms, secret="")
    if not connection.execute(gone).rowcount:
        raise unknown(f"webhook {webhook_id[:40]!r}")
    connection.execute(delete(DELIVERIES).where(DELIVERIES.c.webhook_id == webhook_id))
    told = {"webhook": webhook_id}
    append(connection, [Entry(now_ms, by.name, "webhook.removed", "", told)], head)


def listed(connection: Connection) -> list[Webhook]:
    """The webhooks that stand, oldest first, with how many alerts wait for each."""
    waiting = (
        select(func.count())
        .where(DELIVERIES.c.webhook_id == WEBHOOKS.c.webhook_id)
        .scalar_subquery()
    )
    columns = (WEBHOOKS.c[name] for name in _FIELDS)
    statement = select(*columns, waiting.label("waiting")).where(WEBHOOKS.c.removed_ms == 0)
    rows = connection.execute(statement.order_by(WEBHOOKS.c.created_ms, WEBHOOKS.c.webhook_id))
    found = []
    for row in rows.mappings():
        fields = dict(row)
        for name in _LISTS:
            fields[name] = msgspec.json.decode(fields[name], type=tuple[str, ...])
        found.append(Webhook(**fields))
    return found


def _check(url: str) -> None:
    """Refuse what is no address of another system. Addresses of the own network are meant to be
    used; those of the machine's own cloud metadata and of no host are not."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise wrong("推送地址不正确", "found no URL of http or https with a host")
    if parts.username or parts.password:
        raise wrong("推送地址不得包含密码", "found a password in the URL; deliveries are signed")
    try:
        address = ip_address(parts.hostname)
    except ValueError:
        return
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        raise wrong("推送地址不允许", f"found the address {address}, expected one of a host")

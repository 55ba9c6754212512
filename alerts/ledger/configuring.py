"""Under what the alerts of a ledger were found: policy, rules, knowledge, by journal entries.

Whoever writes alerts enters it when it begins and when it takes up a changed policy; what is
already the last entry is not entered again. Overlays stand there with their whole text (they are
published policy), so that an export can name every value years later, without the files.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from alerts.ledger.journal import Entry, append, lock_head
from alerts.ledger.schema import JOURNAL

LOADED: Final = "policy.loaded"
RELOADED: Final = "policy.reloaded"


class Overlay(Struct, frozen=True):
    """An overlay file: its name without folders, and its text."""

    name: str
    text: str


class Changed(Struct, frozen=True):
    """A value that another policy has from another day on, or not; as text, empty for none.

    `pack` is that of the area, `path` the parameter's name, `since` the day (YYYY-MM-DD).
    """

    pack: str
    path: str
    since: str
    before: str
    after: str


class Configuration(Struct, frozen=True):
    """What alerts are found under; digests are SHA-256, empty where there is nothing."""

    policy: str
    overlays: tuple[Overlay, ...]
    rules: str
    knowledge: str = ""
    reference: str = ""
    version: str = ""


class Configured(Struct, frozen=True):
    """A journal entry of a configuration: when (epoch ms), by whom, and what changed."""

    seq: int
    at_ms: int
    actor: str
    action: str
    configuration: Configuration
    before: str = ""
    changed: tuple[Changed, ...] = ()


class _Content(Struct, frozen=True):
    configuration: Configuration
    before: str = ""
    changed: tuple[Changed, ...] = ()


_CONTENT: Final = msgspec.json.Decoder(_Content)


def configured(
    connection: Connection,
    configuration: Configuration,
    at_ms: int,
    actor: str,
    changed: tuple[Changed, ...] | None = None,
) -> bool:
    """Enter a configuration unless it is the last one; whether it was entered.

    `changed` are the values that a reload changed; None where a run begins.
    """
    head = lock_head(connection)
    known = configurations(connection)
    before = known[-1].configuration if known else None
    if before == configuration:
        return False
    content = _Content(configuration, before.policy if before else "", changed or ())
    action = LOADED if changed is None else RELOADED
    plain: Mapping[str, object] = msgspec.to_builtins(content)
    append(connection, [Entry(at_ms, actor, action, "", plain)], head)
    return True


def configurations(connection: Connection) -> list[Configured]:
    """All configurations of a ledger, oldest first."""
    mine = (JOURNAL.c.alert_id == "", JOURNAL.c.action.in_((LOADED, RELOADED)))
    found = []
    for row in connection.execute(select(JOURNAL).where(*mine).order_by(JOURNAL.c.seq)):
        content = _CONTENT.decode(row.content)
        found.append(
            Configured(
                row.seq,
                row.at_ms,
                row.actor,
                row.action,
                content.configuration,
                content.before,
                content.changed,
            )
        )
    return found

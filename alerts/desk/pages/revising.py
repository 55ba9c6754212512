"""What the journal says of an alert: how the monitor revised it, and what people did with it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Struct

from alerts.desk.pages.rendering import money
from alerts.desk.pages.timeline import masked
from alerts.desk.pages.wording import Words
from alerts.ledger.auditing import MONITORED
from alerts.ledger.journal import Journaled

_DECODER: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_TOLD: Final = ("status", "sev_deg", "amount", "involved", "rule_version", "event_ids")
"""Fields whose changes are worth a word."""
_LONGEST: Final = 600


class Change(Struct, frozen=True):
    """A field before and after; `before` is empty at the first entry."""

    label: str
    before: str
    after: str


class Revision(Struct, frozen=True):
    """A revision by the monitor; `seq` is its entry in the journal."""

    seq: int
    at_ms: int
    action: str
    number: int
    changes: tuple[Change, ...]


class Deed(Struct, frozen=True):
    """Something a person did; `details` are labels with texts."""

    seq: int
    at_ms: int
    actor: str
    action: str
    details: tuple[tuple[str, str], ...]


def revisions(entries: Iterable[Journaled], words: Words) -> list[Revision]:
    """The monitor's entries, latest first, each with what it changed."""
    told: list[Revision] = []
    before: dict[str, Any] = {}
    for entry in entries:
        if entry.action not in MONITORED:
            continue
        content = _DECODER.decode(entry.content)
        changes = tuple(
            Change(
                words.of("changed", name),
                _text(name, before[name], words) if name in before else "",
                _text(name, content[name], words),
            )
            for name in _TOLD
            if name in content
            and _text(name, content[name], words)
            and (name not in before or before[name] != content[name])
        )
        before |= content
        told.append(
            Revision(entry.seq, entry.at_ms, entry.action, int(before.get("revision", 0)), changes)
        )
    return told[::-1]


def deeds(entries: Iterable[Journaled], words: Words) -> list[Deed]:
    """What people did, latest first."""
    return [
        Deed(entry.seq, entry.at_ms, entry.actor, entry.action, tuple(details_of(entry, words)))
        for entry in entries
        if entry.action not in MONITORED
    ][::-1]


def details_of(entry: Journaled, words: Words) -> list[tuple[str, str]]:
    """The content of a person's entry as labels with texts, what is empty left out."""
    content = _DECODER.decode(entry.content)
    return [
        (words.of("detail", name), _detail(name, value, words))
        for name, value in content.items()
        if value not in ("", None, [], {}, False)
    ]


def _detail(name: str, value: Any, words: Words) -> str:
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, Mapping):
        value = [f"{key} {item}" for key, item in value.items()]
    if isinstance(value, list):
        value = "、".join(str(item) for item in value)
    text = words.of(name, value) if isinstance(value, (str, int)) else str(value)
    return masked(text)[:_LONGEST] if name in {"text", "reason", "note"} else text[:_LONGEST]


def _text(name: str, value: Any, words: Words) -> str:
    if name in {"amount", "involved"}:
        return money(Decimal(value))
    if name == "event_ids":
        return words("changed.events_n", n=len(value))
    if name == "status":
        return words.of("status", value)
    if name == "sev_deg":
        return words.of("severity", value)
    return str(value)

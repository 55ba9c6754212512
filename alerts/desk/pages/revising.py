"""What the journal says of an alert: how the monitor revised it, and what people did with it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Struct

from alerts.cases.case import AUTHORITIES
from alerts.cases.packaging import cause_of
from alerts.cases.periods import periods
from alerts.cases.work import UNNAMED
from alerts.desk.pages.rendering import money
from alerts.desk.pages.timeline import masked
from alerts.desk.pages.wording import Words
from alerts.ledger.auditing import MONITORED
from alerts.ledger.journal import Journaled
from events.money import yuan

_DECODER: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_TOLD: Final = ("status", "sev_deg", "amount", "involved", "rule_version", "event_ids")
"""Fields whose changes are worth a word."""
_LONGEST: Final = 600
_TYPED: Final = frozenset({"text", "reason", "outcome", "title", "recipient"})


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
    """What of a person's entry is worth a word, as labels with texts; the journal has the rest."""
    content = _DECODER.decode(entry.content)
    return [
        (words(f"detail.{name}"), _detail(name, value, words))
        for name, value in content.items()
        if words.has(f"detail.{name}") and value not in ("", None, [], UNNAMED)
    ]


def _detail(name: str, value: Any, words: Words) -> str:
    if name in {"amount_confirmed", "amount_recovered"}:
        return money(yuan(value))
    if isinstance(value, list):
        value = "、".join(str(item) for item in value)
    if name in {"cause", "reason"}:
        value = cause_of(str(value))[words.language] or value
    if name == "period" and value in periods():
        return str(getattr(periods()[value], words.language))
    if name == "handed_to" and value in AUTHORITIES:
        return AUTHORITIES[value][0 if words.language == "zh" else 1]
    if name == "verdict":
        return words.of("handling", value)
    return masked(str(value))[:_LONGEST] if name in _TYPED else str(value)[:_LONGEST]


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

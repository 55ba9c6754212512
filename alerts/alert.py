"""An alert: one finding, told so that a supervisor, a program and a court can read it.

The id is a digest of rule, subject and matter, so the same fact has the same id in any order of
arrival, on any runtime. Times are RFC 3339 in China Standard Time, money is yuan, persons are
pseudonyms.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final, Literal

from msgspec import Struct

from events.money import yuan
from events.times import moment
from rules.clauses import in_force
from rules.engine import Change
from rules.findings import Finding
from rules.histories.digests import pseudonym
from rules.rule import Meta

AlertStatus = Literal["open", "withdrawn", "retracted"]
PERSONAL: Final = frozenset({"person", "account"})
"""Kinds of subject that are people; they are shown by pseudonym."""
_STATUS: Final[Mapping[str, AlertStatus]] = {
    "raised": "open",
    "revised": "open",
    "withdrawn": "withdrawn",
    "retracted": "retracted",
}


class Alert(Struct, frozen=True, kw_only=True):
    """One revision of one alert.

    `amount` is the money in breach and `involved` that of the settlements concerned, yuan.
    `clauses` are ids of clauses in force where and when it happened; where none of the local
    documents holds, the articles of national law, which `law` always has.
    `status` is open, withdrawn (a reversal took its ground away) or retracted (a fact that
    arrived late showed that its ground never was; retracted alerts are not in the alert table).
    `generation` tells a state rebuilt from nothing from the one before it.
    """

    alert_id: str
    rule_id: str
    rule_version: int
    family: str
    sev_deg: int
    subject_type: str
    subject: str
    area: str
    event_ids: tuple[str, ...]
    setl_ids: tuple[str, ...]
    amount: Decimal
    involved: Decimal
    clauses: tuple[str, ...]
    law: tuple[str, ...]
    name_zh: str
    name_en: str
    message_zh: str
    message_en: str
    evidence: Mapping[str, Any]
    assumed: tuple[str, ...]
    revision: int
    status: AlertStatus
    first_event_time: datetime
    last_event_time: datetime
    generation: int = 0


def alert_id(rule_id: str, subject_type: str, subject: str, about: str) -> str:
    """Twenty hexadecimal digits from rule, subject (as shown) and matter."""
    text = "\x1f".join((rule_id, subject_type, subject, about))
    return blake2b(text.encode(), digest_size=10).hexdigest()


def subject_of(subject_type: str, key: str) -> str:
    """The subject as alerts show it: a pseudonym for people, without day or month for places."""
    if subject_type in PERSONAL:
        return pseudonym(key)
    if subject_type == "institution":
        return key.partition("|")[0]
    return key.rpartition("|")[0] if subject_type == "terminal" else key


def alert_of(change: Change, generation: int = 0) -> Alert:
    """The alert that a change of findings makes.

    A retraction has the alert's id and revision, and nothing of the finding, which is gone.
    """
    rule, finding = change.rule, change.finding
    meta = rule.meta
    personal = rule.subject in PERSONAL
    key = pseudonym(change.key) if personal else change.key
    if finding is None:
        finding = Finding((), (), 0, change.time, change.time, "", {})
    evidence = shown(finding.evidence)
    return Alert(
        alert_id=alert_id(rule.id, rule.subject, key, change.about),
        rule_id=rule.id,
        rule_version=rule.version,
        family=meta.family,
        sev_deg=finding.severity or meta.severity,
        subject_type=rule.subject,
        subject=subject_of(rule.subject, finding.subject or change.key),
        area=finding.area,
        event_ids=finding.event_ids,
        setl_ids=finding.setl_ids,
        amount=yuan(finding.amount),
        involved=yuan(finding.involved),
        clauses=_clauses(meta, finding),
        law=meta.law,
        name_zh=meta.name.zh,
        name_en=meta.name.en,
        message_zh=_message(meta.message.zh, evidence, change),
        message_en=_message(meta.message.en, evidence, change),
        evidence=evidence,
        assumed=finding.assumed,
        revision=change.revision,
        status=_STATUS[change.action],
        first_event_time=moment(finding.first),
        last_event_time=moment(finding.last),
        generation=generation,
    )


def _clauses(meta: Meta, finding: Finding) -> tuple[str, ...]:
    """The rule's clauses that hold where and when it happened; elsewhere the national law."""
    local = in_force(meta.clauses, finding.area, moment(finding.last).date())
    return local or meta.law


def shown(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence as readers see it: `*_fen` becomes yuan without the ending, `*_at` a time."""
    told: dict[str, Any] = {}
    for name, value in evidence.items():
        if name.endswith("_fen"):
            told[name.removesuffix("_fen")] = (
                [yuan(item) for item in value] if isinstance(value, (list, tuple)) else yuan(value)
            )
        elif name.endswith("_at") and isinstance(value, int):
            told[name] = moment(value).strftime("%Y-%m-%d %H:%M:%S")
        else:
            told[name] = value
    return told


def _message(template: str, evidence: Mapping[str, Any], change: Change) -> str:
    if change.finding is None:
        return ""
    return template.format_map(_Told({name: _text(value) for name, value in evidence.items()}))


class _Told(dict[str, str]):
    """Evidence by name; a name that is missing leaves a gap in the message, not in the alerts."""

    def __missing__(self, name: str) -> str:
        return "?"


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "、".join(_text(item) for item in value)
    return str(value)

"""Why an alert says what it says: clauses, law, the rule's parameters, the policy in force."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from msgspec import Struct

from alerts.alert import Alert
from alerts.desk.pages.wording import Words
from events.money import yuan
from events.times import date_of, day_number
from rules.clauses import Clause, load_clauses
from rules.packs import Policy
from rules.packs.render import shown
from rules.rule import DatedValue, Meta

_LONG: Final = 12


class Ground(Struct, frozen=True):
    """A clause: its document and article, what it demands, from when until when (last day)."""

    id: str
    document: str
    title: str
    article: str
    demand: str
    since: date | None
    until: date | None


class Used(Struct, frozen=True):
    """A parameter that the rule judged by: where it comes from and since when it holds.

    `filled` says that no document sets it and an overlay of the area did.
    """

    name: str
    description: str
    value: str
    since: date | None
    source: str
    filled: bool = False


def grounds_of(names: tuple[str, ...], words: Words) -> tuple[list[Ground], list[str]]:
    """The clauses of these names, and those names that are national law themselves."""
    known = load_clauses()
    clauses = [_ground(known[name], words) for name in names if name in known]
    return clauses, [name for name in names if name not in known]


def used_by(alert: Alert, meta: Meta | None, policy: Policy, words: Words) -> list[Used]:
    """Everything the rule took a number from, as it stood when the alert's last event happened."""
    if meta is None:
        return []
    on = alert.last_event_time.date()
    return [*_own(meta, on, words), *_of_policy(alert, meta, policy, on, words)]


def own_parameters(meta: Meta, on: date, words: Words) -> list[Used]:
    """The rule's own parameters on a date."""
    return list(_own(meta, on, words))


def _ground(clause: Clause, words: Words) -> Ground:
    return Ground(
        clause.id,
        clause.document_name,
        clause.title,
        clause.article,
        clause.demand_zh if words.language == "zh" else clause.demand_en,
        clause.in_force,
        clause.until,
    )


def _own(meta: Meta, on: date, words: Words) -> Iterator[Used]:
    for name, parameter in meta.parameters.items():
        held: list[DatedValue] = [dated for dated in parameter.values if dated.since <= on]
        if held:
            value = _value(held[-1].value, parameter.unit, words)
            yield Used(name, parameter.description, value, held[-1].since, held[-1].source)


def _value(value: Any, unit: str, words: Words) -> str:
    if unit == "fen" and isinstance(value, int):
        return f"{yuan(value):,} {words('unit.yuan')}"
    if isinstance(value, Mapping):
        value = [f"{name} {item}" if _single(item) else str(name) for name, item in value.items()]
    if isinstance(value, (list, tuple)):
        if not all(map(_single, value)):
            return words("unit.entries", n=len(value))
        text = "、".join(str(item) for item in value[:_LONG])
        return text if len(value) <= _LONG else words("unit.and_more", text=text, n=len(value))
    return f"{value} {words.of('unit', unit)}"


def _single(value: Any) -> bool:
    return not isinstance(value, (Mapping, list, tuple))


def _of_policy(alert: Alert, meta: Meta, policy: Policy, on: date, words: Words) -> Iterator[Used]:
    for path in meta.policy:
        if path not in policy.parameters():
            continue
        parameter = policy.parameters()[path]
        held = policy.at(alert.area, path, day_number(on))
        if held is None:
            continue
        since = next(
            (
                segment.start
                for segment in reversed(policy.timeline(alert.area, path))
                if segment.start <= day_number(on)
            ),
            None,
        )
        yield Used(
            path,
            parameter.zh if words.language == "zh" else parameter.en,
            shown(held.value, parameter.kind),
            None if since is None else date_of(since),
            held.reference,
            held.filled,
        )

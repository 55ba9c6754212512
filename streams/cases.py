"""Runs the cases that rules carry in their YAML: short stories of events, told in several orders.

Each case is told as written, backwards, in shuffled orders and with every event twice; the alerts
of its rule must be the same each time, and exactly the expected ones.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from alerts.alert import Alert, alert_of
from events.codec import decode_object
from events.deadletters import BadRecordError
from events.kinds import Event
from rules.context import Context
from rules.engine import Change, Engine
from rules.packs import Policy
from rules.reference import Reference, read_reference
from rules.rule import Case, Expected, Rule
from rules.strict_yaml import DataFileError, read_mapping
from streams.memory import Memory
from streams.pipeline import Pipeline

_WORLD: Final = Path(__file__).with_name("case_world.yaml")
_OVERLAYS: Final = Path(__file__).parent.parent / "rules" / "policy" / "overlays"
_SHUFFLES: Final = 6

Outcome = tuple[tuple[str, ...], str, Decimal, int]
"""Events named (sorted), status, amount in breach, severity of one alert."""


class CaseResult(Struct, frozen=True):
    """What became of one case; `problems` is empty when it holds."""

    rule_id: str
    case: str
    kind: str
    problems: tuple[str, ...]


def run_cases(rules: Sequence[Rule]) -> Iterator[CaseResult]:
    """Run every case of every rule."""
    world: Mapping[str, Any] = read_mapping(_WORLD)
    for rule in rules:
        for case in rule.meta.cases:
            yield CaseResult(rule.id, case.name, case.kind, tuple(_problems(rule, case, world)))


def _problems(rule: Rule, case: Case, world: Mapping[str, Any]) -> Iterator[str]:
    try:
        events = [_event(entry, case, world) for entry in case.events]
    except BadRecordError as bad:
        yield f"an event of the case is none: {bad}"
        return
    context = Context(_reference(case, world), _policy(case))
    wanted = sorted(_wanted(expected) for expected in case.expect)
    for order, told in _orders(events):
        alerts = tell(told, rule, context)
        got = sorted(
            (sorted(alert.event_ids), alert.status, alert.amount, alert.sev_deg)
            for alert in alerts
            if alert.status != "retracted"
        )
        if not _same(wanted, got):
            yield f"{order}: found {_shown(got)}, expected {_shown(wanted)}"


def tell(events: Sequence[Event], rule: Rule, context: Context) -> list[Alert]:
    """The last state of every alert of one rule after these events in this order."""
    pipeline = Pipeline(Engine([rule], context), Memory())
    changes: list[Change] = []
    for event in events:
        pipeline.process(event, changes)
    last = {}
    for change in changes:
        alert = alert_of(change)
        last[alert.alert_id] = alert
    return list(last.values())


def _orders(events: Sequence[Event]) -> Iterator[tuple[str, Sequence[Event]]]:
    yield "as written", events
    yield "backwards", events[::-1]
    yield "every event twice", [event for event in events for _ in range(2)]
    yield "told again from the start", [*events, *events]
    generator = random.Random(20240101)
    for turn in range(_SHUFFLES):
        shuffled = list(events)
        generator.shuffle(shuffled)
        yield f"shuffled ({turn + 1})", shuffled


def _event(entry: Mapping[str, Any], case: Case, world: Mapping[str, Any]) -> Event:
    kind = entry.get("event_type", "settlement")
    defaults = world["defaults"]
    record = {
        **defaults["*"],
        **defaults.get(kind, {}),
        **case.defaults,
        **entry,
        "event_type": kind,
    }
    known = decode_object({**record, "event_id": entry.get("event_id", "")})
    if known.unknown:
        raise BadRecordError(
            "bad_value", known.unknown[0], "a field", "fields of the contract only"
        )
    for name, value in record.items():
        if isinstance(value, str) and "{event_id}" in value:
            record[name] = value.replace("{event_id}", entry["event_id"])
    return decode_object(record).event


def _reference(case: Case, world: Mapping[str, Any]) -> Reference:
    return read_reference(
        [*case.institutions, *world["institutions"]],
        [*case.catalogue, *world["catalogue"]],
        world["areas"],
        (),
        _WORLD,
    )


def _policy(case: Case) -> Policy:
    return Policy.load(tuple(_OVERLAYS / f"{name}.yaml" for name in case.overlays))


def _wanted(expected: Expected) -> tuple[Any, ...]:
    amount = None if expected.amount is None else Decimal(str(expected.amount))
    return sorted(expected.events), expected.status, amount, expected.severity


def _same(wanted: Sequence[tuple[Any, ...]], got: Sequence[tuple[Any, ...]]) -> bool:
    return len(wanted) == len(got) and all(
        all(want is None or want == have for want, have in zip(pair[0], pair[1], strict=True))
        for pair in zip(wanted, got, strict=True)
    )


def _shown(outcomes: Sequence[tuple[Any, ...]]) -> str:
    return "; ".join(f"{' '.join(o[0])} {o[1]} {o[2]}" for o in outcomes) or "no alert"


def check_all(rules: Sequence[Rule]) -> None:
    """Raise DataFileError with every case that does not hold."""
    failed = [result for result in run_cases(rules) if result.problems]
    if failed:
        raise DataFileError(
            "\n".join(f"{r.rule_id}: {r.case}: {problem}" for r in failed for problem in r.problems)
        )

"""Runs the cases that rules carry in their YAML: short stories of events, told in several orders.

Each case is told as written, backwards, in shuffled orders and with every event twice; the alerts
of its rule must be the same each time, and exactly the expected ones.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from string import Formatter
from typing import Any, Final

import msgspec
from msgspec import Struct

from alerts.alert import Alert, alert_of
from events.codec import decode_object
from events.deadletters import BadRecordError
from events.kinds import Event
from rules.context import Context
from rules.engine import Change, Engine
from rules.knowledge.index import Knowledge, knowledge_of
from rules.knowledge.points import Standing
from rules.packs import Policy
from rules.reference import Reference, read_reference
from rules.rule import Case, Expected, Rule
from rules.strict_yaml import read_mapping
from streams.memory import Memory
from streams.pipeline import Pipeline

_WORLD: Final = Path(__file__).with_name("case_world.yaml")
_OVERLAYS: Final = Path(__file__).parent.parent / "rules" / "policy" / "overlays"
_SHUFFLES: Final = 6


class CaseResult(Struct, frozen=True):
    """What became of one case; `problems` is empty when it holds."""

    rule_id: str
    case: str
    kind: str
    problems: tuple[str, ...]


class CaseRunner:
    """Runs cases in the made-up world of `case_world.yaml`; policies are read once."""

    def __init__(self) -> None:
        self._world: Mapping[str, Any] = read_mapping(_WORLD)
        self._knowledge = _knowledge(self._world)
        self._policies: dict[tuple[str, ...], Policy] = {}

    def run(self, rule: Rule, case: Case) -> tuple[str, ...]:
        """What is wrong with a case; nothing if it holds."""
        return tuple(self._problems(rule, case))

    def _problems(self, rule: Rule, case: Case) -> Iterator[str]:
        try:
            events = [_event(entry, case, self._world) for entry in case.events]
        except BadRecordError as bad:
            yield f"an event of the case is none: {bad}"
            return
        context = Context(
            _reference(case, self._world), self._policy(case.overlays), self._knowledge
        )
        wanted = sorted((_wanted(expected) for expected in case.expect), key=itemgetter(0))
        names = _names(rule.meta.message.zh) | _names(rule.meta.message.en)
        for order, told in _orders(events):
            standing = [alert for alert in tell(told, rule, context) if alert.status != "retracted"]
            for alert in standing:
                if names - alert.evidence.keys():
                    yield f"{order}: the message names {sorted(names - alert.evidence.keys())}"
            got = sorted(
                (sorted(alert.event_ids), alert.status, alert.amount, alert.sev_deg)
                for alert in standing
            )
            if not _same(wanted, got):
                yield f"{order}: found {_shown(got)}, expected {_shown(wanted)}"

    def _policy(self, overlays: tuple[str, ...]) -> Policy:
        if overlays not in self._policies:
            self._policies[overlays] = Policy.load(
                tuple(_OVERLAYS / f"{name}.yaml" for name in overlays)
            )
        return self._policies[overlays]


def _names(template: str) -> set[str]:
    """Names of evidence that a message asks for."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def run_cases(rules: Sequence[Rule]) -> Iterator[CaseResult]:
    """Run every case of every rule."""
    runner = CaseRunner()
    for rule in rules:
        for case in rule.meta.cases:
            yield CaseResult(rule.id, case.name, case.kind, runner.run(rule, case))


def tell(events: Sequence[Event], rule: Rule, context: Context) -> list[Alert]:
    """The last state of every alert of one rule after these events in this order."""
    pipeline = Pipeline(Engine([rule], context, strict=True), Memory())
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


def _knowledge(world: Mapping[str, Any]) -> Knowledge:
    """The world's knowledge points: `since`, and the fields of a point."""
    return knowledge_of(
        msgspec.convert(
            [{"until": None, "version": 1, **entry} for entry in world["knowledge"]],
            list[Standing],
        )
    )


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

"""Tries active points: each must be found broken in one story and kept in the other."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, Final

from msgspec import Struct

from events.codec import decode_object
from rules.context import Context
from rules.engine import Change, Engine
from rules.findings import Finding
from rules.histories.intake import home
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.knowledge.index import Judged, knowledge_of
from rules.knowledge.trials import breaking, keeping, last_event, trial_reference
from rules.packs import Policy
from rules.registry import load_rules
from rules.rule import Rule

_SETTLED: Final = timedelta(days=30)


class Trial(Struct, frozen=True):
    """What became of one point: it fired when broken, it stayed quiet when kept."""

    kp_id: str
    rule_class: str
    fired: bool
    quiet: bool


def try_points(judged: Sequence[Judged]) -> Iterator[Trial]:
    """Try every active one of these points, all points being in force together."""
    knowledge = knowledge_of(one.standing for one in judged)
    rules, policy = _rules_and_policy()
    engine = Engine(rules, Context(trial_reference(), policy, knowledge))
    for one in judged:
        if one.reading.limit is None:
            continue
        point = one.standing.point
        on = one.standing.since + _SETTLED
        if one.standing.until is not None:
            on = min(on, one.standing.until)
        broken = breaking(point, on)
        yield Trial(
            point.kp_id,
            point.rule_class,
            fired=_names(point.kp_id, _told(broken, engine), last_event(broken)),
            quiet=not _names(point.kp_id, _told(keeping(point, on), engine), ""),
        )


@cache
def _rules_and_policy() -> tuple[Sequence[Rule], Policy]:
    return load_rules(["knowledge"]), Policy.load()


def _names(kp_id: str, findings: Sequence[Finding], event_id: str) -> bool:
    """Whether a finding names the point (and, where one is given, the event)."""
    return any(
        kp_id in finding.evidence["kp_ids"] and (not event_id or event_id in finding.event_ids)
        for finding in findings
    )


def _told(story: Sequence[Mapping[str, Any]], engine: Engine) -> Sequence[Finding]:
    """What stands after a story of one person."""
    person = Person("trial")
    changes: list[Change] = []
    for entry in story:
        for fact in home(decode_object(entry).event):
            changed = person.take(fact.record) if fact.kind == PERSON else None
            if changed:
                engine.look(PERSON, person, changed, changes)
    last = {(change.rule.id, change.about): change.finding for change in changes}
    return [finding for finding in last.values() if finding is not None]

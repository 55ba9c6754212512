"""Two presences of one person too far apart for the time between.

Compares each presence in person with the one before it at another institution. The time needed
is that of the quickest way there (by road, rail or air, each with its overhead); places known only
by their area count as near as they may be. An unknown distance says nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.times import HOUR, MINUTE
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Check, Permit, Visit
from rules.impersonation.agents import filed
from rules.impersonation.drawn import paid
from rules.impersonation.presences import (
    Presence,
    alone,
    company,
    elsewhere,
    kilometres,
    present_at,
    spot,
)
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Check, Permit)
SUBJECT: Final = "person"


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Check | Permit
) -> Iterable[Verdict]:
    """One matter a presence: that the person had just been too far away."""
    if isinstance(record, Permit):
        return _visits(rule, context, person)
    reach = _reach(rule, record)
    if alone(person, record, reach) or not elsewhere(person, record, reach):
        return ()
    return _near(rule, context, person, record, company(person, record, reach))


def _visits(rule: Rule, context: Context, person: Person) -> Iterator[Verdict]:
    for visit in person.visits:
        reach = _reach(rule, visit)
        if elsewhere(person, visit, reach):
            yield from _near(rule, context, person, visit, company(person, visit, reach))


def _reach(rule: Rule, record: Visit | Check) -> int:
    """How far around a record others matter, seconds."""
    parameters = rule.at(record.time)
    reach: int = parameters["hours"] * HOUR + parameters["linger_minutes"] * MINUTE
    return reach


def _near(
    rule: Rule,
    context: Context,
    person: Person,
    record: Visit | Check,
    records: Sequence[Visit | Check],
) -> Iterator[Verdict]:
    parameters = rule.at(record.time)
    linger = parameters["linger_minutes"] * MINUTE
    reach = parameters["hours"] * HOUR
    found_at = (present_at(context, other) for other in records)
    presences = sorted(
        (presence for presence in found_at if presence is not None),
        key=lambda presence: (presence.time, presence.event_id),
    )
    for at, anchor in enumerate(presences):
        if -linger <= anchor.time - record.time <= reach:
            told = not _settles(anchor, presences[at:], linger)
            finding = None
            if told:
                earlier = [p for p in presences[:at] if anchor.time - p.time <= reach]
                finding = judge(anchor, earlier, partial(_look, rule, context, person, anchor))
            yield Verdict(anchor.event_id, finding)


def _settles(anchor: Presence, later: Sequence[Presence], linger: int) -> bool:
    """Whether a check leads to a settlement, whose matter it then is."""
    return isinstance(anchor.record, Check) and any(
        isinstance(other.record, Visit)
        and other.inst == anchor.inst
        and other.time - anchor.time <= linger
        for other in later
    )


def _look(
    rule: Rule, context: Context, person: Person, anchor: Presence, earlier: Sequence[Presence]
) -> Finding | None:
    parameters = rule.at(anchor.time)
    here = spot(context, anchor)
    if here is None:
        return None
    arrived = anchor.time
    for other in reversed(earlier):
        if other.inst == anchor.inst:
            arrived = other.time
            continue
        there = spot(context, other)
        if there is None:
            continue
        away = kilometres(there, here, parameters["blur_kilometres"])
        took = arrived - other.time
        needed = _seconds(parameters["ways"], away)
        slack = parameters["slack_minutes"] * MINUTE
        if away < parameters["kilometres"] or took + slack >= needed:
            return None
        if _filed(context, person, other) or _filed(context, person, anchor):
            return None
        return _finding(context, other, anchor, int(away), took, int(needed))
    return None


def _seconds(ways: Sequence[Mapping[str, Any]], away: float) -> float:
    """The least time for a distance in kilometres."""
    return min(
        float(way["overhead_minutes"] * MINUTE + away / way["speed"] * HOUR)
        for way in ways
        if away >= way["from_kilometres"]
    )


def _filed(context: Context, person: Person, presence: Presence) -> bool:
    return isinstance(presence.record, Visit) and filed(context, person, presence.record)


def _finding(
    context: Context, other: Presence, anchor: Presence, away: int, took: int, needed: int
) -> Finding:
    involved = [p.record for p in (other, anchor) if isinstance(p.record, Visit)]
    last = involved[-1] if involved else None
    return found(
        [other.record, anchor.record],
        amount=paid(last) if last is not None else 0,
        involved=sum(visit.fee for visit in involved),
        area=last.insured_area if last is not None else other.area,
        evidence={
            "first_institution": context.name_of(other.inst),
            "first_at": other.time,
            "institution": context.name_of(anchor.inst),
            "second_at": anchor.time,
            "kilometres": away,
            "minutes": took // MINUTE,
            "needed_minutes": needed // MINUTE,
            "paid_fen": paid(last) if last is not None else 0,
        },
    )

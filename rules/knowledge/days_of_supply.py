"""Payment limits in days of use: of a course, of one stay, of one supply.

A day is a calendar day on which the drug was charged, or as many days as the charge supplies. A
course goes on until a long enough pause; what came before the pause does not count.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.times import date_of, day_of
from rules.context import Context
from rules.duplicates.fee_lines import charged
from rules.findings import Finding, Verdict, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.knowledge.breaches import breach_of_payment, earlier_visits, later_visits, pooled_hits
from rules.knowledge.index import Hit
from rules.knowledge.limits import Days
from rules.knowledge.payment import pooled
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"

Uses = dict[int, int]
"""Days supplied by the day number on which it was charged."""


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: that it goes beyond the days; later ones are looked at again."""
    knowledge = context.knowledge
    if visit is knowledge.clean or not knowledge.hits(rule.id, visit):
        return ()
    return _verdicts(rule, context, person, visit)


def _verdicts(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterator[Verdict]:
    yield _verdict(rule, context, person, visit)
    for later in later_visits(person, visit, rule.at(visit.time)["window_days"]):
        if context.knowledge.hits(rule.id, later):
            yield _verdict(rule, context, person, later)


def _verdict(rule: Rule, context: Context, person: Person, anchor: Visit) -> Verdict:
    numbers = rule.at(anchor.time)
    hits = pooled_hits(context, rule.id, anchor)
    others = earlier_visits(person, anchor, numbers["window_days"]) if hits else ()
    named = {code for hit in hits for code in hit.entry.point.codes}
    others = [visit for visit in others if any(line.code in named for line in visit.lines)]
    look = partial(_look, context, anchor, hits, numbers)
    return Verdict(anchor.event_id, judge(anchor, others, look))


def _look(
    context: Context,
    anchor: Visit,
    hits: Sequence[Hit],
    numbers: Mapping[str, Any],
    others: Sequence[Visit],
) -> Finding | None:
    wrong: list[Hit] = []
    used, allowed = 0, 0
    for hit in hits:
        limit = hit.entry.limit
        if not isinstance(limit, Days):
            continue
        codes = frozenset(hit.entry.point.codes)
        days = _used(limit, anchor, hit.line, codes, others, numbers["pause_days"])
        if days:
            wrong.append(hit)
            if days > used:
                used, allowed = days, limit.most
    evidence = {"used_days": used, "allowed": allowed}
    return breach_of_payment(context, anchor, wrong, evidence)


def _used(
    limit: Days,
    anchor: Visit,
    line: Line,
    codes: frozenset[str],
    others: Sequence[Visit],
    pause: int,
) -> int:
    """Days used where they are more than the limit, else 0."""
    if limit.scope == "supply":
        return line.days if line.days > limit.most else 0
    own = _uses(anchor, codes)
    if limit.scope == "encounter":
        same = [visit for visit in others if _same_encounter(visit, anchor)]
        total = sum(own.values()) + sum(sum(_uses(visit, codes).values()) for visit in same)
        return total if total > limit.most else 0
    before = [(day, days) for visit in others for day, days in _uses(visit, codes).items()]
    course = _last_course([*before, *own.items()], pause)
    if limit.unit == "month":
        first, last = course[0][0], max(day + days - 1 for day, days in course)
        return last - first + 1 if _months_passed(first, last) >= limit.most else 0
    total = sum(days for _, days in course)
    return total if total > limit.most else 0


def _uses(visit: Visit, codes: frozenset[str]) -> Uses:
    """What funds paid: of lines on one day the longest supply counts, strengths add nothing."""
    uses: Uses = {}
    for line in charged(visit.lines):
        if line.code in codes and pooled(visit, line):
            day = day_of(line.at or visit.time)
            uses[day] = max(uses.get(day, 0), line.days, 1)
    return uses


def _last_course(uses: Sequence[tuple[int, int]], pause: int) -> Sequence[tuple[int, int]]:
    """The uses since the last pause longer than `pause` days."""
    ordered = sorted(uses)
    start, end = 0, ordered[0][0]
    for at, (day, days) in enumerate(ordered):
        if day - end > pause:
            start = at
        end = max(end, day + days)
    return ordered[start:]


def _same_encounter(visit: Visit, anchor: Visit) -> bool:
    return bool(anchor.mdtrt_id) and (visit.mdtrt_id, visit.inst) == (anchor.mdtrt_id, anchor.inst)


def _months_passed(first: int, last: int) -> int:
    """Full months between two day numbers."""
    begin, end = date_of(first), date_of(last)
    return (end.year - begin.year) * 12 + end.month - begin.month - (end.day < begin.day)

"""Items that another item of the same settlement and day already includes.

Charged on different days they are two acts, as a test before and after; where the days are not
told one settlement is taken as one act.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from events.times import day_of
from rules.context import Context
from rules.findings import Finding, Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.impersonation.drawn import verdict
from rules.knowledge.breaches import breach_of_use, charged_hits
from rules.knowledge.index import Hit
from rules.knowledge.limits import Together
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement."""
    knowledge = context.knowledge
    if visit is knowledge.clean or not knowledge.hits(rule.id, visit):
        return ()
    return _verdicts(rule, context, visit)


def _verdicts(rule: Rule, context: Context, visit: Visit) -> Iterator[Verdict]:
    if len(context.knowledge.hits(rule.id, visit)) > 1:
        yield verdict(visit, _look(rule, context, visit))


def _look(rule: Rule, context: Context, visit: Visit) -> Finding | None:
    hits = [hit for hit in charged_hits(context, rule.id, visit) if hit.line.amount >= 0]
    by_code: dict[str, list[Line]] = {}
    for hit in hits:
        lines = by_code.setdefault(hit.line.code, [])
        if all(line is not hit.line for line in lines):
            lines.append(hit.line)
    wrong: list[Hit] = []
    for hit in hits:
        limit = hit.entry.limit
        if not isinstance(limit, Together) or hit.line.code != limit.part:
            continue
        if any(_one_day(hit.line, whole) for whole in by_code.get(limit.whole, ())):
            wrong.append(hit)
    whole = {
        line.name or line.code
        for hit in wrong
        if isinstance(hit.entry.limit, Together)
        for line in by_code[hit.entry.limit.whole]
    }
    return breach_of_use(context, visit, wrong, {"including": sorted(whole)})


def _one_day(line: Line, other: Line) -> bool:
    return not line.at or not other.at or day_of(line.at) == day_of(other.at)

"""Drugs and items for an age group: children, newborns, people of working age.

A published point that says children only names no age; a breach is certain from the birthday on
which nobody is a child any more in any law. Mother and newborn share a number.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from events.times import date_of, day_of
from rules.context import Context
from rules.findings import Finding, Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Status, Visit
from rules.impersonation.drawn import verdict
from rules.impersonation.marks import in_maternity
from rules.impersonation.registered import MALE, birth_of, sex_of
from rules.knowledge.breaches import breach_of_use, charged_hits
from rules.knowledge.index import Hit
from rules.knowledge.limits import Age
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status)
SUBJECT: Final = "person"


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status
) -> Iterable[Verdict]:
    """One matter a settlement."""
    knowledge = context.knowledge
    if record is knowledge.clean:
        return ()
    if isinstance(record, Visit):
        if not knowledge.hits(rule.id, record):
            return ()
        return (verdict(record, _look(rule, context, person, record)),)
    if not (record.birth_day or record.sex) or not knowledge:
        return ()
    touched = [visit for visit in person.visits if knowledge.hits(rule.id, visit)]
    return [verdict(visit, _look(rule, context, person, visit)) for visit in touched]


def _look(rule: Rule, context: Context, person: Person, visit: Visit) -> Finding | None:
    born = birth_of(person, visit)
    if born is None or born > day_of(visit.time):
        return None
    parameters = rule.at(visit.time)
    sex = sex_of(person, visit)
    wrong = [
        hit
        for hit in charged_hits(context, rule.id, visit)
        if isinstance(hit.entry.limit, Age)
        and _outside(parameters, hit.entry.limit, born, _given(visit, hit.line), sex)
    ]
    if sex != MALE and in_maternity(visit, parameters["maternity"]):
        wrong = [hit for hit in wrong if not _for_young(hit)]
    if not wrong:
        return None
    months = _months(born, day_of(visit.time))
    return breach_of_use(context, visit, wrong, {"years": months // 12, "months": months})


def _for_young(hit: Hit) -> bool:
    limit = hit.entry.limit
    return isinstance(limit, Age) and not limit.forbidden and limit.group != "working"


def _given(visit: Visit, line: Line) -> Sequence[int]:
    """The days on which a line may have been given: of those the person's best age counts."""
    days = [day_of(moment) for moment in (line.at, visit.begin) if moment]
    return days or [day_of(visit.time)]


def _outside(
    numbers: Mapping[str, int], limit: Age, born: int, days: Sequence[int], sex: str
) -> bool:
    return all(_wrong(numbers, limit, born, day, sex) for day in days)


def _wrong(numbers: Mapping[str, int], limit: Age, born: int, day: int, sex: str) -> bool:
    """Whether a person may not have it on a day, whatever reading of the limit is taken."""
    months = _months(born, day)
    if limit.forbidden:
        if limit.group == "newborn":
            return 0 <= day - born < numbers["newborn_days"]
        group = numbers["surely_children_years"] * 12
        return months < (limit.high if limit.high is not None else group)
    if limit.low is not None and months < limit.low:
        return True
    if limit.high is not None:
        return months >= limit.high
    match limit.group:
        case "newborn":
            return day - born > numbers["newborn_days"]
        case "infant":
            return months >= numbers["infant_months"]
        case "toddler":
            return months >= numbers["toddler_months"]
        case "child":
            return months >= numbers["adult_years"] * 12
        case "working":
            latest = numbers["retired_men_years" if sex != "2" else "retired_women_years"]
            return months < numbers["working_years"] * 12 or months >= latest * 12
        case None:
            return False


def _months(born: int, day: int) -> int:
    """Full months of age on a day."""
    birth, on = date_of(born), date_of(day)
    return (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)

"""Drugs, items or diagnoses of a time of life that the person has not reached or has left.

Newborns' care under the mother's number is quiet, and nothing is said where the birth date is
unknown.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from events.times import day_of
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Status, Visit
from rules.impersonation.drawn import paid, verdict
from rules.impersonation.marks import in_maternity, marks, may_touch
from rules.impersonation.registered import MALE, birth_of, full_years, sex_of
from rules.impersonation.terms import Wording, wording
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status)
SUBJECT: Final = "person"


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status
) -> Iterable[Verdict]:
    """One matter a settlement: that it holds what the person's age rules out."""
    if isinstance(record, Visit):
        if not may_touch(wording(rule.at(record.time)["groups"]), record):
            return ()
        return _visits(rule, context, person, (record,))
    if person.visits and (record.birth_day or record.sex):
        return _visits(rule, context, person, person.visits)
    return ()


def _visits(
    rule: Rule, context: Context, person: Person, visits: Sequence[Visit]
) -> Iterator[Verdict]:
    for visit in visits:
        words = wording(rule.at(visit.time)["groups"])
        touched = marks(context, words, visit)
        if touched:
            yield verdict(visit, _look(rule, context, person, visit, words, touched))


def _look(
    rule: Rule,
    context: Context,
    person: Person,
    visit: Visit,
    words: Wording,
    touched: dict[int, list[str]],
) -> Finding | None:
    birth = birth_of(person, visit)
    if birth is None:
        return None
    years = full_years(birth, day_of(visit.time))
    conflicts = [
        (group, names)
        for at, names in sorted(touched.items())
        if not (group := words.source[at]).get("low", 0) <= years <= group.get("high", 150)
    ]
    if any(group.get("with_mother") for group, _ in conflicts) and sex_of(person, visit) != MALE:
        signs = rule.at(visit.time)["maternity"]
        if in_maternity(visit, signs):
            conflicts = [pair for pair in conflicts if not pair[0].get("with_mother")]
    if years < 0 or not conflicts:
        return None
    return found(
        [visit],
        amount=paid(visit),
        involved=visit.fee,
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "years": years,
            "what": list(dict.fromkeys(name for _, names in conflicts for name in names)),
            "meant_zh": [group["zh"] for group, _ in conflicts],
            "meant_en": [group["en"] for group, _ in conflicts],
            "paid_fen": paid(visit),
        },
    )

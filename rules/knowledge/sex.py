"""Drugs, items and consumables that the published points give to one sex only.

The register's sex wins over the sender's. The points themselves leave out people whose sex is
unclear or whose chromosomes or sexual development differ; mother and newborn share a number.
"""

from collections.abc import Iterable
from typing import Final

from rules.context import Context
from rules.findings import Finding, Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Status, Visit
from rules.impersonation.drawn import verdict
from rules.impersonation.marks import in_maternity
from rules.impersonation.registered import FEMALE, KNOWN, MALE, sex_of
from rules.impersonation.terms import wording
from rules.knowledge.breaches import breach_of_use, charged_hits
from rules.knowledge.limits import Sex
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
    if record.sex not in KNOWN or not knowledge:
        return ()
    touched = [visit for visit in person.visits if knowledge.hits(rule.id, visit)]
    return [verdict(visit, _look(rule, context, person, visit)) for visit in touched]


def _look(rule: Rule, context: Context, person: Person, visit: Visit) -> Finding | None:
    sex = sex_of(person, visit)
    if not sex:
        return None
    wrong = [
        hit
        for hit in charged_hits(context, rule.id, visit)
        if isinstance(hit.entry.limit, Sex) and hit.entry.limit.only != sex
    ]
    if not wrong or _left_out(rule, visit, sex):
        return None
    return breach_of_use(context, visit, wrong)


def _left_out(rule: Rule, visit: Visit, sex: str) -> bool:
    parameters = rule.at(visit.time)
    if sex == MALE and visit.insurance in parameters["spouse_insurances"]:
        return True
    if sex == FEMALE and in_maternity(visit, parameters["maternity"]):
        return True
    unclear = wording(parameters["unclear_sex"])
    return any(unclear.of_diagnosis(code) for code in visit.diagnoses)

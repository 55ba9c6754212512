"""Drugs, items or diagnoses that belong to the other sex.

The register's sex wins over the sender's. Nothing is said where the sex is unknown, where mother
and newborn share a number, and of illnesses and drugs that both sexes have.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Status, Visit
from rules.impersonation.drawn import paid, verdict
from rules.impersonation.marks import in_maternity, marks, may_touch
from rules.impersonation.registered import FEMALE, KNOWN, MALE, sex_of
from rules.impersonation.terms import wording
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status)
SUBJECT: Final = "person"
_WORDS: Final = {MALE: ("男", "man"), FEMALE: ("女", "woman")}


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status
) -> Iterable[Verdict]:
    """One matter a settlement: that it holds what only the other sex needs."""
    if isinstance(record, Visit):
        if not may_touch(wording(rule.at(record.time)["terms"]), record):
            return ()
        return _visits(rule, context, person, (record,))
    if person.visits and record.sex in KNOWN:
        return _visits(rule, context, person, person.visits)
    return ()


def _visits(
    rule: Rule, context: Context, person: Person, visits: Sequence[Visit]
) -> Iterator[Verdict]:
    for visit in visits:
        words = wording(rule.at(visit.time)["terms"])
        touched = marks(context, words, visit)
        if touched:
            by_sex = {words.source[at]["sex"]: names for at, names in touched.items()}
            yield verdict(visit, _look(rule, context, person, visit, by_sex))


def _look(
    rule: Rule, context: Context, person: Person, visit: Visit, by_sex: dict[str, list[str]]
) -> Finding | None:
    sex = sex_of(person, visit)
    other = {MALE: FEMALE, FEMALE: MALE}.get(sex, "")
    what = by_sex.get(other)
    if not what:
        return None
    parameters = rule.at(visit.time)
    if sex == MALE and visit.insurance in parameters["spouse_insurances"]:
        return None
    if sex == FEMALE and in_maternity(visit, parameters["maternity"]):
        return None
    return found(
        [visit],
        amount=paid(visit),
        involved=visit.fee,
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "what": list(dict.fromkeys(what)),
            "sex_zh": _WORDS[sex][0],
            "other_zh": _WORDS[other][0],
            "sex_en": _WORDS[sex][1],
            "other_en": _WORDS[other][1],
            "paid_fen": paid(visit),
        },
    )

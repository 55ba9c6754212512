"""Drugs and items of work-injury or maternity insurance that basic medical insurance paid.

Maternity insurance and employee medical insurance are run as one: a settlement for a pregnancy or
a birth is within it whatever its `insutype`.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.impersonation.drawn import verdict
from rules.impersonation.marks import in_maternity
from rules.knowledge.breaches import breach_of_payment, pooled_hits
from rules.knowledge.index import Hit
from rules.knowledge.limits import Insurance
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
    parameters = rule.at(visit.time)
    wrong: list[Hit] = []
    if visit.insurance in parameters["medical_insurances"]:
        born = in_maternity(visit, parameters["maternity"])
        wrong = [
            hit
            for hit in pooled_hits(context, rule.id, visit)
            if isinstance(hit.entry.limit, Insurance)
            and not (born and hit.entry.limit.only == "maternity")
        ]
    yield verdict(visit, breach_of_payment(context, visit, wrong, {"insutype": visit.insurance}))

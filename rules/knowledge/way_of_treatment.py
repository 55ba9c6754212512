"""Payment limits to inpatients, emergencies or outpatients, by the scheme of the settlement.

Ways of treatment between the two, as home beds and emergency observation, are undecided.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from events.codes import Scheme
from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.impersonation.drawn import verdict
from rules.knowledge.breaches import breach_of_payment, pooled_hits
from rules.knowledge.limits import Treatment
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_OUTPATIENT: Final = frozenset(
    {Scheme.GENERAL, Scheme.CHRONIC, Scheme.TWO_DISEASE, Scheme.PHARMACY, Scheme.REGISTRATION}
)


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement."""
    knowledge = context.knowledge
    if visit is knowledge.clean or not knowledge.hits(rule.id, visit):
        return ()
    return _verdicts(rule, context, visit)


def _verdicts(rule: Rule, context: Context, visit: Visit) -> Iterator[Verdict]:
    wrong = [
        hit
        for hit in pooled_hits(context, rule.id, visit)
        if isinstance(hit.entry.limit, Treatment) and _outside(hit.entry.limit, visit.scheme)
    ]
    yield verdict(visit, breach_of_payment(context, visit, wrong, {"med_type": visit.med_type}))


def _outside(limit: Treatment, scheme: str) -> bool:
    if scheme in _OUTPATIENT:
        return "outpatient" not in limit.ways
    if scheme == Scheme.INPATIENT:
        # An emergency patient who is admitted stays one.
        return limit.ways == ("outpatient",)
    return False

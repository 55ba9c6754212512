"""Drugs that chronic benefit pays for listed diseases only, settled for another disease.

A form of a listed disease, as one with a complication, counts as that disease.
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
from rules.knowledge.diseases import KIND as DISEASE
from rules.knowledge.index import Hit
from rules.knowledge.limits import Diseases
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_LISTED: Final = frozenset({Scheme.CHRONIC, Scheme.TWO_DISEASE})


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement."""
    knowledge = context.knowledge
    if visit is knowledge.clean or not knowledge.hits(rule.id, visit):
        return ()
    return _verdicts(rule, context, visit)


def _verdicts(rule: Rule, context: Context, visit: Visit) -> Iterator[Verdict]:
    wrong: list[Hit] = []
    if visit.scheme in _LISTED and visit.disease[:1] == "M" and len(visit.disease) > DISEASE:
        disease = visit.disease[:DISEASE]
        wrong = [
            hit
            for hit in pooled_hits(context, rule.id, visit)
            if isinstance(hit.entry.limit, Diseases)
            and all(not code.startswith(disease) for code in hit.entry.limit.codes)
        ]
    yield verdict(visit, breach_of_payment(context, visit, wrong, {"disease": visit.disease}))

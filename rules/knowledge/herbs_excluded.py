"""Herbal slices that the pool never pays, alone or in a formula."""

from collections.abc import Iterable, Iterator
from typing import Final

from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.impersonation.drawn import verdict
from rules.knowledge.breaches import breach_of_payment, pooled_hits
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
    wrong = pooled_hits(context, rule.id, visit)
    yield verdict(visit, breach_of_payment(context, visit, wrong))

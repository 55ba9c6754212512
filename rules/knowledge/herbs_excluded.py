"""Herbal slices that the pool never pays, alone or in a formula."""

from collections.abc import Iterator
from typing import Final

from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import PERSON, Person
from rules.histories.records import Visit
from rules.impersonation.drawn import verdict
from rules.knowledge.breaches import breach_of_payment, pooled_hits
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterator[Verdict]:
    """One matter a settlement."""
    if context.knowledge.hits(rule.id, visit):
        wrong = pooled_hits(context, rule.id, visit)
        yield verdict(visit, breach_of_payment(context, visit, wrong))

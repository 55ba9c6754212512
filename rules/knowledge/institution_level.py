"""Payment limits to hospitals of a tier: what the pool paid at one of a lower tier.

An institution without a tier (a pharmacy, code 11) is undecided: it may have filled a bigger
hospital's prescription.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from events.codes import tier
from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import PERSON, Person
from rules.histories.records import Visit
from rules.impersonation.drawn import verdict
from rules.knowledge.breaches import breach_of_payment, pooled_hits
from rules.knowledge.limits import Level
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
    known = context.institutions.get(visit.inst)
    has = tier(visit.level) or (tier(known.level) if known is not None else 0)
    wrong = [
        hit
        for hit in pooled_hits(context, rule.id, visit)
        if isinstance(hit.entry.limit, Level) and 0 < has < hit.entry.limit.tier
    ]
    yield verdict(visit, breach_of_payment(context, visit, wrong, {"tier": has}))

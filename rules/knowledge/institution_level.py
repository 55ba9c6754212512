"""Payment limits to hospitals of a tier: what the pool paid at one of a lower tier or of none.

A pharmacy is undecided, since it may have filled a bigger hospital's prescription; so is an
institution whose grade nobody told. One that is told to be ungraded is below every tier.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from events.codes import tier
from events.national_codes import FixmedinsType, HospLv
from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.histories.spreading import at_pharmacy
from rules.impersonation.drawn import verdict
from rules.knowledge.breaches import breach_of_payment, pooled_hits
from rules.knowledge.limits import Level
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"

_TIERS: Final = (
    ("无等级", "has no grade"),
    ("为一级", "is of tier 1"),
    ("为二级", "is of tier 2"),
    ("为三级", "is of tier 3"),
)


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement."""
    knowledge = context.knowledge
    if visit is knowledge.clean or not knowledge.hits(rule.id, visit):
        return ()
    return _verdicts(rule, context, visit)


def _verdicts(rule: Rule, context: Context, visit: Visit) -> Iterator[Verdict]:
    has = _tier(context, visit)
    wrong = [
        hit
        for hit in pooled_hits(context, rule.id, visit)
        if has is not None and isinstance(hit.entry.limit, Level) and has < hit.entry.limit.tier
    ]
    zh, en = _TIERS[has or 0]
    told = {"tier": has, "tier_zh": zh, "tier_en": en}
    yield verdict(visit, breach_of_payment(context, visit, wrong, told))


def _tier(context: Context, visit: Visit) -> int | None:
    """The tier by the settlement, else by the register; 0 if ungraded, None if nobody told."""
    known = context.institutions.get(visit.inst)
    listed = known.level if known is not None else ""
    has = tier(visit.level) or tier(listed)
    if has:
        return has
    if HospLv.UNGRADED not in (visit.level, listed) or at_pharmacy(visit):
        return None
    return None if known is not None and known.kind == FixmedinsType.PHARMACY else 0

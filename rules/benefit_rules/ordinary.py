"""A settlement as the benefit calculation takes it, and whether the ordinary terms apply to it."""

from collections.abc import Sequence
from typing import Final

from events.times import day_of
from rules.benefit import BENEFIT_SCHEMES, Claim
from rules.benefit.coverage import coverage
from rules.benefit.lookup import Law
from rules.benefit_rules.payments import CITY
from rules.benefit_rules.tariffs import REMEMBERED, book_of, level, retired
from rules.benefit_rules.ways import FULL, way_of
from rules.benefit_rules.working import has_own_terms
from rules.context import Context
from rules.histories.records import Status, Visit
from rules.histories.spreading import at_pharmacy

_OWN_RULES: Final = "outpatient.benefit."


def is_ordinary(
    context: Context, statuses: Sequence[Status], visit: Visit, *, pharmacy: bool
) -> bool:
    """Whether the area's ordinary terms apply; where not, other rules say what is wrong.

    `statuses` are the person's, `pharmacy` whether the settlement was made at one. What the
    policy says is asked once for each sort of settlement in a period.
    """
    if statuses and has_own_terms(statuses, visit):
        return False
    way = way_of(statuses, visit)
    area, treated_in = visit.insured_area, visit.area[:CITY]
    if not pharmacy and way == FULL and treated_in == area[:CITY]:
        return True
    known = context.institutions.get(visit.inst)
    if pharmacy and known is None:
        return False
    day = day_of(visit.time)
    joined = known is not None and known.pool_from is not None and known.pool_from <= day
    book = book_of(context)
    key = (area, book.period(area, day), visit.scheme, way, treated_in, pharmacy, joined)
    found = book.ordinary.get(key)
    if found is None:
        if len(book.ordinary) >= REMEMBERED:
            book.ordinary.clear()
        found = book.ordinary[key] = _applies(context, claim_of(context, visit, way))
    return found


def _applies(context: Context, claim: Claim) -> bool:
    covered = coverage(Law(context.policy, claim))
    if covered.status == "not_covered":
        return False
    return not any(path.startswith(_OWN_RULES) for path in covered.missing)


def claim_of(
    context: Context,
    visit: Visit,
    way: str,
    *,
    prescription: bool = True,
    filed: bool = True,
    cap_raise: int = 0,
    working: bool = False,
) -> Claim:
    """A settlement as the benefit calculation takes it; `working` where reports say so."""
    known = context.institutions.get(visit.inst)
    return Claim(
        area=visit.insured_area,
        day=day_of(visit.time),
        scheme=BENEFIT_SCHEMES[visit.scheme],
        in_policy=max(0, visit.in_scope),
        retired=retired(visit) and not working,
        clct_way=way,
        hosp_lv=level(context, visit),
        pharmacy=at_pharmacy(visit),
        pharmacy_pool_from=known.pool_from if known is not None else None,
        prescription=prescription,
        treated_in=visit.area,
        filed=filed,
        cap_raise=cap_raise,
    )

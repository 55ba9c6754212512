"""The calculation of one settlement with the year's sums before it, for people to read.

The sums are those of the records as they stand: what was charged as deductible and what the pool
paid, and for manual claims, which tell no deductible, what was left of it when they were
registered. (The rules judge more mildly, where records leave room.)
"""

from msgspec import Struct

from events.times import date_of, day_of
from rules.benefit import (
    BENEFIT_SCHEMES,
    Accumulators,
    Benefit,
    Settled,
    Undetermined,
    accumulate,
    calculate,
)
from rules.benefit_rules.circumstances import filed, prescribed
from rules.benefit_rules.claimed import pool_claimed
from rules.benefit_rules.ordinary import claim_of
from rules.benefit_rules.payments import concerned, is_inpatient
from rules.benefit_rules.registrations import raised
from rules.benefit_rules.spans import year_start
from rules.benefit_rules.ways import way_of
from rules.benefit_rules.working import is_inferred
from rules.benefit_rules.years import claims_reckoned
from rules.context import Context
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.histories.series import before
from rules.pool import pool_of

PRESCRIPTION_DAYS = 30
"""As `benefit.pharmacy_not_paid` has it."""


class Explanation(Struct, frozen=True, kw_only=True):
    """What the pool owes for a settlement and what it paid, fen.

    `earlier` is how many settlements of the year the sums rest on, beside its manual claims.
    """

    visit: Visit
    sums: Accumulators
    earlier: int
    result: Benefit | Undetermined
    paid: int

    @property
    def least(self) -> int:
        """The least the pool owes, whatever is missing."""
        return self.result.fund_payment if isinstance(self.result, Benefit) else self.result.floor

    @property
    def most(self) -> int:
        """The most the pool may pay, whatever is missing."""
        return self.result.fund_payment if isinstance(self.result, Benefit) else self.result.ceiling


def explain(context: Context, person: Person, visit: Visit) -> Explanation:
    """Calculate a settlement after those of its year that the person's history holds.

    Raises ValueError for a settlement that the employees' outpatient benefits do not concern.
    """
    if not concerned(visit):
        raise ValueError(
            f"found scheme {visit.scheme!s}, insutype {visit.insurance!r}, psn_type"
            f" {visit.person_type!r}; expected outpatient care of the employees' insurance"
        )
    sums, earlier = _sums(context, person, visit)
    claim = claim_of(
        context,
        visit,
        way_of(person.statuses, visit),
        prescription=prescribed(person, visit, PRESCRIPTION_DAYS),
        filed=filed(person, visit),
        cap_raise=raised(context, person.benefits, visit).amount,
        working=is_inferred(context, person.statuses, visit),
    )
    return Explanation(
        visit=visit,
        sums=sums,
        earlier=earlier,
        result=calculate(context.policy, claim, sums),
        paid=pool_of(context, visit),
    )


def _sums(context: Context, person: Person, visit: Visit) -> tuple[Accumulators, int]:
    """The year's sums before a settlement, and how many settlements they rest on."""
    year, start = date_of(day_of(visit.time)).year, year_start(visit.time)
    sums, earlier = Accumulators(year=year), 0
    for other in before(person.visits, visit):
        if other.time < start or other.rev_at or not (concerned(other) or is_inpatient(other)):
            continue
        earlier += 1
        settled = Settled(
            patient=person.key,
            year=year,
            scheme=BENEFIT_SCHEMES.get(other.scheme, "inpatient"),
            in_policy=other.in_scope,
            deductible=other.deductible,
            paid=pool_of(context, other),
            account_owner=other.owner,
        )
        sums = accumulate(sums, settled, person.key)
    for one in claims_reckoned(context, person, visit.time) if person.claims else ():
        claim = one.claim
        if (claim.time, claim.event_id) < (visit.time, visit.event_id):
            settled = Settled(
                patient=person.key,
                year=year,
                scheme=one.tariff.scheme,
                in_policy=claim.in_scope,
                deductible=one.used,
                paid=pool_claimed(person, claim),
            )
            sums = accumulate(sums, settled, person.key)
    return sums, earlier

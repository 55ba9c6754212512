"""A manual claim was paid at more than the ratio of the home area's policy.

Care that was not settled where it was given is claimed at home and follows the home area's
payment policy. The deductible and the category of person are taken in the claimant's favour.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from events.times import day_of
from rules.benefit import BENEFIT_SCHEMES
from rules.benefit_rules.tariffs import tariff_of
from rules.context import Context
from rules.duplicates.claims import is_told_again, versions
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import PERSON, Person
from rules.histories.records import RED, Claim, Status, Visit
from rules.histories.spreading import PHARMACY
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Claim, Status, Visit)
SUBJECT: Final = "person"
_EMPLOYEES: Final = "310"
_OWN_TERMS: Final = ("13", "33", "34")


def check(
    rule: Rule, context: Context, person: Person, record: Claim | Status | Visit
) -> Iterable[Verdict]:
    """One matter a claim: that it was paid beyond the home area's ratio."""
    if not person.claims:
        return ()
    claims = versions(person, record) if isinstance(record, Claim) else person.claims
    return _verdicts(rule, context, person, claims)


def _verdicts(
    rule: Rule, context: Context, person: Person, claims: Sequence[Claim]
) -> Iterator[Verdict]:
    for claim in claims:
        if claim.scheme in BENEFIT_SCHEMES and claim.bill_flag != RED:
            again = is_told_again(person, claim)
            yield Verdict(claim.event_id, None if again else _look(rule, context, person, claim))


def _look(rule: Rule, context: Context, person: Person, claim: Claim) -> Finding | None:
    paid = claim.pool or claim.fund
    if not paid or not claim.in_scope or not _is_employee(person):
        return None
    known = context.institutions.get(claim.inst)
    terms = tariff_of(
        context,
        claim.insured_area,
        day_of(claim.begin or claim.time),
        claim.scheme,
        known.level if known is not None else "",
        pharmacy=known is not None and known.kind == PHARMACY,
        old=True,
    )
    allowed = terms.of(claim.in_scope)
    if paid <= allowed + rule.at(claim.time)["tolerance"]:
        return None
    return found(
        [claim],
        amount=paid - allowed,
        involved=claim.fee,
        area=claim.insured_area,
        assumed=terms.filled_ratio,
        evidence={
            "institution": context.name_of(claim.inst),
            "claimed_at": claim.time,
            "in_policy_fen": claim.in_scope,
            "ratio": terms.percent,
            "due_fen": allowed,
            "paid_fen": paid,
            "over_fen": paid - allowed,
        },
    )


def _is_employee(person: Person) -> bool:
    """Whether the person is known in the employees' insurance, and on its ordinary terms only."""
    kinds = {status.insurance for status in person.statuses if status.insurance}
    kinds |= {visit.insurance for visit in person.visits if visit.insurance}
    terms = [status.person_type for status in person.statuses]
    terms += [visit.person_type for visit in person.visits]
    return kinds == {_EMPLOYEES} and not any(one.startswith(_OWN_TERMS) for one in terms)

"""A manual claim was paid beyond what the home area's policy owes for it.

Care that was not settled where it was given is claimed at home and follows the home area's
payment policy: its ratio, what the year's settlements and claims left of the deductible, and what
they left of the cap. No document says in which order a claim is counted among settlements, so each
is taken as it is better for the claimant: whatever was settled or registered until a claim may
have been worked out may have come first for the deductible, and only what had been settled before
the claim was registered has filled the cap.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.times import DAY, date_of, day_of, year_bounds
from rules.benefit import BENEFIT_SCHEMES
from rules.benefit_rules.claimed import (
    is_employee,
    is_taken_back,
    known_in_year,
    pool_claimed,
    terms_of,
    used_within,
)
from rules.benefit_rules.registrations import is_complete, raised
from rules.benefit_rules.spans import seen_from, year_start
from rules.benefit_rules.sums import Claimed
from rules.benefit_rules.tariffs import Tariff
from rules.benefit_rules.working import in_work
from rules.benefit_rules.years import claims_reckoned
from rules.context import Context
from rules.duplicates.claims import is_told_again
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import RED, Benefit, Claim, Status, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Claim, Status, Visit, Benefit)
SUBJECT: Final = "person"
_WHY: Final = {
    "ratio": ("超过支付比例", "more than the ratio allows"),
    "deductible": ("未扣除起付标准", "the deductible was not taken off"),
    "cap": ("超过年度最高支付限额", "beyond the year's cap"),
}


class _Due(NamedTuple):
    """The most that is owed for a claim (fen), and what binds it."""

    amount: int
    why: str
    left: int
    room: int | None


def check(
    rule: Rule, context: Context, person: Person, record: Claim | Status | Visit | Benefit
) -> Iterable[Verdict]:
    """One matter a claim: that it was paid beyond what the home area owes."""
    if not person.claims:
        return ()
    return _verdicts(rule, context, person, _concerned(person, record))


def _concerned(person: Person, record: Claim | Status | Visit | Benefit) -> Sequence[Claim]:
    """The claims that a record may show in another light: the earliest tells since when all do."""
    if not isinstance(record, Visit) or person.visits[0] is record:
        return person.claims
    first, last = year_bounds(day_of(record.time))
    return [claim for claim in person.claims if first <= claim.time <= last]


def _verdicts(
    rule: Rule, context: Context, person: Person, claims: Sequence[Claim]
) -> Iterator[Verdict]:
    years: dict[int, Sequence[Claimed]] = {}
    for claim in claims:
        if claim.scheme in BENEFIT_SCHEMES and claim.bill_flag != RED:
            if is_told_again(person, claim):
                yield Verdict(claim.event_id, None)
                continue
            back, start = is_taken_back(person, claim), year_start(claim.time)
            if back or start not in years:
                years[start] = claims_reckoned(context, person, claim.time, claim)
            one = next((each for each in years[start] if each.claim is claim), None)
            finding = _look(rule, context, person, claim, one)
            if back:
                del years[start]
            yield Verdict(claim.event_id, withdrawn(finding) if back else finding)


def _look(
    rule: Rule, context: Context, person: Person, claim: Claim, one: Claimed | None
) -> Finding | None:
    paid, limits = pool_claimed(person, claim), rule.at(claim.time)
    known = known_in_year(person, year_bounds(day_of(claim.time)))
    if not paid or not claim.in_scope or not is_employee(known):
        return None
    births = [record.birth_day for record in known]
    working = in_work(context, claim.insured_area, known, births, claim.time)
    terms = terms_of(context, claim, old=not working)
    due = _due(limits, context, person, claim, one, terms)
    if paid <= due.amount + limits["tolerance"]:
        return None
    severity = 1
    if working:
        retired = _due(limits, context, person, claim, one, terms_of(context, claim, old=True))
        severity = 1 if paid > retired.amount + limits["tolerance"] else 2
    zh, en = _WHY[due.why]
    return found(
        [claim],
        amount=paid - due.amount,
        involved=claim.fee,
        area=claim.insured_area,
        severity=severity,
        assumed=_assumed(terms, due),
        evidence={
            "institution": context.name_of(claim.inst),
            "claimed_at": claim.time,
            "year": str(date_of(day_of(claim.time)).year),
            "in_policy_fen": claim.in_scope,
            "ratio": terms.percent,
            "deductible_left_fen": due.left,
            **({} if due.room is None else {"cap_left_fen": due.room}),
            "why_zh": zh,
            "why_en": en,
            "due_fen": due.amount,
            "paid_fen": paid,
            "over_fen": paid - due.amount,
        },
    )


def _due(
    limits: Mapping[str, Any],
    context: Context,
    person: Person,
    claim: Claim,
    one: Claimed | None,
    terms: Tariff,
) -> _Due:
    """The most that is owed by the terms; the ratio alone where the claim does not count."""
    by_ratio = terms.of(claim.in_scope)
    if one is None:
        return _Due(by_ratio, "ratio", 0, None)
    left = 0
    seen = seen_from(person) <= year_start(claim.time) + limits["seen_days"] * DAY
    if terms.deductible is not None and (seen or is_complete(context, claim)):
        used = one.before + used_within(person, one, limits["worked_out_days"])
        left = min(max(0, terms.deductible - used), claim.in_scope)
    amount = terms.of(claim.in_scope - left)
    room = None
    if terms.cap is not None:
        room = max(0, terms.cap + raised(context, person.benefits, claim).amount - one.filled)
        if room < amount:
            return _Due(room, "cap", left, room)
    why = "deductible" if pool_claimed(person, claim) <= by_ratio else "ratio"
    return _Due(amount, why, left, room)


def _assumed(terms: Tariff, due: _Due) -> tuple[str, ...]:
    paths = terms.filled_cap if due.why == "cap" else terms.filled_ratio
    return paths + terms.filled_deductible if due.left else paths

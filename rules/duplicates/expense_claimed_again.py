"""An expense that was settled directly, or claimed before, is claimed by hand without its receipt.

Where both sides name a receipt, `receipt_twice` compares the receipts. This rule looks at what is
left: one of them names none, but person, institution, day and total agree.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from events.local_codes import Scheme
from rules.context import Context
from rules.duplicates.claims import (
    claim_paid,
    claims_since,
    counts,
    day_claimed,
    is_told_again,
    looks_the_same,
    one_receipt,
    settled_before,
)
from rules.duplicates.neighbours import Moment, paid
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Claim, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Claim, Visit)
SUBJECT: Final = "person"
_LAW: Final = "manual_claim.once_per_receipt"


def check(rule: Rule, context: Context, person: Person, record: Claim | Visit) -> Iterable[Verdict]:
    """One matter a claim: that its expense had been paid before."""
    return _judged(rule, context, person, record) if person.claims else ()


def _judged(
    rule: Rule, context: Context, person: Person, record: Claim | Visit
) -> Iterator[Verdict]:
    claims: Iterable[Claim]
    if isinstance(record, Visit):
        claims = claims_since(person, record)
    else:
        since = (record.time, record.event_id)
        claims = [claim for claim in person.claims if (claim.time, claim.event_id) >= since]
    for claim in claims:
        if not counts(claim):
            continue
        if is_told_again(person, claim):
            yield Verdict(claim.event_id, None)
            continue
        settled = [visit for visit in settled_before(person, claim) if _settled(claim, visit)]
        claimed = [other for other in person.claims if _claimed(person, other, claim)]
        finding = None
        if settled or claimed:
            look = partial(_look, rule, context, claim, claimed)
            finding = judge(Moment(claim.time), settled, look)
        yield Verdict(claim.event_id, finding)


def _settled(claim: Claim, visit: Visit) -> bool:
    """Whether insurance paid the claim's expense directly, by all but the receipt."""
    if claim.scheme not in (visit.scheme, Scheme.OTHER) and visit.med_type:
        return False
    if one_receipt(claim.bill, visit.bill) is not None or not looks_the_same(claim, visit):
        return False
    if visit.fund or visit.pool:
        return True
    account = visit.account or visit.shared
    return bool(account) and account + claim_paid(claim) > claim.fee


def _claimed(person: Person, other: Claim, claim: Claim) -> bool:
    """Whether an earlier claim was paid for the same expense, by all but the receipt."""
    return (
        (other.time, other.event_id) < (claim.time, claim.event_id)
        and counts(other)
        and (not claim.claim_id or other.claim_id != claim.claim_id)
        and one_receipt(claim.bill, other.bill) is None
        and not is_told_again(person, other)
        and other.fee == claim.fee > 0
        and day_claimed(other) == day_claimed(claim) is not None
        and (not other.inst or not claim.inst or other.inst == claim.inst)
    )


def _look(
    rule: Rule,
    context: Context,
    claim: Claim,
    claimed: Sequence[Claim],
    settled: Sequence[Visit],
) -> Finding | None:
    law = context.law(claim.insured_area, _LAW, claim.time)
    if not (settled or claimed) or law is None or not law.flag:
        return None
    earlier: list[Visit | Claim] = [*settled, *claimed]
    earlier.sort(key=lambda record: (record.time, record.event_id))
    return found(
        [*earlier, claim],
        amount=claim_paid(claim),
        involved=claim_paid(claim) + sum(map(paid, settled)) + sum(map(claim_paid, claimed)),
        area=claim.insured_area,
        severity=rule.meta.severity,
        assumed=(_LAW,) if law.filled else (),
        evidence={
            "institution": context.name_of(claim.inst or earlier[0].inst),
            "visited_at": claim.begin,
            "first_paid_at": earlier[0].time,
            "claimed_at": claim.time,
            "fee_fen": claim.fee,
            "claimed_fen": claim_paid(claim),
            "settled": len(settled),
            "claims": len(claimed) + 1,
        },
    )

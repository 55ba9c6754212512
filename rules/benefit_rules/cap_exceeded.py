"""The pool went on paying when the year's cap was used up.

The year begins with nothing used and nothing left over from the year before. Settlements that
were not seen can only have used more of the cap, so what is known is enough. A manual claim has
filled the cap once it must have been worked out, some time after it was registered.
"""

from collections.abc import Iterable
from typing import Final

from events.times import DAY, date_of, day_of
from rules.benefit_rules.first_look import is_idle
from rules.benefit_rules.years import INFERRED, Reckoning, reckoned
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Benefit, Claim, Status, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status, Claim, Benefit)
SUBJECT: Final = "person"


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status | Claim | Benefit
) -> Iterable[Verdict]:
    """One matter a settlement: that it was paid beyond the cap."""
    if isinstance(record, Visit):
        if is_idle(person, record):
            return ()
    elif isinstance(record, Benefit) and not record.raise_amount:
        return ()
    verdicts: list[Verdict] = []
    for one in reckoned(context, person, record):
        if one.visit.pool_paid:
            finding = _judged(rule, context, one)
            if finding is not None or person.standing:
                verdicts.append(Verdict(one.visit.event_id, finding))
    return verdicts


def _judged(rule: Rule, context: Context, one: Reckoning) -> Finding | None:
    """What stands now, else what stood when it was settled."""
    if not one.visit.rev_at:
        finding = _look(rule, context, one, one.room)
        if finding is not None or one.room_then == one.room:
            return finding
    return withdrawn(_look(rule, context, one, one.room_then))


def _look(rule: Rule, context: Context, one: Reckoning, room: int | None) -> Finding | None:
    if room is None or not one.ordinary or one.paid <= 0:
        return None
    visit = one.visit
    claimed = 0
    if one.claimed:
        worked_out = visit.time - rule.at(visit.time)["worked_out_days"] * DAY
        claimed = sum(amount for registered, amount in one.claimed if registered <= worked_out)
        room = max(0, room - claimed)
    paid = min(one.paid, one.due) if one.in_policy > 0 else one.paid
    if paid <= room + rule.at(visit.time)["tolerance"]:
        return None
    terms, milder = one.tariff, one.milder
    more = 0
    if milder is not None and milder.cap is not None and terms.cap is not None:
        more = milder.cap - terms.cap
    refused = one.raise_.unapproved
    return found(
        [visit, *refused],
        amount=paid - room,
        involved=visit.fee,
        area=visit.insured_area,
        severity=INFERRED if milder is not None and paid <= room + more else None,
        assumed=terms.filled_cap,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "scheme": terms.scheme,
            "year": str(date_of(day_of(visit.time)).year),
            "cap_fen": (terms.cap if terms.cap is not None else terms.basic or 0)
            + one.raise_.amount,
            "paid_before_fen": one.paid_year + claimed,
            "room_fen": room,
            "paid_fen": one.paid,
            "over_fen": paid - room,
            "raises_not_approved": len(refused),
        },
    )

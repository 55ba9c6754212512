"""A pharmacy takes back many settlements of many persons on the day they were made.

The pool or the accounts have paid, the goods stay or never were; what is refunded at once and not
settled anew was not sold. A large pharmacy's few refunds are a small share of its day.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from events.times import HOUR
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import INSTITUTION_DAY, InstitutionDay
from rules.histories.records import Swipe
from rules.rule import Rule

KIND: Final = INSTITUTION_DAY
RECORDS: Final = (Swipe,)
SUBJECT: Final = "institution"
ABOUT: Final = "refunds"


def check(rule: Rule, context: Context, day: InstitutionDay, swipe: Swipe) -> Iterable[Verdict]:
    """One matter a day; a settlement that stands can only weaken what is found."""
    if not swipe.rev_at and not (day.standing and is_raised(rule, day, ABOUT)):
        return ()
    return (Verdict(ABOUT, _look(rule.at(swipe.time), context, day.swipes)),)


def _look(limits: Mapping[str, Any], context: Context, swipes: Sequence[Swipe]) -> Finding | None:
    settled_anew = {swipe.psn_no for swipe in swipes if not swipe.rev_at}
    taking = [
        swipe
        for swipe in swipes
        if swipe.rev_at
        and swipe.rev_at - swipe.time <= limits["quick_hours"] * HOUR
        and swipe.fund + max(swipe.account, swipe.shared) >= limits["floor"]
        and swipe.psn_no not in settled_anew
    ]
    persons = len({swipe.psn_no for swipe in taking})
    if persons < limits["persons"] or len(taking) < limits["share"] * len(swipes):
        return None
    amount = sum(swipe.fund + max(swipe.account, swipe.shared) for swipe in taking)
    return found(
        taking,
        amount=amount,
        involved=sum(swipe.fee for swipe in taking),
        area=taking[-1].insured_area,
        evidence={
            "institution": context.name_of(taking[-1].inst),
            "times": len(taking),
            "persons": persons,
            "settlements": len(swipes),
            "begun_at": taking[0].time,
            "ended_at": max(swipe.rev_at for swipe in taking),
            "amount_fen": amount,
        },
    )

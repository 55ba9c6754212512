"""One person pays the same amount from an account over and over at pharmacies.

Real baskets differ. Refills once a month, treatments at hospitals and small sums are left alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.times import DAY
from rules.cash_out.windows import episode, is_raised, month_bounds, months_from, since
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.histories.series import between
from rules.histories.spreading import at_pharmacy
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a calendar month: the equal amounts of the windows that end in it."""
    amount = visit.account if visit.account >= visit.shared else visit.shared
    if not amount:
        return ()
    limits = rule.at(visit.time)
    if amount < limits["floor"] or not at_pharmacy(visit):
        return ()
    needed = min(limits["times"], limits["times_round"])
    if len(person.visits) < needed and not person.standing:
        return ()
    window = limits["window_days"] * DAY
    visits = person.visits
    if visits[-1] is visit:
        near = since(visits, visit.time - window)
    else:
        near = between(visits, visit.time - window, visit.time + window)
    enough = len(near) >= needed and sum([_money(other) == amount for other in near]) >= needed
    if not enough and not person.standing:
        return ()
    return [
        Verdict(month, _look(rule, context, person, month))
        for month in months_from(visit.time, window)
        if enough or is_raised(rule, person, month)
    ]


def _look(rule: Rule, context: Context, person: Person, month: str) -> Finding | None:
    first, last = month_bounds(month)
    limits = rule.at(first)
    window = limits["window_days"] * DAY
    purchases = [
        visit
        for visit in between(person.visits, first - window, last)
        if _money(visit) >= limits["floor"] and at_pharmacy(visit)
    ]
    taking, no_more = episode(purchases, month, window, partial(_equal, limits))
    if not taking:
        return None
    amount = sum(visit.fund + _money(visit) for visit in taking)
    commonest = Counter(map(_money, taking)).most_common()
    finding = found(
        taking,
        amount=amount,
        involved=sum(visit.fee for visit in taking),
        area=taking[-1].insured_area,
        evidence={
            "times": len(taking),
            "each_fen": max(money for money, times in commonest if times == commonest[0][1]),
            "amount_fen": amount,
            "begun_at": taking[0].time,
            "ended_at": taking[-1].time,
            "institution": context.name_of(taking[-1].inst),
            "institutions": len({visit.inst for visit in taking}),
        },
    )
    return withdrawn(finding) if no_more else finding


def _money(visit: Visit) -> int:
    return max(visit.account, visit.shared)


def _equal(limits: Mapping[str, Any], within: Sequence[Visit]) -> Sequence[Visit]:
    """Those of a window with the last one's amount, if they are many enough."""
    amount = _money(within[-1])
    even = amount % limits["round_unit"] == 0
    equal = [visit for visit in within if _money(visit) == amount]
    return equal if len(equal) >= limits["times_round" if even else "times"] else ()

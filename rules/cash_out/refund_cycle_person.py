"""One person's settlements taken back again and again.

Account or pool money that is settled and refunded in turn serves nothing but the refund. What was
taken back and settled anew is a correction: each settlement that stands excuses one taken back
close to it at the same institution. Visits called off here and there, whose money went back where
it came from, are ordinary life: only one institution that takes back most of what it settled for
the person, cash beyond the cash paid, or a greater number tells of cycles.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from events.times import DAY, HOUR
from rules.cash_out.windows import gathered, is_raised, month_bounds, months_from
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Refund, Visit
from rules.histories.series import between
from rules.histories.spreading import at_pharmacy, is_goods
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_NOTHING: Final = (0, 0, 0, 0)


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a calendar month: the cycles that reach the number within the window."""
    taken_back = visit.rev_at or visit.back != _NOTHING
    if not taken_back and not person.standing:
        return ()
    limits = rule.at(visit.time)
    if not person.standing:
        touched = [one for one in person.visits if one.rev_at or one.back != _NOTHING]
        if len(touched) < limits["times"]:
            return ()
    window = limits["window_days"] * DAY
    margin = limits["correction_hours"] * HOUR
    return [
        Verdict(month, _look(rule, context, person, month))
        for month in months_from(visit.time - margin, window + 2 * margin)
        if taken_back or is_raised(rule, person, month)
    ]


def _look(rule: Rule, context: Context, person: Person, month: str) -> Finding | None:
    first, last = month_bounds(month)
    limits = rule.at(first)
    window, margin = limits["window_days"] * DAY, limits["correction_hours"] * HOUR
    visits = between(person.visits, first - window - margin, last + margin)
    cycles = [visit for visit in visits if _is_cycle(limits, visit)]
    if len(cycles) < limits["times"]:
        return None
    corrections = [visit for visit in visits if not visit.rev_at and visit.back == _NOTHING]
    open_cycles = [
        cycle
        for cycle in cycles
        if not _corrected(cycle, corrections, margin) and cycle.time >= first - window
    ]

    def hit(within: Sequence[Visit]) -> Sequence[Visit]:
        if len(within) < limits["times"]:
            return ()
        if len(within) >= limits["scattered_times"] or any(
            visit.back[3] - visit.cash > limits["tolerance"] for visit in within
        ):
            return within
        return _at_one_place(limits, within, visits, window)

    taking = gathered(open_cycles, month, window, hit)
    if not taking:
        return None
    refunds = _refunds_of(person, taking)
    amount = sum(visit.fund + max(visit.account, visit.shared) for visit in taking)
    return found(
        [*taking, *refunds],
        amount=amount,
        involved=sum(visit.fee for visit in taking),
        area=taking[-1].insured_area,
        evidence={
            "times": len(taking),
            "institution": context.name_of(taking[-1].inst),
            "institutions": len({visit.inst for visit in taking}),
            "begun_at": taking[0].time,
            "ended_at": refunds[-1].time if refunds else taking[-1].rev_at,
            "amount_fen": amount,
            "cash_back_fen": sum(visit.back[3] for visit in taking),
        },
    )


def _is_cycle(limits: Mapping[str, Any], visit: Visit) -> bool:
    """Whether account or pool money was settled and at least nearly all of it given back."""
    paid = visit.fund + max(visit.account, visit.shared)
    if paid < limits["floor"]:
        return False
    if visit.rev_at:
        return True
    fund, account, shared, cash = visit.back
    back = fund + max(account, shared) + cash
    return bool(back >= limits["returned_share"] * (paid + visit.cash))


def _at_one_place(
    limits: Mapping[str, Any], cycles: Sequence[Visit], visits: Sequence[Visit], window: int
) -> Sequence[Visit]:
    """The cycles at institutions that took back most of what they settled for the person."""
    end = cycles[-1].time
    held = Counter(visit.inst for visit in cycles if not _called_off(visit))
    often = {inst for inst, count in held.items() if count >= limits["times"]}
    if not often:
        return ()
    all_there = Counter(visit.inst for visit in visits if end - window <= visit.time <= end)
    share = limits["institution_share"]
    return [
        visit
        for visit in cycles
        if visit.inst in often and held[visit.inst] >= share * all_there[visit.inst]
    ]


def _called_off(visit: Visit) -> bool:
    """Whether nothing but services was taken back: an examination or treatment called off."""
    return bool(visit.lines) and not any(map(is_goods, visit.lines)) and not at_pharmacy(visit)


def _corrected(cycle: Visit, corrections: list[Visit], margin: int) -> bool:
    """Whether a settlement that stands takes a cycle's place; it can do so only once."""
    latest = (cycle.rev_at or cycle.time) + margin
    for at, other in enumerate(corrections):
        if other.inst == cycle.inst and cycle.time - margin <= other.time <= latest:
            del corrections[at]
            return True
    return False


def _refunds_of(person: Person, visits: Sequence[Visit]) -> Sequence[Refund]:
    meant = {visit.setl_id for visit in visits} | {visit.event_id for visit in visits}
    return [refund for refund in person.refunds if not meant.isdisjoint(refund.targets)]

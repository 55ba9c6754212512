"""How often an item may be charged: units a day, times a period, days between two.

Units a day are counted over a whole settlement, because a stay's days may be billed in one line:
until any day no more than the days since it began allow.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from events.codes import Scheme
from events.times import date_of, day_of
from rules.context import Context
from rules.duplicates.fee_lines import charged
from rules.findings import Finding, Verdict, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Stay, Visit
from rules.knowledge.breaches import breach_of_payment, earlier_visits, later_visits, pooled_hits
from rules.knowledge.index import Hit
from rules.knowledge.limits import Times, Units
from rules.knowledge.payment import pooled
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Stay)
SUBJECT: Final = "person"
_ONE: Final = 1000
"""Quantities are thousandths."""


def check(rule: Rule, context: Context, person: Person, record: Visit | Stay) -> Iterable[Verdict]:
    """One matter a settlement: that it goes beyond the number; later ones are looked at again."""
    knowledge = context.knowledge
    if record is knowledge.clean:
        return ()
    if isinstance(record, Stay):
        if not knowledge or not record.begins or not record.mdtrt_id:
            return ()
        again = [visit for visit in person.visits if visit.mdtrt_id == record.mdtrt_id]
    elif knowledge.hits(rule.id, record):
        again = [record, *later_visits(person, record, rule.at(record.time)["window_days"])]
    else:
        return ()
    touched = [visit for visit in again if knowledge.hits(rule.id, visit)]
    return [_verdict(rule, context, person, visit) for visit in touched]


def _verdict(rule: Rule, context: Context, person: Person, anchor: Visit) -> Verdict:
    hits = pooled_hits(context, rule.id, anchor)
    others: Sequence[Visit] = ()
    if hits:
        codes = {code for hit in hits for code in hit.entry.point.codes}
        near = earlier_visits(person, anchor, rule.at(anchor.time)["window_days"])
        others = [visit for visit in near if any(line.code in codes for line in visit.lines)]
    look = partial(_look, context, person, anchor, hits)
    return Verdict(anchor.event_id, judge(anchor, others, look))


def _look(
    context: Context,
    person: Person,
    anchor: Visit,
    hits: Sequence[Hit],
    others: Sequence[Visit],
) -> Finding | None:
    wrong: list[Hit] = []
    counted, allowed = 0, 0
    for hit in hits:
        limit, codes = hit.entry.limit, frozenset(hit.entry.point.codes)
        excess: tuple[int, int] | None = None
        if isinstance(limit, Units):
            excess = _units(limit, person, anchor, codes, others)
        elif isinstance(limit, Times):
            excess = _times(limit, anchor, codes, others)
        if excess is not None:
            wrong.append(hit)
            counted, allowed = max((counted, allowed), excess)
    evidence = {"counted": _number(counted), "allowed": _number(allowed)}
    return breach_of_payment(context, anchor, wrong, evidence)


def _units(
    limit: Units, person: Person, anchor: Visit, codes: frozenset[str], others: Sequence[Visit]
) -> tuple[int, int] | None:
    """Units charged and allowed until the day on which they are more than allowed."""
    begin = _begin(person, anchor)
    if begin is None:
        return None
    today = day_of(anchor.time)
    charges = _charges(anchor, codes)
    if begin == today and anchor.scheme != Scheme.INPATIENT:
        charges += [
            charge
            for visit in others
            if visit.inst == anchor.inst and _one_day(visit, today)
            for charge in _charges(visit, codes)
        ]
    by_day: dict[int, int] = {}
    for day, quantity in charges:
        # A charge dated before the stay began belongs to its first day.
        by_day[max(day, begin)] = by_day.get(max(day, begin), 0) + quantity
    total = 0
    for day in sorted(by_day):
        total += by_day[day]
        most = limit.a_day * _ONE * (day - begin + 1)
        if total > most:
            return total, most
    return None


def _begin(person: Person, visit: Visit) -> int | None:
    """The day a settlement's treatment began; None for a stay whose admission is not known."""
    if visit.begin:
        return min(day_of(visit.begin), day_of(visit.time))
    admitted = [
        day_of(stay.time)
        for stay in person.stays
        if stay.begins and stay.mdtrt_id == visit.mdtrt_id and stay.mdtrt_id and not stay.rev_at
    ]
    if admitted:
        return min(admitted)
    if visit.scheme == Scheme.INPATIENT:
        return None
    return min([day_of(line.at) for line in visit.lines if line.at], default=day_of(visit.time))


def _one_day(visit: Visit, day: int) -> bool:
    return (
        visit.scheme != Scheme.INPATIENT
        and day_of(visit.time) == day
        and (not visit.begin or day_of(visit.begin) == day)
    )


def _times(
    limit: Times, anchor: Visit, codes: frozenset[str], others: Sequence[Visit]
) -> tuple[int, int] | None:
    """Times charged and allowed in a period that the settlement takes beyond what is allowed."""
    own = _charges(anchor, codes)
    charges = [*own, *(charge for visit in others for charge in _charges(visit, codes))]
    most = limit.most * _ONE
    for day, _ in own:
        total = sum(quantity for other, quantity in charges if _same_period(limit, other, day))
        if total > most:
            return total, most
    return None


def _same_period(limit: Times, day: int, other: int) -> bool:
    if limit.period == "interval":
        return 0 <= other - day < limit.days
    one, two = date_of(day), date_of(other)
    match limit.period:
        case "day":
            return one == two
        case "week":
            return one.isocalendar()[:2] == two.isocalendar()[:2]
        case "month":
            return (one.year, one.month) == (two.year, two.month)
        case "year":
            return one.year == two.year


def _charges(visit: Visit, codes: frozenset[str]) -> list[tuple[int, int]]:
    """Day and quantity (thousandths, at least one) of each line that funds paid for."""
    return [
        (day_of(line.at or visit.time), line.quantity or _ONE)
        for line in charged(visit.lines)
        if line.code in codes and pooled(visit, line)
    ]


def _number(thousandths: int) -> int | str:
    whole, rest = divmod(thousandths, _ONE)
    return f"{thousandths / _ONE:g}" if rest else whole

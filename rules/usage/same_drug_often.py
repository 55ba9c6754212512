"""The same drug bought too often, or at too many institutions, within weeks.

Unlike overlapping supply it needs no days of supply and counts what the account paid too: who buys
one drug at four places may mean to sell it. Where only the account paid, the purchases must come to
more than somebody can need: so many days of supply, or so much money. What comes to less is told,
mildly, where it was fetched at far more pharmacies than anybody needs in so few days, or far more
often than packs of a week last, unless the days of supply say that it was used up in between.
Treatment of consecutive days at one hospital, such as infusions, is one purchase; what nobody's
fund or account paid is none.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from events.codes import Scheme
from events.times import DAY, day_of
from rules.cash_out.windows import episode, month_bounds
from rules.context import Context
from rules.duplicates.fee_lines import charged
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.histories.series import between
from rules.histories.spreading import at_pharmacy
from rules.rule import Rule
from rules.usage.drugs import beginnings, generic, is_drug
from rules.usage.periods import months_until
from rules.usage.supply import draws_on_pool, is_own_affair

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_INPATIENT: Final = str(Scheme.INPATIENT)
_PATHS: Final = (
    "usage.purchases.window_days",
    "usage.purchases.max",
    "usage.institutions.window_days",
    "usage.institutions.max",
)
_PREFIX: Final = 10
Limits = Mapping[str, Any]


class Bounds(NamedTuple):
    """Window (days) and most purchases in it; window and most institutions; what was filled in."""

    days: int
    purchases: int
    place_days: int
    places: int
    filled: tuple[str, ...]


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a drug and month: how often and at how many places it was bought."""
    visits, limits = person.visits, rule.at(visit.time)
    least: int = limits["least"]
    if len(visits) < least or visit.scheme == _INPATIENT:
        return ()
    widest = limits["widest_days"] * DAY
    if visits[-1] is visit and visits[-least].time < visit.time - widest:
        return ()
    often = _often(visits, visit, widest, least)
    return _verdicts(limits, context, person, visit, often) if often else ()


def _often(visits: Sequence[Visit], visit: Visit, widest: int, least: int) -> Collection[str]:
    """The drugs of a settlement that so many settlements around it have, by beginning of code."""
    times: dict[str, int] = {}
    for line in visit.lines:
        if is_drug(line):
            times[line.code[:_PREFIX]] = 0
    if not times:
        return ()
    for other in between(visits, visit.time - widest, visit.time + widest):
        for code in times:
            for line in other.lines:
                if line.code[:_PREFIX] == code:
                    times[code] += 1
                    break
    if max(times.values()) < least:
        return ()
    return [code for code, number in times.items() if number >= least]


def _verdicts(
    limits: Limits, context: Context, person: Person, visit: Visit, often: Collection[str]
) -> Iterator[Verdict]:
    widest = limits["widest_days"] * DAY
    drugs = {generic(line) for line in visit.lines if line.code[:_PREFIX] in often}
    for drug in sorted(drugs):
        for month in months_until(visit.time, widest, person.visits[-1].time):
            yield Verdict(f"{drug}|{month}", _look(limits, context, person, drug, month))


def _bounds(context: Context, visit: Visit) -> Bounds | None:
    laws = [context.law(visit.insured_area, path, visit.time) for path in _PATHS]
    values = [int(str(law.value)) for law in laws if law is not None]
    if len(values) < len(_PATHS):
        return None
    filled = (path for path, law in zip(_PATHS, laws, strict=True) if law and law.filled)
    return Bounds(values[0], values[1], values[2], values[3], tuple(filled))


def _look(
    limits: Limits, context: Context, person: Person, drug: str, month: str
) -> Finding | None:
    first, last = month_bounds(month)
    bought = [
        visit
        for visit in between(person.visits, first - limits["widest_days"] * DAY, last)
        if visit.scheme != _INPATIENT and any(_bought(visit, drug))
    ]
    bounds = _bounds(context, bought[-1]) if bought else None
    if bounds is None:
        return None
    if len(bought) <= bounds.purchases and len({v.inst for v in bought}) <= bounds.places:
        return None
    reach = max(bounds.days, bounds.place_days) * DAY
    findings: list[Finding | None] = []
    for mild, hit in ((False, _hit), (True, _mild)):
        taking, no_more = episode(bought, month, reach, partial(hit, limits, bounds, drug))
        if taking:
            finding = _finding(context, drug, taking, bounds, mild=mild)
            if not no_more:
                return finding
            findings.append(withdrawn(finding))
    return findings[0] if findings else None


def _bought(visit: Visit, drug: str) -> Iterator[Line]:
    """The lines of a settlement that sold a drug for money of a fund or an account."""
    for line in charged(visit.lines):
        if line.code.startswith(drug) and line.quantity > 0 and not is_own_affair(visit, line):
            yield line


def _hit(limits: Limits, bounds: Bounds, drug: str, run: Sequence[Visit]) -> Sequence[Visit]:
    if not run:
        return ()
    day = day_of(run[-1].time)
    near = [visit for visit in run if day_of(visit.time) > day - bounds.days]
    if len(_times(near)) > bounds.purchases and _too_much(limits, near, drug):
        return near
    near = [visit for visit in run if day_of(visit.time) > day - bounds.place_days]
    if len({visit.inst for visit in near}) > bounds.places and _too_much(limits, near, drug):
        return near
    return ()


def _mild(limits: Limits, bounds: Bounds, drug: str, run: Sequence[Visit]) -> Sequence[Visit]:
    """Purchases at pharmacies far beyond the bounds, though they come to little."""
    if not run:
        return ()
    day = day_of(run[-1].time)
    shops = [visit for visit in run if at_pharmacy(visit)]
    near = [visit for visit in shops if day_of(visit.time) > day - limits["quick_days"]]
    most = max(bounds.places + 1, limits["quick_places"])
    if len({visit.inst for visit in near}) >= most and _is_left(limits, near, drug):
        return near
    if not drug.startswith(beginnings(limits["lasting"])):
        return ()
    near = [visit for visit in shops if day_of(visit.time) > day - bounds.days]
    often = max(bounds.purchases + 1, limits["many_times"])
    return near if len(_times(near)) >= often and _is_left(limits, near, drug) else ()


def _is_left(limits: Limits, visits: Sequence[Visit], drug: str) -> bool:
    """Whether much was left at the last of these purchases, as far as days of supply were told.

    A purchase without days is taken to be for as few as the others; where none has any they tell
    nothing.
    """
    days = [max((line.days for line in _bought(visit, drug)), default=0) for visit in visits]
    least = min(filter(None, days), default=0)
    elapsed = day_of(visits[-1].time) - day_of(visits[0].time)
    supply = sum(one or least for one in days[:-1])
    return not least or bool(supply > elapsed + limits["left_days"])


def _too_much(limits: Limits, visits: Sequence[Visit], drug: str) -> bool:
    """Whether the pool paid for any of these purchases, or all are too much for an account."""
    days = amount = 0
    for visit in visits:
        lines = list(_bought(visit, drug))
        if any(draws_on_pool(visit, line) for line in lines):
            return True
        days += max((line.days for line in lines), default=0)
        amount += sum(line.amount for line in lines)
    return bool(days > limits["account_days"] or amount >= limits["account_amount"])


def _times(visits: Sequence[Visit]) -> list[Visit]:
    """Purchases apart: one a day and place, a course at one hospital once."""
    last: dict[str, int] = {}
    apart: list[Visit] = []
    for visit in visits:
        day = day_of(visit.time)
        course = 0 if at_pharmacy(visit) else 1
        if visit.inst not in last or day - last[visit.inst] > course:
            apart.append(visit)
        last[visit.inst] = day
    return apart


def _finding(
    context: Context, drug: str, taking: Sequence[Visit], bounds: Bounds, *, mild: bool
) -> Finding:
    lines = [line for visit in taking for line in _bought(visit, drug)]
    amount = sum(line.amount for line in lines)
    insts = sorted({visit.inst for visit in taking})
    return found(
        taking,
        amount=amount,
        area=taking[-1].insured_area,
        severity=2 if not mild and len(insts) > bounds.places else 3,
        assumed=bounds.filled,
        evidence={
            "drug": next((line.name for line in lines if line.name), drug),
            "times": len(_times(taking)),
            "span": day_of(taking[-1].time) - day_of(taking[0].time) + 1,
            "first_at": taking[0].time,
            "last_at": taking[-1].time,
            "places": len(insts),
            "institutions": [context.name_of(inst) for inst in insts],
            "amount_fen": amount,
        },
    )

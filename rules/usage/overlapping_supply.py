"""A drug supplied again while much of it must be left, at the same institution or another.

Adds up the days of supply of one generic, whatever its strength and pack. Somebody who comes a few
days early is given these; a long-term supply that was filed for, and travel, are in order. What is
one too many is told once: the refills after it that keep their time are not. What only the account
paid is told as less suspicious.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.times import DAY, day_of, month_of
from rules.cash_out.windows import episode, month_bounds
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Permit, Visit
from rules.histories.series import between
from rules.rule import Rule
from rules.usage.filings import filed
from rules.usage.periods import months_until
from rules.usage.supply import Purchase, draws_on_pool, purchases, supplied, too_early

KIND: Final = PERSON
RECORDS: Final = (Visit, Permit)
SUBJECT: Final = "person"
_LAW: Final = "supply.filing_types"
_PREFIX: Final = 10
Limits = Mapping[str, Any]


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Permit
) -> Iterable[Verdict]:
    """One matter a drug and month: its supplies stacked on each other."""
    if len(person.visits) <= 1:
        return ()
    limits = rule.at(record.time)
    if isinstance(record, Permit):
        return _all_matters(limits, context, person)
    drugs = _again(limits, person.visits, record)
    return _matters(limits, context, person, record, drugs) if drugs else ()


def _all_matters(limits: Limits, context: Context, person: Person) -> Iterator[Verdict]:
    for visit in person.visits:
        drugs = supplied(visit, limits["least_days"])
        yield from _matters(limits, context, person, visit, drugs)


def _again(limits: Limits, visits: Sequence[Visit], record: Visit) -> Collection[str]:
    """The drugs of a settlement of which an earlier or later supply may be left: a quick look."""
    reach, least = limits["reach_days"] * DAY, limits["least_days"]
    codes: set[str] = set()
    for line in record.lines:
        if line.days >= least:
            codes.add(line.code[:_PREFIX])
    if not codes:
        return ()
    first = month_bounds(month_of(record.time))[0] - reach
    if not _other_supply(visits, record, first, codes):
        return ()
    near = between(visits, first, record.time + reach)
    ends = _ends(record, near, codes)
    latest = record.time + limits["advance_days"] * DAY if visits[-1] is record else 0
    return {drug for drug in supplied(record, least) if ends.get(drug[:_PREFIX], 0) > latest}


def _other_supply(visits: Sequence[Visit], record: Visit, first: int, codes: set[str]) -> bool:
    """Whether a settlement from the time `first` (epoch seconds) on has a drug in common."""
    for visit in reversed(visits):
        if visit.time < first:
            return False
        if visit is not record:
            for line in visit.lines:
                if line.code[:_PREFIX] in codes:
                    return True
    return False


def _ends(record: Visit, near: Sequence[Visit], codes: set[str]) -> dict[str, int]:
    """Until when (epoch seconds) other supplies of some drugs last at most, by code.

    A quick test: nothing that lasts no longer can be too early.
    """
    ends: dict[str, int] = {}
    for visit in near:
        if visit is record:
            continue
        for line in visit.lines:
            code = line.code[:_PREFIX]
            if code in codes:
                ends[code] = max(ends.get(code, 0), visit.time) + (line.days + 1) * DAY
    return ends


def _matters(
    limits: Limits, context: Context, person: Person, visit: Visit, drugs: Collection[str]
) -> Iterator[Verdict]:
    reach = limits["reach_days"] * DAY
    for drug in sorted(drugs):
        for month in months_until(visit.time, reach, person.visits[-1].time):
            yield Verdict(f"{drug}|{month}", _look(limits, context, person, drug, month))


def _look(
    limits: Limits, context: Context, person: Person, drug: str, month: str
) -> Finding | None:
    first, last = month_bounds(month)
    reach = limits["reach_days"] * DAY
    known = list(purchases(between(person.visits, first - reach, last), drug, limits["least_days"]))
    if len(known) <= 1:
        return None
    hit = partial(_hit, limits, context, person)
    taking, no_more = episode(known, month, last - first + reach, hit)
    if not taking:
        return None
    finding = _finding(context, drug, taking)
    return withdrawn(finding) if no_more else finding


def _hit(
    limits: Limits, context: Context, person: Person, run: Sequence[Purchase]
) -> Sequence[Purchase]:
    if not run:
        return ()
    chain = too_early(run, limits["forgiven_days"], limits["advance_days"])
    if not chain:
        return ()
    kinds = limits["travel"].split()
    seen = [run[-1], *(purchase for purchase in chain if purchase.beyond)]
    in_order = any(filed(context, person, purchase.visit, _LAW, *kinds) for purchase in seen)
    return () if in_order else chain


def _finding(context: Context, drug: str, taking: Sequence[Purchase]) -> Finding:
    visits = [purchase.visit for purchase in taking]
    insts = sorted({purchase.inst for purchase in taking})
    last = taking[-1]
    name = next((line.name for line in last.visit.lines if line.code.startswith(drug)), "")
    span = day_of(last.time) - day_of(taking[0].time) + 1
    days = sum(purchase.days for purchase in taking)
    amount = sum(purchase.amount for purchase in taking if purchase.beyond)
    return found(
        visits,
        amount=amount,
        involved=sum(purchase.amount for purchase in taking),
        area=last.visit.insured_area,
        severity=2 if len(insts) > 1 and _draws(visits, drug) else 3,
        evidence={
            "drug": name or drug,
            "code": drug,
            "times": len(taking),
            "span": span,
            "days": days,
            "institutions": [context.name_of(inst) for inst in insts],
            "first_at": taking[0].time,
            "last_at": last.time,
            "amount_fen": amount,
        },
    )


def _draws(visits: Sequence[Visit], drug: str) -> bool:
    """Whether any of the supplies drew on the pool, and not on the account alone."""
    return any(
        draws_on_pool(visit, line)
        for visit in visits
        for line in visit.lines
        if line.code.startswith(drug)
    )

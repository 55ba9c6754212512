"""More days of a drug in one settlement than may be prescribed.

How many days are too many depends on what the drug is for: acute infections and emergencies,
chronic care, and what was filed for as a long-term supply. What only the personal account pays is
the insured's own money: it is told where it goes so far that hoarding or resale comes to mind. A
single pack is never too much, however long it lasts: packs are not cut.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.codes import Scheme
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON, Person
from rules.histories.records import Line, Permit, Visit
from rules.rule import Rule
from rules.usage.drugs import beginnings, generic
from rules.usage.filings import filed
from rules.usage.supply import draws_on_pool, insured_lines

KIND: Final = PERSON
RECORDS: Final = (Visit, Permit)
SUBJECT: Final = "person"
_LAW: Final = "supply.filing_types"
_EMERGENCY: Final = str(Scheme.EMERGENCY)
_CHRONIC: Final = frozenset({Scheme.CHRONIC, Scheme.TWO_DISEASE})
_PACK: Final = 1000
"""One pack, in thousandths of a unit."""
Limits = Mapping[str, Any]


class Bound(NamedTuple):
    """The most days, and in words what it is the bound of."""

    days: int
    zh: str
    en: str


class Excess(NamedTuple):
    """A line beyond its bound."""

    line: Line
    bound: Bound
    pool: bool


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Permit
) -> Iterable[Verdict]:
    """One matter a settlement: its drugs for too many days."""
    if isinstance(record, Visit):
        limits = rule.at(record.time)
        least = limits["long_days" if record.scheme in _CHRONIC else "acute_days"]
        for line in record.lines:
            if line.days > least:
                return _matter(limits, context, person, record)
        return ()
    return _verdicts(rule, context, person)


def _verdicts(rule: Rule, context: Context, person: Person) -> Iterator[Verdict]:
    for visit in person.visits:
        yield from _matter(rule.at(visit.time), context, person, visit)


def _matter(limits: Limits, context: Context, person: Person, visit: Visit) -> Sequence[Verdict]:
    longest = max([line.days for line in visit.lines], default=0)
    if longest <= limits["acute_days"]:
        return ()
    bound = _bound(limits, context, person, visit)
    finding = None
    if longest > bound.days:
        beyond = list(_beyond(limits, visit, bound))
        finding = _finding(limits, context, visit, beyond) if beyond else None
    if finding is not None and visit.rev_at:
        finding = withdrawn(finding)
    return (Verdict(visit.event_id, finding),)


def _bound(limits: Limits, context: Context, person: Person, visit: Visit) -> Bound:
    if person.permits and filed(context, person, visit, _LAW, *limits["travel"].split()):
        days = limits["filed_days"]
        return Bound(days, "已备案的长期用药", "a long-term supply that was filed for")
    if visit.scheme in _CHRONIC:
        return Bound(limits["long_days"], "长期处方", "a long-term prescription")
    if visit.scheme == _EMERGENCY:
        return Bound(limits["acute_days"], "急诊处方", "an emergency")
    acute = beginnings(limits["acute"])
    for code in visit.diagnoses:
        if not code.startswith(acute):
            break
    else:
        if visit.diagnoses:
            return Bound(limits["acute_days"], "急性病处方", "an acute disease")
    return _ordinary(limits)


def _ordinary(limits: Limits) -> Bound:
    return Bound(limits["ordinary_days"], "普通门诊处方", "an ordinary prescription")


def _beyond(limits: Limits, visit: Visit, bound: Bound) -> Iterator[Excess]:
    """The lines beyond their bound: what several packs supply and the insurance paid for."""
    lines = insured_lines(visit)
    packs: dict[str, int] = {}
    for line in lines:
        drug = generic(line)
        packs[drug] = packs.get(drug, 0) + line.quantity
    for line in lines:
        if line.days > bound.days and packs[generic(line)] > _PACK:
            pool = draws_on_pool(visit, line)
            own = _bound_of(limits, line, bound, pool=pool)
            if line.days > own.days:
                yield Excess(line, own, pool)


def _bound_of(limits: Limits, line: Line, bound: Bound, *, pool: bool) -> Bound:
    """A drug that is taken for years may be refilled on the visit for an acute disease.

    What draws on no pool is bound by what nobody needs for himself.
    """
    if not pool and bound.days < limits["far_days"]:
        return Bound(limits["far_days"], "个人账户购药", "purchases from the account")
    if line.code.startswith(beginnings(limits["lasting"])):
        return max(bound, _ordinary(limits), key=_days)
    return bound


def _days(bound: Bound) -> int:
    return bound.days


def _finding(limits: Limits, context: Context, visit: Visit, beyond: Sequence[Excess]) -> Finding:
    far = max(beyond, key=lambda excess: (excess.pool, excess.line.days))
    amount = sum(
        excess.line.amount * (excess.line.days - excess.bound.days) // excess.line.days
        for excess in beyond
    )
    return found(
        [visit],
        amount=amount,
        involved=sum(excess.line.amount for excess in beyond),
        area=visit.insured_area,
        severity=2 if far.pool and far.line.days > limits["far_days"] else 3,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "drug": far.line.name or far.line.code,
            "days": far.line.days,
            "bound": far.bound.days,
            "bound_zh": far.bound.zh,
            "bound_en": far.bound.en,
            "drugs": len({generic(excess.line) for excess in beyond}),
            "beyond_fen": amount,
        },
    )

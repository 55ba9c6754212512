"""More days of a drug in one settlement than may be prescribed.

How many days are too many depends on what the drug is for: acute infections and emergencies,
chronic care, and what was filed for as a long-term supply. What only the personal account pays is
the insured's own money: it is told where it goes so far that hoarding or resale comes to mind. A
single pack is never too much, however long it lasts: packs are not cut. The law's own numbers of
days are lower and allow more for a reason; the bound is what no reason or whole pack explains.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.codes import Scheme
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Permit, Visit
from rules.rule import Rule
from rules.usage.drugs import beginnings, generic
from rules.usage.filings import filed
from rules.usage.supply import draws_on_pool, insured_lines

KIND: Final = PERSON
RECORDS: Final = (Visit, Permit)
SUBJECT: Final = "person"
_LAW: Final = "supply.filing_types"
_LONG: Final = "prescription.max_days.long_term"
_ORDINARY: Final = "prescription.max_days.ordinary"
_EMERGENT: Final = "prescription.max_days.emergency"
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
        for line in record.lines:
            if line.days > limits["acute_days"]:
                break
        else:
            return ()
        if record.scheme in _CHRONIC:
            least = _long(limits, context, record).days
            if all(line.days <= least for line in record.lines):
                return ()
        return _matter(limits, context, person, record)
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
        beyond = list(_beyond(limits, visit, bound, _ordinary(limits, context, visit)))
        finding = _finding(limits, context, visit, beyond) if beyond else None
    if finding is not None and visit.rev_at:
        finding = withdrawn(finding)
    return (Verdict(visit.event_id, finding),)


def _bound(limits: Limits, context: Context, person: Person, visit: Visit) -> Bound:
    if person.permits and filed(context, person, visit, _LAW, *limits["travel"].split()):
        days = limits["filed_days"]
        return Bound(days, "已备案的长期用药", "a long-term supply that was filed for")
    if visit.scheme in _CHRONIC:
        return _long(limits, context, visit)
    days = limits["acute_days"]
    if visit.scheme == _EMERGENCY:
        return _prolonged(context, visit, _EMERGENT, Bound(days, "急诊处方", "an emergency"))
    acute = beginnings(limits["acute"])
    for code in visit.diagnoses:
        if not code.startswith(acute):
            break
    else:
        if visit.diagnoses:
            return _prolonged(
                context, visit, _ORDINARY, Bound(days, "急性病处方", "an acute disease")
            )
    return _ordinary(limits, context, visit)


def _ordinary(limits: Limits, context: Context, visit: Visit) -> Bound:
    bound = Bound(limits["ordinary_days"], "普通门诊处方", "an ordinary prescription")
    return _prolonged(context, visit, _ORDINARY, bound)


def _prolonged(context: Context, visit: Visit, path: str, bound: Bound) -> Bound:
    """A bound that says how many days the law names, which may be prolonged for a reason."""
    law = context.law(visit.insured_area, path, visit.time)
    if law is None:
        return bound
    return Bound(
        bound.days,
        f"{bound.zh}（规定一般{law.value}天，有理由可延长）",
        f"{bound.en} (as a rule {law.value} by law, more for a reason)",
    )


def _long(limits: Limits, context: Context, visit: Visit) -> Bound:
    """The most days of a long-term prescription in whole packs; far more before there were any."""
    law = context.law(visit.insured_area, _LONG, visit.time)
    if law is None:
        return Bound(limits["far_days"], "慢特病处方", "a prescription in chronic care")
    return Bound(
        int(str(law.value)) + limits["pack_days"],
        f"长期处方（规定最长{law.value}天，按整包装放宽）",
        f"a long-term prescription ({law.value} by law, in whole packs)",
    )


def _beyond(limits: Limits, visit: Visit, bound: Bound, ordinary: Bound) -> Iterator[Excess]:
    """The lines beyond their bound: what several packs supply and the insurance paid for."""
    lines = insured_lines(visit)
    packs: dict[str, int] = {}
    for line in lines:
        drug = generic(line)
        packs[drug] = packs.get(drug, 0) + line.quantity
    for line in lines:
        if line.days > bound.days and packs[generic(line)] > _PACK:
            pool = draws_on_pool(visit, line)
            own = _bound_of(limits, line, bound, ordinary, pool=pool)
            if line.days > own.days:
                yield Excess(line, own, pool)


def _bound_of(limits: Limits, line: Line, bound: Bound, ordinary: Bound, *, pool: bool) -> Bound:
    """A drug that is taken for years may be refilled on the visit for an acute disease.

    What draws on no pool is bound by what nobody needs for himself.
    """
    if not pool and bound.days < limits["far_days"]:
        return Bound(limits["far_days"], "个人账户购药", "purchases from the account")
    if line.code.startswith(beginnings(limits["lasting"])):
        return max(bound, ordinary, key=_days)
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

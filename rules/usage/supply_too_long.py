"""More days of a drug in one settlement than may be prescribed.

How many days are too many depends on what the drug is for: acute infections and emergencies,
chronic care, and what was filed for as a long-term supply.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from events.codes import Scheme
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON, Person
from rules.histories.records import Line, Permit, Visit
from rules.rule import Rule
from rules.usage.drugs import beginnings
from rules.usage.filings import filed
from rules.usage.supply import is_own_affair, is_supplied

KIND: Final = PERSON
RECORDS: Final = (Visit, Permit)
SUBJECT: Final = "person"
_LAW: Final = "supply.filing_types"
_EMERGENCY: Final = str(Scheme.EMERGENCY)
_CHRONIC: Final = frozenset({Scheme.CHRONIC, Scheme.TWO_DISEASE})
Limits = Mapping[str, Any]


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Permit
) -> Iterable[Verdict]:
    """One matter a settlement: its drugs for too many days."""
    limits = rule.at(record.time)
    if isinstance(record, Visit):
        least = limits["long_days" if record.scheme in _CHRONIC else "acute_days"]
        for line in record.lines:
            if line.days > least:
                return _matter(limits, context, person, record)
        return ()
    return _verdicts(limits, context, person)


def _verdicts(limits: Limits, context: Context, person: Person) -> Iterator[Verdict]:
    for visit in person.visits:
        yield from _matter(limits, context, person, visit)


def _matter(limits: Limits, context: Context, person: Person, visit: Visit) -> Sequence[Verdict]:
    longest = max([line.days for line in visit.lines], default=0)
    if longest <= limits["acute_days"]:
        return ()
    bound, zh, en = _bound(limits, context, person, visit)
    finding = None
    if longest > bound:
        lines = [
            line
            for line in visit.lines
            if line.days > _bound_of(limits, line, bound)
            and is_supplied(visit, line)
            and not is_own_affair(visit, line)
        ]
        finding = _finding(limits, context, visit, lines, bound, zh, en) if lines else None
    if finding is not None and visit.rev_at:
        finding = withdrawn(finding)
    return (Verdict(visit.event_id, finding),)


def _bound(limits: Limits, context: Context, person: Person, visit: Visit) -> tuple[int, str, str]:
    """The most days, and in words what it is the bound of."""
    if person.permits and filed(context, person, visit, _LAW, *limits["travel"].split()):
        return limits["filed_days"], "已备案的长期用药", "a long-term supply that was filed for"
    if visit.scheme in _CHRONIC:
        return limits["long_days"], "长期处方", "a long-term prescription"
    if visit.scheme == _EMERGENCY:
        return limits["acute_days"], "急诊处方", "an emergency"
    acute = beginnings(limits["acute"])
    for code in visit.diagnoses:
        if not code.startswith(acute):
            break
    else:
        if visit.diagnoses:
            return limits["acute_days"], "急性病处方", "an acute disease"
    return limits["ordinary_days"], "普通门诊处方", "an ordinary prescription"


def _bound_of(limits: Limits, line: Line, bound: int) -> int:
    """A drug that is taken for years may be refilled on the visit for an acute disease."""
    if line.code.startswith(beginnings(limits["lasting"])):
        return max(bound, int(limits["ordinary_days"]))
    return bound


def _finding(
    limits: Limits,
    context: Context,
    visit: Visit,
    lines: list[Line],
    bound: int,
    zh: str,
    en: str,
) -> Finding:
    longest = max(lines, key=lambda line: line.days)
    beyond = sum(line.amount * (line.days - bound) // line.days for line in lines)
    return found(
        [visit],
        amount=beyond,
        involved=sum(line.amount for line in lines),
        area=visit.insured_area,
        severity=2 if longest.days > limits["far_days"] else 3,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "drug": longest.name or longest.code,
            "days": longest.days,
            "bound": bound,
            "bound_zh": zh,
            "bound_en": en,
            "drugs": len(lines),
            "beyond_fen": beyond,
        },
    )

"""The same examination again and again within days, where another hospital had made it.

As much of over-treatment as settlements show: an examination or test of some cost, charged on three
days or more of a week by two hospitals or more. One hospital repeats a test to follow a treatment.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, Final

from events.codes import Scheme
from events.times import DAY, day_of
from rules.cash_out.windows import episode, month_bounds
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.histories.series import between
from rules.rule import Rule
from rules.usage.periods import months_until

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_INPATIENT: Final = str(Scheme.INPATIENT)
_EXAMINATIONS: Final = frozenset({"03", "04"})
_NATIONAL: Final = ("0021", "0022", "0023", "0024", "0025", "0026", "0027")
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter an examination and month: that it was made again and again."""
    visits, limits = person.visits, rule.at(visit.time)
    least: int = limits["times"]
    if len(visits) < least or visit.scheme == _INPATIENT:
        return ()
    if visits[-1] is visit and visits[-least].time < visit.time - limits["days"] * DAY:
        return ()
    codes = {line.code for line in visit.lines if _is_examination(limits, line)}
    return _verdicts(limits, context, person, visit, codes) if codes else ()


def _verdicts(
    limits: Limits, context: Context, person: Person, visit: Visit, codes: Set[str]
) -> Iterator[Verdict]:
    visits, least = person.visits, limits["times"]
    reach = limits["days"] * DAY
    for code in codes:
        for month in months_until(visit.time, reach, visits[-1].time):
            first, last = month_bounds(month)
            made = [
                one
                for one in between(visits, first - reach, last)
                if one.scheme != _INPATIENT
                and any(line.code == code and line.quantity > 0 for line in one.lines)
            ]
            if len(made) < least:
                continue
            finding = None
            if len({one.inst for one in made}) >= limits["institutions"]:
                taking, no_more = episode(made, month, reach, partial(_hit, limits))
                finding = _finding(context, code, taking) if taking else None
                finding = withdrawn(finding) if no_more else finding
            yield Verdict(f"{code}|{month}", finding)


def _is_examination(limits: Limits, line: Line) -> bool:
    if line.amount < limits["least"] or line.code[:1].isalpha():
        return False
    return (
        line.category in _EXAMINATIONS
        or line.code.startswith(_NATIONAL)
        or (not line.category and any(word in line.name for word in limits["words"]))
    )


def _hit(limits: Limits, run: Sequence[Visit]) -> Sequence[Visit]:
    if not run:
        return ()
    first = day_of(run[-1].time) - limits["days"] + 1
    near = [visit for visit in run if day_of(visit.time) >= first]
    days = {day_of(visit.time) for visit in near}
    enough = len(days) >= limits["times"]
    return near if enough and len({v.inst for v in near}) >= limits["institutions"] else ()


def _finding(context: Context, code: str, taking: Sequence[Visit]) -> Finding:
    lines = [line for visit in taking for line in visit.lines if line.code == code]
    amount = sum(line.amount for line in lines)
    insts = sorted({visit.inst for visit in taking})
    return found(
        taking,
        amount=amount - lines[0].amount,
        involved=amount,
        area=taking[-1].insured_area,
        evidence={
            "item": next((line.name for line in lines if line.name), code),
            "times": len(taking),
            "span": day_of(taking[-1].time) - day_of(taking[0].time) + 1,
            "first_at": taking[0].time,
            "last_at": taking[-1].time,
            "institutions": [context.name_of(inst) for inst in insts],
            "amount_fen": amount,
        },
    )

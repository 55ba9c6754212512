"""Two drugs of one class prescribed at once.

The national rule base calls repeated prescribing the prescribing of two or more drugs of similar
action at one time. Drugs are alike here when their ATC class of four levels is the same; classes
whose drugs are combined on purpose are left out, and Chinese medicines, whose classes are wide.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from events.codes import Scheme
from rules.context import Context
from rules.findings import Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.rule import Rule
from rules.usage.drugs import beginnings, generic
from rules.usage.supply import prescribed_lines

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_INPATIENT: Final = str(Scheme.INPATIENT)
_WESTERN: Final = "X"
_CLASS: Final = 6
_GENERIC: Final = 10
_PAIR: Final = 2
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: drugs of one class on it."""
    if len(visit.lines) < _PAIR:
        return ()
    drugs: dict[str, str] = {}
    for line in visit.lines:
        code = line.code[:_GENERIC]
        if code[:1] == _WESTERN and drugs.setdefault(code[:_CLASS], code) != code:
            return _verdicts(rule, context, visit) if visit.scheme != _INPATIENT else ()
    return ()


def _verdicts(rule: Rule, context: Context, visit: Visit) -> Iterator[Verdict]:
    limits = rule.at(visit.time)
    combined = beginnings(limits["combined"])
    alike: dict[str, dict[str, Line]] = {}
    for line in prescribed_lines(visit):
        if line.code[:1] == _WESTERN and not line.code.startswith(combined) and line.amount > 0:
            alike.setdefault(line.code[:_CLASS], {})[generic(line)] = line
    pairs = [list(drugs.values()) for drugs in alike.values() if len(drugs) > 1]
    if not pairs:
        return
    beyond = [line for drugs in pairs for line in sorted(drugs, key=_amount)[:-1]]
    amount = sum(map(_amount, beyond))
    finding = found(
        [visit],
        amount=amount,
        involved=sum(_amount(line) for drugs in pairs for line in drugs),
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "drugs": [line.name or line.code for drugs in pairs for line in drugs],
            "classes": [drugs[0].code[1:_CLASS] for drugs in pairs],
            "amount_fen": amount,
        },
    )
    yield Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding)


def _amount(line: Line) -> int:
    return line.amount

"""One prescription filled twice.

Somebody who was given a drug on a prescription from outside is given it again on the same one,
and more than was prescribed. The first filling is in order; the later ones are found. A hospital
that settles one prescription in parts, and refills of a long-term one, are something else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, Final

from events.codes import Scheme
from events.times import DAY, day_of
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Permit, Script, Visit
from rules.histories.scripts import all_names, own_numbers
from rules.histories.series import between
from rules.histories.spreading import at_pharmacy
from rules.impersonation.drawn import paid
from rules.institution.prescriptions import (
    drugs_of,
    numbers,
    prescribed,
    scripts_of,
)
from rules.rule import Rule
from rules.usage.filings import filed

KIND: Final = PERSON
RECORDS: Final = (Visit, Script, Permit)
SUBJECT: Final = "person"
_LASTING: Final = frozenset({Scheme.CHRONIC, Scheme.TWO_DISEASE})
_PAIR: Final = 2
Limits = Mapping[str, Any]


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Script | Permit
) -> Iterable[Verdict]:
    """One matter a settlement at a pharmacy: that its prescription had been filled before."""
    visits = person.visits
    if len(visits) < _PAIR or (visits[-1] is record and not at_pharmacy(visits[-1])):
        return ()
    if isinstance(record, Visit):
        for line in record.lines:
            if line.rx:
                break
        else:
            return ()
    return _verdicts(rule, context, person, record)


def _verdicts(
    rule: Rule, context: Context, person: Person, record: Visit | Script | Permit
) -> Iterator[Verdict]:
    visits: Sequence[Visit] = person.visits
    limits = rule.at(record.time)
    if isinstance(record, Visit):
        named = numbers(record, limits["digits"])
        if not named:
            return
        named = all_names(person, named)
        visits = between(visits, record.time, record.time + limits["days"] * DAY)
    elif isinstance(record, Script):
        named = all_names(person, own_numbers(record))
    else:
        named = None
    for visit in visits:
        if not at_pharmacy(visit) or not _names(visit, named):
            continue
        own = numbers(visit, limits["digits"])
        shared = all_names(person, own)
        since = visit.time - limits["days"] * DAY
        earlier = [
            other
            for other in between(person.visits, since, visit.time)
            if (other.time, other.event_id) < (visit.time, visit.event_id) and _names(other, shared)
        ]
        if earlier:
            look = partial(_look, limits, context, person, visit, sorted(own))
            yield Verdict(visit.event_id, judge(visit, earlier, look))


def _names(visit: Visit, numbers: Set[str] | None) -> bool:
    return numbers is None or any(line.rx in numbers for line in visit.lines)


def _look(
    limits: Limits,
    context: Context,
    person: Person,
    visit: Visit,
    own: Sequence[str],
    earlier: Sequence[Visit],
) -> Finding | None:
    for number in own:
        names = all_names(person, {number})
        before = [v for v in earlier if any(line.rx in names for line in v.lines)]
        if not before or _is_refill(limits, context, person, visit, before[-1]):
            continue
        allowed = prescribed(scripts_of(person, names))
        again = _beyond(allowed, visit, names, before)
        if again:
            return _finding(context, visit, number, before, again, severity=1 if allowed else 2)
    return None


def _beyond(
    allowed: Mapping[str, int], visit: Visit, names: Set[str], before: Sequence[Visit]
) -> int:
    """How many drugs were given again beyond what was prescribed, as far as that is known."""
    sold = drugs_of(visit, names)
    given: dict[str, int] = {}
    for other in before:
        for name, quantity in drugs_of(other, names).items():
            given[name] = given.get(name, 0) + quantity
    again = 0
    for name, quantity in sold.items():
        had = given.get(name, 0)
        most = allowed.get(name, 0)
        if had and (not most or had + quantity > most):
            again += 1
    return again


def _is_refill(limits: Limits, context: Context, person: Person, visit: Visit, last: Visit) -> bool:
    """Whether the next part of a long-term prescription is due."""
    supplied = max((line.days for line in last.lines), default=0)
    gap = day_of(visit.time) - day_of(last.time)
    if supplied < limits["long_days"] and visit.scheme not in _LASTING:
        return False
    due = 100 * gap >= limits["due_percent"] * supplied > 0
    return due or filed(context, person, visit, "supply.filing_types")


def _finding(
    context: Context,
    visit: Visit,
    number: str,
    before: Sequence[Visit],
    again: int,
    *,
    severity: int,
) -> Finding:
    return found(
        [visit],
        amount=paid(visit),
        involved=visit.fee,
        area=visit.insured_area,
        severity=severity,
        also=[other.setl_id for other in before],
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "prescription": number,
            "first_institution": context.name_of(before[0].inst),
            "first_at": before[0].time,
            "times": len(before) + 1,
            "drugs": again,
            "paid_fen": paid(visit),
        },
    )

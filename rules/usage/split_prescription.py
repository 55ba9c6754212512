"""One consultation cut into several prescriptions and settlements.

Settlements of one day at one institution, by one physician and for one disease, each with drugs:
three or more, or two that together pass a bound that each stays below. Different diseases must be
settled apart and are not looked at together; nor are decoctions, which need their own prescription.
Where no line names physician or department, the physician of the main diagnosis prescribed; as many
settlements as the diagnoses name diseases may then be one for each.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.times import DAY, day_of, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found, stands, stood, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.histories.series import between
from rules.histories.spreading import at_pharmacy
from rules.impersonation.drawn import paid
from rules.rule import Rule
from rules.usage.drugs import generic
from rules.usage.supply import prescribed_lines

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_AMOUNT: Final = "usage.prescription_amount_max"
_KINDS: Final = "prescription.max_kinds"
_PAIR: Final = 2
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a day, institution, physician and disease: its prescriptions together."""
    visits = person.visits
    if len(visits) < _PAIR or not visit.lines:
        return ()
    if visits[-1] is visit and visits[-2].time < visit.time - DAY:
        return ()
    day = day_of(visit.time)
    start = day_start(day)
    if not _came_again(visits, visit, start):
        return ()
    whose = _whose(visit)
    if whose is None:
        return ()
    near = between(visits, start, start + DAY - 1)
    group = [one for one in near if one.inst == visit.inst and _whose(one) == whose]
    if len(group) < _PAIR:
        return ()
    look = partial(_look, rule.at(visit.time), context)
    about = "|".join((str(day), visit.inst, *whose))
    return (Verdict(about, _judge(group, look)),)


def _came_again(visits: Sequence[Visit], visit: Visit, start: int) -> bool:
    """Whether the institution settled for the same since the day began: a quick look."""
    for other in reversed(visits):
        if other.time < start:
            return False
        if (
            other.inst == visit.inst
            and other is not visit
            and other.scheme == visit.scheme
            and other.disease == visit.disease
            and other.diagnoses[:1] == visit.diagnoses[:1]
        ):
            return True
    return False


def _judge(group: Sequence[Visit], look: partial[Finding | None]) -> Finding | None:
    standing = [visit for visit in group if stands(visit)]
    finding = look(standing)
    if finding is not None or len(standing) == len(group):
        return finding
    return withdrawn(look([visit for visit in group if stood(visit, group[-1].time)]))


def _whose(visit: Visit) -> tuple[str, str, str, str] | None:
    """Who prescribed and for what; None for settlements that prescribe nothing or do not say."""
    lines = _prescribed(visit)
    if not lines:
        return None
    doctor = next((line.doctor for line in lines if line.doctor), "")
    department = next((line.department for line in lines if line.department), "")
    diagnosis = visit.diagnoses[0] if visit.diagnoses else ""
    if not doctor and not (department and diagnosis):
        if not diagnosis or not _signs(visit):
            return None
        return visit.signer, diagnosis, visit.scheme, visit.disease
    return doctor or department, diagnosis, visit.scheme, visit.disease


def _signs(visit: Visit) -> bool:
    """Whether the physician of the main diagnosis prescribed; a pharmacy's may be anybody."""
    return bool(visit.signer) and not at_pharmacy(visit)


def _one_each(group: Sequence[Visit]) -> bool:
    """Whether settlements whose lines name no prescriber may be one for each disease."""
    if all(any(line.doctor or line.department for line in _prescribed(visit)) for visit in group):
        return False
    return len(group) <= len({code for visit in group for code in visit.diagnoses})


def _prescribed(visit: Visit) -> list[Line]:
    return prescribed_lines(visit)


def _look(limits: Limits, context: Context, group: Sequence[Visit]) -> Finding | None:
    group = _apart(limits, group)
    if len(group) < _PAIR or _one_each(group):
        return None
    lines = [_prescribed(visit) for visit in group]
    amounts = [sum(line.amount for line in part) for part in lines]
    kinds = [len({generic(line) for line in part}) for part in lines]
    if len(group) < limits["settlements"] and not _passes(context, group[0], amounts, kinds):
        return None
    amount = sum(map(paid, group))
    return found(
        group,
        amount=amount,
        involved=sum(visit.fee for visit in group),
        area=group[0].insured_area,
        evidence={
            "institution": context.name_of(group[0].inst),
            "first_at": group[0].time,
            "minutes": (group[-1].time - group[0].time) // 60,
            "settlements": len(group),
            "diagnosis": group[0].diagnoses[0] if group[0].diagnoses else "",
            "kinds": sum(kinds),
            "drugs_fen": sum(amounts),
            "amount_fen": amount,
        },
    )


def _apart(limits: Limits, group: Sequence[Visit]) -> Sequence[Visit]:
    """Those with a prescription of their own, near each other in time."""
    numbers: set[str] = set()
    kept: list[Visit] = []
    for visit in group:
        own = {line.rx for line in visit.lines if line.rx}
        if own and own <= numbers:
            continue
        numbers |= own
        if kept and visit.time - kept[-1].time > limits["apart_minutes"] * 60:
            continue
        kept.append(visit)
    return kept


def _passes(context: Context, visit: Visit, amounts: Sequence[int], kinds: Sequence[int]) -> bool:
    """Whether the prescriptions together pass a bound that each of them stays below."""
    most = context.law(visit.insured_area, _AMOUNT, visit.time)
    if most is not None and max(amounts) <= most.fen < sum(amounts):
        return True
    many = context.law(visit.insured_area, _KINDS, visit.time)
    if many is None:
        return False
    number = int(str(many.value))
    return max(kinds) <= number < sum(kinds)

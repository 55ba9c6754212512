"""The pool paid a smaller share than the least that the law grants the insured.

Told only where the sender itself names the ratio and paid by it: what a cap, a bound for one visit
or a benefit of another kind left over looks the same otherwise. What the year left of deductible
and cap, as far as known, is not owed either. No money of the fund is lost; it is owed to the
insured, so the amount of the alert is nothing and the evidence says what is missing.
"""

from collections.abc import Iterable
from typing import Final

from events.codes import is_retired
from events.times import day_of
from rules.benefit_rules.first_look import is_idle
from rules.benefit_rules.payments import CITY, is_general
from rules.benefit_rules.tariffs import WHOLE, Tariff, tariff_of
from rules.benefit_rules.ways import FULL, way_said
from rules.benefit_rules.years import Reckoning, reckoned
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Benefit, Claim, Status, Visit
from rules.histories.spreading import at_pharmacy
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status, Claim, Benefit)
SUBJECT: Final = "person"
_EMPLOYEES: Final = "310"
_OTHER_WAYS: Final = ("outpatient.benefit.low", "outpatient.benefit.pool_only")
_SAME: Final = frozenset({"same", "none"})


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status | Claim | Benefit
) -> Iterable[Verdict]:
    """One matter a settlement: that the ratio it names is below what is granted."""
    if isinstance(record, Visit) and is_idle(person, record):
        return ()
    verdicts: list[Verdict] = []
    for one in reckoned(context, person, record):
        if one.visit.ratio and one.visit.pool > 0:
            finding = _look(rule, context, person, one)
            if finding is not None or person.standing:
                finding = withdrawn(finding) if one.visit.rev_at else finding
                verdicts.append(Verdict(one.visit.event_id, finding))
    return verdicts


def _look(rule: Rule, context: Context, person: Person, one: Reckoning) -> Finding | None:
    visit = one.visit
    if visit.insurance != _EMPLOYEES or not is_general(visit) or not one.known:
        return None
    terms = min(_terms(context, visit), key=lambda one: one.least)
    if visit.ratio >= terms.least:
        return None
    limits = rule.at(visit.time)
    paid, tolerance = visit.pool, limits["tolerance"]
    due = _share(one.in_policy - max(one.used, one.left), terms.least)
    if one.room is not None:
        due = min(due, one.room)
    if (
        visit.ratio % limits["step"]
        or abs(paid - _share(one.in_policy - one.used, visit.ratio)) > tolerance
        or paid + tolerance >= due
        or not _is_usual(context, person, visit)
    ):
        return None
    return found(
        [visit],
        amount=0,
        involved=visit.fee,
        area=visit.insured_area,
        assumed=terms.filled_ratio,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "base_fen": one.in_policy - one.used,
            "ratio": _percent(terms.least),
            "paid_ratio": _percent(visit.ratio),
            "due_fen": due,
            "paid_fen": paid,
            "short_fen": due - paid,
        },
    )


def _terms(context: Context, visit: Visit) -> Iterable[Tariff]:
    """The terms by the grade as sent and as the reference data has it; retirees' only if said."""
    known = context.institutions.get(visit.inst)
    grades = {visit.level, known.level if known is not None else ""} - {""} or {""}
    for grade in sorted(grades):
        yield tariff_of(
            context,
            visit.insured_area,
            day_of(visit.time),
            visit.scheme,
            grade,
            pharmacy=at_pharmacy(visit),
            old=bool(visit.person_type) and is_retired(visit.person_type),
        )


def _is_usual(context: Context, person: Person, visit: Visit) -> bool:
    """Whether the ordinary terms apply for sure: care at home, and contributed in full.

    That is sure without a report where those who contribute otherwise are paid alike, or nothing.
    """
    if visit.area[:CITY] != visit.insured_area[:CITY]:
        return False
    way, told = way_said(person.statuses, visit)
    if told is not None:
        return way == FULL or _alike(context, visit, f"outpatient.benefit.{way}")
    return all(_alike(context, visit, path) for path in _OTHER_WAYS)


def _alike(context: Context, visit: Visit, path: str) -> bool:
    law = context.law(visit.insured_area, path, visit.time)
    return law is not None and law.text in _SAME


def _share(amount: int, ratio: int) -> int:
    """A share of an amount (fen) by a ratio in ten-thousandths, rounded half up."""
    return (2 * max(0, amount) * ratio + WHOLE) // (2 * WHOLE)


def _percent(ratio: int) -> str:
    return f"{100 * ratio / WHOLE:g}%"

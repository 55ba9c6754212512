"""The pool paid a greater share than the area's ratio for the institution and the person.

Compared is what was paid with the ratio of what the settlement itself left above its deductible,
so neither the year before nor the caps matter. Where the ratio is open, the greatest that the law
allows counts.

Where a year has a deductible and the sender never tells one, nor the ratio, what it counts in and
what it leaves out is not known, and nothing is said.
"""

from collections.abc import Iterable
from typing import Final

from rules.benefit_rules.first_look import is_idle
from rules.benefit_rules.tariffs import level
from rules.benefit_rules.years import INFERRED, Reckoning, reckoned
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Claim, Status, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status, Claim)
SUBJECT: Final = "person"


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status | Claim
) -> Iterable[Verdict]:
    """One matter a settlement: that the pool paid more than the ratio."""
    if isinstance(record, Visit) and is_idle(person, record):
        return ()
    verdicts: list[Verdict] = []
    for one in reckoned(context, person, record):
        if one.visit.pool_paid:
            finding = _look(rule, context, one)
            if finding is not None or person.standing:
                finding = withdrawn(finding) if one.visit.rev_at else finding
                verdicts.append(Verdict(one.visit.event_id, finding))
    return verdicts


def _look(rule: Rule, context: Context, one: Reckoning) -> Finding | None:
    visit, allowed = one.visit, one.by_ratio
    tolerance = rule.at(visit.time)["tolerance"]
    if (
        not (one.known and one.told)
        or not allowed + tolerance < one.paid <= one.in_policy + tolerance
    ):
        return None
    terms = one.tariff
    most = (
        one.by_ratio
        if one.milder is None
        else one.milder.of(one.in_policy - min(one.used, one.left))
    )
    base = one.in_policy - min(one.used, one.left) or one.in_policy
    return found(
        [visit],
        amount=one.paid - allowed,
        involved=visit.fee,
        area=visit.insured_area,
        severity=None if one.paid > most + tolerance else INFERRED,
        assumed=terms.filled_ratio,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "level": level(context, visit),
            "base_fen": base,
            "ratio": terms.percent,
            "paid_ratio": f"{round(1000 * one.paid / base) / 10:g}%",
            "due_fen": allowed,
            "paid_fen": one.paid,
            "over_fen": one.paid - allowed,
        },
    )

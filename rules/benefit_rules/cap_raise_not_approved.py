"""A chronic cap was raised without approval, or on the word of an institution that may not.

A raise is applied for at an institution of a grade the area names and holds from its approval
on. Silent where the area asks for no approval and where the institution's grade is not known.
"""

from collections.abc import Iterable
from typing import Final

from events.times import DAY
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Benefit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Benefit,)
SUBJECT: Final = "person"
_APPROVAL: Final = "chronic.cap_raise.approval_required"
_GRADES: Final = "chronic.cap_raise.min_hosp_lv"
_CANCEL: Final = "cancel"


def check(rule: Rule, context: Context, person: Person, record: Benefit) -> Iterable[Verdict]:
    """One matter a registration that raises a cap."""
    return [
        Verdict(benefit.event_id, _look(rule, context, person, benefit))
        for benefit in person.benefits
        if benefit.raise_amount > 0
        and benefit.action != _CANCEL
        and (benefit is record or record.time >= benefit.time)
    ]


def _look(rule: Rule, context: Context, person: Person, benefit: Benefit) -> Finding | None:
    assumed: list[str] = []
    approval = context.law(benefit.area, _APPROVAL, benefit.time)
    why = None
    if approval is not None and approval.flag and not benefit.approver:
        why = ("未经审核", "without approval")
        assumed += [_APPROVAL] if approval.filled else []
    grades = context.law(benefit.area, _GRADES, benefit.time)
    known = context.institutions.get(benefit.inst or benefit.accredited)
    level = known.level if known is not None else ""
    if why is None and grades is not None and level and level not in grades.codes:
        why = ("受理机构等级不符合要求", "by an institution of too low a grade")
        assumed += [_GRADES] if grades.filled else []
    if why is None:
        return None
    finding = found(
        [benefit],
        amount=benefit.raise_amount,
        area=benefit.area,
        assumed=tuple(assumed),
        evidence={
            "institution": context.name_of(benefit.inst or benefit.accredited),
            "registered_at": benefit.time,
            "disease": benefit.disease,
            "raise_fen": benefit.raise_amount,
            "why_zh": why[0],
            "why_en": why[1],
        },
    )
    return withdrawn(finding) if _put_right(rule, person, benefit) else finding


def _put_right(rule: Rule, person: Person, benefit: Benefit) -> bool:
    """Whether the raise was cancelled within a few days."""
    last = benefit.time + rule.at(benefit.time)["cancel_days"] * DAY
    return any(
        other.action == _CANCEL
        and benefit.time < other.time <= last
        and other.scheme == benefit.scheme
        and other.disease == benefit.disease
        for other in person.benefits
    )

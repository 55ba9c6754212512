"""The pool paid what is not on the benefit list.

More than the in-policy costs; or in-policy costs that include lines which the catalogues leave
to the patient, or drugs that have left the catalogue (benefits are paid by the catalogue in force,
and catalogues change by date). First-pay parts and price limits are not deducted here, so a line
counts as in scope as a whole or not at all. Lines that no catalogue ever knew count as in scope.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from events.times import day_of
from rules.benefit_rules.payments import concerned
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.pool import pool_of
from rules.reference import COVERED, CatalogueEntry
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: that the pool paid for what is off the list."""
    if not visit.pool_paid:
        return ()
    paid = pool_of(context, visit)
    if not visit.own_expense and paid <= visit.in_scope and _in_scope(context, visit):
        return ()
    finding = _look(rule, context, visit, paid)
    return (Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding),)


def _in_scope(context: Context, visit: Visit) -> bool:
    """Whether no line is one that the catalogues leave to the patient: a quick look."""
    catalogue = context.reference.catalogue
    day = day_of(visit.time)
    for line in visit.lines:
        entries = catalogue.get(line.code)
        if entries is None:
            continue
        if len(entries) > 1 or entries[0].scope != COVERED or entries[0].last < day:
            return False
    return True


def _look(rule: Rule, context: Context, visit: Visit, paid: int) -> Finding | None:
    if not concerned(visit):
        return None
    limits = rule.at(visit.time)
    tolerance = limits["tolerance"]
    day = day_of(visit.time)
    known = [line for line in visit.lines if _is_off(context.reference.item(line.code, day))]
    left = [line for line in visit.lines if _has_left(limits, context, line, day)]
    off = known + left
    over = _over(visit, known + left, paid)
    if over <= tolerance:
        return None
    doubtful = bool(left) and _over(visit, known, paid) <= tolerance
    own = _own(visit, off)
    return found(
        [visit],
        amount=over,
        involved=visit.fee,
        area=visit.insured_area,
        severity=limits["left_severity"] if doubtful else None,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "items": [line.name or line.code for line in off],
            "codes": [line.code for line in off],
            "left": [line.name or line.code for line in left],
            "off_list_fen": own,
            "in_policy_fen": visit.in_scope,
            "listed_fen": max(0, visit.fee - own),
            "paid_fen": paid,
            "over_fen": over,
        },
    )


def _own(visit: Visit, off: Sequence[Line]) -> int:
    """What the patient bears alone: lines off the list, or more where the sender says so."""
    return max(sum(line.amount for line in off), visit.own_expense)


def _over(visit: Visit, off: Sequence[Line], paid: int) -> int:
    """What was paid beyond what is on the list."""
    listed = max(0, visit.fee - _own(visit, off))
    over = paid - listed
    if visit.in_scope:
        excess = max(0, visit.in_scope - listed)
        over = max(over, paid - visit.in_scope, excess * paid // visit.in_scope)
    return over


def _is_off(item: CatalogueEntry | None) -> bool:
    """Whether the catalogue leaves an item to the patient or excludes it."""
    return item is not None and item.scope != COVERED


def _has_left(limits: Limits, context: Context, line: Line, day: int) -> bool:
    """Whether a line sells a drug whose rows had all ended, beyond days of grace."""
    first = day_of(line.at) if line.at else day
    day = min(day, first) - limits["grace_days"]
    return context.reference.left(line.code, day, limits["left_share"]) is not None

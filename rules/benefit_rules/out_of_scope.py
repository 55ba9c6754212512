"""The pool paid what is not on the benefit list.

More than the in-policy costs; or in-policy costs that include lines which the catalogues leave
to the patient. First-pay parts and price limits are not deducted here, so a line counts as in
scope as a whole or not at all. Lines that no catalogue knows count as in scope.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from events.times import day_of
from rules.benefit_rules.payments import concerned
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON, Person
from rules.histories.records import Line, Visit
from rules.pool import pool_of
from rules.reference import COVERED, CatalogueEntry
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"


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
    for line in visit.lines:
        entries = catalogue.get(line.code)
        if entries is not None and entries[0].scope != COVERED:
            return False
        if entries is not None and len(entries) > 1:
            return False
    return True


def _look(rule: Rule, context: Context, visit: Visit, paid: int) -> Finding | None:
    if not concerned(visit):
        return None
    tolerance = rule.at(visit.time)["tolerance"]
    off = _off_list(context, visit.lines, day_of(visit.time))
    own = max(sum(line.amount for line in off), visit.own_expense)
    listed = max(0, visit.fee - own)
    excess = max(0, visit.in_scope - listed)
    over = paid - listed
    if visit.in_scope:
        over = max(over, paid - visit.in_scope, excess * paid // visit.in_scope)
    if over <= tolerance:
        return None
    return found(
        [visit],
        amount=over,
        involved=visit.fee,
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "items": [line.name or line.code for line in off],
            "codes": [line.code for line in off],
            "off_list_fen": own,
            "in_policy_fen": visit.in_scope,
            "listed_fen": listed,
            "paid_fen": paid,
            "over_fen": over,
        },
    )


def _off_list(context: Context, lines: Sequence[Line], day: int) -> list[Line]:
    """Lines that the catalogues leave to the patient or exclude."""
    return [line for line in lines if _is_off(context.reference.item(line.code, day))]


def _is_off(item: CatalogueEntry | None) -> bool:
    return item is not None and item.scope != COVERED

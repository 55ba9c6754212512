"""Own-expense items charged although the sender says that nobody consented.

Only an explicit "no" counts, and only for what the catalogue or the fee line itself calls own
expense; a flag that was not sent is looked at by `own_expense_consent_unsaid`.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from events.codes import Scheme
from events.times import day_of
from rules.context import Context
from rules.findings import Verdict, found
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.histories.spreading import at_pharmacy
from rules.impersonation.drawn import verdict
from rules.reference import COVERED
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_EMERGENCY: Final = str(Scheme.EMERGENCY)
_REFUSED: Final = "0"
_OWN_LEVEL: Final = "03"
_LAW: Final = "own_expense.consent_required"


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: its own-expense lines without consent."""
    for line in visit.lines:
        if line.consent == _REFUSED:
            break
    else:
        return ()
    return _verdicts(rule, context, visit)


def _verdicts(rule: Rule, context: Context, visit: Visit) -> Iterator[Verdict]:
    if visit.scheme == _EMERGENCY or at_pharmacy(visit):
        return
    lines = [line for line in visit.lines if _unasked(context, visit, line)]
    amount = sum(line.amount for line in lines)
    if amount < rule.at(visit.time)["least"]:
        return
    law = context.law(visit.insured_area, _LAW, visit.time)
    if law is None or not law.flag:
        return
    finding = found(
        [visit],
        amount=amount,
        involved=visit.fee,
        area=visit.insured_area,
        assumed=(_LAW,) if law.filled else (),
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "items": [line.name or line.code for line in lines],
            "lines": len(lines),
            "amount_fen": amount,
        },
    )
    yield verdict(visit, finding)


def _unasked(context: Context, visit: Visit, line: Line) -> bool:
    if line.consent != _REFUSED or line.amount <= 0 or line.in_scope > 0:
        return False
    entry = context.reference.item(line.code, day_of(visit.time))
    if entry is None:
        return line.level == _OWN_LEVEL
    return entry.scope != COVERED or entry.own_share >= 1 or entry.level == _OWN_LEVEL

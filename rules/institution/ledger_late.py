"""A pharmacy reports its stock, but long after: message ids tell when a report was sent.

A movement says when it happened and its message id when it was built. A ledger that is sent in one
go weeks later was supplied afterwards, or put right; one that comes late on several days is kept
so. Where the movement itself is dated later than the sale it names nothing can be said: goods may
be handed out later.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from events.identifiers import area_of_institution
from events.times import day_of, month_of
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.contradictions import LEDGER
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Defect
from rules.institution.months import ABOUT
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect,)
SUBJECT: Final = "institution"
_LAW: Final = "pharmacy.ledger_report_days"
Limits = Mapping[str, Any]


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect
) -> Iterable[Verdict]:
    """One matter a month: its movements of stock that were reported late."""
    if record.sort != LEDGER:
        return ()
    finding = _look(rule.at(month.defects[0].time), context, month)
    if finding is None and not is_raised(rule, month, ABOUT):
        return ()
    return (Verdict(ABOUT, finding),)


def _look(limits: Limits, context: Context, month: InstitutionMonth) -> Finding | None:
    inst = month.key.partition("|")[0]
    first = month.defects[0]
    known = context.institutions.get(inst)
    area = (known.area if known is not None else "") or area_of_institution(inst) or first.area
    law = context.law(area, _LAW, first.time)
    days = int(law.value) if law is not None and isinstance(law.value, int) else limits["days"]
    late = [one for one in month.defects if one.days > days]
    listed = late[: _listed(limits, len(late))]
    sent = {day_of(one.time) + one.days for one in listed}
    if len(listed) < limits["reports"] or len(sent) < limits["sendings"]:
        return None
    return found(
        listed,
        amount=0,
        area=area,
        assumed=(_LAW,) if law is not None and law.filled else (),
        evidence={
            "institution": context.name_of(inst),
            "month": month_of(first.time),
            "reports": len(listed),
            "sendings": len(sent),
            "bound": days,
            "days": max(one.days for one in listed),
            "first_at": listed[0].time,
            "last_at": listed[-1].time,
        },
    )


def _listed(limits: Limits, number: int) -> int:
    """How many of a number of reports an alert lists: each one at first, later in steps."""
    step: int = limits["step"]
    return number if number <= step else number - number % step

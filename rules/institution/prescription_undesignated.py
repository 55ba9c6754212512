"""Pool money at pharmacies on prescriptions of a hospital that was suspended or terminated.

An external prescription is a designated institution's. The month of whoever issued it knows its
notices, and by the people's histories which of its prescriptions pharmacies sold on; in whatever
order notice, prescription and sale become known.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from events.codes import Scheme
from events.times import day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Designation, Filling
from rules.institution.designations import BARRED, begin_of, held_at
from rules.institution.months import ABOUT
from rules.institution.prescriptions import resting
from rules.institution.services import covers
from rules.institution.settled import judge_all
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Filling, Designation)
SUBJECT: Final = "institution"
_GENERAL: Final = str(Scheme.GENERAL)


def check(
    _: Rule, context: Context, month: InstitutionMonth, __: Filling | Designation
) -> Iterable[Verdict]:
    """One matter a month: sales on prescriptions that it issued without being designated."""
    if not month.fillings or not month.designations:
        return ()
    notices = {
        filling.event_id: notice
        for filling in month.fillings
        if (notice := _breach(month.designations, filling)) is not None
    }
    breaches = [filling for filling in month.fillings if filling.event_id in notices]
    if not breaches:
        return (Verdict(ABOUT, None),)
    told = max(notice.time for notice in notices.values())
    sold = max(filling.sold_at for filling in breaches)
    look = partial(_look, context, month, notices)
    return (Verdict(ABOUT, judge_all(breaches, max(told, sold), look)),)


def _breach(notices: Sequence[Designation], filling: Filling) -> Designation | None:
    """The notice that forbade a prescription on which the pool paid, if one did."""
    if filling.pool <= 0 or filling.sold_at < filling.time:
        return None
    held = held_at(notices, filling.time)
    if held is None or held.state not in BARRED:
        return None
    if held.services and not covers(held.services, _GENERAL, filling.insured_area):
        return None
    return held


def _look(
    context: Context,
    month: InstitutionMonth,
    notices: Mapping[str, Designation],
    sales: Sequence[Filling],
) -> Finding:
    inst, _, number = month.key.partition("|")
    notice = notices[sales[0].event_id]
    state_zh, state_en = BARRED[notice.state]
    paid = {sale.sale: sale for sale in sales}
    amount = sum(sale.pool for sale in paid.values())
    finding = found(
        sales,
        amount=amount,
        involved=sum(sale.fee for sale in paid.values()),
        area=sales[0].insured_area,
        evidence={
            "institution": context.name_of(inst),
            "month": number,
            "state_zh": state_zh,
            "state_en": state_en,
            "since_at": day_start(begin_of(notice)),
            "until_at": day_start(notice.end_day) if notice.end_day is not None else 0,
            "told_at": notice.time,
            "numbers": sorted({sale.number for sale in sales}),
            "doctors": sorted({sale.doctor for sale in sales} - {""}),
            "sellers": sorted({context.name_of(sale.seller) for sale in sales}),
            "sales": len(paid),
            "first_at": sales[0].time,
            "last_at": sales[-1].time,
            "amount_fen": amount,
        },
    )
    return resting(finding, sales)

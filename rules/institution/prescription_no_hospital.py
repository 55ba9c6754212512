"""Pool money on a prescription that no hospital reported, in a city whose hospitals report theirs.

Where a pharmacy fills few prescriptions its own say nothing of the others. Whether the hospitals
around are connected is then seen from what all pharmacies of the city filled in the quarter: nearly
all of it must be known to be hospitals'. What nobody told of, or a pharmacy alone, is told of one
whose other prescriptions are known, or that has hardly any. Where it fills enough of its own, the
month is judged by these (`prescription_unreported`, `prescription_own`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.times import DAY, day_of, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import NEIGHBOURS
from rules.histories.neighbours import Neighbours
from rules.histories.records import RX_NAMED, Told
from rules.institution.beside import begin_of, raised
from rules.institution.settled import judge_all, requires
from rules.rule import Rule

KIND: Final = NEIGHBOURS
RECORDS: Final = (Told,)
SUBJECT: Final = "institution"
_LAW: Final = "pharmacy.prescription_required"
_NOBODY: Final = ("无人为该参保人上报", "nobody reported for these people")
_PHARMACY: Final = ("只由药店为该参保人上报", "only a pharmacy reported for them")
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, around: Neighbours, _: Told) -> Iterable[Verdict]:
    """One matter a pharmacy and quarter: sales on prescriptions of no hospital."""
    if not around.standing and not around.unheard:
        return ()
    limits = rule.at(begin_of(around))
    known = sum(around.heard.values())
    if not _is_exception(limits, known, len(around.unheard)):
        return [Verdict(inst, None) for inst in raised(rule, around)]
    return _verdicts(rule, limits, context, around)


def _is_exception(limits: Limits, known: int, unknown: int) -> bool:
    """Whether prescriptions of no hospital are the exception in the city."""
    return known >= limits["known"] and known >= float(limits["share"]) * (known + unknown)


def _verdicts(
    rule: Rule, limits: Limits, context: Context, around: Neighbours
) -> Iterator[Verdict]:
    unknown: dict[str, list[Told]] = {}
    for sale in around.unheard.values():
        unknown.setdefault(sale.inst, []).append(sale)
    told = set()
    for inst, sales in unknown.items():
        own = around.heard.get(inst, 0)
        if own >= limits["own_known"] or len(sales) > max(limits["few"], own):
            continue
        asked = [
            sale
            for sale in sorted(sales, key=_order)
            if around.lengths.get(len(sale.named.number))
            and _is_due(limits, around, sale)
            and requires(context, _LAW, sale)
        ]
        if asked:
            told.add(inst)
            yield Verdict(inst, judge_all(asked, 0, partial(_look, limits, context, around)))
    for inst in raised(rule, around):
        if inst not in told:
            yield Verdict(inst, None)


def _order(sale: Told) -> tuple[int, str]:
    return sale.time, sale.event_id


def _is_due(limits: Limits, around: Neighbours, sale: Told) -> bool:
    """Whether a sale's prescription, if there was one, would have been told of by now.

    Not in the first days, when it may be older than all that is known, nor in the latest ones.
    """
    lead, grace = limits["lead_days"] * DAY, limits["grace_days"] * DAY
    begin, end = around.first + lead, day_start(day_of(around.last)) - grace
    return bool(begin <= sale.time < end)


def _look(limits: Limits, context: Context, around: Neighbours, sales: Sequence[Told]) -> Finding:
    inst, area = sales[0].inst, sales[0].insured_area
    law = context.law(area, _LAW, sales[0].time)
    amount = sum(sale.fund for sale in sales)
    nobody = all(sale.named.by == RX_NAMED for sale in sales)
    state_zh, state_en = _NOBODY if nobody else _PHARMACY
    return found(
        sales,
        amount=amount,
        involved=sum(sale.fee for sale in sales),
        area=area,
        assumed=(_LAW,) if law is not None and law.filled else (),
        subject=inst,
        evidence={
            "institution": context.name_of(inst),
            "quarter": around.key.rpartition("|")[2],
            "sales": len(sales),
            "numbers": sorted({sale.named.number for sale in sales}),
            "state_zh": state_zh,
            "state_en": state_en,
            "percent": int(100 * float(limits["share"])),
            "first_at": sales[0].time,
            "last_at": sales[-1].time,
            "amount_fen": amount,
        },
    )

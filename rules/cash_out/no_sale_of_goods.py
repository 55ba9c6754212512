"""Drugs settled that the pharmacy's stock system never sold.

A pharmacy that reports its sales (3505) reports them for nearly every settlement of drugs. One
without any report, while sales of later days have long been reported, was settled without goods.
Who does not report sales at all is another matter, and so are services and devices.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from events.times import day_of, day_start
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import INSTITUTION_DAY, InstitutionDay
from rules.histories.records import Goods, Swipe
from rules.rule import Rule

KIND: Final = INSTITUTION_DAY
RECORDS: Final = (Swipe, Goods)
SUBJECT: Final = "institution"
ABOUT: Final = "unsold"


def check(
    rule: Rule, context: Context, day: InstitutionDay, record: Swipe | Goods
) -> Iterable[Verdict]:
    """One matter a day: its settlements of drugs that no sale was reported for.

    Only reports of later days prove that one is missing; while there is none, nothing is found. A
    further report of a later day can only take away from what was found, except the one that
    makes them enough for a quiet day.
    """
    goods, swipes = day.goods, day.swipes
    if not goods or not swipes:
        return ()
    limits = rule.at(record.time)
    lasting = day_of(swipes[0].time) + limits["grace_days"]
    if day_of(goods[-1].time) <= lasting:
        return ()
    proof = day_start(lasting + 1)
    raised = bool(day.standing) and is_raised(rule, day, ABOUT)
    repeated = isinstance(record, Goods) and record.time >= proof and len(goods) > 1
    if (
        repeated
        and not raised
        and goods[-2].time >= proof
        and (
            record.time >= (until := _until(limits, day))
            or _before(goods, until) != limits["reported_around"]
        )
    ):
        return ()
    finding = _look(limits, context, day, proof)
    return (Verdict(ABOUT, finding),) if finding is not None or raised else ()


def _look(
    limits: Mapping[str, Any], context: Context, day: InstitutionDay, proof: int
) -> Finding | None:
    """What is found; a report of a later sale proves from `proof` (epoch seconds) on."""
    ever = {goods.setl_id for goods in day.goods if not goods.returned}
    sold = [swipe for swipe in day.swipes if swipe.goods]
    missing = [
        swipe
        for swipe in sold
        if not _named(swipe, ever) and swipe.fund + max(swipe.account, swipe.shared) > 0
    ]
    if not missing:
        return None
    prompt = {goods.setl_id for goods in day.goods if goods.time < proof and not goods.returned}
    reported = [swipe for swipe in sold if _named(swipe, prompt)]
    most = len(reported) >= max(limits["reported"], limits["reported_share"] * len(sold))
    around = _before(day.goods, _until(limits, day)) >= limits["reported_around"]
    few = around and len(sold) - len(reported) <= limits["few"]
    if not most and not few:
        return None
    standing = [swipe for swipe in missing if not swipe.rev_at]
    if standing:
        return _finding(context, standing, len(sold), len(reported))
    late = [s for s in missing if s.rev_at >= proof]
    return withdrawn(_finding(context, late, len(sold), len(reported))) if late else None


def _until(limits: Mapping[str, Any], day: InstitutionDay) -> int:
    """End (epoch seconds) of the day and the few after it whose reports of sales count."""
    return day_start(day_of(day.swipes[0].time) + 1 + int(limits["around_days"]))


def _before(goods: Sequence[Goods], until: int) -> int:
    """How many sales were reported before a time (epoch seconds)."""
    return len(goods) if goods[-1].time < until else bisect_left(goods, until, key=_time)


def _time(goods: Goods) -> int:
    return goods.time


def _named(swipe: Swipe, reported: set[str]) -> bool:
    return swipe.setl_id in reported or swipe.event_id in reported


def _finding(context: Context, missing: Sequence[Swipe], sold: int, reported: int) -> Finding:
    amount = sum(swipe.fund + max(swipe.account, swipe.shared) for swipe in missing)
    return found(
        missing,
        amount=amount,
        involved=sum(swipe.fee for swipe in missing),
        area=missing[0].insured_area,
        evidence={
            "institution": context.name_of(missing[0].inst),
            "settlements": len(missing),
            "sold": sold,
            "reported": reported,
            "first_at": missing[0].time,
            "amount_fen": amount,
            "persons": len({swipe.psn_no for swipe in missing}),
        },
    )

"""Several packs of a drug settled with fewer trace codes than packs, once these must be scanned.

Each pack has a code of its own. Whether an institution counts packs and sends one code for each is
seen from its other lines in the month and on the last days of the two before: of one that counts
tablets, or whose sender passes on a single code a line, nothing is said.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import PACKS_WHOLE, Bill, Scan
from rules.institution.months import ABOUT, is_large, judged, reviewed
from rules.institution.settled import insured, must_scan, scans
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill, Scan)
SUBJECT: Final = "institution"
Limits = Mapping[str, Any]


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Bill | Scan
) -> Iterable[Verdict]:
    """One matter a month: its packs beyond the codes that were sent for them."""
    if not month.short and not month.standing:
        return ()
    if isinstance(record, Scan):
        return _told(rule, context, month) if record.packs else ()
    bill = record
    if not (bill.drugs or is_large(month)) or not scans(context, month, pharmacy=bill.pharmacy):
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterable[Verdict]:
    limits = rule.at(bill.time)
    traced = month.drugs - month.untraced
    holds = _is_exception(limits, month, traced, month.several, month.short)
    look = partial(_look, limits, context, month)
    return reviewed(rule, month, bill, look, holds=holds)


def _told(rule: Rule, context: Context, month: InstitutionMonth) -> Iterator[Verdict]:
    """What word of earlier lines changes."""
    bills = month.bills
    if bills and scans(context, month, pharmacy=bills[0].pharmacy):
        yield Verdict(ABOUT, _look(rule.at(bills[-1].time), context, month))


def _is_exception(
    limits: Limits, month: InstitutionMonth, traced: int, lines: int, short: int
) -> bool:
    """Whether lines with too few codes are the exception to a habit.

    `traced` lines carry codes, `lines` of them are of several packs, `short` of these carry too
    few; days of the two months before with such lines count as lines. Who sends one code a line has
    no line of several packs that is whole; who counts tablets has few lines that hold as many codes
    as they count.
    """
    before = [scan.packs for scan in month.scans if scan.packs]
    whole = lines - short + before.count(PACKS_WHOLE)
    return (
        short > 0
        and whole >= limits["several"]
        and whole >= limits["several_share"] * (lines + len(before))
        and traced - short >= limits["lines"]
        and traced - short >= limits["share"] * traced
    )


def _look(limits: Limits, context: Context, month: InstitutionMonth) -> Finding | None:
    counted = [bill for bill in judged(month) if bill.drugs and not bill.rev_at and insured(bill)]
    bound = [bill for bill in counted if must_scan(context, bill)]
    scanned = [(bill, bill.packs) for bill in bound if bill.packs is not None]
    traced = sum(bill.drugs - bill.untraced for bill in bound)
    lines = sum(packs.lines for _, packs in scanned)
    short = sum(packs.short for _, packs in scanned)
    if not _is_exception(limits, month, traced, lines, short):
        return None
    without = [bill for bill, packs in scanned if packs.short]
    amount = sum(packs.short_amount for _, packs in scanned)
    inst, _, number = month.key.partition("|")
    return found(
        without,
        amount=amount,
        involved=sum(bill.fee for bill in without),
        area=without[0].insured_area,
        evidence={
            "institution": context.name_of(inst),
            "month": number,
            "lines": lines,
            "short": short,
            "settlements": len(without),
            "first_at": without[0].time,
            "last_at": without[-1].time,
            "amount_fen": amount,
        },
    )

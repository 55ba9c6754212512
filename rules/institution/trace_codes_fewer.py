"""Several packs of a drug settled with fewer trace codes than packs, once these must be scanned.

Each pack has a code of its own. Whether an institution counts packs and sends one code for each is
seen from its other lines of several packs in the month: of one that counts tablets, or whose
sender passes on a single code a line, nothing is said.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import INSTITUTION_MONTH, InstitutionMonth
from rules.histories.records import Bill
from rules.institution.months import ABOUT, due, is_large, judged
from rules.institution.settled import insured, must_scan, scans
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill,)
SUBJECT: Final = "institution"
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    """One matter a month: its packs beyond the codes that were sent for them."""
    if not month.short and not month.standing:
        return ()
    if not (bill.packs or is_large(month)) or not scans(context, month, pharmacy=bill.pharmacy):
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterator[Verdict]:
    holds = _is_exception(rule.at(bill.time), month.several, month.short)
    task = due(rule, month, bill, holds=holds)
    if task == "look":
        yield Verdict(ABOUT, _look(rule.at(bill.time), context, month))
    elif task == "drop":
        yield Verdict(ABOUT, None)


def _is_exception(limits: Limits, lines: int, short: int) -> bool:
    """Whether lines with too few codes are the exception to a habit."""
    whole = lines - short
    return short > 0 and whole >= limits["lines"] and whole >= limits["share"] * lines


def _look(limits: Limits, context: Context, month: InstitutionMonth) -> Finding | None:
    counted = [
        (bill, bill.packs)
        for bill in judged(month)
        if bill.packs is not None and not bill.rev_at and insured(bill)
    ]
    scanned = [(bill, packs) for bill, packs in counted if must_scan(context, bill)]
    lines = sum(packs.lines for _, packs in scanned)
    short = sum(packs.short for _, packs in scanned)
    if not _is_exception(limits, lines, short):
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

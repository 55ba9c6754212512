"""Prescriptions that a pharmacy reports by itself and sells on, and no hospital knows.

A pharmacy that downloads prescriptions (7204) passes on what a hospital has uploaded (7103). Where
hospitals report the other prescriptions that it fills, and it passes on none of these, one that
it alone has told of was issued by nobody if it names no physician; if several name one of its own
city, the pool paid for what is no designated institution's. A pharmacy whose messages name itself
for all that it downloads is known by hospitals' prescriptions among them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from msgspec import structs

from rules.cash_out.windows import at_retail
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import ASKS, InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import (
    RX_HOSPITAL,
    RX_NEIGHBOUR,
    RX_OTHERWISE,
    RX_OWN,
    RX_SIGNED,
    Bill,
    Named,
)
from rules.institution.months import ABOUT, judged, reviewed
from rules.institution.settled import insured
from rules.institution.told import counted, due_by_now
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill,)
SUBJECT: Final = "institution"
_OTHERS: Final = RX_NEIGHBOUR | RX_OTHERWISE
Limits = Mapping[str, Any]


class Sort(NamedTuple):
    """One sort of prescriptions of a pharmacy's own: which, and what they are weighed against."""

    about: str
    bits: int
    """What must be told of them, with `ASKS` where the pool must have paid."""
    others: int
    """Who else may not have told of them."""
    passed: int
    """Who else may have told of no prescription of a hospital's."""
    limits: tuple[str, str, str]
    """Parameters: prescriptions of hospitals, their share, own ones at least."""
    zh: str
    en: str

    def is_exception(self, limits: Limits, known: int, own: int) -> bool:
        """Whether they are no convention: hospitals report most of the others."""
        least, share, fewest = (limits[name] for name in self.limits)
        return own >= fewest and known >= least and known >= float(share) * (known + own)

    def holds(self, bill: Bill) -> bool:
        """Whether a sale is on a prescription of this sort."""
        named = bill.named
        if named is None or (self.bits & ASKS and not bill.asks):
            return False
        return bool(named.by & self.bits & ~ASKS) and not named.by & self.others


_SORTS: Final = (
    Sort(
        ABOUT,
        RX_OWN,
        RX_HOSPITAL | _OTHERS | RX_SIGNED,
        RX_OWN,
        ("known", "share", "own"),
        "未署医师",
        "without a physician",
    ),
    Sort(
        "signed",
        RX_SIGNED | ASKS,
        RX_HOSPITAL | _OTHERS,
        RX_OWN | RX_SIGNED | _OTHERS,
        ("signed_known", "signed_share", "signed"),
        "署本市医师",
        "in the name of a physician of the city",
    ),
)


def check(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    """One matter a month and sort: sales on prescriptions of the pharmacy's own."""
    if not month.named:
        return ()
    if not month.standing and not any(by & (RX_OWN | RX_SIGNED) for by in month.named):
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterator[Verdict]:
    limits = rule.at(bill.time)
    known = counted(month, having=RX_HOSPITAL)
    for sort in _SORTS:
        own = counted(month, having=sort.bits, without=sort.others)
        holds = sort.is_exception(limits, known, own) and not any(
            number > 0 and by & RX_HOSPITAL and by & sort.passed
            for by, number in month.named.items()
        )
        look = partial(_look, limits, context, month, sort)
        yield from reviewed(rule, month, bill, look, holds=holds, about=sort.about)


def _look(limits: Limits, context: Context, month: InstitutionMonth, sort: Sort) -> Finding | None:
    inst, _, number = month.key.partition("|")
    reference = context.institutions.get(inst)
    if not at_retail(context, inst) or (reference is not None and reference.internet):
        return None
    sales = [
        (bill, bill.named)
        for bill in judged(month)
        if bill.named is not None and not bill.rev_at and insured(bill)
    ]
    known = [named for _, named in sales if named.by & RX_HOSPITAL]
    own = [(bill, named) for bill, named in sales if sort.holds(bill)]
    passed_on = any(named.by & sort.passed for named in known)
    if passed_on or not sort.is_exception(limits, len(known), len(own)):
        return None
    told = due_by_now(limits, month, [bill for bill, _ in own])
    if not told:
        return None
    counting = {bill.event_id for bill in told}
    return _finding(
        told,
        [named for bill, named in own if bill.event_id in counting],
        {
            "institution": context.name_of(inst),
            "month": number,
            "known": len(known),
            "signed_zh": sort.zh,
            "signed_en": sort.en,
        },
    )


def _finding(told: Sequence[Bill], named: Sequence[Named], evidence: Mapping[str, Any]) -> Finding:
    amount = sum(map(insured, told))
    finding = found(
        told,
        amount=amount,
        involved=sum(bill.fee for bill in told),
        area=told[0].insured_area,
        evidence={
            **evidence,
            "sales": len(told),
            "numbers": sorted({one.number for one in named}),
            "first_at": told[0].time,
            "last_at": told[-1].time,
            "amount_fen": amount,
        },
    )
    reports = dict.fromkeys(one.told for one in named)
    return structs.replace(finding, event_ids=(*reports, *finding.event_ids))

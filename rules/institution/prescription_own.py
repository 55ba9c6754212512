"""Prescriptions that a pharmacy reports by itself, without a physician, and sells on.

A pharmacy that downloads prescriptions (7204) passes on what a hospital has uploaded (7103). Where
hospitals report the other prescriptions that it fills, and it passes on none of these, one that
it alone has told of was issued by nobody. A pharmacy whose messages name itself for all that it
downloads is known by hospitals' prescriptions among them.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from msgspec import structs

from rules.cash_out.windows import at_retail
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import INSTITUTION_MONTH, InstitutionMonth
from rules.histories.records import RX_HOSPITAL, RX_OTHERWISE, RX_OWN, Bill, Named
from rules.institution.months import judged, reviewed
from rules.institution.settled import insured
from rules.institution.told import counted, due_by_now
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill,)
SUBJECT: Final = "institution"
_OTHERS: Final = RX_HOSPITAL | RX_OTHERWISE
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    """One matter a month: sales on prescriptions of the pharmacy's own."""
    if not month.named or not (month.standing or counted(month, having=RX_OWN)):
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterable[Verdict]:
    limits = rule.at(bill.time)
    own = counted(month, having=RX_OWN, without=_OTHERS)
    passed_on = counted(month, having=RX_OWN | RX_HOSPITAL)
    known = counted(month, having=RX_HOSPITAL)
    holds = not passed_on and _is_exception(limits, known, own)
    look = partial(_look, limits, context, month)
    return reviewed(rule, month, bill, look, holds=holds)


def _is_exception(limits: Limits, known: int, own: int) -> bool:
    """Whether its own prescriptions are no convention: hospitals report most of the others."""
    return own > 0 and known >= limits["known"] and known >= float(limits["share"]) * (known + own)


def _look(limits: Limits, context: Context, month: InstitutionMonth) -> Finding | None:
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
    own = [(bill, named) for bill, named in sales if named.by & RX_OWN and not named.by & _OTHERS]
    passed_on = any(named.by & RX_OWN for named in known)
    if passed_on or not _is_exception(limits, len(known), len(own)):
        return None
    told = due_by_now(limits, month, [bill for bill, _ in own])
    if not told:
        return None
    counting = {bill.event_id for bill in told}
    return _finding(
        told,
        [named for bill, named in own if bill.event_id in counting],
        {"institution": context.name_of(inst), "month": number, "known": len(known)},
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

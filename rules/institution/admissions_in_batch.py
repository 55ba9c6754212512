"""Many cheap admissions of one disease at one hospital within a day or two.

Recruited patients come together: several people admitted on the same days with one diagnosis for
stays that cost little, and hardly anybody else. Told once their stays are settled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.codes import Scheme
from events.times import day_of, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill
from rules.institution.settled import insured, judge_all
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill,)
SUBJECT: Final = "institution"
_INPATIENT: Final = str(Scheme.INPATIENT)
_CATEGORY: Final = 3
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    """One matter a day and disease: the cheap admissions from that day on."""
    if bill.scheme != _INPATIENT or not bill.begin:
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterator[Verdict]:
    limits = rule.at(bill.time)
    last = day_of(bill.begin)
    for first in range(last - limits["days"] + 1, last + 1):
        around = [one for one in month.stays if 0 <= day_of(one.begin) - first < limits["days"]]
        others = len({one.psn_no for one in around if not one.rev_at})
        for disease, alike in _by_disease(limits, around).items():
            about = f"{first}|{disease}"
            if min(day_of(one.begin) for one in alike) != first:
                yield Verdict(about, None)
            elif len(alike) >= limits["persons"]:
                look = partial(_look, limits, context, month, others, first)
                yield Verdict(about, judge_all(alike, alike[-1].time, look))


def _by_disease(limits: Limits, bills: Sequence[Bill]) -> dict[str, list[Bill]]:
    returning = tuple(limits["returning"].split())
    groups: dict[str, list[Bill]] = {}
    for bill in bills:
        if bill.diagnosis and not bill.diagnosis.startswith(returning):
            groups.setdefault(bill.diagnosis[:_CATEGORY], []).append(bill)
    return groups


def _look(
    limits: Limits,
    context: Context,
    month: InstitutionMonth,
    admitted: int,
    first: int,
    alike: Sequence[Bill],
) -> Finding | None:
    cheap = [bill for bill in alike if bill.fee <= limits["cheap"]]
    persons = len({bill.psn_no for bill in cheap})
    if persons < limits["persons"] or persons < limits["share"] * admitted:
        return None
    amount = sum(map(insured, cheap))
    return found(
        cheap,
        amount=amount,
        involved=sum(bill.fee for bill in cheap),
        area=cheap[0].insured_area,
        evidence={
            "institution": context.name_of(month.key.partition("|")[0]),
            "diagnosis": cheap[0].diagnosis[:_CATEGORY],
            "persons": persons,
            "admitted": admitted,
            "first_at": day_start(first),
            "days": limits["days"],
            "mean_fen": sum(bill.fee for bill in cheap) // len(cheap),
            "amount_fen": amount,
        },
    )

"""Account income that is not what base and rate give.

In work and flexibly employed: the rate of the month that the credit is for, times the base; so a
share of the employer's contribution that goes on being credited after the reform is found too. A
retiree's fixed sum is judged by the average pension that policy or overlay knows, or that the
credit itself names as its base. So is what a credit that calls itself an employee's brings to
somebody who had been told to be retired before its month began.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from events.codes import is_retired
from rules.account.incomes import (
    EMPLOYEE,
    FLEXIBLE,
    RETIREE,
    alike,
    kind_of,
    law_time,
    month_for,
    order,
)
from rules.account.retirement import was_retired
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Status
from rules.packs import Value
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit, Status)
SUBJECT: Final = "account"
_MONTHS: Final = 12
_RATE, _RETIREE_RATE, _RETIREE_BASE = (
    "account.credit.employee_rate",
    "account.credit.retiree_rate",
    "account.credit.retiree_base_amount",
)


class Due(NamedTuple):
    """What a credit is taken from (fen), by which rate."""

    base: int
    rate: Value
    assumed: tuple[str, ...]
    told: bool = False
    """Whether only the credit itself says what it was taken from."""


def check(
    rule: Rule, context: Context, account: Account, record: Credit | Status
) -> Iterable[Verdict]:
    """One matter a credit, by itself and by what all credits of its month come to.

    What an earlier record says of retirement bears on later credits too.
    """
    if isinstance(record, Status):
        return _later(rule, context, account, record, ()) if account.credits else ()
    months = alike(account, record)
    verdicts: list[Verdict] = []
    for credit in months:
        if credit.amount > 0:
            finding = _look(rule, context, account, credit, months)
            if finding is not None or account.standing:
                verdicts.append(Verdict(credit.event_id, finding))
    if account.credits[-1] is not record:
        verdicts += _later(rule, context, account, record, months)
    return verdicts


def _later(
    rule: Rule,
    context: Context,
    account: Account,
    record: Credit | Status,
    judged: Sequence[Credit],
) -> list[Verdict]:
    """The credits after a record that are judged by whether the person was retired."""
    return [
        Verdict(credit.event_id, _look(rule, context, account, credit, alike(account, credit)))
        for credit in account.credits
        if credit.time > record.time
        and credit.amount > 0
        and _is_contradicted(credit)
        and credit not in judged
    ]


def _is_contradicted(credit: Credit) -> bool:
    """Whether a credit calls itself an employee's and its person retired."""
    return credit.kind == EMPLOYEE and is_retired(credit.person_type)


def _look(
    rule: Rule, context: Context, account: Account, credit: Credit, months: Sequence[Credit]
) -> Finding | None:
    # In the month of retiring a contribution may still have been paid.
    retired = _is_contradicted(credit) and was_retired(account, min(law_time(credit), credit.time))
    due = _pension(context, credit) if retired else _due(context, credit)
    if due is None:
        return None
    tolerance: int = rule.at(credit.time)["tolerance"]
    whole = due.base * due.rate.ratio
    if abs(credit.amount - whole) <= tolerance:
        return None
    amounts = (round(whole),) if retired else _amounts(credit, whole)

    def right(amount: int) -> bool:
        return any(abs(amount - one) <= tolerance for one in amounts)

    until = sum(other.amount for other in months if order(other) <= order(credit))
    if right(credit.amount) or right(until):
        return None
    if due.told and credit.amount < amounts[0]:
        return None
    expected = min(amounts, key=lambda one: abs(until - one))
    before = until - credit.amount
    finding = found(
        [credit],
        amount=credit.amount if before >= expected else abs(until - expected),
        involved=credit.amount,
        area=credit.area,
        severity=2 if due.told else rule.meta.severity,
        assumed=due.assumed,
        evidence={
            "credited_at": credit.time,
            "month": month_for(credit) or "-",
            "kind": kind_of(credit),
            "base_fen": due.base,
            "rate": f"{due.rate.ratio.normalize():f}",
            "due_fen": expected,
            "amount_fen": credit.amount,
        },
    )
    total = sum(other.amount for other in months)
    corrected = total != until and (right(total) or abs(total) <= tolerance)
    return withdrawn(finding) if corrected else finding


def _due(context: Context, credit: Credit) -> Due | None:
    """What a credit is taken from; None where that cannot be said."""
    kind = kind_of(credit)
    time = law_time(credit)
    if kind == RETIREE:
        rate = context.law(credit.area, _RETIREE_RATE, time)
        pension = context.law(credit.area, _RETIREE_BASE, time)
        if rate is not None and pension is None and credit.base > 0:
            filled = (_RETIREE_RATE,) if rate.filled else ()
            return Due(credit.base, rate, filled, told=True)
        return _pension(context, credit)
    if kind not in (EMPLOYEE, FLEXIBLE) or credit.base <= 0:
        return None
    rate = context.law(credit.area, _RATE, time)
    if rate is None:
        return None
    return Due(credit.base, rate, (_RATE,) if rate.filled else ())


def _pension(context: Context, credit: Credit) -> Due | None:
    """What a retiree's credit is taken from where the law says so; None where it does not."""
    time = law_time(credit)
    rate = context.law(credit.area, _RETIREE_RATE, time)
    pension = context.law(credit.area, _RETIREE_BASE, time)
    if rate is None or pension is None:
        return None
    assumed = tuple(
        path for path, value in ((_RETIREE_RATE, rate), (_RETIREE_BASE, pension)) if value.filled
    )
    return Due(pension.fen, rate, assumed)


def _amounts(credit: Credit, whole: Decimal) -> tuple[int, ...]:
    """What a credit may be, fen, given the rate's share of the base; the first is said first."""
    kind = kind_of(credit)
    amounts = [whole]
    if kind != RETIREE:
        amounts.append(whole / _MONTHS)
    if kind == FLEXIBLE:
        month = month_for(credit)
        left = _MONTHS + 1 - int(month[4:]) if month else _MONTHS
        amounts += [whole * _MONTHS, whole * left]
    return tuple([round(amount) for amount in amounts])

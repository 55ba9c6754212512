"""More moved in with the insurance than the area before had paid out for the move.

The account moves along, so what comes in is what went out, and its interest. Only where payouts of
another area are in the data, not long before; where one sum is what was paid out, another one may
come from an area that sends nothing here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from events.times import DAY
from rules.account.incomes import TRANSFER, order, taken_back
from rules.benefit_rules.payments import CITY
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Payout
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit, Payout)
SUBJECT: Final = "account"
_PATH: Final = "account.transfer.moves_with_insurance"
_MOVED: Final = "transfer_out"


def check(
    rule: Rule, context: Context, account: Account, record: Credit | Payout
) -> Iterable[Verdict]:
    """One matter a sum moved in."""
    if not account.payouts or (isinstance(record, Credit) and record.kind != TRANSFER):
        return ()
    return [
        Verdict(credit.event_id, _look(rule, context, account, credit))
        for credit in account.credits
        if credit.kind == TRANSFER and credit.amount > 0
    ]


def _look(rule: Rule, context: Context, account: Account, credit: Credit) -> Finding | None:
    limits = rule.at(credit.time)
    paid = _paid_out(limits, account, credit)
    if not paid or not credit.area or not all(payout.area for payout in paid):
        return None
    back = taken_back(account.payouts)
    sums = [payout.amount - back.get(payout.event_id, 0) for payout in paid]
    out = sum(sums)
    span = int(limits["days"]) * DAY
    moved = [
        other
        for other in account.credits
        if other.kind == TRANSFER
        and other.amount > 0
        and _city(other.area) == _city(credit.area)
        and paid[0].time <= other.time <= paid[-1].time + span
    ]
    if any(_same(limits, other.amount, one) for other in moved for one in (out, *sums)):
        return None
    until = sum(other.amount for other in moved if order(other) <= order(credit))
    over = min(credit.amount, until - out)
    if over <= _allowed(limits, out):
        return None
    law = context.law(credit.area, _PATH, credit.time)
    if law is None or not law.flag:
        return None
    finding = found(
        [*paid, credit],
        amount=over,
        involved=credit.amount,
        area=credit.area,
        assumed=(_PATH,) if law.filled else (),
        evidence={
            "credited_at": credit.time,
            "amount_fen": credit.amount,
            "paid_at": paid[-1].time,
            "times": len(paid),
            "out_fen": out,
            "over_fen": over,
        },
    )
    corrected = taken_back([one for one in account.credits if one.kind == TRANSFER])
    left = over - corrected.get(credit.event_id, 0)
    return withdrawn(finding) if left <= _allowed(limits, out) else finding


def _paid_out(limits: Mapping[str, Any], account: Account, credit: Credit) -> list[Payout]:
    """What other areas, or areas that were not sent, paid out for a move until a credit."""
    since = credit.time - int(limits["days"]) * DAY
    return [
        payout
        for payout in account.payouts
        if payout.reason == _MOVED
        and payout.amount > 0
        and since <= payout.time <= credit.time
        and (not payout.area or _city(payout.area) != _city(credit.area))
    ]


def _allowed(limits: Mapping[str, Any], out: int) -> float:
    """What may come in above what went out, fen."""
    return max(float(limits["tolerance"]), out * float(limits["interest"]))


def _same(limits: Mapping[str, Any], moved: int, out: int) -> bool:
    return bool(-limits["tolerance"] <= moved - out <= _allowed(limits, out))


def _city(area: str) -> str:
    return area[:CITY]

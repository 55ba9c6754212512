"""An institution that settles and refunds in series within a month.

Either account or pool money comes back as cash several times, or most of what the institution
takes back within days belongs to persons who do it repeatedly there. What a person settled anew
there and kept is a correction: each such settlement excuses one taken back close to it. A hospital
takes back what was ordered and not done, an examination the patient does not want; where the money
goes back the way it came nobody gains by it, and it is no series.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.times import HOUR
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill, Payback
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Payback, Bill)
SUBJECT: Final = "institution"
ABOUT: Final = "refunds"
_PHARMACY: Final = "P"
"""First letter of a pharmacy's national code."""


class Pair(NamedTuple):
    """A settlement and all that went back of it within the month."""

    paybacks: tuple[Payback, ...]

    @property
    def first(self) -> Payback:
        """The first of its reversals."""
        return self.paybacks[0]

    @property
    def money(self) -> int:
        """Account and pool money the settlement took, fen."""
        return self.first.account_paid + self.first.fund_paid

    @property
    def cash_excess(self) -> int:
        """Cash given back beyond the cash paid, fen."""
        return sum(payback.cash_back for payback in self.paybacks) - self.first.cash_paid

    @property
    def quick(self) -> int:
        """Seconds from settlement to the last reversal."""
        return self.paybacks[-1].time - self.first.paid_at


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Payback | Bill
) -> Iterable[Verdict]:
    """One matter a month: the settlements taken back in a way that yields cash."""
    if not month.paybacks:
        return ()
    if isinstance(record, Bill):
        if not record.rev_at and not is_raised(rule, month, ABOUT):
            return ()
        if not _has_paybacks(month, record.psn_no):
            return ()
    limits = rule.at(record.time)
    if len(month.paybacks) < min(limits["cash_times"], limits["repeated_pairs"]):
        return ()
    return (Verdict(ABOUT, _look(limits, context, month)),)


def _has_paybacks(month: InstitutionMonth, psn_no: str) -> bool:
    """Whether something went back of a person; nobody else's settlements matter."""
    return psn_no in {payback.psn_no for payback in month.paybacks}


def _look(limits: Mapping[str, Any], context: Context, month: InstitutionMonth) -> Finding | None:
    grouped: dict[str, list[Payback]] = {}
    for payback in month.paybacks:
        grouped.setdefault(payback.settlement_event, []).append(payback)
    pairs = [
        pair for group in grouped.values() if (pair := Pair(tuple(group))).money >= limits["floor"]
    ]
    in_cash = [pair for pair in pairs if pair.cash_excess > limits["tolerance"]]
    if len(in_cash) < limits["cash_times"]:
        in_cash = []
    repeated = _repeated(limits, pairs, len(pairs))
    if repeated:
        gaining = _gaining(limits, pairs, month.bills)
        repeated = _repeated(limits, _uncorrected(limits, gaining, month.bills), len(pairs))
    taking = {pair.first.settlement_event: pair for pair in (*repeated, *in_cash)}
    if not taking:
        return None
    return _finding(context, list(taking.values()), severity=1 if in_cash else 2)


def _repeated(limits: Mapping[str, Any], pairs: Sequence[Pair], all_pairs: int) -> Sequence[Pair]:
    """Quick pairs of persons who have several there, when they make up most of all pairs."""
    quick = [pair for pair in pairs if pair.quick <= limits["quick_hours"] * HOUR]
    persons = Counter(pair.first.psn_no for pair in quick)
    repeated = [pair for pair in quick if persons[pair.first.psn_no] > 1]
    enough = len(repeated) >= limits["repeated_pairs"]
    return repeated if enough and len(repeated) >= limits["repeated_share"] * all_pairs else ()


def _gaining(
    limits: Mapping[str, Any], pairs: Sequence[Pair], bills: Sequence[Bill]
) -> Sequence[Pair]:
    """The pairs but those of a hospital in which no more cash went back than was paid.

    A settlement of the month before is not among the bills: the institution's code says what it is.
    """
    pharmacy = {bill.event_id: bill.pharmacy for bill in bills}
    return [
        pair
        for pair in pairs
        if pair.cash_excess > limits["tolerance"]
        or pharmacy.get(pair.first.settlement_event, pair.first.inst[:1] == _PHARMACY)
    ]


def _uncorrected(
    limits: Mapping[str, Any], pairs: Sequence[Pair], bills: Sequence[Bill]
) -> Sequence[Pair]:
    """The pairs in whose place no settlement that stands was made; each can take one place."""
    persons = {pair.first.psn_no for pair in pairs}
    undone = {pair.first.settlement_event for pair in pairs}
    standing = [
        bill
        for bill in bills
        if bill.psn_no in persons and not bill.rev_at and bill.event_id not in undone
    ]
    margin = limits["correction_hours"] * HOUR
    kept: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: (pair.first.paid_at, pair.first.settlement_event)):
        since, until = pair.first.paid_at - margin, pair.paybacks[-1].time + margin
        instead = next(
            (
                at
                for at, bill in enumerate(standing)
                if bill.psn_no == pair.first.psn_no and since <= bill.time <= until
            ),
            None,
        )
        if instead is None or pair.cash_excess > limits["tolerance"]:
            kept.append(pair)
        else:
            del standing[instead]
    return kept


def _finding(context: Context, pairs: Sequence[Pair], *, severity: int) -> Finding:
    paybacks = [payback for pair in pairs for payback in pair.paybacks]
    settled = sorted((pair.first.paid_at, pair.first.settlement_event) for pair in pairs)
    amount = sum(pair.money for pair in pairs)
    paybacks.sort(key=lambda payback: (payback.time, payback.event_id))
    return Finding(
        event_ids=tuple(
            dict.fromkeys(
                [event_id for _, event_id in settled] + [payback.event_id for payback in paybacks]
            )
        ),
        setl_ids=tuple(dict.fromkeys(payback.setl_id for payback in paybacks)),
        amount=amount,
        first=settled[0][0],
        last=paybacks[-1].time,
        area=paybacks[-1].insured_area,
        involved=amount,
        severity=severity,
        evidence={
            "institution": context.name_of(paybacks[-1].inst),
            "times": len(pairs),
            "persons": len({pair.first.psn_no for pair in pairs}),
            "amount_fen": amount,
            "cash_excess_fen": sum(max(pair.cash_excess, 0) for pair in pairs),
            "minutes_between": sum(pair.quick for pair in pairs) // len(pairs) // 60,
        },
    )

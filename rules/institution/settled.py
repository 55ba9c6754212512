"""What the rules of this family share: insurance money of a bill, and what stands of several."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from rules.findings import Finding, Reversible, stands, stood, withdrawn
from rules.histories.records import Bill

R = TypeVar("R", bound=Reversible)


def insured(bill: Bill) -> int:
    """Insurance money of a settlement, fen: funds and personal accounts, not cash."""
    return bill.fund + bill.account


def judge_all(
    records: Sequence[R], told: int, look: Callable[[Sequence[R]], Finding | None]
) -> Finding | None:
    """What stands about records that count together.

    `told` is the time from which on the matter was known apart from the records themselves. Looks
    first at what has not been taken back; if that finds nothing, at what had not been taken back
    when the last of the records and `told` had come: what is found only there is withdrawn.
    """
    standing = [record for record in records if stands(record)]
    finding = look(standing) if standing else None
    if finding is not None or len(standing) == len(records):
        return finding
    last = max(told, *(record.time for record in records))
    then = [record for record in records if stood(record, last)]
    return withdrawn(look(then)) if then else None

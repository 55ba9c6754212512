"""What the rules of this family share: a bill's insurance money, whether its drugs had to be
scanned, and what stands of several.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from events.times import date_of, day_of, month_of
from rules.cash_out.windows import month_bounds
from rules.context import Context
from rules.findings import Finding, Reversible, stands, stood, withdrawn
from rules.histories.institution_month import InstitutionMonth
from rules.histories.records import Bill, Told, Weekly
from rules.institution.months import place

R = TypeVar("R", bound=Reversible)
_PHARMACIES_SCAN: Final = "trace.pharmacy_scan_from"
_ALL_SCAN: Final = "trace.all_from"


def insured(bill: Bill) -> int:
    """Insurance money of a settlement, fen: funds and personal accounts, not cash."""
    return bill.fund + bill.account


def scans(context: Context, month: InstitutionMonth, *, pharmacy: bool) -> bool:
    """Whether trace codes must be scanned at an institution by the end of a month."""
    area, begin = place(context, month)
    end = month_bounds(month_of(begin))[1]
    law = context.law(area, _scan_path(pharmacy=pharmacy), end)
    return law is not None and law.date <= date_of(day_of(end))


def must_scan(context: Context, bill: Bill | Weekly) -> bool:
    """Whether trace codes of drugs must be scanned there by then."""
    law = context.law(bill.insured_area, _scan_path(pharmacy=bill.pharmacy), bill.time)
    return law is not None and law.date <= date_of(day_of(bill.time))


def requires(context: Context, path: str, bill: Bill | Told) -> bool:
    """Whether a policy's flag holds for a bill."""
    law = context.law(bill.insured_area, path, bill.time)
    return law is not None and law.flag


def _scan_path(*, pharmacy: bool) -> str:
    return _PHARMACIES_SCAN if pharmacy else _ALL_SCAN


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

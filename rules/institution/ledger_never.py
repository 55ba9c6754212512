"""A pharmacy reports no stock in a whole quarter while most pharmacies of its city do.

Whether it may be too early to ask is seen from the others: where few report, or none does yet,
nothing is said of anybody.
"""

from collections.abc import Iterable
from typing import Final

from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import NEIGHBOURS, Neighbours
from rules.histories.records import Ledger, Weekly
from rules.institution.beside import changes_nothing, verdicts
from rules.rule import Rule

KIND: Final = NEIGHBOURS
RECORDS: Final = (Ledger, Weekly)
SUBJECT: Final = "institution"


def check(
    rule: Rule, context: Context, around: Neighbours, record: Ledger | Weekly
) -> Iterable[Verdict]:
    """One matter a pharmacy and quarter: no stock reported."""
    if isinstance(record, Weekly) and (
        not record.pharmacy or changes_nothing(rule, around, around.ledgers, record.inst)
    ):
        return ()
    return verdicts(rule, context, around, around.ledgers, _counts)


def _counts(_: Weekly) -> bool:
    return True

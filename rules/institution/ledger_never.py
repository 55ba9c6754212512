"""A pharmacy reports no stock in a whole quarter while most pharmacies of its city do.

Whether it may be too early to ask is seen from the others: where few report, or none does yet,
nothing is said of anybody. Bound to report are pharmacies in the outpatient scheme: those that
joined it as the reference data say, and those that the pool paid outside chronic care.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from events.times import day_of
from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import NEIGHBOURS
from rules.histories.neighbours import Neighbours
from rules.histories.records import Ledger, Weekly
from rules.institution.beside import begin_of, changes_nothing, verdicts
from rules.rule import Rule

KIND: Final = NEIGHBOURS
RECORDS: Final = (Ledger, Weekly)
SUBJECT: Final = "institution"


def check(
    rule: Rule, context: Context, around: Neighbours, record: Ledger | Weekly
) -> Iterable[Verdict]:
    """One matter a pharmacy and quarter: no stock reported."""
    if not around.standing and len(around.ledgers) < rule.at(begin_of(around))["others"]:
        return ()
    if isinstance(record, Weekly) and (
        not record.pharmacy
        or (
            _joined(context, record.inst, begin_of(around))
            and changes_nothing(rule, around, around.ledgers, record.inst)
        )
    ):
        return ()
    members = {
        inst: counted
        for inst, weeks in around.weeks.items()
        if (counted := _in_scheme(context, weeks))
    }
    return verdicts(rule, context, around, members, around.ledgers, _counts)


def _joined(context: Context, inst: str, time: int) -> bool:
    """Whether a pharmacy had joined the outpatient scheme by then, as the reference data say."""
    known = context.institutions.get(inst)
    return known is not None and known.pool_from is not None and known.pool_from <= day_of(time)


def _in_scheme(context: Context, weeks: Sequence[Weekly]) -> Sequence[Weekly]:
    """The weeks of a pharmacy in which it was in the outpatient scheme.

    It is from the first settlement that the pool paid on, even if that was taken back.
    """
    paid = next((week.time for week in weeks if week.asks), None)
    return [
        week
        for week in weeks
        if _joined(context, week.inst, week.time) or (paid is not None and week.time >= paid)
    ]


def _counts(_: Weekly) -> bool:
    return True

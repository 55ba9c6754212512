"""No trace code in a whole quarter while most institutions of the sort and city send them.

Whoever sends one is judged by the month; this is for who never does.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import NEIGHBOURS
from rules.histories.neighbours import Neighbours
from rules.histories.records import Weekly
from rules.institution.beside import changes_nothing, verdicts
from rules.institution.settled import must_scan
from rules.rule import Rule

KIND: Final = NEIGHBOURS
RECORDS: Final = (Weekly,)
SUBJECT: Final = "institution"


def check(rule: Rule, context: Context, around: Neighbours, record: Weekly) -> Iterable[Verdict]:
    """One matter an institution and quarter: no trace codes sent."""
    begins = record.traced and around.scanners[record.inst] == record.time
    if not begins and changes_nothing(rule, around, around.scanners, record.inst):
        return ()
    return verdicts(rule, context, around, around.weeks, around.scanners, partial(_counts, context))


def _counts(context: Context, week: Weekly) -> bool:
    return week.drugs > 0 and must_scan(context, week)

"""A pharmacy goes on settling drugs but stops reporting its stock.

Counts the days between two stock reports, or from the last one to the last settlement of a month,
in which drugs were settled. A silence may have begun in one of the two months before; each month
that it reaches is judged by what was settled in it. The pharmacy's own other days show that it
reports at all and how regularly; of one that hardly does nothing is said, and one that never does
is judged beside its neighbours (`ledger_never`). One that sells a little reports on few days: it is
judged by the gaps between them, and only after long.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from events.times import DAY, day_of, day_start
from rules.cash_out.windows import is_raised, month_bounds
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill, Report
from rules.histories.series import between
from rules.institution.months import ABOUT, place
from rules.institution.settled import insured
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill, Report)
SUBJECT: Final = "institution"
_LAW: Final = "pharmacy.ledger_report_days"
Limits = Mapping[str, Any]


class Silence(NamedTuple):
    """Seconds (epoch) between two days with reports: first and last second without."""

    begin: int
    end: int


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Bill | Report
) -> Iterable[Verdict]:
    """One matter a month: drugs settled while nothing was reported."""
    if not month.reports or not month.bills:
        return ()
    if isinstance(record, Bill) and not record.pharmacy:
        return ()
    limits = rule.at(record.time)
    if len(month.reports) < limits["reports"]:
        return ()
    begin = month_bounds(month.key.rpartition("|")[2])[0]
    reports = _bearing(month.reports, begin)
    if _silent_days(month, reports) < limits["least_days"] and not is_raised(rule, month, ABOUT):
        return ()
    return (Verdict(ABOUT, _look(limits, context, month, _silence(month, reports, begin))),)


def _bearing(reports: Sequence[Report], begin: int) -> Sequence[Report]:
    """The reports of a month that begins then (epoch seconds) and the last one before it."""
    if reports[0].time >= begin:
        return reports
    return reports[bisect_left(reports, begin, key=_time) - 1 :]


def _time(report: Report) -> int:
    return report.time


def _silent_days(month: InstitutionMonth, reports: Sequence[Report]) -> int:
    """All days without a report from the first report on, until the day of the last settlement."""
    last = max(reports[-1].time, month.bills[-1].time)
    return (last - reports[0].time) // DAY + 1 - len(reports)


def _silence(month: InstitutionMonth, reports: Sequence[Report], first: int) -> Silence:
    """The longest stretch of days without a report, until the day before the last settlement's.

    Of a stretch that began before the month only its days from `first` on (epoch seconds) count.
    """
    ends = [report.time for report in reports]
    last = day_start(day_of(month.bills[-1].time))
    longest, most = Silence(0, 0), 0
    for begun, after in zip(ends, [*ends[1:], max(last, ends[-1])], strict=True):
        stretch = Silence(begun + DAY, after - 1)
        here = stretch.end - max(stretch.begin, first)
        if here > most:
            longest, most = stretch, here
    return longest


def _look(
    limits: Limits, context: Context, month: InstitutionMonth, silence: Silence
) -> Finding | None:
    area, since = place(context, month)
    law = context.law(area, _LAW, since)
    days = int(law.value) if law is not None and isinstance(law.value, int) else limits["days"]
    if silence.end + 1 - silence.begin < days * DAY:
        return None
    quiet = _sold(between(month.bills, silence.begin, silence.end))
    long = silence.end + 1 - silence.begin >= limits["long_days"] * DAY
    if len(quiet) < limits["long_settlements" if long else "settlements"]:
        return None
    if not _reports_otherwise(limits, month, silence, long=long):
        return None
    inst, _, number = month.key.partition("|")
    amount = sum(map(insured, quiet))
    return found(
        quiet,
        amount=amount,
        involved=sum(bill.fee for bill in quiet),
        area=quiet[0].insured_area,
        assumed=(_LAW,) if law is not None and law.filled else (),
        evidence={
            "institution": context.name_of(inst),
            "month": number,
            "begin_at": silence.begin,
            "end_at": silence.end,
            "days": (silence.end + 1 - silence.begin) // DAY,
            "settlements": len(quiet),
            "report_days": len(month.reports),
            "amount_fen": amount,
        },
    )


def _sold(bills: Sequence[Bill]) -> list[Bill]:
    return [b for b in bills if b.pharmacy and b.drugs and not b.rev_at and insured(b)]


def _reports_otherwise(
    limits: Limits, month: InstitutionMonth, silence: Silence, *, long: bool
) -> bool:
    """Whether the pharmacy reports on the other days on which it settles drugs.

    Where the month has no others, the last days before the silence say whether it reported; before
    a long one it is enough that the silence is several times as long as any gap between reports.
    """
    until = day_start(day_of(month.bills[-1].time))
    days = {
        day_start(day_of(bill.time))
        for bill in _sold(month.bills)
        if bill.time < until and not silence.begin <= bill.time <= silence.end
    }
    if not days:
        habit: int = limits["habit_days"]
        before = between(month.reports, silence.begin - habit * DAY, silence.begin - 1)
        if len(before) >= float(limits["regular"]) * habit:
            return True
        return long and _is_unlike(limits, month, silence)
    told = {report.time for report in month.reports}
    return len(days & told) >= float(limits["regular"]) * len(days)


def _is_unlike(limits: Limits, month: InstitutionMonth, silence: Silence) -> bool:
    """Whether a silence is much longer than any time between two of the reports before it."""
    times = [report.time for report in month.reports if report.time < silence.begin]
    if len(times) < limits["gap_reports"]:
        return False
    longest = max(after - time for time, after in pairwise(times))
    return silence.end + 1 - silence.begin >= float(limits["gaps"]) * longest

"""Drugs settled that the pharmacy's stock system never sold.

A pharmacy that reports its sales (3505) reports them for nearly every settlement of drugs. One
without any report, while sales of later days have long been reported, was settled without goods.
Whether the pharmacy reports is asked of the whole month, so that a day on which most is missing
does not speak for itself. Who does not report sales at all is another matter, and so are services
and devices.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.times import date_of, day_of, day_start
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import SALES
from rules.histories.records import Dispensed, Goods
from rules.histories.sales import GOODS_DAYS, NIGHT, Sales
from rules.rule import Rule

KIND: Final = SALES
RECORDS: Final = (Dispensed, Goods)
SUBJECT: Final = "institution"
ABOUT: Final = "unsold"
_DOUBTFUL: Final = 3
Limits = Mapping[str, Any]


class Day(NamedTuple):
    """A day: its number, its settlements of drugs, how many have a sale, and those without."""

    number: int
    sold: int
    reported: int
    missing: list[Dispensed]

    @property
    def about(self) -> str:
        """What the matter of this day is called."""
        return f"{ABOUT}|{date_of(self.number).isoformat()}"


def check(
    rule: Rule, context: Context, sales: Sales, record: Dispensed | Goods
) -> Iterable[Verdict]:
    """One matter a day: its settlements of drugs that no sale was reported for."""
    if not sales.linked or not (sales.waiting or sales.standing):
        return ()
    return _verdicts(rule, context, sales, record.time)


def _verdicts(rule: Rule, context: Context, sales: Sales, time: int) -> Iterator[Verdict]:
    limits = rule.at(time)
    days = _days(limits, sales)
    told: set[str] = set()
    linked = sum(day.reported for day in days)
    missing = sum(day.sold - day.reported for day in days)
    sure = linked >= max(limits["reported"], limits["reported_share"] * (linked + missing))
    if sure or _reports(limits, sales, days, linked, missing):
        for day in days:
            finding = _look(limits, context, sales, day, sure=sure) if day.missing else None
            if finding is not None:
                told.add(day.about)
                yield Verdict(day.about, finding)
    prefix = f"{rule.id}|"
    for matter in list(sales.standing):
        about = matter.removeprefix(prefix)
        if matter.startswith(prefix) and about not in told and is_raised(rule, sales, about):
            yield Verdict(about, None)


def _days(limits: Limits, sales: Sales) -> list[Day]:
    """The days that later reports of sales show to be over, since sales are reported at all and
    as long as the reports name settlements.

    What was taken back before it could be missed does not count.
    """
    if not sales.dispensed:
        return []
    begin = max(min(sales.days.values()), sales.dispensed[0].time)
    last = min(sales.last - _grace(limits) - 1, sales.linked)
    missing: dict[int, dict[str, Dispensed]] = {}
    early: dict[int, set[str]] = {}
    for settled in sales.waiting.values():
        day = day_of(settled.time)
        if settled.time < begin or 0 < settled.rev_at < _proof(limits, day):
            early.setdefault(day, set()).add(settled.event_id)
        else:
            missing.setdefault(day, {})[settled.event_id] = settled
    return [
        Day(
            day,
            sold - len(early.get(day, ())),
            reported,
            sorted(
                (one for one in missing.get(day, {}).values() if one.money > 0),
                key=lambda one: (one.time, one.event_id),
            ),
        )
        for day, (sold, reported) in sorted(sales.counts.items())
        if day_of(begin) <= day <= last
    ]


def _grace(limits: Limits) -> int:
    """Full days after a settlement within which its sale is not missed yet."""
    return max(int(limits["grace_days"]), NIGHT)


def _proof(limits: Limits, day: int) -> int:
    """When (epoch seconds) the sales of a day have been reported if they ever are."""
    return day_start(day + _grace(limits) + 1)


def _reports(limits: Limits, sales: Sales, days: Sequence[Day], linked: int, missing: int) -> bool:
    """Whether a pharmacy that names few settlements in its reports is known to report daily."""
    if linked < max(limits["known"], limits["known_share"] * (linked + missing)):
        return False
    return sum(day.number in sales.days for day in days) >= float(limits["regular"]) * len(days)


def _look(
    limits: Limits, context: Context, sales: Sales, day: Day, *, sure: bool
) -> Finding | None:
    """What is found about a day.

    Where most settlements of the month have no sale (not `sure`), a sale of the same drug for no
    settlement may be that of one. After the last report that names a settlement they may have gone
    on without names; so on its day most must have been named.
    """
    first = day.number + _grace(limits) + 1
    if not any(one in sales.days for one in range(first, day.number + GOODS_DAYS + 1)):
        return None
    most = day.reported >= limits["reported_share"] * day.sold
    if day.number == sales.linked and not most:
        return None
    missing = [one for one in day.missing if sure or not _covered(limits, sales, one)]
    standing = [one for one in missing if not one.rev_at]
    if not missing:
        return None
    few = len(missing) <= limits["few"]
    doubtful = not sure or not (most or few)
    inst = context.name_of(sales.key.partition("|")[0])
    finding = _finding(inst, standing or missing, day, _DOUBTFUL if doubtful else None)
    return finding if standing else withdrawn(finding)


def _covered(limits: Limits, sales: Sales, settled: Dispensed) -> bool:
    """Whether one of its drugs was reported as sold for no settlement at the time."""
    day = day_of(settled.time)
    until = day + _grace(limits)
    return any(
        day <= one <= until for code in settled.codes or ("",) for one in sales.loose.get(code, ())
    )


def _finding(inst: str, missing: Sequence[Dispensed], day: Day, severity: int | None) -> Finding:
    amount = sum(one.money for one in missing)
    return found(
        missing,
        amount=amount,
        involved=sum(one.fee for one in missing),
        area=missing[0].insured_area,
        severity=severity,
        evidence={
            "institution": inst,
            "settlements": len(missing),
            "sold": day.sold,
            "reported": day.reported,
            "first_at": missing[0].time,
            "amount_fen": amount,
            "persons": len({one.psn_no for one in missing}),
        },
    )

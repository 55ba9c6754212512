"""The same settlement submitted again under a new id.

Same person, institution, scheme and total, the same items, quantities and amounts. One that
carries a mark of the first (its visit, begin, receipt, prescription, serial numbers, fee times or
packs) is the first one again; without such a mark it must follow closely, and what people need
again and again - treatments, consultations - never counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.local_codes import Scheme
from events.times import DAY, HOUR, MINUTE, day_of
from rules.context import Context
from rules.duplicates.fee_lines import (
    Pairs,
    apart,
    charged,
    is_consultation,
    is_goods,
    matched,
    one_act,
    same_lines,
    told,
)
from rules.duplicates.neighbours import insured, paid, rejudged
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.histories.spreading import at_pharmacy
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_CLEAR: Final = 1
_LIKELY: Final = 2
_UNPAID: Final = 3
"""The deductible was counted twice; no fund and no account has paid for it yet."""
_YUAN: Final = 100


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: that it had been submitted before."""
    visits = person.visits
    if len(visits) < 2:
        return ()
    reach = rule.at(visit.time)["reach_days"] * DAY
    if not _alike(visits, visit, reach) or not insured(visit):
        return ()
    return [
        Verdict(anchor.event_id, judge(anchor, earlier, partial(_look, rule, context, anchor)))
        for anchor, earlier in rejudged(visits, visit, reach, partial(_paired, rule))
    ]


def _alike(visits: Sequence[Visit], visit: Visit, reach: int) -> bool:
    """Whether another settlement, at most so far back, was as dear at the same place: quick."""
    fee, inst, first = visit.fee, visit.inst, visit.time - reach
    for other in reversed(visits):
        if other.time < first:
            return False
        if other.fee == fee and other.inst == inst and other is not visit:
            return True
    return False


def _paired(rule: Rule, earlier: Visit, anchor: Visit) -> bool:
    return (
        earlier.fee == anchor.fee
        and earlier.inst == anchor.inst
        and _one_scheme(earlier, anchor)
        and insured(earlier)
        and insured(anchor)
        and (earlier.setl_id != anchor.setl_id or not anchor.setl_id)
        and (
            anchor.time - earlier.time <= _longest_of(rule.at(anchor.time))
            or _linked(earlier, anchor)
        )
    )


def _one_scheme(earlier: Visit, anchor: Visit) -> bool:
    """Whether schemes are equal, or one of them was not told."""
    return earlier.scheme == anchor.scheme or not (earlier.med_type and anchor.med_type)


def _look(rule: Rule, context: Context, anchor: Visit, earlier: Sequence[Visit]) -> Finding | None:
    numbers = rule.at(anchor.time)
    hits = [(other, sure) for other in earlier if (sure := _again(numbers, other, anchor))]
    if not hits:
        return None
    first = hits[0][0]
    return found(
        [*(other for other, _ in hits), anchor],
        amount=paid(anchor),
        involved=paid(anchor) + sum(paid(other) for other, _ in hits),
        area=anchor.insured_area,
        severity=min(sure for _, sure in hits) if paid(anchor) else _UNPAID,
        evidence={
            "institution": context.name_of(anchor.inst),
            "first_settled_at": first.time,
            "settled_at": anchor.time,
            "fee_fen": anchor.fee,
            "lines": len(anchor.lines),
            "times": len(hits) + 1,
        },
    )


def _longest_of(numbers: Mapping[str, Any]) -> int:
    """After how many seconds only a link between two settlements makes one of them the other."""
    minutes = max(
        numbers["service_minutes"], numbers["other_begin_minutes"], numbers["bare_minutes"]
    )
    return max(int(numbers["goods_hours"] * HOUR), int(minutes * MINUTE))


def _linked(other: Visit, anchor: Visit) -> bool:
    """Whether a visit, begin, receipt or anything on the fee lines may link two settlements."""
    if anchor.begin == other.begin or (anchor.bill and anchor.bill == other.bill):
        return True
    if anchor.mdtrt_id and anchor.mdtrt_id == other.mdtrt_id:
        return True
    for line in anchor.lines:
        for again in other.lines:
            if (
                (line.at and line.at == again.at)
                or (line.serial and line.serial == again.serial)
                or (line.rx and line.rx == again.rx)
                or (line.traces and not set(line.traces).isdisjoint(again.traces))
            ):
                return True
    return False


def _again(numbers: Mapping[str, Any], other: Visit, anchor: Visit) -> int:
    """How surely a settlement is an earlier one again (a severity), 0 if it is not."""
    gap = anchor.time - other.time
    marked = told(anchor.begin) and anchor.begin == other.begin
    marked = marked or (anchor.bill != "" and anchor.bill == other.bill)
    first, second = charged(other.lines), charged(anchor.lines)
    if not first or not second:
        return _bare(numbers, other, anchor, gap, marked=marked)
    if not same_lines(first, second):
        return 0
    pairs = matched(first, second, _equal)
    own = [pair for pair in pairs if not is_consultation(pair[0])]
    for line, again in own or pairs:
        if one_act(numbers, line, again, gap):
            return _CLEAR
    if not own:
        return 0
    if marked:
        return _CLEAR
    one_visit = anchor.mdtrt_id != "" and anchor.mdtrt_id == other.mdtrt_id
    if (
        one_visit
        and gap <= numbers["visit_days"] * DAY
        and not _other_occasion(numbers, own, other, anchor)
    ):
        return _CLEAR
    if gap > _longest(numbers, own, other, anchor) or all(apart(*pair) for pair in own):
        return 0
    return _LIKELY


def _longest(numbers: Mapping[str, Any], pairs: Pairs, other: Visit, anchor: Visit) -> int:
    """How soon, in seconds, equal charges without a mark must follow each other."""
    if not (at_pharmacy(anchor) or all(is_goods(line) for line, _ in pairs)):
        return int(numbers["service_minutes"] * MINUTE)
    if told(anchor.begin) and told(other.begin):
        return int(numbers["other_begin_minutes"] * MINUTE)
    return int(numbers["goods_hours"] * HOUR)


def _equal(line: Line, other: Line) -> bool:
    return line.quantity == other.quantity and line.amount == other.amount


def _other_occasion(numbers: Mapping[str, Any], pairs: Pairs, other: Visit, anchor: Visit) -> bool:
    """Whether equal charges of one visit are those of a course: other days, or other hours."""
    apart_by = numbers["other_begin_minutes"] * MINUTE
    return all(
        day_of(line.at or other.time) != day_of(again.at or anchor.time)
        or (
            not is_goods(line)
            and told(line.at)
            and told(again.at)
            and abs(again.at - line.at) > apart_by
        )
        for line, again in pairs
    )


def _bare(
    numbers: Mapping[str, Any], other: Visit, anchor: Visit, gap: int, *, marked: bool
) -> int:
    """The same where fee lines are missing and only totals can be compared."""
    if anchor.scheme == Scheme.REGISTRATION or not anchor.fee:
        return 0
    one_visit = anchor.mdtrt_id != "" and anchor.mdtrt_id == other.mdtrt_id
    if marked or (one_visit and day_of(anchor.time) == day_of(other.time)):
        return _CLEAR
    if anchor.fee % _YUAN:
        limit = numbers["goods_hours"] * HOUR
    else:
        limit = numbers["bare_minutes"] * MINUTE
    return _LIKELY if gap <= limit else 0

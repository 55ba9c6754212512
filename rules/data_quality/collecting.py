"""What the rules of this family share: one matter a kind of defect, collected over a month.

A month lists its first defects only, so a sender that does everything wrong makes one long alert
and not thousands; once a list is long it grows in steps, so that it is not told anew each time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from events.times import month_of
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.records import Defect
from rules.rule import Rule

Counts = Callable[[Defect, str], bool]


def collected(
    rule: Rule,
    context: Context,
    month: InstitutionMonth,
    record: Defect,
    says: Mapping[str, tuple[str, str]],
    counts: Counts,
) -> Iterator[Verdict]:
    """A verdict for every kind of defect of `record` that `says` names, in Chinese and English.

    `counts` says whether a defect counts as one of a kind where and when it happened.
    """
    limits = rule.at(record.time)
    for kind in record.kinds:
        if kind not in says or not counts(record, kind):
            continue
        same = [one for one in month.defects if kind in one.kinds and counts(one, kind)]
        if not same:
            continue
        listed = _listed(len(same), limits["single"], limits["step"])
        if record in same[listed:]:
            continue
        yield Verdict(kind, _told(context, month, same[:listed], kind, says))


def _listed(number: int, single: int, step: int) -> int:
    """How many of a number of defects an alert lists: each one at first, later in steps."""
    return number if number <= single else max(single, number - number % step)


def _told(
    context: Context,
    month: InstitutionMonth,
    listed: list[Defect],
    kind: str,
    says: Mapping[str, tuple[str, str]],
) -> Finding:
    inst = month.key.partition("|")[0]
    zh, en = says[kind]
    return found(
        listed,
        amount=0,
        area=listed[0].area,
        evidence={
            "institution": context.name_of(inst),
            "month": month_of(listed[0].time),
            "kind": kind,
            "kind_zh": zh,
            "kind_en": en,
            "count": len(listed),
            "days": max(one.days for one in listed),
            "first_at": listed[0].time,
            "last_at": listed[-1].time,
        },
    )


def areas_with(prefixes: Iterable[str], area: str) -> bool:
    """Whether an area begins with one of the prefixes."""
    return any(area.startswith(prefix) for prefix in prefixes)


def always(_defect: Defect, _kind: str) -> bool:
    """Every defect counts."""
    return True

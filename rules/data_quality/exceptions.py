"""What an institution otherwise does in a month, and what it did not do in a few settlements.

What fails often is how the sender's interface was built, and no defect of a settlement.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from events.times import month_of
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.records import Bill
from rules.institution.months import judged, reviewed
from rules.rule import Rule

ALL: Final = 0
Limits = Mapping[str, Any]


class Way(NamedTuple):
    """What may be the exception: its bit of `Bill.sent`, and its name in Chinese and English."""

    bit: int
    otherwise: int
    """The bit of settlements that did it right; `ALL` means every one without the first bit."""
    zh: str
    en: str


class Ways(NamedTuple):
    """What is told together as one matter; `zh` and `en` say it of the names joined."""

    about: str
    ways: Mapping[str, Way]
    bits: int
    """The bits of all ways. What all settlements of a month were sent with is no exception, so
    whether `sent_any` without `sent_all` has any of them is asked first."""
    zh: str
    en: str


def exceptions(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill, ways: Ways
) -> Iterable[Verdict]:
    """One matter: the settlements that are the exception, where there are any.

    The rule's `rare_from` and `rare_share` say of how many settlements up to which share.
    """
    limits = rule.at(bill.time)
    bits = month.sent_any & ~month.sent_all
    holds = bool(_rare(limits, ways, month.sent, len(month.bills), bits))
    look = partial(_look, rule, context, month, ways)
    return reviewed(rule, month, bill, look, holds=holds, about=ways.about)


def _rare(limits: Limits, ways: Ways, sent: Mapping[int, int], number: int, some: int) -> list[str]:
    """Which ways are the exception, by how many settlements were sent how.

    `some` are the bits that some, but not all of them were sent with.
    """
    if number < limits["rare_from"]:
        return []
    most = float(limits["rare_share"])
    rare = []
    for name, way in ways.ways.items():
        if not way.bit & some:
            continue
        off, total = 0, number if way.otherwise == ALL else 0
        for bits, count in sent.items():
            if bits & way.bit:
                off += count
            if bits & (way.bit | way.otherwise) and way.otherwise != ALL:
                total += count
        if 0 < off <= most * total and total >= limits["rare_from"]:
            rare.append(name)
    return rare


def _look(rule: Rule, context: Context, month: InstitutionMonth, ways: Ways) -> Finding | None:
    bills = judged(month)
    if not bills:
        return None
    limits = rule.at(bills[0].time)
    names = _rare(limits, ways, Counter(bill.sent for bill in bills), len(bills), ways.bits)
    if not names:
        return None
    bits = sum(ways.ways[name].bit for name in names)
    off = [bill for bill in bills if bill.sent & bits]
    zh = ways.zh.format("、".join(ways.ways[name].zh for name in names))
    en = ways.en.format(", ".join(ways.ways[name].en for name in names))
    return told(context, month, off, limits["single"], (" ".join(names), zh, en))


def told(
    context: Context,
    month: InstitutionMonth,
    off: Sequence[Bill],
    most: int,
    kind: tuple[str, str, str],
) -> Finding:
    """What is said of a month's settlements that are the exception, of which so many are listed.

    `kind` names the matter: for programs, in Chinese, in English.
    """
    name, zh, en = kind
    return found(
        off[:most],
        amount=0,
        area=off[0].insured_area,
        evidence={
            "institution": context.name_of(month.key.partition("|")[0]),
            "month": month_of(off[0].time),
            "kind": name,
            "kind_zh": zh,
            "kind_en": en,
            "count": len(off),
            "first_at": off[0].time,
            "last_at": off[-1].time,
        },
    )

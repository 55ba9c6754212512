"""Judging who never does in a quarter what most of its neighbours do.

Neighbours are the pharmacies, or the hospitals, of one pooling city. Whether most of them do it is
asked of all that settled drugs and are known either to do it, or to have had weeks enough to. The
answer is a function of who did what in the quarter, in whatever order it became known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from events.times import day_number, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.neighbours import Neighbours
from rules.histories.records import Weekly
from rules.institution.settled import judge_all
from rules.rule import Rule

Limits = Mapping[str, Any]


class Beside(NamedTuple):
    """How many neighbours do it, of how many that are known to or have had the time."""

    doing: int
    all: int


def begin_of(around: Neighbours) -> int:
    """First second (epoch) of the quarter."""
    return _begin(around.key)


def raised(rule: Rule, around: Neighbours) -> list[str]:
    """The institutions of which a rule has said something."""
    matters = (matter.partition("|") for matter in around.standing)
    return [inst for name, _, inst in matters if name == rule.id]


@lru_cache(4096)
def _begin(key: str) -> int:
    year, _, quarter = key.rpartition("|")[2].partition("-Q")
    return day_start(day_number(date(int(year), 3 * int(quarter) - 2, 1)))


def changes_nothing(rule: Rule, around: Neighbours, does: Mapping[str, int], inst: str) -> bool:
    """Whether what became known of an institution leaves everything as it is.

    So it is while hardly anybody does it, and with another week of somebody who does.
    """
    if not around.standing and len(does) < rule.at(begin_of(around))["others"]:
        return True
    return inst in does and len(around.weeks.get(inst, ())) > 1


def verdicts(
    rule: Rule,
    context: Context,
    around: Neighbours,
    settled: Mapping[str, Sequence[Weekly]],
    does: Mapping[str, int],
    counts: Callable[[Weekly], bool],
) -> Iterator[Verdict]:
    """One matter for each institution that does not, and for each of which that was said before.

    `settled` are the weeks of those that are asked or counted; `does` are those that do it,
    `counts` says of which settlements it is asked at all.
    """
    limits = rule.at(begin_of(around))
    silent = dict[str, Sequence[Weekly]]()
    doing = 0
    for inst, weeks in settled.items():
        if inst in does:
            doing += 1
        elif len(weeks) >= limits["weeks"]:
            asked = [week for week in weeks if counts(week)]
            if len(asked) >= limits["weeks"]:
                silent[inst] = asked
    beside = Beside(doing, doing + len(silent))
    if doing < limits["others"] or doing < float(limits["share"]) * beside.all:
        silent.clear()
    for inst, counted in silent.items():

        def look(weeks: Sequence[Weekly]) -> Finding | None:
            return _look(limits, context, around, weeks, beside)

        yield Verdict(inst, judge_all(counted, 0, look))
    for inst in raised(rule, around):
        if inst not in silent:
            yield Verdict(inst, None)


def _look(
    limits: Limits, context: Context, around: Neighbours, weeks: Sequence[Weekly], beside: Beside
) -> Finding | None:
    if len(weeks) < limits["weeks"]:
        return None
    amount = sum(week.paid for week in weeks)
    return found(
        weeks,
        amount=amount,
        involved=sum(week.fee for week in weeks),
        area=weeks[0].insured_area,
        subject=weeks[0].inst,
        evidence={
            "institution": context.name_of(weeks[0].inst),
            "quarter": around.key.rpartition("|")[2],
            "weeks": len(weeks),
            "first_at": weeks[0].time,
            "last_at": weeks[-1].time,
            "others": beside.doing,
            "all": beside.all,
            "amount_fen": amount,
        },
    )

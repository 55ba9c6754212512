"""The pool pays what it should not: ratio, deductible, cap, entitlement."""

from collections.abc import Sequence
from typing import Final

from simulation.benefit import Benefit
from simulation.cases import Case, day_for, hospital, settle_at, slot
from simulation.institutions import Institution
from simulation.pricing import Line
from simulation.scene import consultation, lines_of, month_supply

_BIG: Final = ("计算机体层平扫", "彩色多普勒超声检查", "肝功能七项")


def big_visit(place: Institution, times: int = 2) -> Sequence[Line]:
    """A visit dear enough to go beyond the deductible."""
    return [consultation(place), *lines_of(_BIG, counts=(times, times, 1))]


def stay_home(case: Case, day: int) -> None:
    """No care after a day, so that what follows cannot build on what was wrong."""
    case.who.busy.update(range(day, case.world.last_day + 1))


def wrong_ratio(case: Case) -> None:
    """Paid at twenty points more than the policy's ratio."""
    place = hospital(case)
    day = day_for(case)
    stay_home(case, day)

    def more(right: Benefit, in_scope: int) -> Benefit:
        percent = right.percent + 20
        return Benefit(
            right.deductible, percent, ((in_scope - right.deductible) * percent + 50) // 100
        )

    desk = slot(case, place, day)
    settle_at(case, case.who, desk, big_visit(place), diagnoses=("R10.400",), adjust=more)


def deductible_skipped(case: Case) -> None:
    """Paid from the first fen, before the year's deductible was used."""
    place = hospital(case)
    day = day_for(case, gap=0)
    case.who.busy.update(range(case.world.first_day, day))
    stay_home(case, day)

    def skip(right: Benefit, in_scope: int) -> Benefit:
        return Benefit(0, right.percent, (in_scope * right.percent + 50) // 100)

    desk = slot(case, place, day)
    settle_at(case, case.who, desk, big_visit(place), diagnoses=("R10.400",), adjust=skip)


def cap_exceeded(case: Case) -> None:
    """The pool goes on paying when the year's cap is used up."""
    place = case.rng.choice(case.world.book.tertiary)
    day = day_for(case, span=16, gap=0)
    stay_home(case, day)

    def on(right: Benefit, in_scope: int) -> Benefit:
        paid = ((in_scope - right.deductible) * right.percent + 50) // 100
        return Benefit(right.deductible, right.percent, paid)

    for step in range(8):
        last = step == 7
        settle_at(
            case,
            case.who,
            slot(case, place, day + 2 * step),
            big_visit(place, 4),
            diagnoses=("R10.400",),
            adjust=on if last else None,
            label=last,
        )


def chronic_without_registration(case: Case) -> None:
    """Chronic-disease benefit for a disease that was never registered."""
    case.who.diseases.append(("14", ""))
    place = hospital(case)
    settle_at(
        case,
        case.who,
        slot(case, place, day_for(case)),
        [*month_supply(("阿司匹林肠溶片", "阿托伐他汀钙片")), consultation(place)],
        med_type="14",
        dise="M04600",
        diagnoses=("I25.103",),
    )

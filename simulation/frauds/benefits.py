"""The pool pays what it should not: ratio, deductible, cap, entitlement."""

from collections.abc import Sequence
from typing import Final

from events.times import HOUR, day_start
from simulation.benefit import Benefit
from simulation.cases import Case, NoRoomError, day_for, hospital, settle_at, slot
from simulation.institutions import Desk, Institution, device
from simulation.pricing import Line
from simulation.scene import consultation, lines_of, month_supply, rx_number

_OFFSITE: Final = "2023-04-25"
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
    settle_at(case, case.who, desk, big_visit(place, 4), diagnoses=("R10.400",), adjust=more)


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


def prescribed_purchase(case: Case) -> Sequence[Line]:
    """An acute drug that a line names the prescription of."""
    lines = lines_of(("奥美拉唑肠溶胶囊", "氯雷他定片"), counts=(2, 1))
    number = rx_number(case.scene)
    for line in lines:
        line.rxno = number
    return lines


def joined(case: Case, *, has: bool) -> Institution:
    """A pharmacy of the home city that the pool pays, or does not."""
    day = case.world.date(case.world.first_day)
    places = [
        one
        for one in case.world.book.pharmacies
        if (bool(one.pool_pharmacy_from) and one.pool_pharmacy_from <= day) is has
    ]
    if not places:
        raise NoRoomError
    return case.rng.choice(places)


def pharmacy_not_joined(case: Case) -> None:
    """The pool pays a pharmacy that has not joined."""
    place, day = joined(case, has=False), day_for(case)
    stay_home(case, day)

    def half(_: Benefit, in_scope: int) -> Benefit:
        return Benefit(0, 50, in_scope // 2)

    settle_at(
        case,
        case.who,
        slot(case, place, day),
        prescribed_purchase(case),
        med_type="41",
        adjust=half,
    )


def low_rate_paid(case: Case) -> None:
    """General outpatient care is paid to somebody who keeps to the lower rate."""
    who = case.who
    who.clct_way, who.has_account, who.balance, who.employment = "low", False, 0, "flexible"
    place, day = hospital(case), day_for(case)
    stay_home(case, day)

    def paid(_: Benefit, in_scope: int) -> Benefit:
        return Benefit(0, 50, in_scope // 2)

    desk = slot(case, place, day)
    settle_at(case, who, desk, big_visit(place), diagnoses=("R10.400",), adjust=paid)


def away_from_home(case: Case, day: int) -> Desk:
    """A hospital in another region on a morning."""
    place = case.world.book.elsewhere[case.world.geo.far[0].admdvs][0]
    at = day_start(day) + 9 * HOUR + case.rng.randrange(3 * HOUR)
    return Desk(place, at, device(place, 0))


def offsite_too_early(case: Case) -> None:
    """General care away from home is paid before the area pays it."""
    world = case.world
    last = next((d for d in range(world.first_day, world.last_day) if world.date(d) >= _OFFSITE), 0)
    if last - world.first_day < 6:
        raise NoRoomError
    day = day_for(case, low=world.first_day + 2, high=last - 1)
    stay_home(case, day)
    desk = away_from_home(case, day)

    def paid(_: Benefit, in_scope: int) -> Benefit:
        deductible = min(in_scope, 1000_00)
        return Benefit(deductible, 50, (in_scope - deductible) // 2)

    settle_at(case, case.who, desk, big_visit(desk.place, 4), diagnoses=("R10.400",), adjust=paid)

"""Looks like cashing out and is none."""

from simulation import acts
from simulation.cases import (
    Case,
    after,
    buy,
    clock,
    day_for,
    hospital,
    later,
    pharmacy,
    quiet_desk,
    settle_at,
    slot,
    together,
)
from simulation.catalogue import BY_NAME
from simulation.life.outpatient import series_on
from simulation.life.stays import die
from simulation.pricing import Line
from simulation.scene import consultation, lines_of
from simulation.settling import OWN, Settled


def refund_same_channels(case: Case) -> None:
    """Account and cash go back as they came, the goods too."""
    case.who.balance, case.who.credits_by_case = 60_00 + case.number, True
    desk = slot(case, pharmacy(case), day_for(case))
    at = later(desk.seconds, minutes=90)
    lines = lines_of(("碳酸钙D3片",), counts=(5,))
    buy(
        case,
        case.who,
        desk,
        lines,
        label=False,
        then=lambda done: _refund(case, done, at, "药品包装破损"),
    )


def _refund(case: Case, done: Settled, at: int, reason: str) -> None:
    case.plan(at, lambda: case.mark(acts.reversal(case.world, done, at, reason=reason)))


def two_refunds(case: Case) -> None:
    """Two visits called off and refunded rightly within a month."""
    place = hospital(case)
    start = day_for(case, span=9)
    lines = [consultation(place), *lines_of(("彩色多普勒超声检查",))]
    for step in range(2):
        settle_at(
            case,
            case.who,
            slot(case, place, start + 7 * step),
            lines,
            diagnoses=("R10.400",),
            payer=OWN,
            label=False,
            then=lambda done: _refund(case, done, later(done.seconds, minutes=40), "检查取消"),
        )


def one_big_bill(case: Case) -> None:
    """Saved for years, spent on one large treatment."""
    place = hospital(case)
    case.who.balance = 3200_00
    crowns = Line(item=BY_NAME["烤瓷冠修复"], count=5)
    settle_at(
        case,
        case.who,
        slot(case, place, day_for(case)),
        [consultation(place), crowns],
        diagnoses=("K08.100",),
        payer=OWN,
    )


def small_account(case: Case) -> None:
    """Little is on the account, and one purchase uses it up."""
    case.who.balance, case.who.credits_by_case = case.rng.randrange(40_00, 70_00), True
    desk = slot(case, pharmacy(case), day_for(case))
    buy(case, case.who, desk, lines_of(("复方丹参滴丸",), counts=(4,)))


def colleagues_at_noon(case: Case) -> None:
    """Colleagues buy together at noon: different amounts, more than a minute each."""
    day = together(case, case.people)
    desk = quiet_desk(case, day, (11 * 60 + 40, 12 * 60 + 40), 120 * len(case.people))
    for at, who in enumerate(case.people):
        desk = after(desk, case.rng.randrange(62, 118))
        name = ("板蓝根颗粒", "维生素C片", "布洛芬缓释胶囊", "云南白药气雾剂")[at % 4]
        buy(case, who, desk, lines_of((name,), counts=(1 + at % 3,)))


def payout_before_notice(case: Case) -> None:
    """A payout with proof of death before the notice of death has arrived."""
    who, world = case.who, case.world
    day = day_for(case, low=world.first_day + 3, high=world.last_day - 8)
    die(case.scene, who, day, 5)
    _pay_out(case, clock(case, day + 3), "death")


def transferred(case: Case) -> None:
    """The account moves with the insurance to another province."""
    who, world = case.who, case.world
    day = day_for(case, low=world.first_day + 3, high=world.last_day - 8)
    ended = clock(case, day + 1)
    who.alive_until = day
    case.plan(ended, lambda: acts.insurance(world, who, ended, state="4", end=day))
    _pay_out(case, clock(case, day + 3), "transfer_out")


def _pay_out(case: Case, at: int, reason: str) -> None:
    who = case.who
    case.plan(at, lambda: case.mark(acts.payout(case.world, who, at, who.balance, reason)))


def equal_test_strips(case: Case) -> None:
    """Test strips of the same price every four weeks at the same pharmacy."""
    world = case.world
    start = day_for(case, high=max(world.first_day + 2, world.last_day - 60))
    place = pharmacy(case)
    for step in range(3):
        day = start + 28 * step
        if day >= world.last_day - 1:
            return
        case.who.busy.update((day - 1, day, day + 1))
        buy(case, case.who, slot(case, place, day), lines_of(("血糖试纸",), counts=(2,)))


def equal_treatments(case: Case) -> None:
    """Acupuncture at the same price on six days running."""
    who = case.who
    day = day_for(case, span=6)
    series_on(case.scene, who, hospital(case), day, 6, then=lambda done: case.mark(done.event_id))

"""Account money turned into cash: refunds, swiping, draining, payouts, equal amounts."""

from typing import Final

from simulation import acts
from simulation.cases import (
    Case,
    after,
    buy,
    clock,
    day_for,
    later,
    pharmacy,
    quiet_desk,
    slot,
    together,
)
from simulation.catalogue import BY_NAME
from simulation.institutions import Desk
from simulation.life.stays import die
from simulation.people import Person
from simulation.pricing import Line, price_of
from simulation.scene import lines_of
from simulation.settling import OWN, Settled, settle

_STEPS: Final = 6
"""Purchases in which an account is emptied."""


def round_sum(name: str, amount: int) -> list[Line]:
    """One line of an item whose packs come to a round amount (fen), none above its price."""
    item = BY_NAME[name]
    count = next(n for n in range(-(-amount // item.price), amount) if amount % (2 * n) == 0)
    return [Line(item=item, count=count, price=amount // count, days=item.days)]


def refund_other_channel(case: Case) -> None:
    """Paid from the account, refunded in cash."""
    desk = slot(case, pharmacy(case), day_for(case))
    lines = lines_of(("碳酸钙D3片",), counts=(5,))
    at = later(desk.seconds, minutes=case.rng.randrange(20, 300))
    buy(case, case.who, desk, lines, label=False, then=lambda done: _feign(case, done, at))


def _feign(case: Case, done: Settled, at: int) -> None:
    """A refund in cash of what the account paid; the goods do not come back."""

    def happen() -> None:
        event_id = acts.reversal(
            case.world, done, at, account=0, cash=done.total, reason="顾客退货", returned=False
        )
        case.mark(event_id)

    case.plan(at, happen)


def refund_cycle(case: Case) -> None:
    """One person settles and is refunded in cash, every third day."""
    who = case.who
    who.balance = max(who.balance, 3000_00)
    place = pharmacy(case)
    start = day_for(case, span=13)
    for step in range(5):
        _cycle(case, who, slot(case, place, start + 3 * step))


def refund_cycle_of_many(case: Case) -> None:
    """Many people settle and are refunded in cash at one pharmacy on one day."""
    place = pharmacy(case)
    day = together(case, case.people)
    for step, who in enumerate(case.people):
        _cycle(case, who, slot(case, place, day, 600 + 30 * step))


def _cycle(case: Case, who: Person, desk: Desk) -> None:
    at = later(desk.seconds, minutes=case.rng.randrange(30, 240))
    lines = lines_of(("碳酸钙D3片", "板蓝根颗粒"), counts=(6, 4))
    buy(case, who, desk, lines, then=lambda done: _feign(case, done, at))


def account_drained(case: Case) -> None:
    """A full account is emptied at several pharmacies within three days."""
    who = case.who
    who.balance, who.employment = case.rng.randrange(3200_00, 5200_00), "employee"
    day = day_for(case, span=3)
    shops = case.rng.sample(case.world.book.pharmacies, 3)
    for step in range(_STEPS):
        desk = slot(case, shops[step % 3], day + step // 2, 900 if step % 2 else 560)
        _draw(case, desk, step)


def _draw(case: Case, desk: Desk, step: int) -> None:
    """Spend an equal part of what is left, in the last step all of it."""
    item = BY_NAME["云南白药气雾剂"]

    def happen() -> None:
        part = case.who.balance // (_STEPS - step)
        price = price_of(item, desk)
        count = part // price + (step == _STEPS - 1)
        line = Line(item=item, count=count, days=count * item.days)
        case.mark(
            settle(
                case.world, case.who, desk, [line], med_type="41", pool=False, payer=OWN
            ).event_id
        )

    case.plan(desk.seconds, happen)


def batch_swiping(case: Case) -> None:
    """Cards kept in a drawer: round amounts, one every twenty seconds, at one terminal."""
    day = together(case, case.people)
    step = case.rng.randrange(14, 24)
    amount = case.rng.choice((200_00, 300_00, 500_00))
    desk = quiet_desk(case, day, (9 * 60, 10 * 60 + 30), step * len(case.people))
    for at, who in enumerate(case.people):
        buy(case, who, after(desk, at * step), round_sum("碳酸钙D3片", amount))


def payout_unfounded(case: Case) -> None:
    """A payout without death or emigration, without proof, or with one hand in two posts."""
    who, world = case.who, case.world
    day = day_for(case, low=world.first_day + 3, high=world.last_day - 6)
    at = clock(case, day + 4)
    reason, proof, posts = (
        ("death", True, ("J004", "F003", "Z001")),
        ("emigration", False, ("J004", "F003", "Z001")),
        ("death", True, ("J004", "J004", "Z001")),
        ("transfer_out", True, ("J004", "F003", "Z001")),
    )[case.number % 4]
    if case.number % 4 == 2:
        die(case.scene, who, day, 1)

    def happen() -> None:
        event_id = acts.payout(world, who, at, who.balance, reason, proof=proof, posts=posts)
        case.mark(event_id)

    case.plan(at, happen)


def same_amounts(case: Case) -> None:
    """The same round amount from the account at one pharmacy every few days."""
    who = case.who
    who.balance = max(who.balance, 4000_00)
    place = pharmacy(case)
    start = day_for(case, span=22)
    amount = case.rng.choice((200_00, 300_00))
    for step in range(7):
        desk = slot(case, place, start + 3 * step)
        buy(case, who, desk, round_sum("云南白药气雾剂", amount))

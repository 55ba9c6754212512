"""Goods that were not for the account to pay, or were never there."""

from simulation.cases import Case, buy, day_for, pharmacy, slot
from simulation.catalogue import COVETED, EXCLUDED, TELLING_NAMES, placeholder
from simulation.pricing import Line
from simulation.scene import lines_of
from simulation.settling import Settled
from simulation.stock import Shelf


def out_of_scope_goods(case: Case) -> None:
    """Wellness and household goods from the account, openly excluded ones."""
    item = EXCLUDED[case.number % len(EXCLUDED)]
    _from_account(case, Line(item=item))


def disguised_goods(case: Case) -> None:
    """Goods under the placeholder code whose names give them away."""
    name = TELLING_NAMES[case.number % len(TELLING_NAMES)]
    _from_account(case, Line(item=placeholder(name, case.rng.randrange(80_00, 400_00))))


def _from_account(case: Case, line: Line) -> None:
    who = case.who
    who.balance = max(who.balance, 2000_00)
    desk = slot(case, pharmacy(case), day_for(case))
    buy(case, who, desk, [line], excluded_from_account=True)


def oversold(case: Case) -> None:
    """More packs of a dear drug are sold than the pharmacy ever had."""
    world = case.world
    place = world.book.reserve()
    item = COVETED[case.number % len(COVETED)]
    day = day_for(case, case.people[0], span=12)
    world.stock.fixed[place.index, item.code] = Shelf(opening=3, purchases=[(world.first_day, 9)])
    for at, who in enumerate(case.people):
        who.balance = max(who.balance, 2200_00)
        who.busy.update(range(day, day + 12))
        desk = slot(case, place, day + 2 * at)
        line = Line(item=item, count=4, days=4 * item.days)
        if 4 * (at + 1) > 12:
            buy(case, who, desk, [line], then=lambda done: _mark_sales(case, done))
        else:
            buy(case, who, desk, [line], label=False)


def _mark_sales(case: Case, done: Settled) -> None:
    for event_id in done.sales:
        case.mark(event_id)


def no_sale_of_goods(case: Case) -> None:
    """Settled, but the stock system knows of no sale."""
    desk = slot(case, pharmacy(case), day_for(case, high=case.world.last_day - 8))
    lines = lines_of(("复方丹参滴丸", "维生素C片"), counts=(3, 2))
    buy(case, case.who, desk, lines, sale=False)

"""Goods that were not for the account to pay, or were never there."""

from simulation.cases import Case, buy, day_for, pharmacy, slot
from simulation.catalogue import COVETED, EXCLUDED, TELLING_NAMES, placeholder
from simulation.scene import lines_of
from simulation.pricing import Line
from simulation.stock import Shelf


def out_of_scope_goods(case: Case) -> None:
    """Wellness and household goods from the account, openly or under the placeholder code."""
    who = case.who
    place = pharmacy(case)
    desk = slot(case, place, day_for(case))
    if case.number % 2:
        name = TELLING_NAMES[case.number // 2 % len(TELLING_NAMES)]
        item = placeholder(name, case.rng.randrange(80_00, 400_00))
    else:
        item = EXCLUDED[case.number // 2 % len(EXCLUDED)]
    who.balance = max(who.balance, 2000_00)
    buy(case, who, desk, [Line(item=item)], excluded_from_account=True)


def oversold(case: Case) -> None:
    """More packs of a dear drug are sold than the pharmacy ever had."""
    world = case.world
    place = world.book.reserved[case.number % len(world.book.reserved)]
    item = COVETED[case.number // len(world.book.reserved) % len(COVETED)]
    day = day_for(case, case.people[0], span=12)
    world.stock.fixed[place.index, item.code] = Shelf(opening=3, purchases=[(world.first_day, 9)])
    for at, who in enumerate(case.people):
        who.balance = max(who.balance, 2200_00)
        who.busy.update(range(day, day + 12))
        desk = slot(case, place, day + 2 * at)
        beyond = 4 * (at + 1) > 12
        buy(
            case,
            who,
            desk,
            [Line(item=item, count=4, days=4 * item.days)],
            label=beyond,
        )


def no_sale_of_goods(case: Case) -> None:
    """Settled, but the stock system knows of no sale."""
    who = case.who
    place = pharmacy(case)
    desk = slot(case, place, day_for(case, high=case.world.last_day - 8))
    buy(
        case,
        who,
        desk,
        lines_of(("复方丹参滴丸", "维生素C片"), counts=(3, 2)),
        sale=False,
    )

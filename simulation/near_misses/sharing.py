"""Looks like account sharing without right, or goods out of scope, and is none."""

from simulation import acts
from simulation.cases import Case, buy, clock, day_for, later, pharmacy, slot
from simulation.catalogue import COVETED, EXCLUDED, placeholder
from simulation.frauds.sharing import grant
from simulation.pricing import Line
from simulation.scene import lines_of
from simulation.settling import CASH, Settled, sell
from simulation.stock import Shelf


def authorised_just_now(case: Case) -> None:
    """Authorised a minute or two before the purchase: it takes effect at once."""
    who, owner = case.people[0], case.people[1]
    desk = slot(case, pharmacy(case), day_for(case))
    granted = desk.seconds - case.rng.randrange(60, 240)
    relation = ("child", "spouse_parent", "parent")[case.number % 3]
    if relation not in case.world.terms.relations:
        relation = "spouse"
    case.plan(granted, grant(case, owner, who, granted, relation))
    buy(case, who, desk, lines_of(("云南白药气雾剂",)), payer=owner)


def authorised_again(case: Case) -> None:
    """Granted, revoked and granted again before the purchase."""
    who, owner, world = case.people[0], case.people[1], case.world
    day = day_for(case, span=4)
    first, ended = clock(case, day), clock(case, day + 1)
    desk = slot(case, pharmacy(case), day + 2)
    granted = desk.seconds - 600
    case.plan(first, grant(case, owner, who, first, "spouse"))
    case.plan(
        ended, lambda: acts.authorization(world, owner, who, ended, "spouse", action="revoke")
    )
    case.plan(granted, grant(case, owner, who, granted, "spouse"))
    buy(case, who, desk, lines_of(("云南白药气雾剂",)), payer=owner)


def used_before_the_end(case: Case) -> None:
    """Used an hour before the authorisation is taken back."""
    who, owner, world = case.people[0], case.people[1], case.world
    day = day_for(case, span=4)
    first = clock(case, day)
    desk = slot(case, pharmacy(case), day + 2)
    ended = later(desk.seconds, hours=1)
    case.plan(first, grant(case, owner, who, first, "spouse"))
    buy(case, who, desk, lines_of(("云南白药气雾剂",)), payer=owner)
    case.plan(
        ended, lambda: acts.authorization(world, owner, who, ended, "spouse", action="revoke")
    )


def three_children(case: Case) -> None:
    """An old parent is helped out by three grown children."""
    who, owners = case.people[0], case.people[1:]
    place = pharmacy(case)
    day = day_for(case, who, span=15)
    for at, owner in enumerate(owners):
        granted = later(clock(case, day, 8, 9), minutes=at)
        case.plan(granted, grant(case, owner, who, granted, "parent"))
        desk = slot(case, place, day + 5 * at, 700)
        buy(case, who, desk, lines_of(("云南白药气雾剂",)), payer=owner)


def big_family(case: Case) -> None:
    """A big family: four authorised relatives use one account."""
    owner, users = case.people[0], case.people[1:]
    place = pharmacy(case)
    day = day_for(case, owner, span=12)
    ties = ("spouse", "parent", "parent", "child")
    for at, user in enumerate(users):
        granted = later(clock(case, day, 8, 9), minutes=at)
        case.plan(granted, grant(case, owner, user, granted, ties[at % 4], label=True))
        user.busy.update(range(day, day + 13))
        desk = slot(case, place, day + 2 * at, 700)
        buy(case, user, desk, lines_of(("板蓝根颗粒",)), payer=owner)


def goods_in_cash(case: Case) -> None:
    """Excluded goods paid in cash only."""
    desk = slot(case, pharmacy(case), day_for(case))
    item = EXCLUDED[case.number % len(EXCLUDED)]
    buy(case, case.who, desk, [Line(item=item)], payer=CASH)


def uncoded_device(case: Case) -> None:
    """A medical device that has no national code, paid from the account."""
    desk = slot(case, pharmacy(case), day_for(case))
    name = ("医用手动轮椅", "医用雾化器", "腋下拐杖")[case.number % 3]
    buy(case, case.who, desk, [Line(item=placeholder(name, 420_00))])


def sold_to_the_last(case: Case) -> None:
    """The last pack is sold: never more than there was."""
    world = case.world
    place = world.book.reserve()
    item = COVETED[case.number % len(COVETED)]
    day = day_for(case, case.people[0], span=12)
    world.stock.fixed[place.index, item.code] = Shelf(opening=3, purchases=[(world.first_day, 9)])
    for at, who in enumerate(case.people):
        who.balance = max(who.balance, 2200_00)
        who.busy.update(range(day, day + 12))
        desk = slot(case, place, day + 2 * at)
        line = Line(item=item, count=3, days=3 * item.days)
        buy(case, who, desk, [line], label=at == len(case.people) - 1)


def late_sale(case: Case) -> None:
    """The sale reaches the stock system on the next morning."""
    world = case.world
    desk = slot(case, pharmacy(case), day_for(case, high=world.last_day - 8))
    at = later(desk.seconds, hours=20)

    def report(done: Settled) -> None:
        case.plan(at, lambda: sell(world, desk, done.lines, done.setl_id, after=20 * 3600))

    buy(case, case.who, desk, lines_of(("复方丹参滴丸",)), sale=False, then=report)

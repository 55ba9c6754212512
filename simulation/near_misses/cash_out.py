"""Looks like cashing out and is none."""

from collections.abc import Callable

from events.times import MINUTE, day_start
from simulation import acts
from simulation.cases import (
    Case,
    buy,
    clock,
    day_for,
    hospital,
    later,
    pharmacy,
    slot,
    together,
)
from simulation.catalogue import BY_NAME, COVETED, EXCLUDED, placeholder
from simulation.institutions import claim, device
from simulation.life.stays import die
from simulation.pricing import Line
from simulation.scene import consultation, lines_of, visit
from simulation.settling import CASH, OWN, Settled, sell
from simulation.stock import Shelf


def refund_same_channels(case: Case) -> None:
    """Account and cash go back as they came, the goods too."""
    who = case.who
    who.balance = 60_00 + case.number
    place = pharmacy(case)
    desk = slot(case, place, day_for(case))

    def refund(done: Settled) -> None:
        at = later(done.seconds, minutes=90)
        case.plan(at, lambda: case.mark(acts.reversal(case.world, done, at, reason="药品包装破损")))

    buy(
        case,
        who,
        desk,
        lines_of(("碳酸钙D3片",), counts=(5,)),
        label=False,
        then=refund,
    )


def two_refunds(case: Case) -> None:
    """Two visits called off and refunded rightly within a month."""
    who = case.who
    place = hospital(case)
    start = day_for(case, span=9)
    for step in range(2):

        def refund(done: Settled) -> None:
            at = later(done.seconds, minutes=40)
            case.plan(at, lambda: case.mark(acts.reversal(case.world, done, at, reason="检查取消")))

        visit(
            case.scene,
            who,
            place,
            start + 7 * step,
            [consultation(place), *lines_of(("彩色多普勒超声检查",))],
            med_type="11",
            diagnoses=("R10.400",),
            then=refund,
            payer=OWN,
            check=0,
        )


def one_big_bill(case: Case) -> None:
    """Saved for years, spent on one large treatment; or a small account used up at once."""
    who = case.who
    day = day_for(case)
    if case.number % 2:
        who.balance = case.rng.randrange(40_00, 70_00)
        place = pharmacy(case)
        desk = slot(case, place, day)
        buy(case, who, desk, lines_of(("复方丹参滴丸",), counts=(4,)))
        return
    place = hospital(case)
    who.balance = 3200_00
    crowns = Line(item=BY_NAME["烤瓷冠修复"], count=5)
    visit(
        case.scene,
        who,
        place,
        day,
        [consultation(place), crowns],
        med_type="11",
        diagnoses=("K08.100",),
        payer=OWN,
        then=case.marked,
        check=0,
    )


def colleagues_at_noon(case: Case) -> None:
    """Colleagues buy together at noon: different amounts, more than a minute each."""
    place = pharmacy(case)
    day = together(case, case.people)
    start = day_start(day) + case.rng.randrange(12 * 60, 12 * 60 + 30) * MINUTE
    claim(case.world.book, place, 0, day, first=start, last=start + 120 * len(case.people))
    for at, who in enumerate(case.people):
        start += case.rng.randrange(62, 118)
        name = ("板蓝根颗粒", "维生素C片", "布洛芬缓释胶囊", "云南白药气雾剂")[at % 4]
        buy(
            case, who, Desk(place, start, device(place, 0)), lines_of((name,), counts=(1 + at % 3,))
        )


def founded_payout(case: Case) -> None:
    """A payout with proof before the notice of death has arrived; or after a transfer."""
    who, world = case.who, case.world
    day = day_for(case, low=world.first_day + 3, high=world.last_day - 8)
    at = clock(case, day + 3)
    reason = "death" if case.number % 2 == 0 else "transfer_out"
    if reason == "death":
        die(case.scene, who, day, 5)
    else:
        ended = clock(case, day + 1)
        who.busy.update(range(day, world.last_day + 1))
        who.alive_until = day
        case.plan(ended, lambda: acts.insurance(world, who, ended, state="4", end=day))
    case.plan(at, lambda: case.mark(acts.payout(world, who, at, max(who.balance, 1_00), reason)))


def equal_refills(case: Case) -> None:
    """Test strips of the same price every few weeks, or equal chronic refills."""
    who, world = case.who, case.world
    days = world.last_day - world.first_day
    start = day_for(case, high=max(world.first_day + 2, world.last_day - 60))
    place = pharmacy(case)
    for step in range(min(3, days // 30)):
        at = start + 28 * step
        if at >= world.last_day - 1:
            return
        who.busy.add(at)
        desk = slot(case, place, at)
        buy(case, who, desk, lines_of(("血糖试纸",), counts=(2,)))


def authorised_family(case: Case) -> None:
    """Authorised a minute ago, authorised again after an end, or a spouse's parent."""
    who, owner, world = case.people[0], case.people[1], case.world
    day = day_for(case, span=4)
    place = pharmacy(case)
    desk = slot(case, place, day + 2)
    relation = ("child", "spouse_parent", "parent")[case.number % 3]
    granted = seconds - case.rng.randrange(60, 240)
    if case.number % 2:
        first, ended = clock(case, day), clock(case, day + 1)
        case.plan(first, lambda: acts.authorization(world, owner, who, first, relation))
        case.plan(
            ended,
            lambda: acts.authorization(world, owner, who, ended, relation, action="revoke"),
        )
    case.plan(granted, lambda: acts.authorization(world, owner, who, granted, relation))
    buy(case, who, desk, lines_of(("云南白药气雾剂",)), payer=owner)


def three_children(case: Case) -> None:
    """An old parent is helped out by three grown children."""
    who, owners = case.people[0], case.people[1:]
    place = pharmacy(case)
    day = day_for(case, who, span=15)
    for at, owner in enumerate(owners):
        granted = clock(case, day, 8, 9) + at * MINUTE
        case.plan(granted, _grant(case, at + 1, 0, granted, "parent"))
        desk = slot(case, place, day + 5 * at, 700)
        buy(case, who, desk, lines_of(("云南白药气雾剂",)), payer=owner)


def big_family(case: Case) -> None:
    """A big family: four authorised relatives use one account."""
    owner, users = case.people[0], case.people[1:]
    place = pharmacy(case)
    day = day_for(case, owner, span=12)
    ties = ("spouse", "parent", "parent", "child")
    for at, user in enumerate(users):
        granted = clock(case, day, 8, 9) + at * MINUTE
        case.plan(granted, _grant(case, 0, at + 1, granted, ties[at % 4], label=True))
        user.busy.update(range(day, day + 13))
        desk = slot(case, place, day + 2 * at, 700)
        buy(case, user, desk, lines_of(("板蓝根颗粒",)), payer=owner)


def _grant(
    case: Case, owner: int, user: int, at: int, tie: str, *, label: bool = False
) -> Callable[[], None]:
    def happen() -> None:
        event_id = acts.authorization(case.world, case.people[owner], case.people[user], at, tie)
        if label:
            case.mark(event_id)

    return happen


def goods_in_cash(case: Case) -> None:
    """Excluded goods paid in cash only, or a medical device without a code."""
    who = case.who
    place = pharmacy(case)
    desk = slot(case, place, day_for(case))
    if case.number % 2:
        item = placeholder("医用手动轮椅", 420_00)
        buy(case, who, desk, [Line(item=item)])
        return
    item = EXCLUDED[case.number // 2 % len(EXCLUDED)]
    buy(case, who, desk, [Line(item=item)], payer=CASH)


def sold_to_the_last(case: Case) -> None:
    """The last pack is sold, one comes back and is sold again: never more than there was."""
    world = case.world
    place = world.book.reserved[-1 - case.number % len(world.book.reserved)]
    item = COVETED[case.number // len(world.book.reserved) % len(COVETED)]
    if (place.index, item.code) in world.stock.fixed:
        item = COVETED[-1]
    day = day_for(case, case.people[0], span=12)
    world.stock.fixed[place.index, item.code] = Shelf(opening=3, purchases=[(world.first_day, 9)])
    for at, who in enumerate(case.people):
        who.balance = max(who.balance, 2200_00)
        who.busy.update(range(day, day + 12))
        desk = slot(case, place, day + 2 * at)
        buy(case, who, desk, [Line(item=item, count=3, days=3 * item.days)])


def late_sale(case: Case) -> None:
    """The sale reaches the stock system on the next morning."""
    who, world = case.who, case.world
    place = pharmacy(case)
    desk = slot(case, place, day_for(case, high=world.last_day - 8))

    def report(done: Settled) -> None:
        at = later(done.seconds, hours=20)
        case.plan(at, lambda: sell(world, place, at, done.lines, done.setl_id))

    buy(case, who, desk, lines_of(("复方丹参滴丸",)), sale=False, then=report)

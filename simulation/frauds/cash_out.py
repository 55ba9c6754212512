"""Account money turned into cash: refunds, swiping, draining, payouts, equal amounts."""

from events.times import MINUTE, day_start
from simulation import acts
from simulation.cases import Case, NoRoomError, buy, clock, day_for, later, pharmacy, slot, together
from simulation.catalogue import BY_NAME, Item
from simulation.institutions import claim, device
from simulation.life.stays import die
from simulation.people import Person
from simulation.pricing import Line
from simulation.scene import lines_of
from simulation.settling import Settled


def round_sum(name: str, amount: int) -> list[Line]:
    """One line of an item whose price is made to fit a round amount (fen)."""
    item: Item = BY_NAME[name]
    return [Line(item=item, price=amount, days=item.days)]


def refund_other_channel(case: Case) -> None:
    """Paid from the account, refunded in cash."""
    who = case.who
    place = pharmacy(case)
    desk = slot(case, place, day_for(case))

    def refund(done: Settled) -> None:
        _feign(case, done, later(done.seconds, minutes=case.rng.randrange(20, 300)))

    buy(
        case,
        who,
        desk,
        lines_of(("碳酸钙D3片",), counts=(5,)),
        label=False,
        then=refund,
    )


def _feign(case: Case, done: Settled, at: int) -> None:
    """A refund in cash of what the account paid; the goods do not come back."""
    case.plan(
        at,
        lambda: case.mark(
            acts.reversal(
                case.world, done, at, account=0, cash=done.total, reason="顾客退货", returned=False
            )
        ),
    )


def refund_cycle(case: Case) -> None:
    """Settled and refunded in cash again and again: one person, or many at one pharmacy."""
    world = case.world
    place = pharmacy(case)
    if len(case.people) == 1:
        who = case.who
        who.balance = max(who.balance, 3000_00)
        start = day_for(case, span=13)
        for step in range(5):
            _cycle(case, who, place.index, start + 3 * step - step // 4, step)
        return
    day = together(case, case.people)
    for step, who in enumerate(case.people):
        _cycle(case, who, place.index, day, step)
    if day > world.last_day:
        raise NoRoomError


def _cycle(case: Case, who: Person, place_index: int, day: int, step: int) -> None:
    place = case.world.book.all[place_index]
    desk = slot(case, place, day, 600 + 30 * (step % 8))
    refund_at = later(seconds, minutes=case.rng.randrange(30, 240))
    buy(
        case,
        who,
        desk,
        lines_of(("碳酸钙D3片", "板蓝根颗粒"), counts=(6, 4)),
        then=lambda done: _feign(case, done, refund_at),
    )


def account_drained(case: Case) -> None:
    """A full account is emptied at several pharmacies within three days."""
    who = case.who
    who.balance = case.rng.randrange(3200_00, 5200_00)
    day = day_for(case, span=3)
    shops = case.rng.sample(case.world.book.pharmacies, 3)
    steps = 6
    for step in range(steps):
        place = shops[step % 3]
        desk = slot(case, place, day + step // 2, 560 if step % 2 == 0 else 900)
        count = max(1, who.balance // steps // BY_NAME["云南白药气雾剂"].price)
        buy(
            case,
            who,
            desk,
            lines_of(("云南白药气雾剂", "复方丹参滴丸"), counts=(count, 6)),
        )


def batch_swiping(case: Case) -> None:
    """Cards kept in a drawer: round amounts, one every twenty seconds, at one terminal."""
    place = pharmacy(case)
    day = together(case, case.people)
    start = day_start(day) + case.rng.randrange(9 * 60, 10 * 60 + 30) * MINUTE
    step = case.rng.randrange(14, 24)
    amount = case.rng.choice((200_00, 300_00, 500_00))
    claim(case.world.book, place, 0, day, first=start, last=start + step * len(case.people))
    for at, who in enumerate(case.people):
        buy(
            case,
            who,
            Desk(place, start + at * step, device(place, 0)),
            round_sum("碳酸钙D3片", amount),
        )


def payout_unfounded(case: Case) -> None:
    """A payout without death or emigration, without proof, or with one hand in two posts."""
    who, world = case.who, case.world
    variant = case.number % 4
    low = world.first_day + 3
    day = day_for(case, low=low, high=world.last_day - 6)
    at = clock(case, day + 4)
    reason = "emigration" if variant == 1 else "death"
    proof = variant != 1
    posts = ("J004", "F003", "Z001")
    if variant in (0, 1):
        proof = False
    elif variant == 2:
        die(case.scene, who, day, 1)
        posts = ("J004", "J004", "Z001")
    else:
        reason, proof = "transfer_out", False

    def happen() -> None:
        case.mark(
            acts.payout(world, who, at, max(who.balance, 100_00), reason, proof=proof, posts=posts)
        )
        who.balance = 0

    case.plan(at, happen)


def same_amounts(case: Case) -> None:
    """The same round amount from the account at one pharmacy every few days."""
    who = case.who
    who.balance = max(who.balance, 2500_00)
    place = pharmacy(case)
    start = day_for(case, span=22)
    amount = case.rng.choice((200_00, 300_00))
    for step in range(7):
        desk = slot(case, place, start + 3 * step)
        buy(case, who, desk, round_sum("云南白药气雾剂", amount))

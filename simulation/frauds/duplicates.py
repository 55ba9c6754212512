"""One expense paid twice: schemes, receipts, submissions, trace codes, fee lines."""

from events.times import MINUTE
from simulation import acts
from simulation.benefit import TWO_DISEASE_MED_TYPE
from simulation.cases import (
    Case,
    NoRoomError,
    buy,
    clock,
    day_for,
    hospital,
    later,
    pharmacy,
    slot,
)
from simulation.catalogue import BY_NAME
from simulation.life.chronic import register
from simulation.life.stays import receipt_number
from simulation.pricing import Line
from simulation.scene import consultation, lines_of, month_supply, visit
from simulation.settling import CASH, Settled, settle


def two_schemes(case: Case) -> None:
    """The chronic refill is settled again as general outpatient care."""
    who, world = case.who, case.world
    place = hospital(case)
    register(case.scene, who, place, [("14", "M03900")])
    desk = slot(case, place, day_for(case))
    again = seconds + case.rng.randrange(4, 20) * MINUTE

    def lines() -> list[Line]:
        return [*month_supply(("厄贝沙坦片",)), consultation(place)]

    def first() -> None:
        done = settle(
            world,
            who,
            desk,
            lines(),
            med_type="14",
            dise="M03900",
            diagnoses=("I10.x00",),
        )
        case.plan(again, lambda: second(done))

    def second(done: Settled) -> None:
        visit_id = done.mdtrt_id if case.number % 2 else ""
        case.marked(
            settle(
                world,
                who,
                place,
                again,
                dev,
                lines(),
                med_type="11",
                diagnoses=("I10.x00",),
                mdtrt_id=visit_id,
            )
        )

    case.plan(seconds, first)


def receipt_twice(case: Case) -> None:
    """A receipt already paid directly, or by hand, is handed in (again)."""
    who, world = case.who, case.world
    variant = case.number % 3
    day = day_for(case, low=world.first_day + 2, high=world.last_day - 12)
    claimed = clock(case, day + case.rng.randrange(4, 10))
    if variant == 0:
        place = hospital(case)

        def hand_in(done: Settled) -> None:
            case.plan(
                claimed,
                lambda: case.mark(
                    acts.manual_claim(
                        world,
                        who,
                        place,
                        claimed,
                        begin=done.seconds,
                        total=done.total,
                        in_scope=done.in_scope,
                        pool=done.in_scope * 6 // 10,
                        receipt=done.invoice,
                    )
                ),
            )

        visit(
            case.scene,
            who,
            place,
            day,
            [consultation(place), *lines_of(("计算机体层平扫",))],
            med_type="11",
            diagnoses=("M54.500",),
            then=hand_in,
            check=0,
        )
        return
    city = case.rng.choice(world.geo.far)
    place = world.book.elsewhere[city.admdvs][1]
    receipt = receipt_number(case.scene, place)
    other = case.people[-1] if variant == 2 else who
    total = case.rng.randrange(300_00, 900_00)
    begin, second = clock(case, day), later(claimed, days=case.rng.randrange(0, 2), minutes=50)
    for at, person, label in ((claimed, who, False), (second, other, True)):

        def happen(at: int = at, person: object = person, label: bool = label) -> None:
            claimant = other if person is other else who
            event_id = acts.manual_claim(
                world,
                claimant,
                place,
                at,
                begin=begin,
                total=total,
                in_scope=total * 9 // 10,
                pool=total * 54 // 100,
                receipt=receipt,
            )
            if label:
                case.mark(event_id)

        case.plan(at, happen)


def self_paid_claimed(case: Case) -> None:
    """Paid in full inside the region by choice, then claimed by hand."""
    who, world = case.who, case.world
    place = hospital(case)
    day = day_for(case, high=world.last_day - 10)
    claimed = clock(case, day + case.rng.randrange(3, 9))

    def hand_in(done: Settled) -> None:
        case.plan(
            claimed,
            lambda: case.mark(
                acts.manual_claim(
                    world,
                    who,
                    place,
                    claimed,
                    begin=done.seconds,
                    total=done.total,
                    in_scope=done.in_scope,
                    pool=done.in_scope * 6 // 10,
                    receipt=done.invoice,
                    reason="个人原因未直接结算",
                )
            ),
        )

    visit(
        case.scene,
        who,
        place,
        day,
        [consultation(place), *lines_of(("彩色多普勒超声检查", "肝功能七项"))],
        med_type="11",
        diagnoses=("R10.400",),
        payer=CASH,
        pool=False,
        then=hand_in,
        check=0,
    )


def resubmitted(case: Case) -> None:
    """The same settlement is sent again under a new id hours later."""
    who, world = case.who, case.world
    place = hospital(case)
    day = day_for(case)

    def again(done: Settled) -> None:
        at = done.seconds + case.rng.randrange(40, 1500) * MINUTE
        event = dict(done.event)
        number = world.number()
        event["event_id"] = world.event_id(place.code, at)
        event["setl_id"] = f"{world.area}{world.date(day).replace('-', '')}{number:014d}"
        event["event_time"] = world.stamp(at)
        if done.owner is None and done.account:
            who.balance -= done.account
            event["balc"] = who.balance / 100

        def send() -> None:
            world.stream.add(at, event)
            case.mark(str(event["event_id"]))

        case.plan(at, send)

    visit(
        case.scene,
        who,
        place,
        day,
        [consultation(place), *lines_of(("头孢呋辛酯片", "数字化摄影"))],
        med_type="11",
        diagnoses=("J20.900",),
        payer=CASH,
        then=again,
        check=0,
    )


def trace_code_reused(case: Case) -> None:
    """The pack sold to one person is sold again to another, elsewhere or in the same shop."""
    world = case.world
    first, second = case.people[0], case.people[-1]
    day = day_for(case, first, high=world.last_day - 12)
    later_day = day_for(case, second, low=day + 3)
    here = pharmacy(case)
    there = here if case.number % 3 == 0 else pharmacy(case)
    lines = lines_of(("复方丹参滴丸",), counts=(2,))
    desk = slot(case, here, day)
    later_desk = slot(case, there, later_day)

    def resell(done: Settled) -> None:
        packs = list(done.lines[0].traces or [])
        item = done.lines[0].item
        world.stock.take(there, item, again, len(packs))
        copy = [Line(item=item, count=len(packs), days=item.days, traces=packs)]
        buy(case, second, later_desk, copy)

    buy(case, first, desk, lines, label=False, then=resell)


def two_disease_and_chronic(case: Case) -> None:
    """Hypertension is paid as a chronic disease and as one of the two diseases."""
    who, world = case.who, case.world
    place = hospital(case)
    register(case.scene, who, place, [("14", "M03900"), (TWO_DISEASE_MED_TYPE, "M03900")])
    day = day_for(case, span=4)
    visit(
        case.scene,
        who,
        place,
        day,
        month_supply(("苯磺酸氨氯地平片",)),
        med_type="14",
        dise="M03900",
        diagnoses=("I10.x00",),
        minute=560,
        check=0,
    )
    visit(
        case.scene,
        who,
        place,
        day + (case.number % 2) * 3,
        month_supply(("厄贝沙坦片",)),
        med_type=TWO_DISEASE_MED_TYPE,
        dise="M03900",
        diagnoses=("I10.x00",),
        minute=580,
        then=case.marked,
        check=0,
    )
    if world.last_day < day:
        raise NoRoomError


def exclusive_or_repeated_lines(case: Case) -> None:
    """One service charged twice at one time, or two charges of which one includes the other."""
    who = case.who
    place = hospital(case)
    if case.number % 3 == 2:
        lines = [Line(item=BY_NAME["一般诊疗费"]), Line(item=BY_NAME["普通门诊诊察费"])]
    else:
        name = ("彩色多普勒超声检查", "肝功能七项")[case.number % 2]
        lines = [consultation(place), *lines_of((name, name))]
    visit(
        case.scene,
        who,
        place,
        day_for(case),
        lines,
        med_type="11",
        diagnoses=("R10.400",),
        then=case.marked,
        check=0,
    )

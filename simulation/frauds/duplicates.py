"""One expense paid twice: schemes, receipts, submissions, trace codes, fee lines."""

from events.times import MINUTE
from simulation import acts
from simulation.benefit import TWO_DISEASE_MED_TYPE
from simulation.cases import (
    Case,
    buy,
    clock,
    day_for,
    hospital,
    later,
    pharmacy,
    settle_at,
    slot,
)
from simulation.catalogue import BY_NAME
from simulation.institutions import Desk, Institution
from simulation.life.chronic import register
from simulation.life.stays import receipt_number
from simulation.people import Person
from simulation.pricing import Line
from simulation.scene import consultation, lines_of, month_supply
from simulation.settling import CASH, Settled


def two_schemes(case: Case) -> None:
    """The chronic refill is settled again as general outpatient care."""
    who = case.who
    place = hospital(case)
    register(case.scene, who, place, [("14", "M03900")])
    desk = slot(case, place, day_for(case))
    again = Desk(place, desk.seconds + case.rng.randrange(4, 20) * MINUTE, desk.device)

    def second(done: Settled) -> None:
        settle_at(
            case,
            who,
            again,
            _refill(place),
            diagnoses=("I10.x00",),
            mdtrt_id=done.mdtrt_id if case.number % 2 else "",
        )

    settle_at(
        case,
        who,
        desk,
        _refill(place),
        med_type="14",
        dise="M03900",
        diagnoses=("I10.x00",),
        label=False,
        then=second,
    )


def _refill(place: Institution) -> list[Line]:
    return [*month_supply(("厄贝沙坦片",)), consultation(place)]


def receipt_twice(case: Case) -> None:
    """A receipt already paid directly is handed in for manual reimbursement."""
    place = hospital(case)
    day = day_for(case, high=case.world.last_day - 12)
    claimed = clock(case, day + case.rng.randrange(4, 10))
    lines = [consultation(place), *lines_of(("计算机体层平扫",))]
    settle_at(
        case,
        case.who,
        slot(case, place, day),
        lines,
        diagnoses=("M54.500",),
        label=False,
        then=lambda done: _hand_in(case, done, claimed),
    )


def _hand_in(case: Case, done: Settled, at: int, reason: str = "个人原因未直接结算") -> None:
    def happen() -> None:
        event_id = acts.manual_claim(
            case.world,
            done.person,
            done.place,
            at,
            begin=done.seconds,
            total=done.total,
            in_scope=done.in_scope,
            pool=done.in_scope * 6 // 10,
            receipt=done.invoice,
            reason=reason,
        )
        case.mark(event_id)

    case.plan(at, happen)


def claimed_twice(case: Case) -> None:
    """One off-site receipt is handed in twice: by the same person, or by somebody else."""
    world = case.world
    day = day_for(case, high=world.last_day - 14)
    place = world.book.elsewhere[case.rng.choice(world.geo.far).admdvs][1]
    receipt = receipt_number(case.scene, place)
    total = case.rng.randrange(300_00, 900_00)
    begin, first = clock(case, day), clock(case, day + case.rng.randrange(4, 10))
    second = later(first, days=case.rng.randrange(0, 3), minutes=50)

    def hand_in(at: int, claimant: Person, *, label: bool) -> None:
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

    other = case.people[-1 if case.number % 2 else 0]
    case.plan(first, lambda: hand_in(first, case.who, label=False))
    case.plan(second, lambda: hand_in(second, other, label=True))


def self_paid_claimed(case: Case) -> None:
    """Paid in full inside the region by choice, then claimed by hand."""
    place = hospital(case)
    day = day_for(case, high=case.world.last_day - 10)
    claimed = clock(case, day + case.rng.randrange(3, 9))
    settle_at(
        case,
        case.who,
        slot(case, place, day),
        [consultation(place), *lines_of(("彩色多普勒超声检查", "肝功能七项"))],
        diagnoses=("R10.400",),
        payer=CASH,
        pool=False,
        label=False,
        then=lambda done: _hand_in(case, done, claimed),
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

        def send() -> None:
            world.stream.add(at, event)
            case.mark(str(event["event_id"]))

        case.plan(at, send)

    settle_at(
        case,
        who,
        slot(case, place, day),
        [consultation(place), *lines_of(("头孢呋辛酯片", "数字化摄影"))],
        diagnoses=("J20.900",),
        payer=CASH,
        label=False,
        then=again,
    )


def trace_code_reused(case: Case) -> None:
    """The pack sold to one person is sold again to another, elsewhere or in the same shop."""
    world = case.world
    first, second = case.people[0], case.people[-1]
    day = day_for(case, first, high=world.last_day - 12)
    later_day = day_for(case, second, low=day + 3)
    here = pharmacy(case)
    there = here if case.number % 3 == 0 else pharmacy(case)
    desk, later_desk = slot(case, here, day), slot(case, there, later_day)

    def resell(done: Settled) -> None:
        packs = list(done.lines[0].traces or [])
        item = done.lines[0].item
        # The shop's own stock goes down all the same: it is the code that is used twice.
        world.stock.take(there, item, later_desk.seconds, len(packs))
        copy = Line(item=item, count=len(packs), days=item.days, traces=packs)
        buy(case, second, later_desk, [copy])

    lines = lines_of(("复方丹参滴丸",), counts=(2,))
    buy(case, first, desk, lines, label=False, then=resell)


def two_disease_and_chronic(case: Case) -> None:
    """Hypertension is paid as a chronic disease and as one of the two diseases."""
    who = case.who
    place = hospital(case)
    register(case.scene, who, place, [("14", "M03900"), (TWO_DISEASE_MED_TYPE, "M03900")])
    day = day_for(case, span=4)
    settle_at(
        case,
        who,
        slot(case, place, day, 560),
        month_supply(("苯磺酸氨氯地平片",)),
        med_type="14",
        dise="M03900",
        diagnoses=("I10.x00",),
        label=False,
    )
    settle_at(
        case,
        who,
        slot(case, place, day + (case.number % 2) * 3, 580),
        month_supply(("厄贝沙坦片",)),
        med_type=TWO_DISEASE_MED_TYPE,
        dise="M03900",
        diagnoses=("I10.x00",),
    )


def exclusive_or_repeated_lines(case: Case) -> None:
    """One service charged twice at one time, or two charges of which one includes the other."""
    place = hospital(case)
    if case.number % 3 == 2:
        lines = [Line(item=BY_NAME["一般诊疗费"]), Line(item=BY_NAME["普通门诊诊察费"])]
    else:
        name = ("彩色多普勒超声检查", "肝功能七项")[case.number % 2]
        lines = [consultation(place), *lines_of((name, name))]
    settle_at(case, case.who, slot(case, place, day_for(case)), lines, diagnoses=("R10.400",))

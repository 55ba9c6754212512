"""Looks like a second payment and is none."""

from events.times import HOUR, MINUTE
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
from simulation.identity import identity_number
from simulation.life.chronic import register
from simulation.life.outpatient import correct_after
from simulation.life.purchases import half_pack
from simulation.life.stays import receipt_number
from simulation.pricing import Line
from simulation.scene import consultation, lines_of, month_supply
from simulation.settling import CASH, Settled


def settled_separately(case: Case) -> None:
    """Several diseases, prescribed and settled apart on one day (Ningxia, article 26)."""
    who = case.who
    place = hospital(case)
    register(case.scene, who, place, [("14", "M04600")])
    day = day_for(case)
    settle_at(
        case,
        who,
        slot(case, place, day, 560),
        month_supply(("阿司匹林肠溶片", "瑞舒伐他汀钙片")),
        med_type="14",
        dise="M04600",
        diagnoses=("I25.103",),
    )
    settle_at(
        case,
        who,
        slot(case, place, day, 566),
        [consultation(place), *lines_of(("双氯芬酸钠缓释片",))],
        diagnoses=("M54.500",),
    )


def exchanged_receipt(case: Case) -> None:
    """An electronic receipt exchanged for paper, or reversed (red) and issued anew."""
    world = case.world
    place = world.book.elsewhere[case.rng.choice(world.geo.far).admdvs][1]
    day = day_for(case, high=world.last_day - 10)
    begin, first = clock(case, day), clock(case, day + 3)
    second = later(first, days=2)
    receipt = receipt_number(case.scene, place)
    total = case.rng.randrange(300_00, 900_00)
    paid = total * 54 // 100

    def write(at: int, number: tuple[str, str], flag: str, pool: int) -> None:
        event_id = acts.manual_claim(
            world,
            case.who,
            place,
            at,
            begin=begin,
            total=total,
            in_scope=total * 9 // 10,
            pool=pool,
            receipt=number,
            flag=flag,
        )
        case.mark(event_id)

    if case.number % 2 == 0:
        case.plan(first, lambda: write(first, receipt, "0", 0))
        case.plan(second, lambda: write(second, receipt, "2", paid))
        return
    third = later(second, minutes=30)
    anew = receipt_number(case.scene, place)
    case.plan(first, lambda: write(first, receipt, "0", paid))
    case.plan(second, lambda: write(second, receipt, "1", paid))
    case.plan(third, lambda: write(third, anew, "0", paid))


def self_paid_elsewhere(case: Case) -> None:
    """Paid in full outside the region with a filing, and claimed at home."""
    who, world = case.who, case.world
    city = case.rng.choice(world.geo.far)
    place = world.book.elsewhere[city.admdvs][0]
    day = day_for(case, span=4, low=world.first_day + 4, high=world.last_day - 12)
    filed, claimed = clock(case, day - 1), clock(case, day + 9)
    case.plan(
        filed,
        lambda: acts.filing(
            world, who, filed, "08", first=day - 1, last=day + 20, to_area=city.admdvs
        ),
    )

    def hand_in(done: Settled) -> None:
        def happen() -> None:
            event_id = acts.manual_claim(
                world,
                who,
                place,
                claimed,
                begin=done.seconds,
                total=done.total,
                in_scope=done.in_scope,
                pool=done.in_scope // 2,
                receipt=done.invoice,
            )
            case.mark(event_id)

        case.plan(claimed, happen)

    settle_at(
        case,
        who,
        slot(case, place, day + 1),
        [consultation(place), *lines_of(("计算机体层平扫",))],
        diagnoses=("M54.500",),
        payer=CASH,
        pool=False,
        label=False,
        then=hand_in,
    )


def delivered_twice(case: Case) -> None:
    """The same message arrives twice, minutes apart, with the same id."""
    world = case.world
    place = hospital(case)
    settle_at(
        case,
        case.who,
        slot(case, place, day_for(case)),
        [consultation(place), *lines_of(("头孢呋辛酯片",))],
        diagnoses=("J20.900",),
        then=lambda done: world.stream.add(done.seconds + 3 * MINUTE, done.event),
    )


def corrected(case: Case) -> None:
    """A settlement is reversed and settled right minutes later."""
    place = hospital(case)
    lines = [consultation(place), *lines_of(("头孢呋辛酯片",))]

    def again(done: Settled) -> None:
        correct_after(case.scene, done, lines, "J20.900", then=lambda new: case.mark(new.event_id))

    settle_at(
        case,
        case.who,
        slot(case, place, day_for(case)),
        lines,
        diagnoses=("J20.900",),
        label=False,
        then=again,
    )


def twins(case: Case) -> None:
    """Twins with the same cold get the same medicine at the same desk, one after the other."""
    place = hospital(case)
    first, second = case.people[-2], case.people[-1]
    second.birth, second.gend, second.name = first.birth, first.gend, first.name[:1] + "双"
    second.certno = identity_number(first.certno[:6], first.birth, 33, first.gend)
    if second.cert_type == "02":
        second.cert_no = second.certno
    day = day_for(case, first)
    second.busy.update(range(day - 2, day + 3))
    for who in (first, second):
        settle_at(
            case,
            who,
            slot(case, place, day, 600),
            [consultation(place), *lines_of(("氯雷他定片",))],
            diagnoses=("L20.900",),
        )


def opened_pack(case: Case) -> None:
    """The two halves of one opened pack, sold to two people."""
    world = case.world
    place = world.book.reserve()
    day = day_for(case, case.people[0], high=world.last_day - 12)
    next_day = day_for(case, case.people[1], low=day + 3)
    for who, at in ((case.people[0], day), (case.people[1], next_day)):
        buy(case, who, slot(case, place, at), [half_pack(case.scene, place, at)])


def returned_pack(case: Case) -> None:
    """A pack brought back and sold again to the next customer."""
    world = case.world
    day = day_for(case, case.people[0], high=world.last_day - 12)
    next_day = day_for(case, case.people[1], low=day + 3)
    place = pharmacy(case)
    item = BY_NAME["复方丹参滴丸"]
    desk, later_desk = slot(case, place, day), slot(case, place, next_day)

    def bring_back(done: Settled) -> None:
        back = done.seconds + HOUR
        case.plan(back, lambda: acts.reversal(world, done, back, reason="顾客退货"))
        same = Line(item=item, days=item.days, traces=list(done.lines[0].traces or []))
        buy(case, case.people[1], later_desk, [same])

    line = Line(item=item, days=item.days)
    buy(case, case.people[0], desk, [line], label=False, then=bring_back)


def no_code_on_pack(case: Case) -> None:
    """Packs without a code: the placeholder for it is no trace code."""
    world = case.world
    day = day_for(case, case.people[0], high=world.last_day - 12)
    next_day = day_for(case, case.people[1], low=day + 3)
    place = pharmacy(case)
    item = BY_NAME["复方丹参滴丸"]
    for who, at in ((case.people[0], day), (case.people[1], next_day)):
        desk = slot(case, place, at)
        world.stock.take(place, item, desk.seconds, 1)
        buy(case, who, desk, [Line(item=item, days=item.days, traces=["0" * 20])])


def one_disease_each(case: Case) -> None:
    """Diabetes under chronic care, hypertension under the two-disease benefit."""
    who = case.who
    place = hospital(case)
    register(case.scene, who, place, [("14", "M01600"), (TWO_DISEASE_MED_TYPE, "M03900")])
    day = day_for(case)
    for minute, kind, code, drug, diagnosis in (
        (560, "14", "M01600", "格列美脲片", "E11.900"),
        (568, TWO_DISEASE_MED_TYPE, "M03900", "厄贝沙坦片", "I10.x00"),
    ):
        settle_at(
            case,
            who,
            slot(case, place, day, minute),
            month_supply((drug,)),
            med_type=kind,
            dise=code,
            diagnoses=(diagnosis,),
        )


def twice_a_day(case: Case) -> None:
    """A treatment in the morning and one in the afternoon, charged in one settlement."""
    place = hospital(case)
    treatment = BY_NAME["红外线治疗"]
    lines = [
        consultation(place),
        Line(item=treatment, offset=-6 * HOUR),
        Line(item=treatment, offset=-HOUR),
    ]
    desk = slot(case, place, day_for(case), 940)
    settle_at(case, case.who, desk, lines, diagnoses=("M54.500",))

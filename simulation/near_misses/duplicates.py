"""Looks like a second payment and is none."""

from events.times import HOUR, MINUTE
from simulation import acts
from simulation.benefit import TWO_DISEASE_MED_TYPE
from simulation.cases import Case, buy, clock, day_for, hospital, later, pharmacy, slot
from simulation.catalogue import BY_NAME
from simulation.life.chronic import register
from simulation.life.outpatient import correct_after
from simulation.life.stays import receipt_number
from simulation.pricing import Line
from simulation.scene import consultation, lines_of, month_supply, visit
from simulation.settling import CASH, Settled


def settled_separately(case: Case) -> None:
    """Several diseases, prescribed and settled apart on one day (Ningxia, article 26)."""
    who = case.who
    place = hospital(case)
    register(case.scene, who, place, [("14", "M04600")])
    day = day_for(case)
    visit(
        case.scene,
        who,
        place,
        day,
        month_supply(("阿司匹林肠溶片", "瑞舒伐他汀钙片")),
        med_type="14",
        dise="M04600",
        diagnoses=("I25.103",),
        minute=560,
        then=case.marked,
        check=0,
    )
    visit(
        case.scene,
        who,
        place,
        day,
        [consultation(place), *lines_of(("双氯芬酸钠缓释片",))],
        med_type="11",
        diagnoses=("M54.500",),
        minute=566,
        then=case.marked,
        check=0,
    )


def exchanged_receipt(case: Case) -> None:
    """An electronic receipt exchanged for paper, or reversed (red) and issued anew."""
    who, world = case.who, case.world
    place = world.book.elsewhere[case.rng.choice(world.geo.far).admdvs][1]
    day = day_for(case, high=world.last_day - 10)
    begin, first = clock(case, day), clock(case, day + 3)
    second = later(first, days=2)
    receipt = receipt_number(case.scene, place)
    total = case.rng.randrange(300_00, 900_00)
    red = case.number % 2 == 1

    def write(at: int, number: tuple[str, str], flag: str, pool: int) -> None:
        case.mark(
            acts.manual_claim(
                world,
                who,
                place,
                at,
                begin=begin,
                total=total,
                in_scope=total * 9 // 10,
                pool=pool,
                receipt=number,
                flag=flag,
            )
        )

    paid = total * 54 // 100
    case.plan(first, lambda: write(first, receipt, "0", 0 if not red else paid))
    if red:
        third = later(second, minutes=30)
        case.plan(second, lambda: write(second, receipt, "1", paid))
        anew = receipt_number(case.scene, place)
        case.plan(third, lambda: write(third, anew, "0", paid))
    else:
        case.plan(second, lambda: write(second, receipt, "2", paid))


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
                    pool=done.in_scope // 2,
                    receipt=done.invoice,
                )
            ),
        )

    visit(
        case.scene,
        who,
        place,
        day + 1,
        [consultation(place), *lines_of(("计算机体层平扫",))],
        med_type="11",
        diagnoses=("M54.500",),
        payer=CASH,
        pool=False,
        then=hand_in,
        check=0,
    )


def sent_again(case: Case) -> None:
    """The same message delivered twice, or a settlement reversed and settled right."""
    who, world = case.who, case.world
    place = hospital(case)
    day = day_for(case)
    lines = [consultation(place), *lines_of(("头孢呋辛酯片",))]

    def again(done: Settled) -> None:
        if case.number % 2:
            case.marked(done)
            at = done.seconds + 3 * MINUTE
            world.stream.add(at, done.event)
        else:
            correct_after(case.scene, done, lines, "J20.900", then=case.marked)

    visit(
        case.scene,
        who,
        place,
        day,
        lines,
        med_type="11",
        diagnoses=("J20.900",),
        then=again,
        check=0,
    )


def split_pack(case: Case) -> None:
    """One trace code in two sales: an opened pack, a returned pack, or a placeholder."""
    world = case.world
    first, second = case.people[0], case.people[-1]
    day = day_for(case, first, high=world.last_day - 12)
    next_day = day_for(case, second, low=day + 3)
    place = pharmacy(case)
    item = BY_NAME["复方丹参滴丸"]
    variant = case.number % 3
    desk = slot(case, place, day)
    later_desk = slot(case, place, next_day)

    def line(traces: list[str] | None) -> list[Line]:
        return [Line(item=item, days=item.days, split=variant == 0, traces=traces)]

    def sell_rest(done: Settled) -> None:
        if variant == 1:
            back = done.seconds + HOUR
            case.plan(back, lambda: acts.reversal(world, done, back, reason="顾客退货"))
        traces = list(done.lines[0].traces or [])
        if variant:
            world.stock.take(place, item, again, 1)
        buy(case, second, later_desk, line(traces))

    if variant == 2:
        world.stock.take(place, item, seconds, 1)
    fixed = ["00000000000000000000"] if variant == 2 else None
    buy(case, first, desk, line(fixed), label=False, then=sell_rest)


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
        visit(
            case.scene,
            who,
            place,
            day,
            month_supply((drug,)),
            med_type=kind,
            dise=code,
            diagnoses=(diagnosis,),
            minute=minute,
            then=case.marked,
            check=0,
        )


def twice_a_day(case: Case) -> None:
    """A treatment in the morning and one in the afternoon, charged in one settlement."""
    who = case.who
    place = hospital(case)
    treatment = BY_NAME["红外线治疗"]
    lines = [
        consultation(place),
        Line(item=treatment, offset=-6 * HOUR),
        Line(item=treatment, offset=-HOUR),
    ]
    visit(
        case.scene,
        who,
        place,
        day_for(case),
        lines,
        med_type="11",
        diagnoses=("M54.500",),
        minute=940,
        then=case.marked,
        check=0,
    )

"""More care than anybody needs: stacked supplies, too many visits, split prescriptions."""

from simulation.cases import Case, day_for, settle_at, slot
from simulation.pricing import Line
from simulation.scene import consultation, lines_of, month_supply, rx_number


def overlapping_supply(case: Case) -> None:
    """A month of one drug from each of four hospitals within a week."""
    book = case.world.book
    case.who.diseases.append(("14", ""))
    day = day_for(case, span=7)
    hospitals = [*book.secondary[:2], *book.tertiary[:2]]
    for step, place in enumerate(hospitals):
        lines = [consultation(place), *month_supply(("阿托伐他汀钙片",))]
        settle_at(
            case,
            case.who,
            slot(case, place, day + 2 * step),
            lines,
            diagnoses=("E78.500",),
        )


def frequent_visits(case: Case) -> None:
    """Eleven visits to different hospitals for one complaint within six days."""
    book = case.world.book
    day = day_for(case, span=6)
    places = [*book.primary, *book.secondary, *book.tertiary]
    for step in range(11):
        place = places[(case.number + step) % len(places)]
        lines = [consultation(place), *lines_of(("血常规检查",))]
        desk = slot(case, place, day + step // 2, 880 if step % 2 else 540)
        settle_at(case, case.who, desk, lines, diagnoses=("R10.400",))


def split_prescription(case: Case) -> None:
    """One consultation cut into three prescriptions and settlements minutes apart."""
    place = case.rng.choice(case.world.book.secondary)
    day = day_for(case)
    doctor = case.rng.randrange(1, 23)
    for step, name in enumerate(("头孢呋辛酯片", "盐酸氨溴索口服液", "连花清瘟胶囊")):
        lines: list[Line] = lines_of((name,))
        lines[0].rxno = rx_number(case.scene)
        settle_at(
            case,
            case.who,
            slot(case, place, day, 600 + 5 * step),
            lines,
            diagnoses=("J20.900",),
            doctor=doctor,
        )

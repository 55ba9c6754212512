"""A first look at a settlement, which is all that most of them need.

It takes the records at their word: what was charged as deductible, what funds paid. What then looks
odd is reckoned with care by `rules.benefit_rules.years`.
"""

from collections.abc import Sequence
from typing import Final

from events.times import DAY, day_of
from rules.benefit import BENEFIT_SCHEMES
from rules.benefit_rules.payments import concerned
from rules.benefit_rules.registrations import raised
from rules.benefit_rules.spans import bounds, seen_from
from rules.benefit_rules.tariffs import SCHEMES, Tariff, tariff
from rules.context import Context
from rules.histories.keyed import Person
from rules.histories.records import Visit
from rules.histories.spreading import at_pharmacy

_OTHER: Final = len(SCHEMES)
_SLOTS: Final = {str(code): SCHEMES.index(scheme) for code, scheme in BENEFIT_SCHEMES.items()}
"""Where the sums of a scheme stand in the lists of `_Drawn`; all else stands at the end."""
_MUCH: Final = 10**18
_LONG: Final = 4
"""Settlements from which it is worth remembering what they drew."""
_REMEMBERED: Final = 20_000
"""People for whom it is."""


class _Drawn:
    """What a person's settlements of a year drew, taken at their word, up to one of them.

    `used` is what was taken from the deductible and `paid` what funds paid, fen, by scheme.
    `uncharged` says whether a fund paid where no deductible was taken.
    """

    __slots__ = ("count", "last", "paid", "refunds", "start", "uncharged", "used")

    def __init__(self, person: Person, start: int) -> None:
        self.refunds = len(person.refunds)
        self.start = start
        self.used = [0] * (_OTHER + 1)
        self.paid = [0] * (_OTHER + 1)
        self.uncharged = False
        self.count = 0
        self.last: Visit | None = None

    def is_of(self, person: Person, start: int, before: int) -> bool:
        """Whether nothing but settlements at the end was added since this was summed up."""
        return (
            self.count < before
            and self.start == start
            and self.refunds == len(person.refunds)
            and person.visits[self.count] is self.last
        )


_DRAWN: Final[dict[str, _Drawn]] = {}
"""What the settlements of people with several of them drew, by person."""


def is_idle(person: Person, visit: Visit) -> bool:
    """Whether a settlement drew on no fund and no deductible, and nothing came after it."""
    return not (visit.pool or visit.fund or visit.deductible) and person.visits[-1] is visit


def is_right(context: Context, person: Person, visit: Visit) -> bool:
    """Whether a settlement is surely right and changes nothing for others.

    That the last one is taken back changes nothing either, if it was right. A deductible that is
    still charged changes what is thought of those before it, but only where the year was not seen
    from its start.
    """
    paid, amount, charged = visit.pool or visit.fund, visit.in_scope, visit.deductible
    if person.visits[-1] is not visit:
        if not (paid or charged) and at_pharmacy(visit) and person.visits[0] is not visit:
            return True
        _DRAWN.pop(person.key, None)
        return False
    if not concerned(visit) or not (paid or charged):
        return True
    terms = tariff(context, visit)
    if paid > terms.of(amount):
        return False
    if terms.deductible is None and terms.cap is None and terms.basic is None:
        return True
    drawn = _drawn(person, visit)
    if charged and drawn.uncharged and seen_from(person) >= drawn.start + DAY:
        return False
    over = _beyond(terms, drawn, amount, paid)
    return over <= 0 or (
        bool(person.benefits) and over <= raised(context, person.benefits, visit).amount
    )


def _beyond(terms: Tariff, drawn: _Drawn, amount: int, paid: int) -> int:
    """How much a payment is beyond the cap, fen; very much where anything else is odd."""
    used = filled = 0
    for slot in terms.counted_at:
        used += drawn.used[slot]
    left = (terms.deductible or 0) - used
    if left > 0 and paid > terms.of(amount - left):
        return _MUCH
    if terms.basic is not None and sum(drawn.paid) + paid > terms.basic:
        return _MUCH
    if terms.cap is None:
        return 0
    for slot in terms.capped_at:
        filled += drawn.paid[slot]
    return filled + paid - terms.cap


def _drawn(person: Person, visit: Visit) -> _Drawn:
    """What the settlements before the last one drew in its year.

    Derived from the records alone: what is remembered counts only if nothing but settlements at
    the end was added since.
    """
    start = bounds(day_of(visit.time))[0]
    before = len(person.visits) - 1
    known = _DRAWN.get(person.key) if before >= _LONG else None
    if known is None or not known.is_of(person, start, before):
        known = _Drawn(person, start)
    _add(known, person.visits, before)
    if before >= _LONG:
        if len(_DRAWN) >= _REMEMBERED:
            _DRAWN.clear()
        _DRAWN[person.key] = known
        known.count, known.last = before, visit
    return known


def _add(drawn: _Drawn, visits: Sequence[Visit], before: int) -> None:
    """Count the settlements from where it stands up to the last but one."""
    used, paid, start = drawn.used, drawn.paid, drawn.start
    for at in range(before - 1, drawn.count - 1, -1):
        visit = visits[at]
        if visit.time < start:
            return
        money, charged = visit.pool or visit.fund, visit.deductible
        if money:
            slot = _SLOTS.get(visit.scheme, _OTHER)
            paid[slot] += money
            if not charged:
                drawn.uncharged = True
            elif not visit.rev_at:
                used[slot] += charged
        elif charged and not visit.rev_at:
            used[_SLOTS.get(visit.scheme, _OTHER)] += charged

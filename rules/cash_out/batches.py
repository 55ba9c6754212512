"""Batches: many persons' account money one after another, too alike or too quick for buyers.

A run is what one place (a terminal, or a pharmacy where none is named) charged to accounts within
minutes before a settlement. It is a batch when it concerns several persons and nearly all
amounts are like the last one or round, or nobody could have been served at that pace, or at night.
Customers who buy the same boxes one after another, as in a flu week, pay one price at the pace of
customers; that takes more persons.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.times import HOUR, day_of, day_start
from rules.cash_out.windows import Hit, at_retail
from rules.context import Context
from rules.findings import Finding, found, stands, stood, withdrawn
from rules.histories.digests import pseudonym
from rules.histories.records import Swipe
from rules.histories.series import between

ABOUT: Final = "batch"
_MOBILE: Final = "3"
Limits = Mapping[str, Any]


def money(swipe: Swipe) -> int:
    """Account money of a settlement, also where only the shared part is reported, fen."""
    return max(swipe.account, swipe.shared)


def counts(limits: Limits, context: Context, swipe: Swipe) -> bool:
    """Whether a settlement can belong to a batch: account money taken at this counter.

    Phones settle from anywhere. At hospitals many people pay one fee for registration or a
    consultation, so only drugs and larger sums count there.
    """
    taken = money(swipe)
    if taken < limits["floor"] or swipe.served == _MOBILE:
        return False
    return swipe.goods or taken >= limits["hospital_floor"] or at_retail(context, swipe.inst)


def is_lone(limits: Limits, swipes: Sequence[Swipe], swipe: Swipe) -> bool:
    """Whether a settlement is the last one and too few came shortly before it.

    There must be at least as many as a batch takes.
    """
    if swipe.rev_at or swipes[-1] is not swipe:
        return False
    return bool(swipes[-limits["persons"]].time < swipe.time - limits["window_seconds"])


def may_begin(limits: Limits, swipes: Sequence[Swipe], swipe: Swipe) -> bool:
    """Whether a settlement can make a batch: a cheap test that lets every real one pass.

    One that was taken back passes too, because what it leaves behind may be more alike.
    """
    if swipe.rev_at:
        return True
    near = between(
        swipes, swipe.time - limits["window_seconds"], swipe.time + limits["window_seconds"]
    )
    if len(near) < limits["persons"]:
        return False
    amount = money(swipe)
    reach = 2 * amount * limits["likeness_percent"]
    alike = sum([100 * abs(money(other) - amount) <= reach for other in near])
    if alike >= limits["persons"] or amount % limits["round_unit"] == 0:
        return True
    pace = limits["pace_persons"] * limits["pace_seconds"]
    quick = sum([abs(other.time - swipe.time) <= pace for other in near])
    return quick >= int(limits["pace_persons"]) or _at_night(limits, swipe)


def batch(limits: Limits, context: Context, swipes: Sequence[Swipe], place: str) -> Finding | None:
    """What the batches of a day's settlements at one place are, together."""
    usable = [swipe for swipe in swipes if counts(limits, context, swipe)]
    retail = bool(usable) and at_retail(context, usable[0].inst)
    standing = [swipe for swipe in usable if stands(swipe)]
    hit = partial(_hit, limits, retail)
    taking = _taking(limits, standing, hit)
    no_more = not taking and len(standing) < len(usable)
    if no_more:
        taking = _taken_back(limits, usable, hit)
    if not taking:
        return None
    ordered = sorted(taking.values(), key=lambda swipe: (swipe.time, swipe.event_id))
    amount = sum(swipe.fund + money(swipe) for swipe in ordered)
    finding = found(
        ordered,
        amount=amount,
        involved=sum(swipe.fee for swipe in ordered),
        area=ordered[-1].insured_area,
        evidence={
            "institution": context.name_of(ordered[0].inst),
            "terminal": place,
            "times": len(ordered),
            "persons": len({swipe.psn_no for swipe in ordered}),
            "begun_at": ordered[0].time,
            "ended_at": ordered[-1].time,
            "seconds_between": (ordered[-1].time - ordered[0].time) // max(len(ordered) - 1, 1),
            "amount_fen": amount,
            "amounts_fen": [money(swipe) for swipe in ordered],
            "people": sorted({pseudonym(swipe.psn_no) for swipe in ordered}),
        },
    )
    return withdrawn(finding) if no_more else finding


def _taking(limits: Limits, swipes: Sequence[Swipe], hit: Hit[Swipe]) -> dict[str, Swipe]:
    return {swipe.event_id: swipe for run in _runs(limits, swipes) for swipe in hit(run)}


def _taken_back(limits: Limits, swipes: Sequence[Swipe], hit: Hit[Swipe]) -> dict[str, Swipe]:
    """The batches that stood when their last settlement was made."""
    return {
        swipe.event_id: swipe
        for run in _runs(limits, swipes)
        if stood(run[-1], run[-1].time)
        for swipe in hit([other for other in run if stood(other, run[-1].time)])
    }


def _runs(limits: Limits, swipes: Sequence[Swipe]) -> Iterator[Sequence[Swipe]]:
    """For each settlement those of the window that it ends."""
    begin = 0
    for end, swipe in enumerate(swipes):
        while swipes[begin].time < swipe.time - limits["window_seconds"]:
            begin += 1
        yield swipes[begin : end + 1]


def _hit(limits: Limits, retail: bool, run: Sequence[Swipe]) -> Sequence[Swipe]:
    """The settlements of a window that are a batch; hospitals are busy and open at night."""
    if len(run) < limits["persons"]:
        return ()
    alike = _alike(limits, run)
    if alike or not retail:
        return alike
    return _too_quick(limits, run) or _by_night(limits, run)


def _alike(limits: Limits, run: Sequence[Swipe]) -> Sequence[Swipe]:
    """Those with amounts like the last one's, or round as that one, if they are nearly all."""
    amount = money(run[-1])
    if amount < limits["alike_floor"]:
        return ()
    reach = amount * limits["likeness_percent"]
    like = [swipe for swipe in run if 100 * abs(money(swipe) - amount) <= reach]
    if (enough := _enough(limits, like, run)) and not _same_boxes(limits, enough):
        return enough
    unit = limits["round_unit"]
    if amount % unit:
        return ()
    return _enough(limits, [swipe for swipe in run if money(swipe) % unit == 0], run)


def _same_boxes(limits: Limits, like: Sequence[Swipe]) -> bool:
    """Whether few customers, served one by one, paid one small price that is not round."""
    if len({swipe.psn_no for swipe in like}) >= limits["box_persons"]:
        return False
    if like[-1].time - like[0].time < limits["box_seconds"] * (len(like) - 1):
        return False
    price, times = Counter(map(money, like)).most_common(1)[0]
    one_price = times >= limits["share"] * len(like)
    return bool(one_price and price <= limits["box_price"] and price % limits["round_unit"])


def _enough(limits: Limits, some: Sequence[Swipe], run: Sequence[Swipe]) -> Sequence[Swipe]:
    persons = len({swipe.psn_no for swipe in some})
    if persons < limits["persons"] or len(some) < limits["share"] * len(run):
        return ()
    return some


def _too_quick(limits: Limits, run: Sequence[Swipe]) -> Sequence[Swipe]:
    """The last settlements of a run when so many persons cannot have been served one by one."""
    last = run[-limits["pace_persons"] :]
    if len({swipe.psn_no for swipe in last}) < limits["pace_persons"]:
        return ()
    seconds = last[-1].time - last[0].time
    return last if seconds <= limits["pace_seconds"] * (len(last) - 1) else ()


def _by_night(limits: Limits, run: Sequence[Swipe]) -> Sequence[Swipe]:
    """The settlements of a run at night."""
    dark = [swipe for swipe in run if _at_night(limits, swipe)]
    return dark if len({swipe.psn_no for swipe in dark}) >= limits["persons"] else ()


def _at_night(limits: Limits, swipe: Swipe) -> bool:
    hour = (swipe.time - day_start(day_of(swipe.time))) // HOUR
    return hour >= int(limits["night_from"]) or hour < int(limits["night_until"])

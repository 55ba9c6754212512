"""A person's settlements near one another in time, and which pairs must be judged anew.

Every matter is anchored at its last settlement and looks back from there; a settlement that
arrives late is therefore also put to the anchors after it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from rules.duplicates.fee_lines import told
from rules.histories.records import Visit
from rules.histories.series import between


class Moment(NamedTuple):
    """An anchor that cannot be taken back, such as a manual claim."""

    time: int
    rev_at: int = 0


def paid(visit: Visit) -> int:
    """Insurance money of a settlement, fen: funds and accounts."""
    return (visit.fund or visit.pool) + (visit.account or visit.shared)


def insured(visit: Visit) -> bool:
    """Whether a settlement drew on the insurance: money, or a part of the deductible."""
    return bool(visit.fund or visit.account or visit.deductible > 0 or visit.pool or visit.shared)


def one_visit(visit: Visit, other: Visit) -> bool:
    """Whether two settlements name one visit: by id, begin to the second, or receipt."""
    return (
        (visit.mdtrt_id != "" and visit.mdtrt_id == other.mdtrt_id)
        or (visit.begin == other.begin and told(visit.begin))
        or (visit.bill != "" and visit.bill == other.bill)
    )


def around(visits: Sequence[Visit], visit: Visit, back: int, ahead: int) -> Sequence[Visit]:
    """Settlements at most `back` seconds before and `ahead` after one, itself included.

    Empty where there is no other. Quick for the last one, which it nearly always is.
    """
    if visits[-1] is visit:
        first = visit.time - back
        at = len(visits) - 1
        while at and visits[at - 1].time >= first:
            at -= 1
        return visits[at:] if at < len(visits) - 1 else ()
    window = between(visits, visit.time - back, visit.time + ahead)
    return window if len(window) > 1 else ()


def rejudged(
    visits: Sequence[Visit], visit: Visit, reach: int, paired: Callable[[Visit, Visit], bool]
) -> Iterable[tuple[Visit, list[Visit]]]:
    """Every anchor that a new or changed settlement may concern, with those it is paired with.

    `paired(earlier, anchor)` must not depend on reversals.
    """
    if visits[-1] is not visit:
        return _rejudged_late(visits, visit, reach, paired)
    first = visit.time - reach
    earlier: list[Visit] = []
    for at in range(len(visits) - 2, -1, -1):
        other = visits[at]
        if other.time < first:
            break
        if paired(other, visit):
            earlier.append(other)
    return ((visit, earlier[::-1]),) if earlier else ()


def _rejudged_late(
    visits: Sequence[Visit], visit: Visit, reach: int, paired: Callable[[Visit, Visit], bool]
) -> Iterator[tuple[Visit, list[Visit]]]:
    window = between(visits, visit.time - reach, visit.time + reach)
    for at, anchor in enumerate(window):
        if (anchor.time, anchor.event_id) < (visit.time, visit.event_id):
            continue
        if anchor.event_id != visit.event_id and not paired(visit, anchor):
            continue
        first = anchor.time - reach
        earlier = [other for other in window[:at] if other.time >= first and paired(other, anchor)]
        if earlier:
            yield anchor, earlier

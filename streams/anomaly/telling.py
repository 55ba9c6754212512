"""What a person's changed records tell the histories that models look at.

A settlement carries its person's part of the features along. Features look at what lies strictly
before it, so what comes late makes the settlements after it tell theirs again.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from detectors.features.habits import Where
from detectors.features.person import packed, person_part, told
from events.times import DAY
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.person import Person
from rules.histories.records import Record, Refund, Visit

REACH: Final = 30 * DAY
"""How long after its settlement a reversal still withdraws what a model found: as long as all that
the settlement was judged by is remembered."""
_LATE: Final = 8 * DAY


def tell(person: Person, changed: Sequence[Record], where: Where) -> list[Fact]:
    """Facts for places, in the order of the settlements."""
    facts: list[Fact] = []
    for visit in affected(person, changed):
        # No detector looks at a physician's settlements everywhere, and they need not be kept.
        part = packed(person_part(person, visit, where))
        facts += [fact for fact in told(visit, part) if fact.kind == keyed.PLACE]
    return facts


def affected(person: Person, changed: Sequence[Record]) -> list[Visit]:
    """The settlements whose part is new or may be another, or that were taken back."""
    visits = person.visits
    if not visits:
        return []
    latest = visits[-1].time
    since, single = latest + 1, dict[str, Visit]()
    for record in changed:
        if isinstance(record, Refund):
            since = min(since, record.time)
        elif isinstance(record, Visit):
            if not record.rev_at or record.time >= latest - _LATE:
                since = min(since, record.time)
            elif record.rev_at - record.time <= REACH:
                single[record.event_id] = record
    tail = visits[bisect_left(visits, since, key=_time) :]
    if not single:
        return tail
    return [*(visit for visit in single.values() if visit.time < since), *tail]


def _time(visit: Visit) -> int:
    return visit.time

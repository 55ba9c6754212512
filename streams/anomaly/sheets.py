"""Rows to be scored of what has changed, one sheet a place, and one for each unit's days."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rules.histories import keyed
from rules.histories.keyed import Place
from rules.histories.records import Encounter
from rules.panel import Asked
from streams.anomaly import dirty as dirt
from streams.anomaly.judges import Rows, Suite, Unit


class Sheet(NamedTuple):
    """Rows to be scored. Without a unit each row stands for itself.

    With one they are the first settlements of days: `lead` rows at the beginning only lead up to
    the others, and `weeks` has an entry for each of those.
    """

    rows: Rows
    unit: Unit | None
    lead: int
    weeks: Sequence[dirt.Week]


class Wanted(NamedTuple):
    """What judges there are for."""

    each: bool
    place: bool
    physician: bool


def sheets(suite: Suite, place: Place, dirty: dirt.Dirty, wanted: Wanted) -> Iterator[Asked]:
    """The sheets of one place, as things stand now."""
    changed = dirt.each(place, dirty)
    if wanted.each and changed:
        rows = suite.rows(place, changed)
        yield Asked(keyed.PLACE, place, changed, Sheet(rows, None, 0, ()))
    if wanted.place:
        yield from _days(suite, place, place.encounters, dirty.since, "place")
    if wanted.physician:
        doctors = {one.doctor for one in changed if one.doctor and one.time >= dirty.since}
        for doctor in sorted(doctors):
            known = place.doctors.get(doctor, ())
            yield from _days(suite, place, known, dirty.since, "physician")


def _days(
    suite: Suite, place: Place, known: Sequence[Encounter], since: int, unit: Unit
) -> Iterator[Asked]:
    positions, lead = dirt.days(known, since)
    if positions:
        records = [known[at] for at in positions]
        weeks = [dirt.week(known, at) for at in positions[lead:]]
        sheet = Sheet(suite.rows(place, records), unit, lead, weeks)
        yield Asked(keyed.PLACE, place, records, sheet)

"""Files of events to rows of features: the pure pipeline without rules, histories in memory.

Events are put in the order of event time and event id first, so that every row holds what was
known strictly before its settlement whatever the order in the files.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.features import person, settlement
from detectors.features.habits import Where
from detectors.features.verdicts import Verdict, VerdictBook, keys_of
from events.deadletters import DeadLetter
from events.kinds import Reversal, Settlement
from events.readers import open_sources
from events.times import epoch
from rules.histories.intake import home
from rules.histories.keyed import Place
from rules.histories.person import Person
from rules.histories.records import Encounter, Refund, Visit
from rules.histories.visits import visit_of

_STEP: Final = 5000
Item = tuple[str, Visit | Refund]
"""A record and whose it is."""


class BadVerdictsError(ValueError):
    """A verdict file that cannot be read; says file, line, field, found and expected."""


class Told(Struct, frozen=True):
    """A line of a verdict file."""

    confirmed: bool
    known_at: int


class Rows(Struct):
    """Rows of features in the order of events, with the settlement of each."""

    encounters: list[Encounter]
    plain: NDArray[np.float32]
    """Values of `settlement.PLAIN`, one row a settlement."""

    def __len__(self) -> int:
        return len(self.encounters)


def read_verdicts(path: Path) -> dict[str, Told]:
    """Verdicts by event id from a CSV file with `event_id,label,known_at`.

    Raises BadVerdictsError. Of several lines for an event the one known last counts.
    """
    found: dict[str, Told] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"event_id", "label", "known_at"} - set(reader.fieldnames or ())
        if missing:
            raise BadVerdictsError(
                f"{path}:1: found columns {reader.fieldnames}, expected event_id,label,known_at"
            )
        for row in reader:
            label, known = (row["label"] or "").strip(), (row["known_at"] or "").strip()
            if label not in {"0", "1"}:
                raise BadVerdictsError(
                    f"{path}:{reader.line_num}: label: found {label!r}, expected 1 (confirmed)"
                    " or 0 (dismissed)"
                )
            try:
                at = epoch(datetime.fromisoformat(known))
            except ValueError:
                raise BadVerdictsError(
                    f"{path}:{reader.line_num}: known_at: found {known!r}, expected a time as"
                    " 2024-01-31T08:00:00+08:00"
                ) from None
            before = found.get(row["event_id"])
            if before is None or before.known_at <= at:
                found[row["event_id"]] = Told(label == "1", at)
    return found


def read_records(
    sources: Sequence[Path], progress: Callable[[int], None] | None = None
) -> list[Item]:
    """Settlements and reversals of files and folders, in the order of time and event id."""
    records: list[Item] = []
    for sequence, read in enumerate(open_sources(sources), 1):
        if progress is not None and sequence % _STEP == 0:
            progress(sequence)
        if isinstance(read, DeadLetter):
            continue
        event = read.event
        if isinstance(event, Settlement):
            records.append((event.psn_no, visit_of(event)))
        elif isinstance(event, Reversal):
            records += [
                (event.psn_no, fact.record)
                for fact in home(event)
                if isinstance(fact.record, Refund)
            ]
    records.sort(key=lambda item: (item[1].time, item[1].event_id))
    return records


def book_from(
    records: Sequence[Item], told: Mapping[str, Told], prior: float | None = None
) -> VerdictBook:
    """The book of verdicts about settlements among the records."""
    verdicts = [
        Verdict(keys_of(person.encounter_of(record)), record.time, known.known_at, known.confirmed)
        for _, record in records
        if isinstance(record, Visit) and (known := told.get(record.event_id)) is not None
    ]
    rate = sum(one.confirmed for one in verdicts) / len(verdicts) if verdicts else 0.01
    return VerdictBook(verdicts, prior if prior is not None else rate)


class Collector:
    """Takes records in order and tells each settlement with its plain features."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._people: dict[str, Person] = {}
        self._places: dict[str, Place] = {}

    def take(
        self, psn_no: str, record: Visit | Refund, *, wanted: bool
    ) -> tuple[Encounter, list[float]] | None:
        """Take a record; the row of a settlement that is new and wanted, else None."""
        history = self._people.get(psn_no)
        if history is None:
            history = self._people[psn_no] = Person(psn_no)
        changed = history.take(record)
        if changed is None:
            return None
        part: list[float] = []
        if wanted and isinstance(record, Visit):
            part = person.person_part(history, record, self._where)
        row: tuple[Encounter, list[float]] | None = None
        for visit in changed:
            if isinstance(visit, Visit):
                one = self._tell(visit)
                if part and visit.event_id == record.event_id:
                    row = one, [*part, *settlement.place_part(self._places[one.inst], one)]
        return row

    def _tell(self, visit: Visit) -> Encounter:
        one = person.encounter_of(visit)
        place = self._places.get(one.inst)
        if place is None:
            place = self._places[one.inst] = Place(one.inst)
        place.take(one)
        return one


def collect(
    records: Sequence[Item],
    where: Where,
    first: int,
    last: int,
    progress: Callable[[int], None] | None = None,
) -> Iterator[tuple[Encounter, list[float]]]:
    """Settlements with first <= time <= last and their plain features, histories warm before."""
    collector = Collector(where)
    for done, (psn_no, record) in enumerate(records):
        if record.time > last:
            return
        row = collector.take(psn_no, record, wanted=record.time >= first)
        if row is not None:
            yield row
        if progress is not None and done % _STEP == 0:
            progress(done)


def rows_of(found: Iterator[tuple[Encounter, list[float]]]) -> Rows:
    """Rows as one matrix, built in pieces so that lists of numbers never pile up."""
    encounters: list[Encounter] = []
    pieces: list[NDArray[np.float32]] = []
    piece: list[list[float]] = []
    for one, values in found:
        encounters.append(one)
        piece.append(values)
        if len(piece) >= _STEP:
            pieces.append(np.array(piece, np.float32))
            piece = []
    width = len(settlement.PLAIN)
    pieces.append(np.array(piece, np.float32).reshape(len(piece), width))
    return Rows(encounters, np.concatenate(pieces))

"""What the stream asks of a model: rows of records, scores of rows, and the reasons for a score."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sqlalchemy import Connection

from detectors.features.hits import Hit
from rules.histories.facts import Fact
from rules.histories.keyed import Place
from rules.histories.person import Person
from rules.histories.records import Encounter, Record

Rows = NDArray[np.float32]
Scores = NDArray[np.float64]


class Reasons(Struct, frozen=True):
    """Why a score is high: words in both languages, most telling first, and their numbers."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    numbers: Mapping[str, float]


Mode = Literal["each", "first", "onset"]
"""What of a judge's high scores is told.

`each`: every one. `first`: of a physician's day the first one; only where more settlements can but
raise a score, so that what comes late cannot take it back. `onset`: days whose first settlement
scores high after a week of days that did not; for what is reckoned of the days before alone.
"""
Unit = Literal["place", "physician"]
"""Whose days are meant: those of an institution, or of each of its physicians."""


class Judge(Protocol):
    """One detector of a model, as it was activated."""

    @property
    def detector(self) -> str:
        """Its name."""
        ...

    @property
    def about(self) -> str:
        """The rule of its alerts is `anomaly.` and this."""
        ...

    @property
    def mode(self) -> Mode:
        """What of its high scores is told."""
        ...

    @property
    def unit(self) -> Unit:
        """Whose days are meant, where days are."""
        ...

    @property
    def threshold(self) -> float:
        """From which score on there is an alert. Fixed with the model: what one record is worth
        must not depend on which others came with it."""
        ...

    @property
    def one_in(self) -> int:
        """How many records there are to one that scores so high, in the data of its training."""
        ...

    def scores(self, rows: Rows) -> Scores:
        """The scores of rows, higher is more suspect; each depends on its own row only."""
        ...

    def ranks(self, scores: Scores) -> Scores:
        """Scores as shares of the training data that score lower."""
        ...

    def drifting(self, rows: Rows, scores: Scores) -> NDArray[np.float64]:
        """What its baseline counts: the features it uses and its scores, as columns."""
        ...

    def reasons(self, row: NDArray[np.float32]) -> Reasons:
        """What drove the score of a row."""
        ...


class Suite(Protocol):
    """All detectors of a model, and how rows are made for them."""

    @property
    def model(self) -> str:
        """The id of the model."""
        ...

    @property
    def trained_at(self) -> int:
        """The last event time of its training, epoch seconds."""
        ...

    @property
    def judges(self) -> Sequence[Judge]:
        """Its detectors."""
        ...

    @property
    def baselines(self) -> Mapping[str, Mapping[str, object]]:
        """What drift is measured against, by detector (`detectors.drift.baseline`)."""
        ...

    @property
    def ranks(self) -> bool:
        """Whether it has a triage model, which says how suspect a settlement is."""
        ...

    def suspicions(
        self, records: Sequence[Encounter], rows: Rows, hits: Sequence[Sequence[Hit]]
    ) -> Scores:
        """What the triage model thinks of settlements at their places, between 0 and 1, given
        the open alerts that name each."""
        ...

    def learn(self, connection: Connection) -> None:
        """Take up the verdicts that a ledger has by now; only the triage model uses them."""
        ...

    def tell(self, person: Person, changed: Sequence[Record]) -> Sequence[Fact]:
        """Facts of a person's changed records for the histories that are judged."""
        ...

    def rows(self, place: Place, records: Sequence[Encounter]) -> Rows:
        """A row for each settlement at a place, from what was known before it."""
        ...

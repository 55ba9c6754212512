"""What the stream asks of a model: rows of records, scores of rows, and the reasons for a score."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from rules.histories.facts import Fact
from rules.histories.keyed import History, Person
from rules.histories.records import Record

Rows = NDArray[np.float32]
Scores = NDArray[np.float64]


class Reasons(Struct, frozen=True):
    """Why a score is high: words in both languages, most telling first, and their numbers."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    numbers: Mapping[str, float]


class Judge(Protocol):
    """One detector of a model, as it was activated."""

    @property
    def detector(self) -> str:
        """Its name; the rule of its alerts is `anomaly.` and this."""
        ...

    @property
    def kind(self) -> str:
        """The kind of history whose records it judges."""
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

    @property
    def daily(self) -> bool:
        """Whether it judges a history once a day, by its first record, not every record."""
        ...

    def scores(self, rows: Rows) -> Scores:
        """The scores of rows, higher is more suspect; each depends on its own row only."""
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

    def tell(self, person: Person, changed: Sequence[Record]) -> Sequence[Fact]:
        """Facts of a person's changed records for the histories that are judged."""
        ...

    def rows(self, kind: str, history: History, records: Sequence[Record]) -> Rows:
        """A row for each record, from what its history holds before it."""
        ...

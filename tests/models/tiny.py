"""A suite that judges by one feature each: enough to see how the stream asks and what it tells."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sqlalchemy import Connection

from detectors.features import settlement
from detectors.features.habits import Nowhere
from detectors.features.hits import Hit
from detectors.features.person import unpacked
from rules.context import Context
from rules.histories.facts import Fact
from rules.histories.keyed import Place
from rules.histories.person import Person
from rules.histories.records import Encounter, Record
from rules.registry import load_anomalies
from streams.anomaly.bench import Bench
from streams.anomaly.judges import Judge, Mode, Reasons, Rows, Scores, Unit
from streams.anomaly.opening import on_trial
from streams.anomaly.panel import ModelPanel
from streams.anomaly.telling import tell

PERSON = len(settlement.PLAIN) - len(settlement.PLACE_FEATURES)


class Plain(Struct, frozen=True):
    """Judges by one feature: the score is its value."""

    about: str
    feature: str
    threshold: float
    mode: Mode = "each"
    unit: Unit = "place"
    one_in: int = 50

    @property
    def detector(self) -> str:
        """The feature it judges by."""
        return self.feature

    def scores(self, rows: Rows) -> Scores:
        """The column of the feature."""
        return rows[:, settlement.COLUMNS[self.feature]].astype(np.float64)

    def ranks(self, scores: Scores) -> Scores:
        """Above or below the threshold: nothing was trained."""
        return (scores >= self.threshold).astype(np.float64)

    def drifting(self, rows: Rows, scores: Scores) -> NDArray[np.float64]:
        """The scores alone."""
        del rows
        return scores.reshape(-1, 1)

    def reasons(self, row: NDArray[np.float32]) -> Reasons:
        """The feature and its value."""
        value = float(row[settlement.COLUMNS[self.feature]])
        return Reasons(
            (f"{self.feature}为{value:.2f}",),
            (f"{self.feature} is {value:.2f}",),
            {self.feature: value},
        )


class Tiny(Struct, frozen=True):
    """A suite of such judges; `bias` is added to no score and only tells models apart."""

    judges: Sequence[Judge]
    model: str = "tiny"
    trained_at: int = 1_700_000_000

    ranks: bool = False

    def suspicions(
        self, records: Sequence[Encounter], rows: Rows, hits: Sequence[Sequence[Hit]]
    ) -> Scores:
        """Dear settlements are suspect, and more so those that rules hit."""
        del rows
        return np.array(
            [
                (one.fee + 1000 * len(hit)) / (one.fee + 1000 * len(hit) + 100_000)
                for one, hit in zip(records, hits, strict=True)
            ]
        )

    def learn(self, connection: Connection) -> None:
        """Nothing: it has no use for verdicts."""

    @property
    def baselines(self) -> Mapping[str, Mapping[str, object]]:
        """None: nothing was trained."""
        return {}

    def tell(self, person: Person, changed: Sequence[Record]) -> Sequence[Fact]:
        """What every suite tells."""
        return tell(person, changed, Nowhere())

    def rows(self, place: Place, records: Sequence[Encounter]) -> Rows:
        """Whole rows."""
        rows = np.zeros((len(records), len(settlement.PLAIN)), np.float32)
        for number, record in enumerate(records):
            rows[number, :PERSON] = unpacked(record.part)
            rows[number, PERSON:] = settlement.place_part(place, record)
        return rows


JUDGES = (
    Plain("settlement", "fee_over_own", 1.2),
    Plain("person", "visits_7d", 3),
    Plain("co_visit", "till_hour", 1.0),
    Plain("institution", "inst_refunds", 0.02, "onset"),
    Plain("institution_drift", "inst_shift", 0.1, "onset"),
    Plain("physician", "doctor_today", 1.5, "first", "physician"),
    Plain("physician", "doctor_pace", 0.9, "onset", "physician"),
)


def bench_of(
    judges: Sequence[Judge], model: str = "tiny", *, trial: bool = False, ranks: bool = False
) -> Bench:
    """A tiny model at work; in trial its rules are told apart."""
    rules = [on_trial(rule) if trial else rule for rule in load_anomalies()]
    suite = Tiny(judges, model, ranks=ranks)
    return Bench(suite, {rule.id.rpartition(".")[2]: rule for rule in rules}, trial=trial)


def tiny_panel(judges: Sequence[Judge] = JUDGES) -> ModelPanel:
    """A panel of the tiny suite that raises what breaks."""
    return ModelPanel(bench_of(judges), None, str, strict=True)


def open_tiny(models: Path, context: Context, *_: object, **__: object) -> ModelPanel:
    """In the place of `streams.anomaly.opening.open_panel`."""
    del models, context
    return tiny_panel()

"""A suite that judges by one feature each: enough to see how the stream asks and what it tells."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.features import settlement
from detectors.features.habits import Nowhere
from detectors.features.person import unpacked
from rules.context import Context
from rules.engine import Engine
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.keyed import History, Person, Place
from rules.histories.records import Encounter, Record
from rules.registry import load_anomalies
from streams.anomaly.judges import Judge, Reasons, Rows, Scores
from streams.anomaly.panel import Bench, ModelPanel
from streams.anomaly.telling import tell

PERSON = len(settlement.PLAIN) - len(settlement.PLACE_FEATURES)


class Plain(Struct, frozen=True):
    """Judges by one feature: the score is its value."""

    detector: str
    kind: str
    feature: str
    threshold: float
    daily: bool = False
    one_in: int = 50

    def scores(self, rows: Rows) -> Scores:
        """The column of the feature."""
        return rows[:, settlement.COLUMNS[self.feature]].astype(np.float64)

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

    @property
    def baselines(self) -> Mapping[str, Mapping[str, object]]:
        """None: nothing was trained."""
        return {}

    def tell(self, person: Person, changed: Sequence[Record]) -> Sequence[Fact]:
        """What every suite tells."""
        return tell(person, changed, Nowhere())

    def rows(self, kind: str, history: History, records: Sequence[Record]) -> Rows:
        """Whole rows of places; of physicians only the part of the place."""
        assert isinstance(history, Place)
        rows = np.zeros((len(records), len(settlement.PLAIN)), np.float32)
        for number, record in enumerate(records):
            assert isinstance(record, Encounter)
            if kind == keyed.PLACE:
                rows[number, :PERSON] = unpacked(record.part)
            rows[number, PERSON:] = settlement.place_part(history, record)
        return rows


JUDGES = (
    Plain("settlement", keyed.PLACE, "fee_over_own", 1.2),
    Plain("person", keyed.PLACE, "visits_7d", 3),
    Plain("co_visit", keyed.PLACE, "till_hour", 1.0),
    Plain("institution", keyed.PLACE, "inst_refunds", 0.02, daily=True),
    Plain("institution_drift", keyed.PLACE, "inst_shift", 0.1, daily=True),
    Plain("physician", keyed.PHYSICIAN, "inst_pace", 0.3, daily=True),
)


def tiny_panel(judges: Sequence[Judge] = JUDGES) -> ModelPanel:
    """A panel of the tiny suite that raises what breaks."""
    rules = {rule.id.rpartition(".")[2]: rule for rule in load_anomalies()}
    return ModelPanel(Bench(Tiny(judges), rules, trial=False), None, str, strict=True)


def open_tiny(models: Path, context: Context, *_: object, **__: object) -> ModelPanel:
    """In the place of `streams.anomaly.opening.open_panel`."""
    del models, context
    return tiny_panel()


def with_tiny(engine: Engine) -> Engine:
    """The engine with a panel of the tiny suite."""
    engine.panel = tiny_panel()
    return engine

"""Makes what the stream asks (`streams.anomaly.judges`) of a model that was trained and kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sqlalchemy import Connection

from alerts.cases.verdicts import Labelled, labelled
from alerts.ledger import archive
from detectors.calibration import surprise_of
from detectors.detector import Detector, chosen
from detectors.explaining import explain, numbers
from detectors.features import settlement
from detectors.features.habits import Where
from detectors.features.hits import Hit
from detectors.features.person import NUMBERS, encounter_of, unpacked
from detectors.features.verdicts import Verdict, keys_of
from detectors.model import PART, Model
from detectors.registry import all_detectors
from detectors.store.folder import Model as Stored
from detectors.store.manifest import ModelError
from detectors.triage import PART as TRIAGE_PART
from events.kinds import Settlement
from events.times import epoch
from rules.context import Context
from rules.histories.facts import Fact
from rules.histories.keyed import Place
from rules.histories.person import Person
from rules.histories.records import Encounter, Record
from rules.histories.visits import visit_of
from streams.anomaly.judges import Judge, Mode, Reasons, Rows, Scores, Unit
from streams.anomaly.telling import tell
from streams.modelling import BASELINES_PART, Scorer, open_model

_MODES: Final[Mapping[str, tuple[Mode, Unit]]] = {
    "institution": ("onset", "place"),
    "institution_drift": ("onset", "place"),
    "physician": ("onset", "physician"),
}
"""What is told of detectors, by what their alerts are about; of all others every high score."""
_REASONS: Final = 2000
_GROWING: Final = frozenset({"impossible_days"})
"""Detectors of a physician's day that more settlements can but raise."""


class FittedJudge(Struct, frozen=True):
    """Implements `Judge`: scores are surprises, thresholds those that were decided in training."""

    one: Detector
    model: Model
    threshold: float
    one_in: int
    mode: Mode
    unit: Unit
    known: dict[bytes, Reasons] = {}
    """Reasons of rows that were high before: what comes late lets rows be judged again."""

    @property
    def detector(self) -> str:
        """Its name."""
        return self.one.name

    @property
    def about(self) -> str:
        """The last part of the rule of its alerts."""
        return self.one.about

    def scores(self, rows: Rows) -> Scores:
        """How surprising each row is, -ln of a chance."""
        name = self.one.name
        raw = self.one.score(self.model.parameters[name], rows)
        return surprise_of(self.model.calibrations[name], raw)

    def ranks(self, scores: Scores) -> Scores:
        """Surprises as shares of the training data that score lower."""
        return 1.0 - np.exp(-scores)

    def drifting(self, rows: Rows, scores: Scores) -> NDArray[np.float64]:
        """The features it looks at, and its scores."""
        seen = chosen(rows, self.one.columns).astype(np.float64)
        return np.concatenate([seen, scores.reshape(-1, 1)], axis=1)

    def reasons(self, row: NDArray[np.float32]) -> Reasons:
        """What drove the score of a row."""
        content = row.tobytes()
        known = self.known.get(content)
        if known is None:
            found = explain(self.model, self.one.about, row)
            if len(self.known) >= _REASONS:
                self.known.clear()
            known = self.known[content] = Reasons(
                tuple(reason.zh for reason in found),
                tuple(reason.en for reason in found),
                numbers(found),
            )
        return known


class FittedSuite:
    """Implements `Suite` for a stored model."""

    def __init__(self, stored: Stored, where: Where) -> None:
        self._stored = stored
        self._where = where
        self._scorer = Scorer(stored)
        self._learned: dict[Labelled, Verdict | None] = {}
        self.model = stored.id
        self.trained_at = epoch(datetime.fromisoformat(stored.manifest.facts.window.last))
        self.ranks = TRIAGE_PART in stored.parts
        self.baselines: Mapping[str, Mapping[str, object]] = stored.parts.get(BASELINES_PART, {})
        self.judges: Sequence[Judge] = [_judge(one, self._scorer.model) for one in all_detectors()]

    def tell(self, person: Person, changed: Sequence[Record]) -> Sequence[Fact]:
        """Facts of a person's changed records for their places."""
        return tell(person, changed, self._where)

    def rows(self, place: Place, records: Sequence[Encounter]) -> Rows:
        """A row of `settlement.PLAIN` for each settlement at a place."""
        rows = np.empty((len(records), len(settlement.PLAIN)), NUMBERS)
        split = len(settlement.PLAIN) - len(settlement.PLACE_FEATURES)
        for number, one in enumerate(records):
            rows[number, :split] = unpacked(one.part)
            rows[number, split:] = settlement.place_part(place, one)
        return rows

    def suspicions(
        self, records: Sequence[Encounter], rows: Rows, hits: Sequence[Sequence[Hit]]
    ) -> Scores:
        """The probability that a supervisor would confirm, of each settlement."""
        named = {one.event_id: told for one, told in zip(records, hits, strict=True)}
        return self._scorer.score(rows, records, named)

    def learn(self, connection: Connection) -> None:
        """Take up the verdicts of a ledger, those it still has the settlement of."""
        if not self.ranks:
            return
        said = list(labelled(connection))
        fresh = [one for one in said if one not in self._learned]
        if not fresh:
            return
        kept = archive.find(connection, {one.event_id for one in fresh})
        events = {one.event_id: one.event for one in kept}
        for one in fresh:
            event = events.get(one.event_id)
            self._learned[one] = _verdict(one, event) if isinstance(event, Settlement) else None
        known = [verdict for one in said if (verdict := self._learned.get(one)) is not None]
        self._scorer = Scorer(self._stored, known)


def load_suite(folder: Path, context: Context) -> FittedSuite:
    """The detectors of the model in a folder. Raises ModelError."""
    stored = open_model(folder)
    if PART not in stored.parts:
        found = ", ".join(sorted(stored.parts)) or "nothing"
        raise ModelError(
            f"{folder}: found {found}, expected a part named {PART}: train it with `fundwatch"
            " train`"
        )
    try:
        return FittedSuite(stored, context)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{folder}: its detectors are not those of this fundwatch ({type(error).__name__}:"
            f" {error}): train it again with this one"
        ) from None


def _judge(one: Detector, model: Model) -> FittedJudge:
    decision = model.decisions[one.about]
    mode, unit = _MODES.get(one.about, ("each", "place"))
    if one.name in _GROWING:
        mode = "first"
    return FittedJudge(one, model, decision.threshold, decision.one_in, mode, unit)


def _verdict(said: Labelled, event: Settlement) -> Verdict:
    one: Any = encounter_of(visit_of(event))
    known_at = epoch(datetime.fromisoformat(said.known_at))
    return Verdict(keys_of(one), one.time, known_at, said.label == 1)

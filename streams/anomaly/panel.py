"""The panel of models: notes what has changed, asks once a batch, and makes findings of answers.

Scores depend on a record's own row, and thresholds are the model's, so what is found is a function
of the set of events like any rule's finding.
"""

import logging
import threading
from collections.abc import Sequence
from time import perf_counter
from typing import Final

import numpy as np

from events.times import day_of
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.history import History
from rules.histories.keyed import Place
from rules.histories.person import Person
from rules.histories.records import Encounter, Record
from rules.panel import Asked, Judged
from streams.anomaly import dirty as dirt
from streams.anomaly.answers import NameOf, answers
from streams.anomaly.bench import Bench, Meter, Seat
from streams.anomaly.comparing import Pair, Pairs
from streams.anomaly.judges import Judge, Rows, Scores
from streams.anomaly.sheets import Wanted, sheets

_LOG: Final = logging.getLogger(__name__)
_AT_ONCE: Final = 20_000
"""Rows scored in one call; more are scored in several, so that memory stays bounded."""


class ModelPanel:
    """Implements `rules.panel.Panel` with the model in use and, maybe, one in trial beside it.

    A detector that breaks is told once and judges no more; `strict` raises instead. `judge` may
    run in several threads at once, everything else belongs to the one that takes events.
    """

    def __init__(
        self, bench: Bench, trial: Bench | None, name_of: NameOf, *, strict: bool = False
    ) -> None:
        self.bench = bench
        self.trial = trial
        self.learned_ms = 0
        """When the verdicts of the ledger were last taken up, wall time."""
        self._name_of = name_of
        self._strict = strict
        self._benches = (bench,) if trial is None else (bench, trial)
        judges = [seat.judge for one in self._benches for seat in one.seats]
        self._wanted = Wanted(
            any(judge.mode != "onset" for judge in judges),
            any(judge.mode == "onset" and judge.unit == "place" for judge in judges),
            any(judge.mode == "onset" and judge.unit == "physician" for judge in judges),
        )
        self._dirty: dict[str, tuple[Place, dirt.Dirty]] = {}
        self._meter: Meter | None = None
        self._lock = threading.Lock()
        self._pairs = Pairs()
        self._silent: set[str] = set()

    def measure(self, meter: Meter) -> None:
        """Tell a meter from now on."""
        self._meter = meter
        meter.trained(self.bench.suite.model, self.bench.suite.trained_at)
        for seat in self.bench.seats:
            meter.available(seat.judge.about, yes=True)

    def take_pairs(self) -> list[Pair]:
        """Sums over the scores of both models since the last time."""
        with self._lock:
            return self._pairs.take()

    def tell(self, person: Person, changed: Sequence[Record]) -> Sequence[Fact]:
        """Facts that a person's changed records have for the histories that are judged."""
        try:
            return self.bench.suite.tell(person, changed)
        except Exception as error:
            self._failed("facts", error)
            return ()

    def note(self, kind: str, history: History, changed: Sequence[Record]) -> None:
        """Remember that records of a history are new or changed."""
        if kind != keyed.PLACE or not isinstance(history, Place):
            return
        known = self._dirty.get(history.key)
        told = [one for one in changed if isinstance(one, Encounter)]
        noted = dirt.note(known[1] if known is not None else None, history, told)
        self._dirty[history.key] = (history, noted)

    def drop(self) -> None:
        """Forget what was noted: the histories it was noted of are thrown away."""
        self._dirty.clear()

    def gather(self) -> Sequence[Asked]:
        """What is to be judged of all that was noted since the last time, as things stand now."""
        noted, self._dirty = self._dirty, {}
        asked: list[Asked] = []
        for place, dirty in noted.values():
            try:
                asked += sheets(self.bench.suite, place, dirty, self._wanted)
            except Exception as error:
                self._failed("features", error)
        return asked

    def judge(self, asked: Sequence[Asked]) -> Sequence[Judged]:
        """Judge what was gathered, in its order."""
        if not asked:
            return ()
        begun = perf_counter()
        judged: list[tuple[int, Judged]] = []
        first: dict[tuple[str, int], Scores] = {}
        for bench in self._benches:
            for seat in bench.seats:
                if seat.judge.detector not in bench.broken:
                    self._sit(bench, seat, asked, judged, first)
        if self._meter is not None:
            self._meter.took(perf_counter() - begun)
        # Changes are told in the order of the messages that led to them.
        judged.sort(key=lambda pair: pair[0])
        return [one for _, one in judged]

    def _sit(
        self,
        bench: Bench,
        seat: Seat,
        asked: Sequence[Asked],
        judged: list[tuple[int, Judged]],
        first: dict[tuple[str, int], Scores],
    ) -> None:
        """Let one judge score all rows that concern it, in one call."""
        judge = seat.judge
        unit = judge.unit if judge.mode == "onset" else None
        mine = [(number, one) for number, one in enumerate(asked) if one.rows.unit == unit]
        if not mine:
            return
        try:
            rows = np.concatenate([one.rows.rows for _, one in mine])
            pieces = range(0, len(rows), _AT_ONCE)
            scores = np.concatenate([judge.scores(rows[at : at + _AT_ONCE]) for at in pieces])
            self._account(bench, judge, rows, scores)
            at = 0
            for number, one in mine:
                here = scores[at : at + len(one.records)]
                at += len(one.records)
                if bench.trial:
                    self._pair(judge.detector, one, here, first.get((judge.detector, number)))
                elif self.trial is not None:
                    first[judge.detector, number] = here
                judged += [(number, said) for said in answers(seat, one, here, self._name_of)]
        except Exception as error:
            bench.broken.add(judge.detector)
            self._failed(judge.detector, error)
            if self._meter is not None and not bench.trial:
                self._meter.available(judge.about, yes=False)

    def _account(self, bench: Bench, judge: Judge, rows: Rows, scores: Scores) -> None:
        if self._meter is None or bench.trial:
            return
        drift = bench.drifts.get(judge.detector)
        with self._lock:
            self._meter.scored(judge.detector, judge.ranks(scores).tolist())
            if drift is not None:
                drift.add(judge.drifting(rows, scores))
                self._meter.drifted(judge.detector, drift.indices())

    def _pair(self, detector: str, one: Asked, here: Scores, other: Scores | None) -> None:
        if other is None or self.trial is None:
            return
        lead = one.rows.lead
        days = [day_of(record.time) for record in one.records[lead:]]
        key = (self.bench.suite.model, self.trial.suite.model, detector)
        with self._lock:
            self._pairs.add(key, days, other[lead:], here[lead:])

    def _failed(self, what: str, error: Exception) -> None:
        """Say once that something broke; the rules go on."""
        if self._strict:
            raise error
        if what in self._silent:
            return
        self._silent.add(what)
        _LOG.warning("models: %s broke (%s); rules go on without", what, type(error).__name__)

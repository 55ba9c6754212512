"""The panel of models: notes what has changed, asks once a batch, and makes findings of answers.

Scores depend on a record's own row, and thresholds are the model's, so what is found is a function
of the set of events like any rule's finding.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Final, NamedTuple, Protocol

import numpy as np

from detectors.drift import Drift
from events.times import day_of, moment
from rules.findings import Finding
from rules.histories.facts import Fact
from rules.histories.keyed import History, Person, Place
from rules.histories.records import Encounter, Record
from rules.panel import Asked, Judged
from rules.rule import Rule
from streams.anomaly import dirty as dirt
from streams.anomaly.comparing import Pair, Pairs
from streams.anomaly.judges import Judge, Rows, Scores, Suite

_LOG: Final = logging.getLogger(__name__)
_REASONS: Final = 4
_AT_ONCE: Final = 20_000
"""Rows scored in one call; more are scored in several, so that memory stays bounded."""


class Meter(Protocol):
    """Where a panel tells what it measures."""

    def scored(self, detector: str, scores: Iterable[float]) -> None:
        """Scores that a detector gave."""
        ...

    def took(self, seconds: float) -> None:
        """How long a batch took to score."""
        ...

    def drifted(self, detector: str, indices: Mapping[str, float]) -> None:
        """Population stability by feature."""
        ...

    def available(self, detector: str, *, yes: bool) -> None:
        """Whether a detector judges."""
        ...

    def trained(self, model: str, at: int) -> None:
        """The last event time of a model's training data."""
        ...


class Sheet(NamedTuple):
    """Rows to be scored, and what findings need of the history they come from."""

    rows: Rows
    daily: bool
    lead: int
    """Rows at the beginning that only lead up to the others."""
    weeks: Sequence[dirt.Week]
    """For each row after those, where a day is judged."""


class Seat(NamedTuple):
    """A judge with the rule of its alerts."""

    judge: Judge
    rule: Rule


class Bench:
    """One model at work: its judges by kind of history, and whether it still can judge."""

    def __init__(self, suite: Suite, rules: Mapping[str, Rule], *, trial: bool) -> None:
        self.suite = suite
        self.trial = trial
        self.seats: dict[str, list[Seat]] = {}
        for judge in suite.judges:
            rule = rules.get(judge.detector)
            if rule is not None:
                self.seats.setdefault(judge.kind, []).append(Seat(judge, rule))
        self.drifts = {
            name: Drift(baseline)
            for name, baseline in suite.baselines.items()
            if any(seat.judge.detector == name for seats in self.seats.values() for seat in seats)
        }
        self.broken: set[str] = set()


class ModelPanel:
    """Implements `rules.panel.Panel` with the model in use and, maybe, one in trial beside it."""

    def __init__(
        self,
        bench: Bench,
        trial: Bench | None,
        name_of: Callable[[str], str],
        *,
        strict: bool = False,
    ) -> None:
        self.bench = bench
        self.trial = trial
        self._pairs = Pairs()
        self._name_of = name_of
        self._strict = strict
        self._kinds = frozenset(bench.seats) | frozenset(trial.seats if trial else ())
        self._daily = {
            kind: any(
                seat.judge.daily for one in self._benches() for seat in one.seats.get(kind, ())
            )
            for kind in self._kinds
        }
        self._each = {
            kind: any(
                not seat.judge.daily for one in self._benches() for seat in one.seats.get(kind, ())
            )
            for kind in self._kinds
        }
        self._dirty: dict[tuple[str, str], tuple[Place, dirt.Dirty]] = {}
        self._meter: Meter | None = None
        self._lock = threading.Lock()
        self._silent: set[str] = set()

    def _benches(self) -> tuple[Bench, ...]:
        return (self.bench,) if self.trial is None else (self.bench, self.trial)

    def measure(self, meter: Meter) -> None:
        """Tell a meter from now on."""
        self._meter = meter
        meter.trained(self.bench.suite.model, self.bench.suite.trained_at)
        for seats in self.bench.seats.values():
            for seat in seats:
                meter.available(seat.judge.detector, yes=True)

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
        if kind not in self._kinds or not isinstance(history, Place):
            return
        place = (kind, history.key)
        known = self._dirty.get(place)
        told = [one for one in changed if isinstance(one, Encounter)]
        noted = dirt.note(known[1] if known is not None else None, history, told)
        self._dirty[place] = (history, noted)

    def drop(self) -> None:
        """Forget what was noted: the histories it was noted of are thrown away."""
        self._dirty.clear()

    def gather(self) -> Sequence[Asked]:
        """What is to be judged of all that was noted since the last time, as things stand now."""
        noted, self._dirty = self._dirty, {}
        asked: list[Asked] = []
        for (kind, _), (place, dirty) in noted.items():
            try:
                asked += self._asked(kind, place, dirty)
            except Exception as error:
                self._failed("features", error)
        return asked

    def _asked(self, kind: str, place: Place, dirty: dirt.Dirty) -> Iterator[Asked]:
        suite = self.bench.suite
        if self._each[kind]:
            records = dirt.each(place, dirty)
            if records:
                rows = suite.rows(kind, place, records)
                yield Asked(kind, place, records, Sheet(rows, False, 0, ()))
        if self._daily[kind]:
            positions, lead = dirt.days(place, dirty)
            if positions:
                records = [place.encounters[at] for at in positions]
                rows = suite.rows(kind, place, records)
                weeks = [dirt.week(place, at) for at in positions[lead:]]
                yield Asked(kind, place, records, Sheet(rows, True, lead, weeks))

    def judge(self, asked: Sequence[Asked]) -> Sequence[Judged]:
        """Judge what was gathered, in its order."""
        if not asked:
            return ()
        begun = perf_counter()
        judged: list[tuple[int, Judged]] = []
        first: dict[tuple[str, int], Scores] = {}
        for bench in self._benches():
            for kind, seats in bench.seats.items():
                for seat in seats:
                    if seat.judge.detector not in bench.broken:
                        self._sit(bench, kind, seat, asked, judged, first)
        if self._meter is not None:
            self._meter.took(perf_counter() - begun)
        # Changes are told in the order of the messages that led to them.
        judged.sort(key=lambda pair: pair[0])
        return [one for _, one in judged]

    def _sit(
        self,
        bench: Bench,
        kind: str,
        seat: Seat,
        asked: Sequence[Asked],
        judged: list[tuple[int, Judged]],
        first: dict[tuple[str, int], Scores],
    ) -> None:
        """Let one judge score all rows that concern it, in one call."""
        judge = seat.judge
        mine = [
            (number, one)
            for number, one in enumerate(asked)
            if one.kind == kind and one.rows.daily == judge.daily
        ]
        if not mine:
            return
        try:
            rows = np.concatenate([one.rows.rows for _, one in mine])
            scores = np.concatenate(
                [judge.scores(rows[at : at + _AT_ONCE]) for at in range(0, len(rows), _AT_ONCE)]
            )
            self._account(bench, judge, rows, scores)
            at = 0
            for number, one in mine:
                here = scores[at : at + len(one.records)]
                at += len(one.records)
                if bench.trial:
                    self._pair(judge.detector, one, here, first.get((judge.detector, number)))
                elif self.trial is not None:
                    first[judge.detector, number] = here
                found = (
                    self._days(seat, one, here) if judge.daily else self._each_one(seat, one, here)
                )
                judged += [(number, answer) for answer in found]
        except Exception as error:
            bench.broken.add(judge.detector)
            self._failed(judge.detector, error)
            if self._meter is not None and not bench.trial:
                self._meter.available(judge.detector, yes=False)

    def _account(self, bench: Bench, judge: Judge, rows: Rows, scores: Scores) -> None:
        drift = bench.drifts.get(judge.detector)
        with self._lock:
            if drift is not None:
                drift.add(judge.drifting(rows, scores))
            if self._meter is None or bench.trial:
                return
            self._meter.scored(judge.detector, scores.tolist())
            if drift is not None:
                self._meter.drifted(judge.detector, drift.indices())

    def _pair(self, detector: str, one: Asked, here: Scores, other: Scores | None) -> None:
        assert self.trial is not None
        if other is None or len(other) != len(here):
            return
        lead = one.rows.lead
        with self._lock:
            self._pairs.add(
                (self.bench.suite.model, self.trial.suite.model, detector),
                [day_of(record.time) for record in one.records[lead:]],
                other[lead:],
                here[lead:],
            )

    def _each_one(self, seat: Seat, one: Asked, scores: Scores) -> Iterator[Judged]:
        for number in range(len(scores)):
            record, score = one.records[number], float(scores[number])
            assert isinstance(record, Encounter)
            finding = None
            if score >= seat.judge.threshold:
                finding = self._finding(
                    seat,
                    one.rows.rows[number],
                    record,
                    score,
                    event_ids=(record.event_id,),
                    setl_ids=(record.setl_id,) if record.setl_id else (),
                    amount=record.fund + record.account,
                    involved=record.fee,
                    settlements=1,
                )
            yield Judged(seat.rule, one.kind, one.history, record.event_id, finding, one.mark)

    def _days(self, seat: Seat, one: Asked, scores: Scores) -> Iterator[Judged]:
        """Days on which a place begins to stand out after it was quiet for long enough."""
        high = [
            day_of(record.time)
            for record, score in zip(one.records, scores, strict=True)
            if score >= seat.judge.threshold
        ]
        for number in range(one.rows.lead, len(scores)):
            record, score = one.records[number], float(scores[number])
            assert isinstance(record, Encounter)
            day = day_of(record.time)
            finding = None
            quiet = not any(day - dirt.QUIET_DAYS <= other < day for other in high)
            if score >= seat.judge.threshold and quiet:
                week = one.rows.weeks[number - one.rows.lead]
                finding = self._finding(
                    seat,
                    one.rows.rows[number],
                    record,
                    score,
                    event_ids=week.event_ids,
                    setl_ids=week.setl_ids,
                    amount=week.public,
                    involved=week.fee,
                    settlements=week.settlements,
                )
            about = moment(record.time).date().isoformat()
            yield Judged(seat.rule, one.kind, one.history, about, finding, one.mark)

    def _finding(
        self,
        seat: Seat,
        row: Rows,
        record: Encounter,
        score: float,
        *,
        event_ids: tuple[str, ...],
        setl_ids: tuple[str, ...],
        amount: int,
        involved: int,
        settlements: int,
    ) -> Finding:
        judge = seat.judge
        why = judge.reasons(row)
        evidence = {
            "place": self._name_of(record.inst),
            "doctor": record.doctor,
            "settled_at": record.time,
            "period": moment(record.time).date().isoformat(),
            "fee_fen": involved,
            "settlements": settlements,
            "score": round(score, 4),
            "threshold": round(judge.threshold, 4),
            "one_in": judge.one_in,
            "why_zh": "；".join(why.zh[:_REASONS]),
            "why_en": "; ".join(why.en[:_REASONS]),
            "features": {name: round(value, 4) for name, value in why.numbers.items()},
            "model": self._suite_of(seat).model,
        }
        return Finding(
            event_ids=event_ids,
            setl_ids=setl_ids,
            amount=amount,
            first=record.time,
            last=record.time,
            area=record.area,
            evidence=evidence,
            involved=involved,
            withdrawn=bool(record.rev_at) and not judge.daily,
        )

    def _suite_of(self, seat: Seat) -> Suite:
        for bench in self._benches():
            if any(seat is other for seats in bench.seats.values() for other in seats):
                return bench.suite
        return self.bench.suite

    def _failed(self, what: str, error: Exception) -> None:
        """Say once that something broke; the rules go on."""
        if self._strict:
            raise error
        if what in self._silent:
            return
        self._silent.add(what)
        _LOG.warning("models: %s broke (%s); rules go on without", what, type(error).__name__)

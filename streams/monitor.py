"""The embedded monitor: one process, one SQLite file, one transaction a batch.

A batch of events, the state they leave, their alerts with the journal, their dead letters, their
archive and the position of the source are committed together or not at all. After a kill the
next run goes on exactly where the last commit was.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from alerts.alert import Alert, alert_of
from alerts.ledger import Ledger, archive, reading, trials, writing
from alerts.risk.budget import load_budget
from events.deadletters import DeadLetter
from events.kinds import Event
from events.readers import Read, Record
from events.times import DAY, epoch
from rules.engine import Change
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.keyed import Place
from rules.histories.records import AnyRecord
from streams.anomaly.opening import panel_of, ranker_of
from streams.archived import archived
from streams.assembly import Assembly, assemble
from streams.ledger_metrics import serve_ledger
from streams.metrics import Metrics
from streams.pipeline import Pipeline
from streams.prechecks.overlay import consider
from streams.reloading import PolicyWatch, enter
from streams.risk_metrics import RiskWatch
from streams.settings import Settings
from streams.sharing import timely
from streams.state import LongReadError, SqliteHistories, SqliteReader, prepare

_LOG: Final = logging.getLogger(__name__)
LEDGER: Final = "ledger.sqlite"
_SWEEP_EVERY: Final = 500
_RANK_MS: Final = 2000
"""How often alerts are ranked at most, wall time."""


def open_ledger(folder: Path, *, create: bool = True) -> Ledger:
    """The ledger of an embedded run's folder. Raises LedgerError if there is none to open."""
    return Ledger.open(
        f"sqlite:///{folder / LEDGER}", create=create, created_ms=int(time.time() * 1000)
    )


class Taken(NamedTuple):
    """What became of a batch."""

    events: int
    alerts: list[Alert]
    refused: list[DeadLetter]


class Position(NamedTuple):
    """How far a source has been read; `fingerprint` tells whether it is still the same source."""

    source: str
    position: int
    fingerprint: str = ""


class Monitor:
    """Takes batches and commits them. Safe to call from several threads, one batch at a time."""

    def __init__(
        self, folder: Path, assembly: Assembly, settings: Settings, metrics: Metrics | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.engine = assemble(assembly)
        self.settings = settings
        self.ledger = open_ledger(folder)
        self.metrics = metrics or Metrics(self.engine.context.institutions)
        context = self.engine.context
        self.risk = RiskWatch(
            self.ledger,
            context.policy,
            context.reference,
            load_budget(assembly.reference),
            settings.risk_seconds,
        )
        serve_ledger(
            self.metrics.registry,
            self.ledger,
            self.metrics.area,
            context.institutions,
            settings.figures_seconds,
            [self.risk.reading(self.metrics.area)],
        )
        self._panel = panel_of(self.engine, self.metrics, wanted=assembly.models is not None)
        self.policy = PolicyWatch(self.engine.context, assembly, self.metrics)
        self._lock = threading.Lock()
        self._connection = self.ledger.engine.connect()
        raw = self._connection.connection.driver_connection
        assert raw is not None
        prepare(raw)
        self._histories = SqliteHistories(raw, settings.cache_histories)
        self._reader = SqliteReader(folder / LEDGER, self._histories)
        self._pipeline = Pipeline(self.engine, self._histories)
        self._batches = 0
        self._moved: list[AnyRecord] = []
        self._generation = self.ledger.generation
        self._ranker = ranker_of(self._panel)
        self._ranked_ms = 0

    def position(self, source: str) -> Position | None:
        """How far a source was read at the last commit."""
        with self.ledger.read() as connection:
            known = reading.position(connection, source)
        if known is None:
            return None
        return Position(known.source, known.position, known.fingerprint)

    def take(
        self,
        reads: Sequence[Read],
        positions: Iterable[Position] = (),
        *,
        arrived: float | None = None,
    ) -> Taken:
        """Process and commit a batch. If anything fails, nothing of it has happened.

        `arrived` is when its first record came in, by `time.perf_counter`.
        """
        asked = time.perf_counter() if arrived is None else arrived
        with self._lock:
            begun = time.perf_counter()
            self._histories.trim()
            self._refresh_policy()
            try:
                with self._connection.begin():
                    taken, events, fresh = self._take(reads, positions)
            except BaseException:
                self._histories.abandon()
                if self._panel is not None:
                    self._panel.drop()
                self._moved.clear()
                raise
            ended = time.perf_counter()
            self.metrics.taken(events, fresh)
            self.metrics.flow.moved(self._moved)
            self._moved.clear()
            self.metrics.raised(taken.alerts, fresh)
            self.metrics.seen(ended - asked, len(taken.alerts))
            self._measure(taken, events, reads, ended - begun)
            return taken

    def refresh_policy(self) -> None:
        """Take up changed policy files now, between batches; `take` does so by itself."""
        with self._lock:
            self._refresh_policy()

    def _refresh_policy(self) -> None:
        taken = self.policy.look()
        if taken is not None:
            with self._connection.begin():
                enter(self._connection, taken, int(time.time() * 1000), "monitor")
            self.policy.told(taken)

    def _take(
        self, reads: Sequence[Read], positions: Iterable[Position]
    ) -> tuple[Taken, list[Event], list[Event]]:
        now_ms = int(time.time() * 1000)
        latest = now_ms // 1000 + DAY
        kept: list[Record] = []
        refused: list[DeadLetter] = []
        for read in reads:
            told = read if isinstance(read, DeadLetter) else timely(read, latest)
            if isinstance(told, DeadLetter):
                refused.append(told)
            else:
                kept.append(told)
        events = [record.event for record in kept]
        changes, fresh = self._look(events)
        alerts, tried = trials.parted(alert_of(change, self._generation) for change in changes)
        self._histories.save(changes)
        writing.record(self._connection, alerts, now_ms)
        if self._panel is not None:
            trials.record_trials(self._connection, tried, now_ms)
            trials.add_pairs(self._connection, [one._asdict() for one in self._panel.take_pairs()])
        writing.refuse(self._connection, refused, now_ms)
        for position in positions:
            writing.move(self._connection, *position)
        archive.keep(self._connection, [archived(record) for record in kept])
        if now_ms - self._ranked_ms >= _RANK_MS:
            self._rank(now_ms)
        self._batches += 1
        if self._batches % _SWEEP_EVERY == 0:
            self._histories.forget(self._pipeline.watermark)
        return Taken(len(events), alerts, refused), events, fresh

    def _rank(self, now_ms: int) -> int:
        """Rank open alerts in the open transaction; how many were taken up."""
        ranker, self._ranked_ms = self._ranker, now_ms
        if ranker is None:
            return 0
        try:
            plan = ranker.plan(self._connection, now_ms)
            known = ranker.known(plan.settlements, self._place)
            ranker.rank(self._connection, plan, known, now_ms)
        except SQLAlchemyError:
            raise
        except Exception as error:
            # Ranks are worth no batch: what a model cannot do must not stop the rules.
            self._ranker = None
            _LOG.warning("models: ranking broke (%s); alerts have none", type(error).__name__)
            return 0
        return len(plan.alerts)

    def _place(self, inst: str) -> Place | None:
        history = self._histories.get(keyed.PLACE, inst)
        return history if isinstance(history, Place) else None

    def rank(self) -> None:
        """Rank whatever alerts have no rank yet, if there is a triage model."""
        with self._lock:
            while True:
                with self._connection.begin():
                    taken = self._rank(int(time.time() * 1000))
                if not taken:
                    return

    def _look(self, events: Sequence[Event]) -> tuple[list[Change], list[Event]]:
        """The changes that follow from events, and those events that were not here before."""
        changes: list[Change] = []
        fresh: list[Event] = []
        onward: list[Fact] = []
        self._histories.prefetch(keyed.PERSON, {e.psn_no for e in events if e.psn_no})
        turns = self._histories.turns
        for event in events:
            again = self._pipeline.again
            with turns:
                onward += self._pipeline.enter(event, changes)
            if self._pipeline.again == again:
                fresh.append(event)
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for fact in onward:
            keys[fact.kind].add(fact.key)
        for kind, wanted in keys.items():
            self._histories.prefetch(kind, wanted)
        for fact in onward:
            with turns:
                new = self._pipeline.receive(fact, changes)
            if new and fact.kind == keyed.ACCOUNT:
                self._moved.append(fact.record)
        self.engine.finish(changes)
        return changes, fresh

    def _measure(
        self, taken: Taken, events: Sequence[Event], reads: Sequence[Read], seconds: float
    ) -> None:
        metrics = self.metrics
        metrics.refused(taken.refused)
        metrics.seconds.observe(seconds)
        if reads:
            metrics.per_event.set(seconds / len(reads))
        again, self._pipeline.again = self._pipeline.again, 0
        metrics.again.inc(again)
        metrics.watermark.set(self._pipeline.watermark)
        for event in events:
            metrics.lateness.observe(max(0, self._pipeline.watermark - epoch(event.event_time)))
        unknown = sum(len(read.unknown) for read in reads if not isinstance(read, DeadLetter))
        metrics.unknown.inc(unknown)
        metrics.broke(self.engine.failures)

    def sizes(self) -> Mapping[str, int]:
        """Records remembered, by kind of history."""
        with self._lock:
            return self._histories.sizes()

    def consider(self, event: Event) -> list[Change]:
        """What would change about alerts if an event were taken now; nothing is kept of it.

        Safe to call from any thread, while a batch is being taken too: it sees what that batch
        has done so far, and waits for one event at most.
        """
        return consider(self.engine, self._reader.copies, event)

    def consider_quickly(self, event: Event) -> list[Change] | None:
        """The same; None where much would have to be read for it. For one thread."""
        try:
            return consider(self.engine, self._reader.quick_copies, event)
        except LongReadError:
            return None

    def check(self, event: Event) -> list[Alert]:
        """The alerts an event would raise or change now; nothing is kept of it."""
        return [alert_of(change, self._generation) for change in self.consider(event)]

    def close(self) -> None:
        """Close the ledger."""
        self.risk.stop()
        with self._lock:
            self._reader.close()
            self._connection.close()
            self.ledger.close()

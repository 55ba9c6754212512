"""What a worker counts, beside the metrics every runner has."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from alerts.ledger.trials import parted
from events.times import epoch
from rules.histories import keyed
from streams.metrics import Metrics
from streams.worker.stages import Stage, Taken

_QUICK: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Counts:
    """Metrics of one worker. What is read from the log again to rebuild state is not counted."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        here = metrics.registry
        self.facts = Counter("fundwatch_facts", "Facts sent to places", registry=here)
        self.strays = Counter(
            "fundwatch_misplaced_events",
            "Events found in a partition that is not their key's, and sent to theirs",
            registry=here,
        )
        self.missed = Counter(
            "fundwatch_missed_messages",
            "Messages deleted by retention before a state had seen them",
            ["stage"],
            registry=here,
        )
        for stage in ("persons", "places"):
            # Counted from 0 on, or the first loss would be no increase.
            self.missed.labels(stage)
        self.waiting = Histogram(
            "fundwatch_acknowledge_seconds",
            "Time until what a batch led to was acknowledged and committed",
            buckets=_QUICK,
            registry=here,
        )
        self.ledger = Gauge(
            "fundwatch_ledger_reachable", "Whether the ledger took the last batch", registry=here
        )
        self.ledger.set(1)

    def took(self, stage: Stage, taken: Taken, again: int, working: float, whole: float) -> None:
        """Count a chunk: seconds of processing and in all, and what came of it."""
        metrics = self.metrics
        metrics.seconds.observe(whole)
        self.waiting.observe(whole - working)
        metrics.refused(taken.letters)
        metrics.raised(parted(taken.alerts)[0], taken.fresh)
        metrics.again.inc(again)
        metrics.flow.moved(taken.moved)
        if keyed.PERSON not in stage.kinds:
            return
        self.facts.inc(len(taken.onward))
        self.strays.inc(len(taken.strays))
        metrics.unknown.inc(taken.unknown)
        metrics.taken(taken.events, taken.fresh)
        if taken.events:
            metrics.per_event.set(working / len(taken.events))
        watermark = taken.position.watermark
        metrics.watermark.set(watermark)
        for event in taken.events:
            metrics.lateness.observe(max(0, watermark - epoch(event.event_time)))

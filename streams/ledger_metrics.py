"""Metrics read from the ledger, at most every few seconds however often they are asked for.

The embedded run and the desk serve them. Where several processes serve the same ledger each shows
all of it: take the maximum over them, not the sum.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from alerts.ledger import Ledger
from alerts.ledger.figures import VERDICT_BUCKETS, Figures, read_figures
from rules.reference import InstitutionEntry
from streams.flow_metrics import level_label

_LOG: Final = logging.getLogger(__name__)
Reading = Callable[[Connection], Iterable[Metric]]
"""Reads metrics in a transaction of the ledger."""


class LedgerMetrics(Collector):
    """A collector that keeps what it read for some seconds."""

    def __init__(self, ledger: Ledger, readings: Sequence[Reading], seconds: float) -> None:
        self._ledger = ledger
        self._readings = readings
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: list[Metric] = []
        self._read_at = float("-inf")
        self._good_at = 0.0

    def describe(self) -> Iterable[Metric]:
        """Nothing: a registry that is told of this collector must not read the ledger for it."""
        return []

    def collect(self) -> Iterator[Metric]:
        """What the ledger said last; where it does not answer, what it said before."""
        with self._lock:
            now = time.monotonic()
            if now - self._read_at >= self._seconds:
                self._read()
                self._read_at = time.monotonic()
            kept = list(self._kept)
        yield from kept
        yield GaugeMetricFamily(
            "fundwatch_ledger_read_seconds",
            "When the figures of the ledger were last read, seconds since 1970; 0 for never",
            self._good_at,
        )

    def _read(self) -> None:
        found: list[Metric] = []
        try:
            with self._ledger.read() as connection:
                for reading in self._readings:
                    found += reading(connection)
        except SQLAlchemyError as error:
            _LOG.warning("the figures of the ledger were not read: %s", type(error).__name__)
            return
        self._kept, self._good_at = found, time.time()


def serve_ledger(
    registry: CollectorRegistry,
    ledger: Ledger,
    area: Callable[[str], str],
    institutions: Mapping[str, InstitutionEntry],
    seconds: float,
    more: Sequence[Reading] = (),
) -> None:
    """Have a registry show the figures of a ledger, and what more readings tell."""

    def figures(connection: Connection) -> Iterable[Metric]:
        return families(read_figures(connection), area, institutions)

    registry.register(LedgerMetrics(ledger, [figures, *more], seconds))


def families(
    figures: Figures,
    area: Callable[[str], str],
    institutions: Mapping[str, InstitutionEntry],
) -> Iterator[Metric]:
    """Figures as metrics."""
    yield from _alerts(figures, area)
    yield from _institutions(figures, institutions)
    yield from _work(figures)
    letters = GaugeMetricFamily(
        "fundwatch_dead_letters", "Dead letters kept in the ledger", labels=["reason"]
    )
    for reason, number in figures.dead_letters:
        letters.add_metric([reason], number)
    yield letters
    yield GaugeMetricFamily(
        "fundwatch_journal_entries", "Entries of the ledger's journal", figures.journal
    )


def _alerts(figures: Figures, area: Callable[[str], str]) -> Iterator[Metric]:
    labels = ["rule", "family", "severity", "area"]
    number = GaugeMetricFamily(
        "fundwatch_open_alerts", "Open alerts of the ledger, now", labels=labels
    )
    money = GaugeMetricFamily(
        "fundwatch_open_amount_yuan", "Money in breach in open alerts, yuan", labels=labels
    )
    summed: dict[tuple[str, str, str, str], list[int]] = {}
    for one in figures.open:
        # Areas beyond the bound share a label.
        key = (one.rule, one.family, str(one.severity), area(one.area))
        total = summed.setdefault(key, [0, 0])
        total[0] += one.alerts
        total[1] += one.amount
    for key, (alerts, fen) in summed.items():
        number.add_metric(key, alerts)
        money.add_metric(key, fen / 100)
    yield from (number, money)


def _institutions(
    figures: Figures, institutions: Mapping[str, InstitutionEntry]
) -> Iterator[Metric]:
    labels = ["institution", "name", "level"]
    number = GaugeMetricFamily(
        "fundwatch_institution_open_alerts",
        "Open alerts about an institution, of those with most money in them",
        labels=labels,
    )
    money = GaugeMetricFamily(
        "fundwatch_institution_open_amount_yuan",
        "Money in breach in open alerts about an institution, yuan",
        labels=labels,
    )
    for one in figures.institutions:
        known = institutions.get(one.code)
        name = known.name if known is not None and known.name else one.code
        level = "unknown" if known is None else level_label(known.level, known.kind)
        number.add_metric([one.code, name, level], one.alerts)
        money.add_metric([one.code, name, level], one.amount / 100)
    yield from (number, money)


def _work(figures: Figures) -> Iterator[Metric]:
    cases = GaugeMetricFamily(
        "fundwatch_cases", "Cases by where they stand", labels=["status", "area"]
    )
    for status, where, number in figures.cases:
        cases.add_metric([status, where or "other"], number)
    yield cases
    verdicts = GaugeMetricFamily(
        "fundwatch_verdicts", "Alerts confirmed or dismissed", labels=["rule", "verdict"]
    )
    for one in figures.verdicts:
        verdicts.add_metric([one.rule, one.verdict], one.alerts)
    yield verdicts
    for name, meaning, money in (
        ("fundwatch_confirmed_yuan", "Money confirmed by verdicts, yuan", figures.confirmed),
        ("fundwatch_recovered_yuan", "Money that came back, yuan", figures.recovered),
    ):
        gauge = GaugeMetricFamily(name, meaning, labels=["area"])
        for where, fen in money:
            gauge.add_metric([where or "other"], fen / 100)
        yield gauge
    times = HistogramMetricFamily(
        "fundwatch_time_to_verdict_seconds",
        "From an alert's first writing to the verdict on it",
        labels=[],
    )
    bounds = [
        (str(float(bound)), float(number))
        for bound, number in zip(VERDICT_BUCKETS, figures.times.up_to, strict=True)
    ]
    bounds.append(("+Inf", float(figures.times.verdicts)))
    times.add_metric([], buckets=bounds, sum_value=figures.times.seconds)
    yield times

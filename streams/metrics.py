"""Metrics of one process, in its own registry. No label holds anything about a person.

Areas are the six-digit codes of where people are insured, or where the institution is when no
person is involved; anything else is counted as `other`, so that what a sender makes up cannot
multiply the series.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from alerts.alert import Alert
from events.deadletters import DeadLetter
from events.kinds import Event
from events.times import DAY, HOUR, MINUTE
from rules.reference import InstitutionEntry
from streams.flow_metrics import Flow
from streams.model_metrics import ModelMetrics

_AREA: Final = re.compile(r"\d{6}\Z", re.ASCII)
_MOST_AREAS: Final = 500
_LATE: Final = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY, 365 * DAY)
_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_VISIBLE: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)


class Metrics:
    """What a runner counts and measures; `institutions` tell the levels of institutions."""

    def __init__(self, institutions: Mapping[str, InstitutionEntry] | None = None) -> None:
        self.registry = CollectorRegistry()
        here = self.registry
        # Memory, files and the start of the process, by the names every Prometheus client uses.
        ProcessCollector(registry=here)
        self.events = Counter(
            "fundwatch_events", "Events taken in", ["event_type", "area"], registry=here
        )
        self.again = Counter("fundwatch_events_again", "Events delivered again", registry=here)
        self.rejected = Counter("fundwatch_rejected", "Records refused", ["reason"], registry=here)
        self.unknown = Counter(
            "fundwatch_unknown_fields", "Fields the contract does not know, kept out", registry=here
        )
        self.alerts = Counter(
            "fundwatch_alert_changes",
            "Changes of alerts by what happened",
            ["rule", "family", "severity", "area", "status"],
            registry=here,
        )
        self.amount = Counter(
            "fundwatch_amount_at_risk_yuan",
            "Money in breach in alerts when first raised, yuan",
            ["rule", "area"],
            registry=here,
        )
        self.seconds = Histogram(
            "fundwatch_batch_seconds",
            "Time to process and commit a batch",
            buckets=_QUICK,
            registry=here,
        )
        self.per_event = Gauge(
            "fundwatch_event_seconds", "Processing time per event of the last batch", registry=here
        )
        self.lateness = Histogram(
            "fundwatch_lateness_seconds",
            "How far an event lies behind the latest one seen, event time",
            buckets=_LATE,
            registry=here,
        )
        self.watermark = Gauge(
            "fundwatch_watermark_seconds",
            "Latest event time seen, seconds since 1970",
            registry=here,
        )
        self.lag = Gauge(
            "fundwatch_lag_records", "Records not yet read", ["source", "partition"], registry=here
        )
        self.state = Gauge(
            "fundwatch_state_records", "Records remembered", ["history"], registry=here
        )
        self.failures = Gauge(
            "fundwatch_rule_failures",
            "Records on which a rule broke since the start; its log line says where",
            ["rule"],
            registry=here,
        )
        self.visible = Histogram(
            "fundwatch_alert_visible_seconds",
            "From the arrival of an event at the intake to its alert standing in the ledger;"
            " on workers in whole seconds, from the time Kafka appended the event",
            buckets=_VISIBLE,
            registry=here,
        )
        self.feed = Histogram(
            "fundwatch_feed_seconds",
            "From an alert's commit to its being sent to a page that follows the feed",
            buckets=_VISIBLE,
            registry=here,
        )
        self.policy_reloads = Counter(
            "fundwatch_policy_reloads",
            "Changed policy files that were taken, unchanged in meaning, or refused as wrong",
            ["outcome"],
            registry=here,
        )
        for outcome in ("taken", "unchanged", "refused"):
            self.policy_reloads.labels(outcome)
        self.exports = Counter(
            "fundwatch_exports",
            "Scheduled exports: made, there already, failed",
            ["outcome"],
            registry=here,
        )
        for outcome in ("made", "there", "failed"):
            self.exports.labels(outcome)
        self.prechecks = Counter(
            "fundwatch_prechecks",
            "Verdicts before payment: pass, remind, hold, unknown",
            ["verdict"],
            registry=here,
        )
        self.precheck_seconds = Histogram(
            "fundwatch_precheck_seconds",
            "Time to answer a question before payment",
            buckets=_QUICK,
            registry=here,
        )
        self._areas: set[str] = set()
        self.flow = Flow(here, self.area, institutions or {})

        self.models = ModelMetrics(here)

    def area(self, code: str) -> str:
        """The area as a label."""
        if code in self._areas:
            return code
        if not _AREA.match(code) or len(self._areas) >= _MOST_AREAS:
            return "other"
        self._areas.add(code)
        return code

    def taken(self, events: Iterable[Event], fresh: Iterable[Event]) -> None:
        """Count events by kind and area; of those that came for the first time also the money."""
        self.flow.taken(fresh)
        counted: dict[tuple[str, str], int] = {}
        for event in events:
            kind = str(event.__struct_config__.tag)
            label = (kind, self.area(event.insuplc_admdvs or event.fixmedins_code[1:7]))
            counted[label] = counted.get(label, 0) + 1
        for label, number in counted.items():
            self.events.labels(*label).inc(number)

    def refused(self, letters: Iterable[DeadLetter]) -> None:
        """Count dead letters by reason."""
        for letter in letters:
            self.rejected.labels(letter.reason).inc()

    def raised(self, alerts: Sequence[Alert], events: Iterable[Event] = ()) -> None:
        """Count changes of alerts, and the money of those raised for the first time.

        `events` are those the alerts followed from, as far as they are known here.
        """
        self.flow.raised(alerts, events)
        for alert in alerts:
            area = self.area(alert.area)
            self.alerts.labels(
                alert.rule_id, alert.family, str(alert.sev_deg), area, alert.status
            ).inc()
            if alert.revision == 1 and alert.status == "open":
                self.amount.labels(alert.rule_id, area).inc(max(float(alert.amount), 0.0))

    def seen(self, seconds: float, alerts: int) -> None:
        """Alerts stand in the ledger, so long after the events behind them arrived."""
        for _ in range(alerts):
            self.visible.observe(max(seconds, 0.0))

    def sent(self, seconds: float) -> None:
        """An alert went to a page that follows the feed, so long after its commit."""
        self.feed.observe(max(seconds, 0.0))

    def broke(self, failures: Mapping[str, int]) -> None:
        """Set how often each rule broke."""
        for rule, number in failures.items():
            self.failures.labels(rule).set(number)

    def prechecked(self, verdict: str, seconds: float) -> None:
        """Count a verdict before payment and the time it took."""
        self.prechecks.labels(verdict).inc()
        self.precheck_seconds.observe(seconds)

    def remembered(self, sizes: Mapping[str, int]) -> None:
        """Set the size of the state by kind of history."""
        for kind, number in sizes.items():
            self.state.labels(kind).set(number)

    def text(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)

"""Metrics of models, in the registry of a runner. Labels are names of detectors and features."""

from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Histogram

_SHARES: Final = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class ModelMetrics:
    """Implements `streams.anomaly.panel.Meter`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.scores = Histogram(
            "fundwatch_model_scores",
            "Scores as shares of the training data that score lower",
            ["detector"],
            buckets=_SHARES,
            registry=registry,
        )
        self.psi = Gauge(
            "fundwatch_model_drift_psi",
            "Population stability index of what is scored against the training data; from 0.25 on"
            " the model should be trained again",
            ["detector", "feature"],
            registry=registry,
        )
        self.trained_at = Gauge(
            "fundwatch_model_trained_seconds",
            "Last event time of the training data, seconds since 1970",
            ["model"],
            registry=registry,
        )
        self.seconds = Histogram(
            "fundwatch_model_scoring_seconds",
            "Time to score what a batch changed",
            buckets=_QUICK,
            registry=registry,
        )
        self.ready = Gauge(
            "fundwatch_model_available",
            "Whether a detector judges; 0 where its model is missing or broke",
            ["detector"],
            registry=registry,
        )

    def scored(self, detector: str, scores: Iterable[float]) -> None:
        """Count scores."""
        observe = self.scores.labels(detector).observe
        for score in scores:
            observe(score)

    def took(self, seconds: float) -> None:
        """Count a batch that was scored."""
        self.seconds.observe(seconds)

    def drifted(self, detector: str, indices: Mapping[str, float]) -> None:
        """Set the population stability by feature."""
        for feature, index in indices.items():
            self.psi.labels(detector, feature).set(index)

    def available(self, detector: str, *, yes: bool) -> None:
        """Set whether a detector judges."""
        self.ready.labels(detector).set(int(yes))

    def trained(self, model: str, at: int) -> None:
        """Set how old a model is."""
        self.trained_at.labels(model).set(at)

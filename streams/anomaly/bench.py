"""A model at work: its judges with the rules of their alerts, and what it measures."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from detectors.drift import Drift
from rules.rule import Rule
from streams.anomaly.judges import Judge, Suite


class Meter(Protocol):
    """Where a panel tells what it measures."""

    def scored(self, detector: str, scores: Iterable[float]) -> None:
        """Scores that a detector gave, as shares of the training data below."""
        ...

    def took(self, seconds: float) -> None:
        """How long a batch took to score."""
        ...

    def drifted(self, detector: str, indices: Mapping[str, float]) -> None:
        """Population stability by feature."""
        ...

    def available(self, detector: str, *, yes: bool) -> None:
        """Whether what an anomaly rule is about is judged."""
        ...

    def trained(self, model: str, at: int) -> None:
        """The last event time of a model's training data."""
        ...


class Seat(NamedTuple):
    """A judge with the rule of its alerts, and the id of the model it is of."""

    judge: Judge
    rule: Rule
    model: str


class Bench:
    """One model at work. `rules` are the anomalies that are wanted, by what they are about."""

    def __init__(self, suite: Suite, rules: Mapping[str, Rule], *, trial: bool) -> None:
        self.suite = suite
        self.trial = trial
        self.seats = [
            Seat(judge, rules[judge.about], suite.model)
            for judge in suite.judges
            if judge.about in rules
        ]
        names = {seat.judge.detector for seat in self.seats}
        self.drifts = {
            name: Drift(baseline) for name, baseline in suite.baselines.items() if name in names
        }
        self.broken: set[str] = set()
        """Detectors that broke, and judge no more until the next start."""

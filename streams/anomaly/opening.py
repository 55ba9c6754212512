"""Opens the models of a folder for a runner. Whatever is wrong with them is said, and rules run."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import structs

from alerts.ledger.trials import PREFIX
from detectors.store.catalogue import pointers
from detectors.store.manifest import ModelError
from rules.context import Context
from rules.engine import Engine
from rules.registry import load_anomalies
from rules.rule import Rule
from streams.metrics import Metrics

if TYPE_CHECKING:
    from streams.anomaly.bench import Bench
    from streams.anomaly.panel import ModelPanel
    from streams.anomaly.ranking import Ranker

_LOG: Final = logging.getLogger(__name__)


def open_panel(
    models: Path, context: Context, rules: Sequence[Rule], *, strict: bool = False
) -> "ModelPanel | None":
    """The panel of the model in use in a folder, with the one in trial beside it.

    None, and a warning that says why, where there is none that can be used. `rules` are the
    anomalies that are wanted; `strict` raises instead (ModelError, and what breaks later).
    """
    from streams.anomaly.panel import ModelPanel

    try:
        found = pointers(models)
        if found.active is None:
            raise ModelError(
                f"{models}: no model is active: choose one with `fundwatch models activate NAME"
                f" --models {models}`"
            )
        bench = _bench(found.active, context, rules, trial=False)
    except ModelError as error:
        if strict:
            raise
        _LOG.warning("no anomaly models, rules run without: %s", error)
        return None
    trial = None
    if found.shadow is not None and found.shadow != found.active:
        try:
            trial = _bench(found.shadow, context, rules, trial=True)
        except ModelError as error:
            if strict:
                raise
            _LOG.warning("no model in trial: %s", error)
    return ModelPanel(bench, trial, context.name_of, strict=strict)


def _bench(folder: Path, context: Context, rules: Sequence[Rule], *, trial: bool) -> "Bench":
    from streams.anomaly.bench import Bench
    from streams.anomaly.suites import load_suite

    suite = load_suite(folder, context)
    mine = [on_trial(rule) if trial else rule for rule in rules]
    return Bench(suite, {rule.id.rpartition(".")[2]: rule for rule in mine}, trial=trial)


def on_trial(rule: Rule) -> Rule:
    """The rule under which a model in trial is told, apart from the alerts."""
    meta = structs.replace(rule.meta, id=PREFIX + rule.id)
    return Rule(meta, rule.check, rule.kind, rule.records, rule.subject)


def panel_of(engine: Engine, metrics: Metrics, *, wanted: bool) -> "ModelPanel | None":
    """The engine's panel of models, from now on measured; `wanted` where one was asked for."""
    if not wanted:
        return None
    from streams.anomaly.panel import ModelPanel

    for rule in load_anomalies():
        metrics.models.available(rule.id.rpartition(".")[2], yes=False)
    if not isinstance(engine.panel, ModelPanel):
        return None
    engine.panel.measure(metrics.models)
    return engine.panel


def ranker_of(panel: "ModelPanel | None") -> "Ranker | None":
    """Who ranks alerts with the panel's model, where it has a triage model."""
    if panel is None or not panel.bench.suite.ranks:
        return None
    from streams.anomaly.ranking import Ranker

    return Ranker(panel.bench.suite)

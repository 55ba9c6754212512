"""`make evaluate`: detectors and triage on simulated data, forward in time, as a page of docs.

The stream is simulated with its labelled frauds, and frauds no rule describes are planted into its
later part (`benchmarks.planted`). Detectors are fitted on the days before, the triage on verdicts
(every fraud and a fifth of the rest, known a week later) of the same days; everything is measured
on the days after, of which neither has seen anything.
"""

import argparse
import csv
import os
import platform
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from benchmarks.planted import PLANTED, TYPOLOGIES, plant
from detectors.detector import Scores
from detectors.features.hits import Hit
from detectors.model import Model
from detectors.registry import all_detectors
from events.times import DAY, day_of, epoch
from rules.context import Context
from rules.reference import load_reference
from rules.rule import ANOMALY
from simulation import simulate
from streams.assembly import Assembly
from streams.modelling import Scorer, Span, open_model, train
from streams.replay import replay
from streams.training import Told, collect, read_records, rows_of

BEGIN: Final = 0.6
"""Part of the days before which everything is learned."""
BUDGET: Final = 10
"""Settlements a day that are looked at."""
OUT: Final = Path(__file__).parent.parent / "docs" / "evaluation.md"
_DELAY: Final = 7 * DAY


class _Table(Struct):
    """Scores of the later settlements, by who gave them, and what these settlements are."""

    scores: dict[str, Scores]
    typology: list[str]
    """Empty for what is no fraud."""
    ruled: NDArray[np.bool_]
    """Whether an alert of a rule names it."""
    days: NDArray[np.int64]
    decided: Sequence[str] = ()


def evaluate(persons: int, days: int, seed: int) -> Iterator[str]:
    """The lines of the page."""
    with tempfile.TemporaryDirectory(prefix="fundwatch-evaluate-") as place:
        folder = Path(place)
        simulate(folder, seed=seed, persons=persons, days=days)
        events = folder / "planted.ndjson"
        labels = {**_labels(folder / "labels.csv")}
        planted = plant(folder / "events.ndjson", events, seed, BEGIN)
        labels |= planted
        table, rules = _measure(folder, events, labels, seed)
    frauds = np.array([bool(name) for name in table.typology])
    yield "# Evaluation of detectors and triage\n"
    yield (
        "Made by `make evaluate`; do not edit. **No real claims data was available.** Everything"
        " here is measured on simulated people with simulated frauds, and on frauds planted by"
        " `benchmarks/planted.py` that no rule describes. Real data is dirtier, real fraud is"
        " cleverer, and the share of fraud here is far above any real one: the figures compare"
        " detectors with each other and with the next version, nothing else.\n"
    )
    yield (
        f"Command: `python -m benchmarks.evaluation --persons {persons} --days {days} --seed"
        f" {seed}`, on {platform.machine()}, {os.cpu_count()} cores, Python"
        f" {platform.python_version()}.\n"
    )
    yield (
        f"Learned on the first {BEGIN:.0%} of the days, measured on the rest: {len(frauds)}"
        f" settlements, {int(frauds.sum())} of them frauds, {int(table.ruled.sum())} named by an"
        f" alert of the {rules} rules. The budget is {BUDGET} settlements a day.\n"
    )
    yield "## By detector and together\n"
    yield "Chance finds a fraud with a probability of " + f"{frauds.mean():.3f}.\n"
    yield "| scores | average precision | precision at the budget | recall | not seen by rules |"
    yield "|---|---|---|---|---|"
    for name, scores in table.scores.items():
        top = _top(scores, table.days)
        found = top & frauds
        yield (
            f"| {name} | {average_precision_score(frauds, scores):.3f} |"
            f" {found.sum() / max(top.sum(), 1):.3f} | {found.sum() / max(frauds.sum(), 1):.3f} |"
            f" {int((found & ~table.ruled).sum())} |"
        )
    yield ""
    yield "The last column counts frauds within the budget that no rule names.\n"
    yield from table.decided
    yield "## Recall by typology\n"
    yield (
        "Share of a typology's settlements that the rules name, and that come within the daily"
        " budget of each score. `drift`, `impossible_day`, `ring` and `habits` are planted.\n"
    )
    names = list(table.scores)
    yield "| typology | settlements | rules | " + " | ".join(names) + " |"
    yield "|---|---|---|" + "---|" * len(names)
    tops = {name: _top(scores, table.days) for name, scores in table.scores.items()}
    kinds = np.array(table.typology)
    for kind in sorted(set(table.typology) - {""}):
        mine = kinds == kind
        shares = " | ".join(f"{tops[name][mine].mean():.2f}" for name in names)
        yield f"| {kind} | {int(mine.sum())} | {table.ruled[mine].mean():.2f} | {shares} |"
    yield ""


def _decided(
    model: Model,
    plain: NDArray[np.float32],
    table: _Table,
    raised: Mapping[str, Sequence[bool]],
) -> Iterator[str]:
    """What comes over the thresholds that training decided on, by kind of alert.

    `raised` has an entry for each alert of the stream: whether it names a fraud.
    """
    span = int(table.days.max() - table.days.min()) + 1
    frauds = np.array([bool(name) for name in table.typology])
    kinds = np.array(table.typology)
    yield "## At the thresholds that training decides on\n"
    yield (
        "Settlements over the threshold of each kind of alert; the stream tells an institution or a"
        " physician once, not at every settlement. The last column is the share of each planted"
        " typology's settlements over it. Alerts are those that `fundwatch replay --models` raises"
        " in the same days, right those that name a fraud or what was"
        " planted with it (an impossible day is told before its 60th patient, from whom on its"
        " settlements count as frauds).\n"
    )
    yield "| alert | surprise from | settlements | of them frauds | alerts | right | planted |"
    yield "|---|---|---|---|---|---|---|"
    for about, scores in sorted(model.about(plain).items()):
        decision = model.decisions[about]
        over = scores >= decision.threshold
        shares = ", ".join(f"{kind} {over[kinds == kind].mean():.2f}" for kind in TYPOLOGIES)
        yield (
            f"| anomaly.{about} | {decision.threshold:.1f} | {int(over.sum())} |"
            f" {int((over & frauds).sum())} | {len(raised[about])} |"
            f" {sum(raised[about])} | {shares} |"
        )
    drifting = [name for name in table.typology if name == "drift"]
    yield ""
    yield (
        f"The drifting hospital has {len(drifting)} settlements from two weeks after its fees began"
        f" to rise, {len(drifting) / max(span - 14, 1):.1f} a day.\n"
    )


def _measure(
    folder: Path, events: Path, labels: Mapping[str, str], seed: int
) -> tuple[_Table, int]:
    assembly = Assembly(reference=folder / "reference")
    outcome = replay([events], assembly, workers=1)
    hits = _hits(outcome.alerts)
    context = Context(load_reference(folder / "reference"))
    records = read_records([events])
    times = [record.time for _, record in records]
    cut = int(times[0] + (times[-1] - times[0]) * BEGIN)
    rng = Random(seed)
    told = {
        record.event_id: Told(record.event_id in labels, record.time + _DELAY)
        for _, record in records
        if record.event_id in labels or rng.random() < 0.2
    }
    known = {name: one for name, one in told.items() if one.known_at <= cut + _DELAY}
    scored: dict[str, Scores] = {}
    later = rows_of(collect(records, context, cut + 1, times[-1]))
    from datetime import UTC, datetime

    for name, verdicts, alerts in (("triage", known, {}), ("triage with rules", known, hits)):
        train(
            [events],
            context,
            folder / "model",
            span=Span(times[0], cut),
            told=verdicts,
            alerts=alerts,
            seed=seed,
            command="evaluation",
            created=datetime.now(UTC),
            progress=lambda _doing, _done: None,
        )
        scorer = Scorer(open_model(folder / "model"))
        if not scored:
            scored = _detectors(scorer.model, later.plain)
        scored[name] = scorer.score(later.plain, later.encounters, alerts)
    table = _Table(
        scored,
        [labels.get(one.event_id, "") for one in later.encounters],
        np.array([one.event_id in hits for one in later.encounters]),
        np.array([day_of(one.time) for one in later.encounters]),
    )
    raised = _raised(events, folder, labels, cut)
    table.decided = tuple(_decided(scorer.model, later.plain, table, raised))
    return table, len({alert.rule_id for alert in outcome.alerts})


def _raised(
    events: Path, folder: Path, labels: Mapping[str, str], cut: int
) -> defaultdict[str, list[bool]]:
    """What the stream with the model tells after the cut: by kind, whether it names a fraud."""
    assembly = Assembly(reference=folder / "reference", rules=(ANOMALY,), models=folder / "model")
    raised: defaultdict[str, list[bool]] = defaultdict(list)
    for alert in replay([events], assembly, workers=1).alerts:
        if epoch(alert.last_event_time) > cut:
            named = any(name in labels or name.startswith(PLANTED) for name in alert.event_ids)
            raised[alert.rule_id.removeprefix(f"{ANOMALY}.")].append(named)
    return raised


def _detectors(model: Model, plain: NDArray[np.float32]) -> dict[str, Scores]:
    told = model.surprises(plain)
    return {
        **{one.name: told[one.name] for one in all_detectors()},
        "all detectors": model.combined(plain),
    }


def _hits(alerts: Iterable[object]) -> dict[str, list[Hit]]:
    from alerts.alert import Alert

    found: dict[str, list[Hit]] = {}
    for alert in alerts:
        assert isinstance(alert, Alert)
        hit = Hit(alert.family, alert.sev_deg, int(alert.amount * 100))
        for name in alert.event_ids:
            found.setdefault(name, []).append(hit)
    return found


def _labels(path: Path) -> dict[str, str]:
    with path.open(newline="") as file:
        return {
            row["event_id"]: row["typology"]
            for row in csv.DictReader(file)
            if row["near_miss"] == "0"
        }


def _top(scores: Scores, days: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The highest of each day within the budget, without what scores like the lowest."""
    chosen = np.zeros(len(scores), np.bool_)
    floor = scores.min()
    for day in np.unique(days):
        here = np.flatnonzero(days == day)
        best = here[np.argsort(-scores[here], kind="stable")[:BUDGET]]
        chosen[best[scores[best] > floor]] = True
    return chosen


def main(arguments: Sequence[str] | None = None) -> None:
    """Evaluate and write the page."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__)
    options.add_argument("--persons", type=int, default=2400)
    options.add_argument("--days", type=int, default=120)
    options.add_argument("--seed", type=int, default=11)
    options.add_argument("--out", type=Path, default=OUT)
    chosen = options.parse_args(arguments)
    text = "\n".join(evaluate(chosen.persons, chosen.days, chosen.seed)).rstrip() + "\n"
    chosen.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

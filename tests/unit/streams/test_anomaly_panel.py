"""The panel of models over an embedded run: trial, ranks, faults, and what is told of them."""

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs
from sqlalchemy import select

from alerts.alert import Alert
from alerts.ledger.schema import ALERTS
from alerts.ledger.score_tables import EVENT_SCORES
from alerts.ledger.triage_tables import TRIAGE
from alerts.ledger.trial_tables import TRIAL_ALERTS
from alerts.table import rows_of
from detectors.features.hits import Hit
from events.kinds import Settlement
from events.readers import Read, Record, open_sources
from rules.histories.records import Encounter
from rules.registry import load_anomalies
from simulation import simulate
from streams.anomaly import opening
from streams.anomaly.agreement import compare
from streams.anomaly.bench import Bench
from streams.anomaly.judges import Judge, Rows, Scores
from streams.anomaly.panel import ModelPanel
from streams.assembly import Assembly, assemble
from streams.monitor import Monitor
from streams.replay import replay
from streams.settings import Settings
from tests.models.tiny import JUDGES, Plain, Tiny, bench_of


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small stream."""
    folder = tmp_path_factory.mktemp("stream")
    simulate(folder, seed=11, persons=500, days=45)
    return folder


@pytest.fixture
def judged(stream: Path) -> Assembly:
    """Models alone; the folder is not looked at."""
    return Assembly(reference=stream / "reference", models=stream, rules=("anomaly",))


def use(monkeypatch: pytest.MonkeyPatch, active: Bench, trial: Bench | None = None) -> None:
    """Open these models wherever models are opened."""

    def opened(*_: object, **__: object) -> ModelPanel:
        return ModelPanel(active, trial, str)

    monkeypatch.setattr(opening, "open_panel", opened)


def batches(stream: Path, size: int = 500) -> Iterator[list[Read]]:
    reads = list(open_sources([stream / "events.ndjson"]))
    for start in range(0, len(reads), size):
        yield reads[start : start + size]


def run(stream: Path, assembly: Assembly, data: Path) -> tuple[Monitor, list[Alert]]:
    """A monitor that has taken the stream, and the changes of alerts it told."""
    monitor = Monitor(data, assembly, Settings())
    alerts = [alert for batch in batches(stream) for alert in monitor.take(batch).alerts]
    return monitor, alerts


def metric(monitor: Monitor, line: str) -> float:
    """The value of a sample by its name and labels."""
    for text in monitor.metrics.text().decode().splitlines():
        if text.startswith(line + " "):
            return float(text.rpartition(" ")[2])
    raise AssertionError(f"no {line}")


def test_an_alert_says_why_in_both_languages_and_is_never_a_clear_breach(
    stream: Path, judged: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, bench_of(JUDGES))
    alerts = replay([stream / "events.ndjson"], judged, workers=1).alerts

    assert alerts
    for alert in alerts:
        assert alert.family == "anomaly"
        assert alert.sev_deg in {2, 3}
        assert alert.evidence["why_zh"] in alert.message_zh
        assert alert.evidence["why_en"] in alert.message_en
        assert "?" not in alert.message_zh + alert.message_en
        assert alert.evidence["model"] == "tiny"
        assert alert.event_ids
        assert alert.setl_ids
        assert alert.involved > 0


def test_a_place_is_told_once_until_it_was_quiet(
    stream: Path, judged: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    always = Plain("institution", "hour", -1, "onset")
    use(monkeypatch, bench_of([always]))
    alerts = replay([stream / "events.ndjson"], judged, workers=1).alerts
    told: dict[str, list[datetime]] = {}
    for alert in alerts:
        told.setdefault(alert.subject, []).append(alert.last_event_time)
    assert len(told) > 10
    for times in told.values():
        days = sorted(time.date() for time in times)
        assert all(later - day > timedelta(days=7) for day, later in pairwise(days))
    assert max(len(alert.event_ids) for alert in alerts) <= 20


def test_a_model_in_trial_raises_nothing_and_is_compared(
    stream: Path, judged: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = [structs.replace(judge, threshold=judge.threshold * 1.3) for judge in JUDGES]
    use(monkeypatch, bench_of(JUDGES), bench_of(strict, model="strict", trial=True))
    monitor, alerts = run(stream, judged, tmp_path)

    with monitor.ledger.read() as connection:
        tried = connection.execute(select(TRIAL_ALERTS)).all()
        kept = connection.execute(select(ALERTS.c.rule_id, ALERTS.c.event_ids)).all()
        labels = {event: True for alert in alerts for event in alert.event_ids}
        agreements = {one.detector: one for one in compare(connection, "tiny", "strict", labels)}
    monitor.close()

    assert {row.rule_id.partition(".")[0] for row in kept} == {"anomaly"}
    assert 0 < len(tried) < len(kept)
    assert set(agreements) == {judge.detector for judge in JUDGES}
    settled = agreements["fee_over_own"]
    assert settled.correlation == pytest.approx(1)
    assert settled.trial.alerts == settled.both < settled.active.alerts
    assert settled.overlap == pytest.approx(settled.trial.alerts / settled.active.alerts)
    assert settled.active.precision == settled.trial.precision == 1
    assert settled.active.alerts_a_day == pytest.approx(settled.active.alerts / settled.days)
    assert settled.records > 500


def test_alerts_of_rules_and_models_are_ranked_alike(
    stream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, bench_of(JUDGES, ranks=True))
    everything = Assembly(reference=stream / "reference", models=stream)
    monitor, _ = run(stream, everything, tmp_path)
    monitor.rank()

    with monitor.ledger.read() as connection:
        ranks = {row.alert_id: row.score for row in connection.execute(select(TRIAGE))}
        scores = {row.event_id: row.score for row in connection.execute(select(EVENT_SCORES))}
        alerts = connection.execute(
            select(ALERTS.c.alert_id, ALERTS.c.family, ALERTS.c.event_ids, ALERTS.c.status)
        ).all()
    monitor.close()

    families = {row.family for row in alerts if row.alert_id in ranks}
    assert "anomaly" in families
    assert len(families) > 2
    for row in alerts:
        if row.status == "open":
            known = [scores[event] for event in json.loads(row.event_ids) if event in scores]
            assert ranks.get(row.alert_id) == (max(known) if known else None)


def test_open_alerts_are_ranked_anew_by_the_model_that_comes_to_use(
    stream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = Assembly(reference=stream / "reference", models=stream)
    use(monkeypatch, bench_of(JUDGES, ranks=True))
    before, _ = run(stream, everything, tmp_path)
    before.rank()
    before.close()

    use(monkeypatch, bench_of(JUDGES, model="next", ranks=True))
    monitor = Monitor(tmp_path, everything, Settings())
    monitor.rank()
    with monitor.ledger.read() as connection:
        models = connection.execute(
            select(TRIAGE.c.model, ALERTS.c.status).join(
                ALERTS, ALERTS.c.alert_id == TRIAGE.c.alert_id
            )
        ).all()
    monitor.close()

    assert {row.model for row in models if row.status == "open"} == {"next"}


class Broken(Plain, frozen=True):
    """Judges nothing ever."""

    def scores(self, rows: Rows) -> Scores:
        """Breaks."""
        raise ValueError(f"{len(rows)} rows")


def test_a_detector_that_breaks_is_told_once_and_stops_nobody(
    stream: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    judges: Sequence[Judge] = [Broken("settlement", "hour", 0), *JUDGES[1:]]
    use(monkeypatch, bench_of(judges))
    everything = Assembly(reference=stream / "reference", models=stream)
    rules = rows_of(replay([stream / "events.ndjson"], Assembly(stream / "reference")).alerts)
    with caplog.at_level(logging.WARNING):
        monitor, alerts = run(stream, everything, tmp_path)

    found = {alert.rule_id for alert in alerts}
    assert "anomaly.settlement" not in found
    assert "anomaly.person" in found
    assert {row.alert_id for row in rules} <= {alert.alert_id for alert in alerts}
    told = [record for record in caplog.records if "hour broke" in record.message]
    assert len(told) == 1
    assert metric(monitor, 'fundwatch_model_available{detector="settlement"}') == 0
    assert metric(monitor, 'fundwatch_model_available{detector="person"}') == 1
    assert metric(monitor, 'fundwatch_model_scores_count{detector="visits_7d"}') > 500
    assert metric(monitor, "fundwatch_model_scoring_seconds_count") > 1
    monitor.close()


class NoRanks(Tiny, frozen=True):
    """A suite whose triage model breaks."""

    def suspicions(
        self, records: Sequence[Encounter], rows: Rows, hits: Sequence[Sequence[Hit]]
    ) -> Scores:
        """Breaks."""
        raise ValueError(f"{len(records)} {len(rows)} {len(hits)}")


def test_a_triage_model_that_breaks_costs_ranks_and_nothing_else(
    stream: Path,
    judged: Assembly,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    rules = {rule.id.rpartition(".")[2]: rule for rule in load_anomalies()}
    use(monkeypatch, Bench(NoRanks(JUDGES, ranks=True), rules, trial=False))
    with caplog.at_level(logging.WARNING):
        monitor, alerts = run(stream, judged, tmp_path)
        monitor.rank()
    with monitor.ledger.read() as connection:
        ranks = connection.execute(select(TRIAGE)).all()
    monitor.close()
    assert len(alerts) > 20
    assert ranks == []
    assert len([one for one in caplog.records if "ranking broke" in one.message]) == 1


@pytest.mark.parametrize("content", [None, "gone\n"])
def test_without_a_model_that_can_be_used_the_rules_run(
    stream: Path, tmp_path: Path, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    if content is not None:
        (models / "active").write_text(content)
    with caplog.at_level(logging.WARNING):
        engine = assemble(Assembly(reference=stream / "reference", models=models))
    assert engine.panel is None
    assert len(engine.rules) > 20
    (told,) = [record.message for record in caplog.records if "anomaly models" in record.message]
    assert "fundwatch models activate" in told

    monitor = Monitor(tmp_path / "data", Assembly(models=models), Settings())
    assert metric(monitor, 'fundwatch_model_available{detector="settlement"}') == 0
    monitor.close()


def test_before_payment_only_rules_are_asked(
    stream: Path, judged: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    always = Plain("settlement", "hour", -1)
    use(monkeypatch, bench_of([always]))
    monitor = Monitor(tmp_path, judged, Settings())
    reads = list(open_sources([stream / "events.ndjson"]))
    settlements = [
        read for read in reads if isinstance(read, Record) and isinstance(read.event, Settlement)
    ]
    assert monitor.check(settlements[0].event) == []
    taken = monitor.take(settlements)
    ids = {read.event.event_id for read in settlements}
    assert len({alert.alert_id for alert in taken.alerts}) == len(ids) > 500
    monitor.close()


def test_rows_are_scored_in_few_calls(
    stream: Path, judged: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    class Counting(Plain, frozen=True):
        def scores(self, rows: Rows) -> Scores:
            calls.append(len(rows))
            return np.zeros(len(rows))

    use(monkeypatch, bench_of([Counting("settlement", "hour", 1)]))
    monitor, _ = run(stream, judged, tmp_path)
    monitor.close()
    assert len(calls) <= len(list(batches(stream)))
    assert max(calls) > 100


def test_a_suite_without_detectors_judges_nothing(
    stream: Path, judged: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Bench(Tiny(()), {}, trial=False))
    assert replay([stream / "events.ndjson"], judged, workers=1).alerts == []

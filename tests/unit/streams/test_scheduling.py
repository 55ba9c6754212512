"""Exports at the times of an expression: what is over then, once, in a process of its own."""

import threading
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.exports.manifest import MANIFEST, decode
from alerts.exports.periods import Kind
from events.times import CST
from streams.assembly import Assembly
from streams.cli import cli
from streams.metrics import Metrics
from streams.monitor import Monitor
from streams.scheduling import Exporter, ScheduleError, exporter_of, schedule_of
from streams.settings import Settings
from tests.unit.streams.test_reloading import reads

AT = datetime(2024, 4, 1, 6, 0, tzinfo=CST).timestamp()


@pytest.mark.parametrize(
    ("cron", "kind"),
    [
        ("0 6 1 * *", "month"),
        ("0 6 1 1,4,7,10 *", "quarter"),
        ("0 6 1 1,7 *", "half"),
        ("0 6 * * mon", "week"),
        ("30 2 * * *", "day"),
    ],
)
def test_an_expression_suggests_its_period(cron: str, kind: Kind) -> None:
    schedule = schedule_of(cron)

    assert schedule is not None
    assert schedule.kind == kind
    assert schedule.last(AT + 1) <= AT + 1 < schedule.next(AT + 1)


def test_times_are_those_of_china() -> None:
    schedule = schedule_of("0 6 1 * *", "quarter")

    assert schedule is not None
    assert schedule.next(AT - 1) == schedule.last(AT + 1) == AT
    assert schedule.kind == "quarter"
    assert schedule_of(" ") is None


@pytest.mark.parametrize("cron", ["0 6 1 *", "x 6 1 * *", "0 25 1 * *", "0 6 1 * * *"])
def test_what_is_no_expression_is_refused(cron: str, tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match="found the schedule"):
        schedule_of(cron)
    done = CliRunner().invoke(cli, ["run", "--data", str(tmp_path), "--export-cron", cron])
    assert done.exit_code == 2


def made(tmp_path: Path, cron: str = "0 6 1 * *") -> tuple[Exporter, Metrics, Path]:
    """An exporter over a run that saw one settlement in March."""
    data = tmp_path / "data"
    monitor = Monitor(data, Assembly(), Settings())
    monitor.take(reads("2024-03-20", 1))
    monitor.close()
    metrics = Metrics()
    settings = Settings().model_copy(update={"export_cron": cron})
    exporter = exporter_of(settings, Assembly(), metrics, data)
    assert exporter is not None
    return exporter, metrics, data / "exports"


def test_what_is_over_is_exported_once(tmp_path: Path) -> None:
    exporter, metrics, folder = made(tmp_path)

    assert [exporter.export(AT), exporter.export(AT + 60)] == ["made", "there"]
    manifest = decode((folder / "2024-03" / MANIFEST).read_bytes())
    assert manifest.period.name == "2024-03"
    assert manifest.events == 1
    (folder / "2024-03" / "export.xlsx").write_bytes(b"")
    assert exporter.export(AT) == "made"
    assert b'fundwatch_exports_total{outcome="made"} 2.0' in metrics.text()


def test_a_failed_export_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    exporter, metrics, folder = made(tmp_path)
    (folder / "2024-03").mkdir(parents=True)
    (folder / "2024-03" / "mine.txt").write_text("x", encoding="utf-8")

    assert exporter.export(AT) == "failed"
    assert "mine.txt" in caplog.text
    assert b'fundwatch_exports_total{outcome="failed"} 1.0' in metrics.text()


def test_what_fell_due_is_made_up_for(tmp_path: Path) -> None:
    exporter, metrics, folder = made(tmp_path)
    stopped = threading.Event()
    stopped.set()
    exporter.run(stopped)
    assert not folder.exists()

    exporter.export(AT)
    exporter.run(stopped)
    assert len(list(folder.iterdir())) == 2
    assert b'fundwatch_exports_total{outcome="made"} 2.0' in metrics.text()


def test_a_cluster_needs_a_folder() -> None:
    settings = Settings().model_copy(update={"export_cron": "0 6 1 * *"})

    with pytest.raises(ScheduleError, match="FUNDWATCH_EXPORT_FOLDER"):
        exporter_of(settings, Assembly(), Metrics(), None)

"""Workers take up a changed policy without a restart, and enter it into the journal once."""

import signal
from decimal import Decimal
from pathlib import Path

from alerts.ledger import Ledger, reading
from alerts.ledger.configuring import LOADED, RELOADED, Configured, configurations
from tests.integration.workers import Installation
from tests.services.kafka import Kafka
from tests.services.processes import until
from tests.unit.streams.test_reloading import overlay, reads


def feed(installation: Installation, folder: Path, day: str, number: int) -> None:
    """Feed what happens on a day to a person of their own."""
    file = folder / f"{number}.ndjson"
    records = [read.raw for read in reads(day, number)]
    file.write_bytes(b"\n".join(records) + b"\n")
    installation.feed(file)
    installation.settle()


def entered(installation: Installation) -> list[Configured]:
    """The configurations in the journal."""
    with Ledger.open(installation.ledger, create=False) as ledger, ledger.read() as connection:
        return configurations(connection)


def test_a_value_changes_while_two_workers_run(
    kafka: Kafka, postgres_db: str, tmp_path: Path
) -> None:
    (tmp_path / "reference").mkdir()
    installation = Installation(kafka.bootstrap, postgres_db, tmp_path / "reference", tmp_path)
    file = tmp_path / "deductible.yaml"
    overlay(file, ("2023-01-01", "800"))
    options = ["--policy", str(file), "--rules", "benefit.deductible_skipped"]
    with (
        installation.worker(tmp_path / "a", more=options) as one,
        installation.worker(tmp_path / "b", more=options) as other,
    ):
        feed(installation, tmp_path, "2024-03-01", 1)
        overlay(file, ("2023-01-01", "800"), ("2024-03-15", "600"))
        for worker in (one, other):
            worker.process.child.send_signal(signal.SIGHUP)
        feed(installation, tmp_path, "2024-03-20", 2)
        until(lambda: len(entered(installation)) == 2, "the change to be entered")
        feed(installation, tmp_path, "2024-03-02", 3)

    with Ledger.open(postgres_db, create=False) as ledger, ledger.read() as connection:
        found = {alert.event_ids: alert.evidence for alert in reading.standing(connection)}
    told = {ids[0]: evidence["deductible"] for ids, evidence in found.items()}
    assert told == {"s1": Decimal(800), "s2": Decimal(600), "s3": Decimal(800)}
    assert [one.action for one in entered(installation)] == [LOADED, RELOADED]
    assert entered(installation)[1].changed[0].after == "600.00 yuan"

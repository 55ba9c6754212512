"""One of several workers exports what is over, by Faust's crontab, from the workers' ledger."""

import os
from pathlib import Path

from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pytest import MonkeyPatch

from alerts.exports.manifest import MANIFEST, decode
from streams.cli import cli
from tests.integration.workers import Installation
from tests.services.kafka import Kafka
from tests.services.processes import until
from tests.unit.streams.test_reloading import reads


def test_two_workers_write_one_export(
    kafka: Kafka, postgres_db: str, tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder = tmp_path / "exports"
    monkeypatch.setenv("FUNDWATCH_SIGNING_KEY", pem.decode())
    monkeypatch.setenv("FUNDWATCH_EXPORT_CRON", "* * * * *")
    monkeypatch.setenv("FUNDWATCH_EXPORT_KIND", "month")
    monkeypatch.setenv("FUNDWATCH_EXPORT_FOLDER", str(folder))
    (tmp_path / "reference").mkdir()
    installation = Installation(kafka.bootstrap, postgres_db, tmp_path / "reference", tmp_path)
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"\n".join(read.raw for read in reads("2024-03-20", 1)) + b"\n")

    with (
        installation.worker(tmp_path / "a") as one,
        installation.worker(tmp_path / "b") as other,
    ):
        installation.feed(file)
        installation.settle()

        def made() -> list[float]:
            name = 'fundwatch_exports_total{outcome="made"} '
            pages = [worker.page("/metrics")[1].decode() for worker in (one, other)]
            lines = [line for page in pages for line in page.splitlines() if line.startswith(name)]
            return sorted(float(line.removeprefix(name)) for line in lines)

        until(lambda: made()[-1:] == [1.0], "an export by one of the workers", 180)
        assert made() == [0.0, 1.0]

    (out,) = folder.iterdir()
    assert CliRunner().invoke(cli, ["verify", str(out), "--ledger", postgres_db]).exit_code == 0
    month = ["export", "--period", "2024-03", "--out", str(tmp_path / "march")]
    done = CliRunner().invoke(cli, month, env={**os.environ, "FUNDWATCH_POSTGRES": postgres_db})
    assert done.exit_code == 0, done.output
    assert decode((tmp_path / "march" / MANIFEST).read_bytes()).events == 1

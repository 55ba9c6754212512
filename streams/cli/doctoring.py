"""`fundwatch doctor`: what is in order on this machine, and what is not."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from alerts.ledger.journal import Verified, verify_journal
from rules.histories.digests import BUILT_IN
from streams.assembly import assemble
from streams.cli.options import FOLDER, assembly_of, assembly_options
from streams.monitor import LEDGER, open_ledger
from streams.settings import Settings


class Finding(NamedTuple):
    """One thing that was looked at: `ok`, `warning` or `failed`."""

    what: str
    state: str
    detail: str


@click.command()
@assembly_options
@click.option("--data", type=FOLDER, help="Folder of an embedded run to look at.")
@click.option("--json", "as_json", is_flag=True)
def doctor(data: Path | None, as_json: bool, **choices: Any) -> None:
    """Look at settings, rules, reference data, policy and ledger, and say what is wrong."""
    found = list(_looked(data, choices))
    if as_json:
        click.echo(json.dumps([finding._asdict() for finding in found], ensure_ascii=False))
    else:
        for finding in found:
            click.echo(f"{finding.state:8} {finding.what}: {finding.detail}")
    if any(finding.state == "failed" for finding in found):
        sys.exit(1)


def _looked(data: Path | None, choices: dict[str, Any]) -> Iterator[Finding]:
    settings = Settings()
    versions = {name: version(name) for name in ("msgspec", "sqlalchemy", "faust-streaming")}
    told = ", ".join(f"{name} {number}" for name, number in versions.items())
    yield Finding("program", "ok", f"Python {sys.version.split()[0]}, {told}")
    yield Finding("SQLite", "ok", sqlite3.sqlite_version)
    if settings.pseudonym_key.get_secret_value().encode() == BUILT_IN:
        yield Finding(
            "pseudonym key",
            "warning",
            "the built-in key is in use; set FUNDWATCH_PSEUDONYM_KEY before real data comes in",
        )
    else:
        yield Finding("pseudonym key", "ok", "set")
    assembly = assembly_of(settings, choices)
    if assembly.reference is None:
        yield Finding("reference data", "warning", "none given; checks that need it stay silent")
    engine = assemble(assembly)
    reference = engine.context.reference
    yield Finding("rules", "ok", f"{len(engine.rules)} loaded")
    yield Finding(
        "reference data",
        "ok",
        f"{len(reference.institutions)} institutions, {len(reference.catalogue)} catalogue codes",
    )
    if assembly.models is not None:
        yield _models(assembly.models, judges=engine.panel is not None)
    if data is not None:
        yield _ledger(data)


def _models(folder: Path, *, judges: bool) -> Finding:
    """The model in use; `judges` tells whether it could be loaded."""
    from detectors.store.catalogue import pointers
    from detectors.store.manifest import ModelError, read_manifest

    try:
        active = pointers(folder).active
        manifest = read_manifest(active) if active is not None else None
    except ModelError as error:
        return Finding("models", "failed", str(error))
    if active is None or manifest is None:
        return Finding("models", "warning", f"none in use in {folder}; rules run without")
    told = f"{active.name} ({manifest.id}), trained on data up to {manifest.facts.window.last[:10]}"
    if not judges:
        return Finding("models", "failed", f"{told}, cannot be used; the log line above says why")
    return Finding("models", "ok", told)


def _ledger(data: Path) -> Finding:
    if not (data / LEDGER).is_file():
        return Finding("ledger", "failed", f"none in {data}")
    with open_ledger(data, create=False) as ledger, ledger.read() as connection:
        outcome = verify_journal(connection)
    state = "ok" if isinstance(outcome, Verified) else "failed"
    return Finding("ledger", state, str(outcome))


COMMANDS: Final = (doctor,)

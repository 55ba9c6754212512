"""`fundwatch export` and `fundwatch verify`: a period for the file, and proof that it is whole."""

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from alerts.exports.build import ExportError
from alerts.exports.keys import BadKeyError
from alerts.exports.periods import FORMS, PeriodError, period_of
from alerts.exports.verifying import Verification, against_ledger, verify_export
from alerts.ledger import Ledger
from rules.histories.digests import use_key
from streams.cli.options import FILE, FOLDER, NEW_FOLDER, progress_bar, require_ledger
from streams.exporting import Sources, make_export
from streams.monitor import open_ledger
from streams.settings import Settings


@click.command()
@click.option("--period", required=True, help=f"{FORMS}; China Standard Time, by event time.")
@click.option("--data", type=FOLDER, help="Folder of an embedded run.")
@click.option("--ledger", "url", help="Or the ledger's SQLAlchemy URL; FUNDWATCH_POSTGRES.")
@click.option("--reference", type=FOLDER, help="Folder of reference CSV files, budget included.")
@click.option("--out", required=True, type=NEW_FOLDER, help="Folder to write into.")
@click.option(
    "--policy",
    "policy",
    type=FILE,
    multiple=True,
    help="Overlays to name the parameters by; those in the ledger's journal by default.",
)
@click.option("--knowledge", type=FOLDER, help="Imported knowledge points, for their digest.")
@click.option("--models", type=FOLDER, help="Folder of models, for their digest.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest.")
def export(period: str, data: Path | None, url: str | None, out: Path, **told: Any) -> None:
    """Write a period's workbook, Parquet and CSV tables, journal and signed manifest.

    The same ledger, reference and period give the same bytes. The key that signs is made in DATA
    on first use, or is FUNDWATCH_SIGNING_KEY (a PEM file, or its text).
    """
    as_json = told.pop("as_json")
    settings = Settings()
    try:
        wanted = period_of(period)
    except PeriodError as error:
        raise click.BadParameter(str(error), param_hint="--period") from None
    sources = Sources(data=data, **told)
    try:
        with closing(_opened(settings, data, url)) as ledger, progress_bar("adding up") as counted:
            done = _Counting(counted)
            manifest = make_export(ledger, wanted, sources, settings, out, done)
    except (ExportError, BadKeyError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(manifest), ensure_ascii=False))
        return
    click.echo(
        f"{wanted.name}: {manifest.events} events added up, {manifest.rows['alerts']} alerts,"
        f" {manifest.rows['cases']} cases, {len(manifest.files)} files in {out}\n"
        f"journal head {manifest.journal.seq} {manifest.journal.hash}\n"
        f"signed by {manifest.key}; check with: fundwatch verify {out}"
    )


class _Counting:
    """Adds up what is done, for a progress bar that is told totals."""

    def __init__(self, told: Any) -> None:
        self._told = told
        self._done = 0

    def __call__(self, more: int) -> None:
        self._done += more
        self._told(self._done)


def _opened(settings: Settings, data: Path | None, url: str | None) -> Ledger:
    """The ledger of a folder or at a URL; an older one gets the tables it lacks."""
    if data is None and url is None and "postgres" in settings.model_fields_set:
        url = settings.postgres.get_secret_value()
    if (data is None) == (url is None):
        raise click.UsageError("give --data or --ledger, or set FUNDWATCH_POSTGRES")
    use_key(settings.pseudonym_key.get_secret_value().encode())
    if data is None:
        return Ledger.open(str(url))
    require_ledger(data)
    return open_ledger(data)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--public-key", "key", type=FILE, help="The key it must be signed with.")
@click.option("--data", type=FOLDER, help="Check that this run's journal still holds its head.")
@click.option("--ledger", "url", help="The same of a ledger at a SQLAlchemy URL.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def verify(
    folder: Path, key: Path | None, data: Path | None, url: str | None, *, as_json: bool
) -> None:
    """Check that an export is as it was made: files, signature, journal. Needs nothing but FOLDER.

    Exits with 1 where anything was changed, is missing or was added, and says what.
    """
    found = verify_export(folder, key)
    problems = list(found.problems)
    if found.manifest is not None and (data or url):
        with closing(_opened(Settings(), data, url)) as ledger, ledger.read() as connection:
            problems += against_ledger(connection, found.manifest)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "good": not problems,
                    "problems": problems,
                    "key": found.key,
                    "trusted": found.trusted,
                    "period": found.manifest.period.name if found.manifest else None,
                },
                ensure_ascii=False,
            )
        )
    else:
        _say(found, problems, folder)
    if problems:
        sys.exit(1)


def _say(found: Verification, problems: list[str], folder: Path) -> None:
    for problem in problems:
        click.echo(f"fundwatch: {folder}: {problem}", err=True)
    if problems or found.manifest is None:
        return
    manifest = found.manifest
    click.echo(
        f"{folder}: whole. {manifest.period.name}, {len(manifest.files)} files, journal up to"
        f" {manifest.journal.seq}, signed by {found.key}"
    )
    if not found.trusted:
        click.echo("compare that key with the one you know, or give it with --public-key", err=True)


COMMANDS: Final = (export, verify)

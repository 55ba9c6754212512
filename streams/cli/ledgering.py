"""`fundwatch ledger`: carry a ledger to another database, verify it, give its events out again."""

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import click

from alerts.ledger import Ledger, archive
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.carrying import carry as carry_over
from alerts.ledger.journal import Broken, verify_journal
from rules.histories.digests import use_key
from streams.cli.options import FOLDER, progress_bar, require_ledger
from streams.monitor import open_ledger
from streams.settings import Settings

_SHOWN: Final = 20


@click.group()
def ledger() -> None:
    """The ledger: alerts, journal, cases, dead letters, archive of events."""


@ledger.command()
@click.option("--from", "source", required=True, help="URL of the ledger, sqlite:///PATH.")
@click.option("--to", "target", required=True, help="URL of an empty one, postgresql://...")
@click.option("--json", "as_json", is_flag=True, help="Print what was carried as JSON.")
def carry(source: str, target: str, *, as_json: bool) -> None:
    """Carry everything of a ledger over into an empty one, journal and hashes included.

    The state of the rules is not in it: workers build theirs from the events, which
    `fundwatch ledger events` gives out for `fundwatch feed`.
    """
    _use_key()
    with (
        closing(Ledger.open(source, create=False)) as old,
        closing(Ledger.open(target)) as new,
        progress_bar("carrying") as told,
    ):
        carried = carry_over(old, new, told)
    if as_json:
        click.echo(json.dumps(carried))
        return
    rows = ", ".join(f"{number} {name}" for name, number in carried.items()) or "nothing"
    click.echo(f"carried {rows}; the journal was verified on both sides")


@ledger.command()
@click.option("--data", type=FOLDER, help="Folder of an embedded run.")
@click.option("--ledger", "url", help="Or the ledger's SQLAlchemy URL.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def verify(data: Path | None, url: str | None, *, as_json: bool) -> None:
    """Check that the journal's chain is whole and that every alert is as the journal says."""
    with closing(_opened(data, url)) as opened, opened.read() as connection:
        found = verify_journal(connection)
        if isinstance(found, Broken):
            problems = [f"the journal is broken at entry {found.seq}: {found.why}"]
            head = None
        else:
            problems = list(verify_alerts(connection))
            head = found.head
    if as_json:
        told = None if head is None else {"seq": head.seq, "hash": head.hash}
        click.echo(json.dumps({"good": not problems, "problems": problems, "head": told}))
    else:
        for problem in problems[:_SHOWN]:
            click.echo(f"fundwatch: {problem}", err=True)
        if len(problems) > _SHOWN:
            click.echo(f"fundwatch: and {len(problems) - _SHOWN} more", err=True)
        if not problems and head is not None:
            click.echo(f"whole: {head.seq} entries, head {head.hash}")
    if problems:
        sys.exit(1)


@ledger.command()
@click.option("--data", type=FOLDER, help="Folder of an embedded run.")
@click.option("--ledger", "url", help="Or the ledger's SQLAlchemy URL.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def events(data: Path | None, url: str | None, out: Path | None) -> None:
    """Give out the archived events, one JSON line each, for `fundwatch feed` or `replay`.

    They hold people as they came. Each event comes once, roughly in order of time.
    """
    with (
        closing(_opened(data, url)) as opened,
        opened.read() as connection,
        click.open_file(str(out) if out else "-", "wb") as file,
    ):
        for kept in archive.stream(connection):
            file.write(kept.line + b"\n")


def _use_key() -> None:
    use_key(Settings().pseudonym_key.get_secret_value().encode())


def _opened(data: Path | None, url: str | None) -> Ledger:
    if (data is None) == (url is None):
        raise click.UsageError("give --data or --ledger")
    _use_key()
    if data is None:
        return Ledger.open(str(url), create=False)
    require_ledger(data)
    return open_ledger(data, create=False)


COMMANDS: Final = (ledger,)

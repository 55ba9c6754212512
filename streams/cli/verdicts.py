"""`fundwatch verdicts`: what supervisors decided, as the triage learns from it."""

from pathlib import Path
from typing import Final

import click

from alerts.cases.verdicts import write_verdicts
from streams.cli.desking import opened
from streams.cli.options import FOLDER, require_ledger
from streams.settings import Settings


@click.command()
@click.option("--data", type=FOLDER, help="Folder of an embedded run; else FUNDWATCH_POSTGRES.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("verdicts.csv"),
    show_default=True,
    help="CSV file to write: event_id,label,known_at.",
)
def verdicts(data: Path | None, out: Path) -> None:
    """Write the verdicts on alerts as `fundwatch train --verdicts` reads them.

    One row for each event of an alert that was confirmed (1) or dismissed (0), and since when that
    is known.
    """
    if data is not None:
        require_ledger(data)
    with opened(data, Settings()) as ledger, ledger.read() as connection:
        count = write_verdicts(connection, out)
    click.echo(f"{count} events with a verdict in {out}")


COMMANDS: Final = (verdicts,)

"""`fundwatch replay`: rules over files."""

import json
from pathlib import Path
from typing import Any, Final

import click

from alerts.ledger.lines import alert_line, read_alert_lines
from alerts.table import difference, digest, rows_of
from streams.cli.options import (
    FILE,
    NEW_FOLDER,
    SOURCE,
    assembly_of,
    assembly_options,
    progress_bar,
)
from streams.cli.showing import alert_summary, console
from streams.replay import replay as run_replay
from streams.replay import summary_of, write_outcome
from streams.settings import Settings


@click.command()
@click.argument("events", nargs=-1, required=True, type=SOURCE)
@assembly_options
@click.option("--out", required=True, type=NEW_FOLDER, help="Folder to write into.")
@click.option("--workers", default=0, type=click.IntRange(0, 256), help="Processes; 0: all cores.")
@click.option("--compare", type=FILE, help="An alerts.ndjson to compare the outcome with.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def replay(
    events: tuple[Path, ...],
    out: Path,
    workers: int,
    compare: Path | None,
    as_json: bool,
    **choices: Any,
) -> None:
    """Run the rules over files or folders of events and write the alerts."""
    with progress_bar("replaying") as told:
        outcome = run_replay(
            events, assembly_of(Settings(), choices), workers=workers, progress=told
        )
    rows = rows_of(outcome.alerts)
    summary = summary_of(outcome, digest(rows))
    write_outcome(outcome, out, alert_line)
    (out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    differences = difference(rows_of(read_alert_lines(compare)), rows) if compare else []
    if as_json:
        click.echo(json.dumps({**summary, "differences": differences}, ensure_ascii=False))
        return
    console().print(alert_summary(outcome.alerts))
    click.echo(
        f"{summary['events']} events in {summary['seconds']} s,"
        f" {summary['alerts']} alerts, {sum(summary['rejected'].values())} records refused;"
        f" written to {out}"
    )
    if compare:
        click.echo(f"{len(differences)} differences from {compare}")
        for line in differences[:100]:
            click.echo(f"  {line}")


COMMANDS: Final = (replay,)

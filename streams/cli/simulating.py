"""`fundwatch simulate`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from streams.cli.options import NEW_FOLDER, progress_bar


@click.command()
@click.option("--out", required=True, type=NEW_FOLDER, help="Folder to write into.")
@click.option("--seed", default=1, show_default=True, type=int)
@click.option("--persons", default=2000, show_default=True, type=click.IntRange(1, 10_000_000))
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, 3660))
@click.option(
    "--start",
    default="2024-01-01",
    show_default=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of the stream.",
)
@click.option("--area", default="640100", show_default=True, help="Pooling area (6 digits).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def simulate(
    out: Path, seed: int, persons: int, days: int, start: datetime, area: str, as_json: bool
) -> None:
    """Generate a labelled event stream of made-up people and institutions."""
    from simulation import simulate as generate

    with progress_bar("simulating", persons) as told:
        summary = generate(
            out,
            seed=seed,
            persons=persons,
            days=days,
            start=start.date(),
            area=area,
            progress=lambda done, _: told(done),
        )
    if as_json:
        click.echo(json.dumps({name: getattr(summary, name) for name in summary.__struct_fields__}))
    else:
        click.echo(f"{summary.events} events of {summary.persons} made-up persons in {out}")


COMMANDS: Final = (simulate,)

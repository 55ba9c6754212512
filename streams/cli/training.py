"""`fundwatch train` and `fundwatch score`: models from files of events, and scores of them."""

import csv
import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console

from alerts.ledger.lines import read_alert_lines
from detectors.store.manifest import ModelError
from events.times import CST
from rules.context import Context
from rules.histories.digests import use_key
from rules.reference import load_reference
from streams.cli.options import FILE, FOLDER, NEW_FOLDER, SOURCE
from streams.settings import Settings

if TYPE_CHECKING:
    from detectors.features.hits import Hit
    from streams.modelling import Progress

_DATE: Final = click.DateTime(formats=["%Y-%m-%d"])
_SHARED: Final = (
    click.argument("events", nargs=-1, required=True, type=SOURCE),
    click.option("--reference", type=FOLDER, help="Folder of reference CSV files."),
    click.option(
        "--verdicts", type=FILE, help="CSV of verdicts: event_id,label (1 or 0),known_at."
    ),
    click.option(
        "--alerts",
        type=FILE,
        help="An alerts.ndjson: what rules said of settlements also tells what to look at first.",
    ),
    click.option(
        "--from", "first", type=_DATE, help="First day of settlements; earlier ones are history."
    ),
    click.option("--until", "last", type=_DATE, help="Last day of settlements."),
)


def _shared(command: Any) -> Any:
    for option in reversed(_SHARED):
        command = option(command)
    return command


@click.command()
@_shared
@click.option("--out", required=True, type=NEW_FOLDER, help="Folder of the model.")
@click.option("--seed", default=0, show_default=True, type=int)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def train(
    *,
    events: tuple[Path, ...],
    reference: Path | None,
    verdicts: Path | None,
    alerts: Path | None,
    first: datetime | None,
    last: datetime | None,
    out: Path,
    seed: int,
    as_json: bool,
) -> None:
    """Fit anomaly models to files or folders of events, and with verdicts the triage."""
    from streams import modelling, training

    context = _context(reference)
    with _progress() as told:
        try:
            trained = modelling.train(
                events,
                context,
                out,
                span=_span(first, last),
                told=training.read_verdicts(verdicts) if verdicts else None,
                alerts=_hits(alerts),
                seed=seed,
                command=shlex.join(["fundwatch", *sys.argv[1:]]),
                created=datetime.now(CST),
                progress=told,
            )
        except (modelling.EmptyWindowError, training.BadVerdictsError, ModelError) as error:
            raise click.ClickException(str(error)) from None
    if as_json:
        shown = {
            "model": trained.manifest.id,
            "out": str(out),
            "settlements": trained.settlements,
            "verdicts": trained.verdicts,
            "labelled": trained.labelled,
            "unmatched": trained.unmatched,
            "triage": not trained.triage,
            "metrics": dict(trained.figures),
        }
        click.echo(json.dumps(shown))
        return
    click.echo(f"model {trained.manifest.id} of {trained.settlements} settlements in {out}")
    if verdicts:
        click.echo(
            f"{trained.labelled} of {trained.verdicts} verdicts are in the window;"
            f" {trained.unmatched} are about no settlement in the files"
        )
    if trained.triage and verdicts:
        click.echo(f"no triage: {trained.triage}", err=True)
    if trained.figures:
        figures = ", ".join(f"{name} {value:.4g}" for name, value in trained.figures.items())
        click.echo(f"triage, forward in time: {figures}")


@click.command()
@_shared
@click.option("--model", required=True, type=FOLDER, help="Folder of the model.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="CSV to write."
)
def score(
    *,
    events: tuple[Path, ...],
    reference: Path | None,
    verdicts: Path | None,
    alerts: Path | None,
    first: datetime | None,
    last: datetime | None,
    model: Path,
    out: Path,
) -> None:
    """Score the settlements of files or folders of events; higher is more suspect.

    With a model that was trained with verdicts the score is the probability of being confirmed,
    else how surprising the settlement is.
    """
    from streams import modelling, training

    context = _context(reference)
    try:
        stored = modelling.open_model(model)
    except ModelError as error:
        raise click.ClickException(str(error)) from None
    out.parent.mkdir(parents=True, exist_ok=True)
    number = 0
    with _progress() as told, out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("event_id", "score"))
        try:
            known = training.read_verdicts(verdicts) if verdicts else {}
        except training.BadVerdictsError as error:
            raise click.ClickException(str(error)) from None
        for event_id, value in modelling.score(
            events,
            context,
            stored,
            span=_span(first, last),
            told=known,
            alerts=_hits(alerts),
            progress=told,
        ):
            writer.writerow((event_id, f"{value:.9g}"))
            number += 1
    click.echo(f"{number} settlements scored by model {stored.id}, written to {out}")


def _context(reference: Path | None) -> Context:
    settings = Settings()
    use_key(settings.pseudonym_key.get_secret_value().encode())
    return Context(load_reference(reference or settings.reference))


def _span(first: datetime | None, last: datetime | None) -> Any:
    from streams.modelling import span_of

    if first is not None and last is not None and first > last:
        raise click.UsageError(f"--from {first.date()} lies after --until {last.date()}")
    return span_of(first.date() if first else None, last.date() if last else None)


def _hits(path: Path | None) -> Mapping[str, Sequence["Hit"]]:
    """What the alerts of a file say of each event."""
    if path is None:
        return {}
    from detectors.features.hits import Hit

    found: dict[str, list[Hit]] = {}
    for alert in read_alert_lines(path):
        if alert.status == "retracted":
            continue
        hit = Hit(alert.family, alert.sev_deg, int(alert.amount * 100))
        for event_id in alert.event_ids:
            found.setdefault(event_id, []).append(hit)
    return found


@contextmanager
def _progress() -> Iterator["Progress"]:
    """What is being done and how much of it, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _doing, _done: None
        return
    with Console(stderr=True).status("reading") as status:
        yield lambda doing, done: status.update(f"{doing} {done or ''}")


COMMANDS: Final = (train, score)

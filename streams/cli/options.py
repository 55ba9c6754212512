"""Options that several commands share, and progress on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from streams.assembly import Assembly
from streams.monitor import LEDGER
from streams.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
SOURCE: Final = click.Path(exists=True, path_type=Path)
NEW_FOLDER: Final = click.Path(file_okay=False, path_type=Path)

_CHOICES: Final = (
    click.option("--reference", type=FOLDER, help="Folder of reference CSV files."),
    click.option(
        "--policy",
        "policy",
        type=FILE,
        multiple=True,
        help="Overlay that fills open values of the policy packs; none is active unless named.",
    ),
    click.option(
        "--rules",
        "rules",
        multiple=True,
        help="Rule id or family; may be repeated. All by default.",
    ),
    click.option("--shadow", is_flag=True, help="Run rules in trial (maturity shadow) too."),
    click.option("--knowledge", type=FOLDER, help="Imported national knowledge points."),
    click.option(
        "--models", type=FOLDER, help="Folder of models: the active one judges, a shadow beside it."
    ),
)


def assembly_options(command: F) -> F:
    """The options that say what to run with."""
    for option in reversed(_CHOICES):
        command = option(command)
    return command


def assembly_of(settings: Settings, choices: dict[str, Any]) -> Assembly:
    """The assembly that the options and settings describe."""
    return Assembly(
        reference=choices.get("reference") or settings.reference,
        policy=tuple(choices.get("policy") or ()),
        rules=tuple(choices.get("rules") or ()),
        shadow=bool(choices.get("shadow")),
        knowledge=choices.get("knowledge"),
        models=choices.get("models") or settings.models,
        key=settings.pseudonym_key.get_secret_value().encode(),
    )


def require_ledger(data: Path) -> None:
    """Raise a usage error unless there is a ledger in a folder."""
    if not (data / LEDGER).is_file():
        raise click.UsageError(f"{data}: no ledger here; `fundwatch run --data {data}` makes one")


@contextmanager
def progress_bar(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal; nothing in a pipe. Yields a function told how much is done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)

"""`fundwatch models`: which models there are, how they compare, which one is in use."""

import getpass
import json
import time
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from rich.table import Column, Table

from alerts.cases.verdicts import labelled
from alerts.ledger.journal import Entry, append
from detectors.store.catalogue import (
    ROLES,
    Role,
    models_in,
    named,
    point,
    pointed,
)
from detectors.store.manifest import Manifest, ModelError, read_manifest
from streams.anomaly.agreement import Agreement, compare
from streams.cli.desking import opened
from streams.cli.options import FOLDER, require_ledger
from streams.cli.showing import console
from streams.settings import Settings

_MODELS: Final = click.option(
    "--models",
    "models",
    type=FOLDER,
    help="Folder of models; FUNDWATCH_MODELS where it is not given.",
)
_POSTGRES: Final = click.option(
    "--postgres", is_flag=True, help="The workers' ledger (FUNDWATCH_POSTGRES) instead of --data."
)


@click.group()
def models() -> None:
    """Anomaly models: list them, look at one, put one to trial or to use."""


@models.command("list")
@_MODELS
@click.option("--json", "as_json", is_flag=True)
def list_models(models: Path | None, as_json: bool) -> None:
    """All models of a folder, with what they were trained on and which are in use."""
    folder = _folder(models)
    rows = [_row(folder, path) for path in models_in(folder)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(
        "模型 model", "状态 role", "id", "训练数据 trained on", "事件 events", "可用 usable"
    )
    for row in rows:
        usable = "是 yes" if row["problem"] is None else str(row["problem"])
        table.add_row(
            row["name"],
            row["role"],
            row["id"],
            f"{row['first']} – {row['last']}",
            str(row["events"]),
            usable,
        )
    console().print(table)


def _row(folder: Path, path: Path) -> dict[str, Any]:
    row: dict[str, Any] = {"name": path.name, "role": _role(folder, path), "problem": None}
    row.update(dict.fromkeys(("id", "first", "last", "created"), ""), events=0)
    try:
        manifest = read_manifest(path)
        window = manifest.facts.window
        row.update(id=manifest.id, first=window.first[:10], last=window.last[:10])
        row.update(events=window.events, created=manifest.facts.created)
        _load(path)
    except ModelError as error:
        row["problem"] = str(error)
    return row


def _role(folder: Path, path: Path) -> str:
    """The role that a model has; a pointer that is broken gives none."""
    for role in ROLES:
        try:
            if pointed(folder, role) == path:
                return role
        except ModelError:
            continue
    return ""


def _load(path: Path) -> None:
    """Load a model as a runner would. Raises ModelError."""
    from streams.modelling import open_model

    open_model(path)


def _folder(models: Path | None) -> Path:
    folder = models or Settings().models
    if folder is None:
        raise click.UsageError("name the folder of models: --models DIR, or FUNDWATCH_MODELS")
    return folder


@models.command("show")
@click.argument("name")
@_MODELS
@click.option("--data", type=FOLDER, help="Embedded run that has what both models found.")
@_POSTGRES
@click.option("--json", "as_json", is_flag=True)
def show_model(
    name: str, models: Path | None, data: Path | None, postgres: bool, as_json: bool
) -> None:
    """One model: its manifest, and beside the one in use how it compares."""
    folder = _folder(models)
    path = named(folder, name)
    manifest = read_manifest(path)
    _load(path)
    agreements, pair = _compared(folder, path, data, wanted=data is not None or postgres)
    if as_json:
        told = {
            "name": name,
            "role": _role(folder, path),
            "manifest": msgspec.to_builtins(manifest),
            "compared": {"active": pair[0], "trial": pair[1]} if pair else None,
            "agreement": msgspec.to_builtins(agreements),
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    _print(name, _role(folder, path), manifest)
    if pair:
        _print_agreements(pair, agreements)


def _compared(
    folder: Path, path: Path, data: Path | None, *, wanted: bool
) -> tuple[list[Agreement], tuple[str, str] | None]:
    """How the model in trial compares with the one in use, where the model is one of them."""
    active, shadow = pointed(folder, "active"), pointed(folder, "shadow")
    if not wanted or active is None or shadow is None or path not in {active, shadow}:
        return [], None
    if data is not None:
        require_ledger(data)
    mine, other = read_manifest(active).id, read_manifest(shadow).id
    with opened(data, Settings()) as ledger, ledger.read() as connection:
        agreements = compare(
            connection, mine, other, {one.event_id: one.label == 1 for one in labelled(connection)}
        )
    return agreements, (active.name, shadow.name)


def _print(name: str, role: str, manifest: Manifest) -> None:
    facts = manifest.facts
    click.echo(f"{name}  {manifest.id}  {role}".rstrip())
    click.echo(f"训练 trained {facts.created} on {facts.window.events} events,")
    click.echo(f"  {facts.window.first} – {facts.window.last}, seed {facts.seed}")
    click.echo(f"  by: {facts.command}")
    click.echo("  with: " + ", ".join(f"{lib} {is_}" for lib, is_ in manifest.libraries.items()))
    for part, columns in facts.features.items():
        click.echo(f"特征 features of {part}: {len(columns)}")
    for part, measures in facts.metrics.items():
        told = ", ".join(f"{measure} {value:.4g}" for measure, value in measures.items())
        click.echo(f"后续数据上 on later data, {part}: {told}")
    for file, digest in manifest.files.items():
        click.echo(f"  {digest}  {file}")


def _print_agreements(pair: tuple[str, str], agreements: list[Agreement]) -> None:
    active, trial = pair
    click.echo(f"\n使用中 in use: {active}   试运行 in trial: {trial}")
    if not agreements:
        click.echo("尚无对比数据 nothing to compare yet: run with --models for a while")
        return
    table = Table(
        Column("检测器\ndetector", no_wrap=True),
        "天\ndays",
        "记录\nrecords",
        f"每日预警 a day\n{active}\n{trial}",
        "重合\noverlap",
        "相关\ncorrelation",
        f"查实率 precision\n{active}\n{trial}",
    )
    for one in agreements:
        table.add_row(
            one.detector,
            str(one.days),
            str(one.records),
            f"{one.active.alerts_a_day:.2f}\n{one.trial.alerts_a_day:.2f}",
            _share(one.overlap),
            "–" if one.correlation is None else f"{one.correlation:.3f}",
            f"{_share(one.active.precision)} ({one.active.judged})\n"
            f"{_share(one.trial.precision)} ({one.trial.judged})",
        )
    console().print(table)
    click.echo(
        "各栏上行为使用中的模型，下行为试运行的模型 upper line: in use, lower line: in trial"
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


@models.command("activate")
@click.argument("name", required=False)
@_MODELS
@click.option("--shadow", is_flag=True, help="Put it to trial beside the model in use instead.")
@click.option("--none", "nobody", is_flag=True, help="Let no model be in use (or in trial).")
@click.option("--data", type=FOLDER, help="Embedded run into whose journal it is entered.")
@_POSTGRES
def activate(
    *,
    name: str | None,
    models: Path | None,
    shadow: bool,
    nobody: bool,
    data: Path | None,
    postgres: bool,
) -> None:
    """Put a model to use, or to trial; runs and workers take it up when they next start.

    The model is loaded and checked before the pointer changes, in one step.
    """
    folder = _folder(models)
    if (name is None) != nobody:
        raise click.UsageError("name a model, or --none to have no model")
    role: Role = "shadow" if shadow else "active"
    if name is not None:
        path = named(folder, name)
        _load(path)
        if role == "active" and pointed(folder, "shadow") == path:
            point(folder, "shadow", None)
    point(folder, role, name)
    if data is not None or postgres:
        _enter(data, folder, role, name)
    told = {"active": "使用中 in use", "shadow": "试运行 in trial"}[role]
    click.echo(f"{told}: {name or '–'}")


def _enter(data: Path | None, folder: Path, role: Role, name: str | None) -> None:
    """Journal that a model was put to use or to trial."""
    if data is not None:
        require_ledger(data)
    now = int(time.time() * 1000)
    model = read_manifest(folder / name).id if name is not None else ""
    content = {"role": role, "name": name or "", "model": model}
    with opened(data, Settings()) as ledger, ledger.begin() as connection:
        append(
            connection,
            [Entry(now, f"operator:{getpass.getuser()}", "model.activated", "", content)],
        )


COMMANDS: Final = (models,)

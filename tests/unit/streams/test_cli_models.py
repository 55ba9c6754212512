"""`fundwatch models`: list, show, activate, and a trained model from file to alert."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from alerts.ledger.schema import JOURNAL
from alerts.ledger.triage_tables import TRIAGE
from simulation import simulate
from streams.cli import cli
from streams.monitor import open_ledger
from tests.models.trained import trained


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small stream, and in `models` two models trained on it."""
    folder = tmp_path_factory.mktemp("stream")
    simulate(folder, seed=11, persons=500, days=45)
    trained(folder / "models", "old", folder)
    trained(folder / "models", "new", folder, threshold=3.5, seed=1)
    return folder


@pytest.fixture
def models(stream: Path) -> Path:
    """The folder of models: `old` in use, `new` in trial."""
    folder = stream / "models"
    (folder / "active").write_text("old\n")
    (folder / "shadow").write_text("new\n")
    return folder


def told(*words: object, fails: int = 0) -> str:
    """What a command says."""
    done = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=True)
    assert done.exit_code == fails, (done.output, done.exception)
    return done.output + (str(done.exception) if done.exception else "")


def listed(models: Path) -> dict[str, Sequence[str]]:
    rows = json.loads(told("models", "list", "--models", models, "--json"))
    return {row["name"]: (row["role"], row["problem"]) for row in rows}


def test_a_model_in_trial_is_put_to_use_and_no_longer_in_trial(models: Path) -> None:
    assert listed(models) == {"old": ("active", None), "new": ("shadow", None)}
    told("models", "activate", "new", "--models", models)
    assert listed(models) == {"old": ("", None), "new": ("active", None)}
    told("models", "activate", "old", "--shadow", "--models", models)
    assert listed(models) == {"old": ("shadow", None), "new": ("active", None)}
    told("models", "activate", "--none", "--models", models)
    assert listed(models)["new"] == ("", None)


def test_a_model_that_is_broken_is_listed_with_why_and_cannot_be_put_to_use(
    models: Path,
) -> None:
    broken = models / "broken"
    broken.mkdir()
    for path in (models / "old").iterdir():
        (broken / path.name).write_bytes(path.read_bytes())
    (broken / "detectors.skops").write_bytes(b"PK")
    try:
        role, problem = listed(models)["broken"]
        said = told("models", "activate", "broken", "--models", models, fails=1)
    finally:
        for path in broken.iterdir():
            path.unlink()
        broken.rmdir()
    assert role == ""
    assert "is not the file that was written with the model" in problem
    assert "is not the file that was written with the model" in said
    assert listed(models)["old"][0] == "active"


def test_without_a_folder_of_models_the_command_says_how_to_name_one() -> None:
    assert "FUNDWATCH_MODELS" in told("models", "list", fails=2)


def test_a_name_or_none_is_wanted(models: Path) -> None:
    assert "--none" in told("models", "activate", "--models", models, fails=2)


def test_from_training_to_ranked_alerts_and_the_comparison(
    stream: Path, models: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert (
        "triage"
        in json.loads(told("models", "show", "old", "--models", models, "--json"))["manifest"][
            "facts"
        ]["features"]
    )
    told(
        "run",
        stream / "events.ndjson",
        "--reference",
        stream / "reference",
        "--models",
        models,
        "--data",
        data,
        "--once",
        "--listen",
        "127.0.0.1:0",
    )
    shown = json.loads(told("models", "show", "new", "--models", models, "--data", data, "--json"))
    assert shown["role"] == "shadow"
    assert shown["manifest"]["facts"]["seed"] == 1
    assert shown["compared"] == {"active": "old", "trial": "new"}
    agreement = {one["detector"]: one for one in shown["agreement"]}
    own = agreement["own_past"]
    assert own["active"]["alerts"] > own["trial"]["alerts"] > 0
    assert own["correlation"] > 0.9
    assert "own_past" in told("models", "show", "new", "--models", models, "--data", data)

    told("models", "activate", "new", "--models", models, "--data", data)
    with open_ledger(data, create=False) as ledger, ledger.read() as connection:
        ranks = connection.execute(select(TRIAGE)).all()
        entered = connection.execute(
            select(JOURNAL.c.content).where(JOURNAL.c.action == "model.activated")
        ).scalars()
        (content,) = [json.loads(text) for text in entered]
    assert len(ranks) > 10
    assert all(0 <= row.score <= 1 for row in ranks)
    assert content["name"] == "new"
    assert content["role"] == "active"

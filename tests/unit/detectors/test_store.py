import json
import zipfile
from collections.abc import Callable, Mapping
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io

from detectors.store.artefact import packed, unpacked
from detectors.store.catalogue import models_in, named, point, pointers
from detectors.store.folder import load, save
from detectors.store.manifest import (
    MANIFEST,
    Column,
    Facts,
    ModelError,
    Window,
    digest_of,
    read_manifest,
    sealed,
    text_of,
)

FACTS = Facts(
    created="2026-03-01T08:00:00+08:00",
    command="fundwatch train events.ndjson",
    seed=7,
    window=Window("2026-01-01T00:00:00+08:00", "2026-02-28T23:59:59+08:00", 500),
    features={"settlement": (Column("fee", 1), Column("gap", 2))},
    metrics={"settlement": {"average_precision": 0.31}},
)
KNOWN = {"fee": 1, "gap": 2, "another": 1}


def forest() -> Any:
    rows = np.random.default_rng(7).normal(size=(200, 2))
    return (
        import_module("sklearn.ensemble").IsolationForest(n_estimators=5, random_state=7).fit(rows)
    )


def parts() -> dict[str, Any]:
    return {
        "settlement": {"forest": forest(), "threshold": 0.62, "columns": ["fee", "gap"]},
        "peers": {1: np.arange(4.0), 2: np.ones(3, dtype=np.int64)},
    }


@pytest.fixture
def model(tmp_path: Path) -> Path:
    save(tmp_path / "one", parts(), FACTS)
    return tmp_path / "one"


def test_what_was_saved_is_loaded(model: Path) -> None:
    rows = np.random.default_rng(8).normal(size=(50, 2))

    loaded = load(model, KNOWN)

    assert loaded.manifest.facts == FACTS
    assert len(loaded.id) == 12
    assert loaded.parts["settlement"]["threshold"] == 0.62
    expected = parts()["settlement"]["forest"].score_samples(rows)
    assert np.array_equal(loaded.parts["settlement"]["forest"].score_samples(rows), expected)
    assert loaded.parts["peers"][1].tolist() == [0, 1, 2, 3]


def test_the_same_model_is_the_same_to_the_byte(model: Path, tmp_path: Path) -> None:
    save(tmp_path / "two", parts(), FACTS)

    names = sorted(path.name for path in model.iterdir())
    assert names == [MANIFEST, "peers.skops", "settlement.skops"]
    for name in names:
        assert (model / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_model_takes_the_place_of_another_but_of_nothing_else(model: Path) -> None:
    first = load(model).id
    save(model, {"peers": {"a": 1}}, FACTS)
    assert load(model).id != first
    assert [path.name for path in model.parent.iterdir()] == ["one"]

    other = model.parent / "letters"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    with pytest.raises(ModelError, match="found other files"):
        save(other, parts(), FACTS)


@pytest.mark.parametrize("name", ["settlement.skops", MANIFEST])
def test_no_byte_may_differ(model: Path, name: str) -> None:
    content = bytearray((model / name).read_bytes())
    for at in range(0, len(content), len(content) // 9):
        broken = bytearray(content)
        broken[at] ^= 1
        (model / name).write_bytes(broken)
        with pytest.raises(ModelError, match=r"model\.? ?|model"):
            load(model)


def resealed(model: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the manifest and make its own digest right again, as another program would."""
    told = json.loads((model / MANIFEST).read_text())
    change(told)
    facts = FACTS
    if "features" in told:
        facts = Facts(
            created=FACTS.created,
            command=FACTS.command,
            seed=FACTS.seed,
            window=FACTS.window,
            features=told["features"],
        )
    (model / MANIFEST).write_bytes(text_of(sealed(facts, told["libraries"], told["files"])))


def test_other_files_are_refused(model: Path) -> None:
    (model / "stranger.skops").write_bytes(b"x")
    with pytest.raises(ModelError, match=r"stranger\.skops.*remove it"):
        load(model)


def test_missing_files_are_refused(model: Path) -> None:
    (model / "peers.skops").unlink()
    with pytest.raises(ModelError, match=r"peers\.skops: cannot be read"):
        load(model)


def test_a_folder_without_a_manifest_says_how_to_train(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="fundwatch train"):
        load(tmp_path)


@pytest.mark.parametrize("form", [0, 2])
def test_another_format_is_refused(model: Path, form: int) -> None:
    text = (model / MANIFEST).read_text().replace('"format": 1', f'"format": {form}')
    (model / MANIFEST).write_text(text)
    with pytest.raises(ModelError, match=f"format {form}, expected 1.*train it again"):
        load(model)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (Column("fee", 2), "fee version 2, here is version 1"),
        (Column("gone", 1), "gone version 1, here is none"),
    ],
)
def test_other_features_are_refused(model: Path, column: Column, told: str) -> None:
    resealed(model, lambda manifest: manifest.update(features={"settlement": (column,)}))
    with pytest.raises(ModelError, match=f"{told}: train it again"):
        load(model, KNOWN)


def test_trees_of_another_scikit_learn_are_refused(model: Path) -> None:
    resealed(model, lambda manifest: manifest["libraries"].update({"scikit-learn": "0.24.1"}))
    with pytest.raises(ModelError, match=r"scikit-learn 0\.24\.1, here is .*train it again here"):
        load(model)


def planted(model: Path, content: bytes) -> None:
    """Put a file in the place of a part, with a manifest that names its digest."""
    (model / "peers.skops").write_bytes(content)
    digest = digest_of(content)
    resealed(model, lambda manifest: manifest["files"].update({"peers.skops": digest}))


class Foreign:
    """A type that no model of ours holds."""


@pytest.mark.parametrize("part", [Foreign(), {"call": print}, [{"deep": (Foreign(),)}]])
def test_foreign_types_are_refused_before_they_are_built(model: Path, part: object) -> None:
    planted(model, skops.io.dumps(part))
    with pytest.raises(ModelError, match="not on the list of types"):
        load(model)
    with pytest.raises(ModelError, match="not on the list of types"):
        packed(part)


def test_what_is_no_archive_is_refused(model: Path) -> None:
    planted(model, b"\x80\x04K\x01.")
    with pytest.raises(ModelError, match="not an archive"):
        load(model)


def test_an_archive_whose_schema_was_exchanged_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("schema.json", "[1, 2]")
    with pytest.raises(ModelError, match="not an archive"):
        unpacked(out.getvalue(), "x.skops")


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, True, "x"], 3: ("y", {"file": "z"})}])
def test_plain_values_come_back(value: Mapping[Any, Any]) -> None:
    assert unpacked(packed(value), "x") == value


def test_pointers_name_the_model_in_use_and_the_one_in_trial(model: Path) -> None:
    models = model.parent
    save(models / "two", parts(), FACTS)
    assert pointers(models).active is None

    point(models, "active", "one")
    point(models, "shadow", "two")
    assert pointers(models).active == model
    assert pointers(models).shadow == models / "two"
    assert [path.name for path in models_in(models)] == ["one", "two"]

    point(models, "shadow", None)
    assert pointers(models).shadow is None
    assert pointers(model).active == model


@pytest.mark.parametrize("text", ["gone", "../one", "", "a/b"])
def test_a_pointer_to_nothing_is_told(model: Path, text: str) -> None:
    (model.parent / "active").write_text(text)
    with pytest.raises(ModelError, match="fundwatch models activate"):
        pointers(model.parent)


def test_a_model_that_is_not_there_is_told_with_those_that_are(model: Path) -> None:
    with pytest.raises(ModelError, match="there are: one"):
        named(model.parent, "two")


def test_the_manifest_names_what_the_model_depends_on(model: Path) -> None:
    manifest = read_manifest(model)
    assert set(manifest.libraries) == {"fundwatch", "numpy", "scikit-learn", "skops"}
    assert set(manifest.files) == {"peers.skops", "settlement.skops"}

"""Saves a model as a folder, and loads it again only if everything about it matches."""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from detectors.store.artefact import packed, unpacked
from detectors.store.manifest import (
    MANIFEST,
    Column,
    Facts,
    Manifest,
    ModelError,
    digest_of,
    read_manifest,
    sealed,
    text_of,
)

SUFFIX: Final = ".skops"
_LIBRARIES: Final = ("fundwatch", "numpy", "scikit-learn", "skops")
_MUST_MATCH: Final = {"numpy": 1, "scikit-learn": 2}
"""How many numbers of a version must be the same: trees are stored as the library has them."""


class Model(Struct, frozen=True):
    """A loaded model: what its manifest says, and its parts by name."""

    manifest: Manifest
    parts: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits, from everything the model is."""
        return self.manifest.id


def libraries() -> dict[str, str]:
    """Versions of what a model depends on, as installed here."""
    return {name: version(name) for name in _LIBRARIES}


def save(folder: Path, parts: Mapping[str, object], facts: Facts) -> Manifest:
    """Write a model into a folder, which must not hold anything else yet; all of it or nothing.

    A model that stands there already is replaced. Parts are named in lower case and become
    `NAME.skops`. Raises ModelError.
    """
    files = {}
    for name, part in sorted(parts.items()):
        if not name.isidentifier():
            raise ModelError(f"found a part named {name!r}, expected letters, digits and _")
        files[f"{name}{SUFFIX}"] = packed(part)
    digests = {name: digest_of(content) for name, content in files.items()}
    manifest = sealed(facts, libraries(), digests)
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise ModelError(
            f"{folder}: found other files, expected an empty folder or a model to replace: name"
            " another folder"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in {**files, MANIFEST: text_of(manifest)}.items():
            _write(made / name, content)
        made.chmod(0o755)
        old = made.with_name(f"{made.name}-old")
        if folder.exists():
            folder.rename(old)
        made.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return manifest


def load(folder: Path, known: Mapping[str, int] | None = None) -> Model:
    """The model in a folder. Raises ModelError with one sentence that says what to do.

    Refused are: another format, a file that is missing, changed or not named by the manifest, a
    type that no model of ours holds, another version of a library that its trees depend on, and,
    where `known` (the features of this fundwatch with their versions) is given, other features.
    """
    manifest = read_manifest(folder)
    _check_libraries(folder, manifest)
    if known is not None:
        _check_features(folder, manifest, known)
    found = {path.name for path in folder.iterdir()} - {MANIFEST}
    strangers = sorted(found - manifest.files.keys())
    if strangers:
        raise ModelError(
            f"{folder}: found {', '.join(strangers)}, which {MANIFEST} does not name: remove it"
        )
    parts = {}
    for name, digest in manifest.files.items():
        path = folder / name
        if not name.endswith(SUFFIX) or path.parent != folder:
            raise ModelError(
                f"{folder}: {MANIFEST} names {name!r}, expected names like x{SUFFIX}:"
                " use only models that fundwatch trained"
            )
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(f"{path}: cannot be read ({error.strerror}): {_AGAIN}") from None
        if digest_of(content) != digest:
            raise ModelError(f"{path}: is not the file that was written with the model: {_AGAIN}")
        parts[name.removesuffix(SUFFIX)] = unpacked(content, str(path))
    return Model(manifest, parts)


def _check_libraries(folder: Path, manifest: Manifest) -> None:
    for name, depth in _MUST_MATCH.items():
        here, there = version(name), manifest.libraries.get(name, "none")
        if here.split(".")[:depth] != there.split(".")[:depth]:
            raise ModelError(
                f"{folder}: was trained with {name} {there}, here is {here}: train it again here,"
                f" or install {name} {there}"
            )


def _check_features(folder: Path, manifest: Manifest, known: Mapping[str, int]) -> None:
    trained: Sequence[Column] = [
        column for columns in manifest.facts.features.values() for column in columns
    ]
    for column in trained:
        here = known.get(column.name)
        if here != column.version:
            told = "none" if here is None else f"version {here}"
            raise ModelError(
                f"{folder}: was trained on feature {column.name} version {column.version}, here is"
                f" {told}: train it again with this fundwatch"
            )


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


_AGAIN: Final = "copy the model again from where it was trained, or train it again"

"""The manifest of a model: what it was made of, when, with what, and the digest of every file."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

FORMAT: Final = 1
"""Version of the folder's layout; another one is refused."""
MANIFEST: Final = "manifest.json"


class ModelError(RuntimeError):
    """A model that cannot be used; one sentence says what was found and what to do."""


class Column(Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """A feature as a model was trained on it; a feature that is reckoned anew has a new version."""

    name: str
    version: int


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """The data a model was trained on: first and last event time (RFC 3339), number of events."""

    first: str
    last: str
    events: int


class Facts(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What whoever trains a model knows of it.

    `features` are those of each part in the order of its columns, `metrics` what it did on data
    later than its own, by part and measure, `details` anything else that is plain JSON.
    """

    created: str
    """RFC 3339."""
    command: str
    seed: int
    window: Window
    features: Mapping[str, tuple[Column, ...]]
    metrics: Mapping[str, Mapping[str, float]] = {}
    details: Mapping[str, Any] = {}


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `manifest.json` says. `id` is the digest of all the rest, so no byte may change."""

    format: int
    id: str
    facts: Facts
    libraries: Mapping[str, str]
    files: Mapping[str, str]
    """SHA-256 by file name."""


class _Form(Struct):
    """What every format has."""

    format: int


def sealed(facts: Facts, libraries: Mapping[str, str], files: Mapping[str, str]) -> Manifest:
    """The manifest with its id: twelve hexadecimal digits."""
    open_one = Manifest(format=FORMAT, id="", facts=facts, libraries=libraries, files=files)
    return structs.replace(open_one, id=_id_of(open_one))


def text_of(manifest: Manifest) -> bytes:
    """The manifest as it is written."""
    plain = msgspec.to_builtins(manifest, order="sorted")
    return json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a model's folder. Raises ModelError."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{folder}: found no {MANIFEST} ({error.strerror}), expected a model's folder: train"
            f" one with `fundwatch train ... --out {folder}`"
        ) from None
    try:
        form = msgspec.json.decode(content, type=_Form).format
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: is not readable ({error}): {_AGAIN}") from None
    if form != FORMAT:
        raise ModelError(
            f"{path}: found a model of format {form}, expected {FORMAT}: it was made by"
            f" {'a later' if form > FORMAT else 'an earlier'} fundwatch; train it again with this"
            " one"
        )
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: is not readable ({error}): {_AGAIN}") from None
    if _id_of(manifest) != manifest.id or text_of(manifest) != content:
        raise ModelError(f"{path}: was changed after it was written: {_AGAIN}")
    return manifest


def digest_of(content: bytes) -> str:
    """SHA-256, 64 hexadecimal digits."""
    return sha256(content).hexdigest()


def _id_of(manifest: Manifest) -> str:
    return digest_of(text_of(structs.replace(manifest, id="")))[:12]


_AGAIN: Final = "copy the model again from where it was trained, or train it again"

"""The manifest of an export: what is in it, under what it was made, and a signature over it all.

`manifest.json` is canonical JSON (sorted keys, one line a key, UTF-8, a line feed at the end).
`manifest.sig` is the Ed25519 signature of its bytes, 128 hexadecimal digits and a line feed.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
PUBLIC_KEY: Final = "public_key.pem"
JOURNAL: Final = "journal.ndjson.gz"
UNLISTED: Final = frozenset({MANIFEST, SIGNATURE, PUBLIC_KEY})
"""Files that the manifest does not list: itself, and what proves it."""
FORM: Final = 1
_PIECE: Final = 1 << 20


class Listed(Struct, frozen=True):
    """A file of the export: SHA-256, hexadecimal, and size in bytes."""

    sha256: str
    size: int


class Span(Struct, frozen=True):
    """The period: its name, kind, first and last day."""

    name: str
    kind: str
    first: str
    last: str


class Head(Struct, frozen=True):
    """The journal as of the export: number and hash of its last entry."""

    seq: int
    hash: str


class Manifest(Struct, frozen=True):
    """Everything that an export says of itself.

    `digests` are SHA-256 of policy, rules, knowledge, models and reference data, empty without
    any; `rows` the rows of each table; `events` how many events were added up. `key` is the
    fingerprint of the key that signed.
    """

    form: int
    period: Span
    command: str
    version: str
    journal: Head
    events: int
    digests: Mapping[str, str]
    rows: Mapping[str, int]
    files: Mapping[str, Listed]
    key: str


_DECODER: Final = msgspec.json.Decoder(Manifest)


def encode(manifest: Manifest) -> bytes:
    """The bytes of a manifest, always the same."""
    plain = msgspec.json.encode(msgspec.to_builtins(manifest), order="sorted")
    return msgspec.json.format(plain, indent=2) + b"\n"


def decode(raw: bytes) -> Manifest:
    """The manifest of bytes. Raises `msgspec.MsgspecError` where it is none."""
    return _DECODER.decode(raw)


def listed(path: Path) -> Listed:
    """Digest and size of a file, read in pieces."""
    content, size = sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            content.update(piece)
            size += len(piece)
    return Listed(content.hexdigest(), size)


def files_below(folder: Path) -> list[str]:
    """Names of all files, links and odd things below a folder, with slashes, sorted."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    )

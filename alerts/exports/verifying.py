"""Whether an export is as it was made: every file, the signature, the journal's chain. Offline."""

from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from msgspec import Struct
from sqlalchemy import Connection

from alerts.exports.chain import walk_chain
from alerts.exports.keys import BadKeyError, fingerprint, public_key
from alerts.exports.manifest import (
    FORM,
    JOURNAL,
    MANIFEST,
    PUBLIC_KEY,
    SIGNATURE,
    UNLISTED,
    Manifest,
    decode,
    encode,
    files_below,
    listed,
)
from alerts.ledger.journal import Broken, Head, verify_journal


class Verification(Struct, frozen=True):
    """What was found; `problems` is empty where nothing is wrong.

    `trusted` says whether the key was one that the caller named, not just the one in the folder.
    """

    problems: tuple[str, ...]
    manifest: Manifest | None = None
    key: str = ""
    trusted: bool = False


def verify_export(folder: Path, key_file: Path | None = None) -> Verification:
    """Check a folder; `key_file` is the public key it must be signed with.

    Without one, the key beside the export is used: that finds every change but one made by
    somebody who signed anew with a key of their own.
    """
    problems: list[str] = []
    raw = _read(folder / MANIFEST, problems)
    signature = _read(folder / SIGNATURE, problems)
    beside = _read(folder / PUBLIC_KEY, problems)
    named = _read(key_file, problems) if key_file is not None else None
    if raw is None or signature is None or beside is None or problems:
        return Verification(tuple(problems))
    try:
        key = public_key(beside)
    except BadKeyError as error:
        return Verification((f"{PUBLIC_KEY}: {error}",))
    if named is not None and named.strip() != beside.strip():
        problems.append(f"{PUBLIC_KEY}: signed with another key than {key_file}")
    try:
        text = signature.decode("ascii")
        if text != text.lower() or len(text) != 129 or not text.endswith("\n"):
            raise ValueError
        key.verify(bytes.fromhex(text[:-1]), raw)
    except (ValueError, InvalidSignature):
        problems.append(f"{SIGNATURE}: does not fit {MANIFEST} and {PUBLIC_KEY}")
    try:
        manifest = decode(raw)
    except msgspec.MsgspecError as error:
        return Verification((*problems, f"{MANIFEST}: {error}"))
    if encode(manifest) != raw or manifest.form != FORM:
        problems.append(f"{MANIFEST}: is not as this version writes it")
    if manifest.key != fingerprint(key):
        problems.append(f"{MANIFEST}: names the key {manifest.key}, found {fingerprint(key)}")
    problems += _files(folder, manifest)
    problems += _chain(folder, manifest)
    return Verification(tuple(problems), manifest, fingerprint(key), named is not None)


def _read(path: Path, problems: list[str]) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        problems.append(f"{path.name}: cannot be read ({error.strerror})")
        return None


def _files(folder: Path, manifest: Manifest) -> list[str]:
    found = set(files_below(folder))
    unknown = sorted(found - manifest.files.keys() - UNLISTED)
    problems = [f"{name}: is not in the manifest" for name in unknown]
    for name, expected in sorted(manifest.files.items()):
        path = folder / name
        if name not in found:
            problems.append(f"{name}: is missing")
        elif path.is_symlink() or not path.is_file():
            problems.append(f"{name}: is no plain file")
        else:
            actual = listed(path)
            if actual != expected:
                problems.append(
                    f"{name}: was changed: found {actual.size} bytes with SHA-256"
                    f" {actual.sha256}, expected {expected.size} with {expected.sha256}"
                )
    return problems


def _chain(folder: Path, manifest: Manifest) -> list[str]:
    if not (folder / JOURNAL).is_file():
        return []
    walked = walk_chain(folder / JOURNAL)
    if walked.why:
        return [f"{JOURNAL}: the chain is broken: {walked.why}"]
    if (walked.seq, walked.hash) != (manifest.journal.seq, manifest.journal.hash):
        return [
            f"{JOURNAL}: ends at {walked.seq} {walked.hash}, the manifest says"
            f" {manifest.journal.seq} {manifest.journal.hash}"
        ]
    return []


def against_ledger(connection: Connection, manifest: Manifest) -> list[str]:
    """Whether a ledger still holds the journal that an export was made of."""
    expected = Head(manifest.journal.seq, manifest.journal.hash)
    found = verify_journal(connection, expected)
    if isinstance(found, Broken):
        return [f"the ledger's journal is broken at entry {found.seq}: {found.why}"]
    return []

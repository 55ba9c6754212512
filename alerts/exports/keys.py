"""The key that signs exports: Ed25519, made on first use, its public half beside every export."""

import os
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

KEY_FILE: Final = "signing-key.pem"
_PEM: Final = "-----BEGIN"


class BadKeyError(ValueError):
    """A key that cannot be used; says which and what to do. Its text holds nothing of the key."""


def private_key(told: str) -> Ed25519PrivateKey:
    """The key of a PEM text or of a file that holds one. Raises BadKeyError."""
    where = "FUNDWATCH_SIGNING_KEY" if told.lstrip().startswith(_PEM) else told
    try:
        pem = told.encode() if told.lstrip().startswith(_PEM) else Path(told).read_bytes()
        key = load_pem_private_key(pem, password=None)
    except OSError as error:
        raise BadKeyError(f"{where}: cannot be read ({error.strerror})") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKeyError(
            f"{where}: found no Ed25519 private key in PEM without a password; make one with"
            " `openssl genpkey -algorithm ed25519`"
        )
    return key


def own_key(folder: Path) -> Ed25519PrivateKey:
    """The key of a data folder, made where there is none, readable by its owner only."""
    path = folder / KEY_FILE
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return private_key(str(path))
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
    return private_key(str(path))


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_key(pem: bytes) -> Ed25519PublicKey:
    """The public key of a PEM text, which must be written exactly as `public_pem` does.

    Raises BadKeyError.
    """
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey) or public_pem(key) != pem:
        raise BadKeyError("found no Ed25519 public key in PEM")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """By which people tell a key: the beginning of the SHA-256 of its 32 bytes, base64."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return "SHA256:" + urlsafe_b64encode(sha256(raw).digest()).decode().rstrip("=")

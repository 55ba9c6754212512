"""Keyed digests and pseudonyms, so that no number that identifies a person leaves the core.

The key is set once by the shell that starts the process (`use_key`); without one a built-in key is
used, which keeps results comparable between runtimes but lets anyone with this source and a list
of numbers find out who is meant. `fundwatch doctor` says which is in use.
"""

from hashlib import blake2b
from typing import Final

BUILT_IN: Final = b"fundwatch built-in key"
_DIGITS: Final = 8
_keys: list[bytes] = [BUILT_IN]
_begun = [blake2b(digest_size=_DIGITS, key=BUILT_IN)]
"""The hash with the key taken in, which is copied for each text."""


def use_key(key: bytes) -> None:
    """Use another key (1 to 64 bytes) from now on, in this process."""
    if not 1 <= len(key) <= 64:
        raise ValueError(f"found a key of {len(key)} bytes, expected 1 to 64")
    _keys[0] = key
    _begun[0] = blake2b(digest_size=_DIGITS, key=key)


def current_key() -> bytes:
    """The key in use."""
    return _keys[0]


def digest(text: str) -> str:
    """Sixteen hexadecimal digits that stand for a number without telling it."""
    hashed = _begun[0].copy()
    hashed.update(text.encode())
    return hashed.hexdigest()


def pseudonym(psn_no: str) -> str:
    """The pseudonym of a person, as alerts, metrics and exports show it."""
    return "P-" + digest(psn_no) if psn_no else ""

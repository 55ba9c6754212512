"""Secrets that only their holder knows: made here, kept as SHA-256.

They have 256 random bits, so a plain hash cannot be guessed and a lookup by it leaks nothing.
"""

import secrets
from hashlib import sha256
from typing import Final

TOKEN_BEGINNING: Final = "fw_"
"""By it a token is recognised where it was left lying about."""


def new_secret(beginning: str = "") -> str:
    """A new secret, 43 letters of URLs after the beginning."""
    return beginning + secrets.token_urlsafe(32)


def kept(secret: str) -> str:
    """What is kept of a secret, 64 hexadecimal digits."""
    return sha256(secret.encode(errors="replace")).hexdigest()

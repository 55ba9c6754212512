"""Passwords: what one must be, and its Argon2 hash."""

from functools import cache
from typing import Final

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

LEAST: Final = 10
MOST: Final = 256


class BadPasswordError(ValueError):
    """A password that cannot be used; says why, never which."""


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys() -> str:
    return _hasher().hash("a password that nobody has")


def hashed(password: str, name: str) -> str:
    """The hash to keep. Raises BadPasswordError for one that is too short, too long or the name."""
    if not LEAST <= len(password) <= MOST:
        raise BadPasswordError(
            f"found a password of {len(password)} characters, expected {LEAST} to {MOST}"
        )
    if name.casefold() in password.casefold() and len(password) < len(name) + LEAST:
        raise BadPasswordError("found the user's name as password, expected something else")
    if len(set(password)) < 5:
        raise BadPasswordError("found hardly any different characters, expected more")
    return _hasher().hash(password)


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one of a hash; takes as long where there is no hash."""
    if len(password) > MOST:
        return False
    try:
        right = _hasher().verify(password, kept or _nobodys())
    except PwdlibError:
        return False
    return right and bool(kept)

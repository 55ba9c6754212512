"""Records that could not become events: nothing is lost, and each says what was wrong with it."""

from typing import Final

from msgspec import Struct

RAW_LIMIT: Final = 4096
"""Bytes of a bad record that are kept."""


class BadRecordError(ValueError):
    """A record that is no event.

    `reason` is a short code fit for a metric label, `field` the path of the field, `found` what
    stood there (shortened; never an identity number), `expected` what the contract asks.
    """

    def __init__(self, reason: str, field: str, found: str, expected: str) -> None:
        super().__init__(f"{reason}: {field or 'record'}: found {found}, expected {expected}")
        self.reason = reason
        self.field = field
        self.found = found
        self.expected = expected


class DeadLetter(Struct, frozen=True, gc=False):
    """A bad record with where it stood: file (or topic) and line (or offset)."""

    source: str
    position: int
    reason: str
    field: str
    found: str
    expected: str
    raw: bytes = b""

    def __str__(self) -> str:
        return (
            f"{self.source}:{self.position}: {self.reason}: {self.field or 'record'}: "
            f"found {self.found}, expected {self.expected}"
        )


def dead_letter(bad: BadRecordError, source: str, position: int, raw: bytes = b"") -> DeadLetter:
    """The dead letter of a bad record found at `source`, line or offset `position`."""
    return DeadLetter(
        source, position, bad.reason, bad.field, bad.found, bad.expected, raw[:RAW_LIMIT]
    )

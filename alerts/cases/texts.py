"""Text that people type: bounded, storable, and without identity numbers."""

import re
from datetime import date
from typing import Final

from alerts.cases.refusals import wrong
from alerts.ledger.rows import storable

MOST: Final = 4000
MASK: Final = "***"
_IDENTITY: Final = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:(?:18|19|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
    r"(?![\dA-Za-z])"
)
_OLD_IDENTITY: Final = re.compile(
    r"(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)"
)
_MOBILE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def kept_text(text: str, zh: str, en: str, *, most: int = MOST, least: int = 1) -> str:
    """Text as it is kept: trimmed, identity and telephone numbers masked.

    `zh` and `en` name what it is. Raises RefusedError (422) where there is too little or too much.
    """
    trimmed = text.strip()
    if not least <= len(trimmed) <= most:
        raise wrong(
            f"{zh}须为 {least} 至 {most} 个字符",
            f"found {len(trimmed)} characters of {en}, expected {least} to {most}",
        )
    return storable(masked(trimmed))


def masked(text: str) -> str:
    """Text without identity numbers and mobile telephone numbers."""
    for pattern in (_IDENTITY, _OLD_IDENTITY, _MOBILE):
        text = pattern.sub(MASK, text)
    return text


def kept_date(text: str, zh: str, en: str) -> str:
    """A date in ISO form, or nothing. Raises RefusedError (422)."""
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise wrong(
            f"{zh}须为日期，例如 2026-03-31", f"found {text[:20]!r} as {en}, expected YYYY-MM-DD"
        ) from None

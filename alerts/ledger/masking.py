"""Takes people out of bad records before they are kept: the rest of the record stays readable."""

import re
from typing import Final

_MASK: Final = b"***"
# Names of the national interface and the regulator's tables, by their endings.
_PERSONAL: Final = re.compile(
    rb'("[a-z_]*(?:psn_no|psn_name|certno|cert_no|owner_no|card_sn|payee_acct|brdy|tel|addr)"'
    rb'\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s",\[\]{}]+)',
    re.IGNORECASE | re.DOTALL,
)
# As in the description of found values: eleven digits in a row may identify someone.
_LONG_DIGITS: Final = re.compile(rb"\d{11,}[Xx]?")


def masked(raw: bytes) -> bytes:
    """A bad record without the values of personal fields and without long numbers.

    NULs go too: text in UTF-16 would hide its digits between them.
    """
    plain = raw.replace(b"\0", b"")
    return _LONG_DIGITS.sub(_MASK, _PERSONAL.sub(rb'\1"' + _MASK + b'"', plain))

"""Signatures after the Standard Webhooks convention: HMAC-SHA256 over id, time and body."""

import base64
import secrets
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from typing import Final

BEGINNING: Final = "whsec_"
TOLERANCE: Final = 300
"""Seconds by which the time of a message may be off for its receiver."""


def new_secret() -> str:
    """A secret of 256 bits, as receivers of the convention take it."""
    return BEGINNING + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    """The value of `webhook-signature`; `at` is epoch seconds."""
    key = base64.b64decode(secret.removeprefix(BEGINNING))
    signed = hmac(key, f"{message_id}.{at}.".encode() + body, sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def headers(secret: str, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of a message."""
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(secret, message_id, at, body),
    }


def verified(secret: str, sent: dict[str, str], body: bytes, now: int) -> bool:
    """Whether a message is genuine and fresh, as its receiver asks; names of headers lower case."""
    at = sent.get("webhook-timestamp", "")
    if not at.isdecimal() or abs(now - int(at)) > TOLERANCE:
        return False
    expected = signature(secret, sent.get("webhook-id", ""), int(at), body)
    given = sent.get("webhook-signature", "").split()
    return any(compare_digest(one.encode(), expected.encode()) for one in given)

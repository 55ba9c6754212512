"""What the web application knows about letting people in; stands at `app.state.gate`."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from alerts.access.limiting import Limits
from alerts.access.tokens import Scope
from alerts.access.users import User
from alerts.ledger import Ledger

COOKIE: Final = "fundwatch_session"

Clock = Callable[[], int]


class Gate(Struct, frozen=True, kw_only=True):
    """Ledger, wall clock (epoch ms) and limits; `secure` where browsers come over HTTPS.

    `sending` are the paths that tokens of the scope `send` may POST to.
    """

    ledger: Ledger
    clock: Clock
    limits: Limits
    secure: bool = False
    sending: frozenset[str] = frozenset()


class Caller(Struct, frozen=True):
    """Who sent a request and how they showed it; `csrf` is for the forms of a session."""

    user: User
    by: Literal["session", "token"]
    scope: Scope = "api"
    csrf: str = ""


class RefusedError(Exception):
    """A request that is not served: the HTTP status and why, in Chinese and English.

    `details` are told beside it, of values that JSON knows.
    """

    def __init__(
        self, status: int, zh: str, en: str, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(en)
        self.status = status
        self.zh = zh
        self.en = en
        self.details = dict(details or {})

"""What a page of the feed shows, read from and written to the address, so it can be bookmarked."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, TypeVar, get_args
from urllib.parse import urlencode

from msgspec import Struct, structs
from starlette.datastructures import QueryParams

from alerts.alert import AlertStatus
from alerts.ledger.reading import Filters
from events.money import MAX_FEN, yuan

Order = Literal["new", "time", "triage", "amount"]
Within = Literal["1h", "24h", "7d", ""]

ORDERS: Final[tuple[Order, ...]] = get_args(Order)
WITHIN_MS: Final[Mapping[Within, int]] = {
    "1h": 3_600_000,
    "24h": 86_400_000,
    "7d": 7 * 86_400_000,
}
STATUSES: Final[tuple[AlertStatus, ...]] = ("open", "withdrawn")
HANDLINGS: Final = ("", "mine", "confirmed", "dismissed", "snoozed", "all")
"""Piles of alerts: without a name those that wait for a decision."""
_LONGEST: Final = 100
_MOST_VALUES: Final = 200

Item = TypeVar("Item")


class View(Struct, frozen=True):
    """What is asked for; what cannot be understood in an address is left out of it.

    Amounts are fen. `handling` is of `HANDLINGS`; `within` counts back from now, by the time an
    alert was first raised.
    """

    areas: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severities: tuple[int, ...] = ()
    statuses: tuple[AlertStatus, ...] = ()
    handling: str = ""
    least: int | None = None
    most: int | None = None
    text: str = ""
    subject: str = ""
    within: Within = ""
    order: Order = "new"

    @property
    def filters(self) -> Filters:
        """The filters of the ledger, without statuses, what people did, and `within`."""
        return Filters(
            areas=self.areas,
            families=self.families,
            rules=self.rules,
            severities=self.severities,
            subject=self.subject,
            least_amount=self.least,
            most_amount=self.most,
            text=self.text,
        )

    @property
    def query(self) -> str:
        """The query of the address that asks for this, empty where everything is asked for."""
        return urlencode(list(_pairs(self)))

    def without(self, name: str, value: object = None) -> "View":
        """The same without one value of a list, or without a field."""
        kept = getattr(self, name)
        left: Any = None if name in {"least", "most"} else ""
        if isinstance(kept, tuple):
            left = tuple(item for item in kept if item != value)
        return structs.replace(self, **{name: left})


def view_of(query: QueryParams) -> View:
    """The view that an address asks for."""
    return View(
        areas=_codes(query, "area"),
        families=_codes(query, "family"),
        rules=_codes(query, "rule"),
        severities=tuple(int(value) for value in _among(query, "severity", ("1", "2", "3"))),
        statuses=_among(query, "status", STATUSES),
        handling=_one(query.get("handling", ""), HANDLINGS, ""),
        least=_fen(query.get("least", "")),
        most=_fen(query.get("most", "")),
        text=query.get("text", "").strip()[:_LONGEST],
        subject=query.get("subject", "").strip()[:_LONGEST],
        within=_one(query.get("within", ""), WITHIN_MS, ""),
        order=_one(query.get("order", ""), ORDERS, "new"),
    )


def _codes(query: QueryParams, name: str) -> tuple[str, ...]:
    values = (value.strip() for value in query.getlist(name)[:_MOST_VALUES])
    return tuple(dict.fromkeys(value for value in values if 0 < len(value) <= _LONGEST))


def _among(query: QueryParams, name: str, known: Sequence[Item]) -> tuple[Item, ...]:
    asked = set(query.getlist(name))
    return tuple(value for value in known if value in asked)


def _one(asked: str, known: Iterable[Item], default: Item) -> Item:
    return next((value for value in known if value == asked), default)


def _fen(text: str) -> int | None:
    try:
        amount = Decimal(text.replace(",", "").strip()) * 100
    except InvalidOperation:
        return None
    return int(amount) if amount.is_finite() and abs(amount) < MAX_FEN else None


_NAMES: Final[Mapping[str, str]] = {
    "areas": "area",
    "families": "family",
    "rules": "rule",
    "severities": "severity",
    "statuses": "status",
}


def _pairs(view: View) -> Iterable[tuple[str, str]]:
    for field, name in _NAMES.items():
        for value in getattr(view, field):
            yield name, str(value)
    for name in ("least", "most"):
        amount = getattr(view, name)
        if amount is not None:
            yield name, f"{yuan(amount).normalize():f}"
    for name in ("handling", "text", "subject", "within"):
        if getattr(view, name):
            yield name, getattr(view, name)
    if view.order != "new":
        yield "order", view.order

"""An alert as a row of the ledger and back, and what text may stand in a database."""

from decimal import Decimal
from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping

from alerts.alert import Alert
from alerts.table import in_fen
from events.money import yuan
from events.times import epoch, moment

Row = dict[str, Any]

MONEY: Final = frozenset({"amount", "involved"})
TIMES: Final = frozenset({"first_event_time", "last_event_time"})
LISTS: Final = frozenset({"event_ids", "setl_ids", "clauses", "law", "assumed"})
FIELDS: Final = Alert.__struct_fields__
_MOST: Final = 2**63 - 1
_ENCODER: Final = msgspec.json.Encoder(order="sorted", decimal_format="number")
_LIST: Final = msgspec.json.Decoder(tuple[str, ...])
_EVIDENCE: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


def canonical(value: object) -> str:
    """Canonical JSON text: sorted keys, no spaces, yuan as numbers with two decimals."""
    return _ENCODER.encode(value).decode()


def storable(text: str) -> str:
    """Text as both databases keep it: a NUL or a lone surrogate becomes a visible escape."""
    if "\0" in text:
        text = text.replace("\0", "\\x00")
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def column(name: str, value: Any) -> Any:
    """A field of an alert as its column holds it."""
    if name in MONEY:
        # More than a bigint holds comes of hostile records only, and must not stop the rest.
        return max(-_MOST, min(_MOST, in_fen(value)))
    if name in TIMES:
        return epoch(value)
    if name in LISTS or name == "evidence":
        return canonical(value)
    return storable(value) if isinstance(value, str) else value


def row_of(alert: Alert) -> Row:
    """The columns that hold the fields of an alert."""
    return {name: column(name, getattr(alert, name)) for name in FIELDS}


def alert_from(row: RowMapping) -> Alert:
    """The alert of a row; numbers with decimals in its evidence are Decimal."""
    values: Row = {name: row[name] for name in FIELDS}
    for name in MONEY:
        values[name] = yuan(values[name])
    for name in TIMES:
        values[name] = moment(values[name])
    for name in LISTS:
        values[name] = _LIST.decode(values[name])
    values["evidence"] = _EVIDENCE.decode(values["evidence"])
    return Alert(**values)

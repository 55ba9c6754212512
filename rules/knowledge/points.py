"""A knowledge point as published, and as it holds from a day on."""

from datetime import date
from typing import Final

from msgspec import Struct

from events.identifiers import ItemKind, item_kind

IN_FORCE: Final = date(2021, 5, 1)
"""From when a point holds unless its import says otherwise: the table gives no dates, publishing
only makes known what catalogues and price lists already said, and their breach is answered by the
Regulations on the Supervision of the Use of the Fund (国务院令第735号), in force since that day."""


class Point(Struct, frozen=True, gc=False, omit_defaults=True):
    """One row of the published table; texts as published, codes in the table's order."""

    kp_id: str
    rule_class: str
    gz_code: str = ""
    item_name: str = ""
    constraint: str = ""
    detect_logic: str = ""
    batch: str = ""
    codes: tuple[str, ...] = ()
    """`med_codes`, the first of them being `med_code`."""


class Standing(Struct, frozen=True, gc=False):
    """A version of a point with the first and the last day on which it holds (None: no end)."""

    point: Point
    since: date
    until: date | None
    version: int
    """Number of the import that brought it."""


def is_national(code: str) -> bool:
    """Whether a code has a national format, of whatever sort of item."""
    return item_kind(code) not in (ItemKind.UNKNOWN, ItemKind.PLACEHOLDER)

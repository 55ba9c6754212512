"""A knowledge point as published, and as it holds from a day on."""

from datetime import date
from typing import Final

from msgspec import Struct

from events.identifiers import ItemKind, item_kind

FIRST_PUBLICATION: Final = date(2025, 5, 23)
"""Day the first batch was published; the date of points whose own batch has no known date."""
BATCH_DATES: Final = {"1": FIRST_PUBLICATION}
"""Days on which batches were published, as far as they are known."""


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


def published_on(point: Point) -> date:
    """The day from which a point holds where its import names none."""
    return BATCH_DATES.get(point.batch, FIRST_PUBLICATION)


def is_national(code: str) -> bool:
    """Whether a code has a national format, of whatever sort of item."""
    return item_kind(code) not in (ItemKind.UNKNOWN, ItemKind.PLACEHOLDER)

"""Small charts as shapes with coordinates; the templates draw them as SVG."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from alerts.desk.pages.counting import Slot
from events.times import DAY, moment

WIDTH: Final = 480
HEIGHT: Final = 72
_GAP: Final = 3
_FLOOR: Final = 14
"""Room for the labels below the bars."""


class Box(Struct, frozen=True):
    """A rectangle in the units of the chart; `name` is its class."""

    x: float
    y: float
    width: float
    height: float
    name: str


class Column(Struct, frozen=True):
    """A slot's boxes from the ground up, its begin and end as text, and its numbers."""

    boxes: tuple[Box, ...]
    begin: str
    end: str
    alerts: tuple[int, int, int]
    label: str
    middle: float


class Chart(Struct, frozen=True):
    """Columns over a ground line, and the number that the highest stands for."""

    columns: tuple[Column, ...]
    top: int
    total: int
    width: int = WIDTH
    height: int = HEIGHT
    ground: int = HEIGHT - _FLOOR


def chart_of(slots: Sequence[Slot]) -> Chart:
    """A chart of slots, with a label at every fourth."""
    top = max((slot.total for slot in slots), default=0)
    pitch = WIDTH / max(len(slots), 1)
    scale = (HEIGHT - _FLOOR - 2) / max(top, 1)
    columns = []
    for index, slot in enumerate(slots):
        x, y = index * pitch + _GAP / 2, float(HEIGHT - _FLOOR)
        boxes = []
        for severity, alerts in enumerate(slot.alerts, 1):
            height = max(alerts * scale, 1.5) if alerts else 0.0
            if height:
                y -= height
                boxes.append(
                    Box(
                        round(x, 2),
                        round(y, 2),
                        round(pitch - _GAP, 2),
                        round(height, 2),
                        f"sev{severity}",
                    )
                )
        begin, end = (moment(ms // 1000) for ms in (slot.begin_ms, slot.begin_ms + slot.width_ms))
        form = "%m-%d %H:%M" if slot.width_ms * len(slots) > DAY * 1000 else "%H:%M"
        label = begin.strftime(form) if index % 4 == 0 else ""
        columns.append(
            Column(
                tuple(boxes),
                begin.strftime(form),
                end.strftime(form),
                slot.alerts,
                label,
                round(x + (pitch - _GAP) / 2, 2),
            )
        )
    return Chart(tuple(columns), top, sum(slot.total for slot in slots))

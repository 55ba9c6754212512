"""Alerts as lines of NDJSON: what `alerts.ndjson`, the alerts topic and the exports carry.

Fields stand in the order of the struct, keys of evidence in alphabetical order. Amounts are JSON
numbers of yuan with two decimals, times RFC 3339 with +08:00, so that the same alert is the same
bytes wherever it is written.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from alerts.alert import Alert

_ENCODER: Final = msgspec.json.Encoder(order="deterministic", decimal_format="number")
_DECODER: Final = msgspec.json.Decoder(Alert, float_hook=Decimal)


class BadAlertLineError(ValueError):
    """A line that is no alert; says file, line and what was wrong."""


def alert_line(alert: Alert) -> bytes:
    """One alert as a JSON object without a line end."""
    return _ENCODER.encode(alert)


def alert_from_line(line: bytes) -> Alert:
    """The alert of a line; numbers with decimals become Decimal, in evidence too.

    Raises `msgspec.DecodeError` where it is none.
    """
    return _DECODER.decode(line)


def write_alert_lines(path: Path, alerts: Iterable[Alert]) -> int:
    """Write a file of alert lines and return how many there are."""
    count = 0
    with path.open("wb") as file:
        for alert in alerts:
            file.write(alert_line(alert) + b"\n")
            count += 1
    return count


def read_alert_lines(path: Path) -> Iterator[Alert]:
    """The alerts of a file of lines, in its order; empty lines are passed over.

    Raises `BadAlertLineError` at the first line that is no alert.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield alert_from_line(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadAlertLineError(
                    f"{path}:{number}: {error}, expected an alert as `fundwatch replay` writes it"
                ) from None

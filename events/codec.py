"""Bytes to events.

The first try is one strict pass of msgspec over the raw bytes. A record it refuses is read once
more by `events.lenient`, which forgives what senders of the national interface are known to do
(empty text for "nothing", numbers where codes are meant, compact dates, unknown fields) and names
what cannot be forgiven.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from events.deadletters import BadRecordError
from events.kinds import Event
from events.lenient import describe, relax
from events.money import Fen, fen, yuan

MAX_BYTES: Final = 1 << 20
"""Largest record accepted."""
MAX_LINES: Final = 2000
"""Most fee lines, trace codes of a line or other parts accepted in one list."""
MAX_TEXT: Final = 128
"""Longest identifier accepted."""


_STEPS: Final = re.compile(r"\w+")


class Decoded(NamedTuple):
    """An event and the names of the fields that the contract does not know."""

    event: Event
    unknown: tuple[str, ...] = ()


def _from_wire(kind: type, value: Any) -> Any:
    if kind is Fen:
        return fen(value)
    raise NotImplementedError(f"no decoding for {kind}")


def _to_wire(value: Any) -> Any:
    if isinstance(value, Fen):
        return yuan(value)
    raise NotImplementedError(f"no encoding for {type(value)}")


_STRICT: Final = msgspec.json.Decoder(Event, dec_hook=_from_wire)


def decode(raw: bytes) -> Decoded:
    """One JSON object to an event. Raises BadRecordError."""
    if len(raw) > MAX_BYTES:
        raise BadRecordError("too_large", "", f"{len(raw)} bytes", f"at most {MAX_BYTES} bytes")
    try:
        event: Event = _STRICT.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, OverflowError):
        return _second_try(raw)
    check_shape(event)
    return Decoded(event)


def decode_object(record: Mapping[str, object]) -> Decoded:
    """The same for a mapping of field names to values, as the tabular readers have it."""
    return _convert(dict(record))


def _second_try(raw: bytes) -> Decoded:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRecordError(
            "not_utf8", "", f"byte 0x{raw[error.start]:02x} at {error.start}", "UTF-8 text"
        ) from None
    try:
        record = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadRecordError("not_json", "", str(error)[:200], "one JSON object") from None
    if not isinstance(record, dict):
        raise BadRecordError("not_json", "", describe(record), "one JSON object")
    return _convert(record)


def _convert(record: dict[str, Any]) -> Decoded:
    kind, relaxed, unknown = relax(record)
    try:
        event = msgspec.convert(relaxed, kind, dec_hook=_from_wire)
    except (msgspec.ValidationError, ValueError, OverflowError, RecursionError) as error:
        raise _explain(error, relaxed) from None
    check_shape(event)
    return Decoded(event, unknown)


def _explain(error: Exception, record: Mapping[str, object]) -> BadRecordError:
    text, _, path = str(error).partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    if "missing required field" in text:
        name = text.rsplit("`", 2)[1]
        return BadRecordError("missing_field", f"{field}.{name}".lstrip("."), "nothing", "a value")
    value: object = record
    for step in _STEPS.findall(field):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, (list, tuple)) and step.isdigit():
            value = value[int(step)]
    expected = text.rpartition(", expected ")[2].removeprefix("Expected ")
    return BadRecordError("bad_value", field, describe(value), expected)


def check_shape(event: Event) -> None:
    """Refuse what no national message can be: empty or oversized keys, endless lists, odd years."""
    if not event.event_id or len(event.event_id) > MAX_TEXT:
        raise BadRecordError(
            "bad_value", "event_id", f"{len(event.event_id)} characters", f"1 to {MAX_TEXT}"
        )
    if not 1990 <= event.event_time.year <= 2100:
        raise BadRecordError(
            "bad_value", "event_time", str(event.event_time.year), "a year 1990-2100"
        )
    key = event.psn_no or event.fixmedins_code
    if not key or len(key) > MAX_TEXT:
        raise BadRecordError(
            "missing_field" if not key else "bad_value",
            "psn_no",
            f"{len(key)} characters",
            f"psn_no (or fixmedins_code where no person is involved), 1 to {MAX_TEXT} characters",
        )
    lines = getattr(event, "feedetail", ())
    if len(lines) > MAX_LINES:
        raise BadRecordError(
            "too_large", "feedetail", f"{len(lines)} lines", f"at most {MAX_LINES}"
        )


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_to_wire, decimal_format="number")


def encode_json(value: object) -> bytes:
    """JSON of a struct or mapping; Decimals as numbers, so that money keeps its two decimals."""
    return _ENCODER.encode(value)

"""The national interface's transactions, as sent and answered, to events.

Input is a JSON object a line, `{"request": {envelope}, "response": {envelope}}`. Event id is the
request's `msgid`. 2203, 2204 and 2301 make no event: they wait for their settlement. Failed
transactions are dead letters "refused_by_platform", transactions that say nothing about money,
people or stock (queries, trial settlements, sign-in) are dead letters "no_event".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from events.codec import MAX_BYTES
from events.deadletters import BadRecordError, DeadLetter, dead_letter
from events.lenient import describe
from events.readers.interface_messages import Exchange, Fields, exchange
from events.readers.interface_persons import (
    admission,
    chronic_cancel,
    chronic_filing,
    discharge,
    institution_filing,
    person_read,
    referral,
)
from events.readers.interface_settlements import (
    cancellation,
    correction,
    drop_fees,
    hold_fees,
    hold_visit,
    pharmacy_settlement,
    visit_settlement,
)
from events.readers.interface_stock import movements
from events.readers.interface_visits import Upload, Visits, leftovers, overflow
from events.readers.lines import lines
from events.readers.records import DamagedFileError, Read, read_object


def read_interface(paths: Iterable[Path], visits: Visits | None = None) -> Iterator[Read]:
    """Events of files of pairs in the order given; at the end dead letters of what was held."""
    held = Visits() if visits is None else visits
    for path in paths:
        source = str(path)
        try:
            for position, line in lines(path):
                yield from read_pair(line, source, position, held)
        except DamagedFileError as damaged:
            yield dead_letter(damaged, source, damaged.position, damaged.raw)
    yield from leftovers(held)


def read_pair(raw: bytes, source: str, position: int, visits: Visits) -> Iterator[Read]:
    """Events of one pair; `visits` carries what later pairs will ask for."""
    try:
        events = _events(_parse(raw), Upload("", source, position, raw), visits)
    except BadRecordError as bad:
        yield dead_letter(bad, source, position, raw)
    else:
        for event in events:
            if isinstance(event, BadRecordError):
                yield dead_letter(event, source, position, raw)
            else:
                yield read_object(event, source, position, raw)
    yield from overflow(visits)


def finish(visits: Visits) -> Iterator[DeadLetter]:
    """Dead letters of uploads no settlement asked for."""
    return leftovers(visits)


def _parse(raw: bytes) -> Mapping[str, Any]:
    if len(raw) > MAX_BYTES:
        raise BadRecordError("too_large", "", f"{len(raw)} bytes", f"at most {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte 0x{raw[error.start]:02x} at {error.start}"
        raise BadRecordError("not_utf8", "", found, "UTF-8 text") from None
    try:
        pair = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadRecordError("not_json", "", str(error)[:200], "one JSON object") from None
    if not isinstance(pair, dict):
        raise BadRecordError("not_json", "", describe(pair), "one JSON object")
    return pair


def _events(
    pair: Mapping[str, Any], upload: Upload, visits: Visits
) -> Iterable[Fields | BadRecordError]:
    message = exchange(pair)
    upload.infno = message.infno
    match message.infno:
        case "2203":
            hold_visit(message, visits, upload)
        case "2204" | "2301":
            hold_fees(message, visits, upload)
        case "2205":
            drop_fees(message, visits)
        case "1101":
            return person_read(message)
        case "2402":
            return discharge(message, visits)
        case "3501" | "3502" | "3503" | "3504" | "3505" | "3506":
            return list(movements(message))
        case _:
            return [_single_event(message, visits)]
    return []


def _single_event(message: Exchange, visits: Visits) -> Fields:
    build = _SINGLE.get(message.infno)
    if build is None:
        found = describe(message.infno)
        raise BadRecordError(
            "no_event", "request.infno", found, "a transaction that makes an event"
        )
    return build(message, visits)


_SINGLE: Final[dict[str, Callable[[Exchange, Visits], Fields]]] = {
    "2102": lambda message, _: pharmacy_settlement(message),
    "2103": lambda message, _: cancellation(message),
    "2207": visit_settlement,
    "2208": lambda message, _: cancellation(message),
    "2304": visit_settlement,
    "2305": lambda message, _: cancellation(message),
    "2401": admission,
    "2501": lambda message, _: referral(message),
    "2503": chronic_filing,
    "2504": chronic_cancel,
    "2505": lambda message, _: institution_filing(message),
    "2601": lambda message, _: correction(message),
}

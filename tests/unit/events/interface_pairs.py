"""Made-up pairs of the national interface, and short views of what they give."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from events.deadletters import DeadLetter
from events.kinds import (
    Settlement,
)
from events.readers import Read, Record
from events.readers.interface import finish, read_pair
from events.readers.interface_visits import Visits

HOSPITAL = "H64010000017"
MSGID = HOSPITAL + "20240305080000"


def local(text: str) -> datetime:
    """A time as events hold it where no offset was sent."""
    return datetime.fromisoformat(text)


def pair(
    infno: str,
    request: object,
    response: object = None,
    *,
    number: int = 1,
    infcode: object = 0,
    **envelope: object,
) -> bytes:
    """One line: a transaction as sent and answered."""
    sent = {
        "infno": infno,
        "msgid": f"{MSGID}{number:04}",
        "mdtrtarea_admvs": "640100",
        "insuplc_admdvs": "",
        "opter": "op7",
        "opter_type": "1",
        "inf_time": "2024-03-05 08:00:00",
        "fixmedins_code": HOSPITAL,
        "dev_no": "T9",
        "input": request,
    } | envelope
    return json.dumps(
        {"request": sent, "response": {"infcode": infcode, "output": response}}
    ).encode()


def run(*pairs: bytes) -> list[Read]:
    """What the pairs, in this order, give; at the end what was held."""
    visits = Visits()
    reads = [
        read
        for position, raw in enumerate(pairs, 1)
        for read in read_pair(raw, "pairs", position, visits)
    ]
    return [*reads, *finish(visits)]


def events(reads: Iterable[Read]) -> list[Any]:
    """The events; a dead letter fails the test."""
    made = []
    for read in reads:
        assert isinstance(read, Record), read
        made.append(read.event)
    return made


def one(*pairs: bytes) -> Any:
    """The only event the pairs give."""
    (event,) = events(run(*pairs))
    return event


def letters(reads: Iterable[Read]) -> list[tuple[int, str, str]]:
    """Position, reason and field of the dead letters."""
    return [
        (read.position, read.reason, read.field) for read in reads if isinstance(read, DeadLetter)
    ]


def setlinfo(**fields: object) -> dict[str, object]:
    """A settlement as the platform answers it."""
    return {
        "setl_id": "S1",
        "mdtrt_id": "V1",
        "psn_no": "P1",
        "setl_time": "2024-03-05 08:01:00",
        "medfee_sumamt": 30,
        "hifp_pay": "18.00",
        "fund_pay_sumamt": "18.00",
        "acct_pay": 12.0,
        "pool_prop_selfpay": "0.6",
    } | fields


def numbers(event: Settlement) -> list[str]:
    """Serial numbers of the fee lines."""
    return [line.feedetl_sn for line in event.feedetail]

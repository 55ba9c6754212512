"""Stock movements: 3501-3506 and their multi-line variants."""

from collections.abc import Iterator
from typing import Final

from events.codes import InvChgType
from events.deadletters import BadRecordError
from events.readers.interface_messages import (
    Exchange,
    Fields,
    at,
    fill,
    is_empty,
    several,
    start,
    trace_codes,
)

_NODES: Final = (
    "invinfo",
    "invinfodetail",
    "purcinfo",
    "purcinfodetail",
    "selinfo",
    "selinfodetail",
    "data",
)
_ANSWERS: Final = (
    "invinfoerrdetail",
    "invinfodetail",
    "purcinfoerrdetail",
    "purcinfodetail",
    "selinfoerrdetail",
    "selinfodetail",
)
_COUNTS: Final = ("inv_cnt", "cnt", "purc_retn_cnt", "sel_retn_cnt")
_PRICES: Final = ("pric", "finl_trns_pric")
_TIMES: Final = ("invdate", "inv_chg_time", "purc_retn_stoin_time", "sel_retn_time")
_INVOICES: Final = ("purc_invo_no", "purc_invo_codg")
_CHANGES: Final = {
    ("3503", False): InvChgType.PURCHASE,
    ("3503", True): InvChgType.GIFT,
    ("3504", False): InvChgType.PURCHASE_RETURN,
    ("3504", True): InvChgType.GIFT_RETURN,
}


def movements(message: Exchange) -> Iterator[Fields | BadRecordError]:
    """One event a line; a line the platform's answer refuses is a BadRecordError instead.

    A message of several lines gives them the ids `<msgid>-1`, `<msgid>-2`, ...
    """
    name = next((name for name in _NODES if name in message.input), "")
    many = isinstance(message.input.get(name), list)
    lines = several(message.input, *_NODES)
    if not lines:
        raise BadRecordError("missing_field", "input", "no lines", "stock lines")
    refused = {
        _line_key(answer)
        for answer in several(message.output, *_ANSWERS)
        if str(answer.get("retrslt")) == "0"
    }
    for number, line in enumerate(lines, 1):
        if _line_key(line) in refused:
            yield BadRecordError("refused_by_platform", f"{name}[{number - 1}]", "retRslt 0", "1")
        else:
            yield _movement(message, line, f"-{number}" if many else "")


def _line_key(line: Fields) -> tuple[str, str]:
    return str(line.get("fixmedins_bchno")), str(line.get("med_list_codg"))


def _movement(message: Exchange, line: Fields, suffix: str) -> Fields:
    event = fill(start(message, "stock", suffix), line)
    event["cnt"] = _first(line, _COUNTS)
    event["pric"] = _first(line, _PRICES)
    event["invo_no"] = _first(line, _INVOICES)
    event["drug_trac_codg"] = list(trace_codes(line, several(line, "drugtracinfo")))
    change = _CHANGES.get((message.infno, str(line.get("prod_geay_flag")) == "1"))
    if change is not None and is_empty(line.get("inv_chg_type")):
        event["inv_chg_type"] = change.value
    return at(event, _first(line, _TIMES))


def _first(line: Fields, names: tuple[str, ...]) -> object:
    return next((line[name] for name in names if not is_empty(line.get(name))), None)

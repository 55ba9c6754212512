"""Settlements, their cancellations and the uploads before them: 2102-2103, 2203-2208, 2301-2305.

Also 2601, which takes back a message by its id.
"""

from collections import defaultdict
from typing import Final

from events.deadletters import BadRecordError
from events.readers.interface_messages import (
    Exchange,
    Fields,
    at,
    diagnoses,
    fee_line,
    fill,
    fund_payments,
    is_empty,
    several,
    single,
    start,
)
from events.readers.interface_visits import (
    Upload,
    Visits,
    drop_lines,
    hold_diagnoses,
    hold_lines,
    note_visit,
    settle,
    visit_of,
)

_BACK: Final = ("fund_pay_sumamt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay")
_VISIT_FIELDS: Final = ("med_type", "dise_codg", "begntime")


def pharmacy_settlement(message: Exchange) -> Fields:
    """2102: everything stands in the one message."""
    node = single(message.input, "druginfo", "data")
    event = _settlement(message, node)
    traces: defaultdict[str, list[Fields]] = defaultdict(list)
    for trace in several(message.input, "drugtracinfo"):
        traces[str(trace.get("feedetl_sn"))].append(trace)
    cuts = _by_number(several(message.output, "detlcutinfo"))
    event["feedetail"] = [
        fee_line(line, cuts.get(number, {}), traces[number])
        for line in several(message.input, "drugdetail", "feedetail")
        for number in (str(line.get("feedetl_sn")),)
    ]
    event["diseinfo"] = diagnoses(several(message.input, "diseinfo"))
    return event


def visit_settlement(message: Exchange, visits: Visits) -> Fields:
    """2207 and 2304: diagnoses and fee lines were uploaded before."""
    node = single(message.input, "data")
    event = _settlement(message, node)
    visit_id = event.get("mdtrt_id")
    if not is_empty(visit_id) and str(visit_id) in visits.held:
        visit = visit_of(visits, visit_id)
        batch = node.get("chrg_bchno")
        diagnosed, lines = settle(visit, "" if is_empty(batch) else str(batch))
        event["diseinfo"] = diagnoses(diagnosed)
        event["feedetail"] = lines
        for name in _VISIT_FIELDS:
            if is_empty(event.get(name)) and name in visit.fields:
                event[name] = visit.fields[name]
    return event


def _settlement(message: Exchange, node: Fields) -> Fields:
    answer = single(message.output, "setlinfo")
    event = fill(start(message, "settlement"), node, answer)
    event["setldetail"] = fund_payments(message.output)
    return at(event, answer.get("setl_time"))


def cancellation(message: Exchange) -> Fields:
    """2103, 2208 and 2305: amounts that went back, positive whatever sign they were sent with.

    Both `setl_id` and `init_setl_id` are the settlement taken back, as the request names it.
    """
    node = single(message.input, "data")
    answer = single(message.output, "setlinfo")
    event = fill(start(message, "reversal"), answer, node)
    for name in _BACK:
        if not is_empty(event.get(name)):
            event[name] = positive(event[name])
    if is_empty(node.get("setl_id")):
        raise BadRecordError("missing_field", "setl_id", "nothing", "the settlement taken back")
    event["init_setl_id"] = node["setl_id"]
    return at(event, answer.get("setl_time"))


def positive(amount: object) -> object:
    """An amount without its sign, as it was sent (text or number)."""
    if isinstance(amount, str):
        return amount.strip().removeprefix("-")
    return abs(amount) if isinstance(amount, (int, float)) else amount


def correction(message: Exchange) -> Fields:
    """2601: the message it takes back is named by its id, which is that event's id."""
    node = single(message.input, "data")
    original = node.get("omsgid")
    if is_empty(original):
        raise BadRecordError("missing_field", "omsgid", "nothing", "the message taken back")
    return fill(start(message, "reversal"), node) | {"init_setl_id": original}


def hold_visit(message: Exchange, visits: Visits, upload: Upload) -> None:
    """2203 and 2203A: diagnoses of a visit."""
    node = single(message.input, "mdtrtinfo", "data")
    visit = visit_of(visits, _visit_id(node.get("mdtrt_id")))
    note_visit(
        visit,
        {name: node.get(name) for name in _VISIT_FIELDS},
        several(message.input, "diseinfo"),
    )
    hold_diagnoses(visit, upload)


def hold_fees(message: Exchange, visits: Visits, upload: Upload) -> None:
    """2204 and 2301: fee lines of a visit, by charge batch."""
    cuts = _by_number(several(message.output, "result", "feedetail"))
    lines = several(message.input, "feedetail", "data")
    if not lines:
        raise BadRecordError("missing_field", "input.feedetail", "nothing", "fee lines")
    grouped: defaultdict[tuple[str, str], list[Fields]] = defaultdict(list)
    for line in lines:
        visit_id = _visit_id(line.get("mdtrt_id"))
        made = fee_line(line, cuts.get(str(line.get("feedetl_sn")), {}))
        grouped[visit_id, str(line.get("chrg_bchno") or "")].append(made)
    uploads: dict[str, Upload] = {}
    for (visit_id, batch), made_lines in grouped.items():
        own = uploads.setdefault(
            visit_id, Upload(upload.infno, upload.source, upload.position, upload.raw)
        )
        hold_lines(visit_of(visits, visit_id), own, batch, made_lines)


def drop_fees(message: Exchange, visits: Visits) -> None:
    """2205: uploaded fee lines withdrawn before settlement."""
    for node in several(message.input, "data"):
        visit_id = str(node.get("mdtrt_id"))
        if visit_id in visits.held:
            drop_lines(visits.held[visit_id], str(node.get("chrg_bchno") or ""))


def _visit_id(value: object) -> str:
    if is_empty(value):
        raise BadRecordError("missing_field", "mdtrt_id", "nothing", "the visit's id")
    return str(value)


def _by_number(nodes: list[Fields]) -> dict[str, Fields]:
    return {str(node.get("feedetl_sn")): node for node in nodes}

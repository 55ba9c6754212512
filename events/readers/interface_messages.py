"""The envelope all transactions of the national interface share, and its known misspellings.

Source: interface specification, message envelope; vocabulary of the transactions in
`docs/fields.md`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from events.deadletters import BadRecordError
from events.kinds import KINDS, Diagnosis, FeeLine, FundPayment
from events.lenient import describe

Fields = dict[str, Any]

_SPELLINGS: Final[dict[str, str]] = {
    "acct_payamt": "acct_pay",
    "bilg_dr_code": "bilg_dr_codg",
    "cash_payamt": "psn_cash_pay",
    "cash_payment": "psn_cash_pay",
    "cert_type": "psn_cert_type",
    "drug_trac_code": "drug_trac_codg",
    "drug_trac_info": "drugtracinfo",
    "durg_trac_codg": "drug_trac_codg",
    "durg_trac_info": "drugtracinfo",
    "durgtracinfo": "drugtracinfo",
    "inscp_amt": "inscp_scp_amt",
    "insuplc_admvs": "insuplc_admdvs",
    "invo_code": "invo_codg",
    "mdtrtarea_admdvs": "mdtrtarea_admvs",
    "othfund_pay": "oth_pay",
    "pdn_cash_pay": "psn_cash_pay",
    "psn_cashpay": "psn_cash_pay",
    "psn_pay": "psn_part_amt",
}
_FIELDS: Final = {
    name: frozenset(kind.__struct_fields__) - {"feedetail", "diseinfo", "setldetail"}
    for name, kind in KINDS.items()
}
_FEE_FIELDS: Final = frozenset(FeeLine.__struct_fields__)
_DIAGNOSIS_FIELDS: Final = frozenset(Diagnosis.__struct_fields__)
_FUND_FIELDS: Final = frozenset(FundPayment.__struct_fields__)
_ACCEPTED: Final = ("0", "0000")


class Exchange(Struct, frozen=True):
    """A transaction as sent and answered, names in lower case, misspellings put right."""

    infno: str
    msgid: str
    envelope: Fields
    input: Fields
    output: Fields


def exchange(pair: Mapping[str, Any]) -> Exchange:
    """Read a `{"request": ..., "response": ...}` pair. Raises BadRecordError.

    The transaction number loses the letter of its multi-line variant (3505A is 3505).
    """
    try:
        plain = tidy(pair)
    except RecursionError:
        raise BadRecordError("not_json", "", "too many levels", "one JSON object") from None
    request = _part(plain, "request")
    response = _part(plain, "response")
    infno = str(request.get("infno") or "")
    msgid = str(request.get("msgid") or "")
    for name, value in (("infno", infno), ("msgid", msgid)):
        if not value:
            raise BadRecordError("missing_field", f"request.{name}", "nothing", "a value")
    code = response.get("infcode")
    if code is None or code == "":
        raise BadRecordError("missing_field", "response.infcode", "nothing", "0 or -1")
    if str(code) not in _ACCEPTED:
        raise BadRecordError("refused_by_platform", "response.infcode", describe(code), "0")
    return Exchange(
        infno[:-1] if len(infno) > 1 and infno[-1] in "Aa" else infno,
        msgid,
        request,
        _body(request, "input"),
        _body(response, "output"),
    )


def tidy(value: Any) -> Any:
    """Lower-case names and put misspelled ones right, all the way down."""
    if isinstance(value, Mapping):
        lowered = {str(name).lower(): tidy(entry) for name, entry in value.items()}
        for wrong in _SPELLINGS.keys() & lowered.keys():
            entry = lowered.pop(wrong)
            if is_empty(lowered.get(_SPELLINGS[wrong])):
                lowered[_SPELLINGS[wrong]] = entry
        return lowered
    if isinstance(value, list):
        return [tidy(entry) for entry in value]
    return value


def is_empty(value: object) -> bool:
    """Whether a field was not sent."""
    return value is None or value == ""


def _part(pair: Fields, name: str) -> Fields:
    part = pair.get(name)
    if not isinstance(part, dict):
        raise BadRecordError("missing_field", name, describe(part), "a message envelope")
    return part


def _body(envelope: Fields, name: str) -> Fields:
    body = envelope.get(name)
    if isinstance(body, str) and body.lstrip().startswith("{"):
        try:
            body = tidy(msgspec.json.decode(body))
        except (msgspec.MsgspecError, RecursionError):
            raise BadRecordError("bad_value", name, "broken JSON text", "an object") from None
    if is_empty(body):
        return {}
    if not isinstance(body, dict):
        raise BadRecordError("bad_value", name, describe(body), "an object")
    return body


def single(body: Fields, *names: str) -> Fields:
    """The first of the named nodes, or the body itself where fields stand without a node."""
    for name in names:
        node = body.get(name)
        if isinstance(node, dict):
            return node
        if isinstance(node, list) and node and isinstance(node[0], dict):
            return node[0]
    return {name: value for name, value in body.items() if not isinstance(value, (dict, list))}


def several(body: Fields, *names: str) -> list[Fields]:
    """The objects of the first of the named nodes that is there, one or many."""
    for name in names:
        node = body.get(name)
        if isinstance(node, dict):
            return [node]
        if isinstance(node, list):
            return [entry for entry in node if isinstance(entry, dict)]
    return []


def start(message: Exchange, event_type: str, suffix: str = "") -> Fields:
    """An event's envelope: id, sending time, institution, areas. No insured area means local."""
    sent = message.envelope
    here = sent.get("mdtrtarea_admvs")
    insured = sent.get("insuplc_admdvs")
    fields = {
        **sent,
        "insuplc_admdvs": here if is_empty(insured) else insured,
        "infno": message.infno,
    }
    known = _FIELDS[event_type]
    return {name: value for name, value in fields.items() if name in known} | {
        "event_type": event_type,
        "event_id": message.msgid + suffix,
        "event_time": sent.get("inf_time"),
    }


def fill(event: Fields, *nodes: Fields) -> Fields:
    """Take over what the contract knows from message nodes, later nodes over earlier ones."""
    known = _FIELDS[str(event["event_type"])]
    for node in nodes:
        for name, value in node.items():
            if name in known and not is_empty(value):
                event[name] = value
    return event


def at(event: Fields, *times: object) -> Fields:
    """Set the event's time to the first that was sent."""
    for time in times:
        if not is_empty(time):
            event["event_time"] = time
            break
    return event


def diagnoses(nodes: Iterable[Fields]) -> list[Fields]:
    """Diagnoses of `diseinfo` nodes, without those declared void."""
    return [
        _known(node, _DIAGNOSIS_FIELDS) for node in nodes if str(node.get("vali_flag", "1")) != "0"
    ]


def fund_payments(output: Fields) -> list[Fields]:
    """Parts paid by each fund (`setldetail`)."""
    return [_known(node, _FUND_FIELDS) for node in several(output, "setldetail")]


def fee_line(line: Fields, cut: Fields, traces: Iterable[Fields] = ()) -> Fields:
    """A fee line as sent, completed by the platform's answer for it and its trace codes."""
    merged = _known(line, _FEE_FIELDS) | _known(cut, _FEE_FIELDS)
    nodes = [*several(line, "drugtracinfo"), *traces]
    codes = list(trace_codes(line, nodes))
    merged.pop("drug_trac_codg", None)
    if codes:
        merged["drug_trac_codg"] = codes
    if any(str(node.get("trdn_flag")) == "1" for node in nodes):
        merged["trdn_flag"] = "1"
    return merged


def trace_codes(line: Fields, nodes: Iterable[Fields]) -> Iterator[str]:
    """Trace codes of a line in its own node and, as it once was, in the line itself."""
    flat = line.get("drug_trac_codg")
    entries = [node.get("drug_trac_codg") for node in nodes]
    for entry in [*(flat if isinstance(flat, list) else [flat]), *entries]:
        if isinstance(entry, (str, int)) and entry != "":
            yield from (code for code in str(entry).replace("，", ",").split(",") if code)


def _known(node: Fields, fields: frozenset[str]) -> Fields:
    return {name: value for name, value in node.items() if name in fields and not is_empty(value)}

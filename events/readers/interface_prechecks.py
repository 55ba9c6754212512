"""The national interface's 3101 and 3102, a settlement that has not happened, to an event.

Several `fsi_encounter_dtos` are a history that the monitor has by itself; the one asked about is
the `curr_mdtrt_id`. Orders marked as not current (`curr_drord_flag` 0) are left out. What these
messages do not carry (credential, terminal, trace codes, receipt) stays empty.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from msgspec import Struct

from events.codec import decode_object
from events.deadletters import BadRecordError
from events.kinds import Settlement
from events.lenient import describe
from events.readers.interface_messages import Fields, is_empty, several, tidy

INFNOS: Final = ("3101", "3102")
_ENCOUNTER: Final[Mapping[str, str]] = {
    "mdtrt_id": "mdtrt_id",
    "medins_id": "fixmedins_code",
    "medins_admdvs": "mdtrtarea_admvs",
    "medins_type": "fixmedins_type",
    "medins_lv": "hosp_lv",
    "med_type": "med_type",
    "insutype": "insutype",
    "dise_no": "dise_codg",
    "adm_date": "begntime",
    "medfee_sumamt": "medfee_sumamt",
    "ownpay_amt": "fulamt_ownpay_amt",
    # `tidy` has turned acct_payamt into the name that settlements have.
    "acct_pay": "acct_pay",
    "hifp_payamt": "hifp_pay",
    "ma_amt": "maf_pay",
}
_ORDER: Final[Mapping[str, str]] = {
    "rx_id": "feedetl_sn",
    "rxno": "rxno",
    "hilist_code": "med_list_codg",
    "hosplist_code": "medins_list_codg",
    "hilist_name": "item_name",
    "sumamt": "det_item_fee_sumamt",
    "cnt": "cnt",
    "pric": "pric",
    "drord_begn_date": "fee_ocur_time",
    "drord_dept_codg": "bilg_dept_codg",
    "drord_dr_codg": "bilg_dr_codg",
    "hilist_lv": "chrgitm_lv",
    "chrg_type": "med_chrgitm_type",
}
_FUNDS: Final = ("hifp_payamt", "ma_amt")


class Question(Struct, frozen=True):
    """A settlement asked about, and the rules it is to be held against (none: all)."""

    infno: str
    msgid: str
    settlement: Settlement
    rule_ids: tuple[str, ...]


def is_question(message: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a 3101 or 3102, in its envelope or without."""
    return "event_type" not in message and any(
        str(name).lower() in {"infno", "patient_dtos", "data", "input"} for name in message
    )


def question_of(message: Mapping[str, Any], name: str, at: datetime) -> Question:
    """The question of a message; `name` is the id of what has none, `at` its time where not sent.

    Raises BadRecordError.
    """
    try:
        envelope: Fields = tidy(message)
    except RecursionError:
        raise BadRecordError("not_json", "", "too many levels", "one JSON object") from None
    infno = str(envelope.get("infno") or INFNOS[0])
    if infno not in INFNOS:
        raise BadRecordError("no_event", "infno", describe(infno), " or ".join(INFNOS))
    body = _within(_within(envelope, "input"), "data")
    patients = several(body, "patient_dtos")
    if len(patients) != 1:
        raise BadRecordError("missing_field", "patient_dtos", f"{len(patients)}", "one patient")
    patient = patients[0]
    encounter = _current(patient)
    sent = envelope.get("inf_time")
    fields: Fields = {
        "event_type": "settlement",
        "event_id": name,
        "event_time": at.isoformat() if is_empty(sent) else sent,
        "setl_id": name,
        "psn_no": patient.get("patn_id"),
        "gend": patient.get("gend"),
        "brdy": patient.get("brdy"),
        "insuplc_admdvs": str(patient.get("poolarea") or "")[:6],
        "diseinfo": _diagnoses(encounter),
        "feedetail": [
            _line(order) for order in several(encounter, "fsi_order_dtos") if _now(order)
        ],
    }
    fields |= _renamed(encounter, _ENCOUNTER)
    fields["fund_pay_sumamt"] = _sum(encounter, _FUNDS)
    event = decode_object({name: value for name, value in fields.items() if not is_empty(value)})
    assert isinstance(event.event, Settlement)
    rules = body.get("rule_ids")
    named = tuple(str(rule) for rule in rules) if isinstance(rules, list) else ()
    return Question(infno, str(envelope.get("msgid") or ""), event.event, named)


def _within(message: Fields, name: str) -> Fields:
    inner = message.get(name)
    return inner if isinstance(inner, dict) else message


def _current(patient: Fields) -> Fields:
    encounters = several(patient, "fsi_encounter_dtos")
    current = patient.get("curr_mdtrt_id")
    if len(encounters) > 1:
        encounters = [one for one in encounters if one.get("mdtrt_id") == current]
    if len(encounters) != 1:
        raise BadRecordError(
            "missing_field",
            "fsi_encounter_dtos",
            f"{len(encounters)} that are the current one",
            "one with the mdtrt_id of curr_mdtrt_id",
        )
    return encounters[0]


def _now(order: Fields) -> bool:
    return str(order.get("curr_drord_flag", "1")) != "0"


def _renamed(node: Fields, names: Mapping[str, str]) -> Fields:
    return {ours: node[theirs] for theirs, ours in names.items() if not is_empty(node.get(theirs))}


def _line(order: Fields) -> Fields:
    line = _renamed(order, _ORDER)
    more = order.get("extend_order_map")
    days = more.get("o_prddays") if isinstance(more, dict) else None
    if not is_empty(days):
        line["prd_days"] = days
    return line


def _diagnoses(encounter: Fields) -> list[Fields]:
    """Diagnoses, the main one first; where none are listed, the main one named by the visit."""
    listed = [
        {
            "diag_code": str(node.get("dise_codg") or ""),
            "diag_srt_no": str(node.get("dias_srt_no") or ""),
        }
        for node in sorted(
            several(encounter, "fsi_diagnose_dtos"),
            key=lambda node: str(node.get("maindise_flag")) != "1",
        )
    ]
    main = encounter.get("dscg_main_dise_codg")
    return listed or ([{"diag_code": str(main)}] if not is_empty(main) else [])


def _sum(node: Fields, names: Iterable[str]) -> str:
    total = Decimal(0)
    for name in names:
        if not is_empty(value := node.get(name)):
            try:
                total += Decimal(str(value))
            except InvalidOperation:
                raise BadRecordError("bad_value", name, describe(value), "an amount") from None
    return str(total)

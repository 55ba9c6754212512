"""Rows of the regulator's tables to the event contract, one table a function.

Tables and columns are those of the national platform's regulatory database (upper case there,
lower case once read). Event id is `<TABLE>:<key>`. A row that is not valid (`VALI_FLAG` 0) is a
withdrawal where the table registers something, and no event elsewhere.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from events.codes import BizAppyType, InstitutionState, MedType, RxStas, RxUsedStas
from events.deadletters import BadRecordError

Values = Mapping[str, object]
Fields = dict[str, Any]

_SLASHED: Final = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[ T](\d{1,2})(:\d\d)(:\d\d)?)?")


def text(values: Values, *names: str) -> str:
    """The first of the columns that holds something, as text; empty where none does."""
    for name in names:
        value = values.get(name)
        if value is not None and str(value).strip() not in ("", "NaT", "nan"):
            return str(value).strip()
    return ""


def key(values: Values, name: str) -> str:
    """A column that must hold something. Raises BadRecordError."""
    found = text(values, name)
    if not found:
        raise BadRecordError("missing_field", name.upper(), "nothing", "a value")
    return found


def when(values: Values, *names: str) -> str:
    """The first of the time columns that holds something; `2024/3/5 8:00` is put right."""
    found = text(values, *names)
    slashed = _SLASHED.fullmatch(found)
    if slashed is None:
        return found
    year, month, day, hour, minutes, seconds = slashed.groups()
    date = f"{year}-{month:0>2}-{day:0>2}"
    return f"{date}T{hour:0>2}{minutes}{seconds or ':00'}" if hour else date


def number(values: Values, name: str) -> Decimal:
    """A column as a number, 0 where it is none (the codec then says what is wrong with it)."""
    try:
        found = Decimal(text(values, name) or 0)
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


def is_valid(values: Values) -> bool:
    """Whether a row holds (`VALI_FLAG` is not 0)."""
    return text(values, "vali_flag") != "0"


def start(table: str, values: Values, key_column: str, event_type: str, time: str) -> Fields:
    """An event's envelope from a row."""
    return {
        "event_type": event_type,
        "event_id": f"{table}:{key(values, key_column)}",
        "event_time": time,
        "psn_no": text(values, "psn_no"),
        "insuplc_admdvs": text(values, "insu_admdvs"),
        "mdtrtarea_admvs": text(values, "fix_blng_admdvs"),
        "fixmedins_code": text(values, "fixmedins_code"),
    }


def _withdrawable(event: Fields, values: Values) -> list[Fields]:
    """The registration, and its withdrawal where the row no longer holds."""
    events = [event | {"action": "register"}]
    if not is_valid(values) or text(values, "retn_flag") == "1":
        events.append(
            event
            | {
                "action": "cancel",
                "event_id": f"{event['event_id']}:cancel",
                "event_time": when(values, "updt_time", "opt_time") or event["event_time"],
            }
        )
    return events


def _only_valid(values: Values) -> None:
    if not is_valid(values):
        raise BadRecordError("not_valid", "VALI_FLAG", "0", "1")


def _inhospital(values: Values) -> list[Fields]:
    _only_valid(values)
    shared = {"mdtrt_id": text(values, "mdtrt_id"), "med_type": text(values, "med_type")}
    begin = when(values, "begntime")
    events = [start("INHOSP_INFO_D", values, "mdtrt_id", "admission", begin) | shared]
    end = when(values, "endtime")
    if end and text(values, "inhosp_stas") != "1":
        discharge = start("INHOSP_INFO_D", values, "mdtrt_id", "discharge", end) | shared
        events.append(discharge | {"event_id": f"{discharge['event_id']}:discharge"})
    return events


def _entitlement(values: Values) -> list[Fields]:
    time = when(values, "appy_date", "crte_time", "begndate")
    event = start("OPSP_REG_D", values, "trt_dcla_detl_sn", "entitlement", time) | {
        "med_type": MedType.CHRONIC.value,
        "dise_codg": text(values, "opsp_dise_code"),
        "begndate": when(values, "begndate"),
        "enddate": when(values, "enddate"),
        "cert_fixmedins_code": text(values, "ide_fixmedins_no"),
    }
    return _withdrawable(event, values)


def _filing(values: Values) -> list[Fields]:
    time = when(values, "crte_time", "opt_time", "begndate")
    event = start("OUT_APPY_D", values, "trt_dcla_detl_sn", "filing", time) | {
        "biz_appy_type": BizAppyType.RESETTLED.value,
        "begndate": when(values, "begndate"),
        "enddate": when(values, "enddate"),
        "to_admdvs": text(values, "rloc_admdvs"),
    }
    return _withdrawable(event, values)


def _insurance(values: Values) -> list[Fields]:
    time = when(values, "opt_time", "updt_time", "crte_time", "crt_insu_date")
    event = start("PSN_INSU_D", values, "psn_insu_rlts_id", "insurance_status", time)
    return [
        event
        | {
            "insutype": text(values, "insutype"),
            "psn_type": text(values, "psn_type"),
            "psn_insu_stas": text(values, "psn_insu_stas"),
            "begndate": when(values, "crt_insu_date", "psn_insu_date"),
            "enddate": when(values, "paus_insu_date"),
        }
    ]


def _person(values: Values) -> list[Fields]:
    _only_valid(values)
    time = when(values, "updt_time", "opt_time", "crte_time")
    event = start("PSN_INFO_B", values, "psn_no", "insurance_status", time)
    return [
        event
        | {
            "surv_stas": text(values, "surv_stas"),
            "gend": text(values, "gend"),
            "brdy": when(values, "brdy"),
        }
    ]


def _suspension(values: Values) -> list[Fields]:
    _only_valid(values)
    event = start("FIXMEDINS_PAUS_D", values, "rid", "institution_status", when(values, "begntime"))
    return [
        event
        | {
            "state": InstitutionState.SUSPENDED.value,
            "begndate": when(values, "begntime"),
            "enddate": when(values, "endtime"),
        }
    ]


def _credit(values: Values) -> list[Fields]:
    _only_valid(values)
    time = when(values, "acct_modi_date", "crte_time")
    event = start("ACCT_INC_DETL_D", values, "acct_inc_detl_id", "account_credit", time)
    return [event | {"amt": text(values, "inc_sumamt"), "clct_month": time[:7]}]


def _prescription(values: Values) -> list[Fields]:
    time = when(values, "prsc_date", "crte_time")
    event = start("RX_D", values, "rx_id", "prescription", time)
    state = RxStas.VALID if is_valid(values) else RxStas.REVOKED
    used = RxUsedStas.USED if text(values, "setl_id") else RxUsedStas.UNUSED
    return [
        event
        | {
            "hi_rxno": text(values, "rx_id"),
            "rxno": text(values, "rxno"),
            "dr_code": text(values, "bilg_dr_code"),
            "dise_codg": text(values, "opsp_dise_code"),
            "rx_stas_codg": state.value,
            "rx_used_stas_codg": used.value,
        }
    ]


TABLES: Final[dict[str, Callable[[Values], list[Fields]]]] = {
    "INHOSP_INFO_D": _inhospital,
    "OPSP_REG_D": _entitlement,
    "OUT_APPY_D": _filing,
    "PSN_INSU_D": _insurance,
    "PSN_INFO_B": _person,
    "FIXMEDINS_PAUS_D": _suspension,
    "ACCT_INC_DETL_D": _credit,
    "RX_D": _prescription,
}
"""Tables whose rows stand for themselves; each function gives the events of one row."""

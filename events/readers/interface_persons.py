"""Transactions about persons: 1101, admissions and discharges (24xx), filings (25xx)."""

from typing import Final

from events.codes import BizAppyType, CheckResult, MedType, PsnCertType
from events.deadletters import BadRecordError
from events.identifiers import upgrade_identity
from events.readers.interface_messages import (
    Exchange,
    Fields,
    at,
    diagnoses,
    fill,
    is_empty,
    several,
    single,
    start,
)
from events.readers.interface_visits import Visits, note_visit, visit_of

_MASK: Final = "*"


def person_read(message: Exchange) -> list[Fields]:
    """1101: one insurance status per insurance, and a check where documents can be compared."""
    base = single(message.output, "baseinfo")
    shown = single(message.input, "data")
    events = []
    for number, insured in enumerate(several(message.output, "insuinfo"), 1):
        event = start(message, "insurance_status", "" if number == 1 else f"-{number}")
        fill(event, base, insured)
        event["begndate"] = insured.get("psn_insu_date")
        event["enddate"] = insured.get("paus_insu_date")
        events.append(event)
    result = _compare(shown, base)
    if result:
        check = fill(start(message, "identity_check", "-check"), base, shown)
        events.append(check | {"result": result})
    if not events:
        raise BadRecordError("missing_field", "output.insuinfo", "nothing", "insurances")
    return events


def _compare(shown: Fields, base: Fields) -> str:
    """Whether the document shown is the insured person's; empty where it cannot be told."""
    if any(is_empty(node.get("certno")) for node in (shown, base)):
        return ""
    kinds = [str(node.get("psn_cert_type") or "") for node in (shown, base)]
    if kinds[0] != kinds[1]:
        return ""
    numbers = [str(node["certno"]).strip() for node in (shown, base)]
    if _MASK in "".join(numbers):
        return CheckResult.UNAVAILABLE
    if kinds[0] == PsnCertType.IDENTITY_CARD:
        numbers = [upgrade_identity(number) for number in numbers]
    return CheckResult.MATCH if numbers[0] == numbers[1] else CheckResult.MISMATCH


def admission(message: Exchange, visits: Visits) -> Fields:
    """2401: the event's time is the admission's, not the message's."""
    node = single(message.input, "mdtrtinfo", "data")
    answer = single(message.output, "result")
    event = fill(start(message, "admission"), node, answer)
    diagnosed = several(message.input, "diseinfo")
    event["diseinfo"] = diagnoses(diagnosed)
    if not is_empty(event.get("mdtrt_id")):
        fields = {name: node.get(name) for name in ("med_type", "dise_codg", "begntime")}
        note_visit(visit_of(visits, event["mdtrt_id"]), fields, diagnosed)
    return at(event, node.get("begntime"))


def discharge(message: Exchange, visits: Visits) -> list[Fields]:
    """2402: the discharge, and a death where one is reported."""
    node = single(message.input, "dscginfo", "data")
    event = fill(start(message, "discharge"), node)
    diagnosed = several(message.input, "diseinfo")
    event["diseinfo"] = diagnoses(diagnosed)
    visit = visits.held.get(str(node.get("mdtrt_id")))
    if visit is not None:
        note_visit(visit, {}, diagnosed)
        event.setdefault("med_type", visit.fields.get("med_type"))
    events = [at(event, node.get("endtime"))]
    if not is_empty(node.get("die_date")):
        death = fill(start(message, "insurance_status", "-death"), {"psn_no": node.get("psn_no")})
        events.append(at(death, node.get("endtime")) | {"death_date": node["die_date"]})
    return events


def chronic_filing(message: Exchange, visits: Visits) -> Fields:
    """2503: a chronic- or special-disease entitlement."""
    node = single(message.input, "data")
    event = fill(start(message, "entitlement"), node)
    event |= {
        "action": "register",
        "med_type": MedType.CHRONIC.value,
        "dise_codg": node.get("opsp_dise_code"),
        "cert_fixmedins_code": node.get("ide_fixmedins_no"),
    }
    if not is_empty(node.get("insu_optins")):
        event["insuplc_admdvs"] = node["insu_optins"]
    serial = single(message.output, "result").get("trt_dcla_detl_sn")
    if not is_empty(serial):
        visits.filings[str(serial)] = event
    return event


def chronic_cancel(message: Exchange, visits: Visits) -> Fields:
    """2504: names its filing by serial number only, so the filing must have been read."""
    node = single(message.input, "data")
    event = fill(start(message, "entitlement"), node) | {"action": "cancel"}
    filed = visits.filings.get(str(node.get("trt_dcla_detl_sn")), {})
    disease = node.get("opsp_dise_code") or filed.get("dise_codg")
    if is_empty(disease):
        raise BadRecordError("unmatched", "trt_dcla_detl_sn", "2504 alone", "its 2503 before it")
    event |= {"med_type": MedType.CHRONIC.value, "dise_codg": disease}
    for name in ("psn_no", "insuplc_admdvs", "begndate", "enddate", "cert_fixmedins_code"):
        if is_empty(event.get(name)) and not is_empty(filed.get(name)):
            event[name] = filed[name]
    return event


def referral(message: Exchange) -> Fields:
    """2501: a referral to another hospital."""
    node = single(message.input, "refmedin", "data")
    event = fill(start(message, "filing"), {"psn_no": node.get("psn_no")})
    return event | {
        "action": "register",
        "biz_appy_type": BizAppyType.REFERRAL.value,
        "begndate": node.get("begndate") or node.get("refl_date"),
        "enddate": node.get("enddate"),
        "to_admdvs": node.get("mdtrtarea_admvs"),
    }


def institution_filing(message: Exchange) -> Fields:
    """2505: a filing of a designated institution for a person."""
    node = single(message.input, "data")
    return fill(start(message, "filing"), node) | {"action": "register"}

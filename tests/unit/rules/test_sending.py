"""How a settlement was sent: the bits that an institution's month counts."""

from typing import Any

import pytest

from events.codec import decode_object
from events.kinds import Settlement
from rules.histories.sending import (
    COSTS_HOLD,
    COSTS_OFF,
    DIAGNOSED,
    LINED,
    LINES,
    NATIONAL_DISEASE,
    NATIONAL_STAFF,
    NO_BEGIN,
    NO_CERTIFICATE,
    NO_COUNT,
    NO_DIAGNOSIS,
    NO_DOCTOR,
    NO_FEE_TIME,
    NO_LINES,
    OTHER_DISEASE,
    OWN_STAFF,
    SIGNED,
    sent,
)
from rules.histories.visits import visit_of

_ITEM = "001102000010000"
_DOCTOR = "D640100000003"


def _sent(*, pharmacy: bool = False, **fields: Any) -> int:
    event = decode_object(
        {
            "event_type": "settlement",
            "event_id": "e1",
            "event_time": "2024-03-01T10:00:00",
            "psn_no": "A",
            "fixmedins_code": "H64010000001",
            "setl_id": "S1",
            "medfee_sumamt": 0,
            **fields,
        }
    ).event
    assert isinstance(event, Settlement)
    return sent(visit_of(event), pharmacy=pharmacy)


def _line(cnt: str, pric: str, costs: str, **fields: Any) -> dict[str, Any]:
    line = {"med_list_codg": _ITEM, "cnt": cnt, "pric": pric, "det_item_fee_sumamt": costs}
    return {**line, **fields}


@pytest.mark.parametrize(
    ("line", "bits"),
    [
        (_line("2", "20.52", "41.04"), COSTS_HOLD),
        (_line("2", "20.52", "41.02"), COSTS_HOLD),
        (_line("2", "20.52", "41.00"), COSTS_HOLD),
        (_line("2", "20.52", "40.99"), COSTS_OFF),
        (_line("2", "20.52", "20.52"), COSTS_OFF),
        (_line("-2", "20.52", "-41.04"), COSTS_HOLD),
        (_line("30", "0.4167", "12.50"), COSTS_HOLD),
        (_line("30", "0.4167", "12.55"), COSTS_OFF),
        (_line("0.33", "30.00", "10.00"), COSTS_HOLD),
        (_line("0.33", "30.00", "13.00"), COSTS_OFF),
        (_line("12", "0.35", "29.40", med_list_codg="T000100001"), COSTS_HOLD),
        (_line("12", "0.35", "29.40", med_chrgitm_type="10"), COSTS_HOLD),
        (_line("12", "0.35", "29.40"), COSTS_OFF),
        (_line("12", "0.35", "1.20", med_list_codg="T000100001"), COSTS_OFF),
        (_line("0", "0.35", "1.20"), 0),
        (_line("2", "20.52", "0"), 0),
    ],
)
def test_costs_are_count_times_price(line: dict[str, Any], bits: int) -> None:
    assert _sent(feedetail=[line]) & (COSTS_HOLD | COSTS_OFF) == bits


def test_one_line_that_is_off_is_enough() -> None:
    lines = [_line("1", "10.00", "10.00"), _line("1", "10.00", "100.00")]
    assert _sent(feedetail=lines) & COSTS_OFF


@pytest.mark.parametrize(
    ("code", "bits"),
    [
        (_DOCTOR, NATIONAL_STAFF),
        ("HY640100000003", NATIONAL_STAFF),
        ("123", OWN_STAFF),
        ("D12", OWN_STAFF),
        ("D6401000000", 0),
        ("张医生", 0),
        ("无", 0),
    ],
)
def test_staff_by_national_and_by_own_codes(code: str, bits: int) -> None:
    """What is told for itself, settlement by settlement, counts as neither."""
    lines = [_line("1", "10.00", "10.00", bilg_dr_codg=code)]
    assert _sent(feedetail=lines) & (NATIONAL_STAFF | OWN_STAFF) == bits


def test_who_diagnosed_counts_as_well() -> None:
    lines = [_line("1", "10.00", "10.00", bilg_dr_codg=_DOCTOR)]
    bits = _sent(feedetail=lines, diseinfo=[{"diag_code": "YT001", "dise_dor_no": "123"}])
    assert bits & (NATIONAL_STAFF | OWN_STAFF) == NATIONAL_STAFF | OWN_STAFF
    assert bits & (NATIONAL_DISEASE | OTHER_DISEASE) == OTHER_DISEASE


def test_a_hospital_is_asked_for_diagnosis_and_physician() -> None:
    asked = NO_DIAGNOSIS | NO_DOCTOR | DIAGNOSED | SIGNED
    assert _sent() & asked == NO_DIAGNOSIS
    assert _sent(feedetail=[_line("1", "1", "1")]) & asked == NO_DIAGNOSIS | NO_DOCTOR
    signed = [_line("1", "1", "1", bilg_dr_codg="123")]
    told = _sent(feedetail=signed, diseinfo=[{"diag_code": "J06.900"}])
    assert told & asked == DIAGNOSED | SIGNED
    assert told & NO_BEGIN
    assert not _sent(begntime="2024-03-01T09:00:00") & NO_BEGIN


def test_lines_are_asked_for_outside_stays_and_certificates_of_everybody() -> None:
    asked = NO_LINES | LINES | NO_CERTIFICATE
    assert _sent() & asked == NO_LINES | NO_CERTIFICATE
    line = _line("1", "1", "1")
    assert _sent(feedetail=[line], psn_cert_type="01", certno="11010519491231002X") & asked == LINES
    assert not _sent(psn_cert_type="01") & NO_CERTIFICATE
    assert not _sent(infno="2304", med_type="21") & (NO_LINES | LINES)


def test_lines_are_asked_for_count_and_time() -> None:
    asked = NO_FEE_TIME | NO_COUNT | LINED
    whole = _line("1", "1", "1", fee_ocur_time="2024-03-01T09:00:00")
    assert not _sent() & asked
    assert _sent(feedetail=[whole]) & asked == LINED
    assert _sent(feedetail=[whole, _line("1", "1", "1")]) & asked == NO_FEE_TIME | LINED
    uncounted = {**whole, "cnt": "0"}
    assert _sent(feedetail=[whole, uncounted]) & asked == NO_COUNT | LINED
    assert _sent(feedetail=[{**uncounted, "det_item_fee_sumamt": "0"}]) & asked == LINED


def test_a_pharmacy_is_asked_on_prescription_only() -> None:
    asked = NO_DIAGNOSIS | NO_DOCTOR | DIAGNOSED | SIGNED
    assert not _sent(pharmacy=True, feedetail=[_line("1", "1", "1")]) & asked
    filled = [_line("1", "1", "1", rxno="CF0000012345")]
    assert _sent(pharmacy=True, feedetail=filled) & asked == NO_DIAGNOSIS | NO_DOCTOR

"""What reports of insurance say of a day: ends, pauses, renewals, corrections, moves."""

from datetime import date
from typing import Any

import pytest

from events.codec import decode_object
from events.times import day_number
from rules.histories.intake import home
from rules.histories.records import Status, Visit
from rules.impersonation.insurance import State, word

ENDED, BASIC = ("0", "3", "4"), ("310", "390")


def _status(told: str, state: str, **fields: Any) -> Status:
    event = decode_object(
        {
            "event_type": "insurance_status",
            "event_id": told,
            "event_time": f"{told}T09:00:00",
            "psn_no": "P",
            "insuplc_admdvs": "640100",
            "insutype": "310",
            "psn_insu_stas": state,
            **fields,
        }
    ).event
    record = home(event)[0].record
    assert isinstance(record, Status)
    return record


def _visit(insurance: str = "310", area: str = "640100") -> Visit:
    event = decode_object(
        {
            "event_type": "settlement",
            "event_id": "s1",
            "event_time": "2024-03-10T10:00:00",
            "psn_no": "P",
            "insuplc_admdvs": area,
            "insutype": insurance,
            "fixmedins_code": "P64010000001",
            "setl_id": "s1",
            "medfee_sumamt": "10.00",
        }
    ).event
    record = home(event)[0].record
    assert isinstance(record, Visit)
    return record


def _said(statuses: list[Status], day: str, visit: Visit | None = None) -> tuple[State, str]:
    told = sorted(statuses, key=lambda status: status.time)
    number = day_number(date.fromisoformat(day))
    found = word(told, visit or _visit(), number, ENDED, BASIC)
    return found.state, date.fromordinal(found.since + 719163).isoformat() if found.since else ""


ACTIVE = _status("2024-01-01", "1", begndate="2015-01-01")


@pytest.mark.parametrize(
    ("statuses", "day", "state", "since"),
    [
        ([], "2024-03-10", State.UNKNOWN, ""),
        ([ACTIVE], "2024-03-10", State.INSURED, ""),
        (
            [ACTIVE, _status("2024-03-05", "4", enddate="2024-02-29")],
            "2024-03-01",
            State.ENDED,
            "2024-03-01",
        ),
        (
            [ACTIVE, _status("2024-03-05", "4", enddate="2024-02-29")],
            "2024-02-29",
            State.INSURED,
            "",
        ),
        ([ACTIVE, _status("2024-03-05", "4")], "2024-03-05", State.INSURED, ""),
        ([ACTIVE, _status("2024-03-05", "4")], "2024-03-06", State.ENDED, "2024-03-06"),
        # a begin that is the insurance's own, and one that is the pause's
        (
            [ACTIVE, _status("2024-03-05", "2", begndate="2015-01-01")],
            "2024-03-04",
            State.INSURED,
            "",
        ),
        (
            [ACTIVE, _status("2024-03-05", "2", begndate="2024-03-01")],
            "2024-03-04",
            State.PAUSED,
            "2024-03-01",
        ),
        # a pause that is over, told in advance
        (
            [_status("2024-03-01", "2", enddate="2024-03-05")],
            "2024-03-04",
            State.PAUSED,
            "2024-03-02",
        ),
        ([_status("2024-03-01", "2", enddate="2024-03-05")], "2024-03-06", State.UNKNOWN, ""),
        # renewed, corrected, and renewed too late
        (
            [
                _status("2024-03-01", "4", enddate="2024-02-29"),
                _status("2024-05-01", "1", begndate="2024-03-01"),
            ],
            "2024-03-10",
            State.INSURED,
            "",
        ),
        (
            [_status("2024-03-01", "4", enddate="2024-02-29"), _status("2024-05-01", "1")],
            "2024-03-10",
            State.INSURED,
            "",
        ),
        (
            [
                _status("2024-03-01", "4", enddate="2024-02-29"),
                _status("2024-05-01", "1", begndate="2024-05-01"),
            ],
            "2024-03-10",
            State.ENDED,
            "2024-03-01",
        ),
        # the new employer reports before the old one, or both at once
        (
            [
                _status("2024-03-02", "1", begndate="2024-03-01"),
                _status("2024-03-05", "4", enddate="2024-02-29"),
            ],
            "2024-03-10",
            State.INSURED,
            "",
        ),
        (
            [_status("2024-03-05", "1"), _status("2024-03-05", "4", enddate="2024-02-29")],
            "2024-03-10",
            State.INSURED,
            "",
        ),
        # a district of the same city
        (
            [_status("2024-03-01", "4", insuplc_admdvs="640104", enddate="2024-02-29")],
            "2024-03-10",
            State.ENDED,
            "2024-03-01",
        ),
        # ran out
        (
            [_status("2023-01-01", "1", begndate="2023-01-01", enddate="2023-12-31")],
            "2024-01-05",
            State.ENDED,
            "2024-01-01",
        ),
        # insured otherwise or elsewhere; a supplement does not cover by itself
        (
            [
                _status("2024-03-01", "4", enddate="2024-02-29"),
                _status("2024-03-02", "1", insutype="390", begndate="2024-03-01"),
            ],
            "2024-03-10",
            State.INSURED,
            "",
        ),
        (
            [
                _status("2024-03-01", "4", enddate="2024-02-29"),
                _status("2024-02-02", "1", insuplc_admdvs="510100", begndate="2024-02-01"),
            ],
            "2024-03-10",
            State.INSURED,
            "",
        ),
        (
            [
                _status("2024-03-01", "4", enddate="2024-02-29"),
                _status("2024-01-02", "1", insutype="330", begndate="2024-01-01"),
            ],
            "2024-03-10",
            State.ENDED,
            "2024-03-01",
        ),
    ],
)
def test_what_reports_say(statuses: list[Status], day: str, state: State, since: str) -> None:
    assert _said(statuses, day) == (state, since)


def test_another_insurance_that_ended_says_nothing() -> None:
    ended = _status("2024-03-01", "4", insutype="390", enddate="2024-02-29")
    assert _said([ended], "2024-03-10") == (State.UNKNOWN, "")
    assert _said([ended], "2024-03-10", _visit("390"))[0] is State.ENDED
    assert _said([ended], "2024-03-10", _visit("390", "510100"))[0] is State.UNKNOWN

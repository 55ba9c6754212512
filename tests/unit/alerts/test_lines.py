import json
from decimal import Decimal
from pathlib import Path

import pytest

from alerts.ledger.lines import (
    BadAlertLineError,
    alert_from_line,
    alert_line,
    read_alert_lines,
    write_alert_lines,
)
from tests.unit.alerts.made import an_alert, retracted

FIELDS = [
    "alert_id",
    "rule_id",
    "rule_version",
    "family",
    "sev_deg",
    "subject_type",
    "subject",
    "event_ids",
    "setl_ids",
    "amount",
    "clauses",
    "message_zh",
    "message_en",
    "evidence",
    "revision",
    "status",
    "first_event_time",
    "last_event_time",
]


def test_a_line_has_the_fields_of_the_contract_in_its_order() -> None:
    told = json.loads(alert_line(an_alert()))

    assert [name for name in told if name in FIELDS] == FIELDS
    assert told["event_ids"] == ["e2", "e1"]
    assert told["message_zh"] == "一小时内结算12次"


def test_amounts_are_numbers_with_two_decimals_and_times_say_their_offset() -> None:
    line = alert_line(an_alert(amount=Decimal("120.50"), involved=Decimal("300.00")))

    assert b'"amount":120.50,"involved":300.00' in line
    assert b'"first_event_time":"2026-01-01T08:00:00+08:00"' in line
    assert b'"paid":[60.25,60.25]' in line


def test_the_order_of_evidence_does_not_matter() -> None:
    one, other = an_alert(evidence={"a": 1, "b": 2}), an_alert(evidence={"b": 2, "a": 1})

    assert alert_line(one) == alert_line(other)


def test_a_line_read_and_written_again_is_the_same() -> None:
    alert = an_alert(evidence={"paid": Decimal("0.10"), "ratio": Decimal("0.125"), "who": None})

    assert alert_from_line(alert_line(alert)) == alert
    assert alert_line(alert_from_line(alert_line(alert))) == alert_line(alert)


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    alerts = [an_alert("1"), retracted("2"), an_alert("3", status="withdrawn")]
    path = tmp_path / "alerts.ndjson"

    assert write_alert_lines(path, alerts) == 3
    path.write_bytes(path.read_bytes() + b"\n")
    assert list(read_alert_lines(path)) == alerts


@pytest.mark.parametrize("damage", [b"{}", b"nothing", b"\xff\xfe", b'{"alert_id":"\xff"}'])
def test_a_bad_line_is_named_with_its_place(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "alerts.ndjson"
    path.write_bytes(alert_line(an_alert()) + b"\n" + damage + b"\n")

    with pytest.raises(BadAlertLineError, match=r"alerts\.ndjson:2: "):
        list(read_alert_lines(path))

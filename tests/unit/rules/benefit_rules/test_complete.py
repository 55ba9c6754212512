"""Where the policy says that an area's data is complete, the year can be judged from its start."""

from pathlib import Path
from typing import Any, Final

import pytest

from alerts.alert import Alert
from events.codec import decode_object
from events.kinds import Event
from rules.context import Context
from rules.packs import Policy
from rules.registry import load_rules
from streams.cases import tell

_OVERLAY: Final = """
overlay: complete
pack: chifeng
mode: fill
official: false
title_zh: 赤峰数据完整
title_en: Chifeng's data is complete
values:
  data:
    complete_from:
      - from: 2023-01-01
        value: {since}
        reference: 数据接入验收
        checked: 2026-11-30
"""


def _settled(time: str, **more: Any) -> Event:
    return decode_object(
        {
            "event_type": "settlement",
            "event_id": f"e{time}",
            "event_time": time,
            "setl_id": f"s{time}",
            "psn_no": "P",
            "insuplc_admdvs": "150400",
            "mdtrtarea_admvs": "150400",
            "fixmedins_code": "H15040000001",
            "hosp_lv": "5",
            "insutype": "310",
            "psn_type": "11",
            "med_type": "11",
            "medfee_sumamt": "500.00",
            "inscp_scp_amt": "500.00",
            "hifp_pay": "300.00",
            "fund_pay_sumamt": "300.00",
            **more,
        }
    ).event


def _told(rule: str, event: Event, context: Context) -> list[Alert]:
    return tell([event], load_rules([rule])[0], context)


@pytest.mark.parametrize(
    ("since", "time", "expected"),
    [
        ("2024-01-01", "2024-06-10T10:00:00", [1]),
        ("2023-06-01", "2024-06-10T10:00:00", [1]),
        ("2024-01-02", "2024-06-10T10:00:00", []),
        ("2024-01-02", "2025-06-10T10:00:00", [1]),
    ],
)
def test_a_skipped_deductible_in_a_year_joined_midway(
    tmp_path: Path, since: str, time: str, expected: list[int]
) -> None:
    path = tmp_path / "complete.yaml"
    path.write_text(_OVERLAY.format(since=since), encoding="utf-8")
    context = Context(policy=Policy.load([path]))
    found = _told("benefit.deductible_skipped", _settled(time), context)
    assert [alert.sev_deg for alert in found] == expected
    assert not _told("benefit.deductible_skipped", _settled(time), Context())


def test_a_missing_registration_is_clear_where_registrations_are_complete(tmp_path: Path) -> None:
    path = tmp_path / "complete.yaml"
    path.write_text(_OVERLAY.format(since="2024-01-01"), encoding="utf-8")
    chronic = _settled("2024-06-10T10:00:00", med_type="14", dise_codg="M03900")
    rule = "benefit.chronic_without_registration"
    (alert,) = _told(rule, chronic, Context(policy=Policy.load([path])))
    assert alert.sev_deg == 1
    assert not _told(rule, chronic, Context())


def test_a_year_is_judged_again_only_while_its_first_settlements_are_remembered(
    tmp_path: Path,
) -> None:
    """What used the deductible is forgotten with the whole year, not before the rest of it."""
    path = tmp_path / "complete.yaml"
    path.write_text(_OVERLAY.format(since="2023-01-01"), encoding="utf-8")
    context = Context(policy=Policy.load([path]))
    rule = load_rules(["benefit.deductible_skipped"])[0]
    used = {"act_pay_dedc": "1000.00", "inscp_scp_amt": "1000.00", "medfee_sumamt": "1000.00"}
    first = _settled("2024-01-05T10:00:00", **used, hifp_pay="0", fund_pay_sumamt="0")
    last = _settled("2024-11-20T10:00:00")
    status = {"event_type": "insurance_status", "psn_no": "P", "insuplc_admdvs": "150400"}
    insured = {**status, "insutype": "310", "psn_type": "11", "psn_insu_stas": "1"}
    for day in ("2025-01-10", "2025-03-01", "2025-12-30", "2026-02-20"):
        report = decode_object({**insured, "event_id": day, "event_time": f"{day}T08:00:00"}).event
        assert tell([first, last, report], rule, context) == []
    late = _settled("2024-12-10T10:00:00")
    now = decode_object({**insured, "event_id": "now", "event_time": "2026-03-01T08:00:00"}).event
    assert [alert.sev_deg for alert in tell([late], rule, context)] == [1]
    assert tell([first, last, now, late], rule, context) == []
    assert tell([now, late], rule, context) == []

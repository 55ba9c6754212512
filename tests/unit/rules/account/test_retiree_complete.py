"""Where the policy says that an area's data is complete, months without a sum had none."""

from pathlib import Path
from typing import Any, Final

import pytest

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


def _event(kind: str, event_id: str, time: str, **more: Any) -> Event:
    common = {"event_type": kind, "event_id": event_id, "event_time": time, "psn_no": "P"}
    return decode_object(common | {"insuplc_admdvs": "150400", "psn_type": "12", **more}).event


def _year() -> list[Event]:
    reported = {"insutype": "310", "psn_insu_stas": "1", "clct_way": "full"}
    begun = {"begndate": "2023-01-01", **reported}
    events = [_event("insurance_status", "i1", "2025-01-01T03:35:00", **begun)]
    for month in range(3, 8):
        amount = "210.00" if month == 6 else "70.00"
        credit = {"credit_kind": "retiree", "clct_month": f"2025{month:02}", "amt": amount}
        time = f"2025-{month:02}-07T09:00:00"
        events.append(_event("account_credit", f"c{month}", time, **credit))
    return events


@pytest.mark.parametrize(("since", "expected"), [("2025-01-01", 0), ("2025-02-01", 1)])
def test_what_complete_data_lacks_may_be_made_up_for(
    tmp_path: Path, since: str, expected: int
) -> None:
    path = tmp_path / "complete.yaml"
    path.write_text(_OVERLAY.format(since=since), encoding="utf-8")
    rule = load_rules(["account.retiree_sum"])[0]
    assert len(tell(_year(), rule, Context(policy=Policy.load([path])))) == expected
    assert len(tell(_year(), rule, Context())) == 1

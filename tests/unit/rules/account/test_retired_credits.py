"""A credit that calls itself an employee's, to somebody who was told to be retired before."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import pytest

from events.codec import decode_object
from events.kinds import Event
from rules.context import Context
from rules.packs import Policy
from rules.registry import load_rules
from streams.cases import tell

_RULE: Final = load_rules(["account.credit_amount"])[0]
_OVERLAY: Final = """
overlay: pensions
pack: chifeng
mode: fill
official: false
title_zh: 赤峰平均养老金
title_en: Average pension of Chifeng
values:
  account:
    credit:
      retiree_base_amount:
        - from: 2022-10-01
          value: 3000
          reference: 经办机构通知
          checked: 2026-11-30
"""


def _event(sort: str, time: str, retired: str, **more: Any) -> Event:
    return decode_object(
        {
            "event_type": sort,
            "event_id": f"{sort} {time}",
            "event_time": f"{time}T03:00:00",
            "psn_no": "P",
            "insuplc_admdvs": "150400",
            "psn_type": retired,
            **more,
        }
    ).event


def _status(time: str, retired: str = "12") -> Event:
    more = {"insutype": "310", "psn_insu_stas": "1", "clct_way": "full"}
    return _event("insurance_status", time, retired, **more)


def _credit(time: str, kind: str, amount: str, retired: str = "12", month: str = "") -> Event:
    month = month or time[:7]
    more = {"credit_kind": kind, "amt": amount, "clct_month": month, "clct_base": "5000.00"}
    return _event("account_credit", time, retired, **more)


_WRONG: Final = _credit("2023-08-18", "employee", "100.00")
_BACK: Final = _credit("2023-08-19", "employee", "-100.00")
_HIT: Final = [40.0]


@pytest.mark.parametrize(
    ("events", "amounts"),
    [
        ([_status("2023-01-02"), _WRONG], _HIT),
        ([_credit("2023-07-18", "retiree", "60.00"), _WRONG], _HIT),
        ([_credit("2023-07-18", "employee", "100.00"), _WRONG], _HIT),
        ([_status("2023-01-02"), _WRONG, _BACK], _HIT),
        ([_WRONG], []),
        ([_status("2023-08-02"), _WRONG], []),
        ([_status("2023-01-02"), _status("2023-06-02", "11"), _WRONG], []),
        ([_status("2023-01-02"), _credit("2023-08-18", "employee", "100.00", "11")], []),
        ([_status("2023-01-02"), _credit("2023-08-18", "employee", "60.00")], []),
        ([_status("2023-08-02"), _credit("2023-09-18", "employee", "100.00", month="2023-07")], []),
    ],
)
def test_an_employees_credit_to_the_retired(
    tmp_path: Path, events: Sequence[Event], amounts: list[float]
) -> None:
    path = tmp_path / "pensions.yaml"
    path.write_text(_OVERLAY, encoding="utf-8")
    context = Context(policy=Policy.load([path]))
    for order in permutations(events):
        found = [alert for alert in tell(list(order), _RULE, context) if alert.amount]
        assert [alert.amount for alert in found] == amounts
        assert all((alert.status == "withdrawn") == (_BACK in events) for alert in found)


def test_nothing_is_told_where_the_average_pension_is_open() -> None:
    assert not tell([_status("2023-01-02"), _WRONG], _RULE, Context())

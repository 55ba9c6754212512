"""Small random stories about accounts, counters and shelves, whose events nearly always collide."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from alerts.alert import Alert
from events.codec import decode_object
from events.kinds import Event
from events.times import CST
from rules.context import Context
from rules.reference import Reference, read_reference
from rules.rule import Rule
from rules.strict_yaml import read_mapping
from streams import cases

_WORLD: Any = read_mapping(cases._WORLD)
_DRUG, _EXCLUDED = "XC08CAA001A001010100001", "ZB99BJP0001010100009"
_START = datetime(2024, 3, 1, 9, tzinfo=CST)
_HOME = {"insuplc_admdvs": "640100", "mdtrtarea_admvs": "640100", "psn_no": "PERSON-1"}
_moments = st.builds(
    lambda days, seconds: (_START + timedelta(days=days, seconds=seconds)).isoformat(),
    st.sampled_from([0, 0, 1, 2, 3, 5, 9, 26, 31, 40]),
    st.sampled_from([0, 0, 30, 90, 1200, 4000, 50000]),
)
_places = st.sampled_from(["P64010000001", "P64010000001", "P64010000002", "H64010000001"])
_money = st.sampled_from(["60.00", "200.00", "200.00", "250.00", "900.00"])


def _line(code: str, name: str, amount: str, count: int) -> dict[str, Any]:
    return {
        "med_list_codg": code,
        "item_name": name,
        "det_item_fee_sumamt": amount,
        "cnt": count,
    }


_lines = st.sampled_from(
    [
        [],
        [_line(_DRUG, "甲降压片", "60.00", 2)],
        [_line(_DRUG, "洗衣液", "60.00", 1)],
        [_line(_EXCLUDED, "丁牌蛋白粉", "200.00", 1)],
        [_line("NMLC999", "", "200.00", 1), _line(_DRUG, "甲降压片", "60.00", 4)],
    ]
)
_paid = st.builds(
    lambda amount, owner, cash: {
        "medfee_sumamt": "1000.00" if cash else amount,
        "acct_pay": amount,
        "acct_mulaid_pay": amount if owner else "0.00",
        "acct_owner_no": owner,
        "psn_cash_pay": f"{1000 - float(amount):.2f}" if cash else "0.00",
    },
    _money,
    st.sampled_from(["", "", "", "OWNER-1", "OWNER-2", "OWNER-3", "OWNER-4", "OWNER-5", "OWNER-6"]),
    st.booleans(),
)
_settlements = st.builds(
    lambda fields, paid: {**fields, **paid, "event_type": "settlement"},
    st.fixed_dictionaries(
        {
            "event_time": _moments,
            "fixmedins_code": _places,
            "med_type": st.sampled_from(["41", "11"]),
            "balc": st.sampled_from([None, "0.00", "100.00", "4000.00"]),
            "feedetail": _lines,
        }
    ),
    _paid,
)
_reversals = st.fixed_dictionaries(
    {
        "event_type": st.just("reversal"),
        "event_time": _moments,
        "infno": st.just("2103"),
        "setl_id": st.sampled_from(["e0", "e1", "e2", "e3"]),
        "acct_pay": st.sampled_from(["0.00", "0.00", "200.00"]),
        "psn_cash_pay": st.sampled_from(["0.00", "0.00", "200.00"]),
    }
)
_payouts = st.fixed_dictionaries(
    {
        "event_type": st.just("account_payout"),
        "event_time": _moments,
        "amt": st.just("500.00"),
        "payout_reason": st.sampled_from(["death", "transfer_out", "other"]),
        "proof_flag": st.sampled_from(["0", "1"]),
        "opter": st.sampled_from(["J1", "J2"]),
        "rechker": st.sampled_from(["J1", "F1"]),
        "approver": st.sampled_from(["", "Z1"]),
    }
)
_statuses = st.fixed_dictionaries(
    {
        "event_type": st.just("insurance_status"),
        "event_time": _moments,
        "psn_insu_stas": st.sampled_from(["1", "4"]),
        "death_date": st.sampled_from([None, "2024-03-02", "2024-04-02"]),
    }
)


def told(records: Sequence[dict[str, Any]]) -> list[Event]:
    """Events of these records, numbered `e0`, `e1`, ... in the order given."""
    events = []
    for at, record in enumerate(records):
        sent = {**_HOME, **{name: value for name, value in record.items() if value is not None}}
        if sent["event_type"] == "settlement":
            sent["setl_id"] = f"e{at}"
        events.append(decode_object({**sent, "event_id": f"e{at}"}).event)
    return events


def world() -> Reference:
    """The reference data of the rules' cases."""
    return read_reference(
        _WORLD["institutions"], _WORLD["catalogue"], _WORLD["areas"], (), cases._WORLD
    )


lives = st.builds(
    lambda settled, others: told([*settled, *others]),
    st.lists(_settlements, min_size=2, max_size=8),
    st.lists(st.one_of(_reversals, _reversals, _payouts, _statuses), max_size=4),
)
"""Stories of one person who buys, gives back, and may be paid out."""

_cycle_moments = st.builds(
    lambda days, hours: (_START + timedelta(days=days, hours=hours)).isoformat(),
    st.sampled_from([0, 1, 4, 9, 20, 29, 33]),
    st.sampled_from([0, 2, 9]),
)
_taken_back = st.builds(
    lambda at, moment, cash: {
        "event_type": "reversal",
        "event_time": moment,
        "infno": "2103",
        "setl_id": f"e{at}",
        "psn_cash_pay": cash,
    },
    st.integers(0, 7),
    _cycle_moments,
    st.sampled_from(["0.00", "0.00", "1000.00"]),
)
cycles = st.builds(
    lambda settled, back: told([*settled, *back]),
    st.lists(
        st.builds(
            lambda fields, moment: {**fields, "event_time": moment}, _settlements, _cycle_moments
        ),
        min_size=4,
        max_size=8,
    ),
    st.lists(_taken_back, min_size=3, max_size=9),
)
"""Stories of one person whose settlements are mostly taken back."""

_users = st.sampled_from([f"USER-{at}" for at in range(10)])
_grants = st.fixed_dictionaries(
    {
        "event_type": st.just("account_authorization"),
        "event_time": _moments,
        "psn_no": st.just("OWNER-1"),
        "aut_psn_no": _users,
        "action": st.sampled_from(["grant", "grant", "grant", "revoke"]),
        "rlts": st.sampled_from(["spouse", "spouse", "parent", "child", "other"]),
        "aut_insuplc_admdvs": st.sampled_from(["640100", "640100", "510100", ""]),
        "channel": st.sampled_from(["online", "counter"]),
        "commitment_flag": st.sampled_from(["", "0", "1"]),
    }
)
_uses = st.fixed_dictionaries(
    {
        "event_type": st.just("settlement"),
        "event_time": _moments,
        "psn_no": _users,
        "fixmedins_code": st.sampled_from(["P64010000001", "P51010000001"]),
        "mdtrtarea_admvs": st.sampled_from(["640100", "640100", "510100"]),
        "medfee_sumamt": st.just("200.00"),
        "acct_pay": st.just("200.00"),
        "acct_mulaid_pay": st.just("200.00"),
        "acct_owner_no": st.just("OWNER-1"),
        "balc": st.sampled_from([None, "50.00"]),
    }
)
_given_back = st.builds(
    lambda user, at, moment: {
        "event_type": "reversal",
        "event_time": moment,
        "psn_no": user,
        "infno": "2103",
        "setl_id": f"e{at}",
    },
    _users,
    st.integers(0, 4),
    _moments,
)
families = st.builds(
    lambda used, granted, back: told([*used, *granted, *back]),
    st.lists(_uses, min_size=1, max_size=12),
    st.lists(_grants, max_size=12),
    st.lists(_given_back, max_size=3),
)
"""Stories of one owner's account and up to ten people who use it."""


def _counter(
    device: str, operator: str, gaps: list[int], amounts: list[str], back: list[tuple[int, int]]
) -> list[Event]:
    records: list[dict[str, Any]] = []
    moment = _START + timedelta(seconds=0)
    for at, gap in enumerate(gaps):
        moment += timedelta(seconds=gap)
        records.append(
            {
                "event_type": "settlement",
                "event_time": moment.isoformat(),
                "psn_no": f"PERSON-{at % 9}",
                "fixmedins_code": "P64010000001",
                "dev_no": device,
                "opter": operator,
                "med_type": "41",
                "medfee_sumamt": amounts[at % len(amounts)],
                "acct_pay": amounts[at % len(amounts)],
            }
        )
    for number, minutes in back:
        at = number % len(gaps)
        later = datetime.fromisoformat(records[at]["event_time"]) + timedelta(minutes=minutes)
        records.append(
            {
                "event_type": "reversal",
                "event_time": later.isoformat(),
                "psn_no": records[at]["psn_no"],
                "fixmedins_code": "P64010000001",
                "infno": "2103",
                "setl_id": f"e{at}",
                "psn_cash_pay": records[at]["acct_pay"] if minutes % 2 else "0.00",
            }
        )
    return told(records)


counters = st.builds(
    _counter,
    st.sampled_from(["D1", ""]),
    st.sampled_from(["007", ""]),
    st.lists(st.sampled_from([5, 15, 15, 60, 200, 700, 1300]), min_size=4, max_size=14),
    st.lists(_money | st.sampled_from(["201.00", "43.70", "131.20"]), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 13), st.sampled_from([1, 4, 45, 600, 3000])), max_size=7),
)
"""Stories of one counter of a pharmacy: who paid what from an account, and what was given back."""

_moves = st.fixed_dictionaries(
    {
        "event_type": st.just("stock"),
        "event_time": _moments,
        "psn_no": st.just(""),
        "fixmedins_code": st.just("P64010000001"),
        "infno": st.sampled_from(["3501", "3502", "3503", "3503", "3504", "3505", "3506"]),
        "inv_chg_type": st.sampled_from(["101", "102"]),
        "med_list_codg": st.just(_DRUG),
        "cnt": st.integers(1, 8),
    }
)
_sales = st.fixed_dictionaries(
    {
        "event_type": st.just("settlement"),
        "event_time": _moments,
        "fixmedins_code": st.just("P64010000001"),
        "med_type": st.just("41"),
        "medfee_sumamt": st.just("60.00"),
        "acct_pay": st.just("60.00"),
        "feedetail": st.integers(1, 6).map(lambda n: [_line(_DRUG, "甲降压片", "60.00", n)]),
    }
)
_reports = st.fixed_dictionaries(
    {
        "event_type": st.just("stock"),
        "event_time": _moments,
        "psn_no": st.just(""),
        "fixmedins_code": st.just("P64010000001"),
        "infno": st.sampled_from(["3505", "3505", "3505", "3506"]),
        "med_list_codg": st.just(_DRUG),
        "cnt": st.sampled_from([1, 1, 2]),
        "pric": st.sampled_from([None, 15, 20, 30]),
        "setl_id": st.sampled_from([f"e{at}" for at in range(5)] + ["x1", "x2"]),
    }
)
shelves = st.builds(
    lambda sold, moved, reported, back: told([*sold, *moved, *reported, *back]),
    st.lists(_sales, min_size=1, max_size=6),
    st.lists(_moves, max_size=5),
    st.lists(_reports, max_size=14),
    st.lists(_reversals, max_size=2),
)
"""Stories of one drug at one pharmacy: what came in, was counted, sold, reported and given back."""


_nearly = st.builds(
    lambda days, hours: (_START + timedelta(days=days, hours=hours)).isoformat(),
    st.sampled_from([0, 0, 0, 1, 2, 3]),
    st.sampled_from([0, 1, 2, 5]),
)
_at_once = st.lists(
    st.builds(lambda fields, moment: {**fields, "event_time": moment}, _sales, _nearly),
    min_size=2,
    max_size=6,
)
_later = st.lists(
    st.builds(lambda fields, moment: {**fields, "event_time": moment}, _reports, _nearly),
    min_size=3,
    max_size=14,
)
reported = st.builds(
    lambda sold, told_of, back: told([*sold, *told_of, *back]),
    _at_once,
    _later,
    st.lists(_reversals, max_size=1),
)
"""Stories of a pharmacy that reports most of its sales, some of them late."""


def outcome(events: Sequence[Event], rule: Rule, context: Context) -> list[tuple[Any, ...]]:
    """What is left of a rule's alerts after these events in this order."""
    return sorted(
        _shown(alert) for alert in cases.tell(events, rule, context) if alert.status != "retracted"
    )


def _shown(alert: Alert) -> tuple[Any, ...]:
    return (
        alert.alert_id,
        alert.status,
        alert.sev_deg,
        alert.event_ids,
        str(alert.amount),
        str(alert.evidence),
    )

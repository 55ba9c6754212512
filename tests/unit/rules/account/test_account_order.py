"""Account rules say the same in the end, in whatever order events arrive and however often."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import decode_object
from events.kinds import Event
from events.times import CST
from rules.context import Context
from rules.registry import load_rules
from rules.rule import Rule
from streams.cases import tell

RULES = load_rules(["account"])
CONTEXT = Context()
_START = datetime(2024, 3, 1, 9, tzinfo=CST)
_AREAS = st.sampled_from(["640100", "640100", "510100", "150400"])
_times = st.builds(
    lambda day, second: (_START + timedelta(days=day, seconds=second)).isoformat(),
    st.sampled_from([0, 0, 1, 2, 9, 31, 40]),
    st.sampled_from([0, 0, 30, 4000]),
)
_kinds = st.fixed_dictionaries(
    {
        "event_time": _times,
        "insuplc_admdvs": _AREAS,
        "amt": st.sampled_from(["100.00", "100.00", "200.00", "-100.00", "60.00"]),
        "credit_kind": st.sampled_from(["employee", "flexible", "retiree", "transfer_in", ""]),
        "clct_month": st.sampled_from(["2024-03", "202403", "2024-02", "2024-04", "2024-06", ""]),
        "psn_type": st.sampled_from(["11", "12", "12", ""]),
        "psn_insu_stas": st.sampled_from(["1", "4", "4", ""]),
        "enddate": st.sampled_from(["2024-02-20", "2024-03-05", None]),
        "death_date": st.sampled_from(["2024-02-20", "2024-03-10", None, None]),
        "surv_stas": st.sampled_from(["", "1"]),
        "paid": st.sampled_from(["50.00", "100.00"]),
        "balc": st.sampled_from(["900.00", "800.00", "800.00", "700.00", None]),
        "owner": st.sampled_from(["", "", "A", "B"]),
        "way": st.sampled_from(["full", "pool_only", "low"]),
        "begndate": st.sampled_from(["2024-01-01", "2024-03-10", None]),
        "rlts": st.sampled_from(["child", "other", ""]),
        "product": st.sampled_from(["resident", "commercial"]),
        "of": st.integers(0, 7),
        "sort": st.sampled_from(
            ["settlement"] * 4
            + ["account_credit"] * 4
            + ["account_payout", "insurance_status"] * 2
            + ["account_premium", "reversal", "grant"]
        ),
    }
)


def _event(at: int, told: dict[str, Any]) -> Event:
    sort = told["sort"]
    head = {
        "event_type": sort,
        "event_id": f"e{at}",
        "event_time": told["event_time"],
        "psn_no": "A",
        "insuplc_admdvs": told["insuplc_admdvs"],
    }
    body: dict[str, Any]
    match sort:
        case "settlement":
            shared = told["paid"] if told["owner"] == "B" else "0.00"
            body = {
                "fixmedins_code": "P64010000001",
                "setl_id": f"e{at}",
                "medfee_sumamt": told["paid"],
                "acct_pay": told["paid"],
                "acct_mulaid_pay": shared,
                "acct_owner_no": told["owner"],
                "balc": told["balc"],
            }
        case "account_credit":
            body = {name: told[name] for name in ("amt", "credit_kind", "clct_month", "psn_type")}
            body |= {"clct_base": "5000.00"}
        case "account_premium":
            body = {name: told[name] for name in ("amt", "product", "rlts")}
            body |= {"benef_psn_no": "C"}
        case "account_payout":
            body = {"amt": told["amt"], "payout_reason": "transfer_out"}
        case "insurance_status":
            names = ("begndate", "enddate", "death_date", "surv_stas", "psn_insu_stas", "psn_type")
            body = {name: told[name] for name in names}
            body |= {"insutype": "310", "clct_way": told["way"]}
        case "reversal":
            body = {"setl_id": f"e{told['of']}", "acct_pay": told["paid"]}
        case _:
            head["event_type"] = "account_authorization"
            body = {"action": "grant", "aut_psn_no": "C", "rlts": told["rlts"]}
    return decode_object(head | {k: v for k, v in body.items() if v is not None}).event


def _outcome(events: Sequence[Event], rule: Rule) -> set[tuple[str, str, tuple[str, ...], str]]:
    return {
        (alert.alert_id, alert.status, alert.event_ids, str(alert.amount))
        for alert in tell(events, rule, CONTEXT)
        if alert.status != "retracted"
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@given(story=st.lists(_kinds, min_size=2, max_size=9), seed=st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_order_does_not_matter(rule: Rule, story: list[dict[str, Any]], seed: int) -> None:
    """As told, backwards, shuffled, twice: the same alerts."""
    events = [_event(at, told) for at, told in enumerate(story)]
    wanted = _outcome(events, rule)
    shuffled = list(events)
    Random(seed).shuffle(shuffled)
    assert _outcome(events[::-1], rule) == wanted
    assert _outcome(shuffled, rule) == wanted
    assert _outcome([*shuffled, *events], rule) == wanted

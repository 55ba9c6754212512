"""Small random stories of one person's benefits, with round sums near deductibles and caps."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from alerts.alert import Alert
from events.codec import decode_object
from events.kinds import Event
from rules.context import Context
from rules.rule import Rule
from streams.cases import tell

_moments = st.sampled_from(
    [
        "2023-08-24T10:00:00",
        "2023-12-30T10:00:00",
        "2024-01-02T09:00:00",
        "2024-01-20T09:00:00",
        "2024-03-01T09:00:00",
        "2024-03-01T09:30:00",
        "2024-05-06T09:00:00",
        "2024-07-01T09:00:00",
        "2024-07-02T09:00:00",
    ]
)
_diseases = st.sampled_from(["", "M03900", "M03900", "M01600"])
_schemes = st.sampled_from(["11", "11", "11", "14", "14", "41", "13", "21", "9901"])
_places = st.sampled_from(["H64010000001", "H64010000001", "H64010000002", "P64010000002"])
_money = st.sampled_from(["0.00", "0.00", "100.00", "300.00", "1000.00", "2400.00", "4000.00"])

_settlements = st.fixed_dictionaries(
    {
        "event_type": st.just("settlement"),
        "event_time": _moments,
        "fixmedins_code": _places,
        "mdtrtarea_admvs": st.sampled_from(["640100", "640100", "150400"]),
        "med_type": _schemes,
        "dise_codg": _diseases,
        "psn_type": st.sampled_from(["", "11", "11", "12", "13"]),
        "insutype": st.sampled_from(["310", "310", "", "390"]),
        "medfee_sumamt": st.just("6000.00"),
        "inscp_scp_amt": st.sampled_from(["0.00", "300.00", "1000.00", "5000.00"]),
        "act_pay_dedc": st.sampled_from(["0.00", "0.00", "100.00", "300.00", "1000.00"]),
        "hifp_pay": _money,
        "fund_pay_sumamt": _money,
        "pool_prop_selfpay": st.sampled_from(["0", "0", "0.4", "0.6"]),
    }
)
_reversals = st.fixed_dictionaries(
    {
        "event_type": st.just("reversal"),
        "event_time": _moments,
        "init_setl_id": st.sampled_from(["E0", "E1", "E2", "E3"]),
        "fund_pay_sumamt": st.sampled_from(["0.00", "0.00", "100.00"]),
    }
)
_entitlements = st.fixed_dictionaries(
    {
        "event_type": st.just("entitlement"),
        "event_time": _moments,
        "action": st.sampled_from(["register", "register", "cancel"]),
        "med_type": st.sampled_from(["14", "14", "9901", ""]),
        "dise_codg": _diseases,
        "begndate": st.sampled_from(["2024-01-01", "2024-03-01", None]),
        "enddate": st.sampled_from(["2024-06-30", None]),
        "cert_fixmedins_code": _places,
        "cap_raise_amt": st.sampled_from(["0.00", "2000.00"]),
        "cap_raise_approver": st.sampled_from(["", "S001"]),
    }
)
_statuses = st.fixed_dictionaries(
    {
        "event_type": st.just("insurance_status"),
        "event_time": _moments,
        "insutype": st.just("310"),
        "psn_type": st.sampled_from(["", "11", "11", "12", "1160"]),
        "brdy": st.sampled_from([None, "1960-03-01", "1992-02-29"]),
        "psn_insu_stas": st.just("1"),
        "clct_way": st.sampled_from(["", "full", "low", "pool_only"]),
        "begndate": st.sampled_from(["2020-01-01", "2024-03-01", "2024-07-02", None]),
    }
)
_others = st.one_of(
    st.fixed_dictionaries(
        {
            "event_type": st.just("manual_claim"),
            "event_time": _moments,
            "med_type": st.sampled_from(["11", "11", "14"]),
            "manl_reim_id": st.sampled_from(["", "MR1", "MR2"]),
            "bill_no": st.sampled_from([None, "0012345678"]),
            "elec_bill_flag": st.sampled_from(["0", "0", "0", "1"]),
            "begntime": st.sampled_from([None, "2023-12-29T09:00:00", "2024-01-02T09:00:00"]),
            "inscp_scp_amt": st.sampled_from(["500.00", "1500.00"]),
            "medfee_sumamt": st.sampled_from(["500.00", "1500.00"]),
            "hifp_pay": st.sampled_from(["0.00", "250.00"]),
            "fund_pay_sumamt": st.sampled_from(["250.00", "2400.00"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "event_type": st.just("filing"),
            "event_time": _moments,
            "action": st.just("register"),
            "begndate": st.sampled_from(["2023-01-01", "2024-03-01"]),
        }
    ),
)


def _events(records: Sequence[dict[str, Any]], area: str) -> list[Event]:
    return [
        decode_object(
            {
                "event_id": f"E{number}",
                "psn_no": "PERSON-1",
                "insuplc_admdvs": area,
                **({"setl_id": f"E{number}"} if record["event_type"] == "settlement" else {}),
                **{name: value for name, value in record.items() if value is not None},
            }
        ).event
        for number, record in enumerate(records)
    ]


stories = st.builds(
    _events,
    st.lists(
        st.one_of(_settlements, _settlements, _settlements, _reversals, _entitlements, _statuses),
        min_size=1,
        max_size=7,
    ).flatmap(lambda told: st.lists(_others, max_size=3).map(lambda more: [*told, *more])),
    st.sampled_from(["640100", "150400", "510100"]),
)


_WHENEVER = st.sampled_from(
    [
        "2024-01-05T09:00:00",
        "2024-02-20T09:00:00",
        "2024-02-20T10:00:00",
        "2024-03-20T09:00:00",
        "2024-07-01T09:00:00",
        "2025-02-01T10:00:00",
    ]
)
_COSTS = st.sampled_from(["500.00", "1500.00", "3000.00", "8000.00"])
_PAID = st.sampled_from(["0.00", "275.00", "1650.00", "4000.00"])
_IN_CHIFENG = st.one_of(
    st.fixed_dictionaries(
        {
            "event_type": st.just("settlement"),
            "event_time": _WHENEVER,
            "fixmedins_code": st.just("H15040000001"),
            "hosp_lv": st.just("2"),
            "insutype": st.sampled_from(["310", "310", "310", "390"]),
            "psn_type": st.sampled_from(["11", "12", "12"]),
            "med_type": st.sampled_from(["11", "11", "14"]),
            "medfee_sumamt": _COSTS,
            "inscp_scp_amt": _COSTS,
            "act_pay_dedc": st.sampled_from(["0.00", "500.00", "1000.00"]),
            "hifp_pay": _PAID,
        }
    ),
    st.fixed_dictionaries(
        {
            "event_type": st.just("manual_claim"),
            "event_time": _WHENEVER,
            "fixmedins_code": st.just("H51010000001"),
            "med_type": st.just("11"),
            "manl_reim_id": st.sampled_from(["", "MR1", "MR2"]),
            "bill_no": st.sampled_from([None, "0012345678"]),
            "elec_bill_flag": st.sampled_from(["0", "0", "0", "1", "2"]),
            "begntime": st.sampled_from([None, "2023-12-30T09:00:00", "2024-01-02T09:00:00"]),
            "medfee_sumamt": _COSTS,
            "inscp_scp_amt": _COSTS,
            "hifp_pay": _PAID,
            "fund_pay_sumamt": _PAID,
        }
    ),
    st.fixed_dictionaries(
        {
            "event_type": st.just("insurance_status"),
            "event_time": _WHENEVER,
            "insutype": st.just("310"),
            "psn_type": st.sampled_from(["11", "11", "11", "", "12"]),
            "psn_insu_stas": st.just("1"),
            "brdy": st.sampled_from([None, "1968-01-01", "1990-01-01"]),
        }
    ),
    _reversals,
)
years_with_claims = st.builds(
    _events, st.lists(_IN_CHIFENG, min_size=2, max_size=8), st.just("150400")
)
"""One person's settlements, manual claims and reports of the category in Chifeng."""


def outcome(events: Sequence[Event], rule: Rule, context: Context) -> list[tuple[Any, ...]]:
    """What stands or was withdrawn in the end, without what was retracted."""
    return sorted(
        (alert.alert_id, alert.status, alert.amount, alert.event_ids, alert.sev_deg)
        for alert in tell(events, rule, context)
        if alert.status != "retracted"
    )


def shown(alerts: Sequence[Alert]) -> list[str]:
    """Rule and events of the alerts that stand."""
    return sorted(
        f"{alert.rule_id} {' '.join(alert.event_ids)}" for alert in alerts if alert.status == "open"
    )

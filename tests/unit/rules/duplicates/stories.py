"""Small random stories of one or two persons' expenses, made to collide as often as possible."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from alerts.alert import Alert
from events.codec import decode_object
from events.kinds import Event
from rules.context import Context
from rules.rule import Rule
from streams.cases import tell

HOSPITAL, PHARMACY = "H64010000001", "P64010000001"
_DRUG, _OTHER_DRUG = "XC08CAA001A001010100001", "XA10BAE001A001010100002"
_TRACES = ("81234567890123456701", "81234567890123456702", "GX20240100012345")

_moments = st.sampled_from(
    [
        "2024-03-01T09:00:00",
        "2024-03-01T10:00:07",
        "2024-03-01T10:10:00",
        "2024-03-01T21:00:00",
        "2024-03-02T10:00:07",
        "2024-03-04T08:00:00",
        "2024-03-29T10:00:00",
        "2024-05-10T10:00:00",
    ]
)
_people = st.sampled_from(["PERSON-1", "PERSON-1", "PERSON-1", "PERSON-2"])
_places = st.sampled_from([HOSPITAL, HOSPITAL, PHARMACY])
_kinds = st.sampled_from(["11", "11", "14", "9901", "41", "12", "13", ""])
_diseases = st.sampled_from(["", "M03900", "M03900", "M01600"])
_money = st.sampled_from(["0.00", "20.00", "60.00"])
_bills = st.sampled_from(["", "0012345678", "0012345678", "24640000000012345678"])
_series = st.sampled_from(["", "64060124", "51060124"])

_lines = st.fixed_dictionaries(
    {
        "med_list_codg": st.sampled_from([_DRUG, _DRUG, _OTHER_DRUG, "001102000010000", ""]),
        "item_name": st.sampled_from(["", "普通门诊诊查费", "一般诊疗费"]),
        "cnt": st.sampled_from([1, 1, 2, -1]),
        "det_item_fee_sumamt": st.sampled_from(["30.00", "60.00", "-30.00"]),
        "fee_ocur_time": st.one_of(st.none(), _moments),
        "feedetl_sn": st.sampled_from(["1", "2", "640100000001"]),
        "init_feedetl_sn": st.sampled_from(["", "", "1"]),
        "rxno": st.sampled_from(["", "CF0000000101", "CF0000000102"]),
        "prd_days": st.sampled_from([0, 14]),
        "trdn_flag": st.sampled_from(["", "1"]),
        "drug_trac_codg": st.lists(st.sampled_from(_TRACES), max_size=1),
    }
)
_settlements = st.fixed_dictionaries(
    {
        "event_type": st.just("settlement"),
        "event_time": _moments,
        "psn_no": _people,
        "fixmedins_code": _places,
        "setl_id": st.sampled_from(["S1", "S2", "S3", "S4"]),
        "mdtrt_id": st.sampled_from(["", "M1", "M2"]),
        "med_type": _kinds,
        "dise_codg": _diseases,
        "begntime": st.one_of(st.none(), _moments),
        "invo_codg": _series,
        "invono": _bills,
        "medfee_sumamt": st.sampled_from(["60.00", "60.00", "83.47"]),
        "fund_pay_sumamt": _money,
        "acct_pay": _money,
        "feedetail": st.lists(_lines, max_size=2),
    }
)
_reversals = st.fixed_dictionaries(
    {
        "event_type": st.just("reversal"),
        "event_time": _moments,
        "psn_no": st.just("PERSON-1"),
        "fixmedins_code": _places,
        "setl_id": st.sampled_from(["S1", "S2", "S3"]),
        "fund_pay_sumamt": st.sampled_from(["0.00", "0.00", "20.00"]),
    }
)
_claims = st.fixed_dictionaries(
    {
        "event_type": st.just("manual_claim"),
        "event_time": _moments,
        "psn_no": _people,
        "fixmedins_code": st.sampled_from(["", HOSPITAL]),
        "manl_reim_id": st.sampled_from(["C1", "C2", "C3"]),
        "med_type": _kinds,
        "dise_codg": _diseases,
        "begntime": st.one_of(st.none(), _moments),
        "bill_code": _series,
        "bill_no": _bills,
        "elec_bill_flag": st.sampled_from(["", "0", "0", "1", "2"]),
        "medfee_sumamt": st.sampled_from(["60.00", "60.00", "80.00"]),
        "fund_pay_sumamt": _money,
        "manl_reim_rea": st.sampled_from(["", "自费", "系统故障"]),
    }
)
_entitlements = st.fixed_dictionaries(
    {
        "event_type": st.just("entitlement"),
        "event_time": _moments,
        "psn_no": _people,
        "action": st.sampled_from(["register", "register", "cancel"]),
        "med_type": st.sampled_from(["14", "14", "9901"]),
        "dise_codg": _diseases,
        "begndate": st.sampled_from([None, "2024-01-01", "2024-03-02"]),
        "enddate": st.sampled_from([None, "2024-03-03", "2025-12-31"]),
    }
)
_statuses = st.fixed_dictionaries(
    {
        "event_type": st.just("insurance_status"),
        "event_time": _moments,
        "psn_no": _people,
        "insutype": st.just("310"),
        "psn_insu_stas": st.sampled_from(["1", "2"]),
        "begndate": st.sampled_from([None, "2024-02-01"]),
    }
)
_stock = st.fixed_dictionaries(
    {
        "event_type": st.just("stock"),
        "event_time": _moments,
        "psn_no": st.just(""),
        "fixmedins_code": st.just(PHARMACY),
        "infno": st.just("3506"),
        "setl_id": st.sampled_from(["S1", "S9"]),
        "med_list_codg": st.just(_DRUG),
        "cnt": st.just(1),
        "drug_trac_codg": st.lists(st.sampled_from(_TRACES), min_size=1, max_size=1),
    }
)

_HOME = {"insuplc_admdvs": "640100", "mdtrtarea_admvs": "640100"}


def _told(records: Sequence[dict[str, Any]]) -> list[Event]:
    events = []
    for at, record in enumerate(records):
        sent = {name: value for name, value in record.items() if value is not None}
        events.append(decode_object({**_HOME, **sent, "event_id": f"e{at}"}).event)
    return events


def _variants(
    kind: st.SearchStrategy[dict[str, Any]],
) -> st.SearchStrategy[list[dict[str, Any]]]:
    """A few records that differ from one another in a few fields only."""

    def vary(first: dict[str, Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
        names = st.sets(st.sampled_from(sorted(first)), min_size=1, max_size=3)
        other = st.tuples(kind, names).map(
            lambda drawn: first | {name: drawn[0][name] for name in drawn[1]}
        )
        return st.lists(other, min_size=1, max_size=3).map(lambda others: [first, *others])

    return kind.flatmap(vary)


_others = st.lists(
    st.one_of(_reversals, _claims, _entitlements, _entitlements, _statuses, _stock), max_size=3
)


def _numbered(settled: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**record, "setl_id": f"S{at}"} for at, record in enumerate(settled, 1)]


stories = st.builds(
    lambda settled, claimed, reversed_, others: _told([*settled, *claimed, *reversed_, *others]),
    st.one_of(_variants(_settlements).map(_numbered), st.lists(_settlements, max_size=2)),
    st.one_of(_variants(_claims), st.just([]), st.just([])),
    st.lists(_reversals, max_size=1),
    _others,
)
"""Stories of every kind of event that the family looks at."""


def _of_hypertension(record: dict[str, Any]) -> dict[str, Any]:
    kind = record["med_type"] if record["med_type"] in {"14", "9901"} else "9901"
    own = {"psn_no": "PERSON-1", "med_type": kind, "dise_codg": record["dise_codg"] or "M03900"}
    return {**record, **own, "fund_pay_sumamt": "20.00"} if "setl_id" in record else record | own


two_disease_stories = st.builds(
    lambda settled, registered, others: _told([*_numbered(settled), *registered, *others]),
    st.lists(_settlements.map(_of_hypertension), min_size=1, max_size=3),
    st.lists(_entitlements.map(_of_hypertension), max_size=3),
    st.lists(_reversals, max_size=1),
)
"""Stories of one person with the two-disease and the chronic benefit."""


def outcome(events: Sequence[Event], rule: Rule, context: Context) -> list[dict[str, Any]]:
    """What one rule says of a story in the end, whatever came between."""
    alerts = [alert for alert in tell(events, rule, context) if alert.status != "retracted"]
    return [_said(alert) for alert in sorted(alerts, key=lambda alert: alert.alert_id)]


def _said(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in alert.__struct_fields__ if name != "revision"}

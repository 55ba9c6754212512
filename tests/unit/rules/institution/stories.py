"""Small random stories of one person and two institutions, in which the family's events collide."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from alerts.alert import Alert
from events.codec import decode_object
from events.kinds import Event
from events.times import CST
from rules.context import Context
from rules.reference import read_reference
from rules.rule import Rule
from rules.strict_yaml import read_mapping
from streams import cases

_WORLD: Any = read_mapping(cases._WORLD)
_HOSPITAL, _PHARMACY, _OTHER = "H64010000001", "P64010000001", "P64010000002"
_UNLISTED = "H64010099999"
_START = datetime(2025, 8, 1, 9, tzinfo=CST)
_DRUG, _TONIC = "XC08CAA001A001010100001", "ZB99ZFP0001010100008"
_moments = st.builds(
    lambda days, seconds: (_START + timedelta(days=days, seconds=seconds)).isoformat(),
    st.sampled_from([0, 0, 1, 1, 2, 3, 5, 8, 9, 12, 20, 28, 33]),
    st.sampled_from([0, 0, 60, 1200, 9000, 36000]),
)
_days = st.sampled_from(
    [None, "2025-07-01", "2025-08-01", "2025-08-02", "2025-08-04", "2025-08-10"]
)
_diagnoses = st.lists(
    st.fixed_dictionaries({"diag_code": st.sampled_from(["J18.900", "J18.901", "K80.100"])}),
    max_size=1,
)
_lines = st.lists(
    st.fixed_dictionaries(
        {
            "med_list_codg": st.sampled_from([_DRUG, _DRUG, _TONIC, "001102000010000"]),
            "rxno": st.sampled_from(["", "CF0000000001", "CF0000000002", "RX6401000001"]),
            "cnt": st.sampled_from(["1", "2"]),
            "pric": st.sampled_from(["30", "30", "45", "0"]),
            "det_item_fee_sumamt": st.sampled_from(["30.00", "90.00"]),
            "prd_days": st.sampled_from(["0", "7", "28"]),
            "ownpay_consent_flag": st.sampled_from(["", "0", "1"]),
            "fee_ocur_time": st.sampled_from(
                ["2025-08-01T10:00:00", "2025-08-02T10:00:00", "2025-08-08T10:00:00"]
            ),
            "drug_trac_codg": st.sampled_from([[], ["81234567890123456781"]]),
        }
    ),
    max_size=3,
)
_settlements = st.fixed_dictionaries(
    {
        "event_type": st.just("settlement"),
        "event_time": _moments,
        "psn_no": st.sampled_from(["PERSON-1", "PERSON-1", "PERSON-2"]),
        "fixmedins_code": st.sampled_from([_HOSPITAL, _PHARMACY, _PHARMACY, _OTHER]),
        "med_type": st.sampled_from(["11", "41", "41", "14", "13", "21", "21"]),
        "mdtrt_id": st.sampled_from(["", "STAY-1", "STAY-2"]),
        "begntime": st.sampled_from([None, "2025-08-01T09:00:00", "2025-08-06T09:00:00"]),
        "medfee_sumamt": st.sampled_from(["90.00", "200.00"]),
        "fulamt_ownpay_amt": st.sampled_from(["0.00", "80.00"]),
        "act_pay_dedc": st.sampled_from(["0.00", "0.00", "40.00"]),
        "fund_pay_sumamt": st.sampled_from(["0.00", "20.00"]),
        "acct_pay": st.sampled_from(["0.00", "40.00"]),
        "diseinfo": _diagnoses,
        "feedetail": _lines,
    }
)
_reversals = st.fixed_dictionaries(
    {
        "event_type": st.just("reversal"),
        "event_time": _moments,
        "psn_no": st.sampled_from(["PERSON-1", "PERSON-2"]),
        "infno": st.sampled_from(["2103", "2601"]),
        "setl_id": st.sampled_from(["e0", "e1", "e2", "e3"]),
    }
)
_notices = st.fixed_dictionaries(
    {
        "event_type": st.just("institution_status"),
        "event_time": _moments,
        "psn_no": st.just(""),
        "fixmedins_code": st.sampled_from([_HOSPITAL, _PHARMACY]),
        "state": st.sampled_from(["active", "suspended", "suspended", "terminated"]),
        "begndate": _days,
        "enddate": _days,
        "services": st.sampled_from([[], [], ["outpatient"], ["购药"], ["住院"], ["?"]]),
    }
)
_stays = st.fixed_dictionaries(
    {
        "event_type": st.sampled_from(["admission", "admission", "discharge"]),
        "event_time": _moments,
        "fixmedins_code": st.just(_HOSPITAL),
        "mdtrt_id": st.sampled_from(["", "STAY-1", "STAY-2"]),
        "dscg_way": st.sampled_from(["1", "1", "2"]),
        "diseinfo": _diagnoses,
    }
)
_scripts = st.fixed_dictionaries(
    {
        "event_type": st.just("prescription"),
        "event_time": _moments,
        "fixmedins_code": st.sampled_from([_HOSPITAL, _HOSPITAL, _PHARMACY, _UNLISTED]),
        "hi_rxno": st.sampled_from(["", "RX6401000001"]),
        "rxno": st.sampled_from(["CF0000000001", "CF0000000001", "CF0000000002"]),
        "dr_code": st.sampled_from(["", "D640100000001", "N640100000001"]),
        "valid_end_time": st.sampled_from([None, "2025-08-02T00:00:00", "2025-08-30T00:00:00"]),
        "rx_stas_codg": st.sampled_from(["", "1", "3"]),
        "feedetail": st.lists(
            st.fixed_dictionaries({"med_list_codg": st.just(_DRUG), "cnt": st.just("2")}),
            max_size=1,
        ),
    }
)
_stocks = st.fixed_dictionaries(
    {
        "event_type": st.just("stock"),
        "event_time": _moments,
        "psn_no": st.just(""),
        "fixmedins_code": st.just(_PHARMACY),
        "infno": st.sampled_from(["3503", "3505"]),
        "med_list_codg": st.just(_DRUG),
        "cnt": st.just("1"),
    }
)
_filings = st.fixed_dictionaries(
    {
        "event_type": st.just("filing"),
        "event_time": _moments,
        "action": st.sampled_from(["register", "register", "cancel"]),
        "biz_appy_type": st.sampled_from(["11", "12"]),
        "begndate": _days,
        "enddate": _days,
    }
)
_HOME = {"insuplc_admdvs": "640100", "mdtrtarea_admvs": "640100", "psn_no": "PERSON-1"}


def told(records: Sequence[dict[str, Any]]) -> list[Event]:
    """Events of these records, numbered `e0`, `e1`, ... in the order given."""
    events = []
    for at, record in enumerate(records):
        sent = {**_HOME, **{name: value for name, value in record.items() if value is not None}}
        if sent["event_type"] == "settlement":
            sent.setdefault("setl_id", f"e{at}")
        events.append(decode_object({**sent, "event_id": f"e{at}"}).event)
    return events


def context() -> Context:
    """The reference data of the rules' cases, with the packs as they are."""
    return Context(
        read_reference(
            _WORLD["institutions"], _WORLD["catalogue"], _WORLD["areas"], (), cases._WORLD
        )
    )


lives = st.builds(
    lambda settled, others: told([*settled, *others]),
    st.lists(_settlements, min_size=2, max_size=8),
    st.lists(
        st.one_of(_reversals, _reversals, _notices, _stays, _stays, _scripts, _stocks, _filings),
        max_size=7,
    ),
)
"""Stories with every kind of event that the family looks at."""


def _neighbour(
    number: int, weeks: int, traced: int, ledger: bool, taken_back: set[int]
) -> list[dict[str, Any]]:
    """A pharmacy that settles twice a week, with a trace code in one of the weeks (or none)."""
    inst, home = f"P6401000000{number}", {"psn_no": f"PERSON-{number}"}
    records: list[dict[str, Any]] = []
    for turn in range(2 * weeks):
        code = ["81234567890123456781"] if turn // 2 == traced else []
        at = datetime(2025, 7, 1, 9, tzinfo=CST) + timedelta(days=turn * 7 // 2, hours=number)
        line = {
            "med_list_codg": _DRUG,
            "cnt": "1",
            "det_item_fee_sumamt": "30.00",
            "drug_trac_codg": code,
        }
        sale = {"fixmedins_code": inst, "event_time": at.isoformat(), **home}
        records.append(
            {
                **sale,
                "event_type": "settlement",
                "setl_id": f"{number}-{turn}",
                "med_type": "41",
                "medfee_sumamt": "30.00",
                "acct_pay": "30.00",
                "feedetail": [line],
            }
        )
        if turn in taken_back:
            later = (at + timedelta(days=1)).isoformat()
            back = {"event_type": "reversal", "infno": "2103", "setl_id": f"{number}-{turn}"}
            records.append({**sale, **back, "event_time": later})
    if ledger:
        report = {"event_type": "stock", "infno": "3505", "med_list_codg": _DRUG, "cnt": "1"}
        when = "2025-07-20T09:00:00+08:00"
        records.append({**report, "psn_no": "", "fixmedins_code": inst, "event_time": when})
    return records


cities = st.tuples(
    *(
        st.builds(
            _neighbour,
            st.just(number),
            st.sampled_from([1, 4, 5, 6]),
            st.sampled_from([-1, -1, 0, 4]),
            st.booleans(),
            st.sets(st.sampled_from([0, 0, 1, 8]), max_size=1),
        )
        for number in range(1, 7)
    )
).map(lambda pharmacies: told([record for records in pharmacies for record in records]))
"""Six pharmacies of one city over some weeks, of which some report stock and send trace codes."""


def _filled(number: int, pharmacy: int, told: str, taken_back: bool) -> list[dict[str, Any]]:
    """A sale with pool money on a prescription that a hospital, a pharmacy or nobody told of."""
    at = datetime(2025, 7, 1, 9, tzinfo=CST) + timedelta(days=number, hours=pharmacy)
    rx, inst, home = f"RX6401{number:08}", f"P6401000000{pharmacy}", {"psn_no": f"P-{number}"}
    line = {"med_list_codg": _DRUG, "cnt": "1", "det_item_fee_sumamt": "30.00", "rxno": rx}
    money = {"medfee_sumamt": "30.00", "fund_pay_sumamt": "20.00", "med_type": "41"}
    sale = {"event_time": at.isoformat(), "fixmedins_code": inst, "setl_id": f"rx-{number}", **home}
    records = [{**sale, **money, "event_type": "settlement", "feedetail": [line]}]
    if told:
        sender = {"hospital": _HOSPITAL, "own": inst}.get(told, "P64010000009")
        issue = {"event_type": "prescription", "hi_rxno": rx, "fixmedins_code": sender, **home}
        records.append({**issue, "event_time": (at + timedelta(hours=number % 60)).isoformat()})
    if taken_back:
        later = (at + timedelta(days=1)).isoformat()
        records.append({**sale, "event_type": "reversal", "infno": "2103", "event_time": later})
    return records


counters = st.lists(
    st.builds(
        _filled,
        st.integers(4, 20),
        st.integers(1, 3),
        st.sampled_from(["", "", "own", "another", "hospital"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda records: str(records[0]["setl_id"]),
).map(
    lambda odd: told(
        [
            *(
                record
                for number in range(22)
                for record in _filled(30 + number, 1 + number % 5, "hospital", taken_back=False)
            ),
            *(record for records in odd for record in records),
            *_filled(0, 6, "hospital", taken_back=False),
        ]
    )
)
"""Sales on prescriptions at a city's pharmacies, nearly all on those of hospitals."""


def _within(*days: int) -> st.SearchStrategy[str]:
    return st.builds(
        lambda day, hours: (_START + timedelta(days=day, hours=hours)).isoformat(),
        st.sampled_from(days),
        st.sampled_from([0, 2]),
    )


_CHENGDU = {"insuplc_admdvs": "510100", "mdtrtarea_admvs": "510100"}
_bed = st.fixed_dictionaries(
    {
        "event_type": st.sampled_from(["discharge", "discharge", "admission"]),
        "event_time": _within(6, 6, 4),
        "fixmedins_code": st.just("H51010000001"),
        "mdtrt_id": st.just("STAY-1"),
    }
)
_ordered = st.fixed_dictionaries(
    {
        "event_type": st.just("prescription"),
        "event_time": _within(2, 2, 0, 4),
        "fixmedins_code": st.sampled_from(["H51010000001", "H51010000001", "H51010000002"]),
        "hi_rxno": st.just("RX5101000001"),
    }
)
_bought = st.fixed_dictionaries(
    {
        "event_type": st.just("settlement"),
        "event_time": _within(4, 2, 6),
        "fixmedins_code": st.just("P51010000001"),
        "med_type": st.just("41"),
        "medfee_sumamt": st.just("40.00"),
        "acct_pay": st.sampled_from(["40.00", "40.00", "0.00"]),
        "feedetail": st.just([{"med_list_codg": _DRUG, "cnt": "1", "rxno": "RX5101000001"}]),
    }
)
_registered = st.builds(
    lambda filing: {**filing, "biz_appy_type": "20", "begndate": None, "enddate": None}, _filings
)
outside = st.builds(
    lambda bought, begun, beds, ordered, back: told(
        [
            {**record, **_CHENGDU}
            for record in (
                *bought,
                {
                    "event_type": "admission",
                    "event_time": begun,
                    "fixmedins_code": "H51010000001",
                    "mdtrt_id": "STAY-1",
                },
                *beds,
                *ordered,
                *back,
            )
        ]
    ),
    st.lists(_bought, min_size=1, max_size=3),
    _within(0, 0, 2),
    st.lists(_bed, min_size=1, max_size=2),
    st.lists(_ordered, min_size=1, max_size=2),
    st.lists(st.one_of(_reversals, _registered), max_size=1),
)
"""Stories of an inpatient in Sichuan who buys at a pharmacy what the hospital prescribed."""


def outcome(events: Sequence[Event], rule: Rule, known: Context) -> list[dict[str, Any]]:
    """What one rule says of a story in the end, whatever came between."""
    alerts = [alert for alert in cases.tell(events, rule, known) if alert.status != "retracted"]
    return [_said(alert) for alert in sorted(alerts, key=lambda alert: alert.alert_id)]


def _said(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in alert.__struct_fields__ if name != "revision"}

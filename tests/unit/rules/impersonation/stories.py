"""Small random stories of one person, or of one terminal, in which events nearly always collide."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
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

_WORLD_FILE = Path(cases.__file__).with_name("case_world.yaml")
_WORLD: Any = read_mapping(_WORLD_FILE)
_HOSPITAL, _FAR, _ONLINE = "H64010000001", "P51010000001", "H64010000009"
_places = st.sampled_from(
    ["P64010000001", "P64010000001", "P64010000002", _HOSPITAL, _FAR, _ONLINE, "P64042300007"]
)
_START = datetime(2024, 3, 1, 9, tzinfo=CST)
_moments = st.builds(
    lambda days, seconds: (_START + timedelta(days=days, seconds=seconds)).isoformat(),
    st.sampled_from([0, 0, 0, 1, 2, 3, 5, 9, 40]),
    st.sampled_from([0, 20, 45, 100, 290, 1200, 4000, 7100, 9000, 36000]),
)
_days = st.sampled_from(
    [None, "2015-01-01", "2024-02-01", "2024-03-01", "2024-03-03", "2024-03-09"]
)
_settlements = st.fixed_dictionaries(
    {
        "event_type": st.just("settlement"),
        "event_time": _moments,
        "fixmedins_code": _places,
        "dev_no": st.sampled_from(["", "D1", "D2"]),
        "med_type": st.sampled_from(["11", "41", "41", "13", "12", "21", "52"]),
        "mdtrt_id": st.sampled_from(["", "STAY-1", "STAY-2"]),
        "begntime": st.sampled_from([None, "2024-02-28T09:00:00", "2024-03-02T09:00:00"]),
        "insutype": st.sampled_from(["310", "310", "390", "510"]),
        "gend": st.sampled_from(["", "1", "2"]),
        "brdy": st.sampled_from([None, "1950-05-05", "2018-05-05"]),
        "mdtrt_cert_type": st.sampled_from(["", "01", "03"]),
        "mdtrt_cert_no": st.sampled_from(["", "C1", "C2"]),
        "agnter_rlts": st.sampled_from(["", "", "", "1"]),
        "opter_type": st.sampled_from(["1", "1", "3"]),
        "dise_codg": st.sampled_from(["", "M03900", "N40.x00"]),
        "medfee_sumamt": st.just("60.00"),
        "fund_pay_sumamt": st.sampled_from(["0.00", "20.00"]),
        "acct_pay": st.sampled_from(["0.00", "40.00"]),
        "diseinfo": st.lists(
            st.fixed_dictionaries({"diag_code": st.sampled_from(["O80.900", "P59.900", "C61"])}),
            max_size=1,
        ),
    }
)
_checks = st.fixed_dictionaries(
    {
        "event_type": st.just("identity_check"),
        "event_time": _moments,
        "fixmedins_code": _places,
        "dev_no": st.sampled_from(["", "D1", "D2"]),
        "result": st.sampled_from(["match", "match", "mismatch", "mismatch", "unavailable"]),
    }
)
_reversals = st.fixed_dictionaries(
    {
        "event_type": st.just("reversal"),
        "event_time": _moments,
        "infno": st.sampled_from(["2103", "2601"]),
        "setl_id": st.sampled_from(["e0", "e1", "e2", ""]),
        "mdtrt_id": st.sampled_from(["", "STAY-1"]),
    }
)
_statuses = st.fixed_dictionaries(
    {
        "event_type": st.just("insurance_status"),
        "event_time": _moments,
        "insuplc_admdvs": st.sampled_from(["640100", "640100", "640400"]),
        "insutype": st.sampled_from(["", "310", "390"]),
        "psn_insu_stas": st.sampled_from(["", "1", "1", "2", "4"]),
        "surv_stas": st.sampled_from(["", "", "1", "2"]),
        "death_date": st.sampled_from([None, None, "2024-02-27", "2024-03-01"]),
        "gend": st.sampled_from(["", "1", "2"]),
        "brdy": st.sampled_from([None, "1990-05-05"]),
        "begndate": _days,
        "enddate": _days,
    }
)
_stays = st.fixed_dictionaries(
    {
        "event_type": st.sampled_from(["admission", "admission", "discharge"]),
        "event_time": _moments,
        "fixmedins_code": st.sampled_from([_HOSPITAL, "H64010000002"]),
        "mdtrt_id": st.sampled_from(["", "STAY-1", "STAY-2"]),
        "dscg_way": st.sampled_from(["1", "5"]),
    }
)
_filings = st.fixed_dictionaries(
    {
        "event_type": st.just("filing"),
        "event_time": _moments,
        "action": st.sampled_from(["register", "register", "cancel"]),
        "biz_appy_type": st.sampled_from(["12", "12", "08"]),
        "begndate": _days,
        "enddate": _days,
    }
)
_scripts = st.fixed_dictionaries(
    {
        "event_type": st.just("prescription"),
        "event_time": _moments,
        "fixmedins_code": st.just(_HOSPITAL),
        "hi_rxno": st.just("RX1"),
    }
)
_HOME = {"insuplc_admdvs": "640100", "mdtrtarea_admvs": "640100", "psn_no": "PERSON-1"}


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
        _WORLD["institutions"], _WORLD["catalogue"], _WORLD["areas"], (), _WORLD_FILE
    )


lives = st.builds(
    lambda settled, others: told([*settled, *others]),
    st.lists(_settlements, min_size=1, max_size=4),
    st.lists(
        st.one_of(_checks, _checks, _reversals, _statuses, _statuses, _stays, _filings, _scripts),
        max_size=6,
    ),
)
"""Stories of one person with every kind of event that the family looks at."""

_soon = st.builds(
    lambda seconds: (_START + timedelta(seconds=seconds)).isoformat(),
    st.sampled_from([0, 20, 45, 100, 290, 300, 1200, 3500, 7100, 9000]),
)
_hurried = st.fixed_dictionaries(
    {
        "event_type": st.just("settlement"),
        "event_time": _soon,
        "fixmedins_code": _places,
        "dev_no": st.sampled_from(["", "D1", "D2"]),
        "med_type": st.sampled_from(["11", "41", "41", "12"]),
        "mdtrt_cert_type": st.sampled_from(["", "01", "03", "03"]),
        "mdtrt_cert_no": st.sampled_from(["", "C1", "C1", "C2"]),
        "agnter_rlts": st.sampled_from(["", "", "", "", "", "1"]),
        "medfee_sumamt": st.just("60.00"),
        "acct_pay": st.just("40.00"),
    }
)
_hurried_checks = _checks.flatmap(
    lambda record: _soon.map(lambda moment: {**record, "event_time": moment})
)
rushes = st.builds(
    lambda settled, checked, others: told([*settled, *checked, *others]),
    st.lists(_hurried, min_size=1, max_size=4),
    st.lists(_hurried_checks, max_size=3),
    st.one_of(st.just([]), st.just([]), st.lists(st.one_of(_reversals, _filings), max_size=2)),
)
"""Stories of one person within a few hours, at places near and far."""


_AGENTS: dict[str, dict[str, str]] = {
    "": {},
    "unnamed": {"agnter_rlts": "9"},
    "one": {"agnter_rlts": "9", "agnter_certno": "640100198003044473"},
    "other": {"agnter_rlts": "2", "agnter_certno": "640100197003044470"},
}


def _till(
    gaps: list[int], fees: list[str], agents: list[str], taken_back: list[tuple[int, int]]
) -> list[Event]:
    records: list[dict[str, Any]] = []
    moment = _START
    for at, gap in enumerate(gaps):
        moment += timedelta(seconds=gap)
        records.append(
            {
                "event_type": "settlement",
                "event_time": moment.isoformat(),
                "psn_no": f"PERSON-{at % 11}",
                "fixmedins_code": "P64010000001",
                "dev_no": "D1",
                "med_type": "41",
                "medfee_sumamt": fees[at % len(fees)],
                "acct_pay": fees[at % len(fees)],
                **_AGENTS[agents[at % len(agents)]],
            }
        )
    for number, minutes in taken_back:
        at = number % len(gaps)
        later = datetime.fromisoformat(records[at]["event_time"]) + timedelta(minutes=minutes)
        records.append(
            {
                "event_type": "reversal",
                "event_time": later.isoformat(),
                "psn_no": f"PERSON-{at % 11}",
                "setl_id": f"e{at}",
            }
        )
    return told(records)


tills = st.builds(
    _till,
    st.lists(st.sampled_from([5, 15, 20, 25, 35, 55, 80, 200, 900]), min_size=5, max_size=16),
    st.lists(st.sampled_from(["50.00", "100.00", "103.00", "61.20"]), min_size=1, max_size=3),
    st.just([""]) | st.lists(st.sampled_from(sorted(_AGENTS)), min_size=1, max_size=7),
    st.lists(st.tuples(st.integers(0, 15), st.sampled_from([2, 30, 600])), max_size=3),
)
"""Stories of one terminal's day: gaps, amounts, agents, and settlements taken back soon or late."""


def outcome(events: Sequence[Event], rule: Rule, context: Context) -> list[dict[str, Any]]:
    """What one rule says of a story in the end, whatever came between."""
    alerts = [alert for alert in cases.tell(events, rule, context) if alert.status != "retracted"]
    return [_said(alert) for alert in sorted(alerts, key=lambda alert: alert.alert_id)]


def _said(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in alert.__struct_fields__ if name != "revision"}

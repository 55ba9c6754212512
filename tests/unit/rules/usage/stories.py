"""Small random stories of one patient who goes to several places within weeks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from events.kinds import Event
from events.times import CST
from tests.unit.rules.institution.stories import told

_PLACES = ["H64010000001", "H64010000002", "P64010000001", "P64010000002", "H64040000001"]
_START = datetime(2024, 11, 25, 9, tzinfo=CST)
_DRUGS = ["XC08CAA001A001010100001", "XC08CAA001A002010100002", "XC08CAX002A001010100003"]
_moments = st.builds(
    lambda days, minutes: (_START + timedelta(days=days, minutes=minutes)).isoformat(),
    st.integers(0, 12),
    st.sampled_from([0, 5, 10, 260, 600]),
)
_lines = st.lists(
    st.fixed_dictionaries(
        {
            "med_list_codg": st.sampled_from([*_DRUGS, "002103000010000"]),
            "rxno": st.sampled_from(["", "CF0000000001", "CF0000000002", "CF0000000003"]),
            "cnt": st.just("1"),
            "det_item_fee_sumamt": st.sampled_from(["60.00", "1200.00"]),
            "prd_days": st.sampled_from(["0", "10", "30", "60", "120"]),
            "bilg_dr_codg": st.sampled_from(["", "D640100000001"]),
            "med_chrgitm_type": st.sampled_from(["", "03", "05"]),
        }
    ),
    min_size=1,
    max_size=3,
)
_settlements = st.fixed_dictionaries(
    {
        "event_type": st.just("settlement"),
        "event_time": _moments,
        "fixmedins_code": st.sampled_from(_PLACES),
        "insuplc_admdvs": st.sampled_from(["150400", "150400", "150400", "640100"]),
        "psn_type": st.sampled_from(["11", "11", "12"]),
        "med_type": st.sampled_from(["11", "11", "41", "14", "13", "12", "21"]),
        "medfee_sumamt": st.sampled_from(["90.00", "2600.00"]),
        "hifp_pay": st.sampled_from(["0.00", "400.00", "1500.00"]),
        "acct_pay": st.sampled_from(["0.00", "40.00"]),
        "diseinfo": st.sampled_from([[], [{"diag_code": "J06.900"}], [{"diag_code": "E78.500"}]]),
        "feedetail": _lines,
    }
)
_reversals = st.fixed_dictionaries(
    {
        "event_type": st.just("reversal"),
        "event_time": _moments,
        "infno": st.just("2103"),
        "setl_id": st.builds("e{}".format, st.integers(0, 9)),
    }
)
_filings = st.fixed_dictionaries(
    {
        "event_type": st.just("filing"),
        "event_time": _moments,
        "action": st.sampled_from(["register", "register", "cancel"]),
        "biz_appy_type": st.sampled_from(["11", "08", "12"]),
        "begndate": st.sampled_from([None, "2024-11-20", "2024-11-28", "2024-12-02"]),
        "enddate": st.sampled_from([None, "2024-11-30", "2025-05-31"]),
    }
)


def _life(settled: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> list[Event]:
    return told([*settled, *others])


lives = st.builds(
    _life,
    st.lists(_settlements, min_size=3, max_size=12),
    st.lists(st.one_of(_reversals, _filings), max_size=4),
)
"""Stories in which supplies overlap, visits are frequent and prescriptions stand side by side."""

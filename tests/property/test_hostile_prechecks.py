"""Whatever is sent before a payment is a question or is refused; nothing else escapes."""

import json
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.prechecks.api import PAYING, read_question
from events.deadletters import BadRecordError
from events.times import CST

NOW = datetime(2024, 3, 1, 10, tzinfo=CST)
_NAMES = [
    "infno", "msgid", "inf_time", "input", "data", "patient_dtos", "patn_id", "gend", "brdy",
    "poolarea", "curr_mdtrt_id", "fsi_encounter_dtos", "mdtrt_id", "medins_id", "medins_admdvs",
    "medfee_sumamt", "hifp_payamt", "ma_amt", "acct_payamt", "adm_date", "fsi_order_dtos", "cnt",
    "pric", "sumamt", "hilist_code", "curr_drord_flag", "extend_order_map", "o_prdDays",
    "fsi_diagnose_dtos", "dise_codg", "maindise_flag", "dscg_main_dise_codg", "rule_ids",
    "event_type", "event_id", "event_time", "psn_no", "fixmedins_code", "setl_id", "warns",
]  # fmt: skip
_plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["3101", "3102", "settlement", "P1", "640100", "10.00", "1e400", "NaN", "-5"]),
    st.sampled_from(["2024-03-01 10:00:00", "2024-13-01", "1980-01-01"]),
)
_value = st.recursive(
    _plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(_NAMES), inner, max_size=8),
    ),
    max_leaves=30,
)


def _question(body: bytes) -> None:
    try:
        question = read_question(body, "0" * 12, NOW)
    except BadRecordError as bad:
        assert bad.expected
    else:
        assert isinstance(question.event, PAYING)


@given(st.binary(max_size=200))
def test_bytes(body: bytes) -> None:
    _question(body)


@given(st.dictionaries(st.sampled_from(_NAMES), _value, max_size=10))
def test_objects(message: dict[str, Any]) -> None:
    _question(json.dumps(message).encode())


@settings(max_examples=300)
@given(
    st.dictionaries(st.sampled_from(_NAMES), _value, max_size=8),
    st.dictionaries(st.sampled_from(_NAMES), _value, max_size=12),
    st.dictionaries(st.sampled_from(_NAMES), _value, max_size=8),
)
def test_nearly_national_messages(
    patient: dict[str, Any], encounter: dict[str, Any], order: dict[str, Any]
) -> None:
    """One patient, one visit, one order, whatever stands in them."""
    visit = {"medins_id": "H1", "medfee_sumamt": "10.00", **encounter, "fsi_order_dtos": [order]}
    person = {"patn_id": "P1", **patient, "fsi_encounter_dtos": [visit]}
    message = {"infno": "3101", "input": {"data": {"patient_dtos": person}}}
    _question(json.dumps(message).encode())

"""The verdict before payment as a counter asks for it, over a real monitor."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from alerts.access import tokens, users
from alerts.access.roles import Role
from alerts.access.users import User
from alerts.ledger.journal import Verified, verify_journal
from alerts.ledger.precheck_tables import FEEDBACK
from alerts.ledger.schema import ALERTS, JOURNAL
from alerts.prechecks.feedback import answers_to
from events.codec import decode_object
from events.readers import Record
from rules.histories.digests import pseudonym
from streams.assembly import Assembly
from streams.monitor import Monitor
from streams.prechecks.routing import precheck_routes
from streams.serving import make_app
from streams.settings import Settings

PERSON = "640102198001011234"
PAID: dict[str, Any] = {
    "event_type": "settlement",
    "event_id": "S-1",
    "setl_id": "S-1",
    "mdtrt_id": "V-1",
    "event_time": "2024-03-01T10:00:00",
    "psn_no": PERSON,
    "insuplc_admdvs": "640100",
    "mdtrtarea_admvs": "640100",
    "fixmedins_code": "P64010000001",
    "med_type": "41",
    "medfee_sumamt": "100.00",
    "acct_pay": "100.00",
    "acct_mulaid_pay": "100.00",
    "acct_owner_no": "OWNER-1",
    "acct_used_flag": "2",
}
GRANT: dict[str, Any] = {
    "event_type": "account_authorization",
    "event_id": "G-1",
    "event_time": "2024-02-01T09:00:00",
    "psn_no": "OWNER-1",
    "aut_psn_no": PERSON,
    "action": "grant",
    "rlts": "spouse",
    "channel": "online",
    "insuplc_admdvs": "640100",
    "aut_insuplc_admdvs": "640100",
}


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Monitor]:
    """An embedded monitor that takes its time to answer."""
    monitor = Monitor(tmp_path, Assembly(), Settings(precheck_seconds=10))
    yield monitor
    monitor.close()


@pytest.fixture
def counter(monitor: Monitor) -> Iterator[TestClient]:
    """The routes, without the door that the desk puts before them."""
    app = FastAPI()
    app.include_router(precheck_routes(monitor, lambda: "counter-7"))
    with TestClient(app) as client:
        yield client


def _take(monitor: Monitor, *events: dict[str, Any]) -> list[Any]:
    reads = [Record(decode_object(event).event, "test", at) for at, event in enumerate(events)]
    return monitor.take(reads).alerts


def _counts(monitor: Monitor) -> tuple[int, ...]:
    with monitor.ledger.read() as connection:
        tables = [
            connection.execute(select(func.count()).select_from(t)).scalar_one()
            for t in (ALERTS, JOURNAL)
        ]
    return (*tables, *monitor.sizes().values())


def test_a_payment_without_authorisation_is_held_and_leaves_nothing(
    monitor: Monitor, counter: TestClient
) -> None:
    before = _counts(monitor)
    answered = counter.post("/v1/prechecks", json=PAID)
    assert answered.status_code == 200
    body = answered.json()
    assert body["verdict"] == "hold"
    assert body["may_pay"] is False
    assert body["missed"] == []
    assert {"person", "account", "document"} <= set(body["reached"])
    assert "place" not in body["reached"]
    found = next(one for one in body["result"] if one["rule_id"] == "cash_out.family_without_grant")
    assert found["sev_deg"] == "1"
    assert found["vola_amt"] == 100
    assert found["mdtrt_id"] == "V-1"
    assert found["patn_id"] == pseudonym(PERSON)
    assert found["jr_id"].startswith(f"{body['task_id']}-")
    assert found["judge_result_detail_dtos"][0]["vola_item_type"] == "1"
    assert PERSON not in answered.text
    assert _counts(monitor) == before


def test_what_was_answered_is_what_the_settlement_raises(
    monitor: Monitor, counter: TestClient
) -> None:
    told = {one["alert_id"] for one in counter.post("/v1/prechecks", json=PAID).json()["result"]}
    raised = {alert.alert_id for alert in _take(monitor, PAID) if "S-1" in alert.event_ids}
    assert told == raised
    # It has happened: asking again finds nothing that is new.
    again = counter.post("/v1/prechecks", json=PAID).json()
    assert (again["verdict"], again["result"]) == ("pass", [])


def test_an_authorised_payment_passes(monitor: Monitor, counter: TestClient) -> None:
    _take(monitor, GRANT)
    body = counter.post("/v1/prechecks", json=PAID).json()
    assert body["verdict"] == "pass"
    assert body["may_pay"] is True


def test_a_suspicion_is_only_a_reminder(monitor: Monitor, counter: TestClient) -> None:
    """A failed check a minute before: severity 2."""
    check = {
        "event_type": "identity_check",
        "event_id": "C-1",
        "event_time": "2024-03-01T09:59:00",
        "psn_no": PERSON,
        "fixmedins_code": "P64010000001",
        "insuplc_admdvs": "640100",
        "result": "mismatch",
    }
    _take(monitor, check)
    own = {
        name: value
        for name, value in PAID.items()
        if name not in {"acct_owner_no", "acct_mulaid_pay", "acct_used_flag"}
    }
    body = counter.post("/v1/prechecks", json=own).json()
    assert body["verdict"] == "remind"
    assert body["may_pay"] is True
    assert [one["rule_id"] for one in body["result"]] == ["impersonation.credential_mismatch"]


def test_a_question_that_takes_too_long_is_unknown_and_may_be_paid(tmp_path: Path) -> None:
    monitor = Monitor(tmp_path, Assembly(), Settings(precheck_seconds=1e-9))
    app = FastAPI()
    app.include_router(precheck_routes(monitor, lambda: "counter-7"))
    with TestClient(app) as client:
        answered = client.post("/v1/prechecks", json=PAID)
    assert answered.status_code == 200
    body = answered.json()
    assert (body["verdict"], body["may_pay"], body["result"]) == ("unknown", True, [])
    assert b'fundwatch_prechecks_total{verdict="unknown"} 1.0' in monitor.metrics.text()
    monitor.close()


def test_asking_for_a_person_that_is_not_in_memory(tmp_path: Path) -> None:
    """A fresh process reads what was committed, and an open batch does not hold it up."""
    first = Monitor(tmp_path, Assembly(), Settings())
    _take(first, GRANT)
    first.close()
    monitor = Monitor(tmp_path, Assembly(), Settings())
    with monitor.ledger.begin():
        changes = monitor.consider(decode_object(PAID).event)
    assert changes == []
    assert _take(monitor, PAID) == []
    monitor.close()


def _national(infno: str = "3101", **encounter: Any) -> dict[str, Any]:
    visit = {
        "mdtrt_id": "V-9",
        "medins_id": "H64010000001",
        "medins_admdvs": "640100",
        "medins_lv": "2",
        "medins_type": "1",
        "adm_date": "2024-03-01 09:30:00",
        "dscg_main_dise_codg": "C61.x00",
        "fsi_diagnose_dtos": [
            {"dise_codg": "J06.900", "dias_srt_no": "2", "maindise_flag": "0"},
            {"dise_codg": "C61.x00", "dias_srt_no": "1", "maindise_flag": "1"},
        ],
        "med_type": "11",
        "medfee_sumamt": 120.5,
        "ownpay_amt": 0,
        "acct_payamt": "20.50",
        "hifp_payamt": "100.00",
        "insutype": "310",
        "fsi_order_dtos": [
            {
                "rx_id": "R-1",
                "rxno": "RX-1",
                "hilist_code": "XC08CAA001A001010100001",
                "hilist_name": "甲降压片",
                "cnt": 2,
                "pric": "30.00",
                "sumamt": "60.00",
                "curr_drord_flag": "1",
                "extend_order_map": {"o_prdDays": "30"},
            },
            {"rx_id": "R-0", "hilist_code": "XC08CAA001A001010100001", "curr_drord_flag": "0"},
        ],
        **encounter,
    }
    patient = {
        "patn_id": PERSON,
        "patn_name": "某某",
        "gend": "2",
        "brdy": "1980-01-01",
        "poolarea": "640100",
        "curr_mdtrt_id": "V-9",
        "fsi_encounter_dtos": [{"mdtrt_id": "V-8"}, visit],
    }
    return {
        "infno": infno,
        "msgid": "H64010000001202403011000000001",
        "inf_time": "2024-03-01 10:00:00",
        "input": {"data": {"patient_dtos": [patient], "trig_scen": "1"}},
    }


@pytest.mark.parametrize("infno", ["3101", "3102"])
def test_the_national_request_is_answered_in_its_shape(counter: TestClient, infno: str) -> None:
    """A woman with a cancer that only men have."""
    answered = counter.post("/v1/prechecks", json=_national(infno))
    assert answered.status_code == 200
    body = answered.json()
    assert (body["infcode"], body["inf_refmsgid"]) == ("0", body["task_id"])
    found = body["output"]["result"]
    assert [one["rule_id"] for one in found] == ["impersonation.sex_conflict"]
    assert found[0]["mdtrt_id"] == "V-9"
    assert found[0]["vola_bhvr_type"] == "2"
    assert "某某" not in answered.text
    assert PERSON not in answered.text


def test_only_the_rules_asked_for_are_told(counter: TestClient) -> None:
    question = _national()
    question["input"]["data"]["rule_ids"] = ["impersonation.age_conflict"]
    body = counter.post("/v1/prechecks", json=question).json()
    assert (body["verdict"], body["output"]["result"]) == ("pass", [])


@pytest.mark.parametrize(
    ("body", "status", "reason", "field"),
    [
        (b"{", 422, "not_json", ""),
        (b"[]", 422, "not_json", ""),
        (b"", 422, "not_json", ""),
        (json.dumps(GRANT).encode(), 422, "no_payment", "event_type"),
        (
            json.dumps({**PAID, "event_time": "2090-01-01"}).encode(),
            422,
            "future_time",
            "event_time",
        ),
        (json.dumps({**PAID, "medfee_sumamt": "much"}).encode(), 422, "bad_value", "medfee_sumamt"),
        (json.dumps({"infno": "2102"}).encode(), 422, "no_event", "infno"),
        (json.dumps({"infno": "3101", "input": {}}).encode(), 422, "missing_field", "patient_dtos"),
        (b" " * (1 << 20) + b"x", 413, "too_large", ""),
    ],
)
def test_what_is_no_question_is_refused_with_its_place(
    counter: TestClient, body: bytes, status: int, reason: str, field: str
) -> None:
    answered = counter.post("/v1/prechecks", content=body)
    assert answered.status_code == status
    assert (answered.json()["reason"], answered.json()["field"]) == (reason, field)


def test_feedback_is_kept_and_journaled_once(monitor: Monitor, counter: TestClient) -> None:
    asked = counter.post("/v1/prechecks", json=PAID).json()
    ids = [one["jr_id"] for one in asked["result"]]
    warns = [
        {"warn_rslt_id": jr_id, "dspo_way": "1", "dspo_way_rea": f"已核实{PERSON}本人到场"}
        for jr_id in ids
    ]
    message = {"infno": "3103", "input": {"data": {"warn_type": "2", "warns": warns}}}
    for kept in (len(ids), 0):
        answered = counter.post("/v1/prechecks/feedback", json=message)
        assert answered.json() == {"infcode": "0", "kept": kept}
    changed = {"warn_type": "2", "warns": [{"warn_rslt_id": ids[0], "dspo_way": "2"}]}
    assert counter.post("/v1/prechecks/feedback", json=changed).json()["kept"] == 1
    with monitor.ledger.read() as connection:
        rows = connection.execute(select(FEEDBACK)).mappings().all()
        entries = connection.execute(
            select(JOURNAL.c.actor, JOURNAL.c.content).where(
                JOURNAL.c.action == "precheck.answered"
            )
        ).all()
        assert isinstance(verify_journal(connection), Verified)
        alert_ids = [one["alert_id"] for one in asked["result"]]
        assert len(answers_to(connection, alert_ids)) == len(ids)
    assert {row["warn_rslt_id"] for row in rows} == set(ids)
    assert len(entries) == len(ids) + 1
    assert {entry.actor for entry in entries} == {"counter-7"}
    assert all(PERSON not in entry.content for entry in entries)
    reasons = {row["warn_rslt_id"]: (row["dspo_way"], row["dspo_way_rea"]) for row in rows}
    assert reasons[ids[0]] == ("2", "")


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        ("viewer", "send", 200),
        ("supervisor", "api", 200),
        ("administrator", "api", 200),
        ("auditor", "api", 403),
        ("viewer", "api", 403),
        ("", "", 401),
    ],
)
def test_who_may_ask(
    monitor: Monitor, role: Role | Literal[""], scope: tokens.Scope | Literal[""], status: int
) -> None:
    """Through the door of the desk: programs with a token for it, and supervisors."""
    headers = {}
    if role and scope:
        with monitor.ledger.begin() as connection:
            users.add(connection, User("counter", role), 1, "test")
            _, secret = tokens.make(connection, "counter", "", 1, "test", scope=scope)
        headers["Authorization"] = f"Bearer {secret}"
    app = make_app(monitor, "127.0.0.1:0", monitor.settings)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.post("/v1/prechecks", json=PAID, headers=headers).status_code == status
        warns = [{"warn_rslt_id": "1" * 12 + "-" + "1" * 20, "dspo_way": "2"}]
        answered = client.post(
            "/v1/prechecks/feedback", json={"warn_type": "1", "warns": warns}, headers=headers
        )
        assert answered.status_code == status


@pytest.mark.parametrize(
    "warn",
    [
        {"warn_rslt_id": "nothing", "dspo_way": "2"},
        {"warn_rslt_id": "0" * 12 + "-" + "0" * 20, "dspo_way": "1"},
        {"warn_rslt_id": "0" * 12 + "-" + "0" * 20, "dspo_way": "3"},
        {},
    ],
)
def test_feedback_that_says_too_little_is_refused_whole(
    monitor: Monitor, counter: TestClient, warn: dict[str, str]
) -> None:
    good = {"warn_rslt_id": "1" * 12 + "-" + "1" * 20, "dspo_way": "2"}
    answered = counter.post(
        "/v1/prechecks/feedback",
        content=msgspec.json.encode({"warn_type": "1", "warns": [good, warn]}),
    )
    assert answered.status_code == 422
    with monitor.ledger.read() as connection:
        assert connection.execute(select(func.count()).select_from(FEEDBACK)).scalar_one() == 0

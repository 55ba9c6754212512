"""Every endpoint of the OpenAPI document: without token, with too small a role, elsewhere."""

from typing import Any, Final, NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from alerts.access.roles import ROLES, Role
from alerts.ledger import Ledger
from tests.unit.alerts.cases.stories import with_alerts, with_events
from tests.unit.alerts.conftest import As

SEEN: Final = {"version": 0}


class Endpoint(NamedTuple):
    """An endpoint: the least role, a path with ids of area 6401, and a body that fits."""

    role: Role
    path: str
    body: dict[str, Any] | None = None
    local: bool = False
    """Whether it is about something of area 6401 that others may not see."""


ENDPOINTS: Final[dict[str, Endpoint]] = {
    "GET /v1/alerts": Endpoint("viewer", "/v1/alerts"),
    "GET /v1/alerts/counts": Endpoint("viewer", "/v1/alerts/counts"),
    "GET /v1/alerts/{alert_id}": Endpoint("viewer", "/v1/alerts/a", None, True),
    "GET /v1/alerts/{alert_id}/journal": Endpoint("auditor", "/v1/alerts/a/journal", None, True),
    "POST /v1/alerts/{alert_id}/take": Endpoint("supervisor", "/v1/alerts/a/take", SEEN, True),
    "POST /v1/alerts/{alert_id}/release": Endpoint(
        "supervisor", "/v1/alerts/a/release", SEEN, True
    ),
    "POST /v1/alerts/{alert_id}/reopen": Endpoint("supervisor", "/v1/alerts/a/reopen", SEEN, True),
    "POST /v1/alerts/{alert_id}/confirm": Endpoint(
        "supervisor", "/v1/alerts/a/confirm", {"version": 0, "cause": "41-1"}, True
    ),
    "POST /v1/alerts/{alert_id}/dismiss": Endpoint(
        "supervisor", "/v1/alerts/a/dismiss", {"version": 0, "reason": "lawful"}, True
    ),
    "POST /v1/alerts/{alert_id}/notes": Endpoint(
        "supervisor", "/v1/alerts/a/notes", {"text": "x"}, True
    ),
    "POST /v1/alerts/{alert_id}/snooze": Endpoint(
        "supervisor", "/v1/alerts/a/snooze", {"until": "2025-12-31", "reason": "x"}, True
    ),
    "POST /v1/alerts/{alert_id}/reveal": Endpoint(
        "supervisor",
        "/v1/alerts/a/reveal",
        {"pseudonym": "P-0123456789abcdef", "reason": "核实线索"},
        True,
    ),
    "GET /v1/cases": Endpoint("viewer", "/v1/cases"),
    "POST /v1/cases": Endpoint("supervisor", "/v1/cases", {"alert_ids": ["c"]}, True),
    "GET /v1/cases/{case_id}": Endpoint("viewer", "/v1/cases/CASE", None, True),
    "GET /v1/cases/{case_id}/journal": Endpoint("auditor", "/v1/cases/CASE/journal", None, True),
    "GET /v1/cases/{case_id}/package": Endpoint("auditor", "/v1/cases/CASE/package", None, True),
    "GET /v1/cases/{case_id}/package.xlsx": Endpoint(
        "auditor", "/v1/cases/CASE/package.xlsx", None, True
    ),
    "POST /v1/cases/{case_id}/take": Endpoint("supervisor", "/v1/cases/CASE/take", SEEN, True),
    "POST /v1/cases/{case_id}/title": Endpoint(
        "supervisor", "/v1/cases/CASE/title", {"version": 1, "title": "x"}, True
    ),
    "POST /v1/cases/{case_id}/alerts": Endpoint(
        "supervisor", "/v1/cases/CASE/alerts", {"version": 1, "alert_ids": ["c"]}, True
    ),
    "POST /v1/cases/{case_id}/alerts/{alert_id}/leave": Endpoint(
        "supervisor", "/v1/cases/CASE/alerts/a/leave", SEEN, True
    ),
    "POST /v1/cases/{case_id}/confirm": Endpoint(
        "supervisor", "/v1/cases/CASE/confirm", {"version": 1, "cause": "41-1"}, True
    ),
    "POST /v1/cases/{case_id}/dismiss": Endpoint(
        "supervisor", "/v1/cases/CASE/dismiss", {"version": 1, "reason": "lawful"}, True
    ),
    "POST /v1/cases/{case_id}/amounts": Endpoint(
        "supervisor", "/v1/cases/CASE/amounts", {"version": 1}, True
    ),
    "POST /v1/cases/{case_id}/hand-over": Endpoint(
        "supervisor",
        "/v1/cases/CASE/hand-over",
        {"version": 1, "to": "police", "recipient": "x", "officers": ["a", "b"], "cause": "40-4"},
        True,
    ),
    "POST /v1/cases/{case_id}/file": Endpoint(
        "supervisor", "/v1/cases/CASE/file", {"version": 1, "officers": ["a", "b"]}, True
    ),
    "POST /v1/cases/{case_id}/close": Endpoint(
        "supervisor", "/v1/cases/CASE/close", {"version": 1, "outcome": "x"}, True
    ),
    "POST /v1/cases/{case_id}/notes": Endpoint(
        "supervisor", "/v1/cases/CASE/notes", {"text": "x"}, True
    ),
    "POST /v1/cases/{case_id}/clocks": Endpoint(
        "supervisor", "/v1/cases/CASE/clocks", {"period": "sealing"}, True
    ),
    "POST /v1/cases/{case_id}/clocks/{period}/extend": Endpoint(
        "supervisor", "/v1/cases/CASE/clocks/sealing/extend", {"reason": "x"}, True
    ),
    "POST /v1/cases/{case_id}/clocks/{period}/met": Endpoint(
        "supervisor", "/v1/cases/CASE/clocks/sealing/met", {}, True
    ),
    "GET /v1/clocks": Endpoint("viewer", "/v1/clocks"),
    "GET /v1/tips": Endpoint("viewer", "/v1/tips"),
    "POST /v1/tips": Endpoint(
        "supervisor", "/v1/tips", {"kind": "other", "text": "x", "area": "640104"}, True
    ),
    "POST /v1/tips/{tip_id}/case": Endpoint("supervisor", "/v1/tips/TIP/case", {}, True),
    "GET /v1/snoozes": Endpoint("viewer", "/v1/snoozes"),
    "DELETE /v1/snoozes/{snooze_id}": Endpoint("supervisor", "/v1/snoozes/SNOOZE", None, True),
    "GET /v1/causes": Endpoint("viewer", "/v1/causes"),
    "GET /v1/rules": Endpoint("viewer", "/v1/rules"),
    "GET /v1/rules/{rule_id}": Endpoint("viewer", "/v1/rules/cash_out.batch_swiping"),
    "GET /v1/policy": Endpoint("viewer", "/v1/policy?area=640104"),
    "GET /v1/journal": Endpoint("auditor", "/v1/journal", None, True),
    "GET /v1/journal/head": Endpoint("auditor", "/v1/journal/head"),
    "GET /v1/health": Endpoint("viewer", "/v1/health"),
    "GET /v1/me": Endpoint("viewer", "/v1/me"),
    "GET /v1/users": Endpoint("administrator", "/v1/users"),
    "POST /v1/users": Endpoint("administrator", "/v1/users", {"name": "new", "areas": ["5101"]}),
    "PATCH /v1/users/{name}": Endpoint("administrator", "/v1/users/u_viewer_api_6401", {}, True),
    "POST /v1/users/{name}/link": Endpoint(
        "administrator", "/v1/users/u_viewer_api_6401/link", {}, True
    ),
    "GET /v1/tokens": Endpoint("viewer", "/v1/tokens"),
    "POST /v1/tokens": Endpoint("viewer", "/v1/tokens", {}),
    "DELETE /v1/tokens/{token_id}": Endpoint("viewer", "/v1/tokens/none"),
    "GET /v1/webhooks": Endpoint("administrator", "/v1/webhooks"),
    "POST /v1/webhooks": Endpoint(
        "administrator", "/v1/webhooks", {"url": "https://hook.example/x"}
    ),
    "DELETE /v1/webhooks/{webhook_id}": Endpoint("administrator", "/v1/webhooks/none"),
}
OPEN: Final = {"GET /health"}


@pytest.fixture
def ids(ledger: Ledger, asking: As) -> dict[str, str]:
    """A case, a snooze and a tip of area 6401."""
    with_alerts(ledger)
    with_events(ledger)
    asking("viewer", ("6401",))
    local = asking("supervisor", ("6401",))
    case = local.post("/v1/cases", json={"alert_ids": ["a", "b"]}).json()["case_id"]
    snooze = local.post("/v1/alerts/b/snooze", json={"until": "2025-12-31", "reason": "x"})
    tip = local.post("/v1/tips", json={"kind": "other", "text": "x", "area": "640104"})
    return {"CASE": case, "SNOOZE": snooze.json()["snooze_id"], "TIP": tip.json()["tip_id"]}


def _ask(client: TestClient, name: str, ids: dict[str, str]) -> int:
    endpoint = ENDPOINTS[name]
    path = endpoint.path
    for placeholder, value in ids.items():
        path = path.replace(placeholder, value)
    return client.request(name.split(maxsplit=1)[0], path, json=endpoint.body).status_code


def test_every_endpoint_is_listed_here(desk: FastAPI) -> None:
    documented = {
        f"{method.upper()} {path}"
        for path, methods in desk.openapi()["paths"].items()
        for method in methods
    }
    assert documented - OPEN == set(ENDPOINTS)


def test_without_a_token_nothing_answers(stranger: TestClient, ids: dict[str, str]) -> None:
    assert {_ask(stranger, name, ids) for name in ENDPOINTS} == {401}


def test_a_token_for_sending_reaches_none(asking: As, ids: dict[str, str]) -> None:
    sender = asking("administrator", scope="send")
    assert {_ask(sender, name, ids) for name in ENDPOINTS} == {403}


def test_too_small_a_role_is_refused(asking: As, ids: dict[str, str]) -> None:
    wrong = []
    for name, endpoint in ENDPOINTS.items():
        for role in ROLES[: ROLES.index(endpoint.role)]:
            status = _ask(asking(role, ("6401",)), name, ids)
            if status != 403:
                wrong.append((name, role, status))
    assert wrong == []


def test_another_area_finds_nothing(asking: As, ids: dict[str, str]) -> None:
    """With the role, but for Sichuan: what is in Yinchuan is not there, in no list either."""
    elsewhere = asking("administrator", ("5101",))
    wrong = [
        (name, status)
        for name, endpoint in ENDPOINTS.items()
        if endpoint.local and (status := _ask(elsewhere, name, ids)) != 404
    ]
    assert wrong == []
    told = ""
    for name, endpoint in ENDPOINTS.items():
        lists = name.startswith("GET") and not endpoint.local
        if lists and name != "GET /v1/policy":
            told += elsewhere.get(endpoint.path).text
    hidden = [*ids.values(), "H64010600001", '"a"', '"6401']
    assert [one for one in hidden if one in told] == []
    assert '"d"' in told


def test_with_role_and_area_everything_answers(asking: As, ids: dict[str, str]) -> None:
    """No endpoint fails for its own sake; conflicts and missing ids are answers."""
    admin = asking("administrator")
    answers = {name: _ask(admin, name, ids) for name in ENDPOINTS}
    assert {name: status for name, status in answers.items() if status >= 500} == {}
    assert {name for name, status in answers.items() if status in {401, 403}} == set()

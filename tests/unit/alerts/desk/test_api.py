"""The HTTP API as programs use it: a day at the desk, conflicts, roles, areas, and odd text."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from alerts.access import sessions
from alerts.access.gate import COOKIE
from alerts.ledger import Ledger
from rules.histories.digests import pseudonym
from tests.unit.alerts.cases.stories import CERTNO, PERSON, with_alerts, with_events
from tests.unit.alerts.conftest import NOW_MS, As
from tests.unit.alerts.made import an_alert

ODD = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _alerts(ledger: Ledger) -> None:
    with_alerts(ledger)
    with_events(ledger)


def _ids(client: TestClient, query: str = "") -> list[str]:
    answer = client.get(f"/v1/alerts?{query}")
    assert answer.status_code == 200, answer.text
    return [alert["alert_id"] for alert in answer.json()["alerts"]]


def test_a_day_at_the_desk(asking: As) -> None:
    desk = asking("supervisor", ("6401",))
    worst = desk.get("/v1/alerts?order=severity").json()["alerts"][0]
    assert (worst["alert_id"], worst["amount"], worst["work"]["version"]) == ("a", 120.5, 0)

    taken = desk.post("/v1/alerts/a/take", json={"version": 0})
    assert taken.json()["taken_by"] == "u_supervisor_api_6401"
    late = asking("supervisor").post("/v1/alerts/a/take", json={"version": 0})
    assert late.status_code == 409
    assert late.json()["changed_by"] == "u_supervisor_api_6401"
    assert late.json()["version"] == 1

    note = desk.post("/v1/alerts/a/notes", json={"text": f"{CERTNO} {ODD}"})
    assert (note.status_code, note.json()["text"]) == (201, f"*** {ODD}")
    person = desk.post(
        "/v1/alerts/a/reveal", json={"pseudonym": pseudonym(PERSON), "reason": "核实冒名"}
    )
    assert person.json()["certno"] == CERTNO

    case = desk.post("/v1/cases", json={"alert_ids": ["a", "b"]}).json()
    path = f"/v1/cases/{case['case_id']}"
    case = desk.post(
        f"{path}/confirm", json={"version": 1, "cause": "41-3", "amount_confirmed": "241.00"}
    ).json()
    assert (case["verdict"], case["amount_confirmed"]) == ("confirmed", 241.0)
    handed = desk.post(
        f"{path}/hand-over",
        json={
            "version": 2,
            "to": "department",
            "recipient": "银川市医疗保障局",
            "officers": ["王芳", "马军"],
        },
    )
    assert handed.status_code == 200, handed.text
    whole = desk.get(path).json()
    assert [alert["work"]["verdict"] for alert in whole["alerts"]] == ["confirmed"] * 2
    assert [clock["period"] for clock in whole["clocks"]] == ["lead_check"]
    assert whole["clocks"][0]["left"] == 15
    assert [clock["case_id"] for clock in desk.get("/v1/clocks").json()["clocks"]] == [
        case["case_id"]
    ]
    package = desk.get(f"{path}/package")
    assert package.json()["case"]["cause"]["zh"].startswith("转卖药品")
    assert CERTNO not in package.text
    book = desk.get(f"{path}/package.xlsx")
    assert book.content[:2] == b"PK"
    assert f"case-{case['case_id']}.xlsx" in book.headers["content-disposition"]
    journal = desk.get("/v1/alerts/a/journal").json()["entries"]
    assert [entry["action"] for entry in journal] == [
        "raised",
        "alert.taken",
        "alert.noted",
        "identity.revealed",
        "alert.joined_case",
        "verdict.confirmed",
    ]
    assert CERTNO not in str(journal)


def test_a_supervisor_cannot_go_through_everybody(asking: As) -> None:
    desk = asking("supervisor")
    asked = {"pseudonym": pseudonym(PERSON), "reason": "核实冒名"}
    answers = [desk.post("/v1/alerts/a/reveal", json=asked).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_filters(asking: As) -> None:
    desk = asking("supervisor")
    assert set(_ids(desk)) == {"a", "b", "c", "d"}
    assert _ids(desk, "area=51") == ["d"]
    assert _ids(desk, "severity=1") == ["a"]
    assert set(_ids(desk, "rule=other&rule=nothing")) == {"c"}
    assert _ids(desk, "subject=H64010600001") == ["b"]
    assert _ids(desk, "least_amount=120.51") == []
    assert set(_ids(desk, "most_amount=120.5&text=H640106")) == {"b"}
    assert _ids(desk, "order=amount&limit=1&offset=1") == ["b"]
    desk.post("/v1/alerts/a/dismiss", json={"version": 0, "reason": "lawful"})
    assert _ids(desk, "verdict=dismissed") == ["a"]
    assert set(_ids(desk, "verdict=none")) == {"b", "c", "d"}
    desk.post("/v1/alerts/b/snooze", json={"until": "2025-12-31", "reason": "等整改"})
    assert "b" not in _ids(desk)
    assert _ids(desk, "snoozed=only") == ["b"]
    [snooze] = desk.get("/v1/snoozes").json()["snoozes"]
    assert snooze["until"] == "2026-01-01T00:00:00+08:00"
    assert desk.delete(f"/v1/snoozes/{snooze['snooze_id']}").status_code == 200
    assert "b" in _ids(desk)
    assert desk.get("/v1/alerts?nonsense=1").status_code == 422
    counts = desk.get("/v1/alerts/counts?family=cash_out").json()["counts"]
    assert sum(count["alerts"] for count in counts) == 4


def test_pages_and_feed_miss_nothing(asking: As, ledger: Ledger) -> None:
    desk = asking()
    seen: list[str] = []
    before = ""
    while page := desk.get(f"/v1/alerts?limit=3{before}").json():
        seen += [alert["alert_id"] for alert in page["alerts"]]
        if not page["alerts"]:
            break
        before = f"&before={page['before']}"
    assert sorted(seen) == ["a", "b", "c", "d"]
    after = desk.get("/v1/alerts?after=0").json()["after"]
    assert desk.get(f"/v1/alerts?after={after}").json() == {
        "alerts": [],
        "after": after,
        "before": 0,
    }
    with_alerts(ledger, [an_alert("e", area="640104")])
    assert _ids(desk, f"after={after}") == ["e"]


def test_a_tip_opens_a_case(asking: As) -> None:
    desk = asking("supervisor", ("64",))
    tip = desk.post(
        "/v1/tips", json={"kind": "refusal", "text": "拒绝开药", "about": ODD, "area": "640104"}
    )
    assert tip.status_code == 201, tip.text
    case = desk.post(f"/v1/tips/{tip.json()['tip_id']}/case").json()
    assert case["source"] == "COMPLAINT"
    assert desk.post(f"/v1/tips/{tip.json()['tip_id']}/case").status_code == 409
    elsewhere = desk.post("/v1/tips", json={"kind": "other", "text": "x", "area": "510104"})
    assert elsewhere.status_code == 404
    assert desk.get("/v1/tips").json()["tips"][0]["case_id"] == case["case_id"]


def test_clocks_are_started_extended_and_met(asking: As) -> None:
    desk = asking("supervisor")
    case = desk.post("/v1/cases", json={"alert_ids": ["a"]}).json()["case_id"]
    path = f"/v1/cases/{case}/clocks"
    started = desk.post(path, json={"period": "sealing", "started": "2025-11-03"})
    assert (started.status_code, started.json()["due"]) == (201, "2025-12-03")
    assert started.json()["holidays_known"] is False
    longer = desk.post(f"{path}/sealing/extend", json={"reason": "复杂"}).json()
    assert longer["due"] == "2026-01-02"
    assert desk.post(f"{path}/sealing/extend", json={"reason": "再来"}).status_code == 422
    assert desk.post(f"{path}/sealing/met").json()["left"] is None
    assert desk.post(path, json={"period": "nothing"}).status_code == 422
    assert desk.post(path, json={"period": "sealing", "started": "2025-13-03"}).status_code == 422


def test_the_steps_of_a_case(asking: As) -> None:
    desk = asking("supervisor")
    case = desk.post("/v1/cases", json={"alert_ids": ["a"]}).json()
    path = f"/v1/cases/{case['case_id']}"
    version = 1

    def step(name: str, **more: Any) -> Any:
        nonlocal version
        done = desk.post(f"{path}/{name}", json={"version": version, **more})
        assert done.status_code == 200, done.text
        version = done.json()["version"]
        return done.json()

    step("title", title="改名")
    step("take")
    assert step("alerts", alert_ids=["c"])["area"] == "640104"
    step("alerts/c/leave")
    step("confirm", cause="41-1", conduct_ended="2026-01-02")
    step("file", officers=["王芳", "马军"])
    assert step("close", outcome="责令退回")["status"] == "closed"
    assert step("amounts", amount_recovered=10)["amount_recovered"] == 10.0
    assert desk.get("/v1/cases?status=closed&verdict=confirmed").json()["total"] == 1
    actions = [one["action"] for one in desk.get(f"{path}/journal").json()["entries"]]
    assert actions[0] == "case.opened"
    assert actions[-1] == "case.amounts_set"
    other = desk.post("/v1/cases", json={"title": "空案", "area": "640104"}).json()
    gone = desk.post(
        f"/v1/cases/{other['case_id']}/dismiss", json={"version": 1, "reason": "other"}
    )
    assert gone.json()["status"] == "dismissed"


def test_rules_policy_causes_and_health(asking: As) -> None:
    desk = asking()
    rules = desk.get("/v1/rules").json()["rules"]
    assert len(rules) > 20
    rule = desk.get(f"/v1/rules/{rules[0]['id']}").json()
    assert rule["name"]["zh"]
    assert rule["runs"] in {True, False}
    assert desk.get("/v1/rules/nothing").status_code == 404
    policy = desk.get("/v1/policy?area=150400&date=2023-06-01").json()
    found = {one["path"]: one for one in policy["parameters"]}
    cap = found["outpatient.cap.retired"]
    assert (cap["value"], cap["status"]) == (5000.0, "set")
    assert desk.get("/v1/policy?area=150400&date=2023-02-30").status_code == 422
    assert len(desk.get("/v1/causes").json()["causes"]) == 35
    health = desk.get("/v1/health").json()
    assert (health["status"], health["journal"] > 0) == ("ok", True)
    assert desk.get("/health").json()["status"] == "ok"


def test_users_and_tokens(asking: As, desk: Any, stranger: TestClient) -> None:
    admin = asking("administrator")
    added = admin.post("/v1/users", json={"name": "李强", "role": "supervisor", "areas": ["6401"]})
    assert added.status_code == 201, added.text
    form = {"password": "看守基金 every day"}
    assert stranger.post(added.json()["link"], data=form).status_code == 303
    me = stranger.get("/v1/me").json()
    assert (me["name"], me["areas"]) == ("李强", ["6401"])
    unsafe = {"version": 0}
    assert stranger.post("/v1/alerts/a/take", json=unsafe).status_code == 403
    safe = {"X-CSRF-Token": me["csrf_token"]}
    assert stranger.post("/v1/alerts/a/take", json=unsafe, headers=safe).status_code == 200

    token = admin.post("/v1/tokens", json={"user": "李强", "purpose": "脚本", "days": 1}).json()
    client = TestClient(
        desk,
        base_url="http://127.0.0.1:8350",
        headers={"Authorization": f"Bearer {token['token']}"},
    )
    assert client.get("/v1/me").json()["name"] == "李强"
    assert client.get("/v1/tokens?everybody=true").status_code == 403
    assert client.post("/v1/tokens", json={"user": "u_administrator_api"}).status_code == 403
    assert client.post("/v1/tokens", json={"scope": "send"}).status_code == 403
    own = client.post("/v1/tokens", json={}).json()
    assert client.delete(f"/v1/tokens/{own['token_id']}").status_code == 204
    mine = admin.get("/v1/tokens").json()["tokens"][0]
    assert client.delete(f"/v1/tokens/{mine['token_id']}").status_code == 404

    assert admin.post("/v1/users", json={"name": "李强"}).status_code == 409
    changed = admin.patch("/v1/users/李强", json={"role": "viewer"})
    assert changed.json()["role"] == "viewer"
    assert client.post("/v1/alerts/b/take", json=unsafe).status_code == 403
    assert admin.patch("/v1/users/李强", json={"active": False}).json()["active"] is False
    assert client.get("/v1/me").status_code == 401
    assert stranger.get("/v1/me").status_code == 401
    last = admin.patch("/v1/users/u_administrator_api", json={"role": "viewer"})
    assert last.status_code == 422
    assert admin.post("/v1/users/nobody/link").status_code == 404


def test_an_administrator_of_an_area_grants_no_other(asking: As) -> None:
    whole, city = asking("administrator"), asking("administrator", ("6401",))
    assert city.post("/v1/users", json={"name": "a"}).status_code == 422
    assert city.post("/v1/users", json={"name": "a", "areas": ["64"]}).status_code == 422
    assert city.post("/v1/users", json={"name": "a", "areas": ["640104"]}).status_code == 201
    assert city.patch("/v1/users/a", json={"areas": []}).status_code == 422
    assert city.patch("/v1/users/u_administrator_api", json={"role": "viewer"}).status_code == 404
    assert city.post("/v1/users/u_administrator_api/link").status_code == 404
    assert city.post("/v1/tokens", json={"user": "u_administrator_api"}).status_code == 404
    [theirs] = whole.get("/v1/tokens").json()["tokens"]
    assert city.delete(f"/v1/tokens/{theirs['token_id']}").status_code == 404
    names = [user["name"] for user in city.get("/v1/users").json()["users"]]
    assert names == ["a", "u_administrator_api_6401"]
    hook = city.post("/v1/webhooks", json={"url": "https://hook.example/x"}).json()
    assert hook["areas"] == ["6401"]
    other = city.post("/v1/webhooks", json={"url": "https://hook.example/x", "areas": ["51"]})
    assert other.status_code == 404


def test_webhooks_are_kept(asking: As) -> None:
    admin = asking("administrator")
    added = admin.post("/v1/webhooks", json={"url": "https://hook.example/x"}).json()
    assert added["secret"].startswith("whsec_")
    [listed] = admin.get("/v1/webhooks").json()["webhooks"]
    assert "secret" not in listed
    assert (listed["waiting"], listed["delivered"]) == (0, 0)
    assert admin.delete(f"/v1/webhooks/{added['webhook_id']}").status_code == 204
    assert admin.delete(f"/v1/webhooks/{added['webhook_id']}").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://user:secret@a.example/",
        "http://a.example:99999/",
        "http://",
    ],
)
def test_webhooks_go_to_hosts_only(asking: As, url: str) -> None:
    assert asking("administrator").post("/v1/webhooks", json={"url": url}).status_code == 422


def test_odd_text_comes_back_as_text(asking: As) -> None:
    desk = asking("supervisor")
    case = desk.post("/v1/cases", json={"alert_ids": ["a"], "title": ODD}).json()
    answer = desk.get(f"/v1/cases/{case['case_id']}")
    assert answer.json()["title"] == ODD
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert desk.get("/v1/alerts/%00").status_code == 400
    assert desk.get("/v1/alerts?text=%00").status_code == 400
    assert desk.post("/v1/cases", json={"alert_ids": ["\0"]}).status_code == 422
    assert desk.get(f"/v1/alerts/{ODD}".replace("/", "%2F")).status_code in {401, 404}


def test_a_session_reads_by_cookie(ledger: Ledger, asking: As, stranger: TestClient) -> None:
    asking("viewer")
    with ledger.begin() as connection:
        cookie = sessions.begin(connection, "u_viewer_api", NOW_MS)
    assert stranger.get("/v1/me", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 200
    assert stranger.get("/v1/me", headers={"Cookie": f"{COOKIE}=x"}).status_code == 401

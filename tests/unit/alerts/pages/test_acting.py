"""What supervisors do through the pages: every step with its token, its role and its conflicts."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from alerts.access import users
from alerts.access.roles import Role
from alerts.access.users import User
from alerts.ledger import Ledger, reading
from alerts.ledger.archive import Kept, keep
from alerts.ledger.journal import Verified, verify_journal
from alerts.ledger.writing import record
from events.times import moment
from rules.histories.digests import pseudonym
from tests.unit.alerts.conftest import NOW_MS
from tests.unit.alerts.made import AT, an_alert

PASSWORD = "correct horse 9"
HTML = {"Accept": "text/html"}
NUMBER = "640100000000000001"
CERTNO = "640106199902107493"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """A ledger with three alerts, two of one person, and that person's settlement."""
    hidden = pseudonym(NUMBER)
    line = (
        f'{{"event_type":"settlement","event_id":"e1","event_time":"{moment(AT).isoformat()}",'
        f'"psn_no":"{NUMBER}","certno":"{CERTNO}","psn_name":"某某","fixmedins_code":"H64010010001",'
        '"setl_id":"s1","medfee_sumamt":120.50,"refund":1}'
    )
    with ledger.begin() as connection:
        alerts = [an_alert(name, subject=hidden, event_ids=("e1",)) for name in ("00a1", "00a2")]
        record(connection, [*alerts, an_alert("00b1", area="650100")], NOW_MS)
        keep(connection, [Kept("e1", AT, line.encode())])
    return ledger


class Browser:
    """A person at a browser, logged in."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def see(self, path: str, status: int = 200) -> str:
        """A page as text."""
        answer = self._client.get(path, headers=HTML)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, path: str, page: str, **fields: str | list[str]) -> Response:
        """Send a form of a page, with the token that stands in it."""
        found = _TOKEN.search(page)
        assert found is not None
        data = {"csrf_token": found[1], **fields}
        answer = self._client.post(path, data=data, headers=HTML)
        assert isinstance(answer, Response)
        return answer


@pytest.fixture
def people(filled: Ledger, desk: Any) -> dict[str, Browser]:
    """Two supervisors, a viewer and an administrator."""
    roles: dict[str, Role] = {"zhang": "supervisor", "wang": "supervisor", "liu": "viewer"}
    roles["admin"] = "administrator"
    found = {}
    for name, role in roles.items():
        with filled.begin() as connection:
            user = User(name, role, () if name == "admin" else ("6401",))
            users.add(connection, user, NOW_MS, "t", password=PASSWORD)
        client = TestClient(desk, base_url="http://127.0.0.1:8350", follow_redirects=False)
        assert client.post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
        found[name] = Browser(client)
    return found


def _version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_an_alert_to_a_lead(people: dict[str, Browser], filled: Ledger) -> None:
    zhang = people["zhang"]
    page = zhang.see("/alerts/00a1")
    assert zhang.send("/alerts/00a1/take", page, version=_version(page)).status_code == 303
    assert "zhang" in zhang.see("/?handling=mine")
    page = zhang.see("/alerts/00a1")
    opened = zhang.send("/alerts/00a1/open", page, title="", **{"with": ["00a2"]})
    path = opened.headers["location"].partition("?")[0]
    page = zhang.see(path)
    assert ("00a1" in page, "00a2" in page) == (True, True)
    bad = zhang.send(f"{path}/confirm", page, version=_version(page), cause="")
    assert (bad.status_code, "请选择案由" in bad.text) == (422, True)
    sums = {"amount_confirmed": "1,200.5", "amount_recovered": ""}
    answer = zhang.send(f"{path}/confirm", page, version=_version(page), cause="41-2", **sums)
    assert answer.status_code == 303
    page = zhang.see(path)
    assert "1,200.50" in page
    hand = {"to": "department", "recipient": "基金监管处", "version": _version(page)}
    alone = zhang.send(f"{path}/hand", page, officer=["zhang", ""], **hand)
    assert (alone.status_code, "两名" in alone.text) == (422, True)
    assert zhang.send(f"{path}/hand", page, officer=["zhang", "李四"], **hand).status_code == 303
    assert "还剩 15 个工作日" in zhang.see(path)
    assert path.rpartition("/")[2] in zhang.see("/cases")
    packed = zhang.send(f"{path}/package.json", page)
    assert packed.json()["case"]["officers"] == ["zhang", "李四"]
    book = zhang.send(f"{path}/package.xlsx", page)
    assert book.content.startswith(b"PK")
    assert "attachment" in book.headers["content-disposition"]
    with filled.read() as connection:
        assert isinstance(verify_journal(connection), Verified)
    # Both are decided, so neither waits any more.
    assert "00a1" not in zhang.see("/feed/list")
    assert "00a2" in zhang.see("/feed/list?handling=confirmed")


def test_two_supervisors_at_one_alert(people: dict[str, Browser]) -> None:
    first, second = (people[name].see("/alerts/00a1") for name in ("zhang", "wang"))
    taken = people["zhang"].send("/alerts/00a1/take", first, version=_version(first))
    assert taken.status_code == 303
    late = people["wang"].send("/alerts/00a1/take", second, version=_version(second))
    assert late.status_code == 409
    assert "已被 zhang 于" in late.text
    assert "下面是最新情况" in late.text
    # The page that told of it is the new one: from there it can be taken over.
    again = people["wang"].send("/alerts/00a1/take", late.text, version=_version(late.text))
    assert again.status_code == 303


def test_a_person_is_revealed_for_a_reason_and_once(
    people: dict[str, Browser], filled: Ledger
) -> None:
    zhang, hidden = people["zhang"], pseudonym(NUMBER)
    page = zhang.see("/alerts/00a1")
    assert hidden in page
    assert CERTNO not in page
    assert NUMBER not in page
    hasty = zhang.send("/alerts/00a1/reveal", page, pseudonym=hidden, reason="")
    assert (hasty.status_code, CERTNO in hasty.text) == (422, False)
    shown = zhang.send("/alerts/00a1/reveal", page, pseudonym=hidden, reason="核实参保人身份")
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert CERTNO in shown.text
    page = zhang.see("/alerts/00a1")
    assert "查看真实身份" in page
    assert "核实参保人身份" in page
    assert CERTNO not in page
    with filled.read() as connection:
        told = "".join(entry.content for entry in reading.history_of(connection, "00a1"))
    assert CERTNO not in told
    assert NUMBER not in told


def test_a_viewer_can_do_nothing_and_is_shown_no_form(people: dict[str, Browser]) -> None:
    liu = people["liu"]
    page = liu.see("/alerts/00a1")
    assert 'action="/alerts/00a1' not in page
    for path in ("/alerts/00a1/take", "/alerts/00a1/reveal", "/cases", "/tips", "/users"):
        assert liu.send(path, page, version="0").status_code == 403
    assert liu.see("/users", 403)
    assert liu.see("/rules")


def test_a_form_without_its_token_does_nothing(people: dict[str, Browser]) -> None:
    zhang = people["zhang"]
    page = zhang.see("/alerts/00a1").replace('csrf_token" value="', 'csrf_token" value="x')
    assert zhang.send("/alerts/00a1/take", page, version="0").status_code == 403
    assert "taken_by" not in zhang.see("/alerts/00a1")


def test_another_area_can_not_be_acted_on(people: dict[str, Browser]) -> None:
    zhang = people["zhang"]
    page = zhang.see("/alerts/00a1")
    for act in ("take", "note", "open", "reveal"):
        answer = zhang.send(f"/alerts/00b1/{act}", page, version="0", text="x", reason="because")
        assert answer.status_code == 404


def test_snooze_note_and_dismissal(people: dict[str, Browser]) -> None:
    zhang = people["zhang"]
    page = zhang.see("/alerts/00a1")
    until = moment(NOW_MS // 1000 + 86_400).date().isoformat()
    asked = {"until": until, "reason": "已约谈"}
    assert zhang.send("/alerts/00a1/snooze", page, **asked).status_code == 303
    assert "00a1" not in zhang.see("/feed/list")
    assert "00a1" in zhang.see("/feed/list?handling=snoozed")
    assert "已约谈" in zhang.see("/cases")
    note = zhang.send("/alerts/00a1/note", page, text=f"<b>电话</b> {CERTNO}")
    assert note.status_code == 303
    seen = zhang.see("/alerts/00a1")
    assert "&lt;b&gt;电话" in seen
    assert CERTNO not in seen
    dismissed = zhang.send("/alerts/00a1/dismiss", seen, version=_version(seen), reason="explained")
    assert dismissed.status_code == 303
    assert "已排除" in zhang.see("/alerts/00a1")


def test_a_tip_becomes_a_case(people: dict[str, Browser]) -> None:
    zhang = people["zhang"]
    page = zhang.see("/cases")
    tip = {"kind": "refusal", "channel": "telephone", "about": "某医院", "area": "640100"}
    assert zhang.send("/tips", page, text="拒收患者", **tip).status_code == 303
    page = zhang.see("/cases")
    found = re.search(r'action="(/tips/[^"]+/open)"', page)
    assert found is not None
    opened = zhang.send(found[1], page)
    assert "拒收患者" in zhang.see(opened.headers["location"])
    elsewhere = zhang.send("/tips", page, text="x", **{**tip, "area": "650100"})
    assert elsewhere.status_code == 404


def test_an_administrator_makes_a_user_and_a_token(
    people: dict[str, Browser], stranger: TestClient
) -> None:
    admin = people["admin"]
    page = admin.see("/users")
    made = admin.send("/users", page, name="chen", role="auditor", areas="6401，6402")
    link = re.search(r'id="link">http://127.0.0.1:8350(/first/[^<]+)<', made.text)
    assert link is not None
    entered = stranger.post(link[1], data={"password": PASSWORD})
    assert entered.status_code == 303
    assert "chen" in stranger.get("/", headers=HTML).text
    wrong = admin.send("/users", page, name="chen", role="auditor", areas="")
    assert wrong.status_code == 422
    secret = admin.send("/tokens", page, user="chen", scope="send", purpose="前置机")
    token = re.search(r'id="secret">([^<]+)<', secret.text)
    assert token is not None
    listed = admin.see("/users")
    assert ("前置机" in listed, token[1] in listed) == (True, False)
    off = admin.send("/users/chen", page, role="auditor", areas="6401")
    assert off.status_code == 303
    assert stranger.get("/", headers=HTML).status_code == 303

"""The pages as a browser asks for them: who may see what, and stored text shown as text."""

from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from alerts.access import users
from alerts.access.users import User
from alerts.ledger import Ledger
from alerts.ledger.writing import record
from tests.unit.alerts.conftest import NOW_MS, As
from tests.unit.alerts.made import an_alert

PASSWORD = "correct horse 9"
MARKUP = "<img src=x onerror=alert(1)>'\"&amp;"
HTML = {"Accept": "text/html"}


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """A ledger with an alert of markup, and one of another area."""
    hostile = dict.fromkeys(("name_zh", "name_en", "message_zh", "message_en"), MARKUP)
    evil = an_alert("00a1", **hostile, subject=MARKUP, evidence={MARKUP: [MARKUP, {MARKUP: 1}]})
    with ledger.begin() as connection:
        record(connection, [evil, an_alert("00a2", area="650100")], NOW_MS)
    return ledger


@pytest.fixture
def supervisor(filled: Ledger, stranger: TestClient) -> TestClient:
    """A browser with the session of a supervisor of area 6401."""
    with filled.begin() as connection:
        users.add(
            connection, User("zhang", "supervisor", ("6401",)), NOW_MS, "t", password=PASSWORD
        )
    answer = stranger.post("/login", data={"name": "zhang", "password": PASSWORD, "onward": "/"})
    assert answer.status_code == 303
    return stranger


def test_nobody_sees_a_page_before_logging_in(filled: Ledger, stranger: TestClient) -> None:
    assert filled is not None
    for path in ("/", "/alerts/00a1", "/feed/list", "/feed/stream", "/rules"):
        answer = stranger.get(path, headers=HTML)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login?onward=")
        assert stranger.get(path).status_code == 401


class _Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", ["/", "/feed/list", "/alerts/00a1", "/?text=%3Cb%20zz%3E"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_stored_markup_is_shown_as_text(supervisor: TestClient, path: str, language: str) -> None:
    join = "&" if "?" in path else "?"
    answer = supervisor.get(f"{path}{join}lang={language}", headers=HTML)
    assert answer.status_code == 200
    tags = _Tags(answer.text).found
    assert not [tag for tag, attrs in tags if attrs.get("src") == "x" or "zz" in attrs]
    # Neither inline script nor inline style: the policy would not let them run.
    names = {name for _, attrs in tags for name in attrs}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert all(attrs.get("src") for tag, attrs in tags if tag == "script")
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_an_alert_of_another_area_is_not_there(supervisor: TestClient) -> None:
    assert "00a1" in supervisor.get("/", headers=HTML).text
    assert "00a2" not in supervisor.get("/?handling=all", headers=HTML).text
    other, none = (supervisor.get(f"/alerts/{name}", headers=HTML) for name in ("00a2", "ffff"))
    assert (other.status_code, none.status_code) == (404, 404)
    assert other.text.replace("00a2", "") == none.text.replace("ffff", "")


def test_the_language_is_remembered(supervisor: TestClient) -> None:
    assert 'lang="zh-CN"' in supervisor.get("/", headers=HTML).text
    assert "Alerts waiting" in supervisor.get("/?lang=en", headers=HTML).text
    assert "Alerts waiting" in supervisor.get("/", headers=HTML).text
    assert "待处理预警" in supervisor.get("/?lang=zh", headers=HTML).text


def test_the_login_page_says_what_is_wrong(stranger: TestClient) -> None:
    answer = stranger.post("/login", data={"name": "x", "password": "y"}, headers=HTML)
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text
    page = stranger.get("/login?onward=//elsewhere", headers=HTML).text
    assert 'name="onward" value="/"' in page
    gone = stranger.get("/first/none", headers=HTML)
    assert gone.status_code == 410
    assert "失效" in gone.text


def test_assets_last_and_nothing_else_is_served(stranger: TestClient) -> None:
    style = stranger.get("/assets/desk.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]
    assert "://" not in style.text.replace("http://www.w3.org", "")
    for name in ("..%2fwords.yaml", "words.yaml", "nix.js"):
        assert stranger.get(f"/assets/{name}").status_code == 404


def test_a_viewer_does_not_see_who_did_what(filled: Ledger, asking: As) -> None:
    assert filled is not None
    assert "处理记录" not in asking("viewer").get("/alerts/00a1", headers=HTML).text
    assert "处理记录" in asking("auditor").get("/alerts/00a1", headers=HTML).text

"""Coming in and being kept out, through the application itself."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from alerts.access import links, users
from alerts.access.gate import COOKIE
from alerts.access.guard import CSRF_FIELD, CSRF_HEADER, HEADERS
from alerts.access.routes import inside
from alerts.access.users import User
from alerts.desk.application import make_desk
from alerts.ledger import Ledger
from alerts.ledger.access_tables import SESSIONS
from alerts.ledger.schema import JOURNAL
from tests.unit.alerts.conftest import NOW_MS, As, Wall

PASSWORD = "看守基金 every day"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def wang(ledger: Ledger) -> User:
    """A supervisor with a password."""
    with ledger.begin() as connection:
        return users.add(
            connection, User("wang", "supervisor", ("6401",)), NOW_MS, "test", password=PASSWORD
        )


def _login(client: TestClient, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/login", data={"name": "wang", "password": password, **more})


def _journal(ledger: Ledger) -> list[tuple[str, str, str]]:
    with ledger.read() as connection:
        rows = connection.execute(
            select(JOURNAL.c.actor, JOURNAL.c.action, JOURNAL.c.content).order_by(JOURNAL.c.seq)
        )
        return [tuple(row) for row in rows]


def test_the_first_administrator_comes_in_by_the_link(ledger: Ledger, stranger: TestClient) -> None:
    with ledger.begin() as connection:
        secret = links.first(connection, NOW_MS)

    assert "password" in stranger.get(f"/first/{secret}").text
    weak = stranger.post(f"/first/{secret}", data={"name": "admin", "password": "weak"})
    assert weak.status_code == 422
    done = stranger.post(f"/first/{secret}", data={"name": "admin", "password": PASSWORD})
    assert done.status_code == 303
    assert stranger.get("/v1/alerts").status_code == 200
    again = stranger.post(f"/first/{secret}", data={"name": "b", "password": PASSWORD})
    assert again.status_code == 410
    assert stranger.get("/first/" + "x" * 43).status_code == 410


@pytest.mark.usefixtures("wang")
def test_login_gives_a_session_and_logout_ends_it(ledger: Ledger, stranger: TestClient) -> None:
    assert stranger.get("/v1/alerts").status_code == 401
    done = _login(stranger, onward="/v1/alerts?limit=5")
    assert (done.status_code, done.headers["location"]) == (303, "/v1/alerts?limit=5")
    cookie = done.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert stranger.get("/v1/alerts").status_code == 200

    with ledger.read() as connection:
        csrf = connection.execute(select(SESSIONS.c.csrf)).scalar_one()
    assert stranger.post("/logout").status_code == 403
    assert stranger.post("/logout", data={CSRF_FIELD: "wrong"}).status_code == 403
    assert stranger.post("/logout", data={CSRF_FIELD: csrf}).status_code == 303
    assert stranger.get("/v1/alerts").status_code == 401
    assert [action for _, action, _ in _journal(ledger)] == [
        "user.added",
        "login.succeeded",
        "logout",
    ]


@pytest.mark.usefixtures("wang")
def test_the_csrf_token_may_come_as_a_header(ledger: Ledger, stranger: TestClient) -> None:
    _login(stranger)
    with ledger.read() as connection:
        csrf = connection.execute(select(SESSIONS.c.csrf)).scalar_one()
    assert stranger.post("/logout", headers={CSRF_HEADER: csrf}).status_code == 303


@pytest.mark.usefixtures("wang")
def test_a_wrong_password_is_told_to_the_journal_without_it(
    ledger: Ledger, stranger: TestClient
) -> None:
    assert _login(stranger, "not the password").status_code == 401
    secret = {"name": "my password 123456", "password": "x"}
    assert stranger.post("/login", data=secret).status_code == 401
    failed = [entry for entry in _journal(ledger) if entry[1] == "login.failed"]

    assert [actor for actor, _, _ in failed] == ["wang", "unknown"]
    assert "password 123456" not in str(failed)
    assert COOKIE not in stranger.cookies


@pytest.mark.usefixtures("wang")
def test_tries_are_limited(stranger: TestClient) -> None:
    answers = [_login(stranger, "not the password").status_code for _ in range(11)]

    assert answers == [401] * 10 + [429]
    assert _login(stranger).status_code == 429


def test_strangers_with_tokens_are_limited(stranger: TestClient) -> None:
    bad = {"Authorization": "Bearer fw_nothing"}
    answers = [stranger.get("/v1/alerts", headers=bad).status_code for _ in range(121)]

    assert answers == [401] * 120 + [429]


def test_a_browser_is_led_to_the_login_and_a_program_is_told(stranger: TestClient) -> None:
    page = stranger.get("/?area=64", headers=PAGE)
    assert (page.status_code, page.headers["location"]) == (303, "/login?onward=/%3Farea%3D64")
    program = stranger.get("/")
    assert program.status_code == 401
    assert program.headers["www-authenticate"] == "Bearer"
    assert set(program.json()) == {"error", "error_zh"}


def test_paths_that_do_not_exist_are_closed_too(stranger: TestClient, asking: As) -> None:
    assert stranger.get("/v1/nothing").status_code == 401
    assert stranger.get("/v1/openapi.json").status_code == 401
    assert asking().get("/v1/nothing").status_code == 404


@pytest.mark.parametrize("path", ["/health", "/login"])
def test_open_paths_and_their_headers(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)

    assert answer.status_code == 200
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_have_no_inline_script_or_style(stranger: TestClient, asking: As) -> None:
    for text in (stranger.get("/login").text, asking().get("/").text):
        assert not re.search(r"<script(?![^>]*src=)|<style|style=|\son\w+=", text)


def test_another_site_is_refused(stranger: TestClient, asking: As) -> None:
    elsewhere = {"Origin": "http://elsewhere"}
    assert asking().get("/v1/alerts", headers=elsewhere).status_code == 403
    assert stranger.post("/login", data={}, headers=elsewhere).status_code == 403
    assert stranger.get("/health", headers={"Host": "elsewhere"}).status_code == 400


def test_a_token_for_sending_reads_nothing(asking: As) -> None:
    sender = asking("administrator", scope="send")
    for path in ("/", "/v1/alerts", "/v1/feed", "/v1/openapi.json"):
        assert sender.get(path).status_code == 403


@pytest.mark.usefixtures("wang")
def test_over_https_the_cookie_travels_over_https_only(ledger: Ledger) -> None:
    desk = make_desk(ledger, "0.0.0.0:8350", public_url="https://desk.example", clock=Wall())
    client = TestClient(desk, base_url="https://desk.example", follow_redirects=False)
    done = _login(client)
    assert "Secure" in done.headers["set-cookie"]
    assert "max-age" in done.headers["strict-transport-security"]


@pytest.mark.usefixtures("wang")
def test_a_session_ends_with_the_working_day(stranger: TestClient, wall: Wall) -> None:
    _login(stranger)
    for _ in range(3):
        wall.now_ms += 7 * 3_600_000
        assert stranger.get("/v1/alerts").status_code == 200
    wall.now_ms += 7 * 3_600_000
    assert stranger.get("/v1/alerts").status_code == 401


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "", "/a\nb"]
)
def test_a_login_leads_nowhere_else(onward: str) -> None:
    assert inside(onward) == "/"


def test_a_login_leads_on() -> None:
    assert inside("/cases?status=open#top") == "/cases?status=open#top"

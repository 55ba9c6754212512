"""Logging in by OpenID Connect, against a real provider on the loopback interface."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from alerts.access import users
from alerts.access.oidc import OidcSettings
from alerts.access.users import User
from alerts.desk.application import make_desk
from alerts.ledger import Ledger
from alerts.ledger.schema import JOURNAL
from streams.identity import IdentityError, oidc_of
from streams.settings import Settings
from tests.unit.alerts.access.provider import CLIENT, OpenIdProvider, served

DESK = "http://desk.example"
Visit = Callable[..., TestClient]


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIdProvider]:
    """One provider for all tests."""
    with served() as provider:
        yield provider


@pytest.fixture
def provider(running: OpenIdProvider) -> OpenIdProvider:
    """The provider as it was made."""
    running.claims = {"sub": "007", "preferred_username": "zhao", "groups": ["ybj-jg"]}
    running.spoil = {}
    running.signing = running.key
    return running


@pytest.fixture
def visit(ledger: Ledger, provider: OpenIdProvider) -> Visit:
    """Call it for a browser at a desk that knows the provider."""

    def browser(**changes: Any) -> TestClient:
        settings = OidcSettings(
            **{
                "issuer": provider.url,
                "client_id": CLIENT[0],
                "client_secret": CLIENT[1],
                "redirect_url": f"{DESK}/oidc/back",
                "role_claim": "groups",
                "roles": {"ybj-jg": "supervisor", "ybj-gly": "administrator"},
                **changes,
            }
        )
        desk = make_desk(ledger, "0.0.0.0:8350", public_url=DESK, oidc=settings)
        return TestClient(desk, base_url=DESK, follow_redirects=False)

    return browser


def _out(browser: TestClient, onward: str = "/cases") -> str:
    """Out to the provider; the address by which it sends the browser back."""
    begun = browser.get(f"/oidc/begin?onward={onward}")
    assert begun.status_code == 303, begun.text
    with httpx.Client(trust_env=False) as client:
        return client.get(begun.headers["location"]).headers["location"]


def _login(browser: TestClient, onward: str = "/cases") -> Any:
    return browser.get(_out(browser, onward))


def _user(ledger: Ledger, name: str = "zhao") -> User | None:
    with ledger.read() as connection:
        return users.find(connection, name)


def test_who_the_provider_knows_comes_in(ledger: Ledger, visit: Visit) -> None:
    browser = visit()
    assert "/oidc/begin" in browser.get("/login").text
    done = _login(browser)

    assert (done.status_code, done.headers["location"]) == (303, "/cases")
    assert browser.get("/v1/me").json()["role"] == "supervisor"
    assert _user(ledger) == User("zhao", "supervisor")
    with ledger.read() as connection:
        actions = list(connection.execute(select(JOURNAL.c.action)).scalars())
    assert actions == ["user.added", "login.succeeded"]


def test_the_provider_says_at_every_login_what_somebody_may(
    ledger: Ledger, visit: Visit, provider: OpenIdProvider
) -> None:
    browser = visit(area_claim="areas")
    provider.claims["areas"] = ["6401", "640201"]
    assert _login(browser).status_code == 303
    assert _user(ledger) == User("zhao", "supervisor", ("6401", "640201"))
    provider.claims |= {"groups": "ybj-jg,ybj-gly", "areas": "64"}
    assert _login(browser).status_code == 303
    assert _user(ledger) == User("zhao", "administrator", ("64",), version=2)
    del provider.claims["areas"]
    assert _login(visit(area_claim="areas")).status_code == 403


def test_names_of_roles_need_no_mapping(
    ledger: Ledger, visit: Visit, provider: OpenIdProvider
) -> None:
    provider.claims["groups"] = ["auditor", "viewer", "something"]
    assert _login(visit(roles={})).status_code == 303
    assert _user(ledger) == User("zhao", "auditor")


def test_without_a_role_nobody_comes_in(
    ledger: Ledger, visit: Visit, provider: OpenIdProvider
) -> None:
    provider.claims["groups"] = ["others"]
    assert _login(visit()).status_code == 403
    assert _user(ledger) is None


def test_nobody_takes_the_place_of_a_user_who_is_there(ledger: Ledger, visit: Visit) -> None:
    with ledger.begin() as connection:
        users.add(connection, User("zhao", "viewer"), 1, "test", password="看守基金 every day")
    assert _login(visit()).status_code == 403
    assert _user(ledger) == User("zhao", "viewer")


def test_who_is_shut_out_stays_out(ledger: Ledger, visit: Visit) -> None:
    assert _login(visit()).status_code == 303
    with ledger.begin() as connection:
        users.change(connection, "zhao", 2, "test", active=False)
    assert _login(visit()).status_code == 403


@pytest.mark.parametrize(
    "spoil",
    [
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"exp": 1},
        {"nonce": "of another login"},
        {"azp": "another client"},
        {"at_hash": "wrong"},
        {"sub": None},
    ],
)
def test_a_token_that_proves_nothing_is_refused(
    ledger: Ledger, visit: Visit, provider: OpenIdProvider, spoil: dict[str, Any]
) -> None:
    provider.spoil = spoil
    assert _login(visit()).status_code == 401
    assert _user(ledger) is None


def test_a_key_that_the_provider_did_not_publish_is_refused(
    visit: Visit, provider: OpenIdProvider
) -> None:
    provider.signing = RSAKey.generate_key(2048, {"kid": "first"})
    assert _login(visit()).status_code == 401


def test_a_new_key_of_the_provider_is_found(visit: Visit, provider: OpenIdProvider) -> None:
    browser = visit()
    assert _login(browser).status_code == 303
    provider.change_key()
    assert _login(browser).status_code == 303


def test_a_login_is_bound_to_its_browser_and_used_once(visit: Visit) -> None:
    browser, other = visit(), visit()
    back = _out(browser)
    assert other.get(back).status_code == 401
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 401
    assert browser.get("/oidc/back").status_code == 401
    state = parse_qs(urlsplit(_out(browser)).query)["state"][0]
    assert browser.get(f"/oidc/back?state={state}&error=access_denied").status_code == 401


def test_a_login_leads_nowhere_else(visit: Visit) -> None:
    assert _login(visit(), "https://evil.example").headers["location"] == "/"


def test_a_provider_that_is_away_is_told(visit: Visit) -> None:
    away = visit(issuer="http://127.0.0.1:9")
    assert away.get("/oidc/begin").status_code == 502


def test_a_provider_under_another_name_is_refused(visit: Visit, provider: OpenIdProvider) -> None:
    assert visit(issuer=provider.url + "/").get("/oidc/begin").status_code == 502


def test_without_a_provider_there_is_no_way_there(stranger: TestClient) -> None:
    assert stranger.get("/oidc/begin").status_code == 404
    assert "/oidc/begin" not in stranger.get("/login").text


def test_the_settings_of_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    assert oidc_of(Settings()) is None
    monkeypatch.setenv("FUNDWATCH_OIDC_ISSUER", "https://id.example")
    with pytest.raises(IdentityError, match="FUNDWATCH_PUBLIC_URL"):
        oidc_of(Settings())
    monkeypatch.setenv("FUNDWATCH_PUBLIC_URL", "https://desk.example")
    monkeypatch.setenv("FUNDWATCH_OIDC_CLIENT_ID", "desk")
    monkeypatch.setenv("FUNDWATCH_OIDC_ROLES", "cn=a,ou=b=supervisor")
    with pytest.raises(IdentityError, match="'cn=a'"):
        oidc_of(Settings())
    monkeypatch.setenv("FUNDWATCH_OIDC_ROLES", "group-a=supervisor, group-b=viewer")
    found = oidc_of(Settings())
    assert found is not None
    assert found.redirect_url == "https://desk.example/oidc/back"
    assert found.roles == {"group-a": "supervisor", "group-b": "viewer"}

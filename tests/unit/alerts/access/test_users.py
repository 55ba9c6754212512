"""Users, tokens, sessions and links, as the ledger keeps them."""

import pytest
from sqlalchemy import select

from alerts.access import links, sessions, tokens, users
from alerts.access.passwords import BadPasswordError, hashed, matches
from alerts.access.users import AccessError, User
from alerts.ledger import Ledger
from alerts.ledger.access_tables import LINKS, SESSIONS, TOKENS, USERS
from alerts.ledger.journal import Verified, verify_journal
from alerts.ledger.schema import JOURNAL

PASSWORD = "看守基金 every day"


def _actions(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        assert isinstance(verify_journal(connection), Verified)
        return list(connection.execute(select(JOURNAL.c.action).order_by(JOURNAL.c.seq)).scalars())


def test_the_first_link_makes_one_administrator_once(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        secret = links.first(connection, 1)
        other = links.first(connection, 1)
        user = links.use(connection, secret, "王芳", PASSWORD, 2)
        assert links.first(connection, 3) == ""
        for used in (secret, other):
            assert links.look(connection, used, 3) is None
    with pytest.raises(AccessError, match="used"), ledger.begin() as connection:
        links.use(connection, other, "someone", PASSWORD, 3)

    assert user.role == "administrator"
    assert _actions(ledger) == ["link.made", "link.made", "link.used", "user.added"]


def test_a_link_that_failed_can_be_tried_again(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        secret = links.first(connection, 1)
    with pytest.raises(BadPasswordError), ledger.begin() as connection:
        links.use(connection, secret, "admin", "short", 2)
    with pytest.raises(AccessError, match="a letter"), ledger.begin() as connection:
        links.use(connection, secret, "110105194912310021", PASSWORD, 2)
    with ledger.begin() as connection:
        assert links.use(connection, secret, "admin", PASSWORD, 2).name == "admin"


def test_a_link_ends_after_a_day(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        secret = links.first(connection, 1)
        assert links.look(connection, secret, links.VALID_MS) is not None
        assert links.look(connection, secret, 1 + links.VALID_MS) is None


def test_the_last_administrator_stays(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        users.add(connection, User("a", "administrator"), 1, "test")
    with pytest.raises(AccessError, match="last administrator"), ledger.begin() as connection:
        users.change(connection, "a", 2, "test", role="viewer")
    with pytest.raises(AccessError, match="last administrator"), ledger.begin() as connection:
        users.change(connection, "a", 2, "test", active=False)
    with ledger.read() as connection:
        assert users.find(connection, "a") == User("a", "administrator")


def test_a_user_who_is_shut_out_has_neither_session_nor_token(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        users.add(connection, User("a", "viewer"), 1, "test")
        _, token = tokens.make(connection, "a", "", 1, "test")
        cookie = sessions.begin(connection, "a", 1)
        assert tokens.holder(connection, token, 2) is not None
        assert sessions.find(connection, cookie, 2) is not None
        users.change(connection, "a", 3, "test", active=False)
        users.change(connection, "a", 4, "test", active=True)
        assert tokens.holder(connection, token, 5) is None
        assert sessions.find(connection, cookie, 5) is None


def test_tokens_end(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        users.add(connection, User("a", "viewer"), 1, "test")
        token, secret = tokens.make(connection, "a", "", 1, "test", scope="send", expires_ms=10)
        held = tokens.holder(connection, secret, 9)
        assert held is not None
        assert (held.user.name, held.scope) == ("a", "send")
        assert tokens.holder(connection, secret, 10) is None
        tokens.revoke(connection, token.token_id, 5, "test")
        assert tokens.holder(connection, secret, 6) is None
        with pytest.raises(AccessError, match="no token"):
            tokens.revoke(connection, token.token_id, 7, "test")


def test_sessions_end_when_idle_and_after_a_day(ledger: Ledger) -> None:
    hour = 3_600_000
    with ledger.begin() as connection:
        users.add(connection, User("a", "viewer"), 0, "test")
        secret = sessions.begin(connection, "a", 0)
        assert sessions.find(connection, secret, 7 * hour) is not None
        assert sessions.find(connection, secret, 8 * hour) is None
        for seen in (7, 14, 21):
            sessions.note_use(connection, secret, seen * hour)
        assert sessions.find(connection, secret, 23 * hour) is not None
        assert sessions.find(connection, secret, 24 * hour) is None


def test_no_secret_is_kept_as_it_is(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        link = links.first(connection, 1)
        links.use(connection, link, "admin", PASSWORD, 2)
        _, token = tokens.make(connection, "admin", "", 3, "test")
        cookie = sessions.begin(connection, "admin", 4)
        kept = str(
            [
                list(connection.execute(select(table)))
                for table in (USERS, TOKENS, SESSIONS, LINKS, JOURNAL)
            ]
        )

    assert [secret for secret in (link, token, cookie, PASSWORD) if secret in kept] == []


@pytest.mark.parametrize("areas", [("6",), ("64010",), ("六四",), ("",)])
def test_areas_are_codes_or_their_beginnings(ledger: Ledger, areas: tuple[str, ...]) -> None:
    with pytest.raises(AccessError, match="area"), ledger.begin() as connection:
        users.add(connection, User("a", "viewer", areas), 1, "test")


def test_who_sees_which_area() -> None:
    assert User("a", "viewer").sees("")
    assert User("a", "viewer", ("6401", "51")).sees("640104")
    assert User("a", "viewer", ("6401", "51")).sees("510100")
    assert not User("a", "viewer", ("6401",)).sees("640201")
    assert not User("a", "viewer", ("6401",)).sees("")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "wangfang12", "x" * 257])
def test_bad_passwords(password: str) -> None:
    with pytest.raises(BadPasswordError):
        hashed(password, "wangfang12")


def test_a_password_matches_its_hash_only() -> None:
    kept = hashed(PASSWORD, "a")
    assert matches(PASSWORD, kept)
    assert not matches(PASSWORD + ".", kept)
    assert not matches("a password that nobody has", "")

"""A ledger of its own for each test, and a desk over it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from alerts.access import tokens, users
from alerts.access.roles import Role
from alerts.access.users import User
from alerts.desk.application import make_desk
from alerts.ledger import Ledger

NOW_MS = 1_764_000_000_000
"""Some moment of November 2025."""

As = Callable[..., TestClient]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in SQLite."""
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as opened:
        yield opened


class Wall:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        """The time, epoch ms."""
        return self.now_ms


@pytest.fixture
def wall() -> Wall:
    """The wall clock of the desk."""
    return Wall()


@pytest.fixture
def desk(ledger: Ledger, wall: Wall) -> Any:
    """The desk over the ledger."""
    return make_desk(ledger, "127.0.0.1:8350", clock=wall)


@pytest.fixture
def stranger(desk: Any) -> TestClient:
    """A client that nobody knows."""
    return TestClient(desk, base_url="http://127.0.0.1:8350", follow_redirects=False)


@pytest.fixture
def asking(ledger: Ledger, desk: Any) -> As:
    """Call it with a role (and areas, scope) for a client with a token of such a user."""

    def client(
        role: Role = "viewer", areas: tuple[str, ...] = (), scope: tokens.Scope = "api"
    ) -> TestClient:
        name = "_".join(("u", role, scope, *areas))
        with ledger.begin() as connection:
            if users.find(connection, name) is None:
                users.add(connection, User(name, role, areas), NOW_MS, "test")
            _, secret = tokens.make(connection, name, "", NOW_MS, "test", scope=scope)
        return TestClient(
            desk,
            base_url="http://127.0.0.1:8350",
            headers={"Authorization": f"Bearer {secret}"},
            follow_redirects=False,
        )

    return client

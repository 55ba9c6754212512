"""Webhooks: signed, retried, in order for each subject, never lost, and sent by one at a time."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from alerts.access.gate import RefusedError
from alerts.access.users import User
from alerts.alert import Alert
from alerts.ledger import Ledger
from alerts.ledger.access_tables import WEBHOOKS
from alerts.ledger.reading import history_of
from alerts.ledger.writing import record
from alerts.webhooks import subscriptions
from alerts.webhooks.delivering import (
    ATTEMPTS,
    LEASE_MS,
    Deliverer,
    deliver,
    message,
    post_with,
    wait_ms,
)
from alerts.webhooks.signing import TOLERANCE, new_secret, signature, verified
from tests.services.processes import until
from tests.unit.alerts.made import an_alert

ADMIN = User("admin", "administrator")
NOW = 1_764_000_000_000


class Receiver:
    """Stands for the other system where only its answers matter."""

    def __init__(self, answer: Callable[[dict[str, Any]], int] = lambda _: 204) -> None:
        self.answer = answer
        self.had: list[tuple[dict[str, str], bytes]] = []

    def __call__(self, _: str, body: bytes, headers: dict[str, str]) -> int:
        self.had.append((headers, body))
        return self.answer(json.loads(body))

    @property
    def told(self) -> list[tuple[str, int]]:
        """Alerts and revisions in the order in which they came."""
        bodies = [json.loads(body)["data"] for _, body in self.had]
        return [(body["alert_id"], body["revision"]) for body in bodies]


def _add(ledger: Ledger, **named: Any) -> str:
    with ledger.begin() as connection:
        return subscriptions.add(connection, ADMIN, NOW, "http://other.example/x", **named)[1]


def _raise(ledger: Ledger, *alerts: Alert) -> None:
    with ledger.begin() as connection:
        record(connection, alerts, NOW)


def _hook(ledger: Ledger) -> subscriptions.Webhook:
    with ledger.read() as connection:
        return subscriptions.listed(connection)[0]


def test_a_signature_as_the_convention_gives_it() -> None:
    # The example of the convention: its secret, id, time and body.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    told = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_new_alerts_are_told_and_signed(ledger: Ledger) -> None:
    _raise(ledger, an_alert("old"))
    secret = _add(ledger)
    _raise(ledger, an_alert("a"), an_alert("a", revision=2))
    receiver = Receiver()
    assert deliver(ledger, NOW, receiver) == 1
    assert deliver(ledger, NOW, receiver) == 0
    [(headers, body)] = receiver.had

    assert json.loads(body)["type"] == "alert.revised"
    assert json.loads(body)["data"]["amount"] == 120.5
    sent = {name.lower(): value for name, value in headers.items()}
    assert sent["webhook-id"] == "a.0.2"
    assert verified(secret, sent, body, NOW // 1000)
    assert not verified(secret, sent, body + b" ", NOW // 1000)
    assert not verified(new_secret(), sent, body, NOW // 1000)
    assert not verified(secret, sent, body, NOW // 1000 + TOLERANCE + 1)
    assert (_hook(ledger).delivered, _hook(ledger).last_answer) == (1, "204")


def test_only_what_is_asked_for_is_told(ledger: Ledger) -> None:
    _add(ledger, areas=("6401",), families=("cash_out",), least_severity=2)
    _raise(
        ledger,
        an_alert("a", area="640104"),
        an_alert("b", area="510104"),
        an_alert("c", family="benefit", area="640104"),
        an_alert("d", sev_deg=3, area="640104"),
        an_alert("e", sev_deg=1, area="640104"),
    )
    receiver = Receiver()
    deliver(ledger, NOW, receiver)
    assert receiver.told == [("a", 1), ("e", 1)]


def test_a_subject_waits_for_its_first_and_others_do_not(ledger: Ledger) -> None:
    _add(ledger)
    _raise(
        ledger, an_alert("a1", subject="A"), an_alert("a2", subject="A"), an_alert("b", subject="B")
    )
    broken = {"a1"}
    receiver = Receiver(lambda body: 500 if body["data"]["alert_id"] in broken else 200)
    deliver(ledger, NOW, receiver)
    deliver(ledger, NOW, receiver)
    assert receiver.told == [("a1", 1), ("b", 1)]
    assert _hook(ledger).waiting == 2
    # It changes while it waits: it keeps its turn and is told as it stands then.
    _raise(ledger, an_alert("a1", subject="A", revision=2))
    broken.clear()
    deliver(ledger, NOW + wait_ms(1) - 1, receiver)
    assert len(receiver.told) == 2
    for _ in range(3):
        deliver(ledger, NOW + wait_ms(1), receiver)
    assert receiver.told == [("a1", 1), ("b", 1), ("a1", 2), ("a2", 1)]
    assert _hook(ledger).waiting == 0


def test_what_nobody_takes_is_given_up_and_journaled(ledger: Ledger) -> None:
    _add(ledger)
    _raise(ledger, an_alert("a1", subject="A"), an_alert("a2", subject="A"))
    receiver = Receiver(lambda body: 0 if body["data"]["alert_id"] == "a1" else 200)
    now = NOW
    for attempt in range(1, ATTEMPTS + 1):
        deliver(ledger, now, receiver)
        now += wait_ms(attempt)
    assert now - NOW > 24 * 3_600_000
    deliver(ledger, now, receiver)
    assert receiver.told == [("a1", 1)] * ATTEMPTS + [("a2", 1)]
    assert (_hook(ledger).given_up, _hook(ledger).delivered) == (1, 1)
    with ledger.read() as connection:
        assert history_of(connection, "a1")[-1].action == "webhook.gave_up"


def test_of_two_desks_one_sends(ledger: Ledger) -> None:
    _add(ledger)
    _raise(ledger, an_alert("a"))
    other = Receiver()

    def meanwhile(_: dict[str, Any]) -> int:
        deliver(ledger, NOW, other)
        return 200

    receiver = Receiver(meanwhile)
    deliver(ledger, NOW, receiver)
    assert (len(receiver.had), len(other.had)) == (1, 0)


def test_a_desk_that_died_is_followed_by_another(ledger: Ledger) -> None:
    _add(ledger)
    _raise(ledger, an_alert("a"))
    with ledger.begin() as connection:
        connection.execute(update(WEBHOOKS).values(lease_until_ms=NOW + LEASE_MS))
    receiver = Receiver()
    assert deliver(ledger, NOW + LEASE_MS - 1, receiver) == 0
    assert deliver(ledger, NOW + LEASE_MS, receiver) == 1


def test_many_are_taken_up_bit_by_bit(ledger: Ledger) -> None:
    _add(ledger)
    _raise(ledger, *(an_alert(f"{number:03x}", subject=str(number)) for number in range(450)))
    receiver = Receiver()
    assert [deliver(ledger, NOW, receiver) for _ in range(4)] == [200, 200, 50, 0]
    assert receiver.told == [(f"{number:03x}", 1) for number in range(450)]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "alert.raised"),
        ({"revision": 2}, "alert.revised"),
        ({"status": "withdrawn"}, "alert.withdrawn"),
        ({"status": "retracted"}, "alert.retracted"),
    ],
)
def test_kinds_of_messages(changes: dict[str, Any], kind: str) -> None:
    assert json.loads(message(an_alert("a", **changes), NOW)[1])["type"] == kind


def test_only_administrators_add_and_remove(ledger: Ledger) -> None:
    for act in (
        lambda connection: subscriptions.add(
            connection, User("x", "supervisor"), NOW, "http://other.example/"
        ),
        lambda connection: subscriptions.remove(connection, User("x", "supervisor"), NOW, "y"),
    ):
        with pytest.raises(RefusedError) as refused, ledger.begin() as connection:
            act(connection)
        assert refused.value.status == 403


@pytest.fixture
def server() -> Iterator[tuple[str, list[bytes]]]:
    """A real server of another system: refuses the first request, redirects the second."""
    had: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is the standard library's
            had.append(self.rfile.read(int(self.headers["Content-Length"])))
            status = {1: 503, 2: 302}.get(len(had), 200)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}/x", had
        listening.shutdown()
        thread.join()


def test_over_a_real_connection(ledger: Ledger, server: tuple[str, list[bytes]]) -> None:
    url, had = server
    with ledger.begin() as connection:
        subscriptions.add(connection, ADMIN, NOW, url)
    _raise(ledger, an_alert("a"))
    with httpx.Client(trust_env=False) as client:
        post = post_with(client)
        for now in (NOW, NOW + wait_ms(1), NOW + wait_ms(1) + wait_ms(2)):
            deliver(ledger, now, post)
        assert post("http://127.0.0.1:9/", b"", {}) == 0
    assert len(had) == 3
    assert (_hook(ledger).delivered, _hook(ledger).waiting) == (1, 0)


def test_the_thread_sends_what_comes(ledger: Ledger, server: tuple[str, list[bytes]]) -> None:
    url, had = server
    had += [b"", b""]
    with ledger.begin() as connection:
        subscriptions.add(connection, ADMIN, NOW, url)
    deliverer = Deliverer(ledger, lambda: NOW)
    deliverer.start()
    _raise(ledger, an_alert("a"))
    until(lambda: len(had) == 3, "the delivery", 30)
    deliverer.stop()
    until(lambda: _hook(ledger).delivered == 1, "its settlement", 30)

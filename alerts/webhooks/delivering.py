"""Delivers alerts to webhooks: takes up what changed, sends it, and remembers what is left.

For a subject, an alert is not sent before the one that changed earlier was taken or given up. What
is sent is the alert as it stands then, and its id and revision are the id of the message, so that
a receiver can tell what it has had.
"""

import threading
from collections.abc import Callable
from typing import Final, NamedTuple

import httpx
import msgspec
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from alerts.alert import Alert
from alerts.ledger import Ledger, reading
from alerts.ledger.access_tables import DELIVERIES, WEBHOOKS
from alerts.ledger.journal import Entry, append
from alerts.ledger.reading import Filters
from alerts.ledger.writing import inserting
from alerts.webhooks.signing import headers
from alerts.webhooks.subscriptions import Webhook, listed
from events.times import moment

AT_ONCE: Final = 200
LEASE_MS: Final = 120_000
"""So long a desk that sends is left alone by the others."""
ATTEMPTS: Final = 12
"""The last comes more than a day after the first."""
_FIRST_WAIT_MS: Final = 5_000
_LONGEST_WAIT_MS: Final = 6 * 3_600_000
_TIMEOUT: Final = 5.0
_PAUSE: Final = 1.0
_ENCODER: Final = msgspec.json.Encoder(order="deterministic", decimal_format="number")

Post = Callable[[str, bytes, dict[str, str]], int]
"""Sends a body to a URL and returns the status of the answer, 0 where there was none."""


class Turn(NamedTuple):
    """What became of one alert: its webhook's answer, 0 where there was none."""

    alert_id: str
    attempts: int
    status: int


def deliver(ledger: Ledger, now_ms: int, post: Post) -> int:
    """One round over all webhooks; how many alerts were taken by their receivers."""
    with ledger.read() as connection:
        standing = listed(connection)
    return sum(_round(ledger, webhook, now_ms, post) for webhook in standing)


def wait_ms(attempts: int) -> int:
    """How long to wait after so many failed attempts: five seconds, then three times as long."""
    return int(min(_LONGEST_WAIT_MS, _FIRST_WAIT_MS * 3 ** (attempts - 1)))


def message(alert: Alert, at_ms: int) -> tuple[str, bytes]:
    """The id and the body of the message that tells an alert as it stands."""
    kind = (
        alert.status if alert.status != "open" else "raised" if alert.revision == 1 else "revised"
    )
    body = {
        "type": f"alert.{kind}",
        "timestamp": moment(at_ms // 1000).isoformat(),
        "data": alert,
    }
    return f"{alert.alert_id}.{alert.generation}.{alert.revision}", _ENCODER.encode(body)


def post_with(client: httpx.Client) -> Post:
    """Post by a client of httpx, which follows no redirect."""

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        try:
            return client.post(url, content=body, headers=headers).status_code
        except httpx.HTTPError:
            return 0

    return post


class Deliverer:
    """Delivers from a thread, from `start` until `stop`."""

    def __init__(self, ledger: Ledger, clock: Callable[[], int]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being sent."""
        self._stopped.set()
        self._thread.join(_TIMEOUT)

    def _run(self) -> None:
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:
            post = post_with(client)
            while not self._stopped.wait(_PAUSE):
                try:
                    while deliver(self._ledger, self._clock(), post) >= AT_ONCE:
                        if self._stopped.is_set():
                            return
                except SQLAlchemyError:
                    # The ledger is away or busy; what is to be sent stands in it.
                    continue


def _round(ledger: Ledger, webhook: Webhook, now_ms: int, post: Post) -> int:
    with ledger.begin() as connection:
        secret = _leased(connection, webhook, now_ms)
        if secret is None:
            return 0
        _take_up(connection, webhook, now_ms)
        due = _due(connection, webhook, now_ms)
    turns: list[Turn] = []
    for alert_id, attempts in due:
        with ledger.read() as connection:
            found = reading.get(connection, alert_id)
        if found is None:
            turns.append(Turn(alert_id, attempts, 200))
            continue
        message_id, body = message(found.alert, now_ms)
        sent = headers(secret, message_id, now_ms // 1000, body)
        turns.append(Turn(alert_id, attempts, post(webhook.url, body, sent)))
        if not _taken(turns[-1].status):
            # One refused request a round is enough to ask whether the receiver is back.
            break
    with ledger.begin() as connection:
        return _settle(connection, webhook, now_ms, turns)


def _leased(connection: Connection, webhook: Webhook, now_ms: int) -> str | None:
    mine = (WEBHOOKS.c.webhook_id == webhook.webhook_id) & (WEBHOOKS.c.removed_ms == 0)
    free = mine & (WEBHOOKS.c.lease_until_ms <= now_ms)
    lease = update(WEBHOOKS).where(free).values(lease_until_ms=now_ms + LEASE_MS)
    if not connection.execute(lease).rowcount:
        return None
    return str(connection.execute(select(WEBHOOKS.c.secret).where(mine)).scalar_one())


def _take_up(connection: Connection, webhook: Webhook, now_ms: int) -> None:
    mine = WEBHOOKS.c.webhook_id == webhook.webhook_id
    after = connection.execute(select(WEBHOOKS.c.after_seq).where(mine)).scalar_one()
    filters = Filters(
        within=webhook.areas,
        families=webhook.families,
        severities=tuple(range(1, webhook.least_severity + 1)),
    )
    end = reading.feed_end(connection)
    found = reading.feed(connection, after, AT_ONCE, filters)
    rows = [
        {
            "webhook_id": webhook.webhook_id,
            "alert_id": listed.alert.alert_id,
            "feed_seq": listed.feed_seq,
            "subject": f"{listed.alert.subject_type}:{listed.alert.subject}",
            "attempts": 0,
            "next_ms": now_ms,
        }
        for listed in found
    ]
    if rows:
        # What waits already keeps its turn, and will be told as it stands then.
        connection.execute(inserting(connection, DELIVERIES).on_conflict_do_nothing(), rows)
    reached = found[-1].feed_seq if len(found) == AT_ONCE else end
    if reached > after:
        connection.execute(update(WEBHOOKS).where(mine).values(after_seq=reached))


def _due(connection: Connection, webhook: Webhook, now_ms: int) -> list[tuple[str, int]]:
    """The next alert of each subject that need not wait, by turn; ids and attempts so far."""
    columns = (
        DELIVERIES.c.alert_id,
        DELIVERIES.c.subject,
        DELIVERIES.c.attempts,
        DELIVERIES.c.next_ms,
    )
    statement = (
        select(*columns)
        .where(DELIVERIES.c.webhook_id == webhook.webhook_id)
        .order_by(DELIVERIES.c.feed_seq)
    )
    waiting: set[str] = set()
    due: list[tuple[str, int]] = []
    for alert_id, subject, attempts, next_ms in connection.execute(statement.limit(5 * AT_ONCE)):
        if subject in waiting:
            continue
        if next_ms > now_ms:
            waiting.add(subject)
            continue
        due.append((alert_id, attempts))
        if len(due) == AT_ONCE:
            break
    return due


def _settle(connection: Connection, webhook: Webhook, now_ms: int, turns: list[Turn]) -> int:
    taken = [turn.alert_id for turn in turns if _taken(turn.status)]
    lost: list[str] = []
    row = DELIVERIES.c.webhook_id == webhook.webhook_id
    for turn in turns:
        attempts = turn.attempts + 1
        if _taken(turn.status):
            continue
        if attempts >= ATTEMPTS:
            lost.append(turn.alert_id)
            continue
        waiting = update(DELIVERIES).where(row, DELIVERIES.c.alert_id == turn.alert_id)
        again = now_ms + wait_ms(attempts)
        connection.execute(waiting.values(attempts=attempts, next_ms=again))
    if taken or lost:
        gone = DELIVERIES.c.alert_id.in_([*taken, *lost])
        connection.execute(delete(DELIVERIES).where(row, gone))
    changes: dict[str, object] = {"lease_until_ms": 0}
    if turns:
        changes |= {
            "delivered": WEBHOOKS.c.delivered + len(taken),
            "given_up": WEBHOOKS.c.given_up + len(lost),
            "last_ms": now_ms,
            "last_answer": str(turns[-1].status or "no answer"),
        }
    mine = WEBHOOKS.c.webhook_id == webhook.webhook_id
    connection.execute(update(WEBHOOKS).where(mine).values(changes))
    entries = [
        Entry(now_ms, "webhooks", "webhook.gave_up", alert_id, {"webhook": webhook.webhook_id})
        for alert_id in lost
    ]
    if entries:
        append(connection, entries)
    return len(taken)


def _taken(status: int) -> bool:
    return 200 <= status < 300

"""Work on one alert: who took it, the verdict, and what it came to."""

from collections.abc import Collection, Mapping
from typing import Any, Final, Literal

from msgspec import Struct, structs
from sqlalchemy import Connection, select

from alerts.access.users import User
from alerts.cases.causes import causes, dismissals
from alerts.cases.refusals import ACTING, conflict, require, unknown, wrong
from alerts.ledger import reading
from alerts.ledger.case_tables import WORK
from alerts.ledger.journal import Entry, Head, append, lock_head
from alerts.ledger.reading import Listed
from alerts.ledger.writing import upsert
from events.money import MAX_FEN

Verdict = Literal["", "confirmed", "dismissed"]

UNNAMED: Final = -1
"""No amount was named."""
_AT_ONCE: Final = 500


class Work(Struct, frozen=True):
    """What was done with an alert. Money in fen, -1 where not named; times epoch ms, 0 for never.

    `verdict_revision` is the revision of the alert that the verdict was on. Version 0: nothing yet.
    """

    alert_id: str
    version: int = 0
    taken_by: str = ""
    taken_ms: int = 0
    case_id: str = ""
    verdict: Verdict = ""
    cause: str = ""
    amount_confirmed: int = UNNAMED
    amount_recovered: int = UNNAMED
    verdict_by: str = ""
    verdict_ms: int = 0
    verdict_revision: int = 0
    changed_by: str = ""
    changed_ms: int = 0


_COLUMNS: Final = tuple(WORK.c[name] for name in Work.__struct_fields__)


def works(connection: Connection, alert_ids: Collection[str]) -> Mapping[str, Work]:
    """The work on alerts by id, also on those that nobody worked on yet."""
    found = {alert_id: Work(alert_id) for alert_id in alert_ids}
    wanted = sorted(found)
    for begin in range(0, len(wanted), _AT_ONCE):
        chunk = wanted[begin : begin + _AT_ONCE]
        rows = connection.execute(select(*_COLUMNS).where(WORK.c.alert_id.in_(chunk)))
        found.update((row.alert_id, Work(*row)) for row in rows)
    return found


def seen_alert(connection: Connection, user: User, alert_id: str) -> Listed:
    """An alert that a user may see. Raises RefusedError (404) otherwise."""
    listed = reading.get(connection, alert_id)
    if listed is None or not user.sees(listed.alert.area):
        raise unknown(f"alert {alert_id[:40]!r}")
    return listed


def take(connection: Connection, by: User, now_ms: int, alert_id: str, version: int) -> Work:
    """Take an alert, also from somebody else, if that is what the actor saw."""
    changes = {"taken_by": by.name, "taken_ms": now_ms}
    return change(connection, by, now_ms, alert_id, version, "alert.taken", changes)


def release(connection: Connection, by: User, now_ms: int, alert_id: str, version: int) -> Work:
    """Give an alert back."""
    changes = {"taken_by": "", "taken_ms": 0}
    return change(connection, by, now_ms, alert_id, version, "alert.released", changes)


def confirm(
    connection: Connection,
    by: User,
    now_ms: int,
    alert_id: str,
    version: int,
    cause: str,
    amount_confirmed: int = UNNAMED,
    amount_recovered: int = UNNAMED,
) -> Work:
    """Confirm an alert with a cause of the national list. Raises RefusedError."""
    check_cause(cause)
    check_amounts(amount_confirmed, amount_recovered)
    changes = {
        "verdict": "confirmed",
        "cause": cause,
        "amount_confirmed": amount_confirmed,
        "amount_recovered": amount_recovered,
    }
    return _decide(connection, by, now_ms, alert_id, version, changes)


def dismiss(
    connection: Connection, by: User, now_ms: int, alert_id: str, version: int, reason: str
) -> Work:
    """Dismiss an alert with a reason of `dismissals()`. Raises RefusedError."""
    check_dismissal(reason)
    changes = {
        "verdict": "dismissed",
        "cause": reason,
        "amount_confirmed": UNNAMED,
        "amount_recovered": UNNAMED,
    }
    return _decide(connection, by, now_ms, alert_id, version, changes)


def reopen(connection: Connection, by: User, now_ms: int, alert_id: str, version: int) -> Work:
    """Take a verdict back; that it was given stays in the journal."""
    changes = {
        "verdict": "",
        "cause": "",
        "amount_confirmed": UNNAMED,
        "amount_recovered": UNNAMED,
        "verdict_by": "",
        "verdict_ms": 0,
        "verdict_revision": 0,
    }
    return change(connection, by, now_ms, alert_id, version, "verdict.reopened", changes)


def change(
    connection: Connection,
    by: User,
    now_ms: int,
    alert_id: str,
    version: int | None,
    action: str,
    changes: Mapping[str, Any],
    head: Head | None = None,
) -> Work:
    """Change the work on an alert and enter it; None as version takes whatever holds now.

    Raises RefusedError: 403 without the role, 404 where the alert is not to be seen, 409 where
    somebody else changed it since.
    """
    require(by, ACTING)
    # Nobody else changes anything from here on until this is committed.
    held = head or lock_head(connection)
    seen_alert(connection, by, alert_id)
    work = works(connection, (alert_id,))[alert_id]
    if version is not None and work.version != version:
        raise conflict(work.changed_by or "?", work.changed_ms, work.version)
    changed = structs.replace(
        work, version=work.version + 1, changed_by=by.name, changed_ms=now_ms, **changes
    )
    upsert(connection, WORK, [structs.asdict(changed)])
    append(connection, [Entry(now_ms, by.name, action, alert_id, dict(changes))], held)
    return changed


def check_cause(cause: str) -> None:
    """Raise RefusedError (422) unless there is such a cause."""
    if cause not in causes():
        raise wrong("请选择案由", f"found the cause {cause[:40]!r}, expected a code of /v1/causes")


def check_dismissal(reason: str) -> None:
    """Raise RefusedError (422) unless there is such a reason for dismissing."""
    if reason not in dismissals():
        raise wrong(
            "请选择排除原因", f"found the reason {reason[:40]!r}, expected a code of /v1/causes"
        )


def check_amounts(*amounts: int) -> None:
    """Raise RefusedError (422) for an amount that is none."""
    for amount in amounts:
        if not UNNAMED <= amount < MAX_FEN:
            raise wrong("金额不正确", "found an amount below nothing or beyond what can be kept")


def _decide(
    connection: Connection,
    by: User,
    now_ms: int,
    alert_id: str,
    version: int,
    changes: Mapping[str, Any],
) -> Work:
    require(by, ACTING)
    listed = seen_alert(connection, by, alert_id)
    if listed.alert.status == "retracted":
        raise wrong(
            "该预警的依据已不存在", "found an alert that was retracted: its ground never was"
        )
    told = {
        **changes,
        "verdict_by": by.name,
        "verdict_ms": now_ms,
        "verdict_revision": listed.alert.revision,
    }
    action = f"verdict.{changes['verdict']}"
    return change(connection, by, now_ms, alert_id, version, action, told)

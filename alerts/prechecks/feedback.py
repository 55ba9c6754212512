"""What the counter did about remarks: the national interface's 3103, kept and journaled."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, structs
from sqlalchemy import Connection, insert, select, update

from alerts.ledger.journal import Entry, append, lock_head
from alerts.ledger.masking import masked
from alerts.ledger.precheck_tables import FEEDBACK
from alerts.ledger.rows import storable

MOST: Final = 500
"""Most answers in one message."""
_ID: Final = re.compile(r"[0-9a-f]{12}-([0-9a-f]{20})")
_GO_ON: Final = "1"


class BadFeedbackError(ValueError):
    """Feedback that says too little; names the place, what was found and what was expected."""


class Warn(Struct, frozen=True):
    """One answer. `dspo_way` 1 goes on, which needs a reason; 2 goes back and changes it."""

    warn_rslt_id: Annotated[str, Meta(max_length=40)]
    dspo_way: Literal["1", "2"]
    dspo_way_rea: Annotated[str, Meta(max_length=2000)] = ""


class Feedback(Struct, frozen=True):
    """The message. `warn_type` 1 is before, 2 during treatment or settlement."""

    warn_type: Literal["1", "2"]
    warns: Annotated[tuple[Warn, ...], Meta(min_length=1, max_length=MOST)]


def keep(connection: Connection, feedback: Feedback, now_ms: int, actor: str) -> int:
    """Keep and journal answers in the open transaction; how many were new or other than known.

    Raises BadFeedbackError before anything is written. What in a reason may identify a person is
    masked.
    """
    rows = [_row(feedback, number, now_ms, actor) for number in range(len(feedback.warns))]
    head = lock_head(connection)
    entries: list[Entry] = []
    for row in rows:
        mine = FEEDBACK.c.warn_rslt_id == row["warn_rslt_id"]
        known = connection.execute(select(FEEDBACK).where(mine)).mappings().one_or_none()
        if known is not None and _same(dict(known), row):
            continue
        if known is None:
            connection.execute(insert(FEEDBACK).values(row))
        else:
            connection.execute(update(FEEDBACK).where(mine).values(row))
        told = {
            name: row[name] for name in ("warn_rslt_id", "warn_type", "dspo_way", "dspo_way_rea")
        }
        entries.append(Entry(now_ms, actor, "precheck.answered", row["alert_id"], told))
    append(connection, entries, head)
    return len(entries)


def answers_to(connection: Connection, alert_ids: Sequence[str]) -> list[Mapping[str, Any]]:
    """What was answered to remarks that became these alerts, latest first."""
    statement = (
        select(FEEDBACK)
        .where(FEEDBACK.c.alert_id.in_(alert_ids))
        .order_by(FEEDBACK.c.at_ms.desc(), FEEDBACK.c.warn_rslt_id)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def _row(feedback: Feedback, number: int, now_ms: int, actor: str) -> dict[str, Any]:
    warn = feedback.warns[number]
    known = _ID.fullmatch(warn.warn_rslt_id)
    if known is None:
        raise BadFeedbackError(
            f"warns[{number}].warn_rslt_id: found {len(warn.warn_rslt_id)} characters that are no"
            " jr_id, expected the jr_id of a result of a precheck"
        )
    reason = storable(masked(warn.dspo_way_rea.strip().encode(errors="replace")).decode())
    if warn.dspo_way == _GO_ON and not reason:
        raise BadFeedbackError(
            f"warns[{number}].dspo_way_rea: found nothing, expected why it goes on"
        )
    fields = structs.asdict(warn) | {"dspo_way_rea": reason}
    return fields | {
        "alert_id": known[1],
        "warn_type": feedback.warn_type,
        "actor": actor,
        "at_ms": now_ms,
    }


def _same(known: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return all(known[name] == row[name] for name in ("warn_type", "dspo_way", "dspo_way_rea"))

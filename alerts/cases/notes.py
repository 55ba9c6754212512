"""Notes on alerts and cases."""

from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, insert, select

from alerts.access.users import User
from alerts.cases import case as cases
from alerts.cases.refusals import ACTING, require
from alerts.cases.texts import kept_text
from alerts.cases.work import seen_alert
from alerts.ledger.case_tables import NOTES
from alerts.ledger.journal import Entry, append, lock_head


class Note(Struct, frozen=True):
    """A note; `seq` is its entry in the journal, `about` an alert's or case's id."""

    seq: int
    about: str
    author: str
    at_ms: int
    text: str


_COLUMNS: Final = tuple(NOTES.c[name] for name in Note.__struct_fields__)


def notes_of(connection: Connection, about: str) -> list[Note]:
    """The notes on an alert or a case, oldest first; to be asked after it was seen."""
    rows = connection.execute(select(*_COLUMNS).where(NOTES.c.about == about).order_by(NOTES.c.seq))
    return [Note(*row) for row in rows]


def note_alert(connection: Connection, by: User, now_ms: int, alert_id: str, text: str) -> Note:
    """Write a note on an alert; identity numbers in it are masked. Raises RefusedError."""
    require(by, ACTING)
    seen_alert(connection, by, alert_id)
    return _add(connection, by, now_ms, alert_id, text, "alert.noted")


def note_case(connection: Connection, by: User, now_ms: int, case_id: str, text: str) -> Note:
    """Write a note on a case; identity numbers in it are masked. Raises RefusedError."""
    require(by, ACTING)
    cases.get(connection, by, case_id)
    return _add(connection, by, now_ms, case_id, text, "case.noted")


def _add(connection: Connection, by: User, now_ms: int, about: str, text: str, action: str) -> Note:
    kept = kept_text(text, "备注", "note")
    head = lock_head(connection)
    note = Note(head.seq + 1, about, by.name, now_ms, kept)
    row = {name: getattr(note, name) for name in Note.__struct_fields__}
    connection.execute(insert(NOTES).values(row))
    append(connection, [Entry(now_ms, by.name, action, about, {"text": kept})], head)
    return note

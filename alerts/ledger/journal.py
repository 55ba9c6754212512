"""The journal: every change in order, each entry bound to the one before it by a hash.

The hash of an entry is SHA-256 over these, joined by line feeds, in UTF-8: the hash before (64
zeros for the first entry), seq, at_ms, actor, action, alert_id, content. Content is canonical JSON
and comes last, the others hold no line feed, so no two entries have the same text.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final, NamedTuple

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from alerts.ledger.rows import canonical, storable
from alerts.ledger.schema import JOURNAL, JOURNAL_HEAD

BEGINNING: Final = "0" * 64
_AT_ONCE: Final = 5000


class Head(Struct, frozen=True, order=True):
    """The last entry of a journal: what to store elsewhere to prove that nothing was cut off."""

    seq: int
    hash: str


class Entry(NamedTuple):
    """What is to be entered.

    `at_ms` is the wall time (epoch ms) as the shell tells it; `alert_id` may be empty where no
    alert is concerned; `content` is what changed, of values that JSON knows.
    """

    at_ms: int
    actor: str
    action: str
    alert_id: str
    content: Mapping[str, Any]


class Journaled(Struct, frozen=True):
    """An entry as it stands in the journal; `content` is canonical JSON text."""

    seq: int
    at_ms: int
    actor: str
    action: str
    alert_id: str
    content: str
    prev_hash: str
    hash: str


class Verified(Struct, frozen=True):
    """Every entry follows from the one before."""

    count: int
    head: Head


class Broken(Struct, frozen=True):
    """The first entry that does not follow, and why not."""

    seq: int
    why: str


def entry_hash(
    prev_hash: str, seq: int, at_ms: int, actor: str, action: str, alert_id: str, content: str
) -> str:
    """The hash of an entry, 64 hexadecimal digits."""
    text = "\n".join((prev_hash, str(seq), str(at_ms), actor, action, alert_id, content))
    return sha256(text.encode()).hexdigest()


def head_of(connection: Connection) -> Head:
    """The last entry as the journal itself knows it; seq 0 where it is empty."""
    seq, last = connection.execute(select(JOURNAL_HEAD.c.seq, JOURNAL_HEAD.c.hash)).one()
    return Head(seq, last)


def lock_head(connection: Connection) -> Head:
    """The last entry, held until the transaction ends: nobody else can enter anything meanwhile.

    Because of it entries become visible in the order of their numbers, and who has read up to a
    number has missed nothing below it.
    """
    statement = select(JOURNAL_HEAD.c.seq, JOURNAL_HEAD.c.hash).with_for_update()
    seq, last = connection.execute(statement).one()
    return Head(seq, last)


def append(connection: Connection, entries: Iterable[Entry], head: Head | None = None) -> Head:
    """Enter changes after the head (as `lock_head` gave it in this transaction); the new head.

    Raises ValueError for an actor, action or alert id with a line feed.
    """
    held = head or lock_head(connection)
    seq, last = held.seq, held.hash
    rows: list[dict[str, Any]] = []
    for entry in entries:
        seq += 1
        names = tuple(storable(name) for name in (entry.actor, entry.action, entry.alert_id))
        if any("\n" in name for name in names):
            raise ValueError(f"found {names!r}, expected actor, action and alert without line feed")
        actor, action, alert_id = names
        content = canonical(entry.content)
        prev, last = last, entry_hash(last, seq, entry.at_ms, actor, action, alert_id, content)
        rows.append(
            {
                "seq": seq,
                "at_ms": entry.at_ms,
                "actor": actor,
                "action": action,
                "alert_id": alert_id,
                "content": content,
                "prev_hash": prev,
                "hash": last,
            }
        )
    if rows:
        connection.execute(insert(JOURNAL), rows)
        connection.execute(update(JOURNAL_HEAD).values(seq=seq, hash=last))
    return Head(seq, last)


def verify_journal(connection: Connection, expected_head: Head | None = None) -> Verified | Broken:
    """Walk the whole chain, in constant memory.

    `expected_head` is a head stored elsewhere at some time: the journal must still hold that
    entry, with that hash. Without one, entries cut off the end are noticed only if whoever did it
    left the journal's own head as it was.
    """
    own = head_of(connection)
    seq, last = 0, BEGINNING
    statement = select(JOURNAL).order_by(JOURNAL.c.seq).execution_options(yield_per=_AT_ONCE)
    with connection.execute(statement) as rows:
        for row in rows:
            seq += 1
            why = _wrong(Journaled(*row), seq, last)
            if why:
                return Broken(seq, why)
            last = row.hash
            expected = expected_head.hash if expected_head and expected_head.seq == seq else last
            if last != expected:
                return Broken(seq, f"its hash is {last}, expected {expected}")
    for head, whose in ((own, "the ledger's own head"), (expected_head, "the expected head")):
        if head is not None and head.seq > seq:
            return Broken(
                seq + 1, f"the journal ends at {seq}, {whose} is {head.seq}: entries were cut off"
            )
    if own != Head(seq, last):
        return Broken(seq, f"the ledger's own head is {own.seq} {own.hash}, found {seq} {last}")
    return Verified(seq, own)


def _wrong(entry: Journaled, seq: int, last: str) -> str:
    if entry.seq != seq:
        return f"the entry is missing, the next one is {entry.seq}"
    if entry.prev_hash != last:
        return f"it follows {entry.prev_hash}, expected {last}"
    expected = entry_hash(
        entry.prev_hash,
        seq,
        entry.at_ms,
        entry.actor,
        entry.action,
        entry.alert_id,
        entry.content,
    )
    return "" if entry.hash == expected else "its content does not match its hash"


def entries_after(connection: Connection, after: int, limit: int) -> list[Journaled]:
    """Entries after a number, in their order."""
    statement = select(JOURNAL).where(JOURNAL.c.seq > after).order_by(JOURNAL.c.seq).limit(limit)
    return [Journaled(*row) for row in connection.execute(statement)]

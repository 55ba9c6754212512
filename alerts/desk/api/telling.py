"""Turns what the ledger holds into what the API answers."""

from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import structs

from alerts.access.tokens import Token
from alerts.access.users import User
from alerts.alert import Alert
from alerts.cases.case import Case
from alerts.cases.clocks import Clock, today
from alerts.cases.listing import Worked
from alerts.cases.notes import Note
from alerts.cases.periods import Calendar, periods, working_days_left
from alerts.cases.snoozes import Snooze
from alerts.cases.tips import Tip
from alerts.cases.work import UNNAMED, Work
from alerts.ledger.journal import Journaled
from alerts.ledger.reading import Count
from events.money import fen, yuan
from events.times import moment
from rules.clauses import citation

Told = dict[str, Any]


def time_told(at_ms: int) -> str:
    """A wall time as RFC 3339 with +08:00; empty for never."""
    return moment(at_ms // 1000).isoformat() if at_ms else ""


def amount_told(amount: int) -> Decimal | None:
    """Fen as yuan; None where no amount was named."""
    return None if amount == UNNAMED else yuan(amount)


def amount_taken(amount: Decimal | None) -> int:
    """Yuan as fen; the sign for none where no amount was named."""
    return UNNAMED if amount is None else int(fen(amount))


def alert_told(worked: Worked) -> Told:
    """An alert with the work on it."""
    listed, alert = worked.listed, worked.listed.alert
    told: Told = {name: getattr(alert, name) for name in Alert.__struct_fields__[:-1]}
    return {
        **told,
        "first_event_time": alert.first_event_time.isoformat(),
        "last_event_time": alert.last_event_time.isoformat(),
        "cites": list(dict.fromkeys(citation(name) for name in alert.clauses)),
        "seq": listed.feed_seq,
        "first_seen_at": time_told(listed.first_seen_ms),
        "changed_at": time_told(listed.changed_ms),
        "score": worked.score,
        "snoozed": worked.snoozed,
        "work": work_told(worked.work),
    }


def work_told(work: Work) -> Told:
    """The work on an alert."""
    return {
        "version": work.version,
        "taken_by": work.taken_by,
        "taken_at": time_told(work.taken_ms),
        "case_id": work.case_id,
        "verdict": work.verdict,
        "cause": work.cause,
        "amount_confirmed": amount_told(work.amount_confirmed),
        "amount_recovered": amount_told(work.amount_recovered),
        "verdict_by": work.verdict_by,
        "verdict_at": time_told(work.verdict_ms),
        "verdict_revision": work.verdict_revision,
        "changed_by": work.changed_by,
        "changed_at": time_told(work.changed_ms),
    }


def case_told(case: Case) -> Told:
    """A case."""
    told = structs.asdict(case)
    for name in ("opened", "handed", "closed", "verdict", "changed"):
        told[f"{name}_at"] = time_told(told.pop(f"{name}_ms"))
    for name in ("amount_confirmed", "amount_recovered"):
        told[name] = amount_told(told[name])
    return told


def clock_told(clock: Clock, now_ms: int, calendar: Calendar) -> Told:
    """A period of a case, with how much of it is left."""
    period, last = periods()[clock.period], date.fromisoformat(clock.due)
    left = None if clock.met else working_days_left(today(now_ms), last, calendar)
    return {
        **structs.asdict(clock),
        "zh": period.zh,
        "en": period.en,
        "left": left,
        "holidays_known": calendar.knows(last),
    }


def note_told(note: Note) -> Told:
    """A note."""
    return {
        "seq": note.seq,
        "author": note.author,
        "at": time_told(note.at_ms),
        "text": note.text,
    }


def tip_told(tip: Tip) -> Told:
    """A tip."""
    told = structs.asdict(tip)
    told["at"] = time_told(told.pop("at_ms"))
    return told


def snooze_told(snooze: Snooze) -> Told:
    """A snooze."""
    told = structs.asdict(snooze)
    for name in ("until", "made", "ended"):
        told[f"{name}_at" if name != "until" else "until"] = time_told(told.pop(f"{name}_ms"))
    return told


def entry_told(entry: Journaled) -> Told:
    """An entry of the journal."""
    told = structs.asdict(entry)
    told["about"] = told.pop("alert_id")
    told["at"] = time_told(told.pop("at_ms"))
    return told


def count_told(count: Count) -> Told:
    """A count of alerts."""
    return {
        **structs.asdict(count),
        "amount": yuan(count.amount),
        "involved": yuan(count.involved),
    }


def user_told(user: User) -> Told:
    """A user."""
    return structs.asdict(user)


def token_told(token: Token) -> Told:
    """A token without its secret."""
    told = structs.asdict(token)
    for name in ("created", "expires", "revoked", "used"):
        told[f"{name}_at"] = time_told(told.pop(f"{name}_ms"))
    told["user"] = told.pop("user_name")
    return told

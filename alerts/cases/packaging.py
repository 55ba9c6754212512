"""The package of a case: all that whoever takes it over needs, in one structure.

Subject type, cause, amounts, evidence with times, clocks, notes, the journal and its head, so that
it can be held against the ledger later. Persons are pseudonyms throughout.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from alerts.access.users import User
from alerts.alert import Alert
from alerts.cases import case as cases
from alerts.cases import clocks, notes, tips
from alerts.cases.case import AUTHORITIES, SOURCES, STATUSES, Case
from alerts.cases.causes import PARTIES, causes, dismissals
from alerts.cases.periods import Calendar, periods
from alerts.cases.refusals import require
from alerts.cases.work import UNNAMED, Work, works
from alerts.ledger import archive, reading
from alerts.ledger.journal import Entry, Journaled, append, head_of
from alerts.ledger.reading import Listed
from events.kinds import Event
from events.money import yuan
from events.times import epoch, moment
from rules.clauses import citation

FORMAT: Final = "fundwatch case package 1"
_FACTS: Final = (
    "fixmedins_code",
    "setl_id",
    "mdtrt_id",
    "med_type",
    "dise_codg",
    "invono",
    "bill_no",
)
_AMOUNTS: Final = (
    "medfee_sumamt",
    "inscp_scp_amt",
    "fund_pay_sumamt",
    "acct_pay",
    "acct_mulaid_pay",
    "psn_cash_pay",
    "amt",
)


def package(
    connection: Connection, by: User, now_ms: int, case_id: str, calendar: Calendar
) -> dict[str, Any]:
    """The package of a case that a user may see; that it was made stands in the journal.

    Amounts are Decimal yuan, times RFC 3339, dates ISO text. Raises RefusedError.
    """
    require(by, "auditor")
    case = cases.get(connection, by, case_id)
    found = cases.alerts_of(connection, case_id)
    done = works(connection, [listed.alert.alert_id for listed in found])
    head = head_of(connection)
    told = {"alerts": len(found), "head": head.seq, "head_hash": head.hash}
    append(connection, [Entry(now_ms, by.name, "package.made", case_id, told)])
    return {
        "format": FORMAT,
        "made_at": _time(now_ms),
        "made_by": by.name,
        "journal_head": {"seq": head.seq, "hash": head.hash},
        "case": _case(case, found, done),
        "clocks": [
            _clock(clock, now_ms, calendar) for clock in clocks.of_case(connection, case_id)
        ],
        "alerts": [_alert(listed, done[listed.alert.alert_id]) for listed in found],
        "evidence": _evidence(connection, found),
        "tips": [
            {
                "tip_id": tip.tip_id,
                "kind": tips.KINDS[tip.kind][0],
                "about": tip.about,
                "text": tip.text,
                "taken_at": _time(tip.at_ms),
            }
            for tip in tips.tips_of_case(connection, case_id)
        ],
        "notes": [
            {"at": _time(note.at_ms), "author": note.author, "about": note.about, "text": note.text}
            for about in (case_id, *done)
            for note in notes.notes_of(connection, about)
        ],
        "journal": [
            _entry(entry)
            for about in (case_id, *done)
            for entry in reading.history_of(connection, about)
        ],
    }


def amounts_of(case: Case, found: list[Listed], done: Mapping[str, Work]) -> dict[str, Any]:
    """What a case amounts to, yuan: in breach, concerned, confirmed and recovered.

    Confirmed and recovered are the case's own where it names them, else those of its alerts.
    Alerts may overlap in what they concern, so the sums over alerts are upper bounds.
    """
    standing = [listed.alert for listed in found if listed.alert.status == "open"]
    confirmed = [
        work.amount_confirmed
        for work in done.values()
        if work.verdict == "confirmed" and work.amount_confirmed != UNNAMED
    ]
    recovered = [
        work.amount_recovered for work in done.values() if work.amount_recovered != UNNAMED
    ]
    return {
        "in_breach": sum((alert.amount for alert in standing), yuan(0)),
        "involved": sum((alert.involved for alert in standing), yuan(0)),
        "confirmed": _amount(case.amount_confirmed, confirmed),
        "recovered": _amount(case.amount_recovered, recovered),
    }


def cause_of(code: str) -> dict[str, str]:
    """A cause or a reason for dismissing as a package and a page tell it; empty for none."""
    if code in causes():
        cause = causes()[code]
        return {"code": code, "article": cause.article, "zh": cause.zh, "en": cause.en}
    if code in dismissals():
        reason = dismissals()[code]
        return {"code": code, "article": "", "zh": reason.zh, "en": reason.en}
    return {"code": code, "article": "", "zh": "", "en": ""}


def _amount(own: int, members: list[int]) -> Any:
    if own != UNNAMED:
        return yuan(own)
    return yuan(sum(members)) if members else None


def _case(case: Case, found: list[Listed], done: Mapping[str, Work]) -> dict[str, Any]:
    times = [listed.alert for listed in found]
    return {
        "case_id": case.case_id,
        "title": case.title,
        "status": case.status,
        "status_zh": STATUSES[case.status][0],
        "source": case.source,
        "source_zh": SOURCES[case.source][0],
        "party": case.party,
        "party_zh": PARTIES[case.party][0],
        "subject_type": case.subject_type,
        "subject": case.subject,
        "area": case.area,
        "verdict": case.verdict,
        "cause": cause_of(case.cause),
        "amounts": amounts_of(case, found, done),
        "conduct_began": (
            min(alert.first_event_time for alert in times).date().isoformat() if times else ""
        ),
        "conduct_ended": case.conduct_ended,
        "officers": list(case.officers),
        "handed_to": case.handed_to,
        "handed_to_zh": AUTHORITIES[case.handed_to][0] if case.handed_to else "",
        "recipient": case.recipient,
        "opened_by": case.opened_by,
        "opened_at": _time(case.opened_ms),
        "handed_at": _time(case.handed_ms),
        "closed_at": _time(case.closed_ms),
    }


def _clock(clock: clocks.Clock, now_ms: int, calendar: Calendar) -> dict[str, Any]:
    period = periods()[clock.period]
    last = date.fromisoformat(clock.due)
    return {
        "period": clock.period,
        "zh": period.zh,
        "en": period.en,
        "started": clock.started,
        "due": clock.due,
        "extensions": clock.extensions,
        "met": clock.met,
        "late": not clock.met and last < clocks.today(now_ms),
        "holidays_known": calendar.knows(last),
    }


def _alert(listed: Listed, work: Work) -> dict[str, Any]:
    alert = listed.alert
    return {
        "alert_id": alert.alert_id,
        "rule_id": alert.rule_id,
        "rule_version": alert.rule_version,
        "name_zh": alert.name_zh,
        "name_en": alert.name_en,
        "sev_deg": alert.sev_deg,
        "status": alert.status,
        "revision": alert.revision,
        "subject_type": alert.subject_type,
        "subject": alert.subject,
        "area": alert.area,
        "amount": alert.amount,
        "involved": alert.involved,
        "clauses": _cited(alert),
        "message_zh": alert.message_zh,
        "message_en": alert.message_en,
        "evidence": dict(alert.evidence),
        "assumed": list(alert.assumed),
        "first_event_time": alert.first_event_time.isoformat(),
        "last_event_time": alert.last_event_time.isoformat(),
        "verdict": work.verdict,
        "cause": cause_of(work.cause),
        "verdict_by": work.verdict_by,
        "verdict_at": _time(work.verdict_ms),
        "verdict_revision": work.verdict_revision,
    }


def _cited(alert: Alert) -> list[str]:
    return list(dict.fromkeys(citation(name) for name in (*alert.clauses, *alert.law)))


def _evidence(connection: Connection, found: list[Listed]) -> list[dict[str, Any]]:
    """Every event that an alert rests on, with when it happened and when it was obtained."""
    told: list[dict[str, Any]] = []
    for listed in found:
        alert = listed.alert
        since, until = epoch(alert.first_event_time), epoch(alert.last_event_time) + 1
        known = {
            kept.event_id: kept.event
            for kept in archive.find(connection, alert.event_ids, since, until)
        }
        for event_id in alert.event_ids:
            told.append(
                {
                    "number": len(told) + 1,
                    "kind": "电子数据",
                    "alert_id": alert.alert_id,
                    "event_id": event_id,
                    "obtained_at": _time(listed.first_seen_ms),
                    **_facts(known.get(event_id)),
                }
            )
    return told


def _facts(event: Event | None) -> dict[str, Any]:
    """What an event says, without anybody's number; nothing where the archive has it not."""
    if event is None:
        return {"archived": False}
    told: dict[str, Any] = {
        "archived": True,
        "event_type": str(event.__struct_config__.tag),
        "event_time": moment(epoch(event.event_time)).isoformat(),
    }
    told.update({name: value for name in _FACTS if (value := getattr(event, name, ""))})
    told.update({name: yuan(value) for name in _AMOUNTS if (value := getattr(event, name, None))})
    return told


def _entry(entry: Journaled) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": _time(entry.at_ms),
        "actor": entry.actor,
        "action": entry.action,
        "about": entry.alert_id,
        "content": entry.content,
        "hash": entry.hash,
    }


def _time(at_ms: int) -> str:
    return moment(at_ms // 1000).isoformat() if at_ms else ""

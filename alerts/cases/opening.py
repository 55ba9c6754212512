"""Opens cases, from alerts or from nothing, and moves alerts in and out of them."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from alerts.access.users import User
from alerts.cases.case import (
    PERSONAL_SUBJECTS,
    Case,
    Source,
    alerts_of,
    change,
    get,
    save,
    shared_area,
)
from alerts.cases.causes import PARTIES, Party
from alerts.cases.refusals import ACTING, conflict, require, unknown, wrong
from alerts.cases.texts import kept_text
from alerts.cases.work import Work, seen_alert, works
from alerts.cases.work import change as change_work
from alerts.ledger.journal import Entry, Head, append, lock_head
from alerts.ledger.reading import Listed
from events.times import moment

MOST_ALERTS: Final = 500
_TITLE: Final = 200


def open_case(
    connection: Connection,
    by: User,
    now_ms: int,
    alert_ids: Collection[str],
    *,
    title: str = "",
    source: Source = "MONITOR",
    party: Party | None = None,
    area: str = "",
) -> Case:
    """Open a case of alerts, or an empty one in an area, and take it.

    Title, party and subject come from the gravest alert where they are not given. Raises
    RefusedError: 403, 404 for an alert that is not to be seen, 409 for one in another case.
    """
    require(by, ACTING)
    head = lock_head(connection)
    found = _free(connection, by, alert_ids)
    if not found and not area:
        raise wrong(
            "请选择预警或填写区划", "found neither alerts nor an area, expected one of them"
        )
    if not found and not by.sees(area):
        raise unknown(f"area {area[:6]!r}")
    case_id = f"{moment(now_ms // 1000):%Y%m%d}-{head.seq + 1:06d}"
    case = Case(
        case_id=case_id,
        version=1,
        title=_title(title, found),
        source=source,
        party=party or _party(found),
        **_about(found, area),
        conduct_ended=_ended(found),
        taken_by=by.name,
        opened_by=by.name,
        opened_ms=now_ms,
        changed_by=by.name,
        changed_ms=now_ms,
    )
    _check_party(case.party)
    save(connection, case)
    ids = sorted(listed.alert.alert_id for listed in found)
    told = {"title": case.title, "source": source, "area": case.area, "alerts": ids}
    held = append(connection, [Entry(now_ms, by.name, "case.opened", case_id, told)], head)
    for alert_id in ids:
        held = _put(connection, by, now_ms, alert_id, case_id, held)
    return case


def add_alerts(
    connection: Connection,
    by: User,
    now_ms: int,
    case_id: str,
    version: int,
    alert_ids: Collection[str],
) -> Case:
    """Put more alerts into a case that is not over."""
    require(by, ACTING)
    head = lock_head(connection)
    case = _standing(connection, by, case_id)
    found = _free(connection, by, alert_ids)
    if not found:
        raise wrong("请选择预警", "found no alerts, expected at least one")
    members = [*alerts_of(connection, case_id), *found]
    if len(members) > MOST_ALERTS:
        raise wrong("预警过多", f"found {len(members)} alerts, expected at most {MOST_ALERTS}")
    ids = sorted(listed.alert.alert_id for listed in found)
    changes: dict[str, Any] = {"area": _about(members, case.area)["area"]}
    if not case.subject:
        changes = _about(members, case.area)
    if not case.conduct_ended or case.conduct_ended < _ended(members):
        changes["conduct_ended"] = _ended(members)
    told = {**changes, "alerts": ids}
    changed = change(
        connection,
        by,
        now_ms,
        case_id,
        version,
        "case.alerts_added",
        changes,
        head=head,
        told=told,
    )
    for alert_id in ids:
        _put(connection, by, now_ms, alert_id, case_id, None)
    return changed


def remove_alert(
    connection: Connection, by: User, now_ms: int, case_id: str, version: int, alert_id: str
) -> Case:
    """Take an alert out of a case that is not over; it stands by itself again."""
    require(by, ACTING)
    head = lock_head(connection)
    _standing(connection, by, case_id)
    if works(connection, (alert_id,))[alert_id].case_id != case_id:
        raise unknown(f"alert {alert_id[:40]!r} in the case")
    told = {"alert": alert_id}
    changed = change(
        connection, by, now_ms, case_id, version, "case.alert_removed", {}, head=head, told=told
    )
    out = {"case_id": ""}
    change_work(connection, by, now_ms, alert_id, None, "alert.left_case", out)
    return changed


def take_case(connection: Connection, by: User, now_ms: int, case_id: str, version: int) -> Case:
    """Take a case over."""
    return change(connection, by, now_ms, case_id, version, "case.taken", {"taken_by": by.name})


def rename(
    connection: Connection, by: User, now_ms: int, case_id: str, version: int, title: str
) -> Case:
    """Give a case another title."""
    kept = kept_text(title, "标题", "title", most=_TITLE)
    return change(connection, by, now_ms, case_id, version, "case.renamed", {"title": kept})


def work_of_members(connection: Connection, found: Sequence[Listed]) -> list[Work]:
    """The work on the alerts of a case, in their order."""
    done = works(connection, [listed.alert.alert_id for listed in found])
    return [done[listed.alert.alert_id] for listed in found]


def _standing(connection: Connection, by: User, case_id: str) -> Case:
    case = get(connection, by, case_id)
    if case.status in {"closed", "dismissed"}:
        raise wrong("案件已结束", f"found a case that is {case.status}, expected one that goes on")
    return case


def _free(connection: Connection, by: User, alert_ids: Collection[str]) -> list[Listed]:
    """The alerts, gravest first, none of them in a case."""
    ids = sorted(set(alert_ids))
    if len(ids) > MOST_ALERTS:
        raise wrong("预警过多", f"found {len(ids)} alerts, expected at most {MOST_ALERTS}")
    found = [seen_alert(connection, by, alert_id) for alert_id in ids]
    for work in works(connection, ids).values():
        if work.case_id:
            raise conflict(work.changed_by, work.changed_ms, work.version)
    return sorted(found, key=lambda one: (one.alert.sev_deg, -one.alert.amount, one.alert.alert_id))


def _put(
    connection: Connection,
    by: User,
    now_ms: int,
    alert_id: str,
    case_id: str,
    head: Head | None,
) -> Head:
    work = works(connection, (alert_id,))[alert_id]
    changes = {
        "case_id": case_id,
        "taken_by": work.taken_by or by.name,
        "taken_ms": work.taken_ms or now_ms,
    }
    change_work(connection, by, now_ms, alert_id, None, "alert.joined_case", changes, head)
    return lock_head(connection)


def _about(found: Sequence[Listed], area: str) -> dict[str, Any]:
    if not found:
        return {"subject_type": "", "subject": "", "area": area}
    areas = [listed.alert.area for listed in found] + ([area] if area else [])
    worst = found[0].alert
    return {
        "subject_type": worst.subject_type,
        "subject": worst.subject,
        "area": shared_area(areas),
    }


def _title(title: str, found: Sequence[Listed]) -> str:
    if title.strip() or not found:
        return kept_text(title, "标题", "title", most=_TITLE)
    worst = found[0].alert
    more = f"等 {len(found)} 条预警" if len(found) > 1 else ""
    return f"{worst.name_zh} {worst.subject}{more}"[:_TITLE]


def _party(found: Sequence[Listed]) -> Party:
    personal = bool(found) and found[0].alert.subject_type in PERSONAL_SUBJECTS
    return "person" if personal else "institution"


def _ended(found: Sequence[Listed]) -> str:
    """The day of the last event, as the first word on when the conduct ended."""
    if not found:
        return ""
    return max(listed.alert.last_event_time for listed in found).date().isoformat()


def _check_party(party: str) -> None:
    if party not in PARTIES:
        raise wrong("主体类别不正确", f"found the party {party[:20]!r}")

"""Verdicts on cases, and what follows: officers, hand-over with its clock, filing, closing."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from alerts.access.users import User
from alerts.cases import clocks
from alerts.cases.case import AUTHORITIES, Authority, Case, Status, alerts_of, change, get
from alerts.cases.opening import work_of_members
from alerts.cases.periods import INVESTIGATION, LEAD_CHECK, Calendar
from alerts.cases.refusals import ACTING, require, wrong
from alerts.cases.texts import kept_date, kept_text
from alerts.cases.work import UNNAMED, check_amounts, check_cause, check_dismissal
from alerts.cases.work import change as change_work
from alerts.ledger.journal import lock_head

OFFICERS: Final = 2
"""So many have to act together in a case of enforcement."""
_NAME: Final = 64


def confirm_case(
    connection: Connection,
    by: User,
    now_ms: int,
    case_id: str,
    version: int,
    cause: str,
    *,
    amount_confirmed: int = UNNAMED,
    amount_recovered: int = UNNAMED,
    conduct_ended: str = "",
) -> Case:
    """Confirm a case, and with it those of its alerts on which there is no verdict yet.

    Where no amount is named here, those that its alerts name count. Raises RefusedError.
    """
    check_cause(cause)
    check_amounts(amount_confirmed, amount_recovered)
    changes: dict[str, Any] = {
        "verdict": "confirmed",
        "cause": cause,
        "amount_confirmed": amount_confirmed,
        "amount_recovered": amount_recovered,
        "verdict_ms": now_ms,
    }
    if conduct_ended:
        changes["conduct_ended"] = kept_date(conduct_ended, "违法行为终了日", "conduct_ended")
    _step(connection, by, case_id, ("open", "handed_over", "filed"))
    changed = change(connection, by, now_ms, case_id, version, "case.confirmed", changes)
    _spread(connection, by, now_ms, case_id, "confirmed", cause)
    return changed


def dismiss_case(
    connection: Connection, by: User, now_ms: int, case_id: str, version: int, reason: str
) -> Case:
    """Dismiss a case, and with it those of its alerts on which there is no verdict yet."""
    check_dismissal(reason)
    _step(connection, by, case_id, ("open", "handed_over", "filed"))
    changes = {
        "verdict": "dismissed",
        "status": "dismissed",
        "cause": reason,
        "verdict_ms": now_ms,
        "closed_ms": now_ms,
    }
    changed = change(connection, by, now_ms, case_id, version, "case.dismissed", changes)
    _spread(connection, by, now_ms, case_id, "dismissed", reason)
    clocks.stop_all(connection, by, now_ms, case_id)
    return changed


def set_amounts(
    connection: Connection,
    by: User,
    now_ms: int,
    case_id: str,
    version: int,
    *,
    amount_confirmed: int = UNNAMED,
    amount_recovered: int = UNNAMED,
) -> Case:
    """Say what a confirmed case came to and what has come back so far, also after it was closed."""
    check_amounts(amount_confirmed, amount_recovered)
    case = get(connection, by, case_id)
    if case.verdict != "confirmed":
        raise wrong("请先确认案件", "found a case without a confirmed verdict")
    changes = {
        name: amount
        for name, amount in (
            ("amount_confirmed", amount_confirmed),
            ("amount_recovered", amount_recovered),
        )
        if amount != UNNAMED
    }
    return change(connection, by, now_ms, case_id, version, "case.amounts_set", changes)


def hand_over(
    connection: Connection,
    by: User,
    now_ms: int,
    case_id: str,
    version: int,
    *,
    to: Authority,
    recipient: str,
    officers: Sequence[str],
    calendar: Calendar,
    cause: str = "",
) -> Case:
    """Hand a case over as a lead (线索): the clock of its check begins the next working day.

    Needs two officers by name, and a cause here or from the verdict. Raises RefusedError.
    """
    if to not in AUTHORITIES:
        raise wrong("请选择移交对象", f"found {to[:20]!r}, expected {', '.join(AUTHORITIES)}")
    case = _step(connection, by, case_id, ("open", "handed_over"))
    if case.verdict == "dismissed":
        raise wrong("案件已排除", "found a case that was dismissed")
    named = _officers(officers)
    # Which cause, the verdict says; before one, whoever hands over does.
    final = cause or case.cause
    check_cause(final)
    changes = {
        "status": "handed_over",
        "handed_to": to,
        "recipient": kept_text(recipient, "接收单位", "recipient", most=200),
        "officers": named,
        "cause": final,
        "handed_ms": now_ms,
    }
    changed = change(connection, by, now_ms, case_id, version, "case.handed_over", changes)
    clocks.start(connection, by, now_ms, case_id, LEAD_CHECK, calendar)
    return changed


def file_case(
    connection: Connection,
    by: User,
    now_ms: int,
    case_id: str,
    version: int,
    *,
    calendar: Calendar,
    officers: Sequence[str] = (),
) -> Case:
    """File a case (立案): the check of the lead is done, the clock of the decision begins."""
    case = _step(connection, by, case_id, ("open", "handed_over"))
    changes = {"status": "filed", "officers": _officers(officers or case.officers)}
    changed = change(connection, by, now_ms, case_id, version, "case.filed", changes)
    clocks.meet_if_running(connection, by, now_ms, case_id, LEAD_CHECK)
    clocks.start(connection, by, now_ms, case_id, INVESTIGATION, calendar)
    return changed


def close_case(
    connection: Connection, by: User, now_ms: int, case_id: str, version: int, outcome: str
) -> Case:
    """Close a case that has a verdict, with its outcome in words."""
    case = _step(connection, by, case_id, ("open", "handed_over", "filed"))
    if not case.verdict:
        raise wrong("请先作出认定", "found a case without a verdict, expected one")
    told = kept_text(outcome, "处理结果", "outcome")
    changes = {"status": "closed", "closed_ms": now_ms}
    changed = change(
        connection,
        by,
        now_ms,
        case_id,
        version,
        "case.closed",
        changes,
        told={**changes, "outcome": told},
    )
    clocks.stop_all(connection, by, now_ms, case_id)
    return changed


def _spread(
    connection: Connection, by: User, now_ms: int, case_id: str, verdict: str, cause: str
) -> None:
    found = alerts_of(connection, case_id)
    for listed, work in zip(found, work_of_members(connection, found), strict=True):
        if work.verdict:
            continue
        changes = {
            "verdict": verdict,
            "cause": cause,
            "verdict_by": by.name,
            "verdict_ms": now_ms,
            "verdict_revision": listed.alert.revision,
        }
        action = f"verdict.{verdict}"
        change_work(connection, by, now_ms, listed.alert.alert_id, None, action, changes)


def _step(connection: Connection, by: User, case_id: str, expected: tuple[Status, ...]) -> Case:
    require(by, ACTING)
    lock_head(connection)
    case = get(connection, by, case_id)
    if case.status not in expected:
        raise wrong(
            "案件当前状态不允许此操作",
            f"found a case that is {case.status}, expected {' or '.join(expected)}",
        )
    return case


def _officers(officers: Sequence[str]) -> tuple[str, ...]:
    named = tuple(
        dict.fromkeys(
            kept_text(name, "执法人员", "officer", most=_NAME) for name in officers if name.strip()
        )
    )
    if len(named) < OFFICERS:
        raise wrong(
            "须有两名以上执法人员", f"found {len(named)} officers, expected two different ones"
        )
    return named

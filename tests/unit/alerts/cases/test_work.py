"""Work on one alert: taking, verdicts, notes, snoozes, and whose it may be."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from alerts.access.gate import RefusedError
from alerts.access.users import User
from alerts.cases import notes, snoozes, work
from alerts.cases.listing import WorkFilters, worked, worked_count
from alerts.cases.texts import masked
from alerts.cases.verdicts import labelled
from alerts.ledger import Ledger
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.journal import Verified, verify_journal
from alerts.ledger.reading import Filters
from alerts.ledger.schema import JOURNAL
from alerts.ledger.triage_tables import TRIAGE
from tests.unit.alerts.cases.stories import (
    CERTNO,
    LI,
    NOW_MS,
    SICHUAN,
    VIEWER,
    WANG,
    some_alerts,
    with_alerts,
)
from tests.unit.alerts.made import an_alert

DAY_MS = 86_400_000


def _do(ledger: Ledger, act: Callable[..., Any], by: User, *args: Any, **named: Any) -> Any:
    with ledger.begin() as connection:
        return act(connection, by, NOW_MS, *args, **named)


def _refused(ledger: Ledger, act: Callable[..., Any], by: User, *args: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        _do(ledger, act, by, *args)
    return refused.value


def test_of_two_who_saw_the_same_one_is_told(ledger: Ledger) -> None:
    with_alerts(ledger)
    taken = _do(ledger, work.take, WANG, "a", 0)
    late = _refused(ledger, work.confirm, LI, "a", 0, "41-1")

    assert (taken.version, taken.taken_by) == (1, "王芳")
    assert late.status == 409
    assert late.details["changed_by"] == "王芳"
    assert late.details["version"] == 1
    assert _do(ledger, work.confirm, LI, "a", 1, "41-1").verdict == "confirmed"


def test_a_verdict_says_by_whom_on_which_revision_and_what_it_came_to(ledger: Ledger) -> None:
    with_alerts(ledger, [an_alert("a", revision=3)])
    done = _do(ledger, work.confirm, LI, "a", 0, "40-3", 12_050, 5_000)

    assert (done.verdict, done.cause, done.verdict_by) == ("confirmed", "40-3", "李强")
    assert (done.verdict_ms, done.verdict_revision) == (NOW_MS, 3)
    assert (done.amount_confirmed, done.amount_recovered) == (12_050, 5_000)
    back = _do(ledger, work.reopen, LI, "a", 1)
    assert (back.verdict, back.cause, back.amount_confirmed) == ("", "", work.UNNAMED)
    with ledger.read() as connection:
        assert work.works(connection, ("a",))["a"] == back
        actions = list(connection.execute(select(JOURNAL.c.action)).scalars())
        assert isinstance(verify_journal(connection), Verified)
        assert list(verify_alerts(connection)) == []
    assert actions == ["raised", "verdict.confirmed", "verdict.reopened"]


@pytest.mark.parametrize("by", [SICHUAN, User("x", "supervisor", ("640106",))])
def test_what_lies_in_another_area_is_not_there(ledger: Ledger, by: User) -> None:
    with_alerts(ledger)
    for act, args in (
        (work.take, ("a", 0)),
        (work.confirm, ("a", 0, "41-1")),
        (work.dismiss, ("a", 0, "lawful")),
        (notes.note_alert, ("a", "text")),
        (snoozes.snooze, ("a", "2026-03-01", "reason")),
    ):
        hidden = _refused(ledger, act, by, *args)
        missing = _refused(ledger, act, by, "zz", *args[1:])
        assert hidden.status == missing.status == 404
        assert str(hidden).replace("'a'", "") == str(missing).replace("'zz'", "")


def test_viewers_change_nothing(ledger: Ledger) -> None:
    with_alerts(ledger)
    for act, args in (
        (work.take, ("a", 0)),
        (work.release, ("a", 0)),
        (work.confirm, ("a", 0, "41-1")),
        (work.dismiss, ("a", 0, "lawful")),
        (work.reopen, ("a", 0)),
        (notes.note_alert, ("a", "text")),
        (snoozes.snooze, ("a", "2026-03-01", "reason")),
        (snoozes.end_snooze, ("s",)),
    ):
        assert _refused(ledger, act, VIEWER, *args).status == 403


def test_wrong_causes_and_amounts(ledger: Ledger) -> None:
    with_alerts(ledger)
    for args in (("lawful",), ("41-1", -2), ("41-1", 10**16)):
        assert _refused(ledger, work.confirm, LI, "a", 0, *args).status == 422
    assert _refused(ledger, work.dismiss, LI, "a", 0, "41-1").status == 422


def test_a_retracted_alert_gets_no_verdict(ledger: Ledger) -> None:
    with_alerts(ledger, [an_alert("a"), an_alert("a", revision=2, status="retracted")])
    assert _refused(ledger, work.confirm, LI, "a", 0, "41-1").status == 422


def test_notes_hold_no_identity(ledger: Ledger) -> None:
    with_alerts(ledger)
    note = _do(ledger, notes.note_alert, WANG, "a", f"  {CERTNO} 电话13800138000 <b>核实</b> ")

    assert note.text == "*** 电话*** <b>核实</b>"
    with ledger.read() as connection:
        assert notes.notes_of(connection, "a") == [note]
        assert CERTNO not in str(list(connection.execute(select(JOURNAL))))
    assert _refused(ledger, notes.note_alert, WANG, "a", " ").status == 422
    assert _refused(ledger, notes.note_alert, WANG, "a", "x" * 4001).status == 422


def test_numbers_that_name_nobody_stay() -> None:
    told = "结算 202601010000000000123 金额 1200.50 元 票号 0123456789"
    assert masked(told) == told
    assert masked("11010519491231002X、110105491231002") == "***、***"


def test_a_snoozed_alert_is_hidden_and_not_lost(ledger: Ledger) -> None:
    with_alerts(ledger)
    made = _do(ledger, snoozes.snooze, WANG, "a", "2026-03-01", "已约谈，等整改")

    def shown(which: Any, at: int = NOW_MS) -> set[str]:
        with ledger.read() as connection:
            found = worked(connection, at, 10, work=WorkFilters(snoozed=which))
            assert worked_count(connection, at, work=WorkFilters(snoozed=which)) == len(found)
            return {one.listed.alert.alert_id for one in found}

    assert shown("hide") == {"b", "c", "d"}
    assert shown("only") == {"a"}
    assert shown("show") == {"a", "b", "c", "d"}
    assert shown("hide", made.until_ms - 1) == {"b", "c", "d"}
    assert shown("hide", made.until_ms) == {"a", "b", "c", "d"}
    with ledger.read() as connection:
        assert snoozes.active(connection, WANG, NOW_MS) == [made]
        assert snoozes.active(connection, SICHUAN, NOW_MS) == []
    hidden = _refused(ledger, snoozes.end_snooze, SICHUAN, made.snooze_id)
    assert hidden.status == 404
    _do(ledger, snoozes.end_snooze, WANG, made.snooze_id)
    assert shown("hide") == {"a", "b", "c", "d"}


@pytest.mark.parametrize("until", ["2026-02-24", "2027-03-01", "", "soon"])
def test_a_snooze_ends_within_a_year(ledger: Ledger, until: str) -> None:
    with_alerts(ledger)
    refused = _refused(ledger, snoozes.snooze, WANG, "a", until, "reason")
    assert refused.status == 422


def test_lists_by_work_and_by_triage(ledger: Ledger) -> None:
    with_alerts(ledger)
    _do(ledger, work.take, WANG, "a", 0)
    _do(ledger, work.dismiss, LI, "b", 0, "lawful")
    with ledger.begin() as connection:
        connection.execute(
            TRIAGE.insert(),
            [
                {"alert_id": "c", "score": 0.9, "model": "m", "at_ms": 1},
                {"alert_id": "b", "score": 0.2, "model": "m", "at_ms": 1},
            ],
        )

    def ids(filters: Filters | None = None, **named: Any) -> list[str]:
        with ledger.read() as connection:
            found = worked(
                connection, NOW_MS, 10, filters or Filters(), WorkFilters(**named), order="triage"
            )
            return [one.listed.alert.alert_id for one in found]

    assert ids() == ["c", "b", "a", "d"]
    assert ids(verdicts=("",)) == ["c", "a", "d"]
    assert ids(verdicts=("dismissed",)) == ["b"]
    assert ids(taken=True) == ["a"]
    assert ids(taken=False) == ["c", "b", "d"]
    assert ids(taken_by="王芳") == ["a"]
    assert ids(Filters(within=("6401",))) == ["c", "b", "a"]
    assert ids(Filters(within=("6401",), areas=("51",))) == []


def test_verdicts_become_labels(ledger: Ledger) -> None:
    with_alerts(ledger, [*some_alerts(), an_alert("e", event_ids=("e3", "e4"))])
    _do(ledger, work.dismiss, LI, "c", 0, "lawful")
    with ledger.begin() as connection:
        work.confirm(connection, LI, NOW_MS + DAY_MS, "e", 0, "41-1")
    with ledger.read() as connection:
        rows = list(labelled(connection))

    assert rows == [
        ("e3", 1, "2026-02-26T14:13:20+08:00"),
        ("e4", 1, "2026-02-26T14:13:20+08:00"),
    ]
    _do(ledger, work.dismiss, LI, "a", 0, "lawful")
    with ledger.read() as connection:
        assert list(labelled(connection))[:2] == [
            ("e1", 0, "2026-02-25T14:13:20+08:00"),
            ("e2", 0, "2026-02-25T14:13:20+08:00"),
        ]

"""Cases: opened, decided, handed over with their clock, packed, and kept from who may not see."""

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from alerts.access.gate import RefusedError
from alerts.access.users import User
from alerts.cases import case as cases
from alerts.cases import clocks, notes, work
from alerts.cases.case import Case, CaseFilters, shared_area
from alerts.cases.deciding import (
    close_case,
    confirm_case,
    dismiss_case,
    file_case,
    hand_over,
    set_amounts,
)
from alerts.cases.opening import add_alerts, open_case, remove_alert, rename, take_case
from alerts.cases.packaging import package
from alerts.cases.periods import WEEKENDS
from alerts.cases.revealing import reveal
from alerts.cases.tips import open_from_tip, take_tip, tips, tips_of_case
from alerts.cases.workbook import safe_text, workbook
from alerts.ledger import Ledger
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.journal import Verified, verify_journal
from alerts.ledger.reading import history_of
from alerts.ledger.rows import canonical
from alerts.ledger.schema import JOURNAL
from rules.histories.digests import pseudonym
from tests.unit.alerts.cases.stories import (
    AUDITOR,
    CERTNO,
    LI,
    NOW_MS,
    PERSON,
    SICHUAN,
    VIEWER,
    WANG,
    with_alerts,
    with_events,
)
from tests.unit.alerts.made import an_alert

OFFICERS = ("王芳", "马军")


@pytest.fixture(autouse=True)
def _alerts(ledger: Ledger) -> None:
    with_alerts(ledger)


def _do(ledger: Ledger, act: Callable[..., Any], by: User, *args: Any, **named: Any) -> Any:
    with ledger.begin() as connection:
        return act(connection, by, NOW_MS, *args, **named)


def _status(ledger: Ledger, act: Callable[..., Any], by: User, *args: Any, **named: Any) -> int:
    with pytest.raises(RefusedError) as refused:
        _do(ledger, act, by, *args, **named)
    return refused.value.status


def _handed(ledger: Ledger) -> Case:
    case = _do(ledger, open_case, WANG, ("a", "b"))
    case = _do(ledger, confirm_case, WANG, case.case_id, 1, "41-3", amount_confirmed=24_100)
    handed: Case = _do(
        ledger,
        hand_over,
        WANG,
        case.case_id,
        2,
        to="department",
        recipient="银川市医疗保障局",
        officers=OFFICERS,
        calendar=WEEKENDS,
    )
    return handed


def test_a_case_of_alerts(ledger: Ledger) -> None:
    case = _do(ledger, open_case, WANG, ("b", "a"))

    assert case.subject == pseudonym(PERSON)
    assert (case.party, case.area, case.source) == ("person", "6401", "MONITOR")
    assert case.conduct_ended == "2026-01-01"
    assert case.title.endswith("等 2 条预警")
    with ledger.read() as connection:
        members = [listed.alert.alert_id for listed in cases.alerts_of(connection, case.case_id)]
        assert members == ["a", "b"]
        assert [work.taken_by for work in work.works(connection, members).values()] == ["王芳"] * 2
        assert cases.get(connection, LI, case.case_id) == case
        told = [entry.action for entry in history_of(connection, case.case_id)]
        assert told == ["case.opened"]
        assert history_of(connection, "a")[-1].action == "alert.joined_case"
    assert _status(ledger, open_case, LI, ("a",)) == 409


def test_alerts_go_in_and_out(ledger: Ledger) -> None:
    case = _do(ledger, open_case, LI, ("a",))
    assert case.area == "640104"
    case = _do(ledger, add_alerts, LI, case.case_id, 1, ("d",))
    assert case.area == ""
    with ledger.read() as connection, pytest.raises(RefusedError):
        cases.get(connection, WANG, case.case_id)
    case = _do(ledger, remove_alert, LI, case.case_id, 2, "d")
    assert case.version == 3
    assert _do(ledger, open_case, SICHUAN, ("d",)).area == "510104"
    assert _status(ledger, remove_alert, LI, case.case_id, 3, "b") == 404
    assert _status(ledger, add_alerts, LI, case.case_id, 2, ("b",)) == 409
    assert _status(ledger, add_alerts, LI, case.case_id, 3, ()) == 422


def test_areas_share_a_beginning() -> None:
    assert shared_area(["640104", "640106"]) == "6401"
    assert shared_area(["640104", "640204"]) == "64"
    assert shared_area(["640104"]) == "640104"
    assert shared_area(["640104", "510104"]) == ""


def test_a_verdict_on_a_case_is_one_on_its_alerts(ledger: Ledger) -> None:
    _do(ledger, work.dismiss, LI, "b", 0, "lawful")
    case = _do(ledger, open_case, WANG, ("a", "b"))
    case = _do(ledger, confirm_case, WANG, case.case_id, 1, "41-3")
    with ledger.read() as connection:
        done = work.works(connection, ("a", "b"))
    assert case.verdict == "confirmed"
    assert (done["a"].verdict, done["a"].cause) == ("confirmed", "41-3")
    assert (done["b"].verdict, done["b"].cause) == ("dismissed", "lawful")
    assert _status(ledger, confirm_case, LI, case.case_id, 1, "41-3") == 409


def test_a_lead_has_fifteen_working_days_and_two_officers(ledger: Ledger) -> None:
    case = _handed(ledger)

    assert (case.status, case.handed_to, case.officers) == ("handed_over", "department", OFFICERS)
    with ledger.read() as connection:
        [clock] = clocks.of_case(connection, case.case_id)
        assert clocks.running(connection, WANG) == [(clock, case)]
        assert clocks.running(connection, SICHUAN) == []
    assert (clock.period, clock.started, clock.due) == ("lead_check", "2026-02-25", "2026-03-18")
    longer = _do(ledger, clocks.extend, WANG, case.case_id, "lead_check", WEEKENDS, "案情复杂")
    assert (longer.due, longer.extensions) == ("2026-04-08", 1)
    again = (case.case_id, "lead_check", WEEKENDS, "还是复杂")
    assert _status(ledger, clocks.extend, WANG, *again) == 422


@pytest.mark.parametrize("officers", [(), ("王芳",), ("王芳", "王芳"), ("王芳", " ")])
def test_one_officer_is_not_enough(ledger: Ledger, officers: tuple[str, ...]) -> None:
    case = _do(ledger, open_case, WANG, ("a",))
    named: dict[str, Any] = {
        "to": "police",
        "recipient": "公安局",
        "officers": officers,
        "calendar": WEEKENDS,
        "cause": "40-4",
    }
    assert _status(ledger, hand_over, WANG, case.case_id, 1, **named) == 422


def test_the_steps_of_a_case(ledger: Ledger) -> None:
    case = _handed(ledger)
    case = _do(ledger, file_case, WANG, case.case_id, case.version, calendar=WEEKENDS)
    assert case.status == "filed"
    with ledger.read() as connection:
        lead, decision = clocks.of_case(connection, case.case_id)
        if lead.period != "lead_check":
            lead, decision = decision, lead
    assert lead.met == "2026-02-25"
    assert (decision.period, decision.due, decision.met) == ("investigation", "2026-05-26", "")
    case = _do(ledger, close_case, WANG, case.case_id, case.version, "责令退回，罚款二倍")
    assert (case.status, case.closed_ms) == ("closed", NOW_MS)
    case = _do(ledger, set_amounts, WANG, case.case_id, case.version, amount_recovered=24_100)
    assert (case.amount_confirmed, case.amount_recovered) == (24_100, 24_100)
    args = (case.case_id, case.version)
    assert _status(ledger, file_case, WANG, *args, calendar=WEEKENDS) == 422
    assert _status(ledger, dismiss_case, WANG, *args, "lawful") == 422
    assert _status(ledger, add_alerts, WANG, *args, ("c",)) == 422
    with ledger.read() as connection:
        assert clocks.running(connection, LI) == []
        assert isinstance(verify_journal(connection), Verified)
        assert list(verify_alerts(connection)) == []


def test_a_dismissed_case_is_over(ledger: Ledger) -> None:
    case = _do(ledger, open_case, WANG, ("a",))
    case = _do(ledger, dismiss_case, WANG, case.case_id, 1, "explained")
    assert (case.status, case.verdict, case.cause) == ("dismissed", "dismissed", "explained")
    assert _status(ledger, close_case, WANG, case.case_id, 2, "done") == 422
    assert _status(ledger, set_amounts, WANG, case.case_id, 2, amount_recovered=1) == 422


def test_a_case_without_a_verdict_is_not_closed(ledger: Ledger) -> None:
    case = _do(ledger, open_case, WANG, ("a",))
    assert _status(ledger, close_case, WANG, case.case_id, 1, "done") == 422


def test_cases_of_other_areas_are_not_there(ledger: Ledger) -> None:
    case = _handed(ledger)
    args = (case.case_id, case.version)
    for act, more in (
        (take_case, ()),
        (rename, ("title",)),
        (add_alerts, (("d",),)),
        (confirm_case, ("41-1",)),
        (dismiss_case, ("lawful",)),
        (close_case, ("done",)),
    ):
        assert _status(ledger, act, SICHUAN, *args, *more) == 404
        assert _status(ledger, act, VIEWER, *args, *more) == 403
    assert _status(ledger, notes.note_case, SICHUAN, case.case_id, "text") == 404
    assert _status(ledger, clocks.start, SICHUAN, case.case_id, "sealing", WEEKENDS) == 404
    assert _status(ledger, package, SICHUAN, case.case_id, WEEKENDS) == 404
    assert _status(ledger, package, VIEWER, case.case_id, WEEKENDS) == 403
    with ledger.read() as connection:
        assert cases.listing(connection, SICHUAN, 10) == []
        assert cases.listing(connection, WANG, 10) == [case]


def test_cases_are_found(ledger: Ledger) -> None:
    case = _handed(ledger)
    other = _do(ledger, open_case, LI, ("d",), title="另一案")
    person = pseudonym(PERSON)
    with ledger.read() as connection:
        for filters, expected in (
            (CaseFilters(), {case.case_id, other.case_id}),
            (CaseFilters(statuses=("open",)), {other.case_id}),
            (CaseFilters(areas=("64",)), {case.case_id}),
            (CaseFilters(text="另一"), {other.case_id}),
            (CaseFilters(text=person[2:]), {case.case_id}),
            (CaseFilters(text="H64010600001"), {case.case_id}),
            (CaseFilters(taken_by="李强"), {other.case_id}),
            (CaseFilters(verdicts=("confirmed",)), {case.case_id}),
        ):
            found = {one.case_id for one in cases.listing(connection, LI, 10, filters)}
            assert found == expected
            assert cases.count(connection, LI, filters) == len(expected)


def test_a_tip_opens_a_case(ledger: Ledger) -> None:
    tip = _do(
        ledger,
        take_tip,
        WANG,
        kind="refusal",
        text=f"药店拒绝为 {CERTNO} 开慢性病用药",
        about="P64010400001",
        area="640104",
    )
    used, case = _do(ledger, open_from_tip, WANG, tip.tip_id)

    assert tip.text == "药店拒绝为 *** 开慢性病用药"
    assert (case.source, case.area, used.case_id) == ("COMPLAINT", "640104", case.case_id)
    assert "推诿拒诊" in case.title
    case = _do(ledger, add_alerts, WANG, case.case_id, case.version, ("a",))
    assert case.subject == pseudonym(PERSON)
    with ledger.read() as connection:
        assert tips(connection, WANG) == tips_of_case(connection, case.case_id) == [used]
        assert tips(connection, SICHUAN) == []
    assert _status(ledger, open_from_tip, WANG, tip.tip_id) == 409
    assert _status(ledger, open_from_tip, SICHUAN, tip.tip_id) == 404


def test_the_package_holds_all_that_is_asked_for_and_nobody(ledger: Ledger) -> None:
    with_events(ledger)
    with_alerts(ledger, [an_alert("x", area="640104", message_zh="=cmd|' /C calc'!A0")])
    _do(ledger, notes.note_alert, WANG, "a", "+86 核实")
    case = _handed(ledger)
    case = _do(ledger, add_alerts, WANG, case.case_id, case.version, ("x",))
    made = _do(ledger, package, AUDITOR, case.case_id, WEEKENDS)
    told = canonical(made)

    assert made["case"]["party_zh"] == "参保人员"
    assert made["case"]["cause"]["article"] == "条例第四十一条"
    assert str(made["case"]["amounts"]["confirmed"]) == "241.00"
    assert made["case"]["conduct_ended"] == "2026-01-01"
    assert made["case"]["officers"] == ["王芳", "马军"]
    assert [clock["due"] for clock in made["clocks"]] == ["2026-03-18"]
    first = made["evidence"][0]
    assert (first["kind"], first["event_id"], first["archived"]) == ("电子数据", "e1", True)
    assert (first["event_time"], str(first["fund_pay_sumamt"])) == (
        "2026-01-01T08:30:00+08:00",
        "40.00",
    )
    assert {entry["action"] for entry in made["journal"]} >= {"case.opened", "case.handed_over"}
    assert CERTNO not in told
    assert PERSON not in told
    assert json.loads(told)["format"] == "fundwatch case package 1"
    with ledger.read() as connection:
        assert history_of(connection, case.case_id)[-1].action == "package.made"

    book = workbook(made)
    assert book == workbook(made)
    sheets = openpyxl.load_workbook(BytesIO(book))
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    values = {cell.value for cell in cells}
    assert {"'=cmd|' /C calc'!A0", "'+86 核实", "2026-03-18", 241} <= values
    with zipfile.ZipFile(BytesIO(book)) as parts:
        for part in parts.namelist():
            content = parts.read(part)
            assert CERTNO.encode() not in content
            assert PERSON.encode() not in content


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert safe_text(text) == "'" + text


def test_plain_text_stays() -> None:
    assert safe_text("银川 1+1=2") == "银川 1+1=2"
    assert len(safe_text("x" * 40_000)) < 32_767


def test_who_sees_a_person_leaves_an_entry(ledger: Ledger) -> None:
    with_events(ledger)
    hidden = pseudonym(PERSON)
    found = _do(ledger, reveal, WANG, "a", hidden, "核实冒名线索")

    assert (found.psn_no, found.certno, found.psn_name) == (PERSON, CERTNO, "=测试")
    with ledger.read() as connection:
        entry = history_of(connection, "a")[-1]
        assert (entry.action, entry.actor) == ("identity.revealed", "王芳")
        content = json.loads(entry.content)
        journal = str(list(connection.execute(select(JOURNAL))))
    assert content["pseudonym"] == hidden
    assert content["reason"] == "核实冒名线索"
    assert PERSON not in journal
    assert CERTNO not in journal


def test_a_person_is_not_shown_otherwise(ledger: Ledger) -> None:
    with_events(ledger)
    hidden = pseudonym(PERSON)
    assert _status(ledger, reveal, VIEWER, "a", hidden, "核实线索") == 403
    assert _status(ledger, reveal, AUDITOR, "a", hidden, "核实线索") == 403
    assert _status(ledger, reveal, SICHUAN, "a", hidden, "核实线索") == 404
    assert _status(ledger, reveal, WANG, "a", hidden, "  ") == 422
    assert _status(ledger, reveal, WANG, "a", PERSON, "核实线索") == 422
    assert _status(ledger, reveal, WANG, "a", "P-0000000000000000", "核实线索") == 404
    assert _status(ledger, reveal, WANG, "c", hidden, "核实线索") == 404
    with ledger.read() as connection:
        actions = connection.execute(select(JOURNAL.c.action)).scalars()
        assert "identity.revealed" not in set(actions)

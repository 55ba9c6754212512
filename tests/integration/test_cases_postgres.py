"""Cases in a real PostgreSQL: several supervisors at once, and the same answers as in SQLite."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from alerts.access import links, sessions, tokens, users
from alerts.access.gate import RefusedError
from alerts.access.users import AccessError, User
from alerts.cases import case as cases
from alerts.cases import clocks, work
from alerts.cases.deciding import confirm_case, hand_over
from alerts.cases.listing import WorkFilters, worked, worked_count
from alerts.cases.opening import open_case
from alerts.cases.packaging import package
from alerts.cases.periods import WEEKENDS
from alerts.cases.revealing import reveal
from alerts.cases.snoozes import snooze
from alerts.cases.tips import open_from_tip, take_tip
from alerts.cases.verdicts import labelled
from alerts.ledger import Ledger
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.journal import Verified, verify_journal
from alerts.ledger.reading import Filters
from rules.histories.digests import pseudonym
from tests.unit.alerts.cases.stories import LI, NOW_MS, PERSON, WANG, with_alerts, with_events


@pytest.fixture
def ledger(postgres_db: str) -> Iterator[Ledger]:
    """A ledger in PostgreSQL with four alerts."""
    with Ledger.open(postgres_db) as opened:
        with_alerts(opened)
        yield opened


def test_of_many_at_once_one_decides_and_the_others_are_told(ledger: Ledger) -> None:
    ready = threading.Barrier(6)

    def decide(number: int) -> str:
        ready.wait()
        try:
            with ledger.begin() as connection:
                by = User(f"officer{number}", "supervisor")
                return work.confirm(connection, by, NOW_MS, "a", 0, "41-1").verdict_by
        except RefusedError as refused:
            assert refused.status == 409
            return str(refused.details["changed_by"])

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(decide, range(6)))

    assert len(set(told)) == 1
    with ledger.read() as connection:
        assert work.works(connection, ("a",))["a"].verdict_by == told[0]
        assert isinstance(verify_journal(connection), Verified)


def test_an_alert_comes_into_one_case_only(ledger: Ledger) -> None:
    ready = threading.Barrier(4)

    def opened(number: int) -> bool:
        ready.wait()
        try:
            with ledger.begin() as connection:
                open_case(connection, User(f"o{number}", "supervisor"), NOW_MS, ("a", "b"))
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(opened, range(4))) == [False] * 3 + [True]
    with ledger.read() as connection:
        assert cases.count(connection, LI) == 1


def test_a_first_link_used_twice_at_once_makes_one_administrator(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        secret = links.first(connection, NOW_MS)
    ready = threading.Barrier(3)

    def used(number: int) -> bool:
        ready.wait()
        try:
            with ledger.begin() as connection:
                links.use(connection, secret, f"admin{number}", "看守基金 every day", NOW_MS)
        except AccessError:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(used, range(3))) == [False, False, True]
    with ledger.read() as connection:
        assert len(users.everyone(connection)) == 1


def test_a_day_at_the_desk(ledger: Ledger) -> None:
    with_events(ledger)
    with ledger.begin() as connection:
        users.add(connection, WANG, NOW_MS, "test")
        _, secret = tokens.make(connection, WANG.name, "", NOW_MS, "test")
        held = tokens.holder(connection, secret, NOW_MS)
        assert held is not None
        assert held.user == WANG
        cookie = sessions.begin(connection, WANG.name, NOW_MS)
        assert sessions.find(connection, cookie, NOW_MS) is not None
        snooze(connection, WANG, NOW_MS, "c", "2026-03-01", "已约谈")
        case = open_case(connection, WANG, NOW_MS, ("a", "b"))
        case = confirm_case(connection, WANG, NOW_MS, case.case_id, 1, "41-3")
        case = hand_over(
            connection,
            WANG,
            NOW_MS,
            case.case_id,
            2,
            to="department",
            recipient="银川市医疗保障局",
            officers=("王芳", "马军"),
            calendar=WEEKENDS,
        )
        tip = take_tip(
            connection, WANG, NOW_MS, kind="refusal", text="拒绝", about="", area="640104"
        )
        open_from_tip(connection, WANG, NOW_MS, tip.tip_id)
        person = reveal(connection, WANG, NOW_MS, "a", pseudonym(PERSON), "核实线索")
        assert person.psn_no == PERSON
        made = package(connection, WANG, NOW_MS, case.case_id, WEEKENDS)
        assert [item["archived"] for item in made["evidence"][:2]] == [True, True]
    with ledger.read() as connection:
        [(clock, found)] = clocks.running(connection, WANG)
        assert (clock.due, found) == ("2026-03-18", case)
        within = Filters(within=WANG.areas)
        shown = worked(connection, NOW_MS, 10, within, order="triage")
        assert [one.listed.alert.alert_id for one in shown] == ["a", "b"]
        assert worked_count(connection, NOW_MS, within, WorkFilters(snoozed="show")) == 3
        assert {row.event_id for row in labelled(connection)} == {"e1", "e2"}
        texts = cases.CaseFilters(text="640106")
        assert [one.case_id for one in cases.listing(connection, WANG, 10, texts)] == [case.case_id]
        assert isinstance(verify_journal(connection), Verified)
        assert list(verify_alerts(connection)) == []

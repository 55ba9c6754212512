"""What the pages read and do, over a ledger in a real PostgreSQL."""

from collections.abc import Iterator

import pytest

from alerts.access.users import User
from alerts.cases import opening, work
from alerts.cases.snoozes import snooze
from alerts.desk.pages.counting import slots, waiting
from alerts.desk.pages.filtering import HANDLINGS, ORDERS, View
from alerts.desk.pages.listing import Reader, areas_of, page_of, rows_of_case
from alerts.desk.pages.streaming import step
from alerts.ledger import Ledger
from alerts.ledger.writing import record
from events.times import moment
from tests.unit.alerts.made import an_alert

NOW = 1_764_000_000_000
READER = Reader("zhang", ("64",), NOW)
USER = User("zhang", "supervisor", ("64",))


@pytest.fixture
def ledger(postgres_db: str) -> Iterator[Ledger]:
    """A ledger with alerts in two areas, one of them in a case and one snoozed."""
    with Ledger.open(postgres_db) as opened:
        with opened.begin() as connection:
            made = [
                an_alert(f"{n:04x}", sev_deg=n % 3 + 1, subject=f"P-{n:016x}") for n in range(30)
            ]
            record(connection, [*made, an_alert("zz", area="110100")], NOW - 1)
        with opened.begin() as connection:
            until = moment(NOW // 1000 + 86_400).date().isoformat()
            snooze(connection, USER, NOW, "0005", until, "已约谈")
            opening.open_case(connection, USER, NOW, ["0001", "0002"])
            work.confirm(connection, USER, NOW, "0003", 0, "38-5", 100)
        yield opened


def test_pages_piles_and_counts(ledger: Ledger) -> None:
    with ledger.read() as connection:
        for order in ORDERS:
            seen: list[str] = []
            after = ""
            while True:
                page = page_of(connection, View(order=order, handling="all"), READER, after, 7)
                seen += [row.alert.alert_id for row in page.rows]
                after = page.onward
                if not after:
                    break
            assert sorted(seen) == [f"{n:04x}" for n in range(30)]
        piles = {
            pile: len(page_of(connection, View(handling=pile), READER).rows) for pile in HANDLINGS
        }
        assert piles == {
            "": 28, "mine": 2, "confirmed": 1, "dismissed": 0, "snoozed": 1, "all": 30,
        }  # fmt: skip
        assert waiting(connection, READER).alerts == 29
        assert sum(slot.total for slot in slots(connection, READER)) == 30
        assert areas_of(connection, READER) == ["640100"]
        found = page_of(connection, View(text="集中刷卡", within="1h", severities=(1,)), READER)
        assert len(found.rows) == 9


def test_the_stream_follows_what_people_do(ledger: Ledger) -> None:
    all_of_them = step(ledger, 0, View(handling="all"), READER)
    assert len(all_of_them.rows) == 30
    with ledger.begin() as connection:
        work.take(connection, USER, NOW, "0009", 0)
    found = step(ledger, all_of_them.upto, View(), READER)
    assert [(row.alert.alert_id, row.handling) for row in found.rows] == [("0009", "working")]
    with ledger.read() as connection:
        case_id = page_of(connection, View(handling="mine"), READER).rows[0].case_id
        assert len(rows_of_case(connection, case_id, READER)) in {0, 2}

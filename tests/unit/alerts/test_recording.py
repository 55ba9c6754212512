import json
from decimal import Decimal

import pytest

from alerts.ledger import Ledger
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.journal import Verified, verify_journal
from alerts.ledger.reading import alert_table, feed, generation, get, history_of
from alerts.ledger.writing import next_generation, record
from alerts.table import rows_of
from tests.unit.alerts.made import an_alert, retracted


def test_an_alert_comes_back_as_it_was(ledger: Ledger) -> None:
    alert = an_alert(
        evidence={"paid": [Decimal("0.10")], "ratio": 0.25, "names": {"b": "乙", "a": None}},
        assumed=("nx.cap",),
    )
    with ledger.begin() as connection:
        assert record(connection, [alert], 1000) == 1
        found = get(connection, alert.alert_id)

    assert found is not None
    assert found.alert == alert
    assert (found.feed_seq, found.first_seen_ms, found.changed_ms) == (1, 1000, 1000)
    assert isinstance(found.alert.evidence["paid"][0], Decimal)


def test_older_and_equal_revisions_change_nothing(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        record(connection, [an_alert(revision=2)], 1)
    with ledger.begin() as connection:
        again = [
            an_alert(revision=2),
            an_alert(revision=1, status="withdrawn"),
            an_alert(revision=2, amount=Decimal("9.99")),
        ]
        assert record(connection, again, 2) == 0
        assert len(history_of(connection, "00a1")) == 1
        found = get(connection, "00a1")

    assert found is not None
    assert (found.alert, found.changed_ms) == (an_alert(revision=2), 1)


def test_a_higher_generation_takes_the_place_whatever_the_revision(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert generation(connection) == ledger.generation == 0
        assert next_generation(connection) == 1
        record(connection, [an_alert(revision=7)], 1)
        assert record(connection, [an_alert(revision=1, generation=1)], 2) == 1
        assert record(connection, [an_alert(revision=8)], 3) == 0
        found = get(connection, "00a1")

    assert found is not None
    assert (found.alert.generation, found.alert.revision) == (1, 1)


def test_a_retracted_alert_stays_out_whatever_comes_late(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        record(connection, [an_alert("1"), retracted("1", revision=2)], 1)
        record(connection, [retracted("2", revision=2)], 2)
        assert record(connection, [an_alert("1"), an_alert("2")], 3) == 0
        assert list(alert_table(connection)) == []
        found = get(connection, "1")

    assert found is not None
    assert (found.alert.status, found.alert.area) == ("retracted", "640100")


def test_a_retracted_alert_that_is_raised_again_is_back(ledger: Ledger) -> None:
    back = an_alert(revision=3)
    with ledger.begin() as connection:
        record(connection, [an_alert(), retracted(revision=2), back], 1)

        assert list(alert_table(connection)) == rows_of([back])
        assert [entry.action for entry in history_of(connection, "00a1")] == [
            "raised",
            "retracted",
            "raised",
        ]


def test_every_accepted_change_is_journaled_with_what_changed(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        record(connection, [an_alert(), an_alert(revision=2, amount=Decimal("130.00"))], 1)
        record(connection, [an_alert(revision=4, amount=Decimal("130.00"), status="withdrawn")], 2)
        entries = history_of(connection, "00a1")

    assert [(entry.at_ms, entry.actor, entry.action) for entry in entries] == [
        (1, "monitor", "raised"),
        (1, "monitor", "revised"),
        (2, "monitor", "withdrawn"),
    ]
    assert json.loads(entries[0].content)["event_ids"] == ["e2", "e1"]
    assert entries[1].content == '{"amount":130.00,"revision":2}'
    assert entries[2].content == '{"revision":4,"status":"withdrawn"}'


def test_the_feed_moves_a_changed_alert_to_its_end(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        record(connection, [an_alert("1"), an_alert("2"), an_alert("3")], 1)
        record(connection, [an_alert("1", revision=2)], 2)
        listed = feed(connection, 0, 10)

    assert [(one.alert.alert_id, one.feed_seq) for one in listed] == [("2", 2), ("3", 3), ("1", 4)]
    assert (listed[-1].first_seen_ms, listed[-1].changed_ms) == (1, 2)


def test_text_that_no_database_holds_does_not_stop_the_rest(ledger: Ledger) -> None:
    hostile = an_alert(
        area="64\x00", message_zh="药\x00名", evidence={"item": "a\x00b'; --"}, setl_ids=("\x00",)
    )
    with ledger.begin() as connection:
        record(connection, [hostile], 1, actor="mon\x00itor")
        found = get(connection, "00a1")
        assert isinstance(verify_journal(connection), Verified)
        assert list(verify_alerts(connection)) == []

    assert found is not None
    assert found.alert.message_zh == r"药\x00名"
    assert found.alert.evidence == {"item": "a\x00b'; --"}


def test_an_amount_no_bigint_holds_is_kept_as_the_most_it_holds(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        record(connection, [an_alert(amount=Decimal("99999999999999999999.99"))], 1)
        found = get(connection, "00a1")

    assert found is not None
    assert found.alert.amount == Decimal(2**63 - 1).scaleb(-2)


def test_many_at_once(ledger: Ledger) -> None:
    many = [an_alert(f"{number:05}", revision=r) for number in range(3000) for r in (1, 2)]
    with ledger.begin() as connection:
        assert record(connection, many, 1) == 6000
        assert record(connection, many, 2) == 0
        assert list(alert_table(connection)) == rows_of(many)
        assert verify_journal(connection).__class__ is Verified


def test_what_fails_in_a_transaction_takes_everything_with_it(ledger: Ledger) -> None:
    with pytest.raises(KeyboardInterrupt), ledger.begin() as connection:
        record(connection, [an_alert()], 1)
        raise KeyboardInterrupt

    with ledger.read() as connection:
        assert feed(connection, 0, 10) == []
        assert verify_journal(connection).__class__ is Verified

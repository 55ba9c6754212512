from decimal import Decimal

from alerts.table import AlertRow, difference, digest, rows_of
from tests.unit.alerts.made import an_alert, retracted


def test_the_last_revision_counts_and_retracted_alerts_do_not() -> None:
    rows = rows_of(
        [
            an_alert("b", revision=2, status="withdrawn"),
            an_alert("b", revision=1),
            an_alert("c"),
            retracted("c", revision=2),
            an_alert("a", revision=9),
            an_alert("a", revision=1, generation=1, amount=Decimal("1.00")),
        ]
    )

    assert [(row.alert_id, row.status, row.amount) for row in rows] == [
        ("a", "open", 100),
        ("b", "withdrawn", 12050),
    ]


def test_a_row_has_its_ids_in_order() -> None:
    (row,) = rows_of([an_alert(event_ids=("e2", "e1"), setl_ids=("s2", "s1"))])

    assert (row.event_ids, row.setl_ids) == (("e1", "e2"), ("s1", "s2"))


def test_how_often_an_alert_was_revised_is_no_part_of_the_table() -> None:
    one, other = rows_of([an_alert(revision=3)]), rows_of([an_alert(revision=1, generation=4)])

    assert digest(one) == digest(other)
    assert difference(one, other) == []


def test_the_digest_tells_tables_apart() -> None:
    tables = [
        rows_of([]),
        rows_of([an_alert()]),
        rows_of([an_alert(status="withdrawn")]),
        rows_of([an_alert(amount=Decimal("120.51"))]),
        rows_of([an_alert(event_ids=("e1", "e2", "e3"))]),
        rows_of([an_alert("00a2")]),
        rows_of([an_alert("00a1"), an_alert("00a2")]),
    ]

    assert len({digest(table) for table in tables}) == len(tables)


def test_amounts_beyond_the_bound_of_a_single_one_are_sums() -> None:
    (row,) = rows_of([an_alert(amount=Decimal("250000000000000.01"))])

    assert row.amount == 25_000_000_000_000_001


def row(alert_id: str, **changes: object) -> AlertRow:
    (made,) = rows_of([an_alert(alert_id, **changes)])
    return made


def test_differences_are_told_in_words() -> None:
    a = [row("1"), row("2"), row("3", event_ids=("e1", "e2")), row("4")]
    b = [row("2", status="withdrawn", amount=Decimal("2.50")), row("3"), row("4"), row("5")]
    b[1] = row("3", event_ids=("e2", "e3"))

    assert difference(a, b, names=("replay", "workers")) == [
        "alert 1 (batch_swiping) is in the replay only: open, 120.50 yuan, events e1, e2",
        "alert 2 (batch_swiping): status open in the replay, withdrawn in the workers;"
        " amount 120.50 yuan in the replay, 2.50 in the workers",
        "alert 3 (batch_swiping): event_ids e1 in the replay only;"
        " event_ids e3 in the workers only",
        "alert 5 (batch_swiping) is in the workers only: open, 120.50 yuan, events e1, e2",
    ]

import pytest
from msgspec.structs import replace

from alerts.ledger import Ledger
from alerts.ledger.masking import masked
from alerts.ledger.reading import dead_letters, position, positions, rejected
from alerts.ledger.writing import move, refuse
from events.deadletters import DeadLetter

IDENTITY = b"640102199003070417"


ONE = DeadLetter(
    source="events.ndjson",
    position=1,
    reason="bad_value",
    field="fund_pay_sumamt",
    found="'abc'",
    expected="yuan with two decimals",
    raw=b'{"event_id":"e1"}',
)


def letter(place: int = 1, reason: str = "bad_value") -> DeadLetter:
    return replace(ONE, position=place, reason=reason)


def test_a_dead_letter_comes_back_as_it_was(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert refuse(connection, [ONE], 7) == 1
        (kept,) = dead_letters(connection, 10)

    assert (kept.letter, kept.at_ms) == (ONE, 7)


def test_a_batch_told_again_doubles_nothing(ledger: Ledger) -> None:
    batch = [letter(place, reason=f"r{place % 2}") for place in range(1, 1201)]
    with ledger.begin() as connection:
        assert refuse(connection, batch, 1) == 1200
        assert refuse(connection, [*batch[600:], letter(1201)], 2) == 1
        assert refuse(connection, [], 3) == 0
        assert rejected(connection) == {"bad_value": 1, "r0": 600, "r1": 600}
        assert [kept.letter.position for kept in dead_letters(connection, 2)] == [1201, 1]
        assert len(dead_letters(connection, 2000, since_ms=2)) == 1


def test_any_text_and_bytes_are_kept(ledger: Ledger) -> None:
    odd = replace(ONE, source="f\udcff.ndjson", found="a\x00b", raw=b"\xff\xfe{")
    with ledger.begin() as connection:
        assert refuse(connection, [odd, odd], 1) == 1
        (kept,) = dead_letters(connection, 10)

    assert kept.letter.source == r"f\udcff.ndjson"
    assert (kept.letter.found, kept.letter.raw) == (r"a\x00b", b"\xff\xfe{")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"certno":"' + IDENTITY + b'","event_id":"e1"}',
        b'{"note":"' + IDENTITY + b'","event_id":"e1"}',
        b'{"CERTNO": "64010219900307041X" , "event_id":"e1"}',
        b'{"event_id":"e1","nested":{"agnter_certno":640102199003070417}}',
        b"2102,e1," + IDENTITY + b",x",
        '{"event_id":"e1","certno":"640102199003070417"}'.encode("utf-16"),
        b'{"event_id":"e1","certno":"' + IDENTITY,
    ],
)
def test_identity_numbers_are_masked(raw: bytes) -> None:
    kept = masked(raw)

    assert b"19900307" not in kept
    assert b"e1" in kept


@pytest.mark.parametrize("name", ["psn_no", "psn_name", "acct_owner_no", "aut_psn_no", "brdy"])
def test_personal_fields_are_masked_whatever_they_hold(name: str) -> None:
    raw = f'{{"{name}": "P-7 \\"x\\"","psn_part_amt":12.50}}'.encode()

    assert masked(raw) == f'{{"{name}": "***","psn_part_amt":12.50}}'.encode()


def test_what_identifies_nobody_stays() -> None:
    raw = b'{"event_id":"e1","setl_id":"s-20260101-7","item_name":"\xe8\x8d\xaf","cnt":3}'

    assert masked(raw) == raw


def test_positions_move(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert position(connection, "a.ndjson") is None
        move(connection, "a.ndjson", 10, "f1")
        move(connection, "b.ndjson", 2**40)
        move(connection, "a.ndjson", 20, "f2")

    with ledger.read() as connection:
        assert position(connection, "a.ndjson") == ("a.ndjson", 20, "f2")
        assert positions(connection) == [("a.ndjson", 20, "f2"), ("b.ndjson", 2**40, "")]

"""Facts and dead letters survive their messages; what is neither is told apart."""

import pytest

from events.deadletters import BadRecordError, DeadLetter
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.records import Goods
from streams.worker import messages
from streams.worker.messages import (
    Message,
    Told,
    chunks,
    pack_facts,
    pack_letter,
    read_facts,
    read_letter,
)


def told(number: int) -> list[Told]:
    return [
        Told(7 + i // 3, i, Fact(keyed.STOCK, f"P1|drug {i}", Goods(f"e{i}", i, "s", "P1", False)))
        for i in range(number)
    ]


def test_facts_are_read_as_they_were_written() -> None:
    (value,) = pack_facts(3, 1_700_000_000, told(5))

    facts = read_facts(value)

    assert (facts.source, facts.watermark) == (3, 1_700_000_000)
    assert facts.told == told(5)


def test_many_facts_are_split_in_order_below_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "FACTS_BYTES", 500)

    values = list(pack_facts(0, 0, told(100)))

    assert len(values) > 1
    assert all(len(value) <= 500 for value in values)
    assert [one for value in values for one in read_facts(value).told] == told(100)


@pytest.mark.parametrize("value", [b"", b"\xc1", b"{}", b"\x94\x01\x00\x00\x91\x01", b"\xff" * 99])
def test_what_is_no_facts_is_a_bad_record(value: bytes) -> None:
    with pytest.raises(BadRecordError, match="not_facts"):
        read_facts(value)


def test_a_dead_letter_crosses_the_topic_without_its_people() -> None:
    raw = b'{"event_type":"settlement","certno":"640102199001011234","setl_id":"S1"'
    letter = DeadLetter("a.ndjson", 3, "not_json", "", "an end", "one JSON object", raw)

    value = pack_letter(letter)
    read = read_letter(value)

    assert b"640102199001011234" not in value
    assert b"640102199001011234" not in read.raw
    assert b"S1" in read.raw
    assert (read.source, read.position, read.reason) == ("a.ndjson", 3, "not_json")


def test_chunks_are_whole_messages_of_about_so_many_lines() -> None:
    sent = [Message(n, 0, b"\n".join([b"x"] * lines)) for n, lines in enumerate([3, 3, 9, 1, 1])]

    found = [[one.offset for one in chunk] for chunk in chunks(sent, 5)]

    assert found == [[0, 1], [2], [3, 4]]

import gzip
import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from events.codec import MAX_BYTES
from events.deadletters import DeadLetter
from events.kinds import AccountCredit, Settlement
from events.readers import (
    DamagedFileError,
    Read,
    Record,
    lines,
    open_source,
    open_sources,
    split_lines,
)


def local(text: str) -> datetime:
    """A time as events hold it where no offset was sent."""
    return datetime.fromisoformat(text)


def credit(number: int, **fields: object) -> dict[str, object]:
    return {
        "event_type": "account_credit",
        "event_id": f"c{number}",
        "event_time": "2024-03-05T08:00:00",
        "psn_no": f"P{number}",
        "amt": "12.50",
    } | fields


def ndjson(*records: dict[str, object]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def shown(reads: Iterable[Read]) -> list[tuple[int, str]]:
    """Position with the event's id or the dead letter's reason."""
    return [
        (read.position, read.event.event_id if isinstance(read, Record) else read.reason)
        for read in reads
    ]


def test_good_lines_are_events_with_their_line_and_unknown_fields(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\xef\xbb\xbf" + ndjson(credit(1)) + b"\r\n\n" + ndjson(credit(2, shoe="x")))
    reads = list(open_source(path))
    assert shown(reads) == [(1, "c1"), (4, "c2")]
    assert isinstance(reads[1], Record)
    assert reads[1].source == str(path)
    assert reads[1].unknown == ("shoe",)
    assert isinstance(reads[1].event, AccountCredit)
    assert reads[1].event.amt == 1250


def test_bad_lines_are_dead_letters_and_reading_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(
        b"{\n"
        + b"[" * 100_000
        + b"\n"
        + '{"event_type": "三月"}\n'.encode("gb18030")
        + b'"text"\n'
        + ndjson(credit(5, amt="a lot"), credit(6, event_type="rumour"), credit(7))
    )
    reads = list(open_source(path))
    assert shown(reads) == [
        (1, "not_json"),
        (2, "not_json"),
        (3, "not_utf8"),
        (4, "not_json"),
        (5, "bad_value"),
        (6, "unknown_event_type"),
        (7, "c7"),
    ]
    assert isinstance(reads[4], DeadLetter)
    assert reads[4].field == "amt"
    assert b"a lot" in reads[4].raw


def test_an_endless_line_is_refused_without_being_kept(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(ndjson(credit(1)) + b"x" * (3 * MAX_BYTES) + b"\n" + ndjson(credit(3)))
    assert shown(open_source(path)) == [(1, "c1"), (2, "too_large"), (3, "c3")]
    assert max(len(line) for _, line in lines(path)) == MAX_BYTES + 1


def test_lines_are_the_same_however_the_bytes_are_cut() -> None:
    text = b"one\n\ntwo two\nthree"
    whole = [(1, b"one"), (2, b""), (3, b"two two"), (4, b"three")]
    for size in range(1, len(text) + 1):
        cut = [text[start : start + size] for start in range(0, len(text), size)]
        assert list(split_lines(cut)) == whole


def test_a_long_line_is_cut_at_the_limit_however_the_bytes_are_cut() -> None:
    text = b"a" * 50 + b"\n" + b"b" * 4 + b"\n" + b"c" * 50
    for size in (1, 3, 7, 60, 200):
        cut = [text[start : start + size] for start in range(0, len(text), size)]
        assert list(split_lines(cut, limit=4)) == [(1, b"a" * 5), (2, b"bbbb"), (3, b"c" * 5)]


def test_reading_can_go_on_after_a_line(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"a\n\nb\nc")
    assert list(lines(path)) == [(1, b"a"), (3, b"b"), (4, b"c")]
    assert list(lines(path, after=3)) == [(4, b"c")]


def test_gzip_of_several_members_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson.gz"
    path.write_bytes(gzip.compress(ndjson(credit(1))) + gzip.compress(ndjson(credit(2))) + b"\0\0")
    assert shown(open_source(path)) == [(1, "c1"), (2, "c2")]


def test_a_truncated_gzip_loses_its_tail_only_and_the_next_file_is_read(tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.ndjson.gz" for name in "abc")
    records = [credit(number, clct_month=f"2024-{number:05}") for number in range(1, 2001)]
    packed = gzip.compress(ndjson(*records))
    first.write_bytes(packed[: len(packed) // 2])
    second.write_bytes(b"this is no gzip file")
    third.write_bytes(gzip.compress(ndjson(credit(1))))
    reads = list(open_source(tmp_path))
    by_file = {
        path: shown(read for read in reads if read.source == str(path))
        for path in (first, second, third)
    }
    good = by_file[first][:-1]
    assert len(good) > 500
    assert good == [(number, f"c{number}") for number in range(1, len(good) + 1)]
    assert by_file[first][-1] == (len(good) + 1, "truncated_file")
    assert by_file[second] == [(1, "unreadable_file")]
    assert by_file[third] == [(1, "c1")]
    with pytest.raises(DamagedFileError):
        list(lines(first))


def test_a_gzip_bomb_is_read_in_bounded_pieces(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson.gz"
    path.write_bytes(gzip.compress(b"0" * (40 * MAX_BYTES)))
    assert shown(open_source(path)) == [(1, "too_large")]


def test_a_folder_is_read_in_order_without_its_reference_data(tmp_path: Path) -> None:
    for name in ("b.ndjson", "a/late.ndjson", ".hidden.ndjson", "reference/x.ndjson"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(ndjson(credit(len(name))))
    for name in ("institutions.csv", "labels.csv", "alerts.ndjson", "notes.txt"):
        (tmp_path / name).write_text("event_type\nrumour\n")
    assert [Path(read.source).name for read in open_source(tmp_path)] == ["late.ndjson", "b.ndjson"]


def test_a_missing_path_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.ndjson"):
        open_sources([tmp_path / "gone.ndjson"])


def test_csv_cells_become_fields_and_json_cells_parts(tmp_path: Path) -> None:
    path = tmp_path / "settlement-2024.csv"
    lines_cell = '[{""feedetl_sn"": ""1"", ""cnt"": ""2"", ""drug_trac_codg"": [""8x""]}]'
    path.write_text(
        "EVENT_ID,event_time,psn_no,fixmedins_code,setl_id,medfee_sumamt,brdy,pool_prop_selfpay,"
        "feedetail\n"
        f's1,2024-03-05 08:00:00,P1,H1,S1,"12.50",1980-01-02,0.65,"{lines_cell}"\n'
        's2,20240305080000,P1,H1,S2,1,,,"\n[]"\n'
        "s3,2024-03-05,P1,H1,S3,1,,,nothing\n"
        "s4,2024-03-05,P1,H1\n"
        's5,2024-03-05,P1,H1,S5,1,,,"broken"x\n'
        "s6,2024-03-05,P1,H1,S6,,,,\n",
        encoding="utf-8",
    )
    reads = list(open_source(path))
    assert shown(reads) == [
        (2, "s1"),
        (4, "s2"),
        (5, "bad_value"),
        (6, "bad_csv"),
        (7, "bad_csv"),
        (8, "missing_field"),
    ]
    assert isinstance(reads[0], Record)
    event = reads[0].event
    assert isinstance(event, Settlement)
    assert event.medfee_sumamt == 1250
    assert event.brdy == date(1980, 1, 2)
    assert event.pool_prop_selfpay == Decimal("0.65")
    assert event.feedetail[0].cnt == 2
    assert event.feedetail[0].drug_trac_codg == ("8x",)


def test_a_csv_in_a_wrong_encoding_or_with_an_open_quote(tmp_path: Path) -> None:
    path = tmp_path / "account_credit.csv"
    path.write_bytes(
        b"event_id,event_time,psn_no,amt,clct_month\n"
        + "c1,2024-03-05,P1,1,三月\n".encode("gb18030")
        + b"c2,2024-03-05,P2,1,\n"
        + b'c3,2024-03-05,P3,1,"open\n'
    )
    assert shown(open_source(path)) == [(2, "not_utf8"), (3, "c2"), (4, "bad_csv")]


def test_a_table_that_says_nothing_of_its_kind_is_one_dead_letter(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    (letter,) = open_source(path)
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.field) == ("missing_field", "event_type")
    (tmp_path / "empty.csv").write_text("")
    assert list(open_source(tmp_path / "empty.csv")) == []


def test_parquet_rows_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "export.parquet"
    rows: dict[str, Any] = {
        "EVENT_TYPE": ["account_credit", "settlement", "rumour"],
        "event_id": ["c1", "s1", "x1"],
        "event_time": pa.array(
            [local("2024-03-05 08:00:00.000007"), local("2024-03-06 00:00:00"), None],
            pa.timestamp("ns"),
        ),
        "psn_no": ["P1", "P1", "P1"],
        "fixmedins_code": [None, "H1", None],
        "setl_id": [None, "S1", None],
        "amt": pa.array([Decimal("12.50"), None, None], pa.decimal128(16, 2)),
        "medfee_sumamt": [float("nan"), 30.25, None],
        "diseinfo": [None, [{"diag_code": "J00"}], None],
    }
    pq.write_table(pa.table(rows), path)
    reads = list(open_source(path))
    assert shown(reads) == [(1, "c1"), (2, "s1"), (3, "unknown_event_type")]
    first, second = (read.event for read in reads[:2] if isinstance(read, Record))
    assert isinstance(first, AccountCredit)
    assert first.amt == 1250
    assert isinstance(second, Settlement)
    assert second.medfee_sumamt == 3025
    assert second.diseinfo[0].diag_code == "J00"


def test_a_damaged_parquet_file_is_a_dead_letter(tmp_path: Path) -> None:
    path = tmp_path / "settlement.parquet"
    path.write_bytes(b"PAR1 and no more")
    assert shown(open_source(path)) == [(1, "unreadable_file")]

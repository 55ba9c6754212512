import json
from decimal import Decimal
from pathlib import Path

from events.deadletters import DeadLetter
from events.kinds import (
    Reversal,
    Settlement,
)
from events.readers import open_source, open_sources, read_interface
from events.readers.interface import read_pair
from events.readers.interface_visits import Visits
from tests.unit.events.interface_pairs import (
    HOSPITAL,
    MSGID,
    events,
    letters,
    local,
    numbers,
    one,
    pair,
    run,
    setlinfo,
)


def write(path: Path, *pairs: bytes) -> Path:
    path.write_bytes(b"\n".join(pairs) + b"\n")
    return path


def test_a_pharmacy_settlement_merges_both_sides_and_the_trace_codes() -> None:
    event = one(
        pair(
            "2102",
            {
                "druginfo": {
                    "psn_no": "P1",
                    "med_type": "41",
                    "begntime": "2024-03-05 07:59:00",
                    "acct_used_flag": "2",
                    "medfee_sumamt": "29.00",
                },
                "drugdetail": [
                    {
                        "feedetl_sn": 1,
                        "med_list_codg": "XA01",
                        "cnt": 2,
                        "pric": "15.000000",
                        "det_item_fee_sumamt": 30,
                        "durg_trac_info": [
                            {"drug_trac_codg": "81234500067890000017", "trdn_flag": "1"}
                        ],
                    },
                    {"feedetl_sn": "2", "drug_trac_codg": "8a,8b"},
                ],
                "durg_trac_info": [{"feedetl_sn": "2", "drug_trac_codg": "8c"}],
            },
            {
                "setlinfo": setlinfo(),
                "setldetail": [{"fund_pay_type": "310100", "fund_payamt": 18}],
                "detlcutinfo": [{"feedetl_sn": "1", "selfpay_prop": "0.1", "chrgitm_lv": "02"}],
            },
        )
    )
    assert isinstance(event, Settlement)
    assert event.event_id == MSGID + "0001"
    assert event.event_time == local("2024-03-05 08:01:00")
    assert (event.infno, event.setl_id, event.psn_no, event.fixmedins_code) == (
        "2102",
        "S1",
        "P1",
        HOSPITAL,
    )
    assert (event.insuplc_admdvs, event.mdtrtarea_admvs) == ("640100", "640100")
    assert (event.medfee_sumamt, event.hifp_pay, event.acct_pay) == (3000, 1800, 1200)
    assert (event.med_type, event.acct_used_flag, event.opter, event.dev_no) == (
        "41",
        "2",
        "op7",
        "T9",
    )
    assert event.setldetail[0].fund_payamt == 1800
    first, second = event.feedetail
    assert (first.cnt, first.pric, first.selfpay_prop) == (Decimal(2), Decimal(15), Decimal("0.1"))
    assert (first.trdn_flag, first.drug_trac_codg) == ("1", ("81234500067890000017",))
    assert second.drug_trac_codg == ("8a", "8b", "8c")


def visit(number: int = 1, **fields: str) -> bytes:
    return pair(
        "2203",
        {
            "mdtrtinfo": {
                "mdtrt_id": "V1",
                "psn_no": "P1",
                "med_type": "11",
                "begntime": "2024-03-05 07:00:00",
            }
            | fields,
            "diseinfo": [
                {"diag_type": "1", "diag_code": "J00", "vali_flag": "1"},
                {"diag_type": "1", "diag_code": "J01", "vali_flag": "0"},
            ],
        },
        number=number,
    )


def fees(number: int, *lines: tuple[int, str], answer: object = None) -> bytes:
    nodes = [
        {"feedetl_sn": sn, "mdtrt_id": "V1", "chrg_bchno": batch, "det_item_fee_sumamt": 10}
        for sn, batch in lines
    ]
    return pair("2204", {"feedetail": nodes}, answer, number=number)


def settle(number: int, batch: str = "", setl_id: str = "S1") -> bytes:
    node = {"mdtrt_id": "V1", "psn_no": "P1", "chrg_bchno": batch, "medfee_sumamt": 30}
    return pair("2207", {"data": node}, {"setlinfo": setlinfo(setl_id=setl_id)}, number=number)


def test_diagnosis_and_lines_wait_for_their_settlement() -> None:
    answer = {"result": [{"feedetl_sn": "1", "chrgitm_lv": "01"}]}
    event = one(visit(1), fees(2, (1, "B1"), (2, "B1"), answer=answer), settle(3, "B1"))
    assert isinstance(event, Settlement)
    assert event.event_id == MSGID + "0003"
    assert [diagnosis.diag_code for diagnosis in event.diseinfo] == ["J00"]
    assert numbers(event) == ["1", "2"]
    assert event.feedetail[0].chrgitm_lv == "01"
    assert event.med_type == "11"
    assert event.begntime == local("2024-03-05 07:00:00")


def test_each_batch_goes_to_its_settlement_and_again_after_a_cancellation() -> None:
    got = events(
        run(
            visit(1),
            fees(2, (1, "B1"), (2, "B2")),
            settle(3, "B1"),
            settle(4, "B1", "S2"),
            settle(5, "", "S3"),
        )
    )
    assert [numbers(event) for event in got] == [["1"], ["1"], ["2"]]
    assert all(event.diseinfo for event in got)


def test_lines_sent_twice_count_once() -> None:
    event = one(visit(1), fees(2, (1, "B1")), fees(2, (1, "B1")), settle(3, "B1"))
    assert numbers(event) == ["1"]


def test_withdrawn_lines_are_gone_and_not_unmatched() -> None:
    withdrawn = pair("2205", {"data": {"mdtrt_id": "V1", "chrg_bchno": "0000"}}, number=4)
    event = one(visit(1), fees(2, (1, "B1")), withdrawn, fees(5, (2, "B2")), settle(6))
    assert numbers(event) == ["2"]


def test_what_is_never_settled_is_unmatched() -> None:
    reads = run(
        visit(1), fees(2, (1, "B1")), fees(3, (2, "B2")), settle(4, "B2"), visit(5, mdtrt_id="V2")
    )
    assert letters(reads) == [(2, "unmatched", "mdtrt_id"), (5, "unmatched", "mdtrt_id")]
    assert [read.raw[:10] for read in reads if isinstance(read, DeadLetter)] == [b'{"request"'] * 2


def test_the_oldest_visit_gives_way_when_too_many_are_held() -> None:
    visits = Visits(limit=1)
    assert list(read_pair(visit(1), "pairs", 1, visits)) == []
    assert letters(read_pair(visit(2, mdtrt_id="V2"), "pairs", 2, visits)) == [
        (1, "unmatched", "mdtrt_id")
    ]
    assert list(visits.held) == ["V2"]


def test_uploads_and_settlement_may_stand_in_different_files_and_forms(tmp_path: Path) -> None:
    plain = (
        b'{"event_type":"account_credit","event_id":"c1","event_time":"2024-03-05T08:00:00",'
        b'"psn_no":"P1","amt":1}'
    )
    spaced = json.dumps(json.loads(settle(3, "B1")), indent=None, separators=(" , ", " : "))
    first = write(tmp_path / "a.ndjson", visit(1), plain, fees(2, (1, "B1")))
    second = write(tmp_path / "b.ndjson", b" " + spaced.encode())
    got = events(open_source(tmp_path))
    assert [event.event_id for event in got] == ["c1", MSGID + "0003"]
    assert numbers(got[1]) == ["1"]
    assert len(events(open_sources([first, second]))) == 2
    assert letters(read_interface([write(tmp_path / "c.ndjson", visit(1))])) == [
        (1, "unmatched", "mdtrt_id")
    ]


def test_a_cancellation_gives_positive_amounts_and_names_the_original() -> None:
    event = one(
        pair(
            "2208",
            {"data": {"setl_id": "S1", "mdtrt_id": "V1", "psn_no": "P1"}},
            {
                "setlinfo": setlinfo(
                    setl_id="S9", fund_pay_sumamt="-18.00", acct_pay=-12, pdn_cash_pay=-1.5
                )
            },
        )
    )
    assert isinstance(event, Reversal)
    assert (event.setl_id, event.init_setl_id, event.mdtrt_id) == ("S1", "S1", "V1")
    assert (event.fund_pay_sumamt, event.acct_pay, event.psn_cash_pay) == (1800, 1200, 150)
    assert event.event_time == local("2024-03-05 08:01:00")


def test_a_correction_names_the_message_it_takes_back() -> None:
    node = {"psn_no": "P1", "omsgid": MSGID + "0001", "oinfno": "2207"}
    event = one(pair("2601", {"data": node}, number=7))
    assert isinstance(event, Reversal)
    assert (event.infno, event.init_setl_id) == ("2601", MSGID + "0001")
    assert letters(run(pair("2601", {"data": {"psn_no": "P1"}}))) == [
        (1, "missing_field", "omsgid")
    ]


def test_refused_and_empty_transactions_are_no_events() -> None:
    node = {"data": {"mdtrt_id": "V1"}}
    reads = run(
        pair("2207", node, infcode=-1),
        pair("2207", node, infcode="-1"),
        pair("2206", node, {}),
        pair("2207", node, {"setlinfo": {"setl_id": "S1"}}),
        pair("2207", "text", {}),
        pair("2204", {"feedetail": []}),
        pair("2203", {"mdtrtinfo": {"psn_no": "P1"}}),
        pair("2208", node, {}),
        pair("3505", {}, {}),
        pair("1101", {}, {}),
    )
    assert letters(reads) == [
        (1, "refused_by_platform", "response.infcode"),
        (2, "refused_by_platform", "response.infcode"),
        (3, "no_event", "request.infno"),
        (4, "missing_field", "psn_no"),
        (5, "bad_value", "input"),
        (6, "missing_field", "input.feedetail"),
        (7, "missing_field", "mdtrt_id"),
        (8, "missing_field", "setl_id"),
        (9, "missing_field", "input"),
        (10, "missing_field", "output.insuinfo"),
    ]


def test_hostile_pairs_are_dead_letters() -> None:
    deep = b'{"request": ' + b'{"a":' * 500 + b"1" + b"}" * 500 + b', "response": {}}'
    reads = run(
        b'{"request": 1, "response": 2}',
        b'{"request": {}}',
        b'{"request": {"infno": "2207"}, "response": {"infcode": 0}}',
        b'{"request": {"infno": "2207", "msgid": "m"}, "response": {}}',
        deep,
        b'{"request": ' + b"[" * 100_000,
        b"\xff\xfe",
        b"[]",
        b'{"request": "' + b"x" * (1 << 20) + b'"}',
        pair(
            "2102", {"druginfo": [[1]], "drugdetail": [1, None]}, {"setlinfo": [], "setldetail": 7}
        ),
        pair("3505A", {"selinfoDetail": [{"drugtracinfo": "x", "sel_retn_cnt": "many"}]}),
        pair("2601", {"data": {"omsgid": {"a": 1}, "psn_no": "P1"}}),
    )
    assert len(letters(reads)) == 12
    reasons = {reason for _, reason, _ in letters(reads)}
    assert reasons <= {"missing_field", "not_json", "not_utf8", "too_large", "bad_value"}


def test_output_sent_as_text_is_read() -> None:
    event = one(pair("2207", {"data": {"mdtrt_id": "V1"}}, json.dumps({"setlinfo": setlinfo()})))
    assert event.setl_id == "S1"
    assert letters(run(pair("2207", {"data": {}}, "{broken"))) == [(1, "bad_value", "output")]

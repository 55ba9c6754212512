"""Disclosure hides small groups, journals balance, no cell is a formula, sums are told apart."""

import csv
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.exports.bookkeeping import book, unbalanced
from alerts.exports.columnar import Both
from alerts.exports.disclosure import LEAST, suppressed
from alerts.exports.neutral import neutral
from alerts.exports.slim import Settled, slim_of
from alerts.exports.tables import columns
from alerts.exports.tally import ACCOUNT_FUND, EARLIER, POOL_FUND, Cell, Flow, Paid, Tally
from events.codec import encode_json
from rules.packs import Policy
from rules.reference import EMPTY

GROUPS = st.dictionaries(
    st.text("abc", min_size=1, max_size=3), st.sets(st.integers(0, 60), min_size=1), max_size=8
)


@given(GROUPS)
def test_no_row_for_the_public_has_few_people(people: dict[str, set[int]]) -> None:
    shown = suppressed(people)
    groups = [group for row in shown for group in row.groups]

    assert all(row.people >= LEAST for row in shown)
    assert len(groups) == len(set(groups))
    # All groups are in it, or even together they are too few.
    everybody = set().union(*people.values()) if people else set()
    hidden = people.keys() - set(groups)
    if len(everybody) >= LEAST and hidden:
        assert len(set().union(*(people[group] for group in hidden))) < LEAST
    # What is merged cannot be had by subtracting: a row alone in the merged one is large.
    for row in shown:
        assert row.people == len(set().union(*(people[group] for group in row.groups)))


def test_a_small_group_takes_in_the_next() -> None:
    people = {"a": set(range(30)), "b": set(range(30, 42)), "c": {1, 2}}

    assert [(row.groups, row.people) for row in suppressed(people)] == [
        (("a",), 30),
        (("b", "c"), 14),
    ]


def test_journals_of_premiums_balance_in_both_funds() -> None:
    premiums = {
        Paid("2024-01", "640100", "resident", "child"): [2, 76000],
        Paid("2024-01", "640100", "resident", "spouse"): [1, 38000],
        Paid("2024-01", "640100", "long_term_care", "self"): [3, 9000],
        Paid("2024-02", "640100", "supplementary", "self"): [1, 5000],
    }
    entries, unbooked = book(premiums)

    assert unbalanced(entries) == []
    assert [(e.line, e.fund, e.account, e.debit, e.credit) for e in entries[4:]] == [
        (
            1,
            "职工基本医疗保险",
            "基本医疗保险待遇支出/个人账户基金支出/居民医保缴费支出",
            114000,
            0,
        ),
        (2, "职工基本医疗保险", "支出户存款", 0, 114000),
        (3, "城乡居民基本医疗保险", "国库存款", 114000, 0),
        (4, "城乡居民基本医疗保险", "基本医疗保险费收入/个人缴费收入", 0, 114000),
    ]
    assert {e.fund for e in entries[:4]} == {"职工基本医疗保险", "长期护理保险"}
    assert entries[3].account == "长护险保险费收入"
    assert [(one.product, one.amount) for one in unbooked] == [("supplementary", 5000)]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\t=1", "  =cmd", "＝1", "\u3000=1", "\r=1"]
)
def test_a_cell_that_begins_like_a_formula_is_text(text: str) -> None:
    assert neutral(text).startswith("'")


@pytest.mark.parametrize("text", ["", "药店=1", "P-00", "2024-01", "a+b", "'=1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


def test_files_have_exact_amounts(tmp_path: Path) -> None:
    for folder in ("csv", "parquet"):
        (tmp_path / folder).mkdir()
    told = columns("a|甲|a", "b|乙|b|money", "c|丙|c|count", "d|丁|d|date", "e|戊|e|time")
    with Both(tmp_path, "t", told) as both:
        both.take(("=x", 10**17 + 1, 3, date(2026, 3, 1), 0))
        both.take((None, None, None, None, None))

    with (tmp_path / "csv" / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    table = pq.read_table(tmp_path / "parquet" / "t.parquet").to_pylist()
    assert rows[1] == ["'=x", "1000000000000000.01", "3", "2026-03-01", "1970-01-01T08:00:00+08:00"]
    assert rows[2] == [""] * 5
    assert str(table[0]["b"]) == "1000000000000000.01"
    assert table[0]["a"] == "=x"
    assert set(table[1].values()) == {None}


def settled(**changes: object) -> bytes:
    """A settlement of a general outpatient visit as it is archived."""
    fields: dict[str, object] = {
        "event_type": "settlement",
        "event_id": "s1",
        "event_time": "2024-01-31T23:59:59+08:00",
        "psn_no": "1",
        "fixmedins_code": "H1",
        "insuplc_admdvs": "640104",
        "setl_id": "S1",
        "med_type": "11",
        "medfee_sumamt": 100.5,
        "inscp_scp_amt": "90.00",
        "hifp_pay": 60,
        "fund_pay_sumamt": 60,
        "acct_pay": 40.5,
        "acct_mulaid_pay": 10,
        "setldetail": [
            {"fund_pay_type": "310102", "fund_payamt": 60},
            {"fund_pay_type": "310200", "fund_payamt": 40.5},
        ],
        "feedetail": [{"med_chrgitm_type": "09", "det_item_fee_sumamt": 100.5}],
    }
    return encode_json({**fields, **changes})


def tallied(*lines: bytes, policy: Policy | None = None) -> Tally:
    """The sums of some lines."""
    tally = Tally(policy or Policy.load(), EMPTY)
    tally.take([event for event in map(slim_of, lines) if event is not None])
    tally.finish()
    return tally


def test_funds_and_accounts_are_told_apart() -> None:
    back = {
        "event_type": "reversal",
        "event_id": "r1",
        "event_time": "2024-02-01T00:00:00+08:00",
        "psn_no": "1",
        "fixmedins_code": "H1",
        "insuplc_admdvs": "640104",
        "init_setl_id": "S1",
        "fund_pay_sumamt": "60.00",
        "acct_pay": "40.50",
    }
    stray = {**back, "event_id": "r2", "init_setl_id": "S0", "acct_pay": 0, "fund_pay_sumamt": 1}
    # A reversal may come before what it takes back.
    tally = tallied(encode_json(back), settled(), encode_json(stray))

    january = tally.cells[Cell("2024-01", "H1", "640104", "general")]
    february = tally.cells[Cell("2024-02", "H1", "640104", "general")]
    assert (january.fee, january.fund, january.account, january.shared) == (10050, 6000, 4050, 1000)
    assert (february.fund_net, february.account_net, february.reversals) == (-6000, -4050, 1)
    assert tally.cells[Cell("2024-02", "H1", "640104", EARLIER)].fund_back == 100
    funds = {(fund, amount) for (_, _, fund), amount in tally.funds.items()}
    assert funds == {
        ("310102", 6000),
        (ACCOUNT_FUND, 4050),
        ("310102", -6000),
        (ACCOUNT_FUND, -4050),
        (POOL_FUND, -100),
    }
    assert tally.flows[Flow("2024-01", "640104", "spending", "care.family")] == [1, 1000]
    assert tally.flows[Flow("2024-01", "640104", "spending", "care.own")] == [1, 3050]
    assert tally.flows[Flow("2024-02", "640104", "income", "refund")] == [1, 4050]
    assert tally.charges["640100", "09"] == 10050


def test_account_money_inside_the_funds_sum_is_taken_out(tmp_path: Path) -> None:
    overlay = tmp_path / "inside.yaml"
    overlay.write_text(
        "overlay: inside\npack: nation\nmode: replace\nofficial: false\ntitle_zh: 试\ntitle_en: t\n"
        "values:\n  amounts:\n    fund_sum_includes_account:\n"
        "      - {from: 2020-01-01, value: true, reference: made up, checked: 2026-01-01}\n",
        encoding="utf-8",
    )
    inside = settled(fund_pay_sumamt=100.5)
    tally = tallied(inside, policy=Policy.load([overlay]))

    assert tally.cells[Cell("2024-01", "H1", "640104", "general")].fund == 6000


def test_a_forgiven_line_counts_and_other_kinds_do_not() -> None:
    forgiven = slim_of(settled(setl_id=17, event_time="2024-01-31 10:00:00"))

    assert isinstance(forgiven, Settled)
    assert forgiven.setl_id == "17"
    assert forgiven.feedetail[0].det_item_fee_sumamt == 10050
    assert slim_of(b'{"event_type":"identity_check","event_id":"i","psn_no":"1"}') is None

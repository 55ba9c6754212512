"""Features are functions of what lies before a settlement, whatever the order of arrival."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest

from detectors.features import settlement
from detectors.features.feature import UNITS
from detectors.features.person import encounter_of
from detectors.features.verdicts import Verdict, VerdictBook, book_of, keys_of
from events.times import CST
from rules.histories.records import Refund, Visit
from tests.unit.detectors.stories import refund, value, visit, world_of

_START = datetime(2024, 3, 1, 8, tzinfo=CST)


def _stream(seed: int) -> list[tuple[str, Visit | Refund]]:
    rng = Random(seed)
    records: list[tuple[str, Visit | Refund]] = []
    for number in range(240):
        who = f"PERSON-{rng.randrange(12)}"
        time = _START + timedelta(minutes=rng.randrange(40 * 24 * 60))
        fields: dict[str, Any] = {"dev_no": rng.choice(("", "T1", "T2")), "opter": "O1"}
        if rng.random() < 0.5:
            fields["feedetail"] = [
                {"med_list_codg": "XA01", "det_item_fee_sumamt": "50", "bilg_dr_codg": "D1"}
            ]
        record = visit(number, who, time.isoformat(), f"{rng.randrange(10, 400)}.00", **fields)
        records.append((who, record))
        if rng.random() < 0.15:
            back = time + timedelta(hours=rng.randrange(1, 200))
            records.append((who, refund(1000 + number, record, back.isoformat())))
    return records


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_do_not_depend_on_the_order_of_arrival(seed: int) -> None:
    records = _stream(seed)
    ordered = world_of(sorted(records, key=lambda item: (item[1].time, item[1].event_id)))
    shuffled = records[:]
    Random(seed).shuffle(shuffled)
    other = world_of(shuffled + shuffled[:50])
    for _, record in records:
        if isinstance(record, Visit):
            assert ordered.row(record).tobytes() == other.row(record).tobytes()


def test_rows_look_only_at_what_lies_before() -> None:
    """Settlements and reversals after a settlement, and verdicts known later, change nothing."""
    records = sorted(_stream(4), key=lambda item: (item[1].time, item[1].event_id))
    whole = world_of(records)
    for at in (50, 120, 200):
        _, record = records[at]
        if isinstance(record, Visit):
            before = world_of(records[: at + 1])
            assert before.row(record).tobytes() == whole.row(record).tobytes()


def test_every_feature_has_a_name_of_its_own_and_a_unit() -> None:
    assert len(set(settlement.NAMES)) == len(settlement.NAMES)
    assert {feature.unit for feature in settlement.FEATURES} <= set(UNITS)
    assert all(feature.zh and feature.en for feature in settlement.FEATURES)


def test_a_row_has_a_finite_value_for_every_feature() -> None:
    records = _stream(5)
    world = world_of(records)
    for _, record in records:
        if isinstance(record, Visit):
            row = world.row(record)
            assert row.shape == (len(settlement.FEATURES),)
            assert np.isfinite(row).all()


def test_a_fee_is_seen_against_the_own_past() -> None:
    usual = [("P", visit(day, "P", f"2024-03-{day:02d}T09:00:00")) for day in range(1, 20)]
    last = visit(30, "P", "2024-03-20T23:30:00", "500.00", fixmedins_code="H64010000002")
    row = world_of([*usual, ("P", last)]).row(last)
    assert value(row, "fee_over_own") == pytest.approx(np.log(5) * 19 / 20, rel=1e-4)
    assert value(row, "fee_own_score") > 5
    assert value(row, "night") == 1
    assert value(row, "new_institution") == 1
    assert value(row, "hour_from_own") > 8


def test_company_is_seen_on_the_third_day_together() -> None:
    records: list[tuple[str, Visit | Refund]] = []
    for day in (1, 8, 15):
        for at, who in enumerate(("A", "B", "C")):
            time = f"2024-03-{day:02d}T10:0{at}:00"
            records.append((who, visit(day * 10 + at, who, time, dev_no="T1")))
    last = records[-1][1]
    assert isinstance(last, Visit)
    row = world_of(records).row(last)
    assert value(row, "companions") == 2
    assert value(row, "companion_days") == 2
    assert value(row, "companion_surprise") > 3


def test_verdicts_count_only_once_they_are_known() -> None:
    one = encounter_of(visit(1, "P", "2024-03-10T09:00:00", dev_no="T1"))
    later = encounter_of(visit(2, "Q", "2024-03-20T09:00:00", dev_no="T1"))
    verdict = Verdict(keys_of(one), one.time, later.time, True)
    before, after = VerdictBook([verdict]), VerdictBook([verdict])
    known = encounter_of(visit(3, "Q", "2024-03-20T09:00:01", dev_no="T1"))
    names = {feature.name: at for at, feature in enumerate(settlement.FEATURES)}
    first = names["person_rate_7d"]
    assert before.part(later)[names["till_confirmed"] - first] == 0
    assert after.part(known)[names["till_confirmed"] - first] == pytest.approx(np.log(2))
    assert after.part(known)[names["person_confirmed"] - first] == 0


def test_a_book_survives_its_arrays() -> None:
    ones = [
        encounter_of(visit(at, f"P{at % 3}", f"2024-03-{at:02d}T09:00:00")) for at in range(1, 20)
    ]
    verdicts = [
        Verdict(keys_of(one), one.time, one.time + 600, at % 4 == 0) for at, one in enumerate(ones)
    ]
    book = VerdictBook(verdicts, 0.2)
    again = book_of(*book.arrays(), 0.2)
    assert [again.part(one) for one in ones] == [book.part(one) for one in ones]

"""What a generated stream promises: the same for a seed, well-formed, labelled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from events.identifiers import (
    check_identity,
    check_institution,
    check_item,
    check_message_id,
    check_receipt,
    check_staff,
    check_trace,
)
from events.kinds import InsuranceStatus, ManualClaim, Settlement
from events.times import day_start
from simulation import simulate
from simulation.typologies import TYPOLOGIES, cases_each
from tests.unit.simulation.conftest import PERSONS, Made, made

REPOSITORY = Path(__file__).parents[3]


def _hashed(folder: Path, hash_seed: str) -> bytes:
    """The event file and labels of another process with another hash seed."""
    code = (
        "from pathlib import Path; from simulation import simulate;"
        f"simulate(Path({str(folder)!r}), seed=11, persons=320, days=40)"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    return (folder / "events.ndjson").read_bytes() + (folder / "labels.csv").read_bytes()


def test_a_seed_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    assert _hashed(tmp_path / "a", "1") == _hashed(tmp_path / "b", "2")


def test_another_seed_gives_another_stream(tmp_path: Path) -> None:
    for seed in (1, 2):
        simulate(tmp_path / str(seed), seed=seed, persons=30, days=10)
    first, second = ((tmp_path / s / "events.ndjson").read_bytes() for s in ("1", "2"))
    assert first != second


def test_events_are_in_the_order_of_their_time(stream: Made) -> None:
    seen: set[str] = set()
    times = []
    for event in stream.events:
        if event.event_id not in seen:
            seen.add(event.event_id)
            times.append(event.event_time)
    assert times == sorted(times)
    assert stream.summary.events == len(stream.events)


def test_only_the_messages_delivered_twice_share_an_id(stream: Made) -> None:
    ids: set[str] = set()
    again = []
    for event in stream.events:
        if event.event_id in ids:
            again.append(event.event_id)
        ids.add(event.event_id)
    assert {stream.labels[one] for one in again} <= {("resubmitted", True)}


def test_every_label_names_an_event(stream: Made) -> None:
    assert set(stream.labels) <= {event.event_id for event in stream.events}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_typology_and_look_alike_occurs(tmp_path: Path, seed: int) -> None:
    one = made(tmp_path, seed=seed, persons=300, days=90)
    names = {one.name for one in TYPOLOGIES if "64" in one.regions}
    assert {name for name, near in one.labels.values() if not near} == names
    assert {name for name, near in one.labels.values() if near} == names


def test_cases_grow_with_the_people() -> None:
    assert [cases_each(n) for n in (299, 300, 5000, 20_000, 100_000)] == [0, 1, 8, 8, 40]


@pytest.mark.parametrize("days", [1, 2, 5, 13])
def test_short_streams_leave_out_what_has_no_room(tmp_path: Path, days: int) -> None:
    one = made(tmp_path, seed=5, persons=310, days=days)
    first = day_start(19723)
    assert one.events
    assert all(first <= event.event_time.timestamp() < first + days * 86400 for event in one.events)


def test_everybody_is_insured_before_anything_else(stream: Made) -> None:
    insured: set[str] = set()
    for event in stream.events:
        if isinstance(event, InsuranceStatus):
            insured.add(event.psn_no)
        elif event.psn_no:
            assert event.psn_no in insured
    assert len(insured) == stream.summary.persons >= PERSONS


def test_identifiers_satisfy_the_national_formats(stream: Made) -> None:
    for event in stream.events:
        if event.fixmedins_code:
            assert check_institution(event.fixmedins_code) is None
            assert check_message_id(event.event_id) is None
        if isinstance(event, ManualClaim):
            assert check_receipt(event.bill_code, event.bill_no) is None
        if not isinstance(event, Settlement):
            continue
        assert check_identity(event.certno) is None
        assert event.certno[6:14] == f"{event.brdy:%Y%m%d}"
        assert int(event.certno[16]) % 2 == int(event.gend == "1")
        assert check_receipt(event.invo_codg, event.invono) is None
        for line in event.feedetail:
            assert line.med_list_codg == "NMLC999" or check_item(line.med_list_codg) is None
            assert not line.bilg_dr_codg or check_staff(line.bilg_dr_codg) is None
            for code in line.drug_trac_codg:
                assert code == "0" * 20 or check_trace(code) is None


def test_progress_ends_with_everybody(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    simulate(
        tmp_path, seed=1, persons=60, days=5, progress=lambda done, all_: told.append((done, all_))
    )
    assert told[-1] == (60, 60)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize(("area", "first"), [("510100", "51"), ("150400", "15")])
def test_other_pooling_areas(tmp_path: Path, area: str, first: str) -> None:
    simulate(tmp_path, seed=1, persons=40, days=10, area=area)
    text = (tmp_path / "events.ndjson").read_text(encoding="utf-8")
    assert f'"insuplc_admdvs":"{area}"' in text
    assert f'"certno":"{first}' in text


def test_an_unknown_area_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected one of 640100"):
        simulate(tmp_path, seed=1, persons=10, days=10, area="999999")


@pytest.mark.parametrize(("persons", "days"), [(0, 10), (10, 0)])
def test_nobody_or_no_time_is_refused(tmp_path: Path, persons: int, days: int) -> None:
    with pytest.raises(ValueError, match="expected 1 or more"):
        simulate(tmp_path, seed=1, persons=persons, days=days)

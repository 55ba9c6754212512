"""The store keeps every import and says what holds when."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from rules.knowledge.points import IN_FORCE
from rules.knowledge.store import import_table, load_points, read_manifest
from rules.strict_yaml import DataFileError

CODE: Final = "XJ07AZZ013B001010100013"


def table(folder: Path, name: str, **constraints: str) -> Path:
    lines = ["kp_id,rule_class,constraint,med_codes"]
    lines += [f"{kp_id},药品限支付疗程,{text},{CODE}" for kp_id, text in constraints.items()]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def held(folder: Path) -> list[tuple[str, str, date, date | None, int]]:
    return [
        (one.point.kp_id, one.point.constraint, one.since, one.until, one.version)
        for one in load_points(folder)
    ]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    store, source = tmp_path / "store", table(tmp_path, "a.csv", A="支付不超过14天")
    first = import_table(source, store)
    before = files(store)

    again = import_table(source, store)

    assert (first.changed, first.new) == (True, 1)
    assert not again.changed
    assert files(store) == before


def test_points_hold_from_the_first_publication_unless_told(tmp_path: Path) -> None:
    import_table(table(tmp_path, "a.csv", A="支付不超过14天"), tmp_path / "store")

    assert held(tmp_path / "store") == [("A", "支付不超过14天", IN_FORCE, None, 1)]


def test_a_newer_table_supersedes_from_its_date(tmp_path: Path) -> None:
    store = tmp_path / "store"
    import_table(table(tmp_path, "a.csv", A="支付不超过14天", B="支付不超过7天"), store)
    outcome = import_table(
        table(tmp_path, "b.csv", A="支付不超过10天", C="支付不超过3天"), store, date(2026, 1, 1)
    )

    assert (outcome.new, outcome.superseded) == (1, 1)
    assert held(store) == [
        ("A", "支付不超过14天", IN_FORCE, date(2025, 12, 31), 1),
        ("A", "支付不超过10天", date(2026, 1, 1), None, 2),
        ("B", "支付不超过7天", IN_FORCE, None, 1),
        ("C", "支付不超过3天", date(2026, 1, 1), None, 2),
    ]
    assert [record.points for record in read_manifest(store).imports] == [2, 2]


def test_what_is_told_alike_is_not_superseded(tmp_path: Path) -> None:
    store = tmp_path / "store"
    import_table(table(tmp_path, "a.csv", A="支付不超过14天"), store)
    import_table(table(tmp_path, "b.csv", A="支付不超过14天", B="限"), store, date(2026, 1, 1))

    assert held(store)[0] == ("A", "支付不超过14天", IN_FORCE, None, 1)


def test_a_correction_of_the_same_day_takes_the_place(tmp_path: Path) -> None:
    store = tmp_path / "store"
    import_table(table(tmp_path, "a.csv", A="支付不超过41天"), store)
    import_table(table(tmp_path, "b.csv", A="支付不超过14天"), store)

    assert held(store) == [("A", "支付不超过14天", IN_FORCE, None, 2)]


def test_a_folder_without_store_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="knowledge import"):
        load_points(tmp_path)


def test_a_damaged_store_names_the_file(tmp_path: Path) -> None:
    store = tmp_path / "store"
    import_table(table(tmp_path, "a.csv", A="支付不超过14天"), store)
    (store / "points.json").write_text("{", encoding="utf-8")

    with pytest.raises(DataFileError, match=r"points\.json"):
        load_points(store)

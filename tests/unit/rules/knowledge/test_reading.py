"""Published tables in the forms in which they come."""

from pathlib import Path
from typing import Any, Final

import pytest

from rules.knowledge.reading import read_table
from rules.strict_yaml import DataFileError

TABLE: Final = Path(__file__).with_name("points.csv")
HEADINGS: Final = "rule_class,备注,med_codes,kp_id,constraint"


def write(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "points.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def test_the_made_up_table_has_no_problems() -> None:
    table = read_table(TABLE)

    assert (table.rows, len(table.points), table.problems) == (52, 52, ())
    first = table.points[0]
    assert first.kp_id == "KP-001"
    assert first.codes == ("XA01AZZ001A001010000001", "XA01AZZ002A001010000002")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_columns_in_any_order_and_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(
        tmp_path,
        HEADINGS,
        '药品限工伤保险,无,"XJ07AZZ013B001010100013；XJ07AZZ013B001010100014",KP-1,"限工伤保险,\n见目录"',
        encoding=encoding,
    )

    (point,) = read_table(path).points

    assert point.rule_class == "药品限工伤保险"
    assert point.constraint == "限工伤保险,\n见目录"
    assert len(point.codes) == 2


def test_bad_rows_are_told_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    code = "XJ07AZZ013B001010100013"
    path = write(
        tmp_path,
        HEADINGS,
        f"甲类,,{code},,限",
        f",,{code},KP-2,限",
        "甲类,,NMLC999,KP-3,限",
        f"甲类,,{code};XYZ,KP-4,限",
        f"甲类,,{code},KP-5,限",
        f"乙类,,{code},KP-5,限",
        f"甲类,,{code},KP-6,限,多余",
        "",
    )

    table = read_table(path)

    assert [point.kp_id for point in table.points] == ["KP-4", "KP-5"]
    assert [(p.line, p.field, p.found, p.kept) for p in table.problems] == [
        (2, "kp_id", "", False),
        (3, "rule_class", "", False),
        (4, "med_codes", "NMLC999", False),
        (5, "med_codes", "XYZ", True),
        (7, "kp_id", "KP-5", False),
        (8, "(row)", "6 cells", False),
    ]
    assert all(problem.expected for problem in table.problems)


@pytest.mark.parametrize(
    ("text", "told"), [("", "nothing"), ("a,b,c\n1,2,3\n", "kp_id"), ("kp_id,rule_class\n", "med")]
)
def test_what_is_no_such_table_is_refused_by_name(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DataFileError, match=rf"other\.csv.*{told}"):
        read_table(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes(b"kp_id,rule_class\n\xff\xff\x00")

    with pytest.raises(DataFileError, match=r"points\.csv"):
        read_table(path)


def test_an_excel_workbook_reads_alike(tmp_path: Path) -> None:
    openpyxl: Any = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["规则名称", "知识点编码", "限定条件", "医保编码", "批次"],
        ["医疗服务项目限定频次", "KP-1", "日", "009900014000000", 8],
    ):
        book.active.append(row)
    path = tmp_path / "points.xlsx"
    book.save(path)

    (point,) = read_table(path).points

    assert (point.kp_id, point.codes, point.batch) == ("KP-1", ("009900014000000",), "8")


def test_a_damaged_workbook_is_refused_by_name(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    path = tmp_path / "points.xlsx"
    path.write_bytes(b"PK no workbook")

    with pytest.raises(DataFileError, match=r"points\.xlsx"):
        read_table(path)

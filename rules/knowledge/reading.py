"""Reads the published table, CSV or Excel, and says of each bad row what is wrong with it.

Columns may stand in any order and others may stand among them; Chinese headings are known too.
A bad row is told and left out, or kept without the part that is wrong; it never stops the rest.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from msgspec import Struct

from rules.knowledge.points import Point, is_national
from rules.strict_yaml import DataFileError

ENCODINGS: Final = ("utf-8-sig", "gb18030")
"""Tried in this order; the second reads every byte of what the first refuses, if it is Chinese."""
_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "kp_id": ("知识点编码", "知识点编号", "知识点id"),
    "rule_class": ("规则名称", "规则", "规则类别"),
    "gz_code": ("规则编码", "规则代码"),
    "item_name": ("药品名称", "项目名称", "医疗服务项目名称", "名称", "注册名称"),
    "constraint": ("限定条件", "限定内容", "限定支付范围", "知识点内容", "限制条件"),
    "detect_logic": ("检出逻辑", "判定逻辑", "违规逻辑", "逻辑"),
    "batch": ("批次",),
    "med_code": ("医保编码", "医保代码", "药品编码", "项目编码", "编码"),
    "med_codes": ("全部编码", "医保编码列表"),
    "med_code_count": ("编码数", "编码个数"),
}
_NEEDED: Final = ("kp_id", "rule_class", "constraint")
_CODE_COLUMNS: Final = ("med_codes", "med_code")
_SEPARATORS: Final = re.compile(r"[;；,，、|\s]+")
_GZ_CODE: Final = re.compile(r"(?:GZ|ZB)\d{14}", re.ASCII).fullmatch
_EXCEL: Final = (".xlsx", ".xlsm")
_FIELD_LIMIT: Final = 10_000_000
_SHOWN: Final = 60


class Problem(Struct, frozen=True):
    """What is wrong in one place: line of the file, field, what was found, what was expected."""

    line: int
    field: str
    found: str
    expected: str
    kept: bool = False
    """Whether the row was kept all the same, without the wrong part."""


class Table(Struct, frozen=True):
    """The points of a table, in its order, and what was wrong with it."""

    rows: int
    points: tuple[Point, ...]
    problems: tuple[Problem, ...]


def read_table(path: Path) -> Table:
    """Read a table of knowledge points.

    Raises DataFileError naming the file where it is no such table at all.
    """
    lines = _excel_rows(path) if path.suffix.lower() in _EXCEL else _csv_rows(path)
    try:
        headings = [_heading(cell) for cell in next(lines)[1]]
    except StopIteration:
        raise DataFileError(f"{path}: found nothing, expected a table with headings") from None
    missing = [name for name in _NEEDED if name not in headings]
    if not any(name in headings for name in _CODE_COLUMNS):
        missing.append(_CODE_COLUMNS[0])
    if missing:
        raise DataFileError(
            f"{path}:1: found the columns {', '.join(filter(None, headings))[:300]};"
            f" expected {', '.join(missing)} among them, named as in the published table"
        )
    return _points(headings, lines)


def _points(headings: Sequence[str], lines: Iterator[tuple[int, Sequence[str]]]) -> Table:
    points: dict[str, Point] = {}
    problems: list[Problem] = []
    rows = 0
    for line, cells in lines:
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        rows += 1
        if len(texts) > len(headings) and any(texts[len(headings) :]):
            problems.append(
                Problem(line, "(row)", f"{len(texts)} cells", f"{len(headings)} cells, as headings")
            )
            continue
        row = {name: text for name, text in zip(headings, texts, strict=False) if name}
        point = _point(row, line, problems)
        if point is None:
            continue
        known = points.setdefault(point.kp_id, point)
        if known != point:
            expected = "an id of its own; the first row with it counts"
            problems.append(Problem(line, "kp_id", point.kp_id, expected))
    return Table(rows, tuple(points.values()), tuple(problems))


def _point(row: Mapping[str, str], line: int, problems: list[Problem]) -> Point | None:
    def wrong(field: str, found: str, expected: str, *, kept: bool = False) -> None:
        problems.append(Problem(line, field, found[:_SHOWN], expected, kept))

    for name, expected in (("kp_id", "an id"), ("rule_class", "the name of a rule")):
        if not row.get(name):
            wrong(name, "", expected)
            return None
    codes = _codes(row)
    good = tuple(code for code in codes if is_national(code))
    for code in codes:
        if not is_national(code):
            expected = "national item codes, separated by semicolons"
            wrong("med_codes", code, expected, kept=bool(good))
    if codes and not good:
        return None
    count = row.get("med_code_count", "")
    if count and count.removesuffix(".0") != str(len(codes)):
        wrong("med_code_count", count, f"{len(codes)}, as many codes as there are", kept=True)
    gz_code = row.get("gz_code", "").upper()
    if gz_code and _GZ_CODE(gz_code) is None:
        wrong("gz_code", gz_code, "GZ or ZB and 14 digits, or nothing", kept=True)
        gz_code = ""
    return Point(
        kp_id=row["kp_id"],
        rule_class=row["rule_class"],
        gz_code=gz_code,
        item_name=row.get("item_name", ""),
        constraint=row.get("constraint", ""),
        detect_logic=row.get("detect_logic", ""),
        batch=row.get("batch", "").removesuffix(".0"),
        codes=good,
    )


def _codes(row: Mapping[str, str]) -> tuple[str, ...]:
    texts = [row.get("med_code", ""), row.get("med_codes", "")]
    parts = (part.upper() for text in texts for part in _SEPARATORS.split(normalize("NFKC", text)))
    return tuple(dict.fromkeys(part for part in parts if part))


def _heading(cell: str) -> str:
    text = normalize("NFKC", cell).strip().lower()
    for name, others in _HEADINGS.items():
        if text == name or text in others:
            return name
    return text


def _csv_rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    content = path.read_bytes()
    text = None
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    if text is None or "\0" in text:
        raise DataFileError(f"{path}: not a text in {' or '.join(ENCODINGS)}; save as CSV UTF-8")
    heading = text.partition("\n")[0]
    delimiter = max(",\t;", key=heading.count)
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataFileError(f"{path}:{line}: {error}; expected a CSV table") from error


def _excel_rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    if find_spec("openpyxl") is None:
        raise DataFileError(
            f"{path}: reading Excel files needs the package openpyxl; install it, or save as CSV"
        )
    openpyxl: Any = import_module("openpyxl")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        # A damaged workbook raises whatever the zip or XML reader inside happens to raise.
        raise DataFileError(f"{path}: not an Excel workbook ({error})") from error
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, ["" if cell is None else str(cell) for cell in cells]
    finally:
        book.close()

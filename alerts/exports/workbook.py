"""The workbook that a chief auditor reads: a summary with charts, then a sheet a table.

Rows are written as they come and forgotten (constant memory), so only so much as Excel can hold
goes into a sheet; the CSV and Parquet files always have everything. Nothing in it depends on the
clock: the date of creation is the end of the period.
"""

from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alerts.exports.neutral import neutral
from alerts.exports.periods import Period
from alerts.exports.tables import Column, Kind, Row, Table
from events.times import moment

MOST_ROWS: Final = 1_048_000
"""Rows of a sheet; Excel has 1,048,576."""
_LONGEST: Final = 32_000
_HEAD: Final = 3
_WIDTHS: Final[dict[Kind, int]] = {
    "text": 18,
    "money": 16,
    "count": 10,
    "number": 12,
    "date": 12,
    "time": 20,
    "flag": 8,
}
_WIDE: Final = frozenset(
    {"message_zh", "message_en", "basis", "source", "account", "reference", "cites", "evidence"}
)
_A4: Final = 9
_FORMATS: Final[dict[Kind, dict[str, Any]]] = {
    "money": {"num_format": "#,##0.00"},
    "count": {"num_format": "#,##0"},
    "number": {"num_format": "0.0000"},
    "date": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss"},
}


class Sheet:
    """A sheet that takes rows."""

    def __init__(self, book: "Book", table: Table) -> None:
        self._book = book
        self._columns = table.columns
        self._sheet = book.sheet(table.zh)
        self._at = _HEAD
        self._head(table)

    def _head(self, table: Table) -> None:
        sheet, book = self._sheet, self._book
        for at, column in enumerate(self._columns):
            width = 44 if column.name in _WIDE else _WIDTHS[column.kind]
            sheet.set_column(at, at, width)
        title = f"{table.zh} {table.en}"
        notes = [book.period_told, table.note_zh, table.note_en]
        if table.clauses:
            notes.append("依据 " + " ".join(table.clauses))
        sheet.write_string(0, 0, title, book.title)
        sheet.write_string(1, 0, "；".join(note for note in notes if note), book.note)
        for at, column in enumerate(self._columns):
            sheet.write_string(2, at, f"{column.zh}\n{column.en}", book.head)
        sheet.set_row(2, 32)
        sheet.freeze_panes(_HEAD, 1)
        sheet.repeat_rows(2)

    def take(self, row: Row) -> None:
        """Add a row, if there is room."""
        if self._at >= MOST_ROWS:
            return
        for at, (column, cell) in enumerate(zip(self._columns, row, strict=True)):
            if cell is not None:
                self._book.cell(self._sheet, self._at, at, column, cell)
        self._at += 1

    def close(self) -> None:
        """Let the rows be filtered."""
        last = max(self._at - 1, 2)
        self._sheet.autofilter(2, 0, last, len(self._columns) - 1)

    @property
    def name(self) -> str:
        """Its name in the workbook."""
        return str(self._sheet.get_name())

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self._at - _HEAD


class Book:
    """An open workbook."""

    def __init__(self, path: Path, period: Period) -> None:
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        end = moment(period.until)
        self._book.set_properties(
            {
                "title": f"医保基金监管导出 Fund supervision export {period.name}",
                "author": "fundwatch",
                "created": end.astimezone(UTC).replace(tzinfo=None),
            }
        )
        self.period_told = (
            f"{period.name}（{period.first.isoformat()} 至 {period.last.isoformat()}）"
        )
        font = {"font_name": "Microsoft YaHei", "font_size": 10}
        self.title = self._book.add_format({**font, "bold": True, "font_size": 14})
        self.note = self._book.add_format({**font, "font_color": "#666666"})
        self.head = self._book.add_format(
            {
                **font,
                "bold": True,
                "bg_color": "#DDE7F0",
                "border": 1,
                "border_color": "#B8C7D6",
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        self._kinds: dict[Kind, Format] = {
            kind: self._book.add_format({**font, **_FORMATS.get(kind, {})}) for kind in _WIDTHS
        }

    def sheet(self, name: str) -> Worksheet:
        """A new sheet; names of sheets allow no colon and 31 characters. It prints on A4, one
        page wide."""
        sheet = self._book.add_worksheet(name.replace("：", " ").replace(":", " ")[:31])
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def table(self, table: Table) -> Sheet:
        """A sheet for a table."""
        return Sheet(self, table)

    def cell(self, sheet: Worksheet, row: int, at: int, column: Column, cell: Any) -> None:
        """Write a cell by its kind; text is never a formula, a link or a number."""
        form = self._kinds[column.kind]
        match column.kind:
            case "money":
                sheet.write_number(row, at, float(Decimal(cell).scaleb(-2)), form)
            case "count" | "number":
                sheet.write_number(row, at, float(cell), form)
            case "date":
                sheet.write_datetime(row, at, cell, form)
            case "time":
                sheet.write_datetime(row, at, moment(cell).replace(tzinfo=None), form)
            case "flag":
                sheet.write_boolean(row, at, bool(cell), form)
            case "text":
                sheet.write_string(row, at, neutral(str(cell))[:_LONGEST], form)

    def summary(self, sheet: Worksheet, told: Sequence[tuple[Column, Any]]) -> int:
        """Write names and values one below the other; the row after them."""
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 70)
        sheet.write_string(0, 0, "医保基金监管导出 Fund supervision export", self.title)
        sheet.write_string(1, 0, self.period_told, self.note)
        at = _HEAD
        for column, value in told:
            sheet.write_string(at, 0, f"{column.zh} {column.en}", self._kinds["text"])
            if value is not None:
                self.cell(sheet, at, 1, column, value)
            at += 1
        return at

    def chart(
        self,
        sheet: Worksheet,
        place: str,
        title: str,
        source: Sheet,
        series: Sequence[tuple[int, str]],
        kind: str = "line",
        labels: int = 0,
        most: int = 400,
    ) -> None:
        """Put a chart onto a sheet: columns of another sheet over its labels' column.

        A sheet without rows gives no chart.
        """
        if not source.rows:
            return
        chart = self._book.add_chart({"type": kind})
        first, last = _HEAD, _HEAD + min(source.rows, most) - 1
        name = source.name
        for at, told in series:
            chart.add_series(
                {
                    "name": told,
                    "categories": [name, first, labels, last, labels],
                    "values": [name, first, at, last, at],
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        if kind == "line":
            chart.set_x_axis({"date_axis": True, "num_format": "mm-dd"})
        else:
            # The first row on top, as in the sheet.
            chart.set_y_axis({"reverse": True})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 620, "height": 300})
        sheet.insert_chart(place, chart)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()

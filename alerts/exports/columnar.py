"""Tables as Parquet and CSV: the same rows, exact amounts, the same bytes every time."""

import csv
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from alerts.exports.neutral import neutral
from alerts.exports.tables import Column, Kind, Row
from events.money import yuan
from events.times import moment

_GROUP: Final = 20_000
_TYPES: Final[Mapping[Kind, pa.DataType]] = {
    "text": pa.string(),
    "money": pa.decimal128(20, 2),
    "count": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "time": pa.timestamp("s", tz="+08:00"),
    "flag": pa.bool_(),
}


class ParquetFile:
    """Takes rows and writes them in groups."""

    def __init__(self, path: Path, columns: tuple[Column, ...]) -> None:
        fields = [
            pa.field(
                column.name,
                _TYPES[column.kind],
                metadata={b"zh": column.zh.encode(), b"en": column.en.encode()},
            )
            for column in columns
        ]
        self._columns = columns
        self._schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def take(self, row: Row) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        arrays = [
            pa.array([_PARQUET[column.kind](row[at]) for row in self._rows], _TYPES[column.kind])
            for at, column in enumerate(self._columns)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()

    def close(self) -> None:
        """Write what is left; a table without rows is a file without rows."""
        if self._rows:
            self._flush()
        self._writer.close()


class CsvFile:
    """Takes rows and writes them as text: amounts with two decimals, times RFC 3339."""

    def __init__(self, path: Path, columns: tuple[Column, ...]) -> None:
        self._stack = ExitStack()
        file = self._stack.enter_context(path.open("w", encoding="utf-8", newline=""))
        self._writer = csv.writer(file, lineterminator="\n")
        self._kinds = [_CSV[column.kind] for column in columns]
        self._writer.writerow([column.name for column in columns])

    def take(self, row: Row) -> None:
        """Add a row."""
        self._writer.writerow([told(cell) for told, cell in zip(self._kinds, row, strict=True)])

    def close(self) -> None:
        """Close the file."""
        self._stack.close()


class Both:
    """A table's two files below a folder, written side by side."""

    def __init__(self, folder: Path, name: str, columns: tuple[Column, ...]) -> None:
        self._files = (
            CsvFile(folder / "csv" / f"{name}.csv", columns),
            ParquetFile(folder / "parquet" / f"{name}.parquet", columns),
        )

    def take(self, row: Row) -> None:
        """Add a row to both."""
        for file in self._files:
            file.take(row)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files:
            file.close()


def _same(cell: Any) -> Any:
    return cell


def _yuan(cell: int | None) -> Decimal | None:
    return None if cell is None else yuan(cell)


def _float(cell: Decimal | float | None) -> float | None:
    return None if cell is None else float(cell)


def _text(cell: Any) -> str:
    return "" if cell is None else neutral(str(cell))


def _money_text(cell: int | None) -> str:
    return "" if cell is None else str(yuan(cell))


def _plain(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _moment(cell: int | None) -> str:
    return "" if cell is None else moment(cell).isoformat()


_PARQUET: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    "text": _same,
    "money": _yuan,
    "count": _same,
    "number": _float,
    "date": _same,
    "time": _same,
    "flag": _same,
}
_CSV: Final[Mapping[Kind, Callable[[Any], str]]] = {
    "text": _text,
    "money": _money_text,
    "count": _plain,
    "number": _plain,
    "date": _plain,
    "time": _moment,
    "flag": _plain,
}

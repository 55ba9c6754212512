"""Parquet files to rows. A module of its own, so that only who reads Parquet loads Arrow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from events.deadletters import BadRecordError, DeadLetter, dead_letter
from events.readers.records import Row

_BATCH: Final = 4096


def parquet_columns(path: Path) -> list[str]:
    """Lower-case column names; empty where the file cannot be read."""
    try:
        return [name.lower() for name in pq.read_schema(path).names]
    except (OSError, pa.ArrowException):
        return []


def parquet_rows(path: Path) -> Iterator[Row | DeadLetter]:
    """Rows of a Parquet file, a batch at a time."""
    position = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                for values in _microseconds(batch).to_pylist():
                    position += 1
                    yield Row(position, {name.lower(): value for name, value in values.items()})
    except (pa.ArrowException, OSError, ValueError) as error:
        bad = BadRecordError("unreadable_file", "", type(error).__name__, "a whole Parquet file")
        yield dead_letter(bad, str(path), position + 1)


def _microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Cut nanosecond times to microseconds: datetimes hold no more."""
    fields = [
        field.with_type(pa.timestamp("us", field.type.tz))
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns"
        else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields), safe=False)

from collections.abc import Iterator
from typing import IO

class Cell:
    value: object
    data_type: str

class Worksheet:
    title: str
    def iter_rows(self) -> Iterator[tuple[Cell, ...]]: ...

class Workbook:
    def __iter__(self) -> Iterator[Worksheet]: ...

def load_workbook(filename: str | IO[bytes], read_only: bool = False) -> Workbook: ...

"""Readers: files and folders of every known form to events.

NDJSON and tables in the event contract, pairs of the national interface, the regulator's tables.
A bad record is a dead letter, never an exception.
"""

from events.readers.interface import read_interface
from events.readers.lines import lines, split_lines
from events.readers.records import DamagedFileError, Read, Record, read_line
from events.readers.regulator import read_regulator
from events.readers.sources import open_source, open_sources
from events.readers.tables import read_table

__all__ = [
    "DamagedFileError",
    "Read",
    "Record",
    "lines",
    "open_source",
    "open_sources",
    "read_interface",
    "read_line",
    "read_regulator",
    "read_table",
    "split_lines",
]

"""Histories in memory, for replays and tests.

Keys of a day, or of a pharmacy's month of sales, are dropped when their retention is over. Most
receipts and trace codes are met once only: such a document is kept as its single paper, and becomes
a history at the second.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from events.times import DAY, day_number
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.history import History
from rules.histories.records import AnyRecord, Record

SLACK_DAYS: Final = 8
"""Days kept beyond retention, so that events late within the allowed lateness meet their like."""
_DATED: Final = (keyed.TERMINAL, keyed.INSTITUTION_DAY, keyed.SALES)
"""Kinds whose keys end with a day number or a month (`YYYY-MM`)."""


class Memory:
    """Implements `streams.pipeline.Histories`."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, History]] = {kind: {} for kind in keyed.KINDS}
        self._single: dict[str, AnyRecord] = {}
        """The only record of a document, by key."""
        self._days: dict[str, dict[int, list[str]]] = {kind: {} for kind in _DATED}
        self._swept = 0

    def take(self, fact: Fact) -> tuple[History, Sequence[Record]] | None:
        """Take a fact's record up into its history."""
        kind, key = fact.kind, fact.key
        history = self._kinds[kind].get(key)
        if history is None:
            if kind == keyed.DOCUMENT:
                single = self._single.setdefault(key, fact.record)
                if single is fact.record:
                    return None
                del self._single[key]
                history = self._begin(kind, key)
                history.take(single)
            else:
                history = self._begin(kind, key)
        changed = history.take(fact.record)
        return (history, changed) if changed else None

    def _begin(self, kind: str, key: str) -> History:
        history = self._kinds[kind][key] = keyed.KINDS[kind](key)
        if kind in self._days:
            self._days[kind].setdefault(_last_day(key), []).append(key)
        return history

    def sweep(self, watermark: int) -> None:
        """Drop the keys of days whose retention is over at an event time."""
        today = watermark // DAY
        if today <= self._swept:
            return
        self._swept = today
        for kind, days in self._days.items():
            oldest = today - keyed.KEPT[kind] - SLACK_DAYS
            for day in [day for day in days if day < oldest]:
                for key in days.pop(day):
                    del self._kinds[kind][key]

    def sizes(self) -> dict[str, int]:
        """Keys remembered, by kind of history."""
        sizes = {kind: len(histories) for kind, histories in self._kinds.items()}
        sizes[keyed.DOCUMENT] += len(self._single)
        return sizes


def _last_day(key: str) -> int:
    """The day number of a key, or the last one of its month."""
    told = key.rpartition("|")[2]
    year, _, month = told.partition("-")
    if not month:
        return int(told)
    return day_number(date(int(year) + int(month) // 12, int(month) % 12 + 1, 1)) - 1

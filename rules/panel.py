"""Judges that look at many records at a time: what the engine and the pipeline ask of them.

A model is far cheaper asked once for a thousand records than a thousand times for one. So a panel
only notes, while events are taken, what has changed; when a batch (or, where positions are kept by
message, a message) ends, it works out what to ask, and the answers are settled like any finding.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from rules.findings import Finding
from rules.histories.facts import Fact
from rules.histories.history import History
from rules.histories.person import Person
from rules.histories.records import Record
from rules.rule import Rule


class Judged(NamedTuple):
    """What a panel says of one matter of a history: a finding, or that there is none."""

    rule: Rule
    kind: str
    history: History
    about: str
    finding: Finding | None
    mark: int = 0


class Asked(NamedTuple):
    """Records of one history to be judged: a row of numbers each, whatever the panel makes them.

    `mark` is left to who gathers: the time a message was appended, where alerts carry it.
    """

    kind: str
    history: History
    records: Sequence[Record]
    rows: Any
    mark: int = 0


class Panel(Protocol):
    """Is told of every change of a history. What it raises would stop the rules: it must not."""

    def tell(self, person: Person, changed: Sequence[Record]) -> Sequence[Fact]:
        """Facts that a person's changed records have for the histories that models look at."""
        ...

    def note(self, kind: str, history: History, changed: Sequence[Record]) -> None:
        """Remember that records of a history are new or changed."""
        ...

    def drop(self) -> None:
        """Forget what was noted: the histories it was noted of are thrown away."""
        ...

    def gather(self) -> Sequence[Asked]:
        """What is to be judged of all that was noted since the last time, as things stand now."""
        ...

    def judge(self, asked: Sequence[Asked]) -> Sequence[Judged]:
        """Judge what was gathered, in its order. Touches no history, so that another thread may
        do it while this one goes on."""
        ...

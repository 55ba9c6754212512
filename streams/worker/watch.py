"""How far this worker is behind on each of its partitions, and which of them stand still."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct

from streams.metrics import Metrics
from streams.worker.history import Place


class Standing(NamedTuple):
    """One partition: next offset, offset after the last message, seconds without movement."""

    topic: str
    partition: int
    position: int
    end: int
    stalled: float

    @property
    def lag(self) -> int:
        """Messages not yet taken."""
        return max(0, self.end - self.position)


class Health(Struct, frozen=True):
    """What `/health` answers; `problems` is empty when all is well."""

    status: str
    problems: tuple[str, ...]
    partitions: tuple[Mapping[str, object], ...]


class Watch:
    """Remembers when each partition last moved. Times are seconds of one steady clock."""

    def __init__(self, metrics: Metrics, stall_seconds: float) -> None:
        self._metrics = metrics
        self._stall = stall_seconds
        self._moved: dict[Place, tuple[int, float]] = {}
        self._standing: tuple[Standing, ...] = ()
        self._looked = 0.0

    def look(self, positions: Mapping[Place, int], ends: Mapping[Place, int], now: float) -> None:
        """Take up how far each partition is and where it ends; all others are no longer ours."""
        standing = []
        for place, end in sorted(ends.items()):
            position = positions.get(place, 0)
            known = self._moved.get(place)
            if known is None or position != known[0] or position >= end:
                self._moved[place] = (position, now)
            stalled = now - self._moved[place][1]
            standing.append(Standing(*place, position, end, stalled))
        for one in self._gone(standing):
            self._metrics.lag.remove(one.topic, str(one.partition))
            self._moved.pop((one.topic, one.partition), None)
        self._standing = tuple(standing)
        self._looked = now
        for one in standing:
            self._metrics.lag.labels(one.topic, str(one.partition)).set(one.lag)

    def _gone(self, standing: Iterable[Standing]) -> list[Standing]:
        mine = {(one.topic, one.partition) for one in standing}
        return [one for one in self._standing if (one.topic, one.partition) not in mine]

    def health(self, now: float) -> Health:
        """Whether every partition moves, and Kafka told so not too long ago."""
        problems = [
            f"{one.topic}/{one.partition} has not moved for {one.stalled:.0f} s,"
            f" {one.lag} messages behind"
            for one in self._standing
            if one.stalled >= self._stall
        ]
        if self._looked and now - self._looked >= self._stall:
            problems.append(f"Kafka has not answered for {now - self._looked:.0f} s")
        status = "starting" if not self._looked else "stalled" if problems else "ok"
        partitions = tuple(
            {
                "topic": one.topic,
                "partition": one.partition,
                "position": one.position,
                "end": one.end,
                "lag": one.lag,
                "stalled_seconds": round(one.stalled, 1),
            }
            for one in self._standing
        )
        return Health(status, tuple(problems), partitions)

"""A batch, each step of which is taken for all events at once, ends as its events one by one do."""

from operator import attrgetter
from pathlib import Path

from alerts.alert import Alert, alert_of
from events.deadletters import DeadLetter
from events.readers import lines, read_line
from rules.engine import Change
from simulation import simulate
from streams.assembly import Assembly, assemble
from streams.memory import Memory
from streams.pipeline import Pipeline


def _last(changes: list[Change]) -> list[Alert]:
    last = {alert.alert_id: alert for alert in map(alert_of, changes)}
    return sorted(last.values(), key=attrgetter("alert_id"))


def test_a_batch_ends_as_its_events_one_by_one(tmp_path: Path) -> None:
    """The same alerts at the same revisions, and histories that remember the same."""
    simulate(tmp_path, seed=12, persons=300, days=40)
    read = [read_line(line, "", at) for at, line in lines(tmp_path / "events.ndjson")]
    events = [one.event for one in read if not isinstance(one, DeadLetter)]
    engine = assemble(Assembly(reference=tmp_path / "reference", shadow=True))
    apart, together = Memory(), Memory()
    one_by_one = Pipeline(engine, apart)
    singly: list[Change] = []
    for event in events:
        one_by_one.process(event, singly)
    in_batches = Pipeline(engine, together)
    changes: list[Change] = []
    for begin in range(0, len(events), 100):
        in_batches.process_all(events[begin : begin + 100], changes)

    assert len(changes) == len(singly) > 100
    assert _last(changes) == _last(singly)
    assert apart.sizes() == together.sizes()

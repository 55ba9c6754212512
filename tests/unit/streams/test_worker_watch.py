"""Lag, and partitions that stand still."""

from streams.metrics import Metrics
from streams.worker.watch import Watch


def test_lag_is_told_and_forgotten_with_the_partition() -> None:
    metrics = Metrics()
    watch = Watch(metrics, 60)

    watch.look({("t.events", 0): 5}, {("t.events", 0): 8, ("t.events", 1): 2}, 0)
    first = metrics.text().decode()
    watch.look({("t.events", 0): 8}, {("t.events", 0): 8}, 1)
    second = metrics.text().decode()

    assert 'fundwatch_lag_records{partition="0",source="t.events"} 3.0' in first
    assert 'fundwatch_lag_records{partition="1",source="t.events"} 2.0' in first
    assert 'fundwatch_lag_records{partition="0",source="t.events"} 0.0' in second
    assert 'partition="1"' not in second


def test_a_partition_is_stalled_only_while_it_is_behind_and_does_not_move() -> None:
    watch = Watch(Metrics(), 60)
    place = ("t.facts", 3)
    assert watch.health(0).status == "starting"

    watch.look({place: 5}, {place: 8}, 0)
    watch.look({place: 5}, {place: 9}, 59)
    assert watch.health(59).status == "ok"

    watch.look({place: 5}, {place: 9}, 61)
    ill = watch.health(61)
    assert ill.status == "stalled"
    assert ill.problems == ("t.facts/3 has not moved for 61 s, 4 messages behind",)

    watch.look({place: 6}, {place: 9}, 62)
    assert watch.health(62).status == "ok"
    watch.look({place: 9}, {place: 9}, 63)
    watch.look({place: 9}, {place: 9}, 200)
    assert watch.health(200).status == "ok"


def test_silence_of_kafka_is_told() -> None:
    watch = Watch(Metrics(), 60)
    watch.look({}, {}, 1)

    assert watch.health(60).status == "ok"
    assert watch.health(62).problems == ("Kafka has not answered for 61 s",)

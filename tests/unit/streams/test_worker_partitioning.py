"""Keys go where Kafka's own partitioner puts them."""

import pytest

from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.records import Goods
from streams.worker.partitioning import home_of, partition_of, place_of


@pytest.mark.parametrize(
    ("key", "hashed"),
    [
        # From the tests of Kafka's own hash (UtilsTest.testMurmur2).
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
    ],
)
def test_keys_are_hashed_as_kafka_does(key: bytes, hashed: int) -> None:
    for partitions in (1, 4, 8, 512):
        assert partition_of(key, partitions) == (hashed & 0x7FFFFFFF) % partitions


def test_events_of_a_key_have_one_home() -> None:
    assert home_of("640100000000001", 8) == partition_of(b"640100000000001", 8)


def test_facts_of_one_history_have_one_place_and_others_have_others() -> None:
    goods = Goods("e1", 0, "s1", "P1", False)
    places = {
        place_of(Fact(kind, f"key {number}", goods), 8)
        for kind in (keyed.ACCOUNT, keyed.STOCK)
        for number in range(50)
    }

    assert place_of(Fact(keyed.STOCK, "a", goods), 8) == place_of(Fact(keyed.STOCK, "a", goods), 8)
    assert places == set(range(8))

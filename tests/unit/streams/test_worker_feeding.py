"""Lines become messages of one partition, in their order."""

from streams.worker.feeding import Bundle


def test_a_message_is_full_by_lines() -> None:
    bundle = Bundle(2)

    assert bundle.put("k1", b"a") is None
    assert bundle.put("k2", b"b") == (b"k1", b"a\nb")
    assert bundle.put("k3", b"c") is None
    assert bundle.take() == (b"k3", b"c")
    assert bundle.take() is None


def test_a_message_is_full_by_bytes_before_the_line_that_is_too_much() -> None:
    bundle = Bundle(100, most_bytes=10)

    assert bundle.put("k1", b"aaaa") is None
    assert bundle.put("k1", b"bbbb") is None
    assert bundle.put("k2", b"cccccccc") == (b"k1", b"aaaa\nbbbb")
    assert bundle.take() == (b"k2", b"cccccccc")


def test_a_line_larger_than_a_message_goes_alone() -> None:
    bundle = Bundle(100, most_bytes=10)

    assert bundle.put("k", b"x" * 50) is None
    assert bundle.put("k", b"y") == (b"k", b"x" * 50)
    assert bundle.take() == (b"k", b"y")

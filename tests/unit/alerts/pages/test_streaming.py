"""The stream of changes: nothing missed, at the browser's own pace, one look for all."""

import asyncio
import json

from alerts.desk.pages.filtering import View
from alerts.desk.pages.listing import Reader
from alerts.desk.pages.streaming import FAR, STEP, Messages, Pulse, Told, step, stream
from alerts.desk.pages.wording import language_of
from alerts.ledger import Ledger
from alerts.ledger.journal import Entry, append
from alerts.ledger.writing import record
from tests.unit.alerts.made import an_alert

READER = Reader("zhang", (), 1_764_000_000_000)


def _write(ledger: Ledger, begin: int, count: int, **changes: object) -> None:
    with ledger.begin() as connection:
        record(
            connection,
            [an_alert(f"{number:06x}", **changes) for number in range(begin, begin + count)],
            READER.now_ms,
        )


def _parsed(message: bytes) -> tuple[str, int | None, dict[str, object]]:
    lines = dict(line.split(": ", 1) for line in message.decode().strip().splitlines())
    return lines["event"], int(lines["id"]) if "id" in lines else None, json.loads(lines["data"])


async def _read(
    ledger: Ledger, after: int, messages: int, view: View | None = None
) -> list[tuple[str, int | None, dict[str, object]]]:
    pulse = Pulse(ledger, pause=0.01)
    making = Messages(ledger, lambda row, _: row.alert.alert_id)

    def made(begin: int, reader: Reader) -> Told:
        return making.after(begin, view or View(), reader, "zh")

    source = stream(pulse, after, lambda: READER, made, lambda: "summary")
    assert (await anext(source)).startswith(b"retry")
    told = [_parsed(await anext(source)) for _ in range(messages)]
    await source.aclose()
    return told


def test_a_browser_that_comes_back_misses_nothing(ledger: Ledger) -> None:
    _write(ledger, 0, STEP * 2 + 5)
    seen: set[str] = set()
    after = 0
    # It is cut off after every message and names the last one it had.
    for _ in range(3):
        ((name, upto, data),) = asyncio.run(_read(ledger, after, 1))
        assert name == "rows"
        rows = data["rows"]
        assert isinstance(rows, list)
        seen |= {row["id"] for row in rows}
        assert upto is not None
        after = upto
    assert len(seen) == STEP * 2 + 5


def test_what_left_the_view_is_named(ledger: Ledger) -> None:
    _write(ledger, 0, 2)
    after = step(ledger, 0, View(statuses=("open",)), READER).upto
    _write(ledger, 1, 1, revision=2, status="withdrawn")
    found = step(ledger, after, View(statuses=("open",)), READER)
    assert (found.rows, found.gone) == ((), ("000001",))


def test_another_area_is_not_even_named(ledger: Ledger) -> None:
    _write(ledger, 0, 3)
    found = step(ledger, 0, View(), Reader("wang", ("65",), 0))
    assert (found.upto, found.rows, found.gone) == (3, (), ())


def test_who_is_far_behind_reads_the_page_anew(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        entries = [Entry(1, "zhang", "login.succeeded", "", {}) for _ in range(FAR + 1)]
        append(connection, entries)
    ((name, upto, _),) = asyncio.run(_read(ledger, 0, 1))
    assert (name, upto) == ("reset", FAR + 1)
    ((name, upto, _),) = asyncio.run(_read(ledger, 1, 1))
    assert (name, upto) == ("summary", FAR + 1)


def test_fifty_browsers_look_at_the_ledger_as_often_as_one(ledger: Ledger) -> None:
    async def wait_together(number: int) -> tuple[int, list[int]]:
        pulse = Pulse(ledger, pause=0.02)
        waits = [asyncio.create_task(pulse.beyond(0, 10)) for _ in range(number)]
        while pulse.looks < 3:
            await asyncio.sleep(0)
        looks = pulse.looks
        await asyncio.to_thread(_write, ledger, 0, 1)
        return looks, list(await asyncio.gather(*waits))

    looks, ends = asyncio.run(wait_together(50))
    assert looks == 3
    assert ends == [1] * 50


def test_a_stream_ends_with_the_session(ledger: Ledger) -> None:
    async def read() -> list[bytes]:
        pulse = Pulse(ledger, pause=0.01)
        source = stream(pulse, 0, lambda: None, lambda begin, _: Told(begin, None, ()), lambda: "")
        return [message async for message in source]

    _write(ledger, 0, 1)
    messages = asyncio.run(read())
    assert messages[1].startswith(b"event: ended")
    assert len(messages) == 2


def test_browsers_that_ask_for_the_same_share_a_message(ledger: Ledger) -> None:
    _write(ledger, 0, 3)
    messages = Messages(ledger, lambda row, _: row.alert.alert_id)
    asked = [
        messages.after(0, View(), Reader(name, (), READER.now_ms), "zh") for name in ("a", "b", "c")
    ]
    assert asked[0].message is not None
    assert (asked[0] is asked[1] is asked[2], messages.made) == (True, 1)
    # Other areas, another language, one's own alerts: those are others.
    for reader, view, language in (
        (Reader("a", ("64",), READER.now_ms), View(), "zh"),
        (READER, View(), "en"),
        (READER, View(handling="mine"), "zh"),
        (Reader("b", (), READER.now_ms), View(handling="mine"), "zh"),
        (Reader("a", (), READER.now_ms + 1000), View(), "zh"),
    ):
        messages.after(0, view, reader, language_of(language))
    assert messages.made == 6

"""Makes the pictures of the desk in `docs/images` from a simulated stream: `make screenshots`.

The alerts are those of a replay; they are written as if they had come in over the last day, so
that the chart shows what a working day looks like.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, expect

from alerts.access import users
from alerts.access.users import User
from alerts.desk.application import make_desk
from alerts.desk.world import World
from alerts.ledger import Ledger
from alerts.ledger.archive import keep, kept_of
from alerts.ledger.writing import record
from rules.reference import load_reference
from simulation import simulate
from streams.assembly import Assembly
from streams.replay import replay
from streams.serving import Server
from tests.services.chromium import start

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
DAY_MS: Final = 86_400_000
_PASSWORD: Final = "a made-up password"
_BLOCK: Final = 2000


def main() -> None:
    """Simulate, replay, serve, and take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(folder, seed=7, persons=3000, days=60)
        with _desk(folder) as address, start() as browser:
            _pictures(browser, address)


@contextmanager
def _desk(folder: Path) -> Iterator[str]:
    events = folder / "events.ndjson"
    found = replay([events], Assembly(reference=folder / "reference"), workers=1).alerts
    alerts = sorted(found, key=lambda alert: (alert.last_event_time, alert.alert_id))
    now = int(time.time() * 1000)
    with Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}", created_ms=now) as ledger:
        with ledger.begin() as connection:
            lines = events.read_bytes().splitlines()
            for begin in range(0, len(lines), _BLOCK):
                keep(connection, [kept_of(line) for line in lines[begin : begin + _BLOCK]])
            for number, alert in enumerate(alerts):
                # More in the working hours than at night, and the last one just now.
                share = (number + 1) / len(alerts)
                record(connection, [alert], now - int(DAY_MS * (1 - share) ** 1.4))
            user = User("张敏", "supervisor", ("64",))
            users.add(connection, user, now, "screenshots", password=_PASSWORD)
        world = World(load_reference(folder / "reference"))
        with Server(make_desk(ledger, "127.0.0.1:0", world=world), "127.0.0.1:0") as server:
            yield server.address


def _pictures(browser: Browser, address: str) -> None:
    context = browser.new_context(
        base_url=address, locale="zh-CN", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=name]", "张敏")
    page.fill("input[name=password]", _PASSWORD)
    page.click("form[action='/login'] button")
    _feed(page, "desk-feed")
    page.goto("/?severity=1&order=amount&lang=en")
    _feed(page, "desk-feed-english")
    page.goto("/?rule=impersonation.impossible_travel&lang=zh")
    page.locator("#rows .c-what a").first.click()
    page.click("form[action$='/take'] button")
    _picture(page, "desk-alert")
    page.click("#open summary")
    page.click("#open button")
    page.wait_for_url("**/cases/**")
    page.click("#confirm summary")
    page.select_option("#confirm select[name=cause]", "41-1")
    page.click("#confirm button")
    page.click("#hand summary")
    page.fill("#hand input[name=recipient]", "银川市医疗保障局基金监管处")
    page.locator("#hand input[name=officer]").nth(1).fill("马晓峰")
    page.click("#hand button")
    _picture(page, "desk-case")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    _feed(page, "desk-phone")
    context.close()


def _feed(page: Page, name: str) -> None:
    expect(page.locator("#live")).to_have_class("live on")
    _picture(page, name)


def _picture(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()

"""A real Chromium, the system's own, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.services.processes import ComponentMissingError

_FLAGS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


@contextmanager
def start() -> Iterator[Browser]:
    """Start a headless browser with an empty profile; `ComponentMissingError` without one.

    Playwright keeps an event loop open in this thread meanwhile, so no `asyncio.run` in the block.
    """
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        raise ComponentMissingError(
            "Chromium is missing: `make components` as root installs it, or install it (Debian:"
            " apt-get install chromium)."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=_FLAGS, headless=True)
        try:
            yield browser
        finally:
            browser.close()

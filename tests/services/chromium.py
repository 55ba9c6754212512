"""A real Chromium, the system's own, driven by Playwright."""

import ctypes
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
    if binary is None or not _driver_links():
        raise ComponentMissingError(
            "Chromium, or libatomic for its driver, is missing: `make components` as root installs"
            " them, or install them (Debian: apt-get install chromium libatomic1)."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=_FLAGS, headless=True)
        try:
            yield browser
        finally:
            browser.close()


def _driver_links() -> bool:
    """Whether the one library Playwright's driver needs beyond libc is there."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True

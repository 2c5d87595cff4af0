"""Debian's Chromium, and the report of the example open in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from joinedup.actions.report import write_report
from tests.web.example import FACTS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# .ci/run says that the page tests must not be passed over.
MUST_RUN = os.environ.get("JOINEDUP_NEEDS_CHROMIUM") == "1"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all page tests."""
    if CHROMIUM is None and not MUST_RUN:
        pytest.skip("Chromium is not installed (on Debian: apt-get install chromium)")
    with sync_playwright() as started:
        opened = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's report, written as a run writes it."""
    return write_report(FACTS, tmp_path_factory.mktemp("system") / "report" / "index.html")


Open = Callable[..., Page]


@pytest.fixture
def open_report(browser: Browser, report: Path) -> Iterator[Open]:
    """Open the report at a width in pixels, with or without JavaScript."""
    contexts = []

    def opened(width: int = 1280, *, javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(report.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()

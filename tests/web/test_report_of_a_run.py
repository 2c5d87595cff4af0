"""The report of a whole run on the invented system, looked at in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.systems import InventedSystem

pytestmark = pytest.mark.web


def test_the_report_of_a_run_is_accessible_and_agrees_with_the_run(
    invented: InventedSystem, browser: Browser
) -> None:
    path = Path(invented.path / "report" / "index.html")
    for width in (1280, 320):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(path.as_uri())
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        text = page.locator("main").inner_text()
        page.close()
    outcome = invented.outcome
    assert f"{outcome['persons']:,} people in one population" in text
    assert f"{outcome['events']:,} events of care" in text
    lines = sum(one["lines"] for one in outcome["files"])
    assert f"All {lines:,} lines received are accounted for" in text
    refused = [one["file"] for one in outcome["files"] if one["outcome"] == "rejected"]
    assert refused
    assert [name for name in refused if name not in text] == []
    # Residents are spread over all the neighbourhoods, and nearly all are in one.
    assert "Marshaven Harbour" in text

"""The report, looked at in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.web
Open = Callable[..., Page]
SMALLEST_TEXT_PX = 12


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_wrong(open_report: Open, width: int) -> None:
    found = Axe().run(open_report(width))
    assert found.violations_count == 0, found.generate_report()


def test_nothing_is_fetched_from_anywhere(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    page.wait_for_load_state("networkidle")
    page.close()
    assert asked == [report.as_uri()]


@pytest.mark.parametrize("width", [320, 640, 641, 900, 1280])
def test_no_page_scrolls_sideways(open_report: Open, width: int) -> None:
    assert open_report(width).evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 1280])
def test_no_text_is_smaller_than_12_pixels(open_report: Open, width: int) -> None:
    sizes = open_report(width).evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(one => [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .filter(one => !one.closest('title, desc') && one.getClientRects().length)
            .map(one => {
                const svg = one.closest('svg[viewBox]');
                const scale = svg ? svg.getScreenCTM().a : 1;
                return parseFloat(getComputedStyle(one).fontSize) * scale;
            })"""
    )
    assert min(sizes) >= SMALLEST_TEXT_PX


def test_every_number_is_there_without_javascript(open_report: Open) -> None:
    text = open_report(javascript=False).locator("main").inner_text()
    shown = [
        "107,531", "105,320", "1,402,118", "251,009", "43,210", "41,005", "1,020",
        "114,004", "113,866", "8,876", "124", "533", "172", "2 of 3", "240,000",
    ]  # fmt: skip
    assert [number for number in shown if number not in text] == []
    assert "fewer than 5" in text


def test_the_map_labels_stay_apart_on_a_telephone(open_report: Open) -> None:
    overlaps = open_report(320).evaluate(
        """() => {
            const boxes = [...document.querySelectorAll('svg > text')]
                .filter(one => one.getClientRects().length && /^[0-9]+$/.test(one.textContent))
                .map(one => one.getBoundingClientRect());
            return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b =>
                a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom))
                .length;
        }"""
    )
    assert overlaps == 0


def test_names_from_partners_cannot_become_markup(report: Path) -> None:
    assert "<Wold>" not in report.read_text(encoding="utf-8")
    assert "&lt;Wold&gt; villages" in report.read_text(encoding="utf-8")


def test_it_prints_without_its_navigation(open_report: Open) -> None:
    page = open_report()
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("#people").is_visible()


def test_an_area_too_small_for_its_label_is_enlarged_on_a_second_map(open_report: Open) -> None:
    page = open_report(320)
    whole = page.locator("svg[aria-labelledby^='map-title'] > text").all_text_contents()
    enlarged = page.locator("svg[aria-labelledby^='map-enlarged'] > text").all_text_contents()
    assert sorted({*whole, *enlarged}) == ["1", "2", "3", "4", "5"]
    assert len(enlarged) == 1

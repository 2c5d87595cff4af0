"""Every chart, looked at in a browser: on a telephone, on a screen and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from joinedup.drawing.lettering import words_px
from tests.web import gallery

pytestmark = pytest.mark.web
WIDTHS = (320, 1024)
SMALLEST_TEXT_PX = 12
# Words that leave their picture, and pairs of words that cover each other by more than a hair.
FAULTS = """() => [...document.querySelectorAll('svg')].filter(svg => svg.getClientRects().length)
    .flatMap(svg => {
        const edge = svg.getBoundingClientRect();
        const words = [...svg.querySelectorAll('text')].filter(one => one.textContent.trim())
            .map(one => ({text: one.textContent, box: one.getBoundingClientRect()}));
        const out = words.filter(({box}) => box.left < edge.left - 1 || box.right > edge.right + 1
            || box.top < edge.top - 2 || box.bottom > edge.bottom + 1).map(({text}) => text);
        const over = words.flatMap((a, i) => words.slice(i + 1).filter(b =>
            a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1
            && a.box.top < b.box.bottom - 3 && b.box.top < a.box.bottom - 3)
            .map(b => a.text + ' / ' + b.text));
        return [...out, ...over].map(fault => svg.querySelector('title').id + ': ' + fault);
    })"""
SIZES = """() => [...document.querySelectorAll('svg text')]
    .filter(one => one.getClientRects().length)
    .map(one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"""
LENGTHS = """() => [...document.querySelectorAll('svg text')]
    .filter(one => one.getClientRects().length && one.textContent)
    .map(one => [one.textContent, parseFloat(one.getAttribute('font-size')),
                 one.hasAttribute('font-weight'), one.getComputedTextLength()])"""


@pytest.fixture(scope="module")
def gallery_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery as a page."""
    path = tmp_path_factory.mktemp("gallery") / "gallery.html"
    path.write_text(gallery.page(), encoding="utf-8")
    return path


def opened(browser: Browser, path: Path, width: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_wrong(browser: Browser, gallery_file: Path, width: int) -> None:
    page = opened(browser, gallery_file, width)
    found = Axe().run(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_words_overlap_or_leave_their_picture(
    browser: Browser, gallery_file: Path, width: int
) -> None:
    page = opened(browser, gallery_file, width)
    faults = page.evaluate(FAULTS)
    sideways = page.evaluate("document.documentElement.scrollWidth")
    smallest = min(page.evaluate(SIZES))
    page.close()
    assert faults == []
    assert sideways <= width
    assert smallest >= SMALLEST_TEXT_PX


def test_words_are_no_wider_than_was_reckoned(browser: Browser, gallery_file: Path) -> None:
    page = opened(browser, gallery_file, 1024)
    lengths = page.evaluate(LENGTHS)
    page.close()
    assert len(lengths) > 500
    too_wide = [
        (text, measured)
        for text, size, bold, measured in lengths
        if measured > words_px(text, size, bold=bold) + 1
    ]
    assert too_wide == []


def test_hostile_names_stay_words(browser: Browser, gallery_file: Path) -> None:
    page = opened(browser, gallery_file, 1024)
    scripts = page.locator("script").count()
    shown = page.locator("svg text", has_text="<script>").count()
    page.close()
    assert scripts == 0
    assert shown > 3


def test_every_picture_is_named_and_described(browser: Browser, gallery_file: Path) -> None:
    page = opened(browser, gallery_file, 320)
    names = page.locator("svg[role=img]:visible > title").all_text_contents()
    described = page.locator("svg[role=img]:visible > desc").all_text_contents()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    page.close()
    assert len(names) == len(described) == len(gallery.PICTURES)
    assert all(map(str.strip, names + described))
    assert len(ids) == len(set(ids))


def test_on_paper_each_picture_fits_across_a_page(
    browser: Browser, gallery_file: Path, tmp_path: Path
) -> None:
    # A4 less margins of 14 mm: 182 mm, at 96 pixels to the inch.
    page = opened(browser, gallery_file, 688)
    page.emulate_media(media="print")
    assert page.evaluate(FAULTS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    assert min(page.evaluate(SIZES)) >= SMALLEST_TEXT_PX - 0.5
    page.pdf(path=tmp_path / "gallery.pdf", format="A4")
    page.close()
    assert (tmp_path / "gallery.pdf").stat().st_size > 10_000

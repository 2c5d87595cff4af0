"""Contrast by calculation: what axe cannot see inside a picture."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from joinedup.drawing import contrast_ratio, ink_on
from joinedup.drawing.colour import (
    BLUE,
    GRAPHIC_CONTRAST,
    GREY,
    INK,
    MID_BLUE,
    ORANGE,
    PALE_GREY,
    PINK,
    PURPLE,
    SHADES,
    TEXT_CONTRAST,
    WHITE,
)
from joinedup.drawing.funnel_chart import FUNNEL_MARKS
from joinedup.drawing.gap_chart import GROUP_MARK
from joinedup.drawing.interval_chart import VERDICT_MARKS
from joinedup.drawing.line_chart import LINE_LOOKS
from joinedup.drawing.marks import Mark
from joinedup.drawing.spc_chart import SPC_MARKS
from joinedup.drawing.spc_icons import ASSURANCE_LOOKS, VARIATION_LOOKS, IconLook
from tests.pictures import read
from tests.web import gallery


def test_contrast_is_as_wcag_defines_it() -> None:
    # Extremes of WCAG 2.2; #777777 on white is the well-known near miss.
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#ffffff", "#ffffff") == 1
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("background", [*SHADES, WHITE])
def test_labels_read_on_every_shade_of_the_map(background: str) -> None:
    assert contrast_ratio(ink_on(background), background) >= TEXT_CONTRAST


@pytest.mark.parametrize("shade", SHADES)
def test_outlines_stand_out_from_every_shade(shade: str) -> None:
    assert contrast_ratio(INK, shade) >= GRAPHIC_CONTRAST


def test_shades_go_from_light_to_dark_and_can_be_told_apart_in_grey() -> None:
    steps = [contrast_ratio(a, b) for a, b in pairwise(SHADES)]
    assert min(steps) > 1.2
    assert list(SHADES) == sorted(SHADES, key=lambda shade: contrast_ratio(shade, WHITE))


@pytest.mark.parametrize("bar", [BLUE, PINK])
def test_bars_stand_out_from_what_they_are_drawn_on(bar: str) -> None:
    assert min(contrast_ratio(bar, WHITE), contrast_ratio(bar, PALE_GREY)) >= GRAPHIC_CONTRAST


def icons() -> list[IconLook]:
    return [*VARIATION_LOOKS.values(), *ASSURANCE_LOOKS.values()]


def marks() -> list[Mark]:
    looks = [look.mark for look in LINE_LOOKS]
    judged = [*SPC_MARKS.values(), *VERDICT_MARKS.values(), *FUNNEL_MARKS.values()]
    return [*judged, GROUP_MARK, *looks]


@pytest.mark.parametrize("words", [INK, GREY])
@pytest.mark.parametrize("ground", [WHITE, MID_BLUE])
def test_words_of_charts_read_on_paper_and_on_bands(words: str, ground: str) -> None:
    assert contrast_ratio(words, ground) >= TEXT_CONTRAST


@pytest.mark.parametrize("icon", icons(), ids=lambda icon: icon.words)
def test_the_letter_of_an_icon_reads_on_it_and_the_icon_on_paper(icon: IconLook) -> None:
    assert contrast_ratio(icon.ink, icon.fill) >= TEXT_CONTRAST
    assert max(contrast_ratio(edge, WHITE) for edge in (icon.fill, INK)) >= GRAPHIC_CONTRAST


@pytest.mark.parametrize("mark", marks(), ids=str)
@pytest.mark.parametrize("ground", [WHITE, MID_BLUE])
def test_marks_stand_out_by_their_outline_and_by_their_filling(mark: Mark, ground: str) -> None:
    assert contrast_ratio(mark.stroke, ground) >= GRAPHIC_CONTRAST
    if mark.fill != WHITE:
        assert contrast_ratio(mark.fill, ground) >= GRAPHIC_CONTRAST


@pytest.mark.parametrize("line", [INK, GREY, BLUE, *(look.colour for look in LINE_LOOKS)])
@pytest.mark.parametrize("ground", [WHITE, MID_BLUE])
def test_lines_stand_out_from_paper_and_from_bands(line: str, ground: str) -> None:
    assert contrast_ratio(line, ground) >= GRAPHIC_CONTRAST


def test_no_chart_uses_a_colour_that_was_not_checked() -> None:
    # Pale grey is for grid lines alone: every tick has its number beside it.
    checked = {INK, GREY, BLUE, ORANGE, PURPLE, WHITE, MID_BLUE, PALE_GREY, "none"}
    for one in gallery.PICTURES:
        svg = one.draw("a", gallery.WIDE)
        used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg)) - {"url(#a-hatch)"}
        assert used - checked == set(), one.name
        pale = {each.tag for each in read(svg).root.iter() if PALE_GREY in each.attrib.values()}
        assert pale <= {"{http://www.w3.org/2000/svg}line"}

"""Contrast by calculation: what axe cannot see inside a picture."""

from __future__ import annotations

from itertools import pairwise

import pytest

from joinedup.drawing import contrast_ratio, ink_on
from joinedup.drawing.colour import (
    BLUE,
    GRAPHIC_CONTRAST,
    INK,
    PALE_GREY,
    PINK,
    SHADES,
    TEXT_CONTRAST,
    WHITE,
)


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

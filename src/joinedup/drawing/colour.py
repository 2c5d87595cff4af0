"""Colours that can be told apart and read on, by calculation and not by eye.

The blues and the ink are those of the NHS identity (england.nhs.uk/nhsidentity, colours); the
pictures never rest on colour alone.
"""

from __future__ import annotations

from typing import Final

INK: Final = "#212b32"
WHITE: Final = "#ffffff"
BLUE: Final = "#005eb8"
PINK: Final = "#ae2573"
PALE_GREY: Final = "#e8edee"
GREY: Final = "#4c6272"
# Judgements: each has a shape of its own as well, see `marks`.
ORANGE: Final = "#b84f00"
PURPLE: Final = "#5f3a9e"
# Filled areas under lines and numbers; their edges are drawn in BLUE or GREY.
MID_BLUE: Final = "#cfe2f4"

# Light to dark, so that a greyscale print keeps the order; ink reads on every one of them.
SHADES: Final = ("#eef5fb", "#cfe2f4", "#a9cdec", "#80b6e3", "#589fd8")

# WCAG 2.2, success criterion 1.4.3 (text) and 1.4.11 (graphical objects).
TEXT_CONTRAST: Final = 4.5
GRAPHIC_CONTRAST: Final = 3.0


def relative_luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((relative_luminance(one), relative_luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(background: str) -> str:
    """The text colour that reads best on a background: ink or white."""
    return max((INK, WHITE), key=lambda colour: contrast_ratio(colour, background))

"""Horizontal bars, each with its name and value on a line of its own above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from joinedup.drawing.colour import BLUE, INK, PALE_GREY
from joinedup.drawing.svg import TEXT_PX, element, percent, picture, text

# What fits in 14-pixel Arial across a telephone: about 7 pixels a letter in 270.
_LETTERS: Final = 36
_LINE_PX: Final = 18
_BAR_PX: Final = 14
_GAP_PX: Final = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `shown` is the value in words, with its unit."""

    name: str
    value: float
    shown: str


def draw_bars(bars: Sequence[Bar], *, name: str, title: str, description: str) -> str:
    """The bars as SVG, in the order given, all on one scale from zero."""
    highest = max((bar.value for bar in bars), default=0) or 1
    parts, y = [], 0
    for bar in bars:
        lines = wrap(f"{bar.name}: {bar.shown}", _LETTERS) or [""]
        for line in lines:
            parts.append(text(line, x="0", y=y + TEXT_PX, fill=INK))
            y += _LINE_PX
        parts.append(element("rect", x=0, y=y, width="100%", height=_BAR_PX, fill=PALE_GREY))
        parts.append(
            element("rect", x=0, y=y, width=percent(bar.value / highest), height=_BAR_PX, fill=BLUE)
        )
        y += _BAR_PX + _GAP_PX
    return picture(parts, name=name, title=title, description=description, height=str(max(y, 1)))

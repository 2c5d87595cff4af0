"""An age pyramid: one group to the left, the other to the right, the oldest at the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from joinedup.drawing.colour import BLUE, INK, PALE_GREY, PINK
from joinedup.drawing.scale import ticks
from joinedup.drawing.svg import SMALL_TEXT_PX, TEXT_PX, element, percent, picture, text

_ROW_PX: Final = 20
_TOP_PX: Final = 24
_FOOT_PX: Final = 24
# The bands' names stand in the middle fifth, wide enough for "85 to 89" on a telephone.
_SIDE: Final = 0.39


@dataclass(frozen=True, slots=True)
class PyramidBand:
    """One age band; a side is None where its count is not to be shown."""

    name: str
    left: int | None
    right: int | None


def draw_pyramid(
    bands: Sequence[PyramidBand],
    *,
    sides: tuple[str, str],
    name: str,
    title: str,
    description: str,
) -> str:
    """The pyramid as SVG; `bands` from the youngest, `sides` the names of left and right."""
    highest = max((value or 0 for band in bands for value in (band.left, band.right)), default=0)
    axis = ticks(highest, most=2)
    top = axis[-1]
    height = _TOP_PX + _ROW_PX * len(bands) + _FOOT_PX
    parts = [*_grid(axis, height), *_heads(sides)]
    for place, band in enumerate(reversed(bands)):
        parts.append(_row(band, top=top, y=_TOP_PX + place * _ROW_PX))
    return picture(parts, name=name, title=title, description=description, height=str(height))


def _heads(sides: tuple[str, str]) -> list[str]:
    places = ((_SIDE, "end", sides[0]), (1 - _SIDE, "start", sides[1]))
    return [
        text(words, x=percent(at), y=15, text_anchor=anchor, font_weight="bold", fill=INK)
        for at, anchor, words in places
    ]


def _row(band: PyramidBand, *, top: int, y: int) -> str:
    bars = []
    for value, colour, is_left in ((band.left, BLUE, True), (band.right, PINK, False)):
        width = (value or 0) / top * _SIDE
        x = _SIDE - width if is_left else 1 - _SIDE
        bars.append(
            element(
                "rect", x=percent(x), y=y + 2, width=percent(width), height=_ROW_PX - 4, fill=colour
            )
        )
    middle = text(
        band.name, x="50%", y=y + 15, text_anchor="middle", font_size=SMALL_TEXT_PX, fill=INK
    )
    return "".join(bars) + middle


def _grid(axis: Sequence[int], height: int) -> list[str]:
    """Fine lines and their numbers on both sides; the numbers between need a wide page."""
    parts = []
    for tick in axis:
        share = tick / axis[-1] * _SIDE
        for x, edge in ((_SIDE - share, "start"), (1 - _SIDE + share, "end")):
            is_edge = tick == axis[-1]
            between = {} if tick in (0, axis[-1]) else {"class_": "wide-only"}
            parts.append(
                element(
                    "line",
                    x1=percent(x),
                    x2=percent(x),
                    y1=_TOP_PX,
                    y2=height - _FOOT_PX,
                    stroke=PALE_GREY,
                )
                + text(
                    f"{tick:,}",
                    x=percent(x),
                    y=height - _FOOT_PX + TEXT_PX + 2,
                    text_anchor=edge if is_edge else "middle",
                    font_size=SMALL_TEXT_PX,
                    fill=INK,
                    **between,
                )
            )
    return parts

"""The sheet that a chart is drawn on: title above, key and note below, all within its edges.

A chart is drawn for one width in pixels. On a page that is narrower it shrinks; it never grows,
so that words keep the size they were made for. A page that telephones open shows a chart drawn
for `WIDE_PX` or one for `NARROW_PX`, whichever fits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from joinedup.drawing.colour import GREY, INK
from joinedup.drawing.lettering import folded, words_px
from joinedup.drawing.svg import SMALL_TEXT_PX, element, picture, text

WIDE_PX: Final = 720
NARROW_PX: Final = 288
# Below this the widest labels leave no room for the chart.
LEAST_PX: Final = 240
# From here on a chart has room for words beside it.
ROOMY_PX: Final = 520

TITLE_PX: Final = 16
LINE_PX: Final = 17
_SAMPLE_PX: Final = 30

# Draws a sample of a mark or line with its middle at a place.
Sample = Callable[[float, float], str]


@dataclass(frozen=True, slots=True)
class Block:
    """Parts of a picture, and the y at which they end."""

    parts: tuple[str, ...]
    bottom: float


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One entry of the key: a sample, and what it means."""

    sample: Sample
    words: str


def heading(title: str, subtitle: str, width_px: int) -> Block:
    """The title in bold and, below it, what is measured."""
    if width_px < LEAST_PX:
        raise ValueError(f"a chart is at least {LEAST_PX} pixels wide")
    parts, y = [], 0.0
    for line in folded(title, width_px, TITLE_PX, most=4, bold=True):
        y += TITLE_PX + 3
        parts.append(text(line, x=0, y=y, font_size=TITLE_PX, font_weight="bold", fill=INK))
    for line in folded(subtitle, width_px, SMALL_TEXT_PX, most=4):
        y += LINE_PX
        parts.append(text(line, x=0, y=y, font_size=SMALL_TEXT_PX, fill=GREY))
    return Block(tuple(parts), y + 8)


def key(entries: Sequence[KeyEntry], top: float, width_px: int) -> Block:
    """The entries side by side, on as many lines as they need."""
    parts, x, y = [], 0.0, top
    for entry in entries:
        lines = folded(entry.words, width_px - _SAMPLE_PX, SMALL_TEXT_PX, most=3)
        needed = _SAMPLE_PX + max((words_px(line, SMALL_TEXT_PX) for line in lines), default=0)
        if x and x + needed > width_px:
            x, y = 0.0, y + LINE_PX + 2
        parts.append(entry.sample(x + 12, y + LINE_PX / 2))
        for place, line in enumerate(lines):
            parts.append(
                text(
                    line,
                    x=x + _SAMPLE_PX,
                    y=y + LINE_PX / 2 + 4.5 + place * LINE_PX,
                    font_size=SMALL_TEXT_PX,
                    fill=INK,
                )
            )
        y += LINE_PX * (max(len(lines), 1) - 1)
        x += needed + 18
    return Block(tuple(parts), y + LINE_PX + 4 if entries else top)


def note(words: str, top: float, width_px: int) -> Block:
    """What stands below: the source, the newest day, what is left out."""
    parts, y = [], top
    for line in folded(words, width_px, SMALL_TEXT_PX, most=12):
        y += LINE_PX
        parts.append(text(line, x=0, y=y, font_size=SMALL_TEXT_PX, fill=GREY))
    return Block(tuple(parts), y + 4 if parts else top)


def finished(
    parts: Sequence[str],
    bottom: float,
    *,
    entries: Sequence[KeyEntry] = (),
    words: str = "",
    name: str,
    title: str,
    description: str,
    width_px: int,
) -> str:
    """The whole sheet, with the key and the note below what is drawn, as one SVG."""
    keys = key(entries, bottom + 6, width_px)
    foot = note(words, keys.bottom, width_px)
    height = round(foot.bottom + 2)
    return picture(
        [*parts, *keys.parts, *foot.parts],
        name=name,
        title=title,
        description=description,
        viewBox=f"0 0 {width_px} {height}",
        height=str(height),
        preserveAspectRatio="xMinYMin meet",
    )


def label(
    words: str,
    x: float,
    y: float,
    *,
    anchor: str = "start",
    bold: bool = False,
    colour: str = INK,
    halo: bool = False,
) -> str:
    """A small label; `halo` keeps it readable on the lines that it crosses."""
    more: dict[str, str | float] = {"font_weight": "bold"} if bold else {}
    if anchor != "start":
        more["text_anchor"] = anchor
    if halo:
        more |= {
            "paint_order": "stroke",
            "stroke": "#ffffff",
            "stroke_width": 4,
            "stroke_linejoin": "round",
        }
    return text(words, x=x, y=y, font_size=SMALL_TEXT_PX, fill=colour, **more)


def straight(
    x1: float, y1: float, x2: float, y2: float, *, colour: str = GREY, width: float = 1,
    dashes: str = "",
) -> str:  # fmt: skip
    """A straight line, broken into dashes if told."""
    more = {"stroke_dasharray": dashes} if dashes else {}
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=width, **more)

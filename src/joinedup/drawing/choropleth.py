"""A map of areas shaded by a count, with a number on each area and a key below."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from joinedup.drawing.colour import INK, SHADES, WHITE, ink_on
from joinedup.drawing.outlines import (
    Frame,
    Point,
    Ring,
    area_of,
    frame_around,
    label_point,
    outline,
    path,
)
from joinedup.drawing.scale import class_edges
from joinedup.drawing.svg import SMALL_TEXT_PX, element, percent, picture, text

# Widths at which labels must not touch: on a telephone 320 px wide; in half of a page of 60 rem.
PHONE_PX: Final = 270
SCREEN_PX: Final = 430
_LABEL_HEIGHT_PX: Final = 15
_DIGIT_PX: Final = 8


@dataclass(frozen=True, slots=True)
class MapArea:
    """One area: `label` is written on it, `value` shades it; None where not to be shown.

    `rings` are of longitude and latitude; those of several small areas are joined.
    """

    label: str
    name: str
    value: int | None
    rings: Sequence[Ring]


@dataclass(frozen=True, slots=True)
class Shading:
    """The classes of a map: `edges` are lower edges, and the last class's upper."""

    edges: tuple[int, ...]

    def shade(self, value: int | None) -> str:
        """The colour of a value; white where it is not shown."""
        return WHITE if value is None else SHADES[self._class_of(value)]

    def _class_of(self, value: int) -> int:
        return min(max(bisect_right(self.edges, value) - 1, 0), len(self.edges) - 2)


def shading_for(areas: Sequence[MapArea]) -> Shading:
    """At most five classes of round numbers."""
    values = [area.value for area in areas if area.value is not None]
    return Shading(class_edges(values, most=len(SHADES)))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """An area on the grid, and where its label goes."""

    area: MapArea
    rings: list[list[Point]]
    at: tuple[float, float]
    size: float


def draw_map(
    areas: Sequence[MapArea],
    *,
    shading: Shading,
    name: str,
    title: str,
    description: str,
    focus: Collection[str] = (),
    enlarged: Collection[str] = (),
) -> str:
    """The map as SVG. With `focus` (labels), only the window that holds those areas, enlarged.

    A label that has no room on a telephone is left out there: see `crowded`. `enlarged` marks
    the window that another map enlarges.
    """
    frame = _frame(areas, focus)
    drawn = _drawn(areas, frame)
    shapes = [_shape(one, shading) for one in drawn]
    if enlarged:
        shapes.append(_window(_frame(areas, enlarged), frame))
    inner = element(
        "svg",
        "".join(shapes),
        viewBox=f"0 0 {frame.width} {frame.height}",
        width="100%",
        height="100%",
    )
    wanted = [one for one in drawn if _is_inside(one, frame)]
    on_phone = _with_room(wanted, frame, PHONE_PX)
    on_screen = on_phone + _with_room(wanted, frame, SCREEN_PX, taken=on_phone)
    # The page decides what is narrow: it hides `.wide-only` there.
    labels = [
        _label(one, frame, shading, wide_only=one not in on_phone)
        for one in wanted
        if one in on_screen
    ]
    return picture(
        [inner, *labels],
        name=name,
        title=title,
        description=description,
        style=f"aspect-ratio:{frame.width}/{frame.height};height:auto;display:block",
    )


def crowded(areas: Sequence[MapArea]) -> tuple[str, ...]:
    """Labels of the areas too small for their label on a telephone: they need a map enlarged."""
    frame = _frame(areas, ())
    drawn = _drawn(areas, frame)
    with_room = _with_room(drawn, frame, PHONE_PX)
    return tuple(one.area.label for one in drawn if one not in with_room)


def draw_key(shading: Shading, *, unit: str, name: str, has_hidden: bool = False) -> str:
    """The key of the map: each shade and the values that it stands for."""
    rows = [
        (SHADES[place], f"{low:,} to {high - 1:,} {unit}")
        for place, (low, high) in enumerate(zip(shading.edges, shading.edges[1:], strict=False))
    ]
    if has_hidden:
        rows.append((WHITE, f"Fewer than 5 {unit}, not shown"))
    parts = []
    for place, (shade, words) in enumerate(rows):
        top = place * 24
        parts.append(
            element("rect", x=1, y=top + 2, width=28, height=18, fill=shade, stroke=INK)
            + text(words, x="38", y=top + 16, fill=INK)
        )
    described = "; ".join(words for _, words in rows)
    return picture(
        parts,
        name=name,
        title="Key",
        description=f"Shades from light to dark: {described}.",
        height=str(len(rows) * 24),
    )


def _frame(areas: Sequence[MapArea], focus: Collection[str]) -> Frame:
    shown = [area for area in areas if not focus or area.label in focus]
    rings = [ring for area in shown for ring in area.rings]
    # What is enlarged is known by what lies round it.
    return frame_around(rings, margin=0.1 if focus else 0.02)


def _drawn(areas: Sequence[MapArea], frame: Frame) -> list[_Drawn]:
    drawn = []
    for area in areas:
        rings = outline(area.rings, frame)
        if rings:
            size = sum(abs(area_of(ring)) for ring in rings)
            drawn.append(_Drawn(area, rings, label_point(rings), size))
    return drawn


def _shape(one: _Drawn, shading: Shading) -> str:
    value = "not shown" if one.area.value is None else f"{one.area.value:,}"
    return element(
        "path",
        element("title", escape(f"{one.area.label} {one.area.name}: {value}")),
        d=path(one.rings),
        fill=shading.shade(one.area.value),
        fill_rule="evenodd",
        stroke=INK,
        stroke_width=1,
        stroke_linejoin="round",
        vector_effect="non-scaling-stroke",
    )


def _window(inner: Frame, outer: Frame) -> str:
    left, top = outer.place(inner.west, inner.north)
    right, bottom = outer.place(inner.east, inner.south)
    return element(
        "rect",
        x=left,
        y=top,
        width=right - left,
        height=bottom - top,
        fill="none",
        stroke=INK,
        stroke_width=2,
        stroke_dasharray="6 4",
        vector_effect="non-scaling-stroke",
    )


def _is_inside(one: _Drawn, frame: Frame) -> bool:
    """Whether the label has room between the edges of the window."""
    x, y = one.at
    edge = frame.width * 0.03
    return edge < x < frame.width - edge and edge < y < frame.height - edge


def _label(one: _Drawn, frame: Frame, shading: Shading, *, wide_only: bool) -> str:
    x, y = one.at
    attributes: dict[str, str | float] = {"class_": "wide-only"} if wide_only else {}
    return text(
        one.area.label,
        x=percent(x / frame.width),
        y=percent(y / frame.height),
        dy="0.35em",
        text_anchor="middle",
        font_size=SMALL_TEXT_PX,
        font_weight="bold",
        fill=ink_on(shading.shade(one.area.value)),
        **attributes,
    )


def _with_room(
    drawn: Sequence[_Drawn], frame: Frame, width_px: int, *, taken: Sequence[_Drawn] = ()
) -> list[_Drawn]:
    """The areas whose labels have room at a width, larger areas first."""
    scale = width_px / frame.width
    placed = list(taken)
    added = []
    for one in sorted(drawn, key=lambda each: (-each.size, each.area.label)):
        if one in placed:
            continue
        if all(not _touch(one, other, scale) for other in placed):
            placed.append(one)
            added.append(one)
    return added


def _touch(one: _Drawn, other: _Drawn, scale: float) -> bool:
    room = _DIGIT_PX * (len(one.area.label) + len(other.area.label)) / 2 + 4
    across = abs(one.at[0] - other.at[0]) * scale
    down = abs(one.at[1] - other.at[1]) * scale
    return across < room and down < _LABEL_HEIGHT_PX

"""The funnel plot: which areas differ by more than chance, given how few or many they are.

After Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine
24, 2005. The limits are reckoned elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from joinedup.drawing.colour import GREY, INK, ORANGE, PURPLE, WHITE
from joinedup.drawing.key import line_entry, mark_entry
from joinedup.drawing.labels import Box, placed_label
from joinedup.drawing.lettering import fitted, shortened
from joinedup.drawing.marks import (
    HOLLOW,
    Absence,
    Mark,
    Shape,
    Value,
    absence_of,
    draw_mark,
    number_of,
)
from joinedup.drawing.plot import (
    Plane,
    axis_across,
    axis_for,
    cut_level,
    level,
    polyline,
    upright,
)
from joinedup.drawing.scale import Scale
from joinedup.drawing.sheet import (
    LINE_PX,
    ROOMY_PX,
    WIDE_PX,
    KeyEntry,
    finished,
    heading,
    label,
    straight,
)
from joinedup.drawing.svg import SMALL_TEXT_PX
from joinedup.drawing.units import Unit, written


class FunnelPlace(StrEnum):
    """Where a point lies against the limits."""

    WITHIN = "within"
    ABOVE_95 = "above_95"
    BELOW_95 = "below_95"
    ABOVE_998 = "above_998"
    BELOW_998 = "below_998"


FUNNEL_MARKS: Final[dict[FunnelPlace, Mark]] = {
    FunnelPlace.WITHIN: HOLLOW,
    FunnelPlace.ABOVE_95: Mark(Shape.UP, WHITE, PURPLE, 4.5),
    FunnelPlace.BELOW_95: Mark(Shape.DOWN, WHITE, PURPLE, 4.5),
    FunnelPlace.ABOVE_998: Mark(Shape.UP, ORANGE, INK, 6),
    FunnelPlace.BELOW_998: Mark(Shape.DOWN, ORANGE, INK, 6),
}
FUNNEL_WORDS: Final[dict[FunnelPlace, str]] = {
    FunnelPlace.WITHIN: "within the 95% limits",
    FunnelPlace.ABOVE_95: "above the 95% limit",
    FunnelPlace.BELOW_95: "below the 95% limit",
    FunnelPlace.ABOVE_998: "above the 99.8% limit",
    FunnelPlace.BELOW_998: "below the 99.8% limit",
}
_FAR: Final = (FunnelPlace.ABOVE_998, FunnelPlace.BELOW_998)
_DASHES_95: Final = "2 4"
_DASHES_998: Final = "9 4"


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One area: how many it is reckoned from, its value, and where that lies."""

    name: str
    denominator: float
    value: Value
    place: FunnelPlace = FunnelPlace.WITHIN


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """The limits at one denominator."""

    denominator: float
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float


@dataclass(frozen=True, slots=True)
class FunnelChart:
    """Points, and limits in order of denominators; `measure` and `size` name the two axes."""

    points: Sequence[FunnelPoint]
    limits: Sequence[FunnelLimits]
    centre: float
    measure: str = ""
    size: str = "Number of people"
    unit: Unit = Unit.PERCENT
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Layout:
    plane: Plane
    across: Scale
    up: Scale


def draw_funnel(
    chart: FunnelChart, *, name: str, title: str, description: str, width_px: int = WIDE_PX
) -> str:
    """The chart as SVG; the names of those beyond the 99.8% limits that there is room for."""
    head = heading(title, chart.measure, width_px)
    up_axis = axis_for(_heights(chart), chart.unit)
    left = up_axis.widest_px + 8
    height = 320 if width_px >= ROOMY_PX else 250
    plane = Plane(left, width_px - 10, head.bottom + 4, head.bottom + 4 + height)
    sizes = [one.denominator for one in chart.points] or [one.denominator for one in chart.limits]
    across_axis = axis_across([0.0, *sizes], Unit.NUMBER, plane.right - plane.left)
    layout = _Layout(
        plane,
        across_axis.ticks.scale(plane.left, plane.right),
        up_axis.ticks.scale(plane.bottom, plane.top),
    )
    names, unnamed = _names(chart, layout, width_px)
    words = fitted(chart.size, width_px - left, SMALL_TEXT_PX)
    parts = [
        *head.parts,
        *upright(up_axis, plane),
        *level(across_axis, plane, width_px),
        label(words, plane.right, plane.bottom + 2 * LINE_PX + 2, anchor="end", colour=GREY),
        *_lines(chart, layout),
        *_marks(chart, layout),
        *names,
    ]
    return finished(
        parts,
        plane.bottom + 2 * LINE_PX + 6,
        entries=_entries(chart),
        words=" ".join(filter(None, (_left_out(chart, unnamed), chart.note))),
        name=name,
        title=title,
        description=description,
        width_px=width_px,
    )


def _heights(chart: FunnelChart) -> list[float]:
    """Values, and limits from where the points begin: narrower ones would leave no room."""
    values = [number for one in chart.points if (number := number_of(one.value)) is not None]
    sizes = [one.denominator for one in chart.points]
    shown = [one for one in chart.limits if not sizes or one.denominator >= min(sizes)]
    limits = [end for one in shown for end in (one.lower_998, one.upper_998)]
    if not values:
        return [chart.centre, *limits]
    low, high = min(*values, chart.centre), max(*values, chart.centre)
    reach = high - low
    kept = [min(max(end, low - reach), high + reach) for end in limits]
    return [low, high, *kept]


def _lines(chart: FunnelChart, layout: _Layout) -> list[str]:
    plane = layout.plane
    y = layout.up.at(chart.centre)
    parts = [straight(plane.left, y, plane.right, y, width=1.5)]
    limits = chart.limits
    curves = [
        (_DASHES_998, [(one.denominator, one.lower_998) for one in limits]),
        (_DASHES_998, [(one.denominator, one.upper_998) for one in limits]),
        (_DASHES_95, [(one.denominator, one.lower_95) for one in limits]),
        (_DASHES_95, [(one.denominator, one.upper_95) for one in limits]),
    ]
    for dashes, values in curves:
        width = 2 if dashes == _DASHES_95 else 1.5
        held = [one for one in values if one[0] <= layout.across.high]
        for stretch in cut_level(held, layout.up.low, layout.up.high):
            points = [(layout.across.at(size), layout.up.at(value)) for size, value in stretch]
            parts.append(polyline(points, colour=GREY, width=width, dashes=dashes))
    return parts


def _marks(chart: FunnelChart, layout: _Layout) -> list[str]:
    order = list(FunnelPlace)
    drawn = sorted(chart.points, key=lambda one: (order.index(one.place), one.name))
    return [
        draw_mark(FUNNEL_MARKS[one.place], layout.across.at(one.denominator), layout.up.at(value))
        for one in drawn
        if (value := number_of(one.value)) is not None
    ]


def _names(chart: FunnelChart, layout: _Layout, width_px: int) -> tuple[list[str], int]:
    """Names of the farthest points, each where it covers no other; and how many have no room."""
    is_wide = width_px >= ROOMY_PX
    far = [
        (abs(value - chart.centre), one, layout.across.at(one.denominator), layout.up.at(value))
        for one in chart.points
        if one.place in _FAR and (value := number_of(one.value)) is not None
    ]
    far.sort(key=lambda each: (-each[0], each[1].name))
    taken = [
        Box.round(layout.across.at(one.denominator), layout.up.at(value), 6)
        for one in chart.points
        if (value := number_of(one.value)) is not None
    ]
    plane = layout.plane
    bounds = Box(plane.left + 2, plane.top, plane.right, plane.bottom - 2)
    parts: list[str] = []
    placed = 0
    for _, one, x, y in far:
        if placed == (10 if is_wide else 4):
            break
        words = shortened(one.name, 200 if is_wide else 160, SMALL_TEXT_PX)
        found = placed_label(words, x, y, taken, bounds)
        if found is not None:
            placed += 1
            taken.append(found.box)
            parts += found.parts
    return parts, len(far) - placed


def _left_out(chart: FunnelChart, unnamed: int) -> str:
    counts = {
        reason: sum(absence_of(one.value) is reason for one in chart.points) for reason in Absence
    }
    said = []
    if unnamed:
        said.append(f"{unnamed:,} more beyond the 99.8% limits: see the table.")
    if hidden := counts[Absence.NOT_SHOWN]:
        said.append(f"{hidden:,} not shown (small numbers).")
    if missing := counts[Absence.NO_DATA]:
        said.append(f"{missing:,} without data.")
    return " ".join(said)


def _entries(chart: FunnelChart) -> list[KeyEntry]:
    found = {one.place for one in chart.points if absence_of(one.value) is None}
    marks = [
        mark_entry(FUNNEL_MARKS[place], FUNNEL_WORDS[place])
        for place in FunnelPlace
        if place in found
    ]
    return [
        *marks,
        line_entry(f"all together: {written(chart.centre, chart.unit)}"),
        line_entry("95% limits", dashes=_DASHES_95, width=2),
        line_entry("99.8% limits", dashes=_DASHES_998),
    ]

"""The plane of a chart: its edges in pixels, its scales, and the lines and words of its axes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from joinedup.drawing.colour import GREY, INK, PALE_GREY
from joinedup.drawing.lettering import fitted, words_px
from joinedup.drawing.scale import LARGEST, RealTicks, Scale, date_ticks, real_ticks
from joinedup.drawing.sheet import LINE_PX, label, straight
from joinedup.drawing.svg import SMALL_TEXT_PX, element
from joinedup.drawing.units import Unit, written_day, written_ticks

Point = tuple[float, float]
_TICK_GAP_PX = 16
# Room for "Sep 2025" and for "30 Sep 2025", with a gap.
_MONTH_PX = 70
_DAY_PX = 92


@dataclass(frozen=True, slots=True)
class Plane:
    """Where a chart's own picture lies on the sheet, in pixels."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Axis:
    """Round ticks and how they are written."""

    ticks: RealTicks
    words: tuple[str, ...]

    @property
    def widest_px(self) -> float:
        """Width of the widest tick's words."""
        return max(words_px(one, SMALL_TEXT_PX) for one in self.words)


def axis_for(values: Iterable[float], unit: Unit, *, most: int = 5) -> Axis:
    """The axis that holds the values; without any it has no numbers, which would mean nothing."""
    held = list(values)
    ticks = real_ticks(held, most=most)
    if not held:
        return Axis(ticks, ("",) * len(ticks.values))
    return Axis(ticks, written_ticks(ticks.values, ticks.step, unit))


def padded(values: Sequence[float]) -> list[float]:
    """The values and a little more at either end, so that none lies on the edge of the plane.

    An end at nought stays: below nought there may be nothing.
    """
    if not values:
        return []
    low, high = min(values), max(values)
    room = (high - low) * 0.04
    lowest = low if 0 <= low <= room else max(low - room, -LARGEST)
    return [low, high, lowest, high if -room <= high <= 0 else min(high + room, LARGEST)]


def axis_across(values: Iterable[float], unit: Unit, width: float) -> Axis:
    """The axis that holds the values, with no more ticks than a width has room for."""
    held = list(values)
    for most in (6, 5, 4, 3, 2):
        axis = axis_for(held, unit, most=most)
        if (axis.widest_px + _TICK_GAP_PX) * (len(axis.words) - 1) <= width:
            return axis
    return axis_for(held, unit, most=1)


def upright(axis: Axis, plane: Plane) -> tuple[str, ...]:
    """Level lines and their numbers to the left of the plane."""
    scale = axis.ticks.scale(plane.bottom, plane.top)
    parts = []
    for value, words in zip(axis.ticks.values, axis.words, strict=True):
        y = scale.at(value)
        colour = GREY if value == 0 or value == axis.ticks.values[0] else PALE_GREY
        parts.append(straight(plane.left, y, plane.right, y, colour=colour))
        if words:
            parts.append(label(words, plane.left - 6, y + 4.5, anchor="end", colour=GREY))
    return tuple(parts)


def level(axis: Axis, plane: Plane, width_px: int) -> tuple[str, ...]:
    """Upright lines and their numbers below the plane; those that would touch are left out."""
    scale = axis.ticks.scale(plane.left, plane.right)
    lines = [
        straight(x, plane.top, x, plane.bottom, colour=GREY if value == 0 else PALE_GREY)
        for value in axis.ticks.values
        for x in [scale.at(value)]
    ]
    return (*lines, *level_words(axis, plane, width_px))


def level_words(axis: Axis, plane: Plane, width_px: int) -> tuple[str, ...]:
    """The numbers of a level axis below the plane; those that would touch are left out."""
    scale = axis.ticks.scale(plane.left, plane.right)
    parts, ends = [], -99.0
    for value, words in zip(axis.ticks.values, axis.words, strict=True):
        middle = _held(scale.at(value), words, width_px)
        half = words_px(words, SMALL_TEXT_PX) / 2
        if words and middle - half >= ends:
            parts.append(
                label(words, middle, plane.bottom + LINE_PX + 2, anchor="middle", colour=GREY)
            )
            ends = middle + half + 4
    return tuple(parts)


def nothing_to_show(plane: Plane) -> str:
    """What stands in the middle of a plane on which no value is."""
    words = fitted("No values to show", plane.right - plane.left, SMALL_TEXT_PX, bold=True)
    x, y = (plane.left + plane.right) / 2, (plane.top + plane.bottom) / 2
    return label(words, x, y, anchor="middle", bold=True)


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Days along a plane, with a little room at both ends."""

    first: dt.date
    last: dt.date
    left: float
    right: float

    def at(self, day: dt.date) -> float:
        """The x of a day; beyond the scale, the nearer end."""
        span = (self.last - self.first).days
        if span == 0:
            return (self.left + self.right) / 2
        ends = self.left + 8, self.right - 8
        return Scale(0, span, *ends).at((day - self.first).days)


def time_axis(scale: TimeScale, plane: Plane, width_px: int) -> tuple[str, ...]:
    """Ticks and their months, or days where the time is short, below the plane."""
    width = plane.right - plane.left
    days = date_ticks(scale.first, scale.last, most=int(width // _MONTH_PX) + 1)
    with_day = any(day.day != 1 for day in days)
    if with_day:
        days = date_ticks(scale.first, scale.last, most=int(width // _DAY_PX) + 1)
        with_day = any(day.day != 1 for day in days)
    parts, ends = [], -99.0
    for day in days:
        x, words = scale.at(day), written_day(day, with_day=with_day)
        parts.append(straight(x, plane.bottom, x, plane.bottom + 5))
        middle, half = _held(x, words, width_px), words_px(words, SMALL_TEXT_PX) / 2
        if middle - half >= ends:
            parts.append(
                label(words, middle, plane.bottom + LINE_PX + 2, anchor="middle", colour=GREY)
            )
            ends = middle + half + 6
    return tuple(parts)


def whisker(low: float, high: float, y: float, *, cap: float = 5, colour: str = INK) -> list[str]:
    """An interval as a line with a cap at either end."""
    return [
        straight(low, y, high, y, colour=colour, width=1.75),
        straight(low, y - cap, low, y + cap, colour=colour, width=1.75),
        straight(high, y - cap, high, y + cap, colour=colour, width=1.75),
    ]


def polyline(
    points: Sequence[Point], *, colour: str = INK, width: float = 1.5, dashes: str = ""
) -> str:
    """A line through points."""
    more = {"stroke_dasharray": dashes} if dashes else {}
    return element(
        "path",
        d="M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points),
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_linejoin="round",
        **more,
    )


def cut_level(points: Sequence[Point], top: float, bottom: float) -> list[list[Point]]:
    """The stretches of a line that lie between two levels, cut where it crosses them."""
    stretches: list[list[Point]] = []
    for start, end in pairwise(points):
        inside = _inside(start, end, top, bottom)
        if inside is None:
            continue
        if stretches and stretches[-1][-1] == inside[0]:
            stretches[-1].append(inside[1])
        else:
            stretches.append([inside[0], inside[1]])
    return stretches


def _inside(start: Point, end: Point, top: float, bottom: float) -> tuple[Point, Point] | None:
    (x1, y1), (x2, y2) = start, end
    if max(y1, y2) < top or min(y1, y2) > bottom:
        return None
    if y1 == y2:
        return start, end
    shares = sorted(((top - y1) / (y2 - y1), (bottom - y1) / (y2 - y1)))
    low, high = max(shares[0], 0.0), min(shares[1], 1.0)

    def at(share: float) -> Point:
        if share in (0.0, 1.0):
            return end if share else start
        return x1 + (x2 - x1) * share, y1 + (y2 - y1) * share

    return at(low), at(high)


def _held(x: float, words: str, width_px: float) -> float:
    """The middle of words that would stand at x, moved so that they stay on the sheet."""
    half = words_px(words, SMALL_TEXT_PX) / 2
    return min(max(x, half), width_px - half)

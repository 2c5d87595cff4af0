"""One or several series over time, with bands: what was, what is expected, and how sure it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from joinedup.drawing.colour import BLUE, GREY, INK, MID_BLUE, ORANGE, PURPLE, WHITE
from joinedup.drawing.key import absence_entries, line_entry
from joinedup.drawing.labels import Box, placed_label
from joinedup.drawing.lettering import words_px
from joinedup.drawing.marks import (
    Mark,
    Shape,
    absence_of,
    draw_mark,
    hatching,
    number_of,
)
from joinedup.drawing.plot import axis_for, nothing_to_show, padded, polyline, time_axis, upright
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
from joinedup.drawing.svg import SMALL_TEXT_PX, element
from joinedup.drawing.timeline import (
    EdgeLabel,
    Timeline,
    TimePoint,
    absent_on,
    edge_labels,
    timeline,
)
from joinedup.drawing.units import Unit, written


@dataclass(frozen=True, slots=True)
class LineLook:
    """A line that can be told from the others without colour: its dashes and its end mark."""

    colour: str
    dashes: str
    mark: Mark


LINE_LOOKS: Final = (
    LineLook(BLUE, "", Mark(Shape.CIRCLE, BLUE, INK, 4)),
    LineLook(ORANGE, "9 4", Mark(Shape.UP, ORANGE, INK, 5)),
    LineLook(PURPLE, "3 3", Mark(Shape.SQUARE, PURPLE, INK, 4)),
    LineLook(INK, "12 3 3 3", Mark(Shape.DIAMOND, INK, INK, 5)),
    LineLook(GREY, "1 3", Mark(Shape.DOWN, WHITE, GREY, 5)),
)


@dataclass(frozen=True, slots=True)
class Series:
    """A named line, its points in order of days."""

    name: str
    points: Sequence[TimePoint]


@dataclass(frozen=True, slots=True)
class BandPoint:
    """The low and high end of a band on one day."""

    when: dt.date
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Band:
    """A named area between two lines, its points in order of days."""

    name: str
    points: Sequence[BandPoint]


@dataclass(frozen=True, slots=True)
class Level:
    """A named level line, such as the beds there are."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class LineChart:
    """Up to five series, bands behind them, level lines, and a day on which the forecast begins."""

    series: Sequence[Series]
    bands: Sequence[Band] = ()
    levels: Sequence[Level] = ()
    forecast_from: dt.date | None = None
    measure: str = ""
    unit: Unit = Unit.NUMBER
    from_zero: bool = False
    note: str = ""


def draw_lines(
    chart: LineChart, *, name: str, title: str, description: str, width_px: int = WIDE_PX
) -> str:
    """The chart as SVG. ValueError for more series than can be told apart without colour."""
    if len(chart.series) > len(LINE_LOOKS):
        raise ValueError(f"a line chart has up to {len(LINE_LOOKS)} series")
    axis = axis_for(padded(_values(chart)), chart.unit)
    ends = _ends(chart, width_px)
    head = heading(title, chart.measure, width_px)
    top = head.bottom + (LINE_PX + 2 if chart.forecast_from else 6)
    days = _days(chart)
    on = timeline(axis, days, ends, top=top, width_px=width_px)
    plane = on.plane
    parts = [
        hatching(name),
        *head.parts,
        *_bands(chart.bands, on),
        *upright(axis, plane),
        *(time_axis(on.across, plane, width_px) if days else ()),
        *_levels(chart.levels, on),
        *_forecast(chart.forecast_from if days else None, on, head.bottom),
        *(part for at, one in enumerate(chart.series) for part in _line(one, at, on, name)),
        *_inner_ends(chart, on),
        *edge_labels(ends, on),
        *([] if _values(chart) else [nothing_to_show(plane)]),
    ]
    return finished(
        parts,
        plane.bottom + LINE_PX + 10,
        entries=_entries(chart, name),
        words=chart.note,
        name=name,
        title=title,
        description=description,
        width_px=width_px,
    )


def _values(chart: LineChart) -> list[float]:
    found = [0.0] if chart.from_zero else []
    found += [one.value for one in chart.levels]
    found += [end for band in chart.bands for one in band.points for end in (one.low, one.high)]
    points = [number_of(one.value) for series in chart.series for one in series.points]
    return found + [value for value in points if value is not None]


def _days(chart: LineChart) -> list[dt.date]:
    found = [one.when for series in chart.series for one in series.points]
    found += [one.when for band in chart.bands for one in band.points]
    return found


def _latest(series: Series) -> tuple[dt.date, float] | None:
    numbered = [
        (one.when, value) for one in series.points if (value := number_of(one.value)) is not None
    ]
    return numbered[-1] if numbered else None


def _ends(chart: LineChart, width_px: int) -> list[EdgeLabel]:
    """At its right end each line has its newest value; on a wide sheet its name as well."""
    is_roomy = width_px >= ROOMY_PX
    newest = max(_days(chart), default=None)
    ends = []
    for series in chart.series:
        latest = _latest(series)
        if latest is not None and latest[0] == newest:
            name = series.name if is_roomy and len(chart.series) > 1 else ""
            ends.append(EdgeLabel(name, written(latest[1], chart.unit), latest[1], bold=True))
    if is_roomy:
        ends += [
            EdgeLabel(one.name, written(one.value, chart.unit), one.value) for one in chart.levels
        ]
    return ends


def _inner_ends(chart: LineChart, on: Timeline) -> list[str]:
    """The newest value of a line that ends before the others, where it covers none of them."""
    plane = on.plane
    taken = [
        Box.round(on.across.at(one.when), on.up.at(value), 4)
        for series in chart.series
        for one in series.points
        if (value := number_of(one.value)) is not None
    ]
    taken += [
        Box(plane.left, y - 3, plane.right, y + 3)
        for y in (on.up.at(one.value) for one in chart.levels)
    ]
    bounds = Box(plane.left, plane.top, plane.right, plane.bottom)
    parts: list[str] = []
    for series in chart.series:
        latest = _latest(series)
        if latest is not None and latest[0] != max(_days(chart)):
            x, y = on.across.at(latest[0]), on.up.at(latest[1])
            found = placed_label(written(latest[1], chart.unit), x, y, taken, bounds)
            if found is not None:
                taken.append(found.box)
                parts += found.parts
    return parts


def _bands(bands: Sequence[Band], on: Timeline) -> list[str]:
    parts = []
    for band in bands:
        if not band.points:
            continue
        tops = [(on.across.at(one.when), on.up.at(one.high)) for one in band.points]
        feet = [(on.across.at(one.when), on.up.at(one.low)) for one in band.points]
        path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in [*tops, *reversed(feet)]) + "Z"
        parts.append(element("path", d=path, fill=MID_BLUE))
        parts += [polyline(edge, colour=BLUE, width=1, dashes="2 2") for edge in (tops, feet)]
    return parts


def _levels(levels: Sequence[Level], on: Timeline) -> list[str]:
    plane = on.plane
    return [
        straight(plane.left, y, plane.right, y, colour=INK, width=2, dashes="10 3 2 3")
        for one in levels
        for y in [on.up.at(one.value)]
    ]


def _forecast(day: dt.date | None, on: Timeline, top: float) -> list[str]:
    if day is None:
        return []
    x, plane = on.across.at(day), on.plane
    words = "forecast"
    room = words_px(words, SMALL_TEXT_PX)
    left = min(x + 5, on.width_px - room)
    return [
        straight(x, top + 4, x, plane.bottom, colour=INK, width=1.5, dashes="2 2"),
        label(words, left, top + 13, halo=True),
    ]


def _line(series: Series, at: int, on: Timeline, name: str) -> list[str]:
    look = LINE_LOOKS[at]
    parts = []
    for is_absent, run in groupby(series.points, key=lambda one: absence_of(one.value) is not None):
        held = list(run)
        if is_absent:
            parts += [absent_on(one.when, one.value, on, name) for one in held]
            continue
        points = [(on.across.at(one.when), on.up.at(number_of(one.value) or 0.0)) for one in held]
        if len(points) == 1:
            parts.append(draw_mark(look.mark, *points[0], scale=0.6))
        else:
            parts.append(polyline(points, colour=look.colour, width=2.25, dashes=look.dashes))
    latest = _latest(series)
    if latest is not None:
        parts.append(draw_mark(look.mark, on.across.at(latest[0]), on.up.at(latest[1])))
    return parts


def _entries(chart: LineChart, name: str) -> list[KeyEntry]:
    entries = [
        _series_entry(one.name, LINE_LOOKS[at])
        for at, one in enumerate(chart.series)
        if _latest(one) is not None
    ]
    entries += [_band_entry(one.name) for one in chart.bands if one.points]
    entries += [
        line_entry(
            f"{one.name}: {written(one.value, chart.unit)}",
            dashes="10 3 2 3",
            colour=INK,
            width=2,
        )
        for one in chart.levels
    ]
    values = (one.value for series in chart.series for one in series.points)
    return entries + absence_entries(values, name)


def _series_entry(words: str, look: LineLook) -> KeyEntry:
    def sample(x: float, y: float) -> str:
        drawn = straight(x - 12, y, x + 12, y, colour=look.colour, width=2.25, dashes=look.dashes)
        return drawn + draw_mark(look.mark, x, y)

    return KeyEntry(sample, words)


def _band_entry(words: str) -> KeyEntry:
    def sample(x: float, y: float) -> str:
        return element(
            "rect", x=x - 12, y=y - 6, width=24, height=12, fill=MID_BLUE, stroke=BLUE,
            stroke_width=1, stroke_dasharray="2 2",
        )  # fmt: skip

    return KeyEntry(sample, words)

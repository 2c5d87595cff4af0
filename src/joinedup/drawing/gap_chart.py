"""The inequality gap: a value with its interval for each deprivation fifth, or other group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from joinedup.drawing.colour import BLUE, GREY, INK, PALE_GREY
from joinedup.drawing.key import absence_entries, line_entry, mark_entry
from joinedup.drawing.lettering import shortened, words_px
from joinedup.drawing.marks import (
    ABSENCE_WORDS,
    Mark,
    Shape,
    Value,
    absence_of,
    draw_absence,
    draw_mark,
    hatching,
    number_of,
)
from joinedup.drawing.plot import Axis, Plane, axis_across, level_words, whisker
from joinedup.drawing.scale import Scale
from joinedup.drawing.sheet import LINE_PX, WIDE_PX, KeyEntry, finished, heading, label, straight
from joinedup.drawing.svg import SMALL_TEXT_PX
from joinedup.drawing.units import Unit, written, written_alike

GROUP_MARK: Final = Mark(Shape.CIRCLE, BLUE, INK, 5.5)
_ROW_PX: Final = 44
_DASHES: Final = "5 3"


@dataclass(frozen=True, slots=True)
class GapGroup:
    """One group: its value, or why there is none, and the ends of its interval."""

    name: str
    value: Value
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class GapChart:
    """Groups in the order that they are drawn in, from the most deprived as a rule.

    `overall` is the value of all groups together, drawn as a line; `interval` says what the
    whiskers are.
    """

    groups: Sequence[GapGroup]
    measure: str = ""
    unit: Unit = Unit.NUMBER
    overall: float | None = None
    overall_name: str = "All groups"
    interval: str = "95% confidence interval"
    from_zero: bool = True
    note: str = ""


def draw_gap(
    chart: GapChart, *, name: str, title: str, description: str, width_px: int = WIDE_PX
) -> str:
    """The chart as SVG: a row for each group, its name and value in words above its dot."""
    head = heading(title, chart.measure, width_px)
    bottom = head.bottom + _ROW_PX * len(chart.groups)
    plane = Plane(10, width_px - 14, head.bottom, bottom + 4)
    axis = axis_across(_values(chart), chart.unit, plane.right - plane.left)
    scale = axis.ticks.scale(plane.left, plane.right)
    rows = [
        part
        for place, group in enumerate(chart.groups)
        for part in _row(group, chart, scale, plane, head.bottom + place * _ROW_PX, name)
    ]
    parts = [
        hatching(name),
        *head.parts,
        *_uprights(chart, axis, plane),
        *level_words(axis, plane, width_px),
        *rows,
    ]
    return finished(
        parts,
        plane.bottom + LINE_PX + 8,
        entries=_entries(chart, name),
        words=chart.note,
        name=name,
        title=title,
        description=description,
        width_px=width_px,
    )


def _values(chart: GapChart) -> list[float]:
    found = [0.0] if chart.from_zero else []
    for one in chart.groups:
        value = number_of(one.value)
        if value is not None:
            found += [end for end in (value, one.lower, one.upper) if end is not None]
    return found if chart.overall is None else [*found, chart.overall]


def _row(
    group: GapGroup, chart: GapChart, scale: Scale, plane: Plane, top: float, name: str
) -> list[str]:
    y = top + 30
    parts = [straight(plane.left, y, plane.right, y, colour=PALE_GREY)]
    value = number_of(group.value)
    absence = absence_of(group.value)
    if absence is not None:
        # Over the whole axis: it could be anywhere, and a short block would pass for a value.
        said, width = [ABSENCE_WORDS[absence]], plane.right - plane.left
        parts.append(draw_absence(absence, name, x=plane.left, y=y - 6, width=width, height=12))
    else:
        said = [written(value or 0.0, chart.unit)]
        if group.lower is not None and group.upper is not None:
            ends = (value or 0.0, group.lower, group.upper)
            middle, low, high = written_alike(ends, chart.unit)
            said.insert(0, f"{middle} ({low} to {high})")
            parts += whisker(scale.at(group.lower), scale.at(group.upper), y)
        parts.append(draw_mark(GROUP_MARK, scale.at(value or 0.0), y))
    return [*_words(group.name, said, plane, top + 15), *parts]


def _words(group: str, said: Sequence[str], plane: Plane, y: float) -> list[str]:
    """The group's name at the left edge; at the right the fullest of what is said that fits."""
    edge = plane.right + 10
    fits = [one for one in said if words_px(one, SMALL_TEXT_PX, bold=True) <= edge * 0.66]
    chosen = (fits or said[-1:])[0]
    room = edge - words_px(chosen, SMALL_TEXT_PX, bold=True) - 12
    return [
        label(shortened(group, room, SMALL_TEXT_PX), 0, y),
        label(chosen, edge, y, anchor="end", bold=True),
    ]


def _uprights(chart: GapChart, axis: Axis, plane: Plane) -> list[str]:
    """Upright lines beside the dots only, so that none runs through words."""
    scale = axis.ticks.scale(plane.left, plane.right)
    parts = []
    for place in range(len(chart.groups)):
        top = plane.top + place * _ROW_PX + 20
        for value in axis.ticks.values:
            x = scale.at(value)
            colour = GREY if value == 0 and chart.from_zero else PALE_GREY
            parts.append(straight(x, top, x, top + 21, colour=colour))
        if chart.overall is not None:
            x = scale.at(chart.overall)
            parts.append(straight(x, top, x, top + 21, width=2, dashes=_DASHES))
    return parts


def _entries(chart: GapChart, name: str) -> list[KeyEntry]:
    entries = []
    if any(absence_of(one.value) is None for one in chart.groups):
        entries.append(mark_entry(GROUP_MARK, "value"))
        if any(one.lower is not None for one in chart.groups):
            entries.append(
                KeyEntry(lambda x, y: "".join(whisker(x - 11, x + 11, y)), chart.interval)
            )
    if chart.overall is not None:
        words = f"{chart.overall_name}: {written(chart.overall, chart.unit)}"
        entries.append(line_entry(words, dashes=_DASHES, colour=GREY))
    return entries + absence_entries((one.value for one in chart.groups), name)

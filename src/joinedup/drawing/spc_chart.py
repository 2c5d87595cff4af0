"""The statistical process control chart of individual values (XmR): is a change real?

What counts as special, and where the limits lie, is reckoned elsewhere; this draws it. After
Wheeler, Understanding Variation, 1993, and NHS England, Making Data Count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from joinedup.drawing.colour import GREY, INK, WHITE
from joinedup.drawing.key import absence_entries, line_entry, mark_entry
from joinedup.drawing.lettering import folded, words_px
from joinedup.drawing.marks import (
    BAD,
    GOOD,
    PLAIN,
    UNJUDGED,
    Mark,
    Value,
    absence_of,
    draw_mark,
    hatching,
    number_of,
)
from joinedup.drawing.plot import axis_for, nothing_to_show, padded, time_axis, upright
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
from joinedup.drawing.timeline import EdgeLabel, Timeline, absent_on, edge_labels, timeline
from joinedup.drawing.units import Unit, written, written_day


class Variation(StrEnum):
    """What a point is: within the usual variation, or special and which way."""

    COMMON = "common"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEITHER = "neither"


SPC_MARKS: Final[dict[Variation, Mark]] = {
    Variation.COMMON: PLAIN,
    Variation.IMPROVEMENT: GOOD,
    Variation.CONCERN: BAD,
    Variation.NEITHER: UNJUDGED,
}
SPC_WORDS: Final[dict[Variation, str]] = {
    Variation.COMMON: "usual variation",
    Variation.IMPROVEMENT: "special: improvement",
    Variation.CONCERN: "special: concern",
    Variation.NEITHER: "special: neither better nor worse",
}
LIMIT_DASHES: Final = "6 4"
TARGET_DASHES: Final = "10 3 2 3"


@dataclass(frozen=True, slots=True)
class SpcPoint:
    """One period: its first day, its value or why there is none, and what it is."""

    when: dt.date
    value: Value
    variation: Variation = Variation.COMMON


@dataclass(frozen=True, slots=True)
class SpcSegment:
    """From the first day to the last, one centre and its limits.

    `reason` says why the limits were reckoned anew here; the first segment may say from what.
    `baseline_last` is the last day that the limits were reckoned from, if not the whole segment.
    """

    first: dt.date
    last: dt.date
    centre: float
    lower: float | None = None
    upper: float | None = None
    reason: str = ""
    baseline_last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class SpcChart:
    """A series in order of days, with segments in order; `measure` says what a value is."""

    points: Sequence[SpcPoint]
    segments: Sequence[SpcSegment] = ()
    measure: str = ""
    unit: Unit = Unit.NUMBER
    target: float | None = None
    note: str = ""


def draw_spc(
    chart: SpcChart, *, name: str, title: str, description: str, width_px: int = WIDE_PX
) -> str:
    """The chart as SVG. ValueError for a value that is not finite."""
    axis = axis_for(padded(_values(chart)), chart.unit)
    sides = _sides(chart, width_px)
    head = heading(title, chart.measure, width_px)
    reasons = [one for one in chart.segments if one.reason]
    days = [one.when for one in chart.points] or [one.first for one in chart.segments]
    rows = _rows(reasons, width_px) + any(one.baseline_last for one in chart.segments)
    top = head.bottom + LINE_PX * rows + 12
    on = timeline(axis, days, sides, top=top, width_px=width_px)
    plane = on.plane
    parts = [
        hatching(name),
        *head.parts,
        *upright(axis, plane),
        *(time_axis(on.across, plane, width_px) if days else ()),
        *_limits(chart, on),
        *_changes(reasons, on, head.bottom),
        *_series(chart.points, on),
        *(absent_on(one.when, one.value, on, name) for one in chart.points),
        *edge_labels(sides, on),
        *([] if _values(chart) else [nothing_to_show(plane)]),
    ]
    return finished(
        parts,
        plane.bottom + LINE_PX + 10,
        entries=_entries(chart, name, width_px),
        words=chart.note,
        name=name,
        title=title,
        description=description,
        width_px=width_px,
    )


def _values(chart: SpcChart) -> list[float]:
    points = [number_of(one.value) for one in chart.points]
    lines = [value for one in chart.segments for value in (one.centre, one.lower, one.upper)]
    return [value for value in (*points, *lines, chart.target) if value is not None]


def _sides(chart: SpcChart, width_px: int) -> list[EdgeLabel]:
    """On a wide sheet every line has its name; on a narrow one the key has them."""
    numbered = [one for one in chart.points if absence_of(one.value) is None]
    is_roomy = width_px >= ROOMY_PX
    sides = []
    if numbered:
        latest = numbered[-1]
        value = number_of(latest.value) or 0.0
        with_day = any(one.when.day != 1 for one in chart.points)
        day = written_day(latest.when, with_day=with_day) + ":" if is_roomy else ""
        sides.append(EdgeLabel(day, written(value, chart.unit), value, bold=True))
    if is_roomy:
        sides += [EdgeLabel(name, said, value) for name, said, value, _ in _lines(chart)]
    return sides


def _lines(chart: SpcChart) -> list[tuple[str, str, float, str]]:
    """The lines of the newest segment and the target: name, value in words, value and dashes."""
    found: list[tuple[str, float | None, str]] = []
    if chart.segments:
        newest = chart.segments[-1]
        found = [
            ("Upper limit", newest.upper, LIMIT_DASHES),
            ("Mean", newest.centre, ""),
            ("Lower limit", newest.lower, LIMIT_DASHES),
        ]
    found.append(("Target", chart.target, TARGET_DASHES))
    return [
        (name, written(value, chart.unit), value, dashes)
        for name, value, dashes in found
        if value is not None
    ]


def _limits(chart: SpcChart, on: Timeline) -> list[str]:
    parts = []
    for place, one in enumerate(chart.segments):
        left, right = _edges(chart.segments, place, on)
        lines = [(one.upper, LIMIT_DASHES), (one.centre, ""), (one.lower, LIMIT_DASHES)]
        for value, dashes in lines:
            if value is not None:
                y = on.up.at(value)
                parts.append(straight(left, y, right, y, width=1.5, dashes=dashes))
        if one.baseline_last is not None:
            parts += _baseline(left, min(on.across.at(one.baseline_last), right), on)
    if chart.target is not None:
        y, plane = on.up.at(chart.target), on.plane
        parts.append(
            straight(plane.left, y, plane.right, y, colour=INK, width=2, dashes=TARGET_DASHES)
        )
    return parts


def _edges(segments: Sequence[SpcSegment], place: int, on: Timeline) -> tuple[float, float]:
    """A segment's lines run to its ends, and the outer ones to the edges of the plane."""
    one = segments[place]
    left = on.across.at(one.first) if place else on.plane.left
    is_last = place == len(segments) - 1
    return left, on.plane.right if is_last else on.across.at(one.last)


def _baseline(left: float, right: float, on: Timeline) -> list[str]:
    """A bracket, in a row of its own, over the periods that the limits were reckoned from."""
    y = on.plane.top - 5
    parts = [
        straight(left, y, right, y, colour=INK),
        straight(left, y, left, y + 5, colour=INK),
        straight(right, y, right, y + 5, colour=INK),
    ]
    tries = ("limits from these periods", "limits from these", "baseline")
    for words in tries:
        if words_px(words, SMALL_TEXT_PX) <= right - left - 8:
            return [*parts, label(words, left + 4, y - 4, halo=True)]
    return parts


def _rows(reasons: Sequence[SpcSegment], width_px: int) -> int:
    return sum(len(_reason(one, width_px)) for one in reasons)


def _reason(one: SpcSegment, width_px: int) -> tuple[str, ...]:
    return folded(one.reason, width_px - 20, SMALL_TEXT_PX, most=2)


def _changes(reasons: Sequence[SpcSegment], on: Timeline, top: float) -> list[str]:
    """An upright line where limits begin anew, and its reason above in a row of its own."""
    lines, words, y = [], [], top
    for one in reasons:
        x, plane = on.across.at(one.first), on.plane
        folds = _reason(one, on.width_px)
        lines.append(straight(x, y + 4, x, plane.bottom, colour=INK, width=1.5, dashes="2 2"))
        room = max((words_px(fold, SMALL_TEXT_PX) for fold in folds), default=0)
        left = min(x + 6, on.width_px - room)
        for fold in folds:
            y += LINE_PX
            words.append(
                element("rect", x=left - 2, y=y - 12, width=room + 2, height=15, fill=WHITE)
                + label(fold, left, y)
            )
    return [*lines, *words]


def _series(points: Sequence[SpcPoint], on: Timeline) -> list[str]:
    placed = [
        (on.across.at(one.when), None if value is None else on.up.at(value), one)
        for one in points
        for value in [number_of(one.value)]
    ]
    parts = [
        straight(x1, y1, x2, y2, colour=GREY, width=1.25)
        for (x1, y1, _), (x2, y2, _) in pairwise(placed)
        if y1 is not None and y2 is not None
    ]
    room = (on.plane.right - on.plane.left) / max(len(points), 1)
    scale = min(1.0, max(room / 7, 0.6))
    # Special points last, so that no usual one covers them.
    for is_special in (False, True):
        parts += [
            draw_mark(
                SPC_MARKS[one.variation], x, y, scale=max(scale, 0.85) if is_special else scale
            )
            for x, y, one in placed
            if y is not None and (one.variation is not Variation.COMMON) == is_special
        ]
    return parts


def _entries(chart: SpcChart, name: str, width_px: int) -> list[KeyEntry]:
    entries = [
        mark_entry(SPC_MARKS[kind], SPC_WORDS[kind])
        for kind in Variation
        if any(one.variation is kind and absence_of(one.value) is None for one in chart.points)
    ]
    if width_px < ROOMY_PX:
        entries += [
            line_entry(f"{words} {said}", dashes=dashes) for words, said, _, dashes in _lines(chart)
        ]
    elif chart.segments:
        entries.append(line_entry("limits of usual variation", dashes=LIMIT_DASHES))
    return entries + absence_entries((one.value for one in chart.points), name)

"""Areas ranked by value, each with its interval, against the value of the whole system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Final

from joinedup.drawing.colour import GREY, INK, PALE_GREY
from joinedup.drawing.key import absence_entries, line_entry, mark_entry
from joinedup.drawing.lettering import folded, shortened, spread, words_px
from joinedup.drawing.marks import (
    ABSENCE_WORDS,
    BAD,
    GOOD,
    PLAIN,
    UNJUDGED,
    Mark,
    Shape,
    Value,
    absence_of,
    draw_absence,
    draw_mark,
    hatching,
    number_of,
)
from joinedup.drawing.plot import Plane, axis_across, level, whisker
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
from joinedup.drawing.units import Unit, written, written_alike

# More rows than this and each is a thin line; only the ends and those in focus have their names.
MOST_NAMED: Final = 40
_THIN_PX: Final = 5
_DASHES: Final = "6 4"


class Verdict(StrEnum):
    """An area against the system: by its interval, and by what is good."""

    BETTER = "better"
    SIMILAR = "similar"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"


VERDICT_MARKS: Final[dict[Verdict, Mark]] = {
    Verdict.BETTER: GOOD,
    Verdict.SIMILAR: Mark(Shape.CIRCLE, GREY, GREY, 4),
    Verdict.WORSE: BAD,
    Verdict.HIGHER: UNJUDGED,
    Verdict.LOWER: Mark(Shape.DOWN, PLAIN.fill, INK, 5),
}


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One area: its value or why there is none, its interval, and how it compares."""

    name: str
    value: Value
    lower: float | None = None
    upper: float | None = None
    verdict: Verdict = Verdict.SIMILAR


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """Areas in any order: they are drawn from the highest value, those without one last.

    `focus` are names that keep their label however many areas there are.
    """

    rows: Sequence[IntervalRow]
    overall: float
    overall_name: str = "The system"
    measure: str = ""
    unit: Unit = Unit.NUMBER
    interval: str = "95% confidence interval"
    focus: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Layout:
    plane: Plane
    across: Scale
    middles: Sequence[float]
    is_dense: bool
    name: str


def draw_intervals(
    chart: IntervalChart, *, name: str, title: str, description: str, width_px: int = WIDE_PX
) -> str:
    """The chart as SVG: up to 40 areas with a row each, more as thin lines with few names."""
    rows = _ranked(chart.rows)
    is_dense = len(rows) > MOST_NAMED
    head = heading(title, chart.measure, width_px)
    said = [""] if is_dense else _said(rows, chart, width_px)
    right = max((words_px(one, SMALL_TEXT_PX) for one in said), default=0) + 14
    left = _name_room(rows, width_px)
    names = [folded(row.name, left - 12, SMALL_TEXT_PX, most=2, bold=True) for row in rows]
    heights = [_THIN_PX if is_dense else 8 + LINE_PX * max(len(lines), 1) for lines in names]
    ends = list(accumulate(heights, initial=head.bottom + 9))
    plane = Plane(left, width_px - right, head.bottom + 6, max(ends[-1], head.bottom + 33) + 3)
    axis = axis_across(_values(chart), chart.unit, plane.right - plane.left)
    across = axis.ticks.scale(plane.left, plane.right)
    middles = [(start + end) / 2 for start, end in pairwise(ends)]
    layout = _Layout(plane, across, middles, is_dense, name)
    x = across.at(chart.overall)
    parts = [
        hatching(name),
        *head.parts,
        *level(axis, plane, width_px),
        straight(x, plane.top - 4, x, plane.bottom, colour=INK, width=1.5, dashes=_DASHES),
        *(part for place, row in enumerate(rows) for part in _marks(row, place, layout)),
        *(
            _few_names(rows, chart, layout)
            if is_dense
            else _every_name(rows, names, said, chart, layout)
        ),
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


def _ranked(rows: Sequence[IntervalRow]) -> list[IntervalRow]:
    def order(row: IntervalRow) -> tuple[bool, float, str]:
        value = number_of(row.value)
        return value is None, -(value or 0.0), row.name

    return sorted(rows, key=order)


def _values(chart: IntervalChart) -> list[float]:
    found = [chart.overall]
    for one in chart.rows:
        value = number_of(one.value)
        if value is not None:
            found += [end for end in (value, one.lower, one.upper) if end is not None]
    return found


def _name_room(rows: Sequence[IntervalRow], width_px: int) -> float:
    """Room for names to the left; names longer than that take two lines."""
    widest = max((words_px(row.name, SMALL_TEXT_PX, bold=True) for row in rows), default=0)
    return min(widest + 14, width_px * (0.34 if width_px >= ROOMY_PX else 0.42))


def _marks(row: IntervalRow, place: int, layout: _Layout) -> list[str]:
    plane = layout.plane
    y = layout.middles[place]
    is_thin = layout.is_dense
    parts = [] if is_thin else [straight(plane.left, y, plane.right, y, colour=PALE_GREY)]
    absence = absence_of(row.value)
    if absence is not None:
        height = _THIN_PX - 1 if is_thin else 12
        width = plane.right - plane.left
        return [
            *parts,
            draw_absence(
                absence, layout.name, x=plane.left, y=y - height / 2, width=width, height=height
            ),
        ]
    if row.lower is not None and row.upper is not None:
        low, high = layout.across.at(row.lower), layout.across.at(row.upper)
        parts += (
            [straight(low, y, high, y)] if is_thin else whisker(low, high, y, cap=4, colour=GREY)
        )
    x = layout.across.at(number_of(row.value) or 0.0)
    parts.append(draw_mark(VERDICT_MARKS[row.verdict], x, y, scale=0.6 if is_thin else 1))
    return parts


def _every_name(
    rows: Sequence[IntervalRow],
    names: Sequence[Sequence[str]],
    said: Sequence[str],
    chart: IntervalChart,
    layout: _Layout,
) -> list[str]:
    plane = layout.plane
    parts = []
    for place, (row, lines, words) in enumerate(zip(rows, names, said, strict=True)):
        y = layout.middles[place] + 4.5
        top = y - (len(lines) - 1) * LINE_PX / 2
        for at, line in enumerate(lines):
            parts.append(label(line, 0, top + at * LINE_PX, bold=row.name in chart.focus))
        parts.append(label(words, plane.right + 12, y))
    return parts


def _said(rows: Sequence[IntervalRow], chart: IntervalChart, width_px: int) -> list[str]:
    """What stands to the right of each row: the verdict and, where there is room, the value."""
    numbers = [value for row in rows if (value := number_of(row.value)) is not None]
    shown = iter(written_alike(numbers, chart.unit))
    said = []
    for row in rows:
        absence = absence_of(row.value)
        if absence is not None:
            said.append(ABSENCE_WORDS[absence].split(" (")[0])
        elif width_px < ROOMY_PX:
            said.append(str(row.verdict))
        else:
            said.append(f"{next(shown)}, {row.verdict}")
    return said


def _few_names(rows: Sequence[IntervalRow], chart: IntervalChart, layout: _Layout) -> list[str]:
    """The three highest, the three lowest and those in focus, with a line to their row."""
    numbered = [place for place, row in enumerate(rows) if absence_of(row.value) is None]
    focus = [place for place in numbered if rows[place].name in chart.focus]
    most = int((layout.plane.bottom - layout.plane.top) // LINE_PX)
    chosen = sorted({*numbered[:3], *numbered[-3:], *focus[: max(most - 6, 0)]})
    plane = layout.plane
    wanted = [layout.middles[place] for place in chosen]
    places = spread(wanted, LINE_PX, low=plane.top + 6, high=plane.bottom - 2)
    parts = []
    for place, y, at in zip(chosen, wanted, places, strict=True):
        name = rows[place].name
        words = shortened(name, plane.left - 18, SMALL_TEXT_PX, bold=name in chart.focus)
        parts.append(label(words, 0, at + 4.5, bold=name in chart.focus))
        end = words_px(words, SMALL_TEXT_PX, bold=name in chart.focus) + 3
        parts += [
            straight(end, at, plane.left - 8, at),
            straight(plane.left - 8, at, plane.left, y),
        ]
    return parts


def _entries(chart: IntervalChart, name: str) -> list[KeyEntry]:
    entries = []
    for verdict in Verdict:
        count = sum(one.verdict is verdict and absence_of(one.value) is None for one in chart.rows)
        if count:
            entries.append(mark_entry(VERDICT_MARKS[verdict], f"{verdict} ({count:,})"))
    if any(one.lower is not None for one in chart.rows):
        entries.append(
            KeyEntry(
                lambda x, y: "".join(whisker(x - 11, x + 11, y, cap=4, colour=GREY)),
                chart.interval,
            )
        )
    words = f"{chart.overall_name}: {written(chart.overall, chart.unit)}"
    entries.append(line_entry(words, dashes=_DASHES, colour=INK))
    return entries + absence_entries((one.value for one in chart.rows), name)

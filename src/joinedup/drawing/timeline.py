"""A chart over time: its plane and scales, what is absent on it, and labels at its right edge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from joinedup.drawing.lettering import shortened, spread, words_px
from joinedup.drawing.marks import Value, absence_of, draw_absence
from joinedup.drawing.plot import Axis, Plane, TimeScale
from joinedup.drawing.scale import Scale
from joinedup.drawing.sheet import LINE_PX, ROOMY_PX, label, straight
from joinedup.drawing.svg import SMALL_TEXT_PX


@dataclass(frozen=True, slots=True)
class TimePoint:
    """One day or period, by its first day: its value, or why there is none."""

    when: dt.date
    value: Value


@dataclass(frozen=True, slots=True)
class EdgeLabel:
    """A name, which may be cut, and a value in words, which is not, at the height of a value."""

    name: str
    said: str
    value: float
    bold: bool = False

    @property
    def width_px(self) -> float:
        """Width of the words when nothing is cut."""
        return words_px(self.words(1e9), SMALL_TEXT_PX, bold=self.bold)

    def words(self, room_px: float) -> str:
        """The name, cut to the room that there is, and the value."""
        if not self.name:
            return self.said
        # A left-to-right mark: the number after an Arabic name stays after it.
        said = f"\u200e {self.said}"
        room = room_px - words_px(said, SMALL_TEXT_PX, bold=self.bold)
        return shortened(self.name, room, SMALL_TEXT_PX, bold=self.bold) + said


@dataclass(frozen=True, slots=True)
class Timeline:
    """The plane of a chart over time, with days across and values up."""

    plane: Plane
    across: TimeScale
    up: Scale
    width_px: int


def timeline(
    axis: Axis,
    days: Sequence[dt.date],
    labels: Sequence[EdgeLabel],
    *,
    top: float,
    width_px: int,
) -> Timeline:
    """The timeline below `top`, with room for the labels, which get at most 30% of the width."""
    height = 290 if width_px >= ROOMY_PX else 220
    widest = max((one.width_px for one in labels), default=0)
    values = max((words_px(one.said, SMALL_TEXT_PX, bold=one.bold) for one in labels), default=0)
    right = max(min(widest, width_px * 0.3), values)
    plane = Plane(axis.widest_px + 8, width_px - right - 14, top, top + height)
    held = days or [dt.date(2000, 1, 1)]
    across = TimeScale(min(held), max(held), plane.left, plane.right)
    return Timeline(plane, across, axis.ticks.scale(plane.bottom, plane.top), width_px)


def edge_labels(labels: Sequence[EdgeLabel], on: Timeline) -> list[str]:
    """The labels at the height of their values, moved apart where they would touch."""
    plane = on.plane
    wanted = [on.up.at(one.value) for one in labels]
    places = spread(wanted, LINE_PX, low=plane.top + 4, high=plane.bottom - 4)
    room = on.width_px - plane.right - 13
    parts = []
    for one, y, place in zip(labels, wanted, places, strict=True):
        if abs(y - place) > 2:
            parts.append(straight(plane.right, y, plane.right + 10, place))
        parts.append(label(one.words(room), plane.right + 12, place + 4.5, bold=one.bold))
    return parts


def absent_on(when: dt.date, value: Value, on: Timeline, name: str) -> str:
    """What has no value stands on the foot of the plane, in a block of its own, not at nought."""
    absence = absence_of(value)
    if absence is None:
        return ""
    x, y = on.across.at(when) - 3, on.plane.bottom - 14
    return draw_absence(absence, name, x=x, y=y, width=6, height=12)

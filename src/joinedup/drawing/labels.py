"""Where the name of a point can stand without covering another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from joinedup.drawing.lettering import words_px
from joinedup.drawing.sheet import label, straight
from joinedup.drawing.svg import SMALL_TEXT_PX

_UP_PX: Final = 11
_DOWN_PX: Final = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the sheet."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def round(cls, x: float, y: float, reach: float) -> Box:
        """The square about a place."""
        return cls(x - reach, y - reach, x + reach, y + reach)

    def touches(self, other: Box) -> bool:
        """Whether the two share any room."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Whether the other lies wholly within."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label that has found room, with a line to its point where it stands away from it."""

    parts: tuple[str, ...]
    box: Box


def placed_label(
    words: str, x: float, y: float, taken: Sequence[Box], bounds: Box
) -> PlacedLabel | None:
    """The words as near to a place as there is room: nearest first, then right, left, up, down."""
    width = words_px(words, SMALL_TEXT_PX)
    for reach in (9.0, 22.0, 38.0, 56.0):
        for left, base in _tries(x, y, width, reach):
            box = Box(left - 2, base - _UP_PX, left + width + 2, base + _DOWN_PX)
            if bounds.holds(box) and not any(box.touches(other) for other in taken):
                parts = [label(words, left, base, halo=True)]
                if reach > 9:
                    parts.insert(0, _leader(x, y, box))
                return PlacedLabel(tuple(parts), box)
    return None


def _tries(x: float, y: float, width: float, reach: float) -> list[tuple[float, float]]:
    middle = y + 4.5
    near = reach * 0.7
    return [
        (x + reach, middle),
        (x - reach - width, middle),
        (x + near, y - near),
        (x - near - width, y - near),
        (x + near, y + near + _UP_PX),
        (x - near - width, y + near + _UP_PX),
        (x - width / 2, y - reach),
        (x - width / 2, y + reach + _UP_PX),
    ]


def _leader(x: float, y: float, box: Box) -> str:
    end_x = min(max(x, box.left), box.right)
    end_y = min(max(y, box.top), box.bottom)
    return straight(x, y, end_x, end_y)

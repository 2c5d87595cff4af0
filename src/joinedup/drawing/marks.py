"""The shapes that points have: what a colour says, a shape says too.

Nothing to draw has two reasons that must never look alike, nor like nought: a number held back
because it is small, and no number at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final

from joinedup.drawing.colour import BLUE, GREY, INK, ORANGE, PURPLE, WHITE
from joinedup.drawing.svg import element


class Absence(StrEnum):
    """Why there is no value to draw."""

    NOT_SHOWN = "not_shown"
    NO_DATA = "no_data"


# None stands for no data.
Value = float | Absence | None

ABSENCE_WORDS: Final = {
    Absence.NOT_SHOWN: "not shown (small numbers)",
    Absence.NO_DATA: "no data",
}


def absence_of(value: Value) -> Absence | None:
    """Why there is nothing to draw, or None where there is. ValueError for NaN or infinity."""
    if value is None:
        return Absence.NO_DATA
    if isinstance(value, Absence):
        return value
    if not isfinite(value):
        raise ValueError("a value is a finite number, or says why it is absent")
    return None


def number_of(value: Value) -> float | None:
    """The number, or None where it is absent."""
    return None if absence_of(value) or value is None else float(value)


class Shape(StrEnum):
    """Shapes that can be told apart without colour, at 6 pixels."""

    CIRCLE = "circle"
    DIAMOND = "diamond"
    SQUARE = "square"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Mark:
    """How a point looks: `size_px` is from its middle to its edge."""

    shape: Shape
    fill: str
    stroke: str
    size_px: float


PLAIN: Final = Mark(Shape.CIRCLE, GREY, GREY, 3)
GOOD: Final = Mark(Shape.DIAMOND, BLUE, INK, 5.5)
BAD: Final = Mark(Shape.UP, ORANGE, INK, 5.5)
UNJUDGED: Final = Mark(Shape.SQUARE, PURPLE, INK, 4.5)
HOLLOW: Final = Mark(Shape.CIRCLE, WHITE, GREY, 3.5)


def draw_mark(mark: Mark, x: float, y: float, *, scale: float = 1) -> str:
    """A mark with its middle at a place."""
    size = mark.size_px * scale
    if mark.shape is Shape.CIRCLE:
        return element(
            "circle", cx=x, cy=y, r=size, fill=mark.fill, stroke=mark.stroke, stroke_width=1.25
        )
    return element(
        "path",
        d=path_of(_corners(mark.shape, size), x, y),
        fill=mark.fill,
        stroke=mark.stroke,
        stroke_width=1.25,
        stroke_linejoin="round",
    )


def path_of(corners: list[tuple[float, float]], x: float, y: float) -> str:
    """A closed path through corners, given from a middle."""
    points = [f"{x + across:.2f} {y + down:.2f}" for across, down in corners]
    return "M" + "L".join(points) + "Z"


def hatching(name: str) -> str:
    """The pattern of what is not shown, under a name that is unique on the page."""
    stripe = element("path", d="M0 0L0 6", stroke=GREY, stroke_width=3)
    pattern = element(
        "pattern",
        stripe,
        id=f"{name}-hatch",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return element("defs", pattern)


def draw_absence(
    absence: Absence, name: str, *, x: float, y: float, width: float, height: float
) -> str:
    """A hatched block for what is not shown, an empty dashed one for no data; x, y its corner."""
    is_hidden = absence is Absence.NOT_SHOWN
    dashes = {} if is_hidden else {"stroke_dasharray": "2 3"}
    return element(
        "rect",
        x=x,
        y=y,
        width=width,
        height=height,
        fill=f"url(#{name}-hatch)" if is_hidden else WHITE,
        stroke=GREY,
        stroke_width=1,
        **dashes,
    )


def _corners(shape: Shape, size: float) -> list[tuple[float, float]]:
    if shape is Shape.SQUARE:
        return [(-size, -size), (size, -size), (size, size), (-size, size)]
    if shape is Shape.DIAMOND:
        return [(0, -size), (size, 0), (0, size), (-size, 0)]
    point = -size if shape is Shape.UP else size
    return [(0, point), (size, -point * 0.8), (-size, -point * 0.8)]

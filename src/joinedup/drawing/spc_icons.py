"""Two icons that sum up a control chart: what is happening, and will the target be met?

The meanings are those of NHS England's Making Data Count; the drawing is our own: the shapes are
those of the chart's points, with a letter in them and the words beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from joinedup.drawing.colour import BLUE, GREY, INK, ORANGE, PURPLE, WHITE
from joinedup.drawing.lettering import folded
from joinedup.drawing.marks import path_of
from joinedup.drawing.sheet import LINE_PX, label
from joinedup.drawing.svg import element, picture, text

ICON_PX: Final = 48
ICON_WITH_WORDS_PX: Final = 190


class VariationIcon(StrEnum):
    """What is happening: the newest special cause, whether it is high or low, good or bad."""

    COMMON = "common"
    IMPROVEMENT_HIGH = "improvement_high"
    IMPROVEMENT_LOW = "improvement_low"
    CONCERN_HIGH = "concern_high"
    CONCERN_LOW = "concern_low"
    NEITHER_HIGH = "neither_high"
    NEITHER_LOW = "neither_low"
    TOO_FEW = "too_few"


class AssuranceIcon(StrEnum):
    """Whether the target will be met, if nothing changes: by the limits, not by the last value."""

    PASSES = "passes"
    FAILS = "fails"
    EITHER = "either"
    NO_TARGET = "no_target"


@dataclass(frozen=True, slots=True)
class IconLook:
    """An icon's corners from its middle, its letter, colours and words."""

    corners: tuple[tuple[float, float], ...]
    letter: str
    fill: str
    ink: str
    words: str
    dashes: str = ""


_DIAMOND: Final = ((0.0, -22.0), (22.0, 0.0), (0.0, 22.0), (-22.0, 0.0))
_TRIANGLE: Final = ((0.0, -22.0), (23.0, 19.0), (-23.0, 19.0))
_SQUARE: Final = ((-18.0, -18.0), (18.0, -18.0), (18.0, 18.0), (-18.0, 18.0))
_OCTAGON: Final = (
    (-9.0, -21.0), (9.0, -21.0), (21.0, -9.0), (21.0, 9.0),
    (9.0, 21.0), (-9.0, 21.0), (-21.0, 9.0), (-21.0, -9.0),
)  # fmt: skip
# Assurance: a gate that lets through, one that bars, and one that may do either.
_ARROW: Final = (
    (-22.0, -15.0), (6.0, -15.0), (22.0, 0.0), (6.0, 15.0), (-22.0, 15.0),
)  # fmt: skip
_STOP: Final = (
    (-22.0, -15.0), (22.0, -15.0), (22.0, 15.0), (-22.0, 15.0), (-10.0, 0.0),
)  # fmt: skip
_LOZENGE: Final = (
    (-22.0, 0.0), (-11.0, -16.0), (11.0, -16.0), (22.0, 0.0), (11.0, 16.0), (-11.0, 16.0),
)  # fmt: skip

VARIATION_LOOKS: Final[dict[VariationIcon, IconLook]] = {
    VariationIcon.COMMON: IconLook(_OCTAGON, "U", WHITE, INK, "Usual variation, no real change"),
    VariationIcon.IMPROVEMENT_HIGH: IconLook(_DIAMOND, "H", BLUE, WHITE, "Improving: running high"),
    VariationIcon.IMPROVEMENT_LOW: IconLook(_DIAMOND, "L", BLUE, WHITE, "Improving: running low"),
    VariationIcon.CONCERN_HIGH: IconLook(_TRIANGLE, "H", ORANGE, WHITE, "Concern: running high"),
    VariationIcon.CONCERN_LOW: IconLook(_TRIANGLE, "L", ORANGE, WHITE, "Concern: running low"),
    VariationIcon.NEITHER_HIGH: IconLook(
        _SQUARE, "H", PURPLE, WHITE, "Changed, running high; neither good nor bad"
    ),
    VariationIcon.NEITHER_LOW: IconLook(
        _SQUARE, "L", PURPLE, WHITE, "Changed, running low; neither good nor bad"
    ),
    VariationIcon.TOO_FEW: IconLook(_OCTAGON, "–", WHITE, INK, "Too few values to say", "3 3"),  # noqa: RUF001
}
ASSURANCE_LOOKS: Final[dict[AssuranceIcon, IconLook]] = {
    AssuranceIcon.PASSES: IconLook(_ARROW, "P", BLUE, WHITE, "Will pass the target"),
    AssuranceIcon.FAILS: IconLook(_STOP, "F", ORANGE, WHITE, "Will fail the target"),
    AssuranceIcon.EITHER: IconLook(_LOZENGE, "?", WHITE, INK, "May pass or fail the target"),
    AssuranceIcon.NO_TARGET: IconLook(_LOZENGE, "–", WHITE, INK, "No target", "3 3"),  # noqa: RUF001
}


def draw_icon(icon: VariationIcon | AssuranceIcon, *, name: str) -> str:
    """The icon with its words beside it, as SVG 190 pixels wide."""
    if isinstance(icon, VariationIcon):
        look, kind = VARIATION_LOOKS[icon], "Variation"
    else:
        look, kind = ASSURANCE_LOOKS[icon], "Assurance"
    middle = ICON_PX / 2
    more = {"stroke_dasharray": look.dashes} if look.dashes else {}
    shape = element(
        "path",
        d=path_of(list(look.corners), middle, middle),
        fill=look.fill,
        stroke=GREY if look.dashes else INK,
        stroke_width=1.5,
        stroke_linejoin="round",
        **more,
    )
    drop = 13 if look.corners is _TRIANGLE else 7
    letter = text(
        look.letter,
        x=middle + (3 if look.corners is _STOP else 0),
        y=middle + drop,
        text_anchor="middle",
        font_size=20,
        font_weight="bold",
        fill=look.ink,
    )
    lines = folded(look.words, ICON_WITH_WORDS_PX - ICON_PX - 8, 13, most=3)
    top = middle - LINE_PX * len(lines) / 2 + 12.5
    words = [label(line, ICON_PX + 8, top + LINE_PX * at) for at, line in enumerate(lines)]
    return picture(
        [shape, letter, *words],
        name=name,
        title=f"{kind}: {look.words}",
        description=f"A shape with the letter {look.letter}.",
        viewBox=f"0 0 {ICON_WITH_WORDS_PX} {ICON_PX + 4}",
        height=str(ICON_PX + 4),
        preserveAspectRatio="xMinYMin meet",
    )

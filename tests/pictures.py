"""A drawn picture read back: where its shapes and words lie, as a browser would place them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass

from joinedup.drawing.lettering import words_px

SVG = "{http://www.w3.org/2000/svg}"
Place = tuple[float, float]


@dataclass(frozen=True)
class Words:
    """A line of words and the box that it takes."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    fill: str

    @property
    def middle(self) -> float:
        """The y of the middle of its letters."""
        return self.bottom + 3 - 4.5

    def touches(self, other: Words) -> bool:
        """Whether two lines of words share more than a hair."""
        return (
            self.left < other.right - 1
            and other.left < self.right - 1
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class Drawn:
    """A picture that was read back."""

    root: ElementTree.Element

    @property
    def size(self) -> Place:
        """Width and height of the view box."""
        _, _, width, height = map(float, self.root.attrib["viewBox"].split())
        return width, height

    def shapes(self, tag: str) -> list[ElementTree.Element]:
        """All elements of a kind that are drawn."""
        return [one for one in _drawn(self.root) if one.tag == SVG + tag]

    def places(self) -> list[Place]:
        """Every corner and end of every shape."""
        return [place for one in _drawn(self.root) for place in _places(one)]

    def words(self) -> list[Words]:
        """Every line of words."""
        return [_words(one) for one in self.shapes("text")]

    def text(self) -> str:
        """All words that are seen."""
        return " | ".join(one.text for one in self.words())

    def strays(self) -> list[object]:
        """Shapes and words that leave the picture."""
        width, height = self.size
        places: list[object] = [
            (x, y) for x, y in self.places() if not (0 <= x <= width and 0 <= y <= height)
        ]
        return places + [
            one
            for one in self.words()
            if one.left < -0.5 or one.right > width + 0.5 or one.top < -1 or one.bottom > height
        ]

    def overlaps(self) -> list[tuple[str, str]]:
        """Lines of words that cover one another."""
        words = [one for one in self.words() if one.text]
        return [
            (one.text, other.text)
            for at, one in enumerate(words)
            for other in words[at + 1 :]
            if one.touches(other)
        ]


def read(svg: str) -> Drawn:
    """The picture; an error if it is not well-formed XML."""
    return Drawn(ElementTree.fromstring(svg))


def _drawn(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for one in element:
        if one.tag != SVG + "defs":
            yield one
            yield from _drawn(one)


def _places(one: ElementTree.Element) -> list[Place]:
    def number(name: str) -> float:
        return float(one.attrib[name])

    kind = one.tag.removeprefix(SVG)
    if kind == "line":
        return [(number("x1"), number("y1")), (number("x2"), number("y2"))]
    if kind == "rect":
        x, y = number("x"), number("y")
        return [(x, y), (x + number("width"), y + number("height"))]
    if kind == "circle":
        x, y, r = number("cx"), number("cy"), number("r")
        return [(x - r, y - r), (x + r, y + r)]
    if kind == "path":
        numbers = [float(each) for each in re.findall(r"-?[0-9.]+", one.attrib["d"])]
        return list(zip(numbers[::2], numbers[1::2], strict=True))
    return []


def _words(one: ElementTree.Element) -> Words:
    text, size = one.text or "", float(one.attrib["font-size"])
    width = words_px(text, size, bold="font-weight" in one.attrib)
    x, y = float(one.attrib["x"]), float(one.attrib["y"])
    left = x - {"middle": width / 2, "end": width}.get(one.attrib.get("text-anchor", ""), 0)
    return Words(text, left, y - size * 0.8, left + width, y + 3, one.attrib["fill"])

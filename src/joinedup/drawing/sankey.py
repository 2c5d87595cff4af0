"""Flows from one place to another: bands as wide as they carry, with their numbers on them.

After Sankey, Minutes of Proceedings of the Institution of Civil Engineers 134, 1898. The layout
is plain: the largest place at the top on either side, bands in the order of where they go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from joinedup.drawing.colour import BLUE, GREY, INK, MID_BLUE
from joinedup.drawing.key import absence_entries
from joinedup.drawing.lettering import fitted, folded, words_px
from joinedup.drawing.marks import Absence, Value, absence_of, hatching, number_of
from joinedup.drawing.scale import LARGEST
from joinedup.drawing.sheet import LINE_PX, ROOMY_PX, WIDE_PX, finished, heading, label
from joinedup.drawing.svg import SMALL_TEXT_PX, element
from joinedup.drawing.units import Unit, written

MOST_NODES: Final = 12
_FLOWS_PX: Final = 320
_NODE_PX: Final = 10
_GAP_PX: Final = 10
_WORDS_GAP_PX: Final = 6
# A band that is not shown, or very small, is still to be seen.
_LEAST_PX: Final = 5.0
_NUMBER_PX: Final = 15


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes from one place to another: a number of nought or more, or why there is none."""

    source: str
    target: str
    value: Value


@dataclass(frozen=True, slots=True)
class SankeyChart:
    """Flows between two sides; `sides` names them. Flows between the same two are added."""

    flows: Sequence[Flow]
    sides: tuple[str, str] = ("From", "To")
    measure: str = ""
    unit: Unit = Unit.NUMBER
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Band:
    """Flows between two nodes, as one: hidden where a part of it is not shown."""

    source: str
    target: str
    value: float
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class _Node:
    """A place on one side: where its band stack begins, and where its words stand."""

    name: str
    top: float
    height: float
    names: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def lines(self) -> int:
        """How many lines its words take."""
        return len(self.names) + len(self.said)

    @property
    def words_px(self) -> float:
        """Width of its widest line."""
        names = [words_px(one, SMALL_TEXT_PX) for one in self.names]
        return max([*names, *(words_px(one, SMALL_TEXT_PX, bold=True) for one in self.said)])


def draw_sankey(
    chart: SankeyChart, *, name: str, title: str, description: str, width_px: int = WIDE_PX
) -> str:
    """The chart as SVG; at most 12 places a side, the smallest together as others.

    ValueError for a negative or endless value. Flows without data are left out.
    """
    bands = _grouped(chart.flows)
    head = heading(title, chart.measure, width_px)
    room = width_px * (0.27 if width_px >= ROOMY_PX else 0.33) - _NODE_PX - _WORDS_GAP_PX
    total = sum(band.value for band in bands) or 1.0
    top = head.bottom + LINE_PX + 8
    lefts = _nodes(bands, chart, total, room, top, is_source=True)
    rights = _nodes(bands, chart, total, room, top, is_source=False)
    lefts, rights = _centred(lefts, rights), _centred(rights, lefts)
    between = _edge(lefts, chart.sides[0], room), width_px - _edge(rights, chart.sides[1], room)
    left_words = between[0] - _NODE_PX - _WORDS_GAP_PX
    right_words = between[1] + _NODE_PX + _WORDS_GAP_PX
    heads = [
        _head(chart.sides[0], room, left_words, head.bottom + 13, "end"),
        _head(chart.sides[1], room, right_words, head.bottom + 13, "start"),
    ]
    parts = [
        hatching(name),
        *head.parts,
        *heads,
        *_bands(bands, lefts, rights, total, between, chart.unit, name),
        *_side(lefts, between[0] - _NODE_PX, left_words, "end"),
        *_side(rights, between[1], right_words, "start"),
    ]
    if not bands:
        parts.append(label("No values to show", 0, top + 13, bold=True))
    hidden = [Absence.NOT_SHOWN for band in bands if band.is_hidden]
    return finished(
        parts,
        max(_foot(lefts), _foot(rights), top + 20) + 4,
        entries=absence_entries(hidden, name),
        words=" ".join(filter(None, (_small_words(bands, total), chart.note))),
        name=name,
        title=title,
        description=description,
        width_px=width_px,
    )


def _head(words: str, room: float, x: float, y: float, anchor: str) -> str:
    return label(
        fitted(words, room, SMALL_TEXT_PX, bold=True), x, y, anchor=anchor, bold=True, colour=GREY
    )


def _edge(nodes: Sequence[_Node], side: str, room: float) -> float:
    """How far from the edge of the sheet the bands begin: the words of that side need the rest."""
    widest = max((one.words_px for one in nodes), default=0.0)
    widest = max(widest, min(words_px(side, SMALL_TEXT_PX, bold=True), room))
    return widest + _NODE_PX + _WORDS_GAP_PX


def _grouped(flows: Sequence[Flow]) -> list[_Band]:
    """Bands between the largest places of each side and their others, in a fixed order."""
    known = [one for one in flows if absence_of(one.value) is not Absence.NO_DATA]
    if not all(0 <= (number_of(one.value) or 0.0) <= LARGEST for one in known):
        raise ValueError(f"a flow is from 0 to {LARGEST:.0e}")
    sources = _renamed([(one.source, number_of(one.value) or 0.0) for one in known])
    targets = _renamed([(one.target, number_of(one.value) or 0.0) for one in known])
    values: dict[tuple[str, str], float] = defaultdict(float)
    hidden: set[tuple[str, str]] = set()
    for one in known:
        pair = sources[one.source], targets[one.target]
        values[pair] += number_of(one.value) or 0.0
        if absence_of(one.value) is Absence.NOT_SHOWN:
            hidden.add(pair)
    bands = [_Band(*pair, value, pair in hidden) for pair, value in values.items()]
    return [band for band in bands if band.value > 0 or band.is_hidden]


def _renamed(named: Sequence[tuple[str, float]]) -> dict[str, str]:
    """Each name, or `Others (n)` for those beyond the eleven largest of more than twelve."""
    totals: dict[str, float] = defaultdict(float)
    for name, value in named:
        totals[name] += value
    order = sorted(totals, key=lambda name: (-totals[name], name))
    if len(order) <= MOST_NODES:
        return {name: name for name in order}
    kept = order[: MOST_NODES - 1]
    others = f"Others ({len(order) - len(kept)})"
    return {name: name if name in kept else others for name in order}


def _thickness(band: _Band, total: float) -> float:
    return max(band.value / total * _FLOWS_PX, _LEAST_PX if band.is_hidden else 1.0)


def _nodes(
    bands: Sequence[_Band],
    chart: SankeyChart,
    total: float,
    room: float,
    top: float,
    *,
    is_source: bool,
) -> list[_Node]:
    """One side from the top: the largest first, others last, each with room for its words."""
    held: dict[str, list[_Band]] = defaultdict(list)
    for band in bands:
        held[band.source if is_source else band.target].append(band)

    known = {one.source if is_source else one.target for one in chart.flows}

    def order(name: str) -> tuple[bool, float, str]:
        return name not in known, -sum(band.value for band in held[name]), name

    nodes, y = [], top
    for name in sorted(held, key=order):
        is_hidden = any(band.is_hidden for band in held[name])
        said = _said(sum(band.value for band in held[name]), chart.unit, is_hidden)
        names = folded(name, room, SMALL_TEXT_PX, most=3)
        told = folded(said, room, SMALL_TEXT_PX, most=2, bold=True)
        height = sum(_thickness(band, total) for band in held[name])
        nodes.append(_Node(name, y, height, names, told))
        y += max(height, LINE_PX * nodes[-1].lines) + _GAP_PX
    return nodes


def _centred(nodes: Sequence[_Node], others: Sequence[_Node]) -> list[_Node]:
    """The shorter side stands at half the height of the longer, so that bands bend less."""
    spare = _foot(others) - _foot(nodes)
    return [replace(one, top=one.top + max(spare, 0) / 2) for one in nodes]


def _foot(nodes: Sequence[_Node]) -> float:
    return max((one.top + max(one.height, LINE_PX * one.lines) for one in nodes), default=0)


def _said(total: float, unit: Unit, is_hidden: bool) -> str:
    if not is_hidden:
        return written(total, unit)
    return f"{written(total, unit)} or more" if total else "not shown"


def _bands(
    bands: Sequence[_Band],
    lefts: Sequence[_Node],
    rights: Sequence[_Node],
    total: float,
    between: tuple[float, float],
    unit: Unit,
    name: str,
) -> list[str]:
    left_at = {one.name: one.top for one in lefts}
    right_at = {one.name: one.top for one in rights}
    ranks = {one.name: place for place, one in enumerate(lefts)}
    columns = {one.name: place for place, one in enumerate(rights)}
    room = (between[1] - between[0]) * 0.6
    ordered = sorted(bands, key=lambda band: (ranks[band.source], columns[band.target]))
    shapes, numbers = [], []
    for band in ordered:
        thick = _thickness(band, total)
        start, end = left_at[band.source], right_at[band.target]
        left_at[band.source] += thick
        right_at[band.target] += thick
        shapes.append((thick, _ribbon(band, start, end, thick, between, name)))
        words = _said(band.value, unit, band.is_hidden)
        if _has_number(band, total) and words_px(words, SMALL_TEXT_PX) <= room:
            numbers.append(label(words, between[0] + 5, start + thick / 2 + 4.5, halo=True))
    # Thin ones below: among many, the wide ones are what is to be seen.
    shapes.sort(key=lambda each: each[0])
    return [*(shape for _, shape in shapes), *numbers]


def _has_number(band: _Band, total: float) -> bool:
    return band.value > 0 and _thickness(band, total) >= _NUMBER_PX


def _ribbon(
    band: _Band, start: float, end: float, thick: float, between: tuple[float, float], name: str
) -> str:
    left, right = between
    bend = (left + right) / 2
    path = (
        f"M{left:.2f} {start:.2f}C{bend:.2f} {start:.2f} {bend:.2f} {end:.2f} {right:.2f} {end:.2f}"
        f"L{right:.2f} {end + thick:.2f}C{bend:.2f} {end + thick:.2f} "
        f"{bend:.2f} {start + thick:.2f} {left:.2f} {start + thick:.2f}Z"
    )
    fill = f"url(#{name}-hatch)" if band.is_hidden else MID_BLUE
    return element(
        "path",
        d=path,
        fill=fill,
        fill_opacity=0.8,
        stroke=BLUE,
        stroke_width=0.75 if thick > 3 else 0.5,
    )


def _side(nodes: Sequence[_Node], x: float, edge: float, anchor: str) -> list[str]:
    parts = []
    for one in nodes:
        parts.append(
            element("rect", x=x, y=one.top, width=_NODE_PX, height=max(one.height, 1), fill=INK)
        )
        for place, words in enumerate((*one.names, *one.said)):
            y = one.top + 12 + place * LINE_PX
            parts.append(label(words, edge, y, anchor=anchor, bold=place >= len(one.names)))
    return parts


def _small_words(bands: Sequence[_Band], total: float) -> str:
    is_any = any(band.value and not _has_number(band, total) for band in bands)
    return "Bands too thin for their number have it in the table." if is_any else ""

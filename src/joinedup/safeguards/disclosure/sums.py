"""Which published figures add up to which: the sums by which a hidden one could be worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import pyarrow as pa

from joinedup.terms import SettingError

Label = tuple[str, ...]


class Dimension(StrEnum):
    """What a sum runs over; the columns that label it are in `LABELLED_BY`."""

    AREA = "area"
    PERIOD = "period"
    CATEGORY = "category"


LABELLED_BY: Final = {
    Dimension.AREA: ("footprint_kind", "area"),
    Dimension.PERIOD: ("period",),
    Dimension.CATEGORY: ("breakdown", "category"),
}


@dataclass(frozen=True, slots=True, order=True)
class Sum:
    """The `whole` labels together hold everybody of the `parts`, each part's people once.

    Parts need not be all: where they are fewer than the whole, the difference is guarded like a
    figure of its own. Several labels are a whole where footprints overlap.
    """

    dimension: Dimension
    whole: tuple[Label, ...]
    parts: tuple[Label, ...]

    def __post_init__(self) -> None:
        width = len(LABELLED_BY[self.dimension])
        labels = (*self.whole, *self.parts)
        if any(len(label) != width for label in labels):
            raise SettingError(
                f"a label of {self.dimension} has {width} words.", where=f"sum over {self.whole}"
            )
        if not self.whole or not self.parts or len(set(labels)) != len(labels):
            raise SettingError(
                "a sum has a whole and parts, each label once.", where=f"sum over {self.whole}"
            )


def area_sum(whole: Label, parts: Iterable[Label]) -> Sum:
    """An area, as (footprint kind, code), that holds other areas."""
    return Sum(Dimension.AREA, (whole,), tuple(parts))


def category_sum(whole: Label, parts: Iterable[Label]) -> Sum:
    """A category, as (breakdown, category), that holds others: all people, of the age bands."""
    return Sum(Dimension.CATEGORY, (whole,), tuple(parts))


def period_sum(whole: str, parts: Iterable[str]) -> Sum:
    """A period that holds others: a year, of its months."""
    return Sum(Dimension.PERIOD, ((whole,),), tuple((part,) for part in parts))


def sums_of_breakdowns(cells: pa.Table, total: Label = ("all", "all")) -> tuple[Sum, ...]:
    """One sum a breakdown of the table: its categories make up the total.

    Right where a breakdown's categories share out the people; not where people may be in several.
    """
    found = cells.select(["breakdown", "category"]).group_by(["breakdown", "category"])
    by_breakdown: dict[str, list[Label]] = {}
    for row in found.aggregate([]).to_pylist():
        by_breakdown.setdefault(row["breakdown"], []).append((row["breakdown"], row["category"]))
    return tuple(
        category_sum(total, sorted(categories))
        for breakdown, categories in sorted(by_breakdown.items())
        if breakdown != total[0]
    )


def sums_of_areas(units: pa.Table) -> tuple[Sum, ...]:
    """The sums between footprints, from the small units that each is made of.

    `units` has columns unit, footprint_kind, area: LSOAs for residents, practices for registered
    patients. Nested footprints give a sum a whole; footprints that overlap give one sum for each
    group of areas that hang together, and one for each area that lies across others.
    """
    made_of: dict[str, dict[str, frozenset[str]]] = {}
    rows: dict[Label, set[str]] = {}
    for row in units.select(["unit", "footprint_kind", "area"]).to_pylist():
        rows.setdefault((row["footprint_kind"], row["area"]), set()).add(row["unit"])
    for (kind, area), held in sorted(rows.items()):
        made_of.setdefault(kind, {})[area] = frozenset(held)
    found: set[Sum] = set()
    kinds = sorted(made_of)
    for kind in kinds:
        for area, inside in made_of[kind].items():
            found.update(_nested((kind, area), inside, made_of))
        for other in kinds:
            if kind != other:
                found.update(_across((kind, made_of[kind]), (other, made_of[other])))
    return tuple(sorted(found))


_Areas = dict[str, frozenset[str]]


def _nested(whole: Label, inside: frozenset[str], made_of: dict[str, _Areas]) -> Iterable[Sum]:
    tilings = {}
    for kind, areas in made_of.items():
        parts = {area: units for area, units in areas.items() if units <= inside}
        same = len(parts) == 1 and inside in parts.values()
        if kind != whole[0] and parts and not (same and kind < whole[0]):
            tilings[kind] = parts
    for kind, parts in tilings.items():
        if not any(_between(inside, (other, tilings[other]), (kind, parts)) for other in tilings):
            yield area_sum(whole, [(kind, area) for area in sorted(parts)])


def _between(inside: frozenset[str], one: tuple[str, _Areas], two: tuple[str, _Areas]) -> bool:
    """Whether the first tiling lies between the whole and the second: then two sums say it."""
    (kind, coarse), (other, fine) = one, two
    if kind == other or (len(coarse), kind) >= (len(fine), other):
        return False
    if sum(map(len, coarse.values())) != len(inside):
        return False
    return all(
        sum(len(units) for units in fine.values() if units <= area) == len(area)
        for area in coarse.values()
    )


def _across(one: tuple[str, _Areas], two: tuple[str, _Areas]) -> Iterable[Sum]:
    """Sums of areas that overlap without one holding the other."""
    (kind, areas), (other, others) = one, two
    for area, inside in areas.items():
        touched = [name for name, units in others.items() if units & inside]
        covered = frozenset[str]().union(*(others[name] for name in touched))
        if len(touched) > 1 and inside < covered:
            yield Sum(Dimension.AREA, tuple((other, name) for name in touched), ((kind, area),))
    for left, right in _hanging_together(areas, others):
        held = frozenset[str]().union(*(areas[name] for name in left))
        holding = frozenset[str]().union(*(others[name] for name in right))
        if min(len(left), len(right)) > 1 and (
            held < holding or (held == holding and kind < other)
        ):
            yield Sum(
                Dimension.AREA,
                tuple((other, name) for name in right),
                tuple((kind, name) for name in left),
            )


def _hanging_together(areas: _Areas, others: _Areas) -> Iterable[tuple[list[str], list[str]]]:
    left = dict(areas)
    while left:
        first = min(left)
        inside, mine, theirs = left.pop(first), [first], set[str]()
        grew = True
        while grew:
            more = {n for n, units in others.items() if n not in theirs and units & inside}
            inside = inside.union(*(others[name] for name in more))
            mine_more = [name for name, units in left.items() if units & inside]
            inside = inside.union(*(left.pop(name) for name in mine_more))
            theirs |= more
            mine += mine_more
            grew = bool(more or mine_more)
        yield sorted(mine), sorted(theirs)


def relations_of(sums: Sequence[Sum], dimension: Dimension) -> list[Sum]:
    """The sums over one dimension, in an order that does not depend on who wrote them down."""
    return sorted({one for one in sums if one.dimension is dimension})

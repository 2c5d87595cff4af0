"""Counts of people as an answer may show them: small ones hidden, so that none can be had back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pyarrow as pa

from joinedup.actions.flow.answer import NOT_SHOWN
from joinedup.drawing import Absence
from joinedup.safeguards.disclosure import (
    PUBLISHED_RULE,
    Sum,
    area_sum,
    category_sum,
    protect,
    shown_count,
)

RULE: Final = PUBLISHED_RULE
Figure: TypeAlias = int | Absence | None


@dataclass(frozen=True, slots=True)
class Within:
    """Counts of one row that are parts of another: those stuck, of all handoffs."""

    whole: str
    parts: tuple[str, ...]


def shown_rows(
    names: Sequence[str],
    rows: Sequence[Sequence[int | None]],
    within: Sequence[Within] = (),
    groups: Sequence[Sequence[int]] = (),
) -> list[list[Figure]]:
    """The rows with their counts as shown, and after them the sums of each group of rows.

    A count that is no count of its row is None. `groups` (places of rows) are published as totals,
    so that more may have to be hidden.
    """
    every = [*rows, *([_added(rows, group, at) for at in range(len(names))] for group in groups)]
    sums: list[Sum] = [
        category_sum(_label(one.whole), [_label(part) for part in one.parts]) for one in within
    ]
    sums += [
        area_sum(_area(len(rows) + place), [_area(row) for row in group])
        for place, group in enumerate(groups)
    ]
    cells = [
        (*_area(place), *_label(name), count)
        for place, row in enumerate(every)
        for name, count in zip(names, row, strict=True)
        if count is not None
    ]
    found = dict(zip([cell[:4] for cell in cells], protected(cells, sums), strict=True))
    return [[found.get((*_area(at), *_label(name))) for name in names] for at in range(len(every))]


def protected(
    cells: Sequence[tuple[str, str, str, str, int]], sums: Sequence[Sum]
) -> list[int | Absence]:
    """Cells of footprint kind, area, breakdown, category and count, as they may be shown."""
    if not cells:
        return []
    kind, area, breakdown, category, count = (list(column) for column in zip(*cells, strict=True))
    same = [""] * len(cells)
    table = pa.table(
        {
            "measure_id": pa.array(same, pa.string()),
            "footprint_kind": pa.array(kind, pa.string()),
            "area": pa.array(area, pa.string()),
            "period": pa.array(same, pa.string()),
            "breakdown": pa.array(breakdown, pa.string()),
            "category": pa.array(category, pa.string()),
            "numerator": pa.array(count, pa.int64()),
            "denominator": pa.nulls(len(cells), pa.int64()),
        }
    )
    shown = protect(table, RULE, sums).table["numerator"].to_pylist()
    return [NOT_SHOWN if one is None else one for one in shown]


def shown_alone(people: int) -> int | Absence:
    """A count that stands alone."""
    found = shown_count(people, RULE)
    return NOT_SHOWN if found is None else found


def with_people(count: Any, people: Figure) -> Figure:
    """What was counted of people (contacts, nights), rounded, where those people are shown."""
    if count is None or people is None:
        return None
    if people is NOT_SHOWN or count <= RULE.threshold:
        return NOT_SHOWN
    return RULE.rounded(round(count))


def share(part: Figure, whole: Figure) -> float | Absence | None:
    """One shown figure over another, to three decimals, so that it tells no more than they do."""
    if isinstance(part, Absence) or isinstance(whole, Absence):
        return NOT_SHOWN
    return round(part / whole, 3) if part is not None and whole else None


def percentile(value: float | None, counted: int, at: float) -> float | Absence | None:
    """A percentile, where more people than the rule hides lie on either side of it."""
    if value is None or value != value:
        return None
    beyond = int(round(min(at, 1 - at) * counted, 9))  # 0.1 of 80 is a little below 8
    return NOT_SHOWN if beyond <= RULE.threshold else round(value, 1)


def _added(rows: Sequence[Sequence[int | None]], group: Sequence[int], at: int) -> int | None:
    known = [count for row in group if (count := rows[row][at]) is not None]
    return sum(known) if known else None


def _area(place: int) -> tuple[str, str]:
    return "row", str(place)


def _label(name: str) -> tuple[str, str]:
    return "counted", name

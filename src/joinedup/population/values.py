"""Measures' values with their intervals, from sums by area, category and age band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.methods import (
    EUROPEAN_STANDARD_POPULATION_2013,
    Interval,
    crude_rate,
    directly_standardised_rate,
    proportion,
)
from joinedup.population.counting import DENOMINATOR, NUMERATOR
from joinedup.population.declarations import Measure
from joinedup.population.people import BANDS

Floats = NDArray[np.float64]
_BETWEEN: Final = "\x1f"

VALUES: Final = pa.schema(
    [("measure_id", pa.string()), ("version", pa.string()), ("area", pa.string()),
     ("category", pa.string()), ("numerator", pa.float64()), ("denominator", pa.float64()),
     ("value", pa.float64()), ("lower", pa.float64()), ("upper", pa.float64()),
     ("method", pa.string())]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Groups:
    """Areas and categories; which of them, and which age band, each row of sums is of."""

    area: pa.Array
    category: pa.Array
    place: NDArray[np.int64]
    band: NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many pairs of area and category."""
        return len(self.area)


@dataclass(frozen=True, slots=True, order=True)
class _Way:
    """How some measures are worked out alike: by what method, and over which age bands."""

    method: str
    first_band: int = 0
    past_band: int = BANDS


def values_of(
    cells: pa.Table, measures: Sequence[Measure], days: int, *, is_by_age: bool = False
) -> pa.Table:
    """A row a measure, area and category with its value: `VALUES`.

    `cells` is `cells_of` a period of so many days, by which days lived become person-years.
    Areas and categories in which nobody could count are left out. People of unknown age count in
    what is not standardised, and cannot in what is. Where categories are ages (`is_by_age`),
    nothing is standardised by age.
    """
    groups = _groups(cells)
    ways: dict[_Way, list[Measure]] = {}
    for one in measures:
        ways.setdefault(_way(one, is_by_age), []).append(one)
    many = [_values(cells, groups, way, alike, days) for way, alike in sorted(ways.items())]
    return pa.concat_tables(many) if many else VALUES.empty_table()


def _way(measure: Measure, is_by_age: bool) -> _Way:
    if measure.is_standardised and not is_by_age:
        # Of people of some ages only, the standard population's people of those ages.
        first = min((measure.people.from_age or 0) // 5, BANDS - 1)
        to_age = measure.people.to_age
        last = BANDS - 1 if to_age is None else min(to_age // 5, BANDS - 1)
        return _Way("standardised_rate", first, last + 1)
    return _Way("rate" if measure.is_rate else "proportion")


def _groups(cells: pa.Table) -> _Groups:
    pairs = pc.binary_join_element_wise(cells["area"], cells["category"], _BETWEEN)
    known = pc.unique(pairs).sort()
    parts = pc.split_pattern(known, _BETWEEN)
    band = cells["band"].fill_null(BANDS).to_numpy().astype(np.int64)
    return _Groups(
        pc.list_element(parts, 0),
        pc.list_element(parts, 1),
        pc.index_in(pairs, known).to_numpy().astype(np.int64),
        band,
    )


def _values(
    cells: pa.Table, groups: _Groups, way: _Way, measures: Sequence[Measure], days: int
) -> pa.Table:
    ids = [one.about.id for one in measures]
    top = _by_band(cells, [NUMERATOR + one for one in ids], groups)
    below = _by_band(cells, [DENOMINATOR + one for one in ids], groups)
    if way.method != "proportion":
        below = np.where([[[one.is_rate]] for one in measures], below / days, below)
    numerator, denominator = top.sum(axis=2), below.sum(axis=2)
    interval = _interval(way, top, below)
    per = np.array([[float(one.per)] for one in measures])
    # By measure, then by area and category: those in which somebody could count.
    measure, group = np.nonzero(denominator > 0)
    chosen = pa.array(group)
    columns = {
        "measure_id": pa.array(ids).take(pa.array(measure)),
        "version": pa.array([one.about.version for one in measures]).take(pa.array(measure)),
        "area": groups.area.take(chosen),
        "category": groups.category.take(chosen),
        "numerator": numerator[measure, group],
        "denominator": denominator[measure, group],
    }
    for name in ("value", "lower", "upper"):
        found = (getattr(interval, name) * per)[measure, group]
        columns[name] = pa.array(found, pa.float64(), from_pandas=True)
    columns["method"] = pa.array([way.method] * len(measure), pa.string())
    return pa.table(columns, schema=VALUES)


def _interval(way: _Way, top: Floats, below: Floats) -> Interval:
    """Values by (measure, group), for one person or event each."""
    if way.method == "standardised_rate":
        ages = slice(way.first_band, way.past_band)
        weights = np.asarray(EUROPEAN_STANDARD_POPULATION_2013)[ages]
        return directly_standardised_rate(
            top[..., ages], below[..., ages], standard=weights, multiplier=1
        )
    numerator, denominator = top.sum(axis=2), below.sum(axis=2)
    if way.method == "rate":
        return crude_rate(numerator, denominator, multiplier=1)
    return proportion(numerator, denominator)


def _by_band(cells: pa.Table, names: Sequence[str], groups: _Groups) -> Floats:
    """Sums by (measure, group, band): one band more than there are, for people of unknown age."""
    at = groups.place * (BANDS + 1) + groups.band
    size = groups.count * (BANDS + 1)
    summed = [
        np.bincount(at, weights=cells[name].cast(pa.float64()).to_numpy(), minlength=size)
        for name in names
    ]
    wide: Floats = np.stack(summed).astype(np.float64)
    return wide.reshape(len(names), groups.count, BANDS + 1)

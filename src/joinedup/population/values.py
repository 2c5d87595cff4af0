"""Measures' values with their intervals, from sums by area, category and age band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
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

VALUES: Final = pa.schema(
    [("measure_id", pa.string()), ("version", pa.string()), ("area", pa.string()),
     ("category", pa.string()), ("numerator", pa.float64()), ("denominator", pa.float64()),
     ("value", pa.float64()), ("lower", pa.float64()), ("upper", pa.float64()),
     ("method", pa.string())]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Groups:
    """Areas and categories, and for each measure the sums by (group, band); the last is unknown."""

    area: pa.Array
    category: pa.Array
    place: NDArray[np.int64]
    band: NDArray[np.int64]
    count: int


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
    many = [_values(cells, groups, measure, days, is_by_age) for measure in measures]
    return pa.concat_tables(many) if many else VALUES.empty_table()


def _groups(cells: pa.Table) -> _Groups:
    keys = cells.select(["area", "category"])
    known = keys.group_by(["area", "category"]).aggregate([])
    known = known.sort_by([("area", "ascending"), ("category", "ascending")])
    names = {
        pair: place
        for place, pair in enumerate(
            zip(known["area"].to_pylist(), known["category"].to_pylist(), strict=True)
        )
    }
    pairs = zip(keys["area"].to_pylist(), keys["category"].to_pylist(), strict=True)
    place = np.fromiter((names[pair] for pair in pairs), np.int64, keys.num_rows)
    band = cells["band"].fill_null(BANDS).to_numpy().astype(np.int64)
    return _Groups(
        known["area"].combine_chunks(), known["category"].combine_chunks(), place, band, len(names)
    )


def _values(
    cells: pa.Table, groups: _Groups, measure: Measure, days: int, is_by_age: bool
) -> pa.Table:
    top = _by_band(cells[NUMERATOR + measure.about.id], groups)
    below = _by_band(cells[DENOMINATOR + measure.about.id], groups)
    if measure.is_rate:
        below = below / days
    numerator, denominator = top.sum(axis=1), below.sum(axis=1)
    interval, method = _interval(measure, top, below, is_by_age)
    counted = denominator > 0
    size = int(counted.sum())
    return pa.table(
        {
            "measure_id": pa.array([measure.about.id] * size, pa.string()),
            "version": pa.array([measure.about.version] * size, pa.string()),
            "area": groups.area.filter(pa.array(counted)),
            "category": groups.category.filter(pa.array(counted)),
            "numerator": numerator[counted],
            "denominator": denominator[counted],
            **{
                name: pa.array(found[counted], pa.float64(), from_pandas=True)
                for name, found in (
                    ("value", interval.value),
                    ("lower", interval.lower),
                    ("upper", interval.upper),
                )
            },
            "method": pa.array([method] * size, pa.string()),
        },
        schema=VALUES,
    )


def _interval(
    measure: Measure, top: Floats, below: Floats, is_by_age: bool
) -> tuple[Interval, str]:
    per = float(measure.per)
    if measure.is_standardised and not is_by_age:
        # Of people of some ages only, the standard population's people of those ages.
        ages = slice(*_bands(measure))
        weights = np.asarray(EUROPEAN_STANDARD_POPULATION_2013)[ages]
        rate = directly_standardised_rate(
            top[:, ages], below[:, ages], standard=weights, multiplier=per
        )
        return rate, "standardised_rate"
    numerator, denominator = top.sum(axis=1), below.sum(axis=1)
    if measure.is_rate:
        return crude_rate(numerator, denominator, multiplier=per), "rate"
    return proportion(numerator, denominator, multiplier=per), "proportion"


def _bands(measure: Measure) -> tuple[int, int]:
    """The first band that people of the measure's ages are in, and the first that they are not."""
    first = (measure.people.from_age or 0) // 5
    last = BANDS - 1 if measure.people.to_age is None else measure.people.to_age // 5
    return min(first, BANDS - 1), min(last, BANDS - 1) + 1


def _by_band(column: pa.ChunkedArray, groups: _Groups) -> Floats:
    """Sums by (group, band): one column more than there are bands, for people of unknown age."""
    wide = np.zeros((groups.count, BANDS + 1))
    np.add.at(wide, (groups.place, groups.band), column.cast(pa.float64()).to_numpy())
    return wide

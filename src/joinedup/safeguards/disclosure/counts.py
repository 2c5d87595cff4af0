"""A long table of measures read into counts: one count a cell, whichever rows show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from joinedup.safeguards.disclosure.rule import DisclosureRule
from joinedup.safeguards.disclosure.sums import LABELLED_BY, Dimension, Label
from joinedup.terms import SourceDataError

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KEY: Final = ("measure_id", "footprint_kind", "area", "period", "breakdown", "category")
# Places of a count's key.
SERIES, PLACE_OF = 0, {Dimension.AREA: 1, Dimension.PERIOD: 2, Dimension.CATEGORY: 3}
_BETWEEN: Final = "\x1f"
# Below 2 to the 53rd, so that sums of counts are exact as floats as well.
_LARGEST: Final = 2**40
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Counts:
    """Each count once: `key` has series, area, period, category as codes; `value` is exact.

    `numerator` and `denominator` say which count each row of the table shows, `NONE` for none.
    A series is a measure's numerator, or the population that measures share as denominator.
    """

    key: Integers
    value: Integers
    zero_is_safe: Flags
    numerator: Integers
    denominator: Integers
    is_proportion: Flags
    labels: dict[Dimension, dict[Label, int]]


def read_counts(cells: pa.Table, rule: DisclosureRule) -> Counts:
    """The counts of a table; SourceDataError where a column or value is not what it must be."""
    _check_columns(cells)
    coded = {dimension: _coded(cells, columns) for dimension, columns in LABELLED_BY.items()}
    places = np.stack([coded[dimension][0] for dimension in PLACE_OF], axis=1)
    measure, measures = _coded(cells, ("measure_id",))
    populations_by = "population_id" if "population_id" in cells.column_names else "measure_id"
    population, populations = _coded(cells, (populations_by,))
    has, counted, upper_key = _with_values(cells, "numerator", measure, places)
    has_lower, lower, lower_key = _with_values(
        cells, "denominator", population + len(measures), places
    )
    if len(np.unique(upper_key, axis=0)) != len(upper_key):
        raise SourceDataError(
            "a measure, area, period, breakdown and category come more than once.",
            where="numerator",
            cure="Give one row each.",
        )
    shared, first, which = np.unique(lower_key, axis=0, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    if (lower[first][which] != lower).any():
        raise SourceDataError(
            "measures of one population differ in its denominators.",
            where=populations_by,
            cure="Give populations that differ a population_id each.",
        )
    numerator = np.full(len(cells), NONE, np.int64)
    numerator[has] = np.arange(len(counted))
    denominator = np.full(len(cells), NONE, np.int64)
    denominator[has_lower] = len(counted) + which
    safe = np.array([rule.zero_is_safe(label[0]) for label in (*measures, *populations)], bool)
    key = np.concatenate([upper_key, shared])
    return Counts(
        key=key,
        value=np.concatenate([counted, lower[first]]),
        zero_is_safe=safe[key[:, SERIES]],
        numerator=numerator,
        denominator=denominator,
        is_proportion=_flags(cells, "is_proportion"),
        labels={dimension: labels for dimension, (_, labels) in coded.items()},
    )


def _check_columns(cells: pa.Table) -> None:
    lost = [n for n in (*KEY, "numerator", "denominator") if n not in cells.column_names]
    if lost:
        raise SourceDataError(
            f"there is no column {', '.join(lost)}.",
            where="cells",
            cure=f"Give one row each of {', '.join(KEY)}, with numerator and denominator.",
        )
    empty = [name for name in KEY if cells[name].null_count]
    if empty:
        raise SourceDataError(
            f"some rows have no {', '.join(empty)}.", where="cells", cure="Say which, in each row."
        )


def _coded(cells: pa.Table, columns: tuple[str, ...]) -> tuple[Integers, dict[Label, int]]:
    """A code for each row, in the order of the labels' text, whatever order the rows have."""
    texts = [pc.cast(cells[name], pa.string()) for name in columns]
    joined = pc.binary_join_element_wise(*texts, _BETWEEN) if len(texts) > 1 else texts[0]
    encoded = joined.combine_chunks().dictionary_encode()
    words = encoded.dictionary.to_pylist()
    ordered = sorted(words)
    rank = {word: place for place, word in enumerate(ordered)}
    codes = np.array([rank[word] for word in words], np.int64)
    labels = {tuple(word.split(_BETWEEN)): place for place, word in enumerate(ordered)}
    picked = encoded.indices.to_numpy(zero_copy_only=False)
    return codes[picked] if len(words) else np.zeros(0, np.int64), labels


def _with_values(
    cells: pa.Table, name: str, series: Integers, places: Integers
) -> tuple[Flags, Integers, Integers]:
    column: Any = cells[name]
    if not (pa.types.is_integer(column.type) or pa.types.is_null(column.type)):
        raise SourceDataError(
            f"it is of type {column.type}.", where=name, cure="Counts are whole numbers."
        )
    has = np.asarray(pc.is_valid(column))
    values = np.asarray(pc.fill_null(pc.cast(column, pa.int64()), 0))[has]
    if len(values) and not 0 <= values.min() <= values.max() < _LARGEST:
        raise SourceDataError(
            "a count is below nought or too large.", where=name, cure="Give counts of people."
        )
    key = np.concatenate([series[has, None], places[has]], axis=1)
    return has, values.astype(np.int64), key


def _flags(cells: pa.Table, name: str) -> Flags:
    if name not in cells.column_names:
        return np.zeros(len(cells), bool)
    return np.asarray(pc.fill_null(cells[name], False), bool)

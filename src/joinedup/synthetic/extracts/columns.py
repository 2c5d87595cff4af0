"""Columns of a partner's file: dates, times, numbers and codes in the form that it writes them.

Nearly every column is a dictionary array (places in a list of texts), so that a million rows
cost a million small integers until the file is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.synthetic.interface import Coded

ISO: Final = "%Y-%m-%d"
BRITISH: Final = "%d/%m/%Y"
COMPACT: Final = "%Y%m%d"

_FIRST_DAY: Final = np.datetime64("1880-01-01", "D")
_DAYS: Final = 60_000  # to the year 2044


@lru_cache(maxsize=8)
def _calendar(form: str) -> pa.StringArray:
    """Every day from 1880 on, written in one form."""
    days = pa.array((_FIRST_DAY + np.arange(_DAYS)).astype("datetime64[D]"))
    return pc.strftime(days.cast(pa.timestamp("s")), format=form)


@lru_cache(maxsize=4)
def _clock(form: str) -> pa.StringArray:
    """Every second of a day, written in one form."""
    seconds = pa.array(np.arange(86_400).astype("datetime64[s]"))
    return pc.strftime(seconds, format=form)


def days(when: NDArray[np.datetime64], form: str = ISO) -> pa.DictionaryArray:
    """Days (of dates or of local times) in one form; null where it has not happened."""
    day = when.astype("datetime64[D]")
    absent = np.isnat(day)
    place = np.where(absent, 0, (day - _FIRST_DAY).astype(np.int64)).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(place, mask=absent), _calendar(form))


def clock(when: NDArray[np.datetime64], form: str = "%H:%M:%S") -> pa.DictionaryArray:
    """Times of day in one form; null where it has not happened."""
    absent = np.isnat(when)
    second = when.astype("datetime64[s]") - when.astype("datetime64[D]").astype("datetime64[s]")
    place = np.where(absent, 0, second.astype(np.int64)).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(place, mask=absent), _clock(form))


def moments(when: NDArray[np.datetime64], form: str = ISO, between: str = " ") -> pa.Array:
    """Days with times of day; null where it has not happened."""
    if form == ISO and between == " ":
        return pa.array(when.astype("datetime64[s]"))  # Arrow writes it 2024-01-31 10:00:00
    return joined(days(when, form), clock(when), between=between)


def joined(*parts: pa.Array | str, between: str = "") -> pa.StringArray:
    """Texts put together row by row; null where any part is null."""
    texts = [
        pa.scalar(part) if isinstance(part, str) else pc.cast(part, pa.string()) for part in parts
    ]
    return pc.binary_join_element_wise(*texts, between)


def same(text: str | None, rows: int) -> pa.Array:
    """One text in every row."""
    if text is None:
        return pa.nulls(rows, pa.string())
    index = pa.array(np.zeros(rows, np.int32))
    return pa.DictionaryArray.from_arrays(index, pa.array([text]))


def picked(index: NDArray[np.integer], values: tuple[str, ...]) -> pa.DictionaryArray:
    """Texts by their places in a short list; null where the place is -1."""
    return Coded(np.asarray(index, np.int32), values).arrow()


def recoded(
    coded: Coded, to: Mapping[str, str], otherwise: str | None = None
) -> pa.DictionaryArray:
    """A column in another set of codes; `otherwise` (or null) for those that `to` lacks."""
    values = pa.array([to.get(value, otherwise) for value in coded.values], pa.string())
    index = pa.array(coded.index, mask=coded.index < 0)
    return pa.DictionaryArray.from_arrays(index, values)


def taken(column: pa.Array, places: NDArray[np.integer]) -> pa.Array:
    """A column of texts at some places (-1: null), as a dictionary array that shares the texts."""
    index = pa.array(np.asarray(places, np.int32), mask=places < 0)
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices.take(index), column.dictionary)
    if pa.types.is_string(column.type):
        return pa.DictionaryArray.from_arrays(index, column)
    return column.take(index)


def with_values(column: pa.Array, rows: NDArray[np.integer], texts: pa.Array) -> pa.Array:
    """The column with other texts (null allowed) in some of its rows; the same type if it can."""
    if not len(rows):
        return column
    if not pa.types.is_dictionary(column.type):
        mask = np.zeros(len(column), bool)
        mask[rows] = True
        order = np.argsort(rows, kind="stable")
        return pc.replace_with_mask(
            pc.cast(column, pa.string()), pa.array(mask), texts.take(pa.array(order))
        )
    # Each text once, to keep the dictionary short.
    added = texts.dictionary_encode()
    place = pc.fill_null(added.indices, -1).to_numpy()
    index = column.indices.to_numpy(zero_copy_only=False)
    index = np.where(np.array(column.is_null()), -1, index).astype(np.int32)
    index[rows] = np.where(place < 0, -1, len(column.dictionary) + place)
    values = pa.concat_arrays([column.dictionary, added.dictionary])
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=index < 0), values)


def without_repeats(column: pa.Array) -> pa.Array:
    """A dictionary array whose dictionary has each text once; any other column as it is.

    Arrow writes a dictionary with repeats to Parquet in a way whose bytes vary from time to time.
    """
    if not pa.types.is_dictionary(column.type):
        return column
    once = column.dictionary.dictionary_encode()
    return pa.DictionaryArray.from_arrays(once.indices.take(column.indices), once.dictionary)

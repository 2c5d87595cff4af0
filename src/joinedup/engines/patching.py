"""Change a few rows of one small, sorted Parquet file, leaving all others as they stand.

Reading and sorting a file anew costs several times as much as copying what stays, column by
column, with texts as the dictionaries that they are in the file.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

# As DuckDB writes them.
_ROW_GROUP: Final = 122_880
_LEVEL: Final = 1


def patch(
    earlier: Path | None, later: Path, *, gone: pa.Table, added: pa.Table, order: Sequence[str]
) -> None:
    """Write the rows of an earlier file but those `gone`, and those `added`.

    `gone` has the columns that tell a row; `added` those of the file, in its `order`, which the
    earlier file has too. Nothing is written where no row is left.
    """
    if earlier is None:
        whole = added
    else:
        stays = _without(_read(earlier, order), gone)
        whole = _merged(stays, _alike(added, stays.schema), order) if added.num_rows else stays
    if whole.num_rows:
        pq.write_table(
            whole,
            later,
            compression="zstd",
            compression_level=_LEVEL,
            row_group_size=_ROW_GROUP,
            store_schema=False,
        )


def _read(path: Path, order: Sequence[str]) -> pa.Table:
    schema = pq.read_schema(path)
    texts = [
        field.name for field in schema if pa.types.is_string(field.type) and field.name not in order
    ]
    return pq.read_table(path, read_dictionary=texts, partitioning=None)


def _alike(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The same columns in the same order and types, texts as dictionaries or plain."""
    columns = []
    for field in schema:
        column = table[field.name].combine_chunks()
        is_coded = pa.types.is_dictionary(field.type)
        plain = column.cast(field.type.value_type if is_coded else field.type)
        columns.append(plain.dictionary_encode() if is_coded else plain)
    return pa.table(columns, schema=schema)


def _without(table: pa.Table, gone: pa.Table) -> pa.Table:
    """The rows that are not told by those gone."""
    if not gone.num_rows:
        return table
    keys = gone.column_names
    # The last column tells most: few rows are left to be compared whole.
    told = gone[keys[-1]].combine_chunks().cast(table.schema.field(keys[-1]).type)
    near = np.flatnonzero(pc.is_in(table[keys[-1]], value_set=told).combine_chunks())
    lost = set(zip(*(gone[key].to_pylist() for key in keys), strict=True))
    found = zip(*(table[key].take(near).to_pylist() for key in keys), strict=True)
    mask = np.ones(table.num_rows, dtype=bool)
    mask[[place for place, row in zip(near, found, strict=True) if row in lost]] = False
    return table.filter(pa.array(mask))


def _merged(stays: pa.Table, added: pa.Table, order: Sequence[str]) -> pa.Table:
    """Both in one order."""
    places = list(_places(stays, added, order))
    rows = np.insert(np.arange(stays.num_rows), places, stays.num_rows + np.arange(added.num_rows))
    both = pa.concat_tables([stays, added]).unify_dictionaries().combine_chunks()
    return both.take(pa.array(rows))


def _places(stays: pa.Table, added: pa.Table, order: Sequence[str]) -> Iterator[int]:
    """Before which row each added one goes: by its person, then among the person's rows."""
    first = stays[order[0]].combine_chunks().cast(pa.binary())
    persons = np.asarray(first.to_numpy(zero_copy_only=False), dtype=bytes)
    wanted = [str(one).encode() for one in added[order[0]].to_pylist()]
    starts = np.searchsorted(persons, wanted, side="left")
    ends = np.searchsorted(persons, wanted, side="right")
    rest = order[1:]
    given = _keys(added, rest)
    for start, end, key in zip(starts.tolist(), ends.tolist(), given, strict=True):
        yield start + bisect_left(_keys(stays.slice(start, end - start), rest), key)


def _keys(table: pa.Table, columns: Sequence[str]) -> list[tuple[tuple[bool, Any], ...]]:
    """Rows as they sort: what is not known comes last, as DuckDB has it."""
    values = zip(*(table[name].to_pylist() for name in columns), strict=True)
    if not columns:
        return [()] * table.num_rows
    return [tuple((one is None, "" if one is None else one) for one in row) for row in values]

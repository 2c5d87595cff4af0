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
from numpy.typing import NDArray

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
    whole = added if earlier is None else _patched(_read(earlier, order), gone, added, order)
    if whole.num_rows:
        pq.write_table(
            whole,
            later,
            compression="zstd",
            compression_level=_LEVEL,
            row_group_size=_ROW_GROUP,
            use_dictionary=[field.name for field in whole.schema if _repeats(field.type)],
            store_schema=False,
        )


def _repeats(dtype: pa.DataType) -> bool:
    """Whether a column's values come again and again, as ids, times and costs hardly do."""
    return not (pa.types.is_int64(dtype) or pa.types.is_timestamp(dtype))


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


def _patched(table: pa.Table, gone: pa.Table, added: pa.Table, order: Sequence[str]) -> pa.Table:
    """One take over both tables, as each copies all columns."""
    stays = np.flatnonzero(_stay(table, gone))
    if not added.num_rows:
        return table if len(stays) == table.num_rows else table.take(pa.array(stays))
    added = _alike(added, table.schema)
    # How many of the rows before a place stay, so that places count those that do.
    places = np.searchsorted(stays, list(_places(table, added, order)))
    rows = np.insert(stays, places, table.num_rows + np.arange(added.num_rows))
    both = pa.concat_tables([table, added]).unify_dictionaries().combine_chunks()
    return both.take(pa.array(rows))


def _stay(table: pa.Table, gone: pa.Table) -> NDArray[np.bool_]:
    """For each row whether it is none of those gone."""
    stay = np.ones(table.num_rows, dtype=bool)
    if not gone.num_rows:
        return stay
    keys = gone.column_names
    # The last column tells most: few rows are left to be compared whole.
    told = gone[keys[-1]].combine_chunks().cast(table.schema.field(keys[-1]).type)
    near = np.flatnonzero(pc.is_in(table[keys[-1]], value_set=told).combine_chunks())
    lost = set(zip(*(gone[key].to_pylist() for key in keys), strict=True))
    found = zip(*(table[key].take(near).to_pylist() for key in keys), strict=True)
    stay[[place for place, row in zip(near, found, strict=True) if row in lost]] = False
    return stay


def _places(table: pa.Table, added: pa.Table, order: Sequence[str]) -> Iterator[int]:
    """Before which row each added one goes: by its person, then among the person's rows."""
    persons = _bytes(table[order[0]])
    wanted = [str(one).encode() for one in added[order[0]].to_pylist()]
    starts = np.searchsorted(persons, wanted, side="left")
    ends = np.searchsorted(persons, wanted, side="right")
    there, given = (_values(one, order[1:]) for one in (table, added))
    for row, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        key = _key(given, row)
        yield bisect_left(range(end), key, start, end, key=lambda at: _key(there, at))


def _bytes(texts: pa.ChunkedArray) -> NDArray[np.bytes_]:
    """Texts as NumPy sees them; as they lie in memory where all are of one length, as ids are."""
    plain = texts.combine_chunks().cast(pa.binary())
    widths = pc.min_max(pc.binary_length(plain)).as_py()
    width = widths["max"]
    if not width or widths["min"] != width or plain.null_count:
        return np.asarray(plain.to_numpy(zero_copy_only=False), dtype=bytes)
    first = np.frombuffer(plain.buffers()[1], dtype=np.int32)[plain.offset]
    return np.frombuffer(plain.buffers()[2], f"S{width}", count=len(plain), offset=int(first))


def _values(table: pa.Table, columns: Sequence[str]) -> list[list[Any]]:
    return [table[name].to_pylist() for name in columns]


def _key(values: list[list[Any]], row: int) -> list[tuple[bool, Any]]:
    """A row as it sorts: what is not known comes last, as DuckDB has it."""
    return [(one[row] is None, "" if one[row] is None else one[row]) for one in values]

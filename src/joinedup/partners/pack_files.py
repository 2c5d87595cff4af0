"""Read one table of an area pack, from Parquet or CSV, and say what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from joinedup.terms import SourceDataError

_CURE = "Cut the pack again with `joinedup area cut`, or mend the file."


def table_path(folder: Path, stem: str) -> Path | None:
    """The pack's file of that name, Parquet before CSV; None where there is neither."""
    for ending in (".parquet", ".csv"):
        path = folder / f"{stem}{ending}"
        if path.is_file():
            return path
    return None


def read_table(folder: Path, stem: str, columns: Mapping[str, pa.DataType]) -> pa.Table:
    """Read a table that the pack must have; the columns asked for are there, of their types.

    Further columns are kept as they are.
    """
    path = table_path(folder, stem)
    if path is None:
        raise SourceDataError(
            f"The area pack has neither {stem}.parquet nor {stem}.csv.",
            where=str(folder),
            cure="Name a folder that holds an area pack, or make one with `joinedup area cut`.",
        )
    table = _read(path, columns)
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise SourceDataError(
            f"It has no column {', '.join(f'`{name}`' for name in missing)}.",
            where=str(path),
            cure=_CURE,
        )
    for name, kind in columns.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, _cast(table[name], kind, path, name))
    return table


def refuse_nulls(table: pa.Table, names: tuple[str, ...], path: Path) -> None:
    """Refuse a table where one of the columns has an empty value."""
    for name in names:
        if table[name].null_count:
            row = pc.index(pc.is_null(table[name]), True).as_py() + 1
            raise SourceDataError(
                f"`{name}` is empty in row {row}.", where=str(path), cure="Fill it in."
            )


def refuse_repeats(table: pa.Table, name: str, path: Path) -> None:
    """Refuse a table where a code stands on two rows."""
    counts = pc.value_counts(table[name].combine_chunks())
    for one in counts:
        if one["counts"].as_py() > 1:
            raise SourceDataError(
                f"`{name}` {one['values'].as_py()} stands on more than one row.",
                where=str(path),
                cure="Keep one row for each code.",
            )


def texts(table: pa.Table, name: str) -> list[str | None]:
    """A text column as a list; all None where the table has no such column."""
    if name not in table.column_names:
        return [None] * table.num_rows
    values: list[str | None] = table[name].cast(pa.string()).to_pylist()
    return values


def numbers(table: pa.Table, name: str) -> np.ndarray:
    """A number column as an array, a copy that may be changed."""
    return np.array(table[name].combine_chunks().to_numpy(zero_copy_only=False))


def days(table: pa.Table, name: str, file: Path) -> list[date | None]:
    """A column of dates written 20201001 or 2020-10-01; all None where there is none such."""
    found = []
    for value in texts(table, name):
        try:
            found.append(date.fromisoformat(value) if value else None)
        except ValueError:
            raise SourceDataError(
                f"'{value}' is not a date.", where=str(file), cure="Write it as 20201001."
            ) from None
    return found


def days_after(found: list[date | None]) -> list[date | None]:
    """The first day no longer, for each last day: an end is so told everywhere here."""
    return [one + timedelta(days=1) if one else None for one in found]


def _read(path: Path, columns: Mapping[str, pa.DataType]) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        convert = pc_csv.ConvertOptions(column_types=dict(columns), strings_can_be_null=True)
        return pc_csv.read_csv(path, convert_options=convert)
    except (pa.ArrowException, OSError) as error:
        why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise SourceDataError(f"It cannot be read: {why}.", where=str(path), cure=_CURE) from None


def _cast(column: pa.ChunkedArray, kind: pa.DataType, path: Path, name: str) -> pa.ChunkedArray:
    try:
        return column.cast(kind)
    except pa.ArrowException:
        raise SourceDataError(
            f"`{name}` holds {column.type} where {kind} is needed.", where=str(path), cure=_CURE
        ) from None

"""Cut a chunk's extracts into files by date and write its part of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from joinedup.synthetic.damage_rows import REPEAT_RATE
from joinedup.synthetic.extracts.columns import with_values, without_repeats
from joinedup.synthetic.extracts.extract import Extract, extract_days, file_name
from joinedup.synthetic.interface import World


@dataclass(frozen=True, slots=True)
class Part:
    """One chunk's part of one file, without the header; Parquet parts are files of their own."""

    partner: str
    feed: str
    file: str
    path: Path
    header: str
    rows: int


def write_parts(
    extract: Extract, world: World, chunk: int, folder: Path, random: np.random.Generator
) -> list[Part]:
    """Write an extract's rows below `folder`, one part for each file that they belong in."""
    delivery = extract.delivery
    days = extract_days(delivery.every, world.start, world.today)
    if delivery.suffix == ".parquet":
        return [_write_parquet(extract, days[-1], chunk, folder)]
    table, first = _in_files(extract, days)
    parts = []
    for place, day in enumerate(days):
        rows = table.slice(first[place], first[place + 1] - first[place])
        if rows.num_rows:
            name = file_name(extract.feed, day)
            parts.append(_write_text(extract, rows, name, folder, random))
    return parts


def _in_files(
    extract: Extract, days: tuple[np.datetime64, ...]
) -> tuple[pa.Table, NDArray[np.int64]]:
    """The rows in the order of the files that they come in, and where each file's rows begin.

    What was not known on the day of a file is empty there; a row that is sent again comes once
    more in a later file, in full.
    """

    def file_of(day: NDArray[np.datetime64]) -> NDArray[np.int8]:
        place = np.searchsorted(np.array(days), day.astype("datetime64[D]"), side="right")
        # What happened on the last days is in the last file, whatever its own date.
        return np.minimum(place, len(days) - 1).astype(np.int8)

    file = file_of(extract.day)
    places, files = [np.arange(len(file))], [file]
    for later in extract.later:
        again = np.flatnonzero(later.again & ~np.isnat(later.known))
        again = again[file_of(later.known[again]) > file[again]]
        places.append(again)
        files.append(file_of(later.known[again]))
    place, file = np.concatenate(places), np.concatenate(files)
    order = np.argsort(file, kind="stable")
    place, file = place[order], file[order]
    table = extract.table.take(pa.array(place)) if len(days) > 1 else extract.table
    drawn = np.array(days)[file]
    for later in extract.later:
        table = _not_yet(table, later.columns, later.known[place] > drawn)
    return table, np.searchsorted(file, np.arange(len(days) + 1))


def _not_yet(table: pa.Table, columns: tuple[str, ...], unknown: NDArray[np.bool_]) -> pa.Table:
    rows = np.flatnonzero(unknown)
    for name in columns if len(rows) else ():
        place = table.column_names.index(name)
        column = table.column(place).combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0)
        emptied = with_values(column, rows, pa.nulls(len(rows), pa.string()))
        table = table.set_column(place, name, emptied)
    return table


def _write_text(
    extract: Extract, rows: pa.Table, name: str, folder: Path, random: np.random.Generator
) -> Part:
    again = np.flatnonzero(random.random(rows.num_rows) < REPEAT_RATE)
    path = folder / extract.partner / f"{name}.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    tables = [rows, rows.take(pa.array(again))] if len(again) else [rows]
    try:
        _write(path, tables, extract.delivery.delimiter, "none")
    except pa.ArrowInvalid:  # some text holds the delimiter or a quotation mark: quote every text
        _write(path, tables, extract.delivery.delimiter, "needed")
    header = extract.delivery.delimiter.join(rows.column_names) + "\n"
    return Part(extract.partner, extract.feed, name, path, header, rows.num_rows + len(again))


def _write(path: Path, tables: list[pa.Table], delimiter: str, quoting: str) -> None:
    options = pa_csv.WriteOptions(include_header=False, delimiter=delimiter, quoting_style=quoting)
    with pa_csv.CSVWriter(path, tables[0].schema, write_options=options) as writer:
        for table in tables:
            writer.write_table(table)


def _write_parquet(extract: Extract, day: np.datetime64, chunk: int, folder: Path) -> Part:
    name = file_name(extract.feed, day, f"_{chunk + 1:03d}")
    path = folder / extract.partner / name
    path.parent.mkdir(parents=True, exist_ok=True)
    table = extract.table.combine_chunks()
    columns = [without_repeats(column.chunk(0)) for column in table.columns if column.num_chunks]
    if columns:
        table = pa.table(columns, names=table.column_names)
    pq.write_table(table, path, compression="zstd", compression_level=1)
    return Part(extract.partner, extract.feed, name, path, "", extract.table.num_rows)

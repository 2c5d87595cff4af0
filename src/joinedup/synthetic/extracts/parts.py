"""Cut a chunk's extracts into files by date and write its part of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from joinedup.synthetic.damage_rows import REPEAT_RATE
from joinedup.synthetic.extracts.columns import without_repeats
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
    period = np.searchsorted(np.array(days), extract.day.astype("datetime64[D]"), side="right")
    # What happened on the last days is in the last file, whatever its own date.
    period = np.minimum(period, len(days) - 1).astype(np.int8)
    order = np.argsort(period, kind="stable")
    table = extract.table.take(pa.array(order)) if len(days) > 1 else extract.table
    first = np.searchsorted(period[order], np.arange(len(days) + 1))
    parts = []
    for place, day in enumerate(days):
        rows = table.slice(first[place], first[place + 1] - first[place])
        if rows.num_rows:
            name = file_name(extract.feed, day)
            parts.append(_write_text(extract, rows, name, folder, random))
    return parts


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

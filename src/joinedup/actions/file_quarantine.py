"""Write what a file's refused lines were, as received, with all their reasons."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.actions.file_rows import Rows, parquet_records
from joinedup.actions.row_checks import CheckedRows, repeat_reason
from joinedup.engines import DuckDBEngine
from joinedup.intake import Arrival, raw_records

_BATCH_ROWS: Final = 50_000
_SCHEMA: Final = pa.schema([
    ("partner", pa.string()), ("feed", pa.string()), ("file_id", pa.string()),
    ("file", pa.string()), ("source_row", pa.int64()), ("lines", pa.int64()),
    ("rules", pa.list_(pa.string())), ("row", pa.string()),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused record: where it begins, how many lines it has, and all its reasons."""

    source_row: int
    lines: int
    rules: tuple[str, ...]


def write_quarantine(
    engine: DuckDBEngine,
    rows: Rows,
    checked: CheckedRows,
    arrival: Arrival,
    file_id: str,
    path: Path,
) -> None:
    """Write the refused rows of a file that was read."""
    refused = _in_order(rows, checked)
    if rows.plain is not None:
        first, again = _twice(refused)
        raw = raw_records(rows.plain, ((one.source_row, one.lines) for one in first))
        _write(again, raw, arrival, file_id, path)
    else:
        refused_rows = list(refused)
        raw = _parquet_rows(engine, rows.path, [one.source_row for one in refused_rows])
        _write(refused_rows, raw, arrival, file_id, path)


def write_refused_file(
    engine: DuckDBEngine, rows: Rows, arrival: Arrival, file_id: str, rule: str, path: Path
) -> int:
    """Write every line of a file that was refused whole; return how many."""

    def every() -> Iterator[Refused]:
        return (Refused(line, 1, (rule,)) for line in range(1, rows.lines + 1))

    if rows.plain is not None:
        raw = raw_records(rows.plain, ((line, 1) for line in range(1, rows.lines + 1)))
    else:
        raw = _parquet_rows(engine, rows.path, None)
    return _write(every(), raw, arrival, file_id, path)


def _twice(refused: Iterator[Refused]) -> tuple[Iterator[Refused], Iterator[Refused]]:
    kept = list(refused)
    return iter(kept), iter(kept)


def _in_order(rows: Rows, checked: CheckedRows) -> Iterator[Refused]:
    """All that was refused, by line: unreadable lines, refused rows and repeats."""
    found = [Refused(one.line, 1, (one.rule,)) for one in rows.refused]
    if checked.refused is not None:
        table = pq.read_table(checked.refused)
        masks = [table[name].to_numpy() for name in table.column_names[2:]]
        reasons: dict[tuple[int, ...], tuple[str, ...]] = {}
        rows_, lines = table["source_row"].to_numpy(), table["lines"].to_numpy()
        for place in range(len(rows_)):
            key = tuple(int(one[place]) for one in masks)
            if key not in reasons:
                reasons[key] = checked.reasons(key)
            found.append(Refused(int(rows_[place]), int(lines[place]), reasons[key]))
    if checked.repeats is not None:
        for row in pq.read_table(checked.repeats).to_pylist():
            found.append(Refused(row["source_row"], row["lines"], repeat_reason(row["is_same"])))
    return iter(sorted(found, key=lambda one: one.source_row))


def _write(
    refused: Iterable[Refused], raw: Iterator[str], arrival: Arrival, file_id: str, path: Path
) -> int:
    """Write records beside their raw texts; return how many."""
    feed = arrival.feed.name if arrival.feed else ""
    pairs = zip(refused, raw, strict=True)
    written = 0
    with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        while batch := list(islice(pairs, _BATCH_ROWS)):
            count = len(batch)
            columns = [
                [arrival.partner] * count,
                [feed] * count,
                [file_id] * count,
                [arrival.name] * count,
                [one.source_row for one, _ in batch],
                [one.lines for one, _ in batch],
                [one.rules for one, _ in batch],
                [text for _, text in batch],
            ]
            arrays = [pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))
            written += count
    return written


def _parquet_rows(engine: DuckDBEngine, path: Path, wanted: list[int] | None) -> Iterator[str]:
    """Rows of a partner's Parquet as JSON text, in order; all of them where None are named."""
    table = parquet_records(engine, path).order_by("source_row")
    if wanted is not None:
        if not wanted:
            return
        rows = np.array(wanted, np.int64)
    for batch in table.to_pyarrow_batches(chunk_size=_BATCH_ROWS):
        keep = (
            batch if wanted is None else batch.filter(pa.array(np.isin(batch["source_row"], rows)))
        )
        for row in keep.to_pylist():
            del row["source_row"]
            yield json.dumps(row, ensure_ascii=False, default=str)

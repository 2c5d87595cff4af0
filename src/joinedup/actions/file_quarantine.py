"""Write what a file's refused lines were, as received, with all their reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import tee
from operator import attrgetter
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.actions.file_rows import Received
from joinedup.actions.row_checks import CheckedRows, repeat_reason
from joinedup.engines import DuckDBEngine
from joinedup.engines.csv import open_parquet
from joinedup.intake import LINE_LIMIT_BYTES, Arrival, RefusedLines, raw_records

_BATCH_ROWS: Final = 50_000
_BATCH_CHARACTERS: Final = 1 << 24
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
    received: Received,
    lines: RefusedLines,
    checked: CheckedRows,
    arrival: Arrival,
    file_id: str,
    path: Path,
) -> None:
    """Write the refused lines and rows of a file that was read."""
    refused, wanted = tee(_in_order(lines, checked))
    _write(refused, _raw(engine, received, wanted), arrival, file_id, path)


def write_refused_file(
    engine: DuckDBEngine, received: Received, arrival: Arrival, file_id: str, rule: str, path: Path
) -> int:
    """Write every line of a file that was refused whole; return how many."""
    every = (Refused(line, 1, (rule,)) for line in range(1, received.lines + 1))
    refused, wanted = tee(every)
    return _write(refused, _raw(engine, received, wanted), arrival, file_id, path)


def _raw(engine: DuckDBEngine, received: Received, wanted: Iterator[Refused]) -> Iterator[str]:
    """The text of each refused record as received."""
    if received.plain is not None:
        return raw_records(received.plain, ((one.source_row, one.lines) for one in wanted))
    return _parquet_rows(engine, received, (one.source_row for one in wanted))


def _in_order(lines: RefusedLines, checked: CheckedRows) -> Iterator[Refused]:
    """All that was refused, by line: unreadable lines, refused rows and repeats.

    Each comes in the file's order already; a file of many millions may be refused to the last row.
    """
    return merge(
        (Refused(one.line, 1, (one.rule,)) for one in lines),
        _refused_rows(checked),
        _repeated_rows(checked),
        key=attrgetter("source_row"),
    )


def _refused_rows(checked: CheckedRows) -> Iterator[Refused]:
    reasons: dict[tuple[int, ...], tuple[str, ...]] = {}  # few, however many rows
    for batch in _batches(checked.refused):
        rows, lines, *masks = (column.to_pylist() for column in batch.columns)
        for source_row, count, *found in zip(rows, lines, *masks, strict=True):
            failed = tuple(found)
            if failed not in reasons:
                reasons[failed] = checked.reasons(failed)
            yield Refused(source_row, count, reasons[failed])


def _repeated_rows(checked: CheckedRows) -> Iterator[Refused]:
    for batch in _batches(checked.repeats):
        for row in batch.to_pylist():
            yield Refused(row["source_row"], row["lines"], (repeat_reason(row["is_same"]),))


def _batches(path: Path | None) -> Iterator[pa.RecordBatch]:
    if path is not None:
        yield from pq.ParquetFile(path).iter_batches(_BATCH_ROWS)


def _write(
    refused: Iterator[Refused], raw: Iterator[str], arrival: Arrival, file_id: str, path: Path
) -> int:
    """Write records beside their raw texts; return how many."""
    feed = arrival.feed.name if arrival.feed else ""
    pairs = zip(refused, raw, strict=True)
    written = 0
    with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        while batch := _next_batch(pairs):
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


def _next_batch(pairs: Iterator[tuple[Refused, str]]) -> list[tuple[Refused, str]]:
    """So many records, or fewer where they are long."""
    batch: list[tuple[Refused, str]] = []
    characters = 0
    for pair in pairs:
        batch.append(pair)
        characters += len(pair[1])
        if len(batch) == _BATCH_ROWS or characters > _BATCH_CHARACTERS:
            break
    return batch


def _parquet_rows(engine: DuckDBEngine, received: Received, wanted: Iterator[int]) -> Iterator[str]:
    """The rows wanted of a partner's Parquet as JSON text, in order."""
    row = next(wanted, None)
    if row is None:
        return
    table = open_parquet(engine, received.path, len(received.columns))
    assert table is not None  # `receive` has opened it
    batches = table.order_by("source_row").to_pyarrow_batches(chunk_size=_BATCH_ROWS)
    for batch in batches:
        numbers = batch["source_row"].to_pylist()
        kept = []
        while row is not None and row <= numbers[-1]:
            kept.append(row - numbers[0])
            row = next(wanted, None)
        chosen = batch.drop_columns(["source_row"]).take(pa.array(kept, pa.int64()))
        for values in zip(*(column.to_pylist() for column in chosen.columns), strict=True):
            yield _as_json(received.columns, values)


def _as_json(names: tuple[str, ...], values: tuple[object, ...]) -> str:
    """One JSON object, with every column even where two have one name."""
    said = ", ".join(
        f"{json.dumps(name, ensure_ascii=False)}: "
        f"{json.dumps(value, ensure_ascii=False, default=str)}"
        for name, value in zip(names, values, strict=True)
    )
    return f"{{{said}}}"[:LINE_LIMIT_BYTES]

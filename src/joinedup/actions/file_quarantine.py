"""Write what a file's refused lines were, as received, with all their reasons."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from joinedup.actions.file_rows import Received
from joinedup.actions.row_checks import CheckedRows, repeat_reason
from joinedup.engines import DuckDBEngine
from joinedup.engines.csv import open_parquet
from joinedup.intake import Arrival, RefusedLine, raw_records

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
    received: Received,
    lines: Sequence[RefusedLine],
    checked: CheckedRows,
    arrival: Arrival,
    file_id: str,
    path: Path,
) -> None:
    """Write the refused lines and rows of a file that was read."""
    refused = _in_order(lines, checked)
    if received.plain is not None:
        raw = raw_records(received.plain, ((one.source_row, one.lines) for one in refused))
    else:
        raw = _parquet_rows(engine, received.path, [one.source_row for one in refused])
    _write(refused, raw, arrival, file_id, path)


def write_refused_file(
    engine: DuckDBEngine, received: Received, arrival: Arrival, file_id: str, rule: str, path: Path
) -> int:
    """Write every line of a file that was refused whole; return how many."""

    def every() -> Iterator[Refused]:
        return (Refused(line, 1, (rule,)) for line in range(1, received.lines + 1))

    if received.plain is not None:
        raw = raw_records(received.plain, ((line, 1) for line in range(1, received.lines + 1)))
    else:
        raw = _parquet_rows(engine, received.path, None)
    return _write(every(), raw, arrival, file_id, path)


def _in_order(lines: Sequence[RefusedLine], checked: CheckedRows) -> list[Refused]:
    """All that was refused, by line: unreadable lines, refused rows and repeats."""
    found = [Refused(one.line, 1, (one.rule,)) for one in lines]
    if checked.refused is not None:
        found += _refused_rows(pq.read_table(checked.refused), checked)
    if checked.repeats is not None:
        found += [
            Refused(row["source_row"], row["lines"], (repeat_reason(row["is_same"]),))
            for row in pq.read_table(checked.repeats).to_pylist()
        ]
    return sorted(found, key=lambda one: one.source_row)


def _refused_rows(table: pa.Table, checked: CheckedRows) -> Iterator[Refused]:
    masks = zip(*(table[name].to_pylist() for name in table.column_names[2:]), strict=True)
    rows, lines = table["source_row"].to_pylist(), table["lines"].to_pylist()
    reasons: dict[tuple[int, ...], tuple[str, ...]] = {}  # few, however many rows
    for source_row, count, found in zip(rows, lines, masks, strict=True):
        if found not in reasons:
            reasons[found] = checked.reasons(found)
        yield Refused(source_row, count, reasons[found])


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
    table = open_parquet(engine, path)
    if table is None or wanted == []:
        return
    rows = None if wanted is None else pa.array(wanted, pa.int64())
    batches = table.drop("lines").order_by("source_row").to_pyarrow_batches(chunk_size=_BATCH_ROWS)
    for batch in batches:
        keep = batch if rows is None else batch.filter(pc.is_in(batch["source_row"], rows))
        for row in keep.to_pylist():
            del row["source_row"]
            yield json.dumps(row, ensure_ascii=False, default=str)

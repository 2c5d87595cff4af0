"""Write a large table in order within a memory limit: sorted range by range, then put in a row."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from math import ceil
from pathlib import Path

import ibis
import ibis.expr.types as ir

from joinedup.engines.duckdb import DuckDBEngine

# Measured on events of 24 columns: DuckDB 1.5 holds about 400 bytes a row while it sorts, and
# beyond its limit it does not always spill. A third of the limit leaves room for the rest.
_BYTES_A_ROW = 400
_SHARE_OF_LIMIT = 3


def write_sorted(
    engine: DuckDBEngine, table: ir.Table, path: Path, *, by: str, then: Sequence[str] = ()
) -> int:
    """Write a table ordered by a hexadecimal pseudonym and then by other columns; return its rows.

    Pseudonyms are spread evenly, so that their leading digits part the table into equal ranges.
    """
    work = path.with_name(path.name + ".sorting")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    rows = engine.write_parquet(table, work / "unsorted.parquet")
    unsorted = engine.read_parquet(work / "unsorted.parquet")
    ranges = max(1, ceil(rows / _rows_at_once(engine)))
    if ranges == 1:
        engine.write_parquet(unsorted.order_by(by, *then), path, in_order=True)
    else:
        parts = []
        for place in range(ranges):
            part = unsorted.filter(_within(unsorted[by], place, ranges)).order_by(by, *then)
            parts.append(work / f"{place:04d}.parquet")
            engine.write_parquet(part, parts[-1], in_order=True)
        engine.write_parquet(engine.read_parquet(parts), path, in_order=True)
    shutil.rmtree(work)
    return rows


def _rows_at_once(engine: DuckDBEngine) -> int:
    return engine.memory_limit_mb * 1_000_000 // _SHARE_OF_LIMIT // _BYTES_A_ROW


def _within(pseudonym: ir.StringValue, place: int, ranges: int) -> ir.BooleanValue:
    """Whether it lies in the range of that place, by the four digits after its letter."""
    digits = pseudonym.substr(1, 4)
    bounds = [f"{16**4 * edge // ranges:04X}" for edge in (place, place + 1)]
    above = digits >= bounds[0] if place else ibis.literal(True)
    return above & (digits < bounds[1]) if place + 1 < ranges else above

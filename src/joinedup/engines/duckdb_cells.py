"""Write a table's cells with DuckDB: within the memory limit, and only those that changed."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.engines.cells import PLACES, CellOrder, Cells, RowsByYear, place_of, union
from joinedup.engines.lake import reuse
from joinedup.engines.patching import patch

if TYPE_CHECKING:
    from joinedup.engines.duckdb import DuckDBEngine

# Measured on events of 24 columns: DuckDB 1.5 holds about 400 bytes a row while it sorts, and
# beyond its limit it does not always spill. A third of the limit leaves room for the rest.
_BYTES_A_ROW: Final = 400
_SHARE_OF_LIMIT: Final = 3
# Each batch's file collects so many rows before it writes them. Measured on 8.8 million events in
# 64 batches at a limit of 500 MB: half the processor seconds of DuckDB's own 122,880.
_ROWS_HELD: Final = 16_384
# More files open at once than this cost DuckDB more memory than sorting does.
_MOST_BATCHES: Final = 256
# What a table of no rows is written as, so that its columns are known.
EMPTY: Final = "all.parquet"
_YEAR, _CELL, _BATCH = "year__", "cell__", "batch__"
_TABLES = itertools.count()


def write_cells(
    engine: DuckDBEngine,
    pieces: Sequence[ir.Table],
    folder: Path,
    by: CellOrder,
    *,
    cells: Cells | None = None,
    expected_rows: int = 0,
) -> Cells:
    """Write a table as one file a cell; return how it was parted.

    `cells` is the parting to keep if it fits. `expected_rows` need not be exact: by it the table
    is first parted into batches that can be sorted within the memory limit. Where there are many,
    each of the table's `pieces` is parted on its own, so that what it is joined with, held in
    memory beside the batches' open files, is held for that piece alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    work = folder.with_name(folder.name + ".parting")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    batches = _batches(engine, expected_rows)
    columns = pieces[0].columns
    for number, piece in enumerate(pieces if batches > 1 else [union(pieces)]):
        _copy_by_batch(engine, piece.select(*columns), batches, work / str(number))
    found = sorted(work.rglob("*.parquet"))
    if found:
        rows = _rows_by_year(engine.read_parquet(found), by)
        if cells is None or not cells.fit(rows):
            cells = Cells.for_rows(rows, by_year=bool(by.year_of))
        for paths in _groups(work, batches, cells.ranges):
            _write_batch(engine, engine.read_parquet(paths), columns, folder, by, cells)
    shutil.rmtree(work, ignore_errors=True)
    cells = cells or Cells.for_rows({}, by_year=bool(by.year_of))
    _never_empty(engine, pieces[0], folder)
    return cells


def change_cells(
    engine: DuckDBEngine,
    earlier: Path,
    folder: Path,
    by: CellOrder,
    cells: Cells,
    *,
    gone: ir.Table,
    key: Sequence[str],
    added: ir.Table,
) -> Cells:
    """Write a table that differs from an earlier one by some rows; other files are taken over.

    `gone` are rows of the earlier table, told by `key`; `added` rows of the table. Returns how it
    is parted: as before, unless it has outgrown that.
    """
    with (
        _kept(engine, _with_cells(gone, by, cells, key)) as less,
        _kept(engine, _with_cells(added, by, cells, added.columns)) as more,
    ):
        rows = _rows_after(engine, earlier, cells, less, more)
        if not cells.fit(rows):
            left = engine.read_parquet(earlier)
            left = left.anti_join(engine.connection.table(less), list(key))
            whole = left.union(engine.connection.table(more).select(*left.columns))
            return write_cells(engine, [whole], folder, by, expected_rows=sum(rows.values()))
        folder.mkdir(parents=True, exist_ok=True)
        touched = _cells_of(engine, less, more)
        names = {cells.file_name(cell) for cell in touched}
        for path in sorted(earlier.glob("*.parquet")):
            if path.name not in names and path.name != EMPTY:
                reuse(path, folder / path.name)
        with ThreadPoolExecutor(engine.threads) as pool:

            def write(cell: int) -> None:
                there = earlier / cells.file_name(cell)
                patch(
                    there if there.is_file() else None,
                    folder / there.name,
                    gone=_of_cell(engine, less, key, cell, ()),
                    added=_of_cell(engine, more, added.columns, cell, by.order),
                    order=by.order,
                )

            list(pool.map(write, touched))
    _never_empty(engine, added, folder)
    return cells


def _with_cells(table: ir.Table, by: CellOrder, cells: Cells, columns: Sequence[str]) -> ir.Table:
    """The columns, with each row's year and cell, in the order of the cells."""
    year = by.years(table)
    cell = cells.of_rows(year, place_of(table.person_id))
    return table.select(*columns, **{_YEAR: year, _CELL: cell}).order_by(_CELL)


@contextmanager
def _kept(engine: DuckDBEngine, table: ir.Table) -> Iterator[str]:
    """A table worked out once, seen by every thread; temporary ones are seen by their own alone."""
    name = f"cells_{next(_TABLES)}"
    engine.raw("SET preserve_insertion_order = true")
    engine.connection.create_table(name, table)
    try:
        yield name
    finally:
        engine.raw(f"DROP TABLE {name}")


def _batches(engine: DuckDBEngine, rows: int) -> int:
    at_once = engine.memory_limit_mb * 1_000_000 // _SHARE_OF_LIMIT // _BYTES_A_ROW
    batches = 1
    while batches < _MOST_BATCHES and rows > batches * at_once:
        batches *= 2
    return batches


def _copy_by_batch(engine: DuckDBEngine, table: ir.Table, batches: int, work: Path) -> None:
    marked = table.mutate(**{_BATCH: (place_of(table.person_id) * batches) // PLACES})
    engine.raw("SET preserve_insertion_order = false")
    engine.connection.to_parquet(
        marked,
        str(work),
        compression="zstd",
        compression_level=1,
        partition_by=_BATCH,
        row_group_size=_ROWS_HELD,
    )


def _rows_by_year(table: ir.Table, by: CellOrder) -> RowsByYear:
    counted = table.group_by(**{_YEAR: by.years(table)}).aggregate(rows=table.count())
    return {row[_YEAR]: row["rows"] for row in counted.to_pyarrow().to_pylist()}


def _groups(work: Path, batches: int, ranges: int) -> Iterator[list[Path]]:
    """The batches to sort together: one by one, or more where a range goes over several."""
    together = max(1, batches // ranges)
    for first in range(0, batches, together):
        paths = [
            path
            for batch in range(first, first + together)
            for path in sorted(work.glob(f"*/{_BATCH}={batch}/*.parquet"))
        ]
        if paths:
            yield paths


def _write_batch(
    engine: DuckDBEngine,
    batch: ir.Table,
    columns: Sequence[str],
    folder: Path,
    by: CellOrder,
    cells: Cells,
) -> None:
    cell = cells.of_rows(by.years(batch), place_of(batch.person_id))
    ordered = batch.select(*columns, **{_CELL: cell}).order_by(_CELL, *by.order)
    with _kept(engine, ordered) as name:
        queries = [
            (
                f"SELECT {_names(columns)} FROM {name} WHERE {_CELL} = {cell}",  # noqa: S608
                folder / cells.file_name(cell),
            )
            for cell in _cells_of(engine, name)
        ]
        _copy_each(engine, queries)


def _cells_of(engine: DuckDBEngine, *names: str) -> list[int]:
    many = " UNION ".join(f"SELECT DISTINCT {_CELL} FROM {name}" for name in names)  # noqa: S608
    return sorted(row[0] for row in engine.raw(many).fetchall())


def _rows_after(
    engine: DuckDBEngine, earlier: Path, cells: Cells, less: str, more: str
) -> dict[int | None, int]:
    """Rows by year of the table as it will be; of the earlier one by what its footers say."""
    rows: dict[int | None, int] = {}
    for path in earlier.glob("*.parquet"):
        year = cells.year_of_file(path.name)
        rows[year] = rows.get(year, 0) + pq.read_metadata(path).num_rows
    for name, sign in ((less, -1), (more, 1)):
        counts = f"SELECT {_YEAR}, count(*) FROM {name} GROUP BY ALL"  # noqa: S608
        for year, count in engine.raw(counts).fetchall():
            rows[year] = rows.get(year, 0) + sign * count
    return rows


def _copy_each(engine: DuckDBEngine, queries: Sequence[tuple[str, Path]]) -> None:
    """Write each query's rows, in their order, to its file: several at once, for each is small."""
    engine.raw("SET preserve_insertion_order = true")
    with ThreadPoolExecutor(engine.threads) as pool:
        for _ in pool.map(lambda one: _copy(engine, *one), queries):
            pass


def _copy(engine: DuckDBEngine, query: str, path: Path) -> None:
    with engine.connection.con.cursor() as cursor:
        cursor.execute(
            f"COPY ({query}) TO {_text(path)} "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )


def _of_cell(
    engine: DuckDBEngine, name: str, columns: Sequence[str], cell: int, order: Sequence[str]
) -> pa.Table:
    """A cell's rows of a kept table: few, as a day changes few rows of each."""
    query = f"SELECT {_names(columns)} FROM {name} WHERE {_CELL} = {cell}"  # noqa: S608
    if order:
        query += f" ORDER BY {_names(order)}"
    with engine.connection.con.cursor() as cursor:
        found: pa.Table = cursor.execute(query).to_arrow_table()
    return found


def _never_empty(engine: DuckDBEngine, table: ir.Table, folder: Path) -> None:
    if not any(folder.glob("*.parquet")):
        engine.write_parquet(table.limit(0), folder / EMPTY)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _text(path: Path | str) -> str:
    return "'" + str(path).replace("'", "''") + "'"

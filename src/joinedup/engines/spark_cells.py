"""Write a table's cells with Spark: each file by one task, and only those that changed."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pyarrow.parquet as pq

from joinedup.engines.cells import CellOrder, Cells, RowsByYear, place_of, union
from joinedup.engines.lake import parquet_files, reuse

if TYPE_CHECKING:
    from joinedup.engines.spark import SparkEngine

_YEAR, _PLACE, _CELL = "year__", "place__", "cell__"


def write_cells(
    engine: SparkEngine,
    pieces: Sequence[ir.Table],
    folder: Path,
    by: CellOrder,
    cells: Cells | None,
) -> Cells:
    """See `Engine.write_cells`."""
    table = union(pieces)
    with engine.kept(_marked(table, by)) as marked:
        rows = _rows_by_year(marked)
        if cells is None or not cells.fit(rows):
            cells = Cells.for_rows(rows, by_year=bool(by.year_of))
        written = _write(engine, _with_cells(marked, cells, table.columns), folder, by, cells)
    if not written:
        engine.write_table(table.limit(0), folder)
    return cells


def change_cells(
    engine: SparkEngine,
    earlier: Path,
    folder: Path,
    by: CellOrder,
    cells: Cells,
    *,
    gone: ir.Table,
    key: Sequence[str],
    added: ir.Table,
) -> Cells:
    """See `Engine.change_cells`."""
    files = {path.name: path for path in parquet_files(earlier)}
    with engine.kept(_marked(gone, by)) as less, engine.kept(_marked(added, by)) as more:
        rows = _rows_after(files, cells, less, more)
        if not cells.fit(rows):
            return write_cells(
                engine, [_after(engine, files, less, more, key, added.columns)], folder, by, None
            )
        names = _touched(cells, less, more)
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in files.items():
            if name not in names and pq.read_metadata(path).num_rows:
                reuse(path, folder / name)
        touched = {name: path for name, path in files.items() if name in names}
        after = _after(engine, touched, less, more, key, added.columns)
        _write(engine, _with_cells(_marked(after, by), cells, added.columns), folder, by, cells)
    if not any(folder.glob("*.parquet")):
        engine.write_table(added.limit(0), folder)
    return cells


def _after(
    engine: SparkEngine,
    files: dict[str, Path],
    less: ir.Table,
    more: ir.Table,
    key: Sequence[str],
    columns: Sequence[str],
) -> ir.Table:
    """The rows of the files without those that are gone, and those that were added."""
    added = more.select(*columns)
    if not files:
        return added
    was = engine.read_parquet(sorted(files.values())).select(*columns)
    return was.anti_join(less.select(*key), list(key)).union(added)


def _marked(table: ir.Table, by: CellOrder) -> ir.Table:
    return table.mutate(**{_YEAR: by.years(table), _PLACE: place_of(table.person_id)})


def _with_cells(marked: ir.Table, cells: Cells, columns: Sequence[str]) -> ir.Table:
    return marked.select(*columns, **{_CELL: cells.of_rows(marked[_YEAR], marked[_PLACE])})


def _rows_by_year(marked: ir.Table) -> RowsByYear:
    counted = marked.group_by(_YEAR).aggregate(rows=marked.count()).to_pyarrow().to_pylist()
    return {row[_YEAR]: row["rows"] for row in counted}


def _rows_after(
    files: dict[str, Path], cells: Cells, less: ir.Table, more: ir.Table
) -> dict[int | None, int]:
    """Rows by year of the table as it will be; of the earlier one by what its footers say."""
    rows: dict[int | None, int] = {}
    for name, path in files.items():
        year = cells.year_of_file(name)
        rows[year] = rows.get(year, 0) + pq.read_metadata(path).num_rows
    for table, sign in ((less, -1), (more, 1)):
        for year, count in _rows_by_year(table).items():
            rows[year] = rows.get(year, 0) + sign * count
    return rows


def _touched(cells: Cells, *tables: ir.Table) -> Collection[str]:
    found = set()
    for table in tables:
        numbers = table.select(cell=cells.of_rows(table[_YEAR], table[_PLACE])).distinct()
        found |= {cells.file_name(row["cell"]) for row in numbers.to_pyarrow().to_pylist()}
    return found


def _write(engine: SparkEngine, table: ir.Table, folder: Path, by: CellOrder, cells: Cells) -> int:
    """Write each cell's rows in order to its file; return how many cells there are."""
    folder.mkdir(parents=True, exist_ok=True)
    work = folder.with_name(folder.name + ".parting")
    shutil.rmtree(work, ignore_errors=True)
    frame = engine.frame(table).repartition(_CELL).sortWithinPartitions(_CELL, *by.order)
    engine.save(frame, work, parted_by=_CELL)
    written = sorted(work.glob(f"{_CELL}=*"))
    for part in written:
        # All rows of one cell are in one task, and so in one file.
        (path,) = part.glob("*.parquet")
        path.rename(folder / cells.file_name(int(part.name.partition("=")[2])))
    shutil.rmtree(work)
    return len(written)

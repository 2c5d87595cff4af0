"""DuckDB: the default engine. Opens and writes Parquet; the home of what only SQL can say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import ibis
import ibis.expr.types as ir
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.engines import duckdb_cells
from joinedup.engines.cells import CellOrder, Cells
from joinedup.engines.groupings import grouping_sql, with_grouping
from joinedup.engines.lake import parquet_files
from joinedup.engines.paths import read_path
from joinedup.engines.spill import SpillFolder

# The one file of a table that is not parted.
WHOLE = "all.parquet"
_ROW = "file_row_number"
_MB = 1024 * 1024
_VALUES = "abcdefghijkm"
# One text of twelve values, told apart by control characters that no extract has.
_AS_TEXT = ", chr(31), ".join(f"coalesce({value}::VARCHAR, chr(1))" for value in _VALUES)
# What `portable` promises. The hash is shifted so that it fits a whole number with a sign.
_FUNCTIONS = (
    "joinedup_letters(a) AS strip_accents(upper(a))",
    "joinedup_small(a) AS lower(a)",
    "joinedup_key"
    + ", ".join(
        f"({values}) AS (hash({values}) >> 1)::BIGINT"
        for values in (", ".join(_VALUES[:count]) for count in (2, 3, 4, 12))
    ),
    f"joinedup_same_key({', '.join(_VALUES)}) AS "
    f"(md5_number_lower(concat({_AS_TEXT})) & {2**60 - 1})::BIGINT",
)


class DuckDBEngine:
    """One in-process DuckDB, with a memory limit and a folder to spill to.

    Rooms get `ibis.Table`s from it and give them back to be written; they never see it.
    """

    name = "duckdb"

    def __init__(
        self,
        *,
        spill: Path,
        memory_limit_mb: int | None = None,
        threads: int | None = None,
        files_are_final: bool = False,
    ) -> None:
        self.threads = threads or psutil.cpu_count() or 1
        self.memory_limit_mb = memory_limit_mb or psutil.virtual_memory().total // _MB // 2
        self._spill = SpillFolder(spill)
        self.connection = ibis.duckdb.connect(temp_directory=str(self._spill.path))
        # Sessions run in UTC: time zones are dealt with once, at intake.
        self.raw("SET TimeZone = 'UTC'")
        self.raw("SET preserve_insertion_order = false")
        if files_are_final:
            self.raw("SET parquet_metadata_cache = true")
        self.raw(f"SET memory_limit = '{int(self.memory_limit_mb)}MB'")
        if threads is not None:
            self.raw(f"SET threads = {int(threads)}")
        for function in _FUNCTIONS:
            self.raw(f"CREATE MACRO {function}")

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and memory."""
        self.connection.disconnect()
        self._spill.remove()

    def raw(self, sql: str) -> Any:
        """Run SQL that Ibis cannot say. Only `engines` and `linkage` may."""
        return self.connection.con.execute(sql)

    def keep(self, table: ir.Table, name: str) -> ir.Table:
        """Work a table out now and keep its rows under a name, until it is dropped."""
        return self.connection.create_table(name, table, temp=True)

    def drop(self, name: str) -> None:
        """Give a kept table's memory back."""
        self.raw(f"DROP TABLE IF EXISTS {name}")

    def read_parquet(self, paths: Path | Sequence[Path]) -> ir.Table:
        """One table over Parquet files of the same columns; a folder stands for all in it.

        What the folders above are called says nothing, `name=value` neither.
        """
        many = [paths] if isinstance(paths, Path) else list(paths)
        files = [read_path(one) for path in many for one in parquet_files(path)]
        return self.connection.read_parquet(files, hive_partitioning=False)

    def read_numbered(self, paths: Sequence[Path], *, first_row: int | None) -> ir.Table:
        """The same with `source_row`, counted in each file from `first_row`, and `lines`."""
        names = [read_path(path) for path in paths]
        if first_row is None:
            return self.connection.read_parquet(names, hive_partitioning=False)
        table = self.connection.read_parquet(names, file_row_number=True, hive_partitioning=False)
        numbered = {"source_row": table[_ROW] + first_row, "lines": ibis.literal(1, "int64")}
        return table.mutate(**numbered).drop(_ROW)

    def look_up(
        self, paths: Sequence[Path], column: str = "", value: str = ""
    ) -> list[dict[str, Any]]:
        """The few rows of Parquet files whose column has the value, or all rows of small ones.

        For one person's record: compiling an Ibis expression takes longer than the answer.
        """
        given: list[Any] = [[read_path(path) for path in paths]]
        sql = "FROM read_parquet(?, hive_partitioning = false)"
        if column:
            sql, given = f'{sql} WHERE "{column}" = ?', [*given, value]
        found = self.connection.con.execute(sql, given).to_arrow_table()
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows

    def sum_by(
        self, table: ir.Table, groupings: Sequence[Sequence[str]], sums: Sequence[str]
    ) -> pa.Table:
        """Sums by each of several sets of columns, in one pass."""
        self.connection._run_pre_execute_hooks(table)
        query = grouping_sql(self.connection.compile(table), groupings, sums, '"')
        return with_grouping(self.raw(query).to_arrow_table(), groupings, sums)

    def write_parquet(self, table: ir.Table, path: Path, *, in_order: bool = False) -> int:
        """Write a table to one zstd Parquet file, aside and then renamed; return its rows.

        With `in_order` the file keeps the order of the table's `order_by`.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(path.name + ".part")
        self.raw(f"SET preserve_insertion_order = {str(in_order).lower()}")
        # Level 1: at these sizes writing costs more than the disk that a higher level saves.
        self.connection.to_parquet(table, str(aside), compression="zstd", compression_level=1)
        rows = int(pq.read_metadata(aside).num_rows)
        aside.replace(path)
        return rows

    def write_table(self, table: ir.Table, folder: Path, *, in_order: bool = False) -> None:
        """Write a whole table to a folder, as one file."""
        self.write_parquet(table, folder / WHOLE, in_order=in_order)

    def write_cells(
        self,
        pieces: Sequence[ir.Table],
        folder: Path,
        by: CellOrder,
        *,
        cells: Cells | None = None,
        expected_rows: int = 0,
    ) -> Cells:
        """Write a table as one file a cell; return how it was parted."""
        return duckdb_cells.write_cells(
            self, pieces, folder, by, cells=cells, expected_rows=expected_rows
        )

    def change_cells(
        self,
        earlier: Path,
        folder: Path,
        by: CellOrder,
        cells: Cells,
        *,
        gone: ir.Table,
        key: Sequence[str],
        added: ir.Table,
    ) -> Cells:
        """Write a table that differs from an earlier one by some rows."""
        return duckdb_cells.change_cells(
            self, earlier, folder, by, cells, gone=gone, key=key, added=added
        )

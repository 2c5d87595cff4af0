"""Spark: the same tables and functions over as many machines as there are."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.pyspark import Backend
from ibis.backends.pyspark.datatypes import PySparkSchema
from ibis.formats.pyarrow import PyArrowData
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructField, StructType, TimestampNTZType

from joinedup.engines import spark_cells
from joinedup.engines.cells import CellOrder, Cells
from joinedup.engines.groupings import grouping_sql, with_grouping
from joinedup.engines.lake import parquet_files
from joinedup.engines.spark_compiler import SparkCompiler
from joinedup.engines.spark_functions import similarity
from joinedup.engines.spill import SpillFolder

_OWN_SETTINGS: Final[Mapping[str, str]] = {
    "spark.sql.session.timeZone": "UTC",
    # What DuckDB refuses (a sum too large, text that is no number) must not become null.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    # Plans in words are for Spark's pages, and cost more than small tables do.
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "100",
}
# Splink's names of likeness on Spark, and DuckDB's.
_LIKENESS: Final[Mapping[str, str]] = {
    "jaro_winkler": "jaro_winkler_similarity",
    "damerau_levenshtein": "damerau_levenshtein",
}
# So that a slow task does not leave the others idle.
_SLICES_A_CORE: Final = 4
_ROW: Final = "_metadata.row_index"
_WHOLE: Final = "all"


class _Backend(Backend):
    """Ibis's, with values that come and go as Arrow: through pandas whole numbers become floats."""

    compiler = SparkCompiler()

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        schema = _spark_schema(op.schema)
        rows = op.data.to_pyarrow(op.schema)
        self._session.createDataFrame(rows, schema=schema).createOrReplaceTempView(op.name)

    def _create_cached_table(self, name: str, expr: ir.Table) -> ir.Table:
        self._run_pre_execute_hooks(expr)
        return super()._create_cached_table(name, expr)

    def to_pyarrow(
        self, expr: ir.Expr, /, *, params: Any = None, limit: Any = None, **kwargs: Any
    ) -> Any:
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        found = self._session.sql(self.compile(table, params=params, limit=limit)).toArrow()
        rows = pa.Table.from_arrays(found.columns, names=list(table.columns))
        return expr.__pyarrow_result__(PyArrowData.convert_table(rows, table.schema()))


class SparkEngine:
    """A session of Spark for one run.

    Tables kept on the way are Parquet files below `spill`, which all workers must see: so a worker
    that is lost takes nothing with it that cannot be worked out again.
    """

    name = "spark"

    def __init__(self, session: SparkSession, *, spill: Path, memory_limit_mb: int) -> None:
        self.memory_limit_mb = memory_limit_mb
        self.session = session.newSession()
        for name, value in _OWN_SETTINGS.items():
            self.session.conf.set(name, value)
        _Backend.register_options()
        self.connection = _Backend()
        self.connection.do_connect(self.session)
        for theirs, ours in _LIKENESS.items():
            self.session.udf.register(theirs, similarity(ours))
        self._folder = SpillFolder(spill)
        self._spill = self._folder.path
        self._count = itertools.count()

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop what was kept; Spark itself stays as long as the process."""
        self._folder.remove()

    def read_parquet(self, paths: Path | Sequence[Path]) -> ir.Table:
        """One table over Parquet files of the same columns; a folder stands for all in it."""
        return self._named(self._read(paths))

    def read_numbered(self, paths: Sequence[Path], *, first_row: int | None) -> ir.Table:
        """The same with `source_row`, counted in each file from `first_row`, and `lines`."""
        frame = self._read(paths)
        if first_row is not None:
            frame = frame.selectExpr(
                "*", f"{_ROW} + {int(first_row)} AS source_row", "BIGINT(1) AS lines"
            )
        return self._named(frame)

    def keep(self, table: ir.Table, name: str) -> ir.Table:
        """Work a table out now and keep its rows under a name, until it is dropped."""
        frame = self.frame(table)
        path = self._spill / name
        self.save(frame, path)
        kept = self.session.read.schema(frame.schema).parquet(_pattern(path))
        kept.createOrReplaceTempView(name)
        return self.connection.table(name)

    def drop(self, name: str) -> None:
        """Give a kept table's room back."""
        self.session.catalog.dropTempView(name)
        shutil.rmtree(self._spill / name, ignore_errors=True)

    @contextmanager
    def kept(self, table: ir.Table) -> Iterator[ir.Table]:
        """Keep a table for a while."""
        name = f"kept_{next(self._count)}"
        try:
            yield self.keep(table, name)
        finally:
            self.drop(name)

    def sum_by(
        self, table: ir.Table, groupings: Sequence[Sequence[str]], sums: Sequence[str]
    ) -> pa.Table:
        """Sums by each of several sets of columns, in one pass."""
        self.connection._run_pre_execute_hooks(table)
        query = grouping_sql(self.connection.compile(table), groupings, sums, "`")
        return with_grouping(self.session.sql(query).toArrow(), groupings, sums)

    def write_parquet(self, table: ir.Table, path: Path, *, in_order: bool = False) -> int:
        """Write a table to one Parquet file, aside and then renamed; return its rows."""
        (file,) = self._write(self.frame(table).coalesce(1), path)
        file.rename(path)
        self._clear(path)
        return int(pq.read_metadata(path).num_rows)

    def write_table(self, table: ir.Table, folder: Path, *, in_order: bool = False) -> None:
        """Write a whole table to a folder: as many files as Spark had tasks, in their order."""
        files = self._write(self.frame(table), folder)
        full = [file for file in files if pq.read_metadata(file).num_rows] or files[:1]
        folder.mkdir(parents=True, exist_ok=True)
        for place, file in enumerate(full):
            name = _WHOLE if len(full) == 1 else f"{_WHOLE}-{place:05d}"
            file.rename(folder / f"{name}.parquet")
        self._clear(folder)

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
        return spark_cells.write_cells(self, pieces, folder, by, cells)

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
        return spark_cells.change_cells(
            self, earlier, folder, by, cells, gone=gone, key=key, added=added
        )

    @property
    def tasks_at_once(self) -> int:
        """How many tasks run side by side, as far as Spark knows by now."""
        return int(self.session.sparkContext.defaultParallelism)

    def spread(self, work: Callable[[Iterable[Any]], None], tasks: Sequence[Any]) -> None:
        """Hand every task to some machine; `work` gets a few of them at a time."""
        if tasks:
            slices = min(len(tasks), self.tasks_at_once * _SLICES_A_CORE)
            self.session.sparkContext.parallelize(tasks, slices).foreachPartition(work)

    def frame(self, table: ir.Table) -> DataFrame:
        """The table as Spark's own, not worked out yet."""
        self.connection._run_pre_execute_hooks(table)
        frame = self.session.sql(self.connection.compile(table))
        # Spark counts rows and ranks in 32 bits and sums in more: types are what Ibis says.
        said = _spark_schema(table.schema())
        if all(
            one.dataType == other.dataType for one, other in zip(frame.schema, said, strict=True)
        ):
            return frame
        return frame.select(*(frame[one.name].cast(one.dataType) for one in said))

    def save(self, frame: DataFrame, folder: Path, *, parted_by: str = "") -> None:
        """Work a frame out into a folder of Parquet files, as Spark names them."""
        writer = frame.write
        (writer.partitionBy(parted_by) if parted_by else writer).parquet(_uri(folder))

    def _write(self, frame: DataFrame, to: Path) -> list[Path]:
        """Spark's own files of a frame, beside the place where they go, in their order."""
        to.parent.mkdir(parents=True, exist_ok=True)
        self._clear(to)
        self.save(frame, _aside(to))
        return sorted(_aside(to).glob("part-*.parquet"))

    @staticmethod
    def _clear(path: Path) -> None:
        shutil.rmtree(_aside(path), ignore_errors=True)

    def _read(self, paths: Path | Sequence[Path]) -> DataFrame:
        many = [paths] if isinstance(paths, Path) else list(paths)
        files = [one for path in many for one in parquet_files(path)]
        return self.session.read.parquet(*map(_pattern, files))

    def _named(self, frame: DataFrame) -> ir.Table:
        name = f"read_{next(self._count)}"
        frame.createOrReplaceTempView(name)
        return self.connection.table(name)


def _aside(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _uri(path: Path) -> str:
    # Not `as_uri`: Hadoop takes a path as it is, without %20 for a space.
    return f"file://{path.resolve()}"


def _pattern(path: Path) -> str:
    """To read: a system's folder may have [ or * in its name, which are Hadoop's for a pattern."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", _uri(path))


def _spark_schema(schema: ibis.Schema) -> StructType:
    """What Ibis says, but a moment without zone as such: Ibis 12 makes it one of the session's."""
    said = PySparkSchema.from_ibis(schema)
    return StructType([
        StructField(one.name, TimestampNTZType() if kind.is_timestamp() else one.dataType)
        for one, kind in zip(said, schema.types, strict=True)
    ])  # fmt: skip

"""DuckDB's own doors: CSV and Parquet as text with line numbers, and wide tables in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.sql.compilers import DuckDBCompiler

from joinedup.engines.duckdb import DuckDBEngine
from joinedup.engines.paths import read_path

# Column of the text table that holds the field at a place in the record, from 0.
TEXT_COLUMN: Final = "c{}"
_VIEW: Final = "received_text"
_PLACE: Final = "place_in_file"
# DuckDB makes a join of a longer list of values, and a join does not keep the order of rows.
_LONGEST_LIST: Final = 8
# What DuckDB raises, itself or through Arrow: only where a file is at fault may it be caught.
READ_ERRORS: Final = (duckdb.Error, pa.ArrowException)
_NOT_THE_FILE: Final = (
    "Out of Memory", "IO Error", "Binder", "Catalog", "Parser", "INTERNAL", "INTERRUPT", "FATAL",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CsvShape:
    """A CSV of `columns` columns of which those at the places `kept` are wanted."""

    columns: int
    kept: Sequence[int]
    delimiter: str
    has_header: bool
    has_return_newlines: bool
    line_limit_bytes: int


@contextmanager
def open_csv(
    engine: DuckDBEngine,
    source: Path,
    shape: CsvShape,
    *,
    extract_date: date,
    first_event_id: int,
    numbered_by: Path | None = None,
) -> Iterator[ir.Table]:
    """The wanted columns of a CSV as text, to be read once and in order.

    The extract's date and the first event id stand on each row, so that what is compiled for one
    file serves for the next. `numbered_by`: a Parquet of as many rows, in the same order, whose
    columns stand beside them.
    """
    beside = f" POSITIONAL JOIN {_read_parquet(numbered_by)}" if numbered_by else ""
    kept = ", ".join(TEXT_COLUMN.format(place) for place in shape.kept)
    wanted = f"{kept}, source_row, lines" if numbered_by else kept
    wanted += f", DATE '{extract_date}' AS extract_date, {first_event_id} AS first_event_id"
    # Paths and delimiters are quoted; the rest are numbers and names made here.
    selected = f"SELECT {wanted} FROM {_read_csv(source, shape)}{beside}"  # noqa: S608
    engine.raw(f"CREATE OR REPLACE TEMP VIEW {_VIEW} AS {selected}")
    try:
        yield engine.connection.table(_VIEW)
    finally:
        engine.raw(f"DROP VIEW {_VIEW}")


def compile_steps(table: ir.Table) -> str:
    """A table's query with each of its steps apart, so that each is computed once.

    Steps that Ibis would merge are computed again for each use of their columns.
    """
    fused = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        query = DuckDBCompiler().to_sqlglot(table)
    finally:
        ibis.options.sql.fuse_selects = fused
    return str(query.transform(_without_long_list, copy=False).sql(dialect="duckdb"))


def _without_long_list(node: sge.Expression) -> sge.Expression:
    """`value IN (many texts)` as a look-up of the value among them, which is as fast as a join."""
    listed = node.expressions if isinstance(node, sge.In) else []
    if len(listed) <= _LONGEST_LIST or not all(one.is_string for one in listed):
        return node
    texts = ", ".join(_quoted(text) for text in sorted({str(one.this) for one in listed}))
    kind = sge.DataType.build(f"ENUM({texts})", dialect="duckdb")
    found = sge.TryCast(this=node.this, to=kind).is_(sge.Null()).not_()
    return sge.Case().when(node.this.is_(sge.Null()), sge.Null()).else_(found)


def write_in_order(engine: DuckDBEngine, query: str, path: Path) -> int | None:
    """Write a compiled query as its rows come; return how many.

    None where DuckDB's strict reader refuses the CSV that it reads.
    """
    engine.raw("SET preserve_insertion_order = true")
    engine.raw("SET disabled_optimizers = 'in_clause'")
    try:
        done = engine.raw(
            f"COPY ({query}) TO {_text(path)} (FORMAT parquet, COMPRESSION zstd, "
            "COMPRESSION_LEVEL 1, PARQUET_VERSION v2)"
        )
        rows: int = done.fetchall()[0][0]
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return None
    finally:
        engine.raw("RESET disabled_optimizers")
    return rows


def _read_csv(source: Path, shape: CsvShape) -> str:
    columns = ", ".join(
        f"'{TEXT_COLUMN.format(place)}': 'VARCHAR'" for place in range(shape.columns)
    )
    newline = r"\r\n" if shape.has_return_newlines else r"\n"
    return (
        f"read_csv({_quoted(read_path(source))}, auto_detect = false, columns = {{{columns}}}, "
        "compression = 'none', "
        f"header = {str(shape.has_header).lower()}, delim = {_quoted(shape.delimiter)}, "
        f"quote = '\"', escape = '\"', comment = '', new_line = '{newline}', "
        "strict_mode = true, null_padding = false, ignore_errors = false, "
        f"max_line_size = {shape.line_limit_bytes}, hive_partitioning = false)"
    )


def _read_parquet(path: Path, options: str = "") -> str:
    # A folder that is called `name=value` is no column.
    return f"read_parquet({_quoted(read_path(path))}, hive_partitioning = false{options})"


def may_be_the_machine(error: Exception) -> bool:
    """Whether what went wrong in reading may be the machine's fault, or ours: not the file's."""
    return str(error).startswith(_NOT_THE_FILE)


def open_parquet(engine: DuckDBEngine, path: Path, columns: int) -> ir.Table | None:
    """A partner's Parquet with its columns named by their places, and `source_row`.

    None where it is not one. What its columns are called never meets a name of ours.
    """
    names = ", ".join([*(TEXT_COLUMN.format(place) for place in range(columns)), _PLACE])
    read = f"{_read_parquet(path, ', file_row_number = true')} AS t({names})"
    try:
        engine.raw(f"CREATE OR REPLACE TEMP VIEW {_VIEW} AS SELECT * FROM {read}")  # noqa: S608
        table = engine.connection.table(_VIEW)
    except duckdb.Error:
        return None
    return table.mutate(source_row=table[_PLACE] + 1).drop(_PLACE)


def _text(path: Path) -> str:
    return _quoted(str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

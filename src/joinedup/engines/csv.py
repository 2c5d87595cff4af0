"""DuckDB's reading of CSV as text, to Parquet that everything after works from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import ibis
import ibis.expr.types as ir

from joinedup.engines.duckdb import DuckDBEngine

# Column of the text table that holds the field at a place in the record, from 0.
TEXT_COLUMN: Final = "c{}"
_ROW: Final = "file_row_number"


@dataclass(frozen=True, slots=True)
class CsvShape:
    """A CSV of `columns` columns of which those at the places `kept` are wanted."""

    columns: int
    kept: Sequence[int]
    delimiter: str
    has_header: bool
    has_return_newlines: bool
    line_limit_bytes: int


def csv_to_text(
    engine: DuckDBEngine,
    source: Path,
    shape: CsvShape,
    target: Path,
    *,
    numbered_by: Path | None = None,
) -> int | None:
    """Write the wanted columns as text, in the file's order; return the rows.

    None where DuckDB's strict reader refuses the file. `numbered_by`: a Parquet of as many rows,
    in the same order, whose columns are put beside them.
    """
    beside = f" POSITIONAL JOIN read_parquet({_text(numbered_by)})" if numbered_by else ""
    kept = ", ".join(TEXT_COLUMN.format(place) for place in shape.kept)
    wanted = f"{kept}, source_row, lines" if numbered_by else kept
    # Paths and delimiters are quoted; the rest are numbers and names made here.
    selected = f"SELECT {wanted} FROM {_read_csv(source, shape)}{beside}"  # noqa: S608
    engine.raw("SET preserve_insertion_order = true")
    try:
        done = engine.raw(f"COPY ({selected}) TO {_text(target)} (FORMAT parquet)")
        rows: int = done.fetchall()[0][0]
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return None
    return rows


def _read_csv(source: Path, shape: CsvShape) -> str:
    columns = ", ".join(
        f"'{TEXT_COLUMN.format(place)}': 'VARCHAR'" for place in range(shape.columns)
    )
    newline = r"\r\n" if shape.has_return_newlines else r"\n"
    return (
        f"read_csv({_text(source)}, auto_detect = false, columns = {{{columns}}}, "
        f"header = {str(shape.has_header).lower()}, delim = {_quoted(shape.delimiter)}, "
        f"quote = '\"', escape = '\"', comment = '', new_line = '{newline}', "
        "strict_mode = true, null_padding = false, ignore_errors = false, "
        f"max_line_size = {shape.line_limit_bytes})"
    )


def read_text(engine: DuckDBEngine, path: Path, *, header_lines: int | None) -> ir.Table:
    """The text table with `source_row` and `lines`; from the row's place unless it has them."""
    if header_lines is None:
        return engine.read_parquet(path)
    table = engine.connection.read_parquet(str(path), file_row_number=True)
    return table.mutate(
        source_row=table[_ROW] + (header_lines + 1), lines=ibis.literal(1, "int64")
    ).drop(_ROW)


def read_numbered_parquet(engine: DuckDBEngine, path: Path) -> ir.Table | None:
    """A partner's Parquet with `source_row`, a row counting as a line; None if it is not one."""
    try:
        table = engine.connection.read_parquet(str(path), file_row_number=True)
    except duckdb.Error:
        return None
    return table.mutate(source_row=table[_ROW] + 1, lines=ibis.literal(1, "int64")).drop(_ROW)


def _text(path: Path) -> str:
    return _quoted(str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

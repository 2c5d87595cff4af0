"""Read one file, CSV or Parquet, to a table of its records as text, with their line numbers.

DuckDB's reader is quick but loses lines of a damaged file, so it is believed only where the file's
own line and delimiter counts leave no room for doubt; else the file is read line by line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.engines import DuckDBEngine
from joinedup.engines.csv import (
    TEXT_COLUMN,
    CsvShape,
    csv_to_text,
    read_numbered_parquet,
    read_text,
)
from joinedup.intake import (
    LINE_LIMIT_BYTES,
    Arrival,
    Feed,
    Header,
    RecordForm,
    RefusedLine,
    Survey,
    check_columns,
    is_parquet,
    place_lines,
    read_header,
    survey_file,
)

# A record as DuckDB counts it has its line end too, and quoted ones a little besides.
_READER_LIMIT_BYTES = LINE_LIMIT_BYTES + 1000


@dataclass(frozen=True, slots=True)
class Rows:
    """The records of one file as text.

    `names`: the partner's column → its column in `table`; `typed`: those that were dates or times
    already. `plain` is where lines can be fetched as received; None for Parquet. `fault` is the
    file rule that refuses it all.
    """

    path: Path
    size: int
    encoding: str
    lines: int
    header_or_blank: int = 0
    table: ir.Table | None = None
    names: Mapping[str, str] = None  # type: ignore[assignment]
    typed: frozenset[str] = frozenset()
    refused: tuple[RefusedLine, ...] = ()
    plain: Path | None = None
    fault: str = ""
    remark: str = ""
    notes: tuple[str, ...] = ()


def read_rows(engine: DuckDBEngine, arrival: Arrival, work: Path) -> Rows:
    """Read a file as far as it can be read; `work` is for what lies between."""
    if is_parquet(arrival.path):
        return _read_parquet(engine, arrival)
    feed = arrival.feed
    survey = survey_file(
        arrival.path,
        delimiter=feed.layout.delimiter if feed else ",",
        encoding=feed.layout.encoding if feed else "auto",
        aside=work,
    )
    fault = arrival.fault or _fault(survey)
    if fault or feed is None:
        return _refused(arrival, survey, Header((), fault=fault or "feed_unknown"))
    header = read_header(survey.plain, feed)
    if header.fault:
        return _refused(arrival, survey, header)
    return _read_csv(engine, arrival, feed, survey, header, work)


def _fault(survey: Survey) -> str:
    if survey.is_truncated:
        return "file_truncated"
    if survey.text_bytes == 0:
        return "file_empty"
    return "file_not_utf8" if survey.encoding == "utf-16" else ""


def _refused(arrival: Arrival, survey: Survey, header: Header) -> Rows:
    return Rows(
        path=arrival.path,
        size=survey.size,
        encoding=survey.encoding,
        lines=survey.lines,
        plain=survey.plain,
        fault=header.fault,
        remark=header.remark,
        notes=header.notes,
    )


def _read_csv(
    engine: DuckDBEngine, arrival: Arrival, feed: Feed, survey: Survey, header: Header, work: Path
) -> Rows:
    places = header.places(feed)
    shape = CsvShape(
        columns=len(header.columns),
        kept=sorted(places.values()),
        delimiter=feed.layout.delimiter,
        has_header=feed.layout.header,
        has_return_newlines=survey.return_newlines > 0,
        line_limit_bytes=_READER_LIMIT_BYTES,
    )
    text = work / "text.parquet"
    names = {name: TEXT_COLUMN.format(place) for name, place in places.items()}
    read = _read_whole(engine, survey, header, shape, text) or _read_by_line(
        engine, survey, header, shape, text, work
    )
    return Rows(
        path=arrival.path,
        size=survey.size,
        encoding=survey.encoding,
        lines=survey.lines,
        header_or_blank=read.header_or_blank,
        table=read.table,
        names=names,
        refused=read.refused,
        plain=survey.plain,
        fault=read.fault,
        notes=header.notes,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    table: ir.Table | None
    header_or_blank: int
    refused: tuple[RefusedLine, ...] = ()
    fault: str = ""


def _read_whole(
    engine: DuckDBEngine, survey: Survey, header: Header, shape: CsvShape, text: Path
) -> _Read | None:
    """Read with DuckDB alone; None where its reading might not place every line.

    Every record has at least `columns - 1` delimiters and one line end. So where there are as
    many lines as records, and no delimiter more, each line is one record of the right width.
    """
    is_plain = (
        survey.is_clean_utf8
        and survey.nuls == 0
        and survey.returns == survey.return_newlines
        and survey.return_newlines in (0, survey.newlines)
        and header.lines == int(shape.has_header)
        and shape.columns > 1
        and survey.delimiters == survey.lines * (shape.columns - 1)
    )
    if not is_plain:
        return None
    rows = csv_to_text(engine, survey.plain, shape, text)
    if rows is None or rows + header.lines != survey.lines:
        return None
    return _Read(read_text(engine, text, header_lines=header.lines), header.lines)


def _read_by_line(
    engine: DuckDBEngine, survey: Survey, header: Header, shape: CsvShape, text: Path, work: Path
) -> _Read:
    """Place every line ourselves; DuckDB then reads the whole records alone."""
    clean, numbers = work / "clean.csv", work / "numbers.parquet"
    form = RecordForm(shape.columns, shape.delimiter.encode())
    placed = place_lines(
        survey.plain, clean, form, header_lines=header.lines, is_utf8=survey.is_clean_utf8
    )
    accepted = placed.accepted()
    pq.write_table(pa.table({"source_row": accepted[0], "lines": accepted[1]}), numbers)
    bare = CsvShape(
        columns=shape.columns,
        kept=shape.kept,
        delimiter=shape.delimiter,
        has_header=False,
        has_return_newlines=False,
        line_limit_bytes=shape.line_limit_bytes,
    )
    rows = csv_to_text(engine, clean, bare, text, numbered_by=numbers)
    clean.unlink()
    if rows != accepted.shape[1]:
        return _Read(None, 0, fault="file_unreadable")
    table = read_text(engine, text, header_lines=None)
    return _Read(table, header.lines + placed.blank, tuple(placed.refused))


def _read_parquet(engine: DuckDBEngine, arrival: Arrival) -> Rows:
    size = arrival.path.stat().st_size
    table = read_numbered_parquet(engine, arrival.path)
    if table is None:
        fault = arrival.fault or ("file_empty" if size == 0 else "file_unreadable")
        return Rows(arrival.path, size, "parquet", 0, fault=fault)
    lines = pq.read_metadata(arrival.path).num_rows
    if arrival.feed is None or arrival.fault:
        return Rows(arrival.path, size, "parquet", lines, table=table, fault=arrival.fault)
    header = check_columns(tuple(pq.read_schema(arrival.path).names), arrival.feed)
    places = {} if header.fault else header.places(arrival.feed)
    names = {name: TEXT_COLUMN.format(place) for name, place in places.items()}
    return Rows(
        path=arrival.path,
        size=size,
        encoding="parquet",
        lines=lines,
        table=_as_text(table, names),
        names=names,
        typed=frozenset(name for name in names if table[name].type().is_temporal()),
        fault=header.fault,
        remark=header.remark,
        notes=header.notes,
    )


def _as_text(table: ir.Table, names: Mapping[str, str]) -> ir.Table:
    return table.select(
        "source_row",
        "lines",
        **{column: table[name].cast("string") for name, column in names.items()},
    )


def parquet_records(engine: DuckDBEngine, path: Path) -> ir.Table:
    """A partner's Parquet with all its columns and `source_row`, to quarantine rows from."""
    table = read_numbered_parquet(engine, path)
    return ibis.memtable({"source_row": [0]}).limit(0) if table is None else table.drop("lines")

"""Open one file, CSV or Parquet, as a table of its records as text.

DuckDB's reader is quick but loses lines of a damaged file, so it is believed only where the file's
own line and delimiter counts leave no room for doubt; else every line is placed by us first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.engines import DuckDBEngine
from joinedup.engines.csv import TEXT_COLUMN, CsvShape, open_csv, open_parquet
from joinedup.intake import (
    LINE_LIMIT_BYTES,
    Arrival,
    Feed,
    Header,
    RecordForm,
    RefusedLines,
    Survey,
    check_columns,
    is_parquet,
    place_lines,
    read_header,
    survey_file,
    survey_parquet,
)

# A record as DuckDB counts it has its line end too, and quoted ones a little besides.
_READER_LIMIT_BYTES: Final = LINE_LIMIT_BYTES + 1000


@dataclass(frozen=True, slots=True)
class Received:
    """One file as it came: its lines, its columns, and the file rule that it fails, if any.

    `plain` is where lines can be fetched as received; None for Parquet, of which `columns` are all
    and `dated` those that hold dates or times.
    """

    path: Path
    size: int
    encoding: str
    lines: int
    header: Header = field(default_factory=lambda: Header(()))
    survey: Survey | None = None
    plain: Path | None = None
    fault: str = ""
    remark: str = ""
    columns: tuple[str, ...] = ()
    dated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FileMark:
    """What stands on every row of a file."""

    extract_date: date
    first_event_id: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's records, to be read once.

    `names`: the partner's column → its column in `table`; `typed`: those that were dates or times
    already. `first_row`: the line of the first record where each is one line and they follow on;
    None where `table` has `source_row` and `lines`. `rows`: how many records there must be.
    `is_view`: whether another file of the same columns is read by the same query.
    """

    table: ir.Table
    names: Mapping[str, str]
    rows: int
    first_row: int | None
    header_or_blank: int = 0
    typed: frozenset[str] = frozenset()
    refused: RefusedLines = field(default_factory=RefusedLines)
    is_view: bool = True


def receive(engine: DuckDBEngine, arrival: Arrival, work: Path) -> Received:
    """Look at a file; `work` takes an unpacked or re-encoded copy where one is needed."""
    if not arrival.is_opened:
        return Received(arrival.path, 0, "none", 0, fault=arrival.fault, remark=arrival.remark)
    if is_parquet(arrival.path):
        return _receive_parquet(engine, arrival)
    feed = arrival.feed
    survey = survey_file(
        arrival.path,
        delimiter=feed.layout.delimiter if feed else ",",
        encoding=feed.layout.encoding if feed else "auto",
        aside=work,
    )
    received = Received(
        path=arrival.path,
        size=survey.size,
        encoding=survey.encoding,
        lines=survey.lines,
        survey=survey,
        plain=survey.plain,
    )
    fault = arrival.fault or _fault(survey)
    if fault or feed is None:
        return replace(received, fault=fault or "feed_unknown", remark=arrival.remark)
    header = read_header(survey.plain, feed)
    return replace(received, header=header, fault=header.fault, remark=header.remark)


def _fault(survey: Survey) -> str:
    if survey.unpacks_too_far:
        return "file_unpacks_too_far"
    if survey.is_truncated:
        return "file_truncated"
    if survey.text_bytes == 0:
        return "file_empty"
    return "file_not_utf8" if survey.encoding == "utf-16" else ""


def _receive_parquet(engine: DuckDBEngine, arrival: Arrival) -> Received:
    received = Received(arrival.path, arrival.path.stat().st_size, "parquet", 0)
    found = survey_parquet(arrival.path)
    if found is None or open_parquet(engine, arrival.path, len(found.columns)) is None:
        fault = "file_empty" if received.size == 0 else "file_unreadable"
        return replace(received, fault=arrival.fault or fault, remark=arrival.remark)
    if found.unpacks_too_far:
        return replace(received, fault="file_unpacks_too_far")
    received = replace(received, lines=found.rows, columns=found.columns)
    if arrival.feed is None or arrival.fault:
        fault = arrival.fault or "feed_unknown"
        return replace(received, fault=fault, remark=arrival.remark)
    header = check_columns(found.columns, arrival.feed)
    return replace(
        received, header=header, fault=header.fault, remark=header.remark, dated=found.dated
    )


@contextmanager
def open_whole(
    engine: DuckDBEngine, received: Received, feed: Feed, mark: FileMark
) -> Iterator[Opened | None]:
    """Open a file that DuckDB alone can be trusted with; None where it cannot.

    Every record has at least `columns - 1` delimiters and one line end. So where there are as
    many lines as records, and no delimiter more, each line is one record of the right width.
    """
    survey, header = received.survey, received.header
    if survey is None:
        yield _open_parquet(engine, received, feed, mark)
        return
    columns = len(header.columns)
    is_plain = (
        survey.is_clean_utf8
        and survey.nuls == 0
        and survey.returns == survey.return_newlines
        and survey.return_newlines in (0, survey.newlines)
        and header.lines == int(feed.layout.header)
        and columns > 1
        and survey.delimiters == survey.lines * (columns - 1)
    )
    if not is_plain:
        yield None
        return
    shape = replace(
        _shape(received, feed),
        has_header=feed.layout.header,
        has_return_newlines=survey.return_newlines > 0,
    )
    with _open_csv(engine, survey.plain, shape, mark) as table:
        yield Opened(
            table=table,
            names=_names(header, feed),
            rows=survey.lines - header.lines,
            first_row=header.lines + 1,
            header_or_blank=header.lines,
        )


@contextmanager
def open_by_line(
    engine: DuckDBEngine, received: Received, feed: Feed, mark: FileMark, work: Path
) -> Iterator[Opened]:
    """Place every line ourselves; DuckDB then reads the whole records alone."""
    survey, header = received.survey, received.header
    assert survey is not None  # a Parquet is always opened whole
    clean, numbers = work / "clean.csv", work / "numbers.parquet"
    form = RecordForm(len(header.columns), feed.layout.delimiter.encode())
    placed = place_lines(
        survey.plain, clean, form, header_lines=header.lines, is_utf8=survey.is_clean_utf8
    )
    accepted = placed.accepted()
    rows, first_row = accepted.shape[1], header.lines + 1
    # Numbers beside the rows have DuckDB read on one thread: only where they tell anything.
    follow_on = rows == placed.lines - header.lines
    if not follow_on:
        pq.write_table(pa.table({"source_row": accepted[0], "lines": accepted[1]}), numbers)
    beside = None if follow_on else numbers
    with _open_csv(engine, clean, _shape(received, feed), mark, beside) as table:
        yield Opened(
            table=table,
            names=_names(header, feed),
            rows=rows,
            first_row=first_row if follow_on else None,
            header_or_blank=header.lines + placed.blank,
            refused=placed.refused,
        )


def _open_csv(
    engine: DuckDBEngine, path: Path, shape: CsvShape, mark: FileMark, numbers: Path | None = None
) -> AbstractContextManager[ir.Table]:
    return open_csv(
        engine,
        path,
        shape,
        extract_date=mark.extract_date,
        first_event_id=mark.first_event_id,
        numbered_by=numbers,
    )


def _names(header: Header, feed: Feed) -> Mapping[str, str]:
    return {name: TEXT_COLUMN.format(place) for name, place in header.places(feed).items()}


def _shape(received: Received, feed: Feed) -> CsvShape:
    """How the whole records alone are written."""
    return CsvShape(
        columns=len(received.header.columns),
        kept=sorted(received.header.places(feed).values()),
        delimiter=feed.layout.delimiter,
        has_header=False,
        has_return_newlines=False,
        line_limit_bytes=_READER_LIMIT_BYTES,
    )


def _open_parquet(
    engine: DuckDBEngine, received: Received, feed: Feed, mark: FileMark
) -> Opened | None:
    table = open_parquet(engine, received.path, len(received.columns))
    if table is None:
        return None
    names = _names(received.header, feed)
    texts = {column: table[column].cast("string") for column in names.values()}
    return Opened(
        table=table.select(
            "source_row",
            lines=ibis.literal(1, "int64"),
            extract_date=ibis.literal(mark.extract_date),
            first_event_id=ibis.literal(mark.first_event_id, "int64"),
            **texts,
        ),
        is_view=False,
        names=names,
        rows=received.lines,
        first_row=None,
        typed=received.dated & names.keys(),
    )

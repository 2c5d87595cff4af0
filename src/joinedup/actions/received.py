"""What intake handed on, seen as whole tables over all partners' files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

import ibis
import ibis.expr.types as ir

from joinedup.engines import Engine
from joinedup.intake import (
    Feed,
    StagedRows,
    first_event_id,
    is_accepted,
    received_rows,
    records_of_rows,
    rows_among,
    staged_rows,
)
from joinedup.tables import Table

STAGED: Final = "staged.parquet"
REPEATS: Final = "repeats.parquet"
# Expressions, not rows: what Ibis takes longer to put together than DuckDB to read a small file.
_Files = tuple[tuple[Path, Path | None], ...]
_OPENED: Final[WeakKeyDictionary[Engine, dict[_Files, StagedRows]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Staged:
    """How to read a file's staged rows: see `FileResult`."""

    feed: Feed
    sha256: str
    known_date: date
    first_row: int | None
    repeats: int


@dataclass(frozen=True, slots=True)
class Part:
    """One file taken in, in a folder named by file and configuration.

    `rows` are those accepted; `staged` is None where the file was refused whole. `left_out` is a
    Parquet that tells by first_event_id and source_row the rows of any file that a later one
    corrected; None where none is.
    """

    partner: str
    feed: str
    file_id: str
    folder: Path
    rows: int = 0
    staged: Staged | None = None
    left_out: Path | None = None


def received_table(
    engine: Engine, parts: Sequence[Part], declared: Table, only: ir.Table | None = None
) -> ir.Table:
    """One received table over all files: accepted rows that no later file corrected.

    Keyed by record, with the partner on every row. `quarantine` is the refused rows of all files.
    `only`: what these rows give, told as `rows_among` wants it.
    """
    return _together(_given(engine, parts, declared, only), declared)


def _given(
    engine: Engine, parts: Sequence[Part], declared: Table, only: ir.Table | None = None
) -> list[ir.Table]:
    if declared.name == "quarantine":
        paths = sorted(part.folder / "quarantine.parquet" for part in parts)
        return [engine.read_parquet(paths)] if paths else []
    given = [received_rows(declared, rows) for rows in accepted_rows(engine, parts, only)]
    return [table for table in given if table is not None]


def _together(found: Sequence[ir.Table], declared: Table) -> ir.Table:
    wanted = declared.as_received()
    columns = dict.fromkeys(("partner", *wanted.column_names))
    if not found:
        return ibis.memtable([], schema=ibis.schema({**wanted.schema(), "partner": "string"}))
    many = [table.select(*columns) for table in found]
    return ibis.union(*many) if len(many) > 1 else many[0]


def received_by_partner(
    engine: Engine, parts: Sequence[Part], declared: Table
) -> dict[str, ir.Table]:
    """`received_table` of each partner that sends rows for it; of nobody where none does."""
    found = {}
    in_order = sorted(parts, key=lambda part: part.partner)
    for partner, theirs in groupby(in_order, key=lambda part: part.partner):
        if rows := _given(engine, tuple(theirs), declared):
            found[partner] = _together(rows, declared)
    return found or {"": _together([], declared)}


def received_records(
    engine: Engine, parts: Sequence[Part], only: ir.Table | None = None
) -> ir.Table:
    """Whom each accepted row is about: partner, record_id, file_id, source_row."""
    many = [records_of_rows(rows) for rows in accepted_rows(engine, parts, only)]
    if not many:
        names = dict.fromkeys(("file_id", "partner", "record_id"), "string")
        return ibis.memtable([], schema=ibis.schema({**names, "source_row": "int64"}))
    # A view, as Ibis 12 loses its way in joins to what already ends in a semi-join.
    return ibis.union(*many) if len(many) > 1 else many[0].view()


def accepted_rows(
    engine: Engine, parts: Sequence[Part], only: ir.Table | None = None
) -> Iterator[StagedRows]:
    """The accepted rows of all files, those of one feed read together; see `received_table`."""
    staged = sorted((part for part in parts if part.staged is not None), key=_shape)
    for _, files in groupby(staged, key=_shape):
        rows = _open(engine, tuple(files))
        yield rows if only is None else rows_among(rows, only)


def _shape(part: Part) -> tuple[str, str, int]:
    """Files that can be read as one: of a feed, with rows numbered alike."""
    assert part.staged is not None
    first_row = part.staged.first_row
    return part.partner, part.feed, -1 if first_row is None else first_row


def _open(engine: Engine, parts: tuple[Part, ...]) -> StagedRows:
    """The accepted rows of files of one feed; put together once, as a run asks many times."""
    opened = _OPENED.setdefault(engine, {})
    key = tuple((part.folder, part.left_out) for part in parts)
    if key not in opened:
        opened[key] = _put_together(engine, parts)
    return opened[key]


def _put_together(engine: Engine, parts: tuple[Part, ...]) -> StagedRows:
    staged = [part.staged for part in parts if part.staged is not None]
    paths = [part.folder / STAGED for part in parts]
    table = engine.read_numbered(paths, first_row=staged[0].first_row)
    table = table.filter(is_accepted(table)).inner_join(_files(parts), "first_event_id")
    repeats = [
        engine.read_parquet(part.folder / REPEATS).select(
            "source_row", first_event_id=ibis.literal(first_event_id(one.sha256), "int64")
        )
        for part, one in zip(parts, staged, strict=True)
        if one.repeats
    ]
    if repeats:
        again = ibis.union(*repeats) if len(repeats) > 1 else repeats[0]
        table = table.anti_join(again, ["first_event_id", "source_row"])
    left_out = parts[0].left_out
    if left_out is not None:
        corrected = engine.read_parquet(left_out).select("first_event_id", "source_row")
        # Of these files alone: every feed's are held in memory at once.
        ids = [first_event_id(one.sha256) for one in staged]
        corrected = corrected.filter(corrected.first_event_id.isin(ids))
        table = table.anti_join(corrected, ["first_event_id", "source_row"])
    return staged_rows(table, staged[0].feed)


def _files(parts: tuple[Part, ...]) -> ir.Table:
    """What is one for each file: its id, and the day of its extract."""
    rows = [
        {
            "first_event_id": first_event_id(part.staged.sha256),
            "file_id": part.file_id,
            "known_date": part.staged.known_date,
        }
        for part in parts
        if part.staged is not None
    ]
    schema = ibis.schema({"first_event_id": "int64", "file_id": "string", "known_date": "date"})
    return ibis.memtable(rows, schema=schema)

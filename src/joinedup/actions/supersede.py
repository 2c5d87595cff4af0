"""Which rows a later file corrected.

Within a feed a row of a later file replaces the row of the same key in an earlier one: later by
the extract's date, then by the file's name, then by its id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from joinedup.actions.received import Part, accepted_rows
from joinedup.engines import DuckDBEngine
from joinedup.intake import first_event_id

_COLUMNS = ("file_id", "first_event_id", "source_row")
_NOTHING = ibis.schema({"file_id": "string", "first_event_id": "int64", "source_row": "int64"})


@dataclass(frozen=True, slots=True)
class Superseded:
    """Rows to leave out: Parquet of (file_id, first_event_id, source_row) named by its content."""

    rows: Path
    rows_by_file: Mapping[str, int]


def find_superseded(engine: DuckDBEngine, parts: Sequence[Part], folder: Path) -> Superseded:
    """Find them among accepted files, which come in the order of their extracts."""
    names = "\n".join(part.folder.name for part in parts)
    digest = hashlib.sha256(names.encode()).hexdigest()[:16]
    path = folder / f"superseded-{digest}.parquet"
    if not path.is_file():
        table = _superseded(engine, parts).order_by("file_id", "source_row")
        engine.write_parquet(table, path, in_order=True)
    for old in folder.glob("superseded-*.parquet"):
        if old != path:
            old.unlink()
    counted = engine.read_parquet(path).group_by("file_id").aggregate(rows=ibis._.count())
    return Superseded(
        path, {one["file_id"]: one["rows"] for one in counted.to_pyarrow().to_pylist()}
    )


def _superseded(engine: DuckDBEngine, parts: Sequence[Part]) -> ir.Table:
    feeds: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        feeds.setdefault((part.partner, part.feed), []).append(part)
    many = [_of_feed(engine, files) for files in feeds.values() if len(files) > 1]
    if not many:
        return ibis.memtable([], schema=_NOTHING)
    return ibis.union(*many) if len(many) > 1 else many[0]


def _of_feed(engine: DuckDBEngine, files: list[Part]) -> ir.Table:
    """Rows of a feed's files whose key stands in a later one."""
    order = [
        {"first_event_id": first_event_id(part.staged.sha256), "place": place}
        for place, part in enumerate(files)
        if part.staged is not None
    ]
    places = ibis.memtable(order, schema=ibis.schema({"first_event_id": "int64", "place": "int64"}))
    read = [rows.table.select(*_COLUMNS, "row_key") for rows in accepted_rows(engine, files)]
    rows = ibis.union(*read) if len(read) > 1 else read[0]
    rows = rows.filter(rows.row_key.notnull()).inner_join(places, "first_event_id")
    last = rows.group_by("row_key").aggregate(last=rows.place.max())
    joined = rows.inner_join(last, "row_key")
    return joined.filter(joined.place < joined["last"]).select(*_COLUMNS)

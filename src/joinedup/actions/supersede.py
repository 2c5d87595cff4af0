"""Which rows a later file corrected.

Within a feed a row of a later file replaces the row of the same key in an earlier one: later by
the extract's date, then by the file's name, then by its id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.actions.received import Part, accepted_rows
from joinedup.engines import Engine
from joinedup.intake import first_event_id

_COLUMNS: Final = ("file_id", "first_event_id", "source_row")
_NOTHING: Final = ibis.schema({
    "file_id": "string", "first_event_id": "int64", "source_row": "int64"
})  # fmt: skip

# A feed of a partner.
_Feed = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Superseded:
    """Rows to leave out: Parquet of (file_id, first_event_id, source_row).

    It is named by the parts of the files.
    """

    rows: Path
    rows_by_file: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was known before: the rows to leave out, of which parts. `feeds`: part → feed."""

    rows: Path
    feeds: Mapping[str, _Feed]


def find_superseded(
    engine: Engine, parts: Sequence[Part], folder: Path, earlier: Earlier | None = None
) -> Superseded:
    """Find them among accepted files, which come in the order of their extracts.

    Of a feed that only got more files, only rows with the keys of these are looked at.
    """
    names = "\n".join(part.folder.name for part in parts)
    digest = hashlib.sha256(names.encode()).hexdigest()[:16]
    path = folder / f"superseded-{digest}.parquet"
    # Never taken from an earlier run's folder, whose bytes nobody has verified.
    table = _superseded(engine, parts, earlier).order_by("file_id", "source_row")
    engine.write_parquet(table, path, in_order=True)
    for old in folder.glob("superseded-*.parquet"):
        if old != path:
            old.unlink()
    counted = engine.read_parquet(path).group_by("file_id").aggregate(rows=ibis._.count())
    return Superseded(
        path, {one["file_id"]: one["rows"] for one in counted.to_pyarrow().to_pylist()}
    )


def _superseded(engine: Engine, parts: Sequence[Part], earlier: Earlier | None) -> ir.Table:
    feeds: dict[_Feed, list[Part]] = {}
    for part in parts:
        feeds.setdefault((part.partner, part.feed), []).append(part)
    many = []
    for feed, files in feeds.items():
        if len(files) > 1:
            many += _of_feed(engine, files, earlier, feed)
    if not many:
        return ibis.memtable([], schema=_NOTHING)
    return ibis.union(*many, distinct=True) if len(many) > 1 else many[0]


def _of_feed(
    engine: Engine, files: list[Part], earlier: Earlier | None, feed: _Feed
) -> list[ir.Table]:
    """Rows of a feed's files whose key stands in a later one."""
    if earlier is None:
        return [_among(engine, files, files)]
    before = {name for name, of in earlier.feeds.items() if of == feed}
    new = [part for part in files if part.folder.name not in before]
    if not before or len(new) + len(before) > len(files):
        return [_among(engine, files, files)]  # a file is gone: what it corrected stands again
    kept = ibis.memtable(
        [{"file_id": part.file_id} for part in files], schema=ibis.schema({"file_id": "string"})
    )
    known = engine.read_parquet(earlier.rows).semi_join(kept, "file_id").select(*_COLUMNS)
    return [known, _among(engine, files, new)] if new else [known]


def _among(engine: Engine, files: list[Part], new: list[Part]) -> ir.Table:
    """Rows of all files whose key stands in a later one; only of keys that new files have."""
    rows = _keyed(engine, files)
    is_few = len(new) < len(files)
    if is_few:
        rows = rows.semi_join(_keyed(engine, new).select("row_key").distinct(), "row_key")
    order = [
        {"first_event_id": first_event_id(part.staged.sha256), "place": place}
        for place, part in enumerate(files)
        if part.staged is not None
    ]
    places = ibis.memtable(order, schema=ibis.schema({"first_event_id": "int64", "place": "int64"}))
    rows = rows.inner_join(places, "first_event_id")
    if is_few:
        # Files are read once more for a join; few rows are as well looked at side by side.
        joined = rows.mutate(last=rows.place.max().over(group_by=rows.row_key))
    else:
        last = rows.group_by("row_key").aggregate(last=rows.place.max())
        joined = rows.inner_join(last, "row_key")
    return joined.filter(joined.place < joined["last"]).select(*_COLUMNS)


def _keyed(engine: Engine, files: Sequence[Part]) -> ir.Table:
    read = [rows.table.select(*_COLUMNS, "row_key") for rows in accepted_rows(engine, files)]
    rows = ibis.union(*read) if len(read) > 1 else read[0]
    return rows.filter(rows.row_key.notnull())

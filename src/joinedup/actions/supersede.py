"""Which rows a later file corrected.

Within a feed a row of a later file replaces the row of the same key in an earlier one: later by
the extract's date, then by the file's name, then by its id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from pathlib import Path

import ibis
import ibis.expr.types as ir

from joinedup.actions.received import Part
from joinedup.engines import DuckDBEngine

_NOTHING = ibis.schema({"file_id": "string", "source_row": "int64"})


@dataclass(frozen=True, slots=True)
class Superseded:
    """Rows to leave out, as Parquet of (file_id, source_row); the paths name their content.

    `identities`: demographic records to leave out, all of whose rows were corrected.
    """

    rows: Path
    identities: Path
    rows_by_file: Mapping[str, int]


def find_superseded(engine: DuckDBEngine, parts: Sequence[Part], folder: Path) -> Superseded:
    """Find them among accepted files, which come in the order of their extracts."""
    names = "\n".join(part.folder.name for part in parts)
    digest = hashlib.sha256(names.encode()).hexdigest()[:16]
    rows = folder / f"superseded-{digest}.parquet"
    identities = folder / f"superseded-identities-{digest}.parquet"
    if not (rows.is_file() and identities.is_file()):
        _write(engine, parts, rows, identities)
    for old in folder.glob("superseded-*.parquet"):
        if old not in (rows, identities):
            old.unlink()
    counted = engine.read_parquet(rows).file_id.value_counts().to_pyarrow().to_pylist()
    return Superseded(rows, identities, {one["file_id"]: one["file_id_count"] for one in counted})


def _write(engine: DuckDBEngine, parts: Sequence[Part], rows: Path, identities: Path) -> None:
    marked = [
        _marked(engine, list(files)) for _, files in groupby(sorted(parts, key=_feed), key=_feed)
    ]
    many = [table for table in marked if table is not None]
    nothing = ibis.memtable([], schema=_NOTHING)
    if not many:
        engine.write_parquet(nothing, rows)
        engine.write_parquet(nothing, identities)
        return
    whole = reduce(lambda one, other: one.union(other), many)
    gone = whole.filter(whole.is_superseded).select("file_id", "source_row")
    engine.write_parquet(gone.order_by("file_id", "source_row"), rows, in_order=True)
    records = whole.group_by("file_id", "identity_hash").aggregate(
        source_row=whole.source_row.min(), standing=(~whole.is_superseded).sum()
    )
    records = records.filter(records.standing == 0).select("file_id", "source_row")
    engine.write_parquet(records.order_by("file_id", "source_row"), identities, in_order=True)


def _feed(part: Part) -> tuple[str, str]:
    return part.partner, part.feed


def _marked(engine: DuckDBEngine, files: list[Part]) -> ir.Table | None:
    """Every row of a feed's files with whether a later file has its key; None for one file."""
    if len(files) < 2:
        return None
    tables = [
        engine.read_parquet(part.folder / "rows.parquet").mutate(
            file_id=ibis.literal(part.file_id), place=ibis.literal(place, "int64")
        )
        for place, part in enumerate(files)
    ]
    rows = reduce(lambda one, other: one.union(other), tables)
    last = rows.group_by("row_key").aggregate(last=rows.place.max())
    joined = rows.left_join(last, "row_key")
    is_superseded = joined.row_key.notnull() & (joined.place < joined["last"])
    return joined.select(
        "file_id", "source_row", "identity_hash", is_superseded=is_superseded.fill_null(False)
    )
